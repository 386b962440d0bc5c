"""Bad requests: the client's dialect's 4xx with a JSON pointer and what was expected; no crash, no upstream call."""
import json

import pytest

from harness import config, http
from harness.samples import Anthropic, CHATS, OpenAI

@pytest.fixture(params=CHATS, ids=lambda dialect: f"from-{dialect.name}")
def client(request):
    """The dialects in which this module makes its requests."""
    return request.param


OK = {
    "openai": b'{"model":"m","messages":[{"role":"user","content":"hi"}]}',
    "anthropic": b'{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}',
}


@pytest.fixture(scope="module")
def gateway(start):
    return start({
        "m": config.model("openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5"),
        "roomy": config.model("gemini/gemini-2.5-flash"),
    }, server={"max_body": "1MiB"})


def nested(depth):
    return b'{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"deep":' + b"[" * depth + b"]" * depth + b"}"


def body(dialect, **changed):
    value = json.loads(OK[dialect.name])
    for key, new in changed.items():
        if new is None:
            value.pop(key)
        else:
            value[key] = new
    return json.dumps(value).encode()


# name, body by dialect, where it is wrong (a JSON pointer, or None where there is no place to point at)
BOTH = [
    ("empty", lambda d: b"", None),
    ("not json", lambda d: b"hello", None),
    ("truncated", lambda d: OK[d.name][:-9], None),
    ("trailing text", lambda d: OK[d.name] + b"x", None),
    ("two documents", lambda d: OK[d.name] * 2, None),
    ("single quotes", lambda d: OK[d.name].replace(b'"', b"'"), None),
    ("a comment", lambda d: b"/* */" + OK[d.name], None),
    ("NaN", lambda d: OK[d.name].replace(b"{", b'{"temperature":NaN,', 1), None),
    ("leading zero", lambda d: OK[d.name].replace(b"{", b'{"temperature":01,', 1), None),
    ("a bare control character", lambda d: OK[d.name].replace(b"hi", b"h\x01i"), None),
    ("bad utf-8", lambda d: OK[d.name].replace(b"hi", b"h\xffi"), None),
    ("overlong utf-8", lambda d: OK[d.name].replace(b"hi", b"\xc0\xaf"), None),
    ("utf-8 surrogate", lambda d: OK[d.name].replace(b"hi", b"\xed\xa0\x80"), None),
    ("utf-16", lambda d: OK[d.name].decode().encode("utf-16"), None),
    ("lone high surrogate", lambda d: OK[d.name].replace(b"hi", b"\\ud83d"), None),
    ("lone low surrogate", lambda d: OK[d.name].replace(b"hi", b"\\ude00"), None),
    ("high surrogate then text", lambda d: OK[d.name].replace(b"hi", b"\\ud83dx"), None),
    ("duplicate key", lambda d: OK[d.name].replace(b"{", b'{"model":"m",', 1), "/model"),
    ("duplicate key below", lambda d: OK[d.name].replace(b'"role":"user"', b'"role":"user","role":"user"'), "/messages/0"),
    ("duplicate key by escape", lambda d: OK[d.name].replace(b"{", b'{"\\u006dodel":"m",', 1), "/model"),
    ("nested too deep", lambda d: nested(257), None),
    ("nested far too deep", lambda d: nested(200000), None),
    ("an array", lambda d: b"[]", None),
    ("null", lambda d: b"null", None),
    ("no model", lambda d: body(d, model=None), "/model"),
    ("model is a number", lambda d: body(d, model=7), "/model"),
    ("model is empty", lambda d: body(d, model=""), "/model"),
    ("no messages", lambda d: body(d, messages=None), "/messages"),
    ("messages is an object", lambda d: body(d, messages={}), "/messages"),
    ("messages is empty", lambda d: body(d, messages=[]), "/messages"),
    ("a message is a string", lambda d: body(d, messages=["hi"]), "/messages/0"),
    ("unknown role", lambda d: body(d, messages=[{"role": "wizard", "content": "hi"}]), "/messages/0/role"),
    ("no role", lambda d: body(d, messages=[{"content": "hi"}]), "/messages/0/role"),
    ("content is a number", lambda d: body(d, messages=[{"role": "user", "content": 5}]), "/messages/0/content"),
    ("part without a type", lambda d: body(d, messages=[{"role": "user", "content": [{"text": "x"}]}]), "/messages/0/content/0"),
    ("text part without text", lambda d: body(d, messages=[{"role": "user", "content": [{"type": "text"}]}]), "/messages/0/content/0/text"),
    ("stream is a string", lambda d: body(d, stream="yes"), "/stream"),
    ("temperature is a string", lambda d: body(d, temperature="hot"), "/temperature"),
    ("max_tokens is a string", lambda d: body(d, max_tokens="many"), "/max_tokens"),
    ("tools is an object", lambda d: body(d, tools={}), "/tools"),
    ("a tool is a string", lambda d: body(d, tools=["x"]), "/tools/0"),
    ("tool_choice is a number", lambda d: body(d, tools=[], tool_choice=3), "/tool_choice"),
]
OPENAI_ONLY = [
    ("tool without a function", body(OpenAI, tools=[{"type": "function"}]), "/tools/0/function"),
    ("tool without a name", body(OpenAI, tools=[{"type": "function", "function": {}}]), "/tools/0/function/name"),
    ("tool message without its call", body(OpenAI, messages=[{"role": "tool", "content": "x"}]), "/messages/0/tool_call_id"),
    ("image without a url", body(OpenAI, messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]),
     "/messages/0/content/0/image_url/url"),
    ("response_format is a string", body(OpenAI, response_format="json"), "/response_format"),
    ("json_schema without a schema", body(OpenAI, response_format={"type": "json_schema"}), "/response_format/json_schema"),
]
ANTHROPIC_ONLY = [
    ("no max_tokens", body(Anthropic, max_tokens=None), "/max_tokens"),
    ("system is a number", body(Anthropic, system=4), "/system"),
    ("tool without a name", body(Anthropic, tools=[{"input_schema": {"type": "object"}}]), "/tools/0/name"),
    ("tool result without its call", body(Anthropic, messages=[{"role": "user", "content": [{"type": "tool_result"}]}]),
     "/messages/0/content/0/tool_use_id"),
    ("image without a source", body(Anthropic, messages=[{"role": "user", "content": [{"type": "image"}]}]),
     "/messages/0/content/0/source"),
]
ROWS = [(name, dialect, make(dialect), pointer) for name, make, pointer in BOTH for dialect in (OpenAI, Anthropic)]
ROWS += [(name, OpenAI, text, pointer) for name, text, pointer in OPENAI_ONLY]
ROWS += [(name, Anthropic, text, pointer) for name, text, pointer in ANTHROPIC_ONLY]


