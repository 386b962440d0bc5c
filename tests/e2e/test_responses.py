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
    assert whole.model == (model if model != "gpt" else "gpt-4.1") and whole.instructions == "Be terse."
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


@pytest.mark.parametrize("model", TARGETS)
def test_tools_in_a_namespace(gateway, sandbox, sdk, model):
    """As Codex sends an MCP server's: called by name and namespace, whole and streamed, and told so again."""
    spaces = [{"type": "namespace", "name": "mcp__fs", "description": "Files of the project.", "tools": [
        {"type": "function", "name": "read_file", "description": "Reads a file", "strict": False,
         "parameters": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}}]}]
    body = {"model": model, "tools": spaces, "input": [{"role": "user", "content": "Please read_file now"}],
            "tool_choice": "required"}
    whole = sdk.responses.create(**body)
    streamed = check_stream(events_of(gateway, body)[0])
    sent = sandbox.last().body.decode()
    assert "Files of the project." in sent
    if model != "gpt":
        assert "mcp__fs__read_file" in sent and "namespace" not in sent
    else:
        assert json.dumps(spaces, separators=(",", ":")) in sent.replace(": ", ":").replace(", ", ",")
    for call in (whole.output[-1].model_dump(exclude_none=True), streamed["output"][-1]):
        assert call["type"] == "function_call" and json.loads(call["arguments"])
        assert (call["namespace"], call["name"]) == ("mcp__fs", "read_file")
        answer = sdk.responses.create(model=model, tools=spaces, input=[
            *body["input"], call,
            {"type": "function_call_output", "call_id": call["call_id"], "output": "alpha beta"}])
        assert "alpha beta" in answer.output_text


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


@pytest.mark.parametrize("model", TARGETS)
def test_a_chain_of_turns_is_remembered(gateway, sandbox, sdk, model):
    """previous_response_id over any provider: the tools' results and the words of earlier turns are there."""
    first = sdk.responses.create(model=model, tools=[TOOL], input="Use get_weather for Paris",
                                 parallel_tool_calls=False)
    (call,) = [item for item in first.output if item.type == "function_call"]
    with sdk.responses.stream(model=model, tools=[TOOL], previous_response_id=first.id, input=[
            {"type": "function_call_output", "call_id": call.call_id, "output": "rainy"}]) as stream:
        for _ in stream:
            pass
        second = stream.get_final_response()
    assert "rainy" in second.output_text and second.previous_response_id == first.id
    third = sdk.responses.create(model=model, previous_response_id=second.id, input="Without tools: what did I ask first?")
    assert "Without tools: what did I ask first?" in third.output_text
    sent = sandbox.last().body.decode()
    assert "Use get_weather for Paris" in sent and "rainy" in sent and "previous_response_id" not in sent

    kept = sdk.responses.retrieve(third.id)
    assert kept.id == third.id and kept.output_text == third.output_text and kept.store is True
    items = list(sdk.responses.input_items.list(third.id, order="asc", limit=2))  # pages are followed
    kinds = [item.type for item in items if item.type != "reasoning"]
    assert kinds == ["message", "function_call", "function_call_output", "message", "message"]
    assert len({item.id for item in items}) == len(items)
    newest = sdk.responses.input_items.list(third.id, limit=1)
    assert newest.data[0].content[0].text == "Without tools: what did I ask first?" and newest.has_more is True

    sdk.responses.delete(second.id)
    with pytest.raises(openai.NotFoundError):
        sdk.responses.retrieve(second.id)
    with pytest.raises(openai.BadRequestError) as gone:
        sdk.responses.create(model=model, previous_response_id=third.id, input="x")
    assert gone.value.code == "previous_response_not_found" and gone.value.param == "previous_response_id"


def test_a_conversation_changes_provider(gateway, sandbox, sdk):
    """The same chain over five providers, one turn each."""
    previous = None
    for number, (model, (_, provider)) in enumerate(TARGETS.items()):
        done = sdk.responses.create(model=model, input=f"turn {number}", previous_response_id=previous,
                                    instructions=f"only for turn {number}")
        previous = done.id
        sent = sandbox.last(provider).body.decode()
        assert all(f"turn {n}" in sent for n in range(number))
        # Instructions are of one request only.
        assert f"only for turn {number}" in sent and f"only for turn {number - 1}" not in sent


