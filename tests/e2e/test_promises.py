"""Kept promises: what a model sends is held to the schema the client wrote, by the model's `arguments` policy."""
import json
import re
import time

import anthropic
import openai
import pytest

from harness import config
from harness.gateway import attempts, served_by
from harness.samples import Anthropic, CHATS, OpenAI
from harness.targets import BY_ID, DIALECTS

@pytest.fixture(params=CHATS, ids=lambda dialect: f"from-{dialect.name}")
def client(request):
    """The dialects in which this module makes its requests."""
    return request.param


HOTELS = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "pattern": "^[A-Z][a-z]+$"},
        "nights": {"type": "integer", "minimum": 1},
        "tags": {"type": "array", "items": {"type": "string"}},
        "near": {"anyOf": [{"type": "object", "properties": {"km": {"type": "integer"}}, "required": ["km"]},
                           {"type": "null"}]},
        "stars": {"type": "integer"},
    },
    "required": ["city"],
}
GOOD = {"city": "Paris", "nights": 2}
BROKEN = {"city": "paris"}
SLOPPY = {"city": "Paris", "nights": "2", "tags": "quiet", "near": '{"km": "3"}', "stars": None}
MENDED = {"city": "Paris", "nights": 2, "tags": ["quiet"], "near": {"km": 3}}
FORMAT = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}
POLICIES = {
    "report": {},
    "repair": {"arguments": {"policy": "repair", "time": "300ms"}},
    "strictly": {"arguments": {"policy": "repair", "otherwise": "fail"}},
    "thrifty": {"arguments": {"policy": "repair", "tokens": 10}},
    "fail": {"arguments": "fail"},
    "off": {"arguments": "off"},
}


@pytest.fixture(scope="module")
def gateway(start):
    models = {f"{policy}-{target}": config.model(target, **settings)
              for policy, settings in POLICIES.items() for target in DIALECTS}
    models["fail-over"] = config.model("openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5", arguments="fail")
    models["by-target"] = {"targets": [{"target": "openai/gpt-4o-mini", "arguments": "off"}], "arguments": "fail"}
    models["prompted"] = config.model("deepseek/deepseek-chat", arguments={"policy": "repair", "time": "300ms"})
    return start(models)


@pytest.fixture(params=DIALECTS, ids=str)
def target(request):
    return request.param


def request(client, model, stream=False, **more):
    tool = {"name": "hotels.search", "description": "Finds hotels"}
    if client is OpenAI:
        tools = [{"type": "function", "function": {**tool, "parameters": HOTELS}}]
    else:
        tools = [{**tool, "input_schema": HOTELS}]
    return client.request(model, "Find a hotel.", stream=stream, tools=False, **more) | {"tools": tools}


def say(*calls, text="", **more):
    return {"kind": "say", "text": text, "calls": [{"arguments": call} for call in calls], **more}


class Reply:
    """What a client was sent, streamed or not."""

    def __init__(self, gateway, client, model, streamed, **more):
        self.client = client
        if streamed:
            self.status, headers, self.events = gateway.stream(client, request(client, model, stream=True), **more)
            self.headers = dict(headers)
            self.body = json.loads(self.events[0].data) if self.status != 200 else None
        else:
            answer = gateway.ask(client, request(client, model), **more)
            self.status, self.headers, self.body = answer.status, dict(answer.headers), answer.json

    def header(self, name):
        return self.headers.get(name)

    @property
    def calls(self):
        return self.client.calls(self.body) if self.body is not None else stream_calls(self.client, self.events)

    @property
    def arguments(self):
        ((name, arguments),) = self.calls
        assert name == "hotels.search"
        return arguments


def stream_calls(client, events):
    calls, texts = [], []
    for event in events:
        if client is Anthropic:
            if event.name == "content_block_start" and event.json["content_block"]["type"] == "tool_use":
                calls.append(event.json["content_block"]["name"])
                texts.append("")
            if event.name == "content_block_delta" and event.json["delta"]["type"] == "input_json_delta":
                texts[-1] += event.json["delta"]["partial_json"]
        elif event.data != "[DONE]":
            for choice in event.json.get("choices") or []:
                for call in choice["delta"].get("tool_calls") or []:
                    if call.get("id"):
                        calls.append(call["function"]["name"])
                        texts.append("")
                    texts[-1] += call["function"].get("arguments") or ""
    return [(name, json.loads(text or "{}")) for name, text in zip(calls, texts)]


