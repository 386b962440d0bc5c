"""The Responses API as a client dialect, over any provider: raw events, and OpenAI's Python SDK."""
import json

import openai
import pytest

from harness import config
from harness.samples import WEATHER

TARGETS = {
    "gpt": ("openai/gpt-4.1", "openai"),
    "claude": ("anthropic/claude-sonnet-4-5", "anthropic"),
    "gemini": ("gemini/gemini-2.5-flash", "gemini"),
    "nova": ("bedrock/us.amazon.nova-pro-v1:0", "bedrock"),
    "mistral": ("mistral/mistral-large-latest", "mistral"),
}
TOOL = {"type": "function", "name": "get_weather", "description": "Weather forecast for a city",
        "parameters": WEATHER, "strict": True}
PATCH = {"type": "custom", "name": "apply_patch", "description": "Applies a patch.",
         "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}}


@pytest.fixture(scope="module")
def gateway(start):
    return start({name: config.model(target) for name, (target, _) in TARGETS.items()})


@pytest.fixture(scope="module")
def sdk(gateway):
    return openai.OpenAI(base_url=gateway.url + "/v1", api_key="sk-any", max_retries=0)


def events_of(gateway, body):
    from harness import http

    status, _, events = http.stream(gateway.url, "/v1/responses", {**body, "stream": True})
    assert status == 200, events
    return [event.json for event in events], events


def check_stream(events):
    """What the SDKs and Codex count on: numbers in order, every item opened, filled and closed, once."""
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]
    assert events[-1]["type"] in ("response.completed", "response.incomplete")
    open_items, done = {}, []
    texts = {}
    for event in events[2:-1]:
        kind = event["type"]
        index = event["output_index"]
        if kind == "response.output_item.added":
            assert index == len(done) and not open_items
            open_items[index] = event["item"]["id"]
        elif kind == "response.output_item.done":
            assert open_items.pop(index) == event["item"]["id"]
            done.append(event["item"])
        else:
            assert event["item_id"] == open_items[index]
            if kind.endswith(".delta"):
                key = kind.removesuffix(".delta")
                texts[key, index] = texts.get((key, index), "") + event["delta"]
            elif kind.removesuffix(".done") in {key for key, _ in texts}:
                whole = event.get("text", event.get("arguments", event.get("input", event.get("refusal"))))
                assert texts.get((kind.removesuffix(".done"), index), "") == whole
    response = events[-1]["response"]
    assert not open_items and response["output"] == done
    return response


@pytest.mark.parametrize("model", TARGETS)
def test_text_whole_and_streamed(gateway, sandbox, sdk, model):
    whole = sdk.responses.create(model=model, instructions="Be terse.", input="Hello there")
    assert whole.object == "response" and whole.status == "completed" and whole.error is None
    assert whole.model == model and whole.instructions == "Be terse."
    assert "Hello there" in whole.output_text
    assert whole.usage.input_tokens > 0 and whole.usage.total_tokens == whole.usage.input_tokens + whole.usage.output_tokens
    assert sandbox.last().provider == TARGETS[model][1]

    streamed, _ = events_of(gateway, {"model": model, "instructions": "Be terse.", "input": "Hello there"})
    response = check_stream(streamed)
    assert response["output"][0]["content"][0]["text"] == whole.output_text

    with sdk.responses.stream(model=model, instructions="Be terse.", input="Hello there") as stream:
        for _ in stream:
            pass
        assert stream.get_final_response().output_text == whole.output_text


