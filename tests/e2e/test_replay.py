"""A request sent again meets what the live gateway would have met: learned repairs, the vault, kept responses; of its key alone."""
import json
import time

import pytest

from harness import config
from harness.process import run
from harness.samples import OpenAI
from test_find import BACKUP, STRANGER, journalled, providers
from test_state import CLAUDE, ChatClient, state_sent

KEYS = {"keys": [{"name": "alice", "key": "dk-alice-0123456789abcdef"}, {"name": "bob", "key": "dk-bob-0123456789abcdef"}]}


def replay(gateway, id, *options):
    return run("replay", id, "--config", str(gateway.config), *options, cwd=gateway.folder,
               env={"DRAGOMAN_JOURNAL": str(gateway.folder / "journal.db")})


def files(gateway):
    return {path.name: path.stat().st_mtime_ns for path in gateway.folder.iterdir() if path.suffix in (".db", ".key", ".learned")}


@pytest.fixture
def gateway(start, sandbox):
    return start({"m": config.model(STRANGER, BACKUP), "claude": CLAUDE.name}, providers=providers(sandbox),
                 journal={"path": "journal.db", "keep_bodies": True})


def test_with_what_was_learned(gateway, sandbox):
    first = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "store": True})
    assert first.status == 200
    id = journalled(gateway, first)
    calls = len(sandbox.received("groq"))
    done = replay(gateway, id)
    assert done.returncode == 0, done.stderr
    [call] = sandbox.received("groq")[calls:]
    assert call.status == 200 and "store" not in call.json, "as the gateway would send it by now"


def test_with_the_reasoning_the_client_lost(gateway, sandbox):
    client = ChatClient(gateway.url, stream=False)
    client.ask("claude", "Weather in Rome?")
    client.ask("claude", results=["sunny"] * len(client.ids))
    live = sandbox.received("anthropic")[-1]
    assert any(state_sent(CLAUDE, live)), "the live gateway gave it back"
    done = replay(gateway, last_of(gateway, 2))
    assert done.returncode == 0, done.stderr
    again = sandbox.received("anthropic")[-1]
    assert again is not live and again.json["messages"] == live.json["messages"]


def last_of(gateway, count):
    """The id of the last of so many requests, as soon as they are in the journal."""
    for _ in range(100):
        ids = [word for word in logs(gateway).split() if word.startswith("req_")]
        if len(ids) == count:
            return ids[-1]
        time.sleep(0.05)
    raise AssertionError(logs(gateway))


def logs(gateway):
    return run("logs", cwd=gateway.folder, env={"DRAGOMAN_JOURNAL": str(gateway.folder / "journal.db")}).stdout


def test_in_the_name_of_its_key_and_changing_nothing(start, sandbox):
    gateway = start({"m": "openai/gpt-4o-mini"}, auth=KEYS, journal={"path": "journal.db", "keep_bodies": True})

    def respond(key, **body):
        answer = gateway.ask(Responses, {"model": "m", **body}, headers={"authorization": f"Bearer {key}"})
        assert answer.status == 200, answer.body
        return answer

    class Responses:
        name, path, headers = "openai_responses", "/v1/responses", {}

    alice = KEYS["keys"][0]["key"]
    first = respond(alice, input="My cat is called Ozymandias.")
    second = respond(alice, input="What is it called?", previous_response_id=first.json["id"])
    id = journalled(gateway, second)
    before = files(gateway)
    done = replay(gateway, id)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "Ozymandias" in json.dumps(sandbox.received("openai")[-1].json), "the conversation before is known"
    assert files(gateway) == before
    # Bob has no such response, live or replayed.
    refused = gateway.ask(Responses, {"model": "m", "input": "x", "previous_response_id": first.json["id"]},
                          headers={"authorization": f"Bearer {KEYS['keys'][1]['key']}"})
    assert refused.status == 400
    done = replay(gateway, journalled(gateway, refused))
    assert done.returncode == 3 and "previous_response_not_found" in done.stdout
