"""The official Python SDKs against every provider dialect."""
import json

import anthropic
import openai
import pytest

from harness import config, samples
from harness.targets import BY_ID, DIALECTS, TARGETS


@pytest.fixture(scope="module")
def gateway(start):
    return start({"m-" + str(target): config.model(target) for target in TARGETS})


@pytest.fixture(scope="module")
def openai_sdk(gateway):
    return openai.OpenAI(base_url=gateway.url + "/v1", api_key="unused", max_retries=0)


@pytest.fixture(scope="module")
def anthropic_sdk(gateway):
    return anthropic.Anthropic(base_url=gateway.url, api_key="unused", max_retries=0)


ALL = pytest.mark.parametrize("target", TARGETS, ids=str)
EACH_DIALECT = pytest.mark.parametrize("target", DIALECTS, ids=str)
IMAGE = "data:image/png;base64," + samples.png()


@ALL
def test_openai_streams_tools(openai_sdk, sandbox, target):
    with openai_sdk.chat.completions.stream(
        model=f"m-{target}",
        messages=[{"role": "user", "content": "Use get_weather for Paris."}],
        tools=samples.openai_tools(),
        stream_options={"include_usage": True},
    ) as stream:
        kinds = [event.type for event in stream]
        done = stream.get_final_completion()
    assert "tool_calls.function.arguments.delta" in kinds
    (choice,) = done.choices
    assert choice.finish_reason == "tool_calls"
    (call,) = choice.message.tool_calls
    assert call.function.name == "get_weather" and call.id
    assert set(json.loads(call.function.arguments)) >= {"city", "place"}
    assert done.usage.prompt_tokens > 0 and done.usage.completion_tokens > 0
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens


@ALL
def test_anthropic_streams_tools(anthropic_sdk, sandbox, target):
    with anthropic_sdk.messages.stream(
        model=f"m-{target}",
        max_tokens=400,
        messages=[{"role": "user", "content": "Use get_weather for Paris."}],
        tools=samples.anthropic_tools(),
    ) as stream:
        kinds = [event.type for event in stream]
        done = stream.get_final_message()
    assert kinds[0] == "message_start" and kinds[-1] == "message_stop"
    assert kinds.count("content_block_start") == kinds.count("content_block_stop") == len(done.content)
    assert done.stop_reason == "tool_use"
    (call,) = [block for block in done.content if block.type == "tool_use"]
    assert call.name == "get_weather" and call.id
    assert set(call.input) >= {"city", "place"}
    assert done.usage.input_tokens > 0 and done.usage.output_tokens > 0


@EACH_DIALECT
def test_openai_streams_text(openai_sdk, sandbox, target):
    pieces, usage, reasons = [], None, []
    for chunk in openai_sdk.chat.completions.create(
        model=f"m-{target}",
        messages=[{"role": "user", "content": "Grüße aus Köln, 東京 and 🦉"}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        for choice in chunk.choices:
            pieces.append(choice.delta.content or "")
            reasons += filter(None, [choice.finish_reason])
        usage = chunk.usage or usage
    assert "".join(pieces) == "You said: Grüße aus Köln, 東京 and 🦉"
    assert len(pieces) > 3, "it came in one piece"
    assert reasons == ["stop"]
    assert usage.completion_tokens > 0


@EACH_DIALECT
def test_anthropic_streams_text(anthropic_sdk, sandbox, target):
    with anthropic_sdk.messages.stream(
        model=f"m-{target}", max_tokens=400, messages=[{"role": "user", "content": "Grüße aus Köln, 東京 and 🦉"}]
    ) as stream:
        pieces = list(stream.text_stream)
        done = stream.get_final_message()
    assert "".join(pieces) == "You said: Grüße aus Köln, 東京 and 🦉"
    assert len(pieces) > 3, "it came in one piece"
    assert done.stop_reason == "end_turn"


@EACH_DIALECT
def test_openai_sends_images(openai_sdk, sandbox, target, streamed):
    messages = [{"role": "user", "content": [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": IMAGE}},
    ]}]
    if streamed:
        with openai_sdk.chat.completions.stream(model=f"m-{target}", messages=messages) as stream:
            for _ in stream:
                pass
            done = stream.get_final_completion()
    else:
        done = openai_sdk.chat.completions.create(model=f"m-{target}", messages=messages)
    assert done.choices[0].message.content == "You said: What is this? [1 image]"


@EACH_DIALECT
def test_anthropic_streams_images_with_tools(anthropic_sdk, sandbox, target):
    source = {"type": "base64", "media_type": "image/png", "data": samples.png()}
    with anthropic_sdk.messages.stream(
        model=f"m-{target}",
        max_tokens=400,
        system=[{"type": "text", "text": "You are terse.", "cache_control": {"type": "ephemeral"}}],
        messages=[{"role": "user", "content": [
            {"type": "image", "source": source},
            {"type": "text", "text": "Describe it without tools"},
        ]}],
        tools=samples.anthropic_tools(),
    ) as stream:
        done = stream.get_final_message()
    assert [block.type for block in done.content] == ["text"]
    assert done.content[0].text == "You said: Describe it without tools [1 image]"
    assert samples.png().encode() in sandbox.last().body


@EACH_DIALECT
def test_tool_results_with_images_and_errors(anthropic_sdk, sandbox, target):
    source = {"type": "base64", "media_type": "image/png", "data": samples.png()}
    done = anthropic_sdk.messages.create(
        model=f"m-{target}",
        max_tokens=400,
        tools=samples.anthropic_tools(),
        messages=[
            {"role": "user", "content": "Look at both"},
            {"role": "assistant", "content": [
                {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}},
                {"type": "tool_use", "id": "toolu_2", "name": "search_notes", "input": {"ref": "a"}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": [
                    {"type": "text", "text": "a picture"}, {"type": "image", "source": source}]},
                {"type": "tool_result", "tool_use_id": "toolu_2", "content": "no such note", "is_error": True},
            ]},
        ],
    )
    assert done.content
    # OpenAI's tool messages hold no images: there they follow as the user's, so the answer is to those.
    sent = sandbox.last(target.sandbox).body
    for part in (b"a picture", b"no such note", samples.png().encode()):
        assert part in sent