@pytest.mark.parametrize("model", TARGETS)
def test_a_tool_loop(gateway, sdk, model):
    items = [{"role": "user", "content": "Use get_weather for Paris and Rome, both"}]
    body = {"model": model, "input": items, "tools": [TOOL], "store": False,
            "include": ["reasoning.encrypted_content"]}
    streamed, _ = events_of(gateway, body)
    response = check_stream(streamed)
    calls = [item for item in response["output"] if item["type"] == "function_call"]
    assert calls and response["status"] == "completed"
    items = items + response["output"]
    for call in calls:
        assert call["name"] == "get_weather" and json.loads(call["arguments"])
        items.append({"type": "function_call_output", "call_id": call["call_id"], "output": f"sunny {call['call_id']}"})
    answer = sdk.responses.create(**{**body, "input": items})
    for call in calls:
        assert f"sunny {call['call_id']}" in answer.output_text


@pytest.mark.parametrize("model", TARGETS)
def test_custom_tools(gateway, sdk, model):
    body = {"model": model, "tools": [PATCH], "input": "Please apply_patch now",
            "tool_choice": {"type": "custom", "name": "apply_patch"}}
    streamed, _ = events_of(gateway, body)
    call = check_stream(streamed)["output"][-1]
    assert call["type"] == "custom_tool_call" and isinstance(call["input"], str) and call["input"]
    answer = sdk.responses.create(model=model, tools=[PATCH], input=[
        {"role": "user", "content": "Please apply_patch now"},
        call,
        {"type": "custom_tool_call_output", "call_id": call["call_id"], "output": "patched fine"}])
    assert "patched fine" in answer.output_text


def test_reasoning_comes_back_to_its_issuer(gateway, sandbox, sdk):
    """Claude's signature travels inside encrypted_content and returns to Claude as it was."""
    body = {"model": "claude", "tools": [TOOL], "reasoning": {"effort": "low", "summary": "auto"},
            "input": [{"role": "user", "content": "Use get_weather for Paris"}]}
    first = check_stream(events_of(gateway, body)[0])
    kinds = [item["type"] for item in first["output"]]
    assert kinds[0] == "reasoning" and kinds[-1] == "function_call", kinds
    assert first["output"][0]["encrypted_content"] and first["output"][0]["summary"][0]["text"]
    call = first["output"][-1]
    again = sdk.responses.create(**{**body, "input": body["input"] + first["output"] + [
        {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}]})
    assert "sunny" in again.output_text
    sent = sandbox.last("anthropic").json["messages"]
    thinking = [block for message in sent for block in message["content"]
                if isinstance(block, dict) and block["type"] == "thinking"]
    assert thinking and thinking[0]["thinking"] == first["output"][0]["summary"][0]["text"]


def test_cut_short_and_structured(gateway, sdk):
    cut = sdk.responses.create(model="claude", input="Tell me a long story about many things. " * 20, max_output_tokens=16)
    assert cut.status == "incomplete" and cut.incomplete_details.reason == "max_output_tokens"
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
    for model in TARGETS:
        done = sdk.responses.create(model=model, input="Give me JSON", text={
            "format": {"type": "json_schema", "name": "out", "schema": schema, "strict": True}})
        assert isinstance(json.loads(done.output_text)["a"], int)


def test_errors_have_openais_shape(gateway, sandbox, sdk):
    with pytest.raises(openai.BadRequestError) as bad:
        sdk.responses.create(model="gpt", input="x", background=True)
    assert bad.value.param == "/background" and "stream" in bad.value.message
    with pytest.raises(openai.NotFoundError):
        sdk.responses.create(model="nobody-serves-this", input="x")
    sandbox.fault("rate_limit", provider="anthropic")
    with pytest.raises(openai.RateLimitError):
        sdk.responses.create(model="claude", input="x")


def test_an_answer_that_breaks_off_says_so(gateway, sandbox):
    sandbox.fault({"kind": "error_event", "at": "token", "gap": 100}, provider="anthropic")
    events, _ = events_of(gateway, {"model": "claude", "input": "Hello"})
    assert [event["type"] for event in events[-2:]] == ["error", "response.failed"]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    failed = events[-1]["response"]
    assert failed["status"] == "failed" and failed["error"]["code"] == "server_error"
    assert failed["id"] == events[0]["response"]["id"]