def violations(gateway, id, seconds=5):
    """What the journal says of each attempt of a request."""
    import sqlite3

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with sqlite3.connect(gateway.folder / "journal.db") as db:
            rows = db.execute(
                "SELECT violations FROM attempts a JOIN requests r ON r.seq = a.request_seq WHERE r.id = ? ORDER BY number",
                (id,)).fetchall()
        if rows:
            return [json.loads(text or "[]") for (text,) in rows]
        time.sleep(0.05)
    raise AssertionError("not in the journal")


def metric(gateway, name, **labels):
    total = 0
    for line in gateway.get("/metrics").body.decode().splitlines():
        if line.startswith(name + "{") and all(f'{key}="{value}"' in line for key, value in labels.items()):
            total += int(float(line.rsplit(" ", 1)[1]))
    return total


def test_report_delivers_and_says(gateway, sandbox, client, target, streamed):
    sandbox.fault(say(BROKEN))
    before = metric(gateway, "dragoman_violations_total", keyword="pattern", tool="hotels.search", target=target.name)
    reply = Reply(gateway, client, f"report-{target}", streamed)
    assert reply.status == 200 and reply.arguments == BROKEN
    if not streamed:
        assert reply.header("x-dragoman-violations") == "1; keyword=pattern tool=hotels.search pointer=/city"
    ((found,),) = violations(gateway, reply.header("x-request-id"))
    assert (found["tool"], found["pointer"], found["keyword"], found["action"]) == (
        "hotels.search", "/city", "pattern", "reported")
    assert metric(gateway, "dragoman_violations_total", keyword="pattern", tool="hotels.search",
                  target=target.name) == before + 1
    assert len(sandbox.received()) == 1


def test_valid_calls_are_not_talked_about(gateway, sandbox, client, target, streamed):
    for policy in ("report", "repair", "fail"):
        sandbox.fault(say(GOOD))
        reply = Reply(gateway, client, f"{policy}-{target}", streamed)
        assert reply.status == 200 and reply.arguments == GOOD
        assert not reply.header("x-dragoman-violations") and not reply.header("x-dragoman-repaired")


def test_off_looks_at_nothing(gateway, sandbox, client, target):
    sandbox.fault(say(BROKEN))
    reply = Reply(gateway, client, f"off-{target}", False)
    assert reply.arguments == BROKEN and reply.header("x-dragoman-violations") is None


def test_a_targets_own_word_counts(gateway, sandbox, client):
    sandbox.fault(say(BROKEN))
    assert Reply(gateway, client, "by-target", False).arguments == BROKEN


def test_repair_coerces_what_is_unambiguous(gateway, sandbox, client, target, streamed):
    sandbox.fault(say(SLOPPY))
    reply = Reply(gateway, client, f"repair-{target}", streamed)
    assert reply.status == 200 and reply.arguments == MENDED
    assert len(sandbox.received()) == 1, "nobody had to be asked"
    (found,) = violations(gateway, reply.header("x-request-id"))
    assert {entry["action"] for entry in found} == {"coerced"}
    assert {entry["pointer"] for entry in found} >= {"/nights", "/tags", "/stars"}
    if not streamed:
        assert reply.header("x-dragoman-violations") is None
        assert "keyword=type tool=hotels.search pointer=/nights by=coercion" in reply.header("x-dragoman-repaired")


def test_repair_asks_the_model_once_more(gateway, sandbox, client, target, streamed):
    sandbox.fault(say(BROKEN, text="I will look."), say(GOOD))
    reply = Reply(gateway, client, f"repair-{target}", streamed)
    assert reply.status == 200 and reply.arguments == GOOD
    first, second = sandbox.received()
    assert "must match the pattern" in second.body.decode(), "the model is told what is wrong"
    assert "paris" in second.body.decode() and len(second.body) > len(first.body), "the conversation is there"
    assert [{e["action"] for e in found} for found in violations(gateway, reply.header("x-request-id"))] == [
        {"repaired"}, set()]
    if streamed:
        assert client.stream_text(reply.events) == "I will look."
        assert client.complete(reply.events)
    else:
        assert client.text(reply.body) == "I will look."
        assert reply.header("x-dragoman-repaired") == "1; keyword=pattern tool=hotels.search pointer=/city by=asking"
        assert attempts_of(reply) == 2


def attempts_of(reply):
    return int(reply.header("x-dragoman-attempts"))


