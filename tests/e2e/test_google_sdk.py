"""Google's Python SDK, and the wire it speaks, over every kind of provider."""
import base64
import json

import pytest
from google import genai
from google.genai import errors, types

from harness import config, http, samples
from harness.targets import BY_ID

TARGETS = [BY_ID[name] for name in ("openai", "anthropic", "gemini", "bedrock-nova", "mistral")]
CONTENTS = [{"role": "user", "parts": [{"text": "Say hello 🜁"}]}]


@pytest.fixture(scope="module")
def gateway(start):
    return start({"plain": config.model("openai/gpt-4o-mini")})


@pytest.fixture(scope="module")
def locked(start):
    gateway = start({}, auth={"keys": [{"name": "google", "key": "dk-google-key-0123456789"}]})
    gateway.key = None
    return gateway


def sdk(gateway, key="unused"):
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=gateway.url))


def ask(gateway, key="unused", **request):
    client = sdk(gateway, key)  # a client that nobody holds closes its connections
    return client.models.generate_content(**request)


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_text(gateway, sandbox, target):
    client = sdk(gateway)
    answer = client.models.generate_content(model=target.name, contents="Say hello 🜁")
    assert answer.text == "You said: Say hello 🜁"
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.usage_metadata.total_token_count > answer.usage_metadata.prompt_token_count > 0
    chunks = list(client.models.generate_content_stream(model=target.name, contents="Say hello 🜁"))
    assert "".join(chunk.text or "" for chunk in chunks) == "You said: Say hello 🜁"
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP
    assert chunks[-1].usage_metadata.prompt_token_count > 0


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_tools_loop(gateway, sandbox, target):
    asked = []

    def get_weather(city: str) -> dict:
        """Weather forecast for a city"""
        asked.append(city)
        return {"sky": "clear 🌦"}

    client = sdk(gateway)  # the chat does not keep it alive
    chat = client.chats.create(
        model=target.name, config=types.GenerateContentConfig(tools=[get_weather], system_instruction="Be terse."))
    answer = chat.send_message("Use get_weather for Paris.")  # the SDK calls the function and sends its result
    said = json.loads(answer.text.removeprefix("Result: "))
    assert len(asked) == 1 and said.get("result", said) == {"sky": "clear 🌦"}
    assert len(chat.get_history(curated=True)) == 4


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_a_chat_that_streams_keeps_its_history(gateway, sandbox, target):
    """What the chat helper keeps of a streamed answer, thoughts and all, is accepted as the next request's history."""
    client = sdk(gateway)
    chat = client.chats.create(model=target.name, config=types.GenerateContentConfig(
        thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=2048)))
    list(chat.send_message_stream("one two three"))
    assert len(chat.get_history(curated=True)) == len(chat.get_history(curated=False)) > 1
    assert chat.send_message("and again").text == "You said: and again"


def test_thoughts_of_another_provider_come_back_to_it(gateway, sandbox):
    client = sdk(gateway)
    thinking = types.GenerateContentConfig(
        thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=2048))
    first = client.models.generate_content(model="anthropic/claude-sonnet-4-5", contents="Think", config=thinking)
    thought = first.candidates[0].content.parts[0]
    assert thought.thought and thought.text and thought.thought_signature
    client.models.generate_content(model="anthropic/claude-sonnet-4-5", config=thinking, contents=[
        types.UserContent("Think"), first.candidates[0].content, types.UserContent("Again")])
    sent = sandbox.last("anthropic").json["messages"][1]["content"][0]
    assert sent["type"] == "thinking" and sent["thinking"] == thought.text
    assert thought.thought_signature.decode() == "dragoman.anthropic." + sent["signature"]


@pytest.mark.parametrize("target", [t for t in TARGETS if str(t) != "mistral"], ids=str)
def test_image(gateway, sandbox, target):
    answer = ask(gateway, model=target.name, contents=[
        "Look", types.Part.from_bytes(data=base64.b64decode(samples.png()), mime_type="image/png")])
    assert answer.text == "You said: Look [1 image]"


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_structured_output(gateway, sandbox, target):
    schema = types.Schema(
        type=types.Type.OBJECT, required=["city"],
        properties={"city": types.Schema(type=types.Type.STRING), "note": types.Schema(type=types.Type.STRING, nullable=True)})
    answer = ask(gateway, model=target.name, contents="Answer in JSON", config=(
        types.GenerateContentConfig(response_mime_type="application/json", response_schema=schema)))
    assert isinstance(json.loads(answer.text)["city"], str)


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_errors(gateway, sandbox, target):
    client = sdk(gateway)
    sandbox.fault("rate_limit", provider=target.sandbox)
    with pytest.raises(errors.ClientError) as failed:
        client.models.generate_content(model=target.name, contents="hi")
    assert failed.value.code == 429 and failed.value.status == "RESOURCE_EXHAUSTED"
    sandbox.fault({"kind": "error_event", "at": "token", "gap": 50, "message": "overloaded inside"}, provider=target.sandbox)
    with pytest.raises((errors.APIError, errors.UnknownApiResponseError)) as broken:
        for _ in client.models.generate_content_stream(model=target.name, contents="one two three four five six"):
            pass
    assert "overloaded inside" in str(broken.value)


