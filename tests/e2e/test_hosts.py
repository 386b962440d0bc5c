"""Hosts with habits of their own: every client gets what it asked for, streamed and whole."""
import pytest

from harness import config
from harness.gateway import edits, served_by

WITH_TOOLS = [
    "cohere/command-a-03-2025", "cohere/command-a-reasoning-08-2025", "sambanova/DeepSeek-V3.1",
    "nvidia/moonshotai/kimi-k2-instruct", "copilot/gpt-4o", "copilot/claude-sonnet-4.5", "copilot/gemini-2.5-pro",
    "doubleword/Qwen/Qwen3-30B-A3B-FP8", "venice/grok-4", "mimo/mimo-v2-flash", "writer/palmyra-x5", "meta/muse",
    "sglang/Qwen/Qwen3-32B", "tgi/tgi",
]


@pytest.fixture(scope="module")
def gateway(start):
    return start({"any": config.model("cohere/command-a-03-2025")})


@pytest.mark.parametrize("model", WITH_TOOLS)
def test_a_tool_is_called(gateway, sandbox, client, model, streamed):
    body = client.request(model, tools=True, choice="required", stream=streamed)
    if streamed:
        status, _, events = gateway.stream(client, body)
        assert status == 200, events
        assert client.complete(events) and client.stream_error(events) is None
        assert "get_weather" in "".join(event.data for event in events)
    else:
        answer = gateway.ask(client, body)
        assert answer.status == 200, answer
        assert served_by(answer) == model
        assert [name for name, _ in client.calls(answer.json)] == ["get_weather"]
    (received,) = sandbox.received()
    assert received.json.get("stream", False) == streamed


def test_cohere_speaks_its_own_dialect(gateway, sandbox, client):
    answer = gateway.ask(client, client.request("cohere/command-r7b-12-2024", "Hello there"))
    assert client.text(answer.json) == "You said: Hello there"
    (received,) = sandbox.received()
    assert received.path == "/cohere/v2/chat"
    assert received.header("authorization") == "Bearer sk-sandbox-cohere"


def test_perplexity_takes_no_tools(gateway, sandbox, client):
    answer = gateway.ask(client, client.request("perplexity/sonar-pro", "Hello there"))
    assert client.text(answer.json) == "You said: Hello there"
    refused = gateway.ask(client, client.request("perplexity/sonar-pro", tools=True))
    assert refused.status == 400 and "does not take tools" in refused.body.decode()
    assert len(sandbox.received()) == 1


# QWEN-02, FW-05: what a host answers as a stream only is put together for a client that asked for none.
@pytest.mark.parametrize("model, more", [
    ("qwen/qwen3-32b", {}),
    ("fireworks/accounts/fireworks/models/kimi-k2-instruct", {"max_tokens": 8000}),
], ids=["qwen", "fireworks"])
def test_a_stream_is_put_together(gateway, sandbox, client, model, more):
    cap = {"max_output_tokens" if client.name == "responses" else key: value for key, value in more.items()}
    answer = gateway.ask(client, client.request(model, "Hello there", **cap))
    assert answer.status == 200, answer
    assert answer.header("content-type") == "application/json"
    assert client.text(answer.json).endswith("You said: Hello there")
    (received,) = sandbox.received()
    assert received.json["stream"] is True
    if more:
        assert received.json["max_tokens"] == 8000
        assert edits(answer)[""] == 0


def test_a_stream_that_breaks_while_it_is_put_together(gateway, sandbox, client):
    sandbox.fault({"kind": "error_event", "at": "token"}, provider="qwen")
    answer = gateway.ask(client, client.request("qwen/qwen3-32b", "Hello there"))
    assert answer.status >= 500
    sandbox.fault("cut", provider="qwen")
    answer = gateway.ask(client, client.request("qwen/qwen3-32b", "Hello there"))
    assert answer.status >= 500 and "broke off" in answer.body.decode()
