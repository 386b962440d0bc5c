"""The vault's limits as a user meets them: what is too old or too much is gone, and the turn goes without it."""
import sqlite3
import time

import pytest

from harness import config
from harness.gateway import Gateway
from harness.samples import OpenAI

CLAUDE = "anthropic/claude-sonnet-4-5"
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
KEY = "k" * 44


@pytest.fixture
def again(sandbox, tmp_path):
    """again(**limits): the gateway, in the same folder with the same vault; whatever ran before has ended."""
    running = []

    def begin(**limits):
        while running:
            running.pop().stop()
        settings = config.document(sandbox.url, {}, vault={"path": "vault.db", "key": KEY, **limits})
        running.append(Gateway(tmp_path, settings))
        return running[-1]

    yield begin
    while running:
        running.pop().stop()


def ask(gateway, *messages):
    answer = gateway.ask(OpenAI, {"model": CLAUDE, "messages": list(messages), "tools": [TOOL], "reasoning_effort": "high"})
    assert answer.status == 200, answer
    return answer


def first_turn(gateway, text):
    """What a client keeps of it: no signature."""
    said = ask(gateway, {"role": "user", "content": text}).json["choices"][0]["message"]
    calls = [{key: call[key] for key in ("id", "type", "function")} for call in said["tool_calls"]]
    return [{"role": "user", "content": text}, {"role": "assistant", "content": said["content"], "tool_calls": calls},
            {"role": "tool", "tool_call_id": calls[0]["id"], "content": "a wall"}]


def remembered(gateway, sandbox, history):
    answer = ask(gateway, *history)
    sent = sandbox.latest().json
    kept = any(block["type"] == "thinking" for turn in sent["messages"] if turn["role"] == "assistant"
               for block in turn["content"])
    assert kept == (sent["thinking"]["type"] == "enabled"), "without its reasoning this turn does not think (ANT-15)"
    assert kept or "semantic" in answer.header("x-dragoman-edits"), "and that is said"
    return kept


def rows(folder):
    with sqlite3.connect(folder / "vault.db") as file:
        return file.execute("select count(*) from sealed").fetchone()[0]


def test_age(again, sandbox):
    gateway = again()
    history = first_turn(gateway, "look around")
    assert remembered(again(), sandbox, history), "a restart forgets nothing"
    time.sleep(2.1)
    gateway = again(max_age="1s")
    assert gateway.wait_for(rb"listening", 5)
    assert not remembered(gateway, sandbox, history)


def test_size(again, sandbox, tmp_path):
    gateway = again()
    histories = [first_turn(gateway, f"look {i} " + "around " * 5) for i in range(60)]
    again()  # all of it is in the file now
    assert rows(tmp_path) >= 60
    gateway = again(max_size="16KiB")
    assert not remembered(gateway, sandbox, histories[0]), "the oldest go first"
    assert remembered(gateway, sandbox, histories[-1])
    assert 0 < rows(tmp_path) < 60


def test_another_key_finds_nothing(again, sandbox):
    history = first_turn(again(), "look around")
    assert not remembered(again(key="z" * 44), sandbox, history)
    assert remembered(again(), sandbox, history), "and destroys nothing"