def test_unknown_model_and_bad_request(gateway, sandbox):
    with pytest.raises(errors.ClientError) as unknown:
        ask(gateway, model="nowhere/x", contents="hi")
    assert unknown.value.code == 404 and unknown.value.status == "NOT_FOUND"
    answer = http.call(gateway.url, "POST", "/v1beta/models/plain:generateContent", {"contents": [{"parts": [{"text": 1}]}]})
    error = answer.json["error"]
    assert (answer.status, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
    assert "/contents/0/parts/0/text" in error["message"]


def test_count_tokens_and_models(gateway, sandbox):
    client = sdk(gateway)
    assert client.models.count_tokens(model="gemini/gemini-2.5-flash", contents="hello there").total_tokens > 0
    assert client.models.count_tokens(model="openai/gpt-4o-mini", contents="hello there").total_tokens > 0
    names = [model.name for model in client.models.list()]
    assert "models/plain" in names and "models/anthropic/claude-sonnet-4-5" in names
    assert client.models.get(model="plain").name == "models/plain"


@pytest.mark.parametrize("path", [
    "/v1beta/models/anthropic/claude-sonnet-4-5", "/v1beta/models/anthropic%2Fclaude-sonnet-4-5",
    "/v1beta/models/models%2Fanthropic%2Fclaude-sonnet-4-5", "/v1/models/anthropic/claude-sonnet-4-5",
    "/gemini/v1beta/models/anthropic/claude-sonnet-4-5", "/v1beta/anthropic/claude-sonnet-4-5",
    "/v1beta1/projects/p/locations/l/publishers/google/models/anthropic/claude-sonnet-4-5"])
def test_model_names_have_slashes(gateway, sandbox, path):
    answer = http.call(gateway.url, "POST", path + ":generateContent", {"contents": CONTENTS})
    assert answer.status == 200, answer
    assert answer.header("x-dragoman-target") == "anthropic/claude-sonnet-4-5"


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_the_stream_is_an_array_without_alt_sse(gateway, sandbox, target):
    answer = http.call(gateway.url, "POST", f"/v1beta/models/{target.name}:streamGenerateContent", {"contents": CONTENTS})
    assert answer.header("content-type").startswith("application/json")
    chunks = answer.json
    text = "".join(p["text"] for chunk in chunks for p in chunk["candidates"][0]["content"].get("parts", []))
    assert text == "You said: Say hello 🜁" and chunks[-1]["candidates"][0]["finishReason"] == "STOP"
    unknown = http.call(gateway.url, "POST", "/v1beta/models/nowhere:streamGenerateContent", {"contents": CONTENTS})
    assert unknown.status == 404 and unknown.json[0]["error"]["code"] == 404


def test_own_bytes_go_to_gemini(gateway, sandbox):
    """Same dialect and nothing to change: spelling, unknown order and numbers as the client wrote them."""
    body = b'{"contents":[{"parts":[{"text":"hi"}]}],"generation_config":{"temperature":0.70,"max_output_tokens":20},"safety_settings":[]}'
    answer = http.call(gateway.url, "POST", "/v1beta/models/gemini/gemini-2.5-flash:generateContent", body)
    assert answer.status == 200 and answer.header("x-dragoman-edits") == "0"
    assert sandbox.last("gemini").body == body


def test_keys(locked, sandbox):
    path = "/v1beta/models/openai/gpt-4o-mini:generateContent"
    assert ask(locked, "dk-google-key-0123456789", model="openai/gpt-4o-mini", contents="hi").text
    assert http.call(locked.url, "POST", path + "?key=dk-google-key-0123456789", {"contents": CONTENTS}).status == 200
    for headers, query in (({}, ""), ({"x-goog-api-key": "wrong"}, ""), ({}, "?key=wrong")):
        answer = http.call(locked.url, "POST", path + query, {"contents": CONTENTS}, headers)
        assert answer.status == 401 and answer.json["error"]["status"] == "UNAUTHENTICATED"
