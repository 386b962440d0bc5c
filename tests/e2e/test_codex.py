"""Codex, headless, with a provider entry for the gateway and nothing else."""
import json
import os
import subprocess
import sys

import pytest

from harness import config
from harness.node import FOLDER

CODEX = FOLDER / "node_modules" / ".bin" / "codex"


@pytest.fixture(scope="module")
def gateway(start):
    return start({
        "gpt-5.6": config.model("openai/gpt-5.6"),
        "claude": config.model("anthropic/claude-sonnet-4-5"),
        "gemini": config.model("gemini/gemini-3-pro-preview"),
        "nova": config.model("bedrock/us.amazon.nova-pro-v1:0"),
    })


def codex(gateway, folder, model, prompt, *options):
    """Its events, and the last words."""
    assert CODEX.exists(), "npm did not install Codex"
    home = folder / "home"
    work = folder / "work"
    home.mkdir(exist_ok=True)
    work.mkdir(exist_ok=True)
    provider = f'{{name="dragoman",base_url="{gateway.url}/v1",wire_api="responses",env_key="DRAGOMAN_KEY"}}'
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "CODEX_HOME": str(home), "DRAGOMAN_KEY": "sk-any"}
    done = subprocess.run(
        [str(CODEX), "exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "--json",
         "-c", f"model_providers.dragoman={provider}", "-c", "model_provider=dragoman", *options, "-m", model, prompt],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=55, env=env, cwd=work)
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, done.stdout + done.stderr
    said = [event["item"]["text"] for event in events
            if event["type"] == "item.completed" and event["item"]["type"] == "agent_message"]
    return events, said[-1] if said else ""


def run(command):
    return {"calls": [{"name": "exec_command", "arguments": {"cmd": command}}]}


@pytest.mark.parametrize("model, provider", [
    ("gpt-5.6", "openai"), ("claude", "anthropic"), ("gemini", "gemini"), ("nova", "bedrock")])
def test_it_reads_edits_and_runs(gateway, sandbox, tmp_path, model, provider):
    """A scripted model: Codex reads a file, edits it, runs a command, each on the model's word."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "notes.txt").write_text("alpha\n")
    sandbox.play(run("cat notes.txt"), run("sed -i s/alpha/omega/ notes.txt"), run("wc -c < notes.txt > size.txt"),
                 {"text": "The file says omega now."}, provider=provider)
    events, said = codex(gateway, tmp_path, model, "Change alpha to omega in notes.txt")
    assert said == "The file says omega now.", events
    assert (work / "notes.txt").read_text() == "omega\n"
    assert (work / "size.txt").read_text().strip() == "6"
    calls = [call for call in sandbox.received(provider)]
    assert len(calls) >= 4 and all(call.status == 200 for call in calls), calls
    # What the first command printed was told to the model.
    assert any("alpha" in call.body.decode().replace("Change alpha", "") for call in calls[1:])


NOTES = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    result = {}
    if asked["method"] == "initialize":
        result = {"protocolVersion": asked["params"]["protocolVersion"], "capabilities": {"tools": {}},
                  "serverInfo": {"name": "notes", "version": "1"}}
    elif asked["method"] == "tools/list":
        result = {"tools": [{"name": "recall", "description": "Recalls a note", "inputSchema": {
            "type": "object", "properties": {"topic": {"type": "string"}}, "required": ["topic"]}}]}
    elif asked["method"] == "tools/call":
        result = {"content": [{"type": "text", "text": "the note on " + asked["params"]["arguments"]["topic"] + ": heliotrope"}]}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
"""


@pytest.mark.parametrize("model, provider, tool", [
    ("gpt-5.6", "openai", "recall"), ("claude", "anthropic", "mcp__notes__recall"), ("gemini", "gemini", "mcp__notes__recall"),
    ("nova", "bedrock", "mcp__notes__recall")])
def test_tools_of_an_mcp_server(gateway, sandbox, tmp_path, model, provider, tool):
    """Codex sends an MCP server's tools in a namespace, and runs a call only if it comes back with name and namespace."""
    server = tmp_path / "notes.py"
    server.write_text(NOTES)
    sandbox.play({"calls": [{"name": tool, "arguments": {"topic": "flowers"}}]}, {"text": "It is heliotrope."}, provider=provider)
    events, said = codex(gateway, tmp_path, model, "What does the note on flowers say?", "-c",
                         f"mcp_servers.notes={{command={json.dumps(sys.executable)},args=[{json.dumps(str(server))}]}}")
    assert said == "It is heliotrope.", events
    ran = [event["item"] for event in events if event["type"] == "item.completed" and event["item"]["type"] == "mcp_tool_call"]
    assert [(item["server"], item["tool"], item["status"]) for item in ran] == [("notes", "recall", "completed")], events
    calls = sandbox.received(provider)
    assert all(call.status == 200 for call in calls), calls
    assert any(b"the note on flowers: heliotrope" in call.body for call in calls), "what it said was told to the model"