def test_usage_is_summed(gateway, sandbox, client):
    sandbox.fault(say(GOOD))
    one = Reply(gateway, client, "repair-openai", False).body["usage"]
    sandbox.fault(say(BROKEN), say(GOOD))
    two = Reply(gateway, client, "repair-openai", False).body["usage"]
    (name,) = [name for name in ("prompt_tokens", "input_tokens") if name in one]
    assert two[name] > 2 * one[name], "the second prompt holds the first"


def test_several_calls_of_which_one_is_broken(gateway, sandbox, client, target, streamed):
    other = {"city": "Rome"}
    sandbox.fault(say(other, BROKEN), say(GOOD))
    reply = Reply(gateway, client, f"repair-{target}", streamed)
    assert [arguments for _, arguments in reply.calls] == [other, GOOD]


def test_a_repair_that_fails_is_reported(gateway, sandbox, client, target, streamed):
    sandbox.fault(say(BROKEN), say({"city": "rome"}))
    reply = Reply(gateway, client, f"repair-{target}", streamed)
    assert reply.status == 200 and reply.arguments == BROKEN
    assert len(sandbox.received()) == 2, "once more, not twice"
    found = violations(gateway, reply.header("x-request-id"))[0]
    assert [entry["action"] for entry in found] == ["reported"]


def test_a_repair_that_fails_may_fail_the_attempt(gateway, sandbox, client, streamed):
    sandbox.fault(say(BROKEN), say(BROKEN))
    reply = Reply(gateway, client, "strictly-openai", streamed)
    assert reply.status == 502
    assert "hotels.search" in client.error(reply.body)[1]


def test_repair_stays_within_its_tokens(gateway, sandbox, client, streamed):
    sandbox.fault(say(BROKEN))
    reply = Reply(gateway, client, "thrifty-openai", streamed)
    assert reply.arguments == BROKEN
    assert len(sandbox.received()) == 1


def test_repair_stays_within_its_time(gateway, sandbox, client, streamed):
    sandbox.fault(say(BROKEN), "hang")
    reply = Reply(gateway, client, "repair-openai", streamed, timeout=8)
    assert reply.status == 200 and reply.arguments == BROKEN


def test_fail_goes_to_the_next_target(gateway, sandbox, client, streamed):
    sandbox.fault(say(BROKEN), provider="openai")
    sandbox.fault(say(GOOD), provider="anthropic")
    reply = Reply(gateway, client, "fail-over", streamed)
    assert reply.status == 200 and reply.arguments == GOOD
    assert reply.header("x-dragoman-target") == "anthropic/claude-sonnet-4-5"
    assert "generation_failed" in reply.header("x-dragoman-fallback-reason")


def test_fail_names_tool_pointer_and_keyword(gateway, sandbox, client, target, streamed):
    sandbox.fault(say(BROKEN))
    reply = Reply(gateway, client, f"fail-{target}", streamed)
    assert reply.status == 502
    message = client.error(reply.body)[1]
    for word in ("hotels.search", "/city", "pattern"):
        assert word in message, message
    (attempt,) = reply.body["error"]["dragoman"]["attempts"]
    assert attempt["class"] == "generation_failed"
    assert attempt["pointer"].endswith("/properties/city/pattern")


def test_fail_after_content_ends_the_stream_with_an_error(gateway, sandbox, client, target):
    # The text is out before the call comes: only the call's arguments wait.
    sandbox.fault(say(BROKEN, text="A few words that are shown at once, before the call."))
    reply = Reply(gateway, client, f"fail-{target}", True)
    if reply.status == 200:
        assert "A few words" in client.stream_text(reply.events)
        assert "hotels.search" in client.stream_error(reply.events)["message"]
        assert not stream_calls(client, reply.events) or stream_calls(client, reply.events)[0][1] == {}
    else:
        # All of it came in one read: nothing had been shown.
        assert "hotels.search" in client.error(reply.body)[1]


# The upstream stalls before the call is whole: what is not the call's arguments must be there by then.
@pytest.mark.parametrize("policy", ["report", "repair", "fail"])
def test_text_never_waits(gateway, sandbox, client, policy):
    text = "one two three four"
    sandbox.fault({"kind": "stall", "after": 7, **{k: v for k, v in say(GOOD, text=text).items() if k != "kind"}})
    stream = gateway.open(client, request(client, f"{policy}-openai", stream=True))
    seen = []
    try:
        for event in stream:
            seen.append(event)
            if "four" in event.data:
                break
    finally:
        stream.close()
    assert client.stream_text(seen) == text


