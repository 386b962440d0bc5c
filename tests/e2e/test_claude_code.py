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