def test_what_is_not_stored_is_not_there(gateway, sdk):
    done = sdk.responses.create(model="claude", input="Hi", store=False)
    assert done.store is False
    with pytest.raises(openai.NotFoundError) as missing:
        sdk.responses.retrieve(done.id)
    assert missing.value.message.endswith(f"Response with id '{done.id}' not found.") or done.id in missing.value.message
    with pytest.raises(openai.NotFoundError):
        sdk.responses.create(model="claude", input=[{"type": "item_reference", "id": done.output[0].id}])
    kept = sdk.responses.create(model="claude", input="Remember the word heliotrope")
    with pytest.raises(openai.BadRequestError) as cancel:
        sdk.responses.cancel(kept.id)
    assert "Cannot cancel a synchronous response" in cancel.value.message
    again = sdk.responses.create(model="claude", input=[{"type": "item_reference", "id": kept.output[0].id},
                                                        {"role": "user", "content": "Go on"}])
    assert "Go on" in again.output_text


def test_each_key_sees_its_own(start):
    gateway = start({"claude": config.model("anthropic/claude-sonnet-4-5")},
                    auth={"keys": [{"name": "a", "key": "sk-aaaaaaaaaaaaaaaaaaaaaaaa"},
                                   {"name": "b", "key": "sk-bbbbbbbbbbbbbbbbbbbbbbbb"}]})
    a, b = (openai.OpenAI(base_url=gateway.url + "/v1", api_key=key, max_retries=0)
            for key in ("sk-aaaaaaaaaaaaaaaaaaaaaaaa", "sk-bbbbbbbbbbbbbbbbbbbbbbbb"))
    done = a.responses.create(model="claude", input="mine")
    assert a.responses.retrieve(done.id).id == done.id
    with pytest.raises(openai.NotFoundError):
        b.responses.retrieve(done.id)
    with pytest.raises(openai.NotFoundError):
        b.responses.delete(done.id)
    with pytest.raises(openai.BadRequestError):
        b.responses.create(model="claude", input="x", previous_response_id=done.id)


def test_no_conversation_is_larger_than_a_request(start, sandbox):
    """A short body that names what is stored, a chain of turns or one item many times, is held to max_body too."""
    gateway = start({"claude": config.model("anthropic/claude-sonnet-4-5")}, server={"max_body": "64KiB"})
    client = openai.OpenAI(base_url=gateway.url + "/v1", api_key="sk-any", max_retries=0)
    long = client.responses.create(model="claude", input="x" * 40_000)
    with pytest.raises(openai.APIStatusError) as refused:
        client.responses.create(model="claude", input="go on", previous_response_id=long.id)
    assert refused.value.status_code == 413 and refused.value.param == "previous_response_id"
    assert "server.max_body" in refused.value.message
    short = client.responses.create(model="claude", input="y" * 20_000)
    references = [{"type": "item_reference", "id": short.output[0].id}] * 2
    answer = client.responses.create(model="claude", input=references + [{"role": "user", "content": "go on"}])
    assert answer.status == "completed"
    with pytest.raises(openai.APIStatusError) as refused:
        client.responses.create(model="claude", input=references * 2)
    assert refused.value.status_code == 413 and refused.value.param == "input[3]"
    assert len(sandbox.received("anthropic")) == 3, "nothing was sent of what was refused"


def test_own_bytes_to_openai(gateway, sandbox, sdk):
    """Nothing is in the way: what the client wrote goes out, made stateless."""
    body = {"model": "gpt", "input": [{"role": "user", "content": "Hi"}], "temperature": 0.70, "store": False}
    from harness import http

    raw = json.dumps(body, separators=(" , ", ": ")).encode()
    assert http.call(gateway.url, "POST", "/v1/responses", raw).status == 200
    sent = sandbox.last("openai")
    assert sent.path == "/openai/v1/responses"
    assert sent.body == raw.replace(b'"gpt"', b'"gpt-4.1"')
    kept = sdk.responses.create(model="gpt", input="Hi")  # stored here, not there
    assert sandbox.last("openai").json["store"] is False and kept.store is True
    assert sdk.responses.retrieve(kept.id).output_text == kept.output_text


