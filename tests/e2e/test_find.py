"""Looking into a journalled request and sending it again: `dragoman logs show`, `--raw`, `dragoman replay`."""
import json
import time

import pytest

from harness import config
from harness.process import run
from harness.samples import Anthropic, OpenAI

# An emulated Groq behind a provider of the user's own, said to take anything.
MODEL = "openai/gpt-oss-20b"
STRANGER = f"stranger/{MODEL}"
BACKUP = "openai/gpt-4o-mini"


def providers(sandbox):
    stranger = {
        "dialect": "openai_chat",
        "base_url": sandbox.url + "/groq/openai/v1",
        "api_key": "sk-sandbox-stranger",
        "rules": [{"id": "stranger", "why": "takes anything", "params": {"store": "ok", "service_tier": "ok", "metadata": "ok"}}],
    }
    return {**config.providers(sandbox.url), "stranger": stranger}


@pytest.fixture
def gateway(start, sandbox):
    return start({"m": config.model(STRANGER, BACKUP)}, providers=providers(sandbox),
                 journal={"path": "journal.db", "keep_bodies": True})


def command(gateway, *arguments):
    return run(*arguments, cwd=gateway.folder, env={"DRAGOMAN_JOURNAL": str(gateway.folder / "journal.db")})


def journalled(gateway, answer):
    id = answer.header("x-request-id")
    for _ in range(100):
        if id in command(gateway, "logs").stdout:
            return id
        time.sleep(0.05)
    raise AssertionError(f"{id} is not in the journal")


def test_show_has_every_attempt(gateway, sandbox):
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "store": True})
    assert answer.status == 200
    shown = command(gateway, "logs", "show", journalled(gateway, answer))
    assert shown.returncode == 0, shown.stderr
    text = shown.stdout
    original, first, second = text.split("\nAttempt ")
    assert '"store": true' in original
    assert "against the original" in first and f'+   "model": "{MODEL}"' in first
    assert "store" in first and "param_rejected" in first and "decision: repair" in first
    assert "compat: {supportsStore: false}" in first
    assert "against attempt 1" in second and '-   "store": true' in second, "only what the repair changed"
    assert "answer:" in second and "The client got:" in second


def test_lines_have_the_class_and_the_fix(gateway, sandbox):
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "service_tier": "priority", "store": True})
    id = journalled(gateway, answer)
    lines = command(gateway, "logs").stdout
    assert id in lines and "param_rejected" in lines and "fix: compat." in lines, lines


def test_raw_is_to_the_byte(gateway, sandbox):
    words = 'tired\u2028 "today"\\n <&>  '
    body = json.dumps({"error": {"message": words}}, indent=3)
    sandbox.fault({"kind": "status", "status": 400, "body": body}, provider="groq")
    id = journalled(gateway, gateway.ask(OpenAI, OpenAI.request("m", "hi")))
    assert body in command(gateway, "logs", "--raw").stdout
    assert body in command(gateway, "logs", "show", id, "--raw").stdout
    assert body not in command(gateway, "logs", "--raw", "--class", "rate_limit").stdout


def test_replay_at_the_same_and_at_another_target(gateway, sandbox):
    id = journalled(gateway, gateway.ask(Anthropic, Anthropic.request("m", "hi", tools=True)))
    calls = len(sandbox.received("groq"))
    done = command(gateway, "replay", id, "--config", str(gateway.config))
    assert done.returncode == 0, done.stderr
    assert f"served by {STRANGER}" in done.stderr
    assert json.loads(done.stdout)["type"] == "message", "in the client's dialect"
    assert len(sandbox.received("groq")) == calls + 1
    done = command(gateway, "replay", id, "--to", BACKUP, "--config", str(gateway.config))
    assert done.returncode == 0 and f"served by {BACKUP}" in done.stderr, done.stderr


def test_replay_of_a_refusal(gateway, sandbox):
    id = journalled(gateway, gateway.ask(OpenAI, OpenAI.request("m", "hi")))
    sandbox.fault({"kind": "status", "status": 401, "body": json.dumps({"error": {"message": "bad key, friend"}})},
                  provider="openai", repeat=True)
    done = command(gateway, "replay", id, "--to", BACKUP, "--config", str(gateway.config))
    assert done.returncode == 3
    assert "bad key, friend" in done.stdout and "auth" in done.stderr


def test_bodies_that_are_not_kept_are_said_to_be_so(start, sandbox):
    gateway = start({"m": config.model(BACKUP)})
    id = journalled(gateway, gateway.ask(OpenAI, OpenAI.request("m", "hi")))
    assert "keep_bodies" in command(gateway, "logs", "show", id).stdout
    done = command(gateway, "replay", id, "--config", str(gateway.config))
    assert done.returncode == 2 and "keep_bodies" in done.stderr
    done = command(gateway, "logs", "show", "req_nothing")
    assert done.returncode != 0 and "req_nothing" in done.stderr