def test_report_passes_arguments_as_they_come(gateway, sandbox, client):
    sandbox.fault(say({"city": "paris and a lot of other words besides"}))
    reply = Reply(gateway, client, "report-openai", True)
    pieces = [event for event in reply.events if "partial_json" in event.data or '"arguments"' in event.data]
    assert len(pieces) > 3
    sandbox.fault(say({"city": "Paris"}))
    reply = Reply(gateway, client, "repair-openai", True)
    pieces = [event for event in reply.events if re.search(r'"(partial_json|arguments)":"[^"]', event.data)]
    assert len(pieces) == 1, "a held call comes in one piece"


OUTPUT = {"type": "json_schema", "json_schema": {"name": "r", "schema": FORMAT}}


@pytest.mark.parametrize("model", ["repair-openai", "repair-anthropic", "repair-bedrock-nova", "repair-gemini",
                                   "prompted"])
def test_structured_output_is_kept_too(gateway, sandbox, model, streamed):
    def ask(*script):
        sandbox.fault(*script)
        body = OpenAI.request(model, "Give n.", stream=streamed, response_format=OUTPUT)
        if streamed:
            status, _, events = gateway.stream(OpenAI, body)
            assert status == 200 and OpenAI.complete(events)
            return json.loads(OpenAI.stream_text(events))
        return json.loads(OpenAI.text(gateway.ask(OpenAI, body).json))

    def output(value):
        # A forced tool carries it where the provider has no structured output.
        tool = model == "repair-bedrock-nova"
        return say(value) if tool else say(text=value if isinstance(value, str) else json.dumps(value))

    assert ask(output({"n": 3})) == {"n": 3}
    assert ask(output({"n": "3"})) == {"n": 3}
    assert ask(output({"n": 0}), output({"n": 4})) == {"n": 4}
    if model == "prompted":
        assert ask(output('Here it is:\n```json\n{"n": 5}\n```')) == {"n": 5}


def test_broken_output_is_reported(gateway, sandbox):
    sandbox.fault(say(text='{"n": 0}'))
    answer = gateway.ask(OpenAI, OpenAI.request("report-openai", "Give n.", response_format=OUTPUT))
    assert json.loads(OpenAI.text(answer.json)) == {"n": 0}
    assert answer.header("x-dragoman-violations") == "1; keyword=minimum pointer=/n"


def test_the_logs_show_them(gateway, sandbox):
    from test_logs import logged

    sandbox.fault(say(BROKEN))
    reply = Reply(gateway, OpenAI, "report-openai", True)
    assert "1 violation: pattern hotels.search /city (reported)" in logged(gateway, reply.header("x-request-id"))


def test_openai_sdk_gets_repaired_streams(gateway, sandbox, target):
    sdk = openai.OpenAI(base_url=gateway.url + "/v1", api_key="unused", max_retries=0)
    sandbox.fault(say(BROKEN), say(GOOD))
    with sdk.chat.completions.stream(
        model=f"repair-{target}",
        messages=[{"role": "user", "content": "Find a hotel."}],
        tools=[{"type": "function", "function": {"name": "hotels.search", "parameters": HOTELS}}],
        stream_options={"include_usage": True},
    ) as stream:
        list(stream)
        done = stream.get_final_completion()
    (call,) = done.choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == GOOD and call.function.name == "hotels.search"
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens


def test_anthropic_sdk_gets_repaired_streams(gateway, sandbox, target):
    sdk = anthropic.Anthropic(base_url=gateway.url, api_key="unused", max_retries=0)
    sandbox.fault(say(SLOPPY, text="I will look."))
    with sdk.messages.stream(
        model=f"repair-{target}",
        max_tokens=400,
        messages=[{"role": "user", "content": "Find a hotel."}],
        tools=[{"name": "hotels.search", "input_schema": HOTELS}],
    ) as stream:
        list(stream)
        message = stream.get_final_message()
    assert [block.type for block in message.content] == ["text", "tool_use"]
    assert message.content[1].input == MENDED
    assert message.stop_reason == "tool_use"


def test_anthropic_sdk_sees_the_error_of_a_failed_call(gateway, sandbox):
    sdk = anthropic.Anthropic(base_url=gateway.url, api_key="unused", max_retries=0)
    sandbox.fault(say(BROKEN))
    with pytest.raises(anthropic.APIStatusError) as caught:
        sdk.messages.create(
            model="fail-anthropic", max_tokens=400, messages=[{"role": "user", "content": "Find a hotel."}],
            tools=[{"name": "hotels.search", "input_schema": HOTELS}])
    assert "hotels.search" in str(caught.value) and "/city" in str(caught.value)