@pytest.fixture(scope="module")
def thinkers(start):
    return start({"gpt5": config.model("openai/gpt-5.6"), "gpt54": config.model("openai/gpt-5.4"),
                  "azure": config.model("azure_v1/gpt-5.6"), "claude": config.model("anthropic/claude-sonnet-4-5")})


@pytest.mark.parametrize("model, path", [("gpt5", "/openai/v1/responses"), ("azure", "/azure/openai/v1/responses")])
def test_chat_clients_get_tools_with_reasoning(thinkers, sandbox, model, path):
    """OAI-45: refused on Chat Completions, so another endpoint is asked; the client speaks Chat throughout."""
    chat = openai.OpenAI(base_url=thinkers.url + "/v1", api_key="x", max_retries=0)
    tools = [{"type": "function", "function": {"name": "get_weather", "parameters": WEATHER}}]
    messages = [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "Use get_weather for Paris"}]
    first = chat.chat.completions.create(model=model, messages=messages, tools=tools, reasoning_effort="high")
    assert sandbox.last().path == path and sandbox.last().json["reasoning"]["effort"] == "high"
    message = first.choices[0].message
    call = message.tool_calls[0]
    assert first.choices[0].finish_reason == "tool_calls"
    messages += [message.model_dump(exclude_none=True),
                 {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
    with chat.chat.completions.stream(model=model, messages=messages, tools=tools, reasoning_effort="high") as stream:
        for _ in stream:
            pass
        assert "sunny" in stream.get_final_completion().choices[0].message.content
    # Its own reasoning went back with the call.
    sent = sandbox.last().json["input"]
    assert [item["type"] for item in sent if item["type"] != "message"] == ["reasoning", "function_call", "function_call_output"]


def test_chat_stays_on_chat_where_it_can(thinkers, sandbox):
    chat = openai.OpenAI(base_url=thinkers.url + "/v1", api_key="x", max_retries=0)
    tools = [{"type": "function", "function": {"name": "get_weather", "parameters": WEATHER}}]
    chat.chat.completions.create(model="gpt54", messages=[{"role": "user", "content": "Hi"}], tools=tools)
    assert sandbox.last().path == "/openai/v1/chat/completions"
    chat.chat.completions.create(model="gpt54", messages=[{"role": "user", "content": "Hi"}], tools=tools,
                                 reasoning_effort="low")
    assert sandbox.last().path == "/openai/v1/responses"


def test_reasoning_of_openai_round_trip(thinkers, sandbox, streamed):
    """Items handed back whole: reasoning before its call, encrypted, verified by the emulator."""
    sdk = openai.OpenAI(base_url=thinkers.url + "/v1", api_key="x", max_retries=0)
    body = {"model": "gpt5", "tools": [TOOL], "reasoning": {"effort": "high", "summary": "auto"},
            "input": [{"role": "user", "content": "Use get_weather for Paris"}]}
    if streamed:
        first = check_stream(events_of(thinkers, body)[0])["output"]
    else:
        first = [item.model_dump(exclude_none=True) for item in sdk.responses.create(**body).output]
    assert [item["type"] for item in first] == ["reasoning", "function_call"]
    result = {"type": "function_call_output", "call_id": first[1]["call_id"], "output": "sunny"}
    done = sdk.responses.create(**{**body, "input": body["input"] + first + [result]})
    assert "sunny" in done.output_text
    # Over to Claude and back: OpenAI's reasoning waits in the client's items.
    history = body["input"] + first + [result] + [item.model_dump(exclude_none=True) for item in done.output]
    away = sdk.responses.create(model="claude", tools=[TOOL], input=history + [{"role": "user", "content": "Hi"}])
    back = sdk.responses.create(**{**body, "input": history + [{"role": "user", "content": "Hi"}] + [
        item.model_dump(exclude_none=True) for item in away.output] + [{"role": "user", "content": "Without tools, end"}]})
    assert back.status == "completed"
    sent = sandbox.last("openai").json["input"]
    assert first[0]["encrypted_content"] in [item.get("encrypted_content") for item in sent]
    assert not any(str(item.get("id", "")).split("_")[-1].startswith("dgm") for item in sent)
