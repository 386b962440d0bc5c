"""The Responses API with OpenAI's JavaScript SDK."""
import json

import pytest

from harness import config, node
from harness.samples import WEATHER
from harness.targets import BY_ID

TARGETS = [BY_ID[name] for name in ("openai", "anthropic", "bedrock-nova", "gemini", "mistral")]
TOOL = {"type": "function", "name": "get_weather", "parameters": WEATHER, "strict": True}


@pytest.fixture(scope="module")
def gateway(start):
    return start({"m-" + str(target): config.model(target) for target in TARGETS})


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_a_chain(gateway, sandbox, target, streamed):
    """Text, a call, and a third turn that goes on from the first two."""
    model = f"m-{target}"
    steps = [
        {"stream": streamed, "request": {"model": model, "input": "Remember Lisbon"}},
        {"stream": streamed, "request": {"model": model, "input": "Use get_weather for Paris", "tools": [TOOL],
                                         "tool_choice": "required", "previous_response_id": True}},
    ]
    text, call = node.run("openai_responses.mjs", {"base_url": gateway.url, "api_key": "x", "steps": steps})
    assert text["status"] == "completed" and "Remember Lisbon" in text["output_text"]
    found = [item for item in call["output"] if item["type"] == "function_call"]
    assert found and found[0]["name"] == "get_weather" and "city" in json.loads(found[0]["arguments"])
    assert call["usage"]["input_tokens"] > 0
    assert "Remember Lisbon" in sandbox.last().body.decode()
    if streamed:
        assert text["types"][0] == "response.created" and text["types"][-1] == "response.completed"
        assert "response.output_text.delta" in text["types"]
        assert "response.function_call_arguments.delta" in call["types"]


def test_errors(gateway, sandbox):
    sandbox.fault("rate_limit", provider="anthropic")
    limited, unknown = node.run("openai_responses.mjs", {"base_url": gateway.url, "api_key": "x", "steps": [
        {"request": {"model": "m-anthropic", "input": "x"}},
        {"request": {"model": "m-anthropic", "input": "x", "previous_response_id": "resp_never"}}]})
    assert limited["error"]["status"] == 429
    assert unknown["error"]["status"] == 400 and unknown["error"]["code"] == "previous_response_not_found"
