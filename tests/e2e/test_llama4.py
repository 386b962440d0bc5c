"""Llama 4 on Bedrock takes no ConverseStream with tools and no tool choice but auto; a client need not know."""
import pytest

from harness import config
from harness.gateway import edits

MODELS = ["us.meta.llama4-maverick-17b-instruct-v1:0", "us.meta.llama4-scout-17b-instruct-v1:0"]
NOVA = "us.amazon.nova-pro-v1:0"


@pytest.fixture(scope="module")
def gateway(start):
    return start({"any": config.model("bedrock/" + NOVA)})


@pytest.mark.parametrize("choice", ["unset", "auto", "required", "named"])
@pytest.mark.parametrize("model", MODELS, ids=["maverick", "scout"])
def test_tools_work_as_on_nova(gateway, sandbox, client, model, choice, streamed):
    body = client.request("bedrock/" + model, tools=True, choice=choice, stream=streamed)
    if streamed:
        status, headers, events = gateway.stream(client, body)
        assert status == 200, events
        assert client.complete(events) and client.stream_error(events) is None
        assert "get_weather" in "".join(event.data for event in events)
    else:
        answer = gateway.ask(client, body)
        assert answer.status == 200, answer
        assert [name for name, _ in client.calls(answer.json)] == ["get_weather"]
        if choice in ("required", "named"):
            assert edits(answer)[""] > 0, "the weaker tool choice is not said"
    (received,) = sandbox.received()
    assert received.path.endswith("/converse"), "tools may not be streamed from Llama"
    assert received.json["toolConfig"]["tools"]
    assert set(received.json["toolConfig"].get("toolChoice", {"auto": {}})) == {"auto"}


@pytest.mark.parametrize("model", MODELS, ids=["maverick", "scout"])
def test_without_tools_it_streams(gateway, sandbox, client, model):
    status, _, events = gateway.stream(client, client.request("bedrock/" + model, "Hello there", stream=True))
    assert status == 200 and client.complete(events)
    assert client.stream_text(events) == "You said: Hello there"
    (received,) = sandbox.received()
    assert received.path.endswith("/converse-stream")


def test_inference_profile_is_encoded_once(gateway, sandbox, client):
    answer = gateway.ask(client, client.request("bedrock/" + MODELS[0], "Hello"))
    assert answer.status == 200, answer
    (received,) = sandbox.received()
    assert received.path == "/bedrock/model/us.meta.llama4-maverick-17b-instruct-v1%3A0/converse"