@pytest.mark.parametrize("name, dialect, text, pointer", ROWS, ids=[f"{row[1].name}: {row[0]}" for row in ROWS])
def test_refused(gateway, sandbox, name, dialect, text, pointer):
    answer = gateway.ask(dialect, text)
    assert answer.status == 400, answer
    assert answer.header("content-type").startswith("application/json")
    assert answer.header("x-request-id")
    kind, message = dialect.error(answer.json)
    assert kind == "invalid_request_error"
    assert message
    if pointer is not None:
        said = answer.json["error"].get("param") or ""
        assert (said == pointer or said.startswith(pointer + "/")
                or pointer in message), f"{pointer} is not named: {answer.json}"
    assert sandbox.received() == []


@pytest.mark.parametrize("depth", [1, 200, 253])
def test_nesting_below_the_limit_is_fine(gateway, sandbox, client, depth):
    assert gateway.ask(client, nested(depth)).status in (200, 400)
    assert len(sandbox.received()) >= 1


def test_unknown_model(gateway, sandbox, client):
    answer = gateway.ask(client, body(client, model="no-such-model"))
    assert answer.status == 404
    _, message = client.error(answer.json)
    assert "no-such-model" in message
    assert sandbox.received() == []


def test_a_near_model_name_is_suggested(gateway, sandbox):
    answer = gateway.ask(OpenAI, body(OpenAI, model="openia/gpt-4o-mini"))
    assert answer.status == 404 and "openai" in answer.json["error"]["message"]


def test_too_large(gateway, sandbox, client):
    answer = gateway.ask(client, body(client, messages=[{"role": "user", "content": "x" * (1 << 20)}]))
    assert answer.status == 413
    client.error(answer.json)
    assert sandbox.received() == []


def test_just_small_enough(gateway, sandbox, client):
    text = "x" * ((1 << 20) - 400)
    assert gateway.ask(client, body(client, model="roomy", messages=[{"role": "user", "content": text}])).status == 200


def test_declared_too_large_is_refused_before_it_is_sent(gateway, sandbox):
    raw = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999999999999\r\n\r\n"
    assert http.statuses(http.exchange(gateway.port, raw, stop_after=lambda got: b"\r\n\r\n" in got)) == [413]
    assert sandbox.received() == []


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/v1/chat/completions", 405), ("DELETE", "/v1/messages", 405), ("POST", "/v1/models", 405),
    ("GET", "/", 404), ("POST", "/v1/nothing", 404), ("GET", "/v1/chat/completions/../../healthz", 404),
])
def test_wrong_place(gateway, sandbox, method, path, status):
    answer = http.call(gateway.url, method, path, b"{}" if method == "POST" else None)
    assert answer.status == status
    assert answer.json["error"]["message"]
    if status == 405:
        assert answer.header("allow")


def test_still_alive(gateway, sandbox, client):
    assert gateway.alive()
    assert gateway.ask(client, OK[client.name]).status == 200
