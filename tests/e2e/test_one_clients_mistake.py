"""What one client gets wrong is refused or mended for that request, and takes nothing from anybody else's."""
import json

import pytest

from harness import config
from harness.process import run
from harness.samples import Anthropic, OpenAI

CLAUDE = "anthropic/claude-sonnet-4-5"
TOOL = {"name": "look", "description": "looks", "input_schema": {"type": "object", "properties": {}}}
THINKING = {"max_tokens": 4000, "thinking": {"type": "enabled", "budget_tokens": 1024}}


@pytest.fixture(scope="module")
def gateway(start):
    return start({"m": config.model(CLAUDE)})


def learned(gateway):
    done = run("learned", "--json", cwd=gateway.folder, env={"DRAGOMAN_JOURNAL": str(gateway.folder / "journal.db")})
    return json.loads(done.stdout)["learned"]


def test_forged_reasoning_leaves_everybody_else_theirs(gateway, sandbox):
    forged = {**Anthropic.request("m", "x"), **THINKING, "messages": [
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "mine", "signature": "Zm9yZ2Vk"},
                                          {"type": "text", "text": "hello"}]},
        {"role": "user", "content": "and now?"}]}
    answer = gateway.ask(Anthropic, forged)
    assert answer.status == 200 and answer.header("x-dragoman-repair"), "its own turn goes without it"

    question = {"role": "user", "content": "look around"}
    first = gateway.ask(Anthropic, {**Anthropic.request("m", "x"), **THINKING, "tools": [TOOL], "messages": [question]})
    turn = first.json["content"]
    assert [block["type"] for block in turn] == ["thinking", "tool_use"]
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": turn[1]["id"], "content": "a wall"}]}
    second = gateway.ask(Anthropic, {**Anthropic.request("m", "x"), **THINKING, "tools": [TOOL], "messages": [
        question, {"role": "assistant", "content": turn}, result]})
    assert second.status == 200
    sent = sandbox.latest().json
    assert sent["thinking"] == THINKING["thinking"], "an honest conversation still thinks"
    assert sent["messages"][1]["content"][0] == turn[0], "and its reasoning goes home as it came"
    assert learned(gateway) == []
    assert "reasoning_issuer" not in gateway.output, "nor is anybody told to turn it off for good"


def test_a_value_nobody_takes_is_the_clients_to_mend(gateway, sandbox):
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "max_tokens": -5})
    assert answer.status == 400 and "max_tokens" in str(answer)
    assert len(sandbox.received()) == 1
    assert gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "max_tokens": 77}).status == 200
    assert sandbox.latest().json["max_tokens"] == 77
    assert learned(gateway) == []