@EACH_DIALECT
def test_structured_output(openai_sdk, sandbox, target):
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
    done = openai_sdk.chat.completions.create(
        model=f"m-{target}",
        messages=[{"role": "user", "content": "Answer in JSON: who are you?"}],
        response_format={"type": "json_schema", "json_schema": {"name": "person", "schema": schema, "strict": True}},
    )
    value = json.loads(done.choices[0].message.content)
    assert set(value) == {"name", "age"} and isinstance(value["age"], int)
    assert done.choices[0].finish_reason == "stop"


@EACH_DIALECT
def test_limits_are_reported_as_limits(openai_sdk, anthropic_sdk, sandbox, target):
    text = "one two three four five six seven eight nine ten " * 8
    short = openai_sdk.chat.completions.create(
        model=f"m-{target}", messages=[{"role": "user", "content": text}], max_completion_tokens=16)
    assert short.choices[0].finish_reason == "length"
    short = anthropic_sdk.messages.create(
        model=f"m-{target}", max_tokens=16, messages=[{"role": "user", "content": text}])
    assert short.stop_reason == "max_tokens"


def test_thinking_comes_back_with_its_signature(anthropic_sdk, sandbox):
    with anthropic_sdk.messages.stream(
        model="m-anthropic",
        max_tokens=3000,
        thinking={"type": "enabled", "budget_tokens": 1024},
        messages=[{"role": "user", "content": "Think first"}],
    ) as stream:
        done = stream.get_final_message()
    kinds = [block.type for block in done.content]
    assert kinds == ["thinking", "text"]
    assert done.content[0].signature
    again = anthropic_sdk.messages.create(
        model="m-anthropic",
        max_tokens=3000,
        thinking={"type": "enabled", "budget_tokens": 1024},
        messages=[
            {"role": "user", "content": "Think first"},
            {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in done.content]},
            {"role": "user", "content": "And again"},
        ],
    )
    assert again.content[-1].text == "You said: And again"
    assert done.content[0].signature in sandbox.last("anthropic").body.decode()


def test_sdk_errors_have_their_classes(openai_sdk, anthropic_sdk, sandbox):
    sandbox.fault("rate_limit", "rate_limit")
    with pytest.raises(openai.RateLimitError):
        openai_sdk.chat.completions.create(model="m-anthropic", messages=[{"role": "user", "content": "x"}])
    with pytest.raises(anthropic.RateLimitError):
        anthropic_sdk.messages.create(model="m-openai", max_tokens=9, messages=[{"role": "user", "content": "x"}])
    with pytest.raises(openai.NotFoundError):
        openai_sdk.chat.completions.create(model="nowhere", messages=[{"role": "user", "content": "x"}])
    with pytest.raises(anthropic.BadRequestError):
        anthropic_sdk.messages.create(model="m-openai", max_tokens=9, messages=[])


def test_models_are_listed_to_the_sdks(openai_sdk, sandbox):
    assert {f"m-{target}" for target in TARGETS} <= {model.id for model in openai_sdk.models.list()}


def test_same_dialect_sends_the_clients_own_bytes(gateway, sandbox):
    """The client's own bytes go out, but for the model's name."""
    body = (b'{ "messages":[{"role":"user","content":"hi \\ud83e\\udd89 \\u00e9"}],\n "metadata" : {"b": "2", "a": "1"},'
            b' "temperature":0.70, "logit_bias": {"50256" :-1.50e0},\t"model" : "m-openai", "seed":7}')
    gateway.ask(samples.OpenAI, body)
    assert sandbox.last("openai").body == body.replace(b"m-openai", BY_ID["openai"].model.encode())
