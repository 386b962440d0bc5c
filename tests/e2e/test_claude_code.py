"""Claude Code, headless, with only its base URL changed."""
import json
import os
import subprocess

import pytest

from harness import config
from harness.node import FOLDER

CLAUDE = FOLDER / "node_modules" / ".bin" / "claude"


@pytest.fixture(scope="module")
def gateway(start):
    return start({
        "claude-*": config.model("anthropic/claude-sonnet-4-5"),
        "gpt": config.model("openai/gpt-4.1"),
        "gemini": config.model("gemini/gemini-2.5-flash"),
        "chain": config.model("anthropic/claude-sonnet-4-5", "openai/gpt-4.1"),
    })


def claude(gateway, folder, model, prompt, *options):
    assert CLAUDE.exists(), "npm did not install Claude Code"
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "ANTHROPIC_BASE_URL": gateway.url,
        "ANTHROPIC_API_KEY": "sk-ant-unused",
        # Everything else it would talk to is not here; the prompt's own requests all go to the gateway.
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
    }
    done = subprocess.run(
        [str(CLAUDE), "-p", prompt, "--model", model, "--output-format", "json", *options],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50, env=env, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("model, provider", [
    ("claude-sonnet-4-5", "anthropic"), ("gpt", "openai"), ("gemini", "gemini")])
def test_it_answers(gateway, sandbox, tmp_path, model, provider):
    done = claude(gateway, tmp_path, model, "Say hello without tools")
    assert done["is_error"] is False, done
    assert "Say hello without tools" in done["result"]
    calls = [call for call in sandbox.received() if call.status == 200]
    assert calls and {call.provider for call in calls} == {provider}


def test_it_uses_its_tools_across_a_failover(gateway, sandbox, tmp_path):
    """The emulated model calls the tool whose name stands in the prompt; Claude Code runs it and sends the result."""
    sandbox.fault("overloaded", provider="anthropic", repeat=True)
    done = claude(gateway, tmp_path, "chain", "Please use the Glob tool once", "--allowedTools", "Glob")
    assert done["is_error"] is False, done
    assert "Result:" in done["result"]
    served = [call for call in sandbox.received("openai") if call.status == 200]
    assert any(message["role"] == "tool" for call in served for message in call.json["messages"])


@pytest.mark.parametrize("model, provider", [
    ("claude-sonnet-4-5", "anthropic"), ("gpt", "openai"), ("gemini", "gemini")])
def test_it_reads_edits_and_runs(gateway, sandbox, tmp_path, model, provider):
    """A scripted model: Claude Code reads a file, edits it and runs a command, each on the model's word."""
    notes = tmp_path / "notes.txt"
    notes.write_text("alpha\n")

    def call(name, **arguments):
        return {"calls": [{"name": name, "arguments": arguments}]}

    sandbox.play(call("Read", file_path=str(notes)),
                 call("Edit", file_path=str(notes), old_string="alpha", new_string="omega"),
                 call("Bash", command="wc -c < notes.txt > size.txt", description="Counts bytes"),
                 {"text": "The file says omega now."}, provider=provider)
    done = claude(gateway, tmp_path, model, "Change alpha to omega in notes.txt",
                  "--allowedTools", "Read,Edit,Bash")
    assert done["is_error"] is False and done["result"] == "The file says omega now.", done
    assert notes.read_text() == "omega\n"
    assert (tmp_path / "size.txt").read_text().strip() == "6"
    assert [call.status for call in sandbox.received(provider)][-4:] == [200] * 4
