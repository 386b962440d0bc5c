"""Large requests: they are read and lowered beside the event loop, and are answered like any other."""
import threading

import pytest
from harness import config
from harness.dialects import FIVE
from harness.samples import OpenAI

PAD = "All work and no play. " * 6000  # 130 KB; from 64 KiB on a request is large


@pytest.fixture(scope="module")
def gateway(start):
    return start({
        "gpt": config.model("openai/gpt-4.1"),
        "nova": config.model("bedrock/us.amazon.nova-pro-v1:0"),
        "two": config.model("openai/gpt-nonexistent", fallbacks=["anthropic/claude-sonnet-4-5"]),
        "exact": config.model("bedrock/us.amazon.nova-pro-v1:0", loss="forbid"),
    })


@pytest.mark.parametrize("client", FIVE, ids=lambda c: c.name)
@pytest.mark.parametrize("model", ["gpt", "nova", "two"])
def test_answers(gateway, client, model):
    answer = gateway.ask(client, client.request(model, text=PAD, tools=True))
    assert answer.status == 200, answer
    status, headers, events = gateway.stream(client, client.request(model, text=PAD, tools=True, stream=True))
    assert status == 200 and client.complete(events)


@pytest.mark.parametrize("client", FIVE, ids=lambda c: c.name)
def test_what_is_refused_is_said_with_its_place(gateway, client):
    answer = gateway.ask(client, client.request("exact", text=PAD, unknown_member=1))
    assert answer.status == 400, answer
    assert "unknown_member" in str(answer.json)


def test_too_many_values_are_refused(gateway):
    body = OpenAI.request("gpt", text=PAD)
    answer = gateway.ask(OpenAI, {**body, "tools": [0] * 2_000_001})
    assert answer.status == 400 and "2000000 values" in answer.json["error"]["message"]


def test_clients_that_leave_meanwhile(gateway):
    """The work goes on with what was theirs; nothing is lost but the answer."""
    def leave():
        gateway.open(OpenAI, OpenAI.request("gpt", text=PAD * 8, stream=True)).close()

    leavers = [threading.Thread(target=leave) for _ in range(8)]
    for leaver in leavers:
        leaver.start()
    for leaver in leavers:
        leaver.join()
    assert gateway.ask(OpenAI, OpenAI.request("gpt", text=PAD)).status == 200
    assert gateway.alive()
