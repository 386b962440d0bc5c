"""Every ordered pair of providers: what the second target receives after the first one failed is, byte for byte,
what it receives when it is asked first."""
import itertools

import pytest

from harness import config
from harness.gateway import attempts, served_by
from harness.samples import CLIENTS, OpenAI
from harness.targets import BY_ID, DIALECTS, TARGETS

PAIRS = list(itertools.permutations(TARGETS, 2))


def alone(target):
    return f"only-{target}"


def pair(first, second):
    return f"{first}-then-{second}"


@pytest.fixture(scope="module")
def gateway(start):
    models = {alone(target): config.model(target) for target in TARGETS}
    models.update({pair(a, b): config.model(a, b) for a, b in PAIRS})
    # One attempt is cut short so that a hanging provider costs the tests little.
    quick = {"connect": "1s", "first_byte": "300ms", "between_events": "300ms", "total": "10s"}
    models.update({f"quick-{pair(a, b)}": config.model(a, b, timeouts=quick) for a, b in itertools.permutations(DIALECTS, 2)})
    return start(models)


def request(client, model, **more):
    return client.request(model, "Use get_weather for Paris.", tools=True, choice="named", **more)


def ask_first(gateway, sandbox, client, target, **more):
    """What the target is sent when it is asked first, and the answer's tool calls."""
    sandbox.clear()
    if more.get("stream"):
        status, _, events = gateway.stream(client, request(client, alone(target), **more))
        assert status == 200, events
    else:
        answer = gateway.ask(client, request(client, alone(target)))
        assert answer.status == 200, answer
        assert served_by(answer) == target.name
    return sandbox.last(target.sandbox).sent


def fail(sandbox, target, *faults):
    # By model too: several targets live at one provider.
    sandbox.fault(*faults, provider=target.sandbox, model=f"*{target.model}*", repeat=True)


@pytest.mark.parametrize("first, second", PAIRS, ids=[pair(a, b) for a, b in PAIRS])
def test_pair(gateway, sandbox, first, second):
    for client in CLIENTS:
        expected = ask_first(gateway, sandbox, client, second)
        sandbox.clear()
        fail(sandbox, first, "rate_limit")
        answer = gateway.ask(client, request(client, pair(first, second)))
        assert answer.status == 200, answer
        assert served_by(answer) == second.name
        assert attempts(answer) == 2
        assert answer.header("x-dragoman-fallback-reason")
        calls = client.calls(answer.json)
        assert [name for name, _ in calls] == ["get_weather"]
        assert set(calls[0][1]) >= {"city", "place"}
        received = sandbox.received()
        assert [call.provider for call in received] == [first.sandbox, second.sandbox]
        assert received[1].sent == expected


@pytest.mark.parametrize("fault", [
    "rate_limit", "overloaded", {"kind": "status", "status": 500}, "html_502", "reset", "hang", "empty_200", "garbage",
    {"kind": "status", "status": 400, "body": '{"error":{"message":"Invalid schema for function \'get_weather\': '
     'keyword is not permitted","type":"invalid_request_error","param":"tools[0].function.parameters","code":null}}'},
    {"kind": "status", "status": 401, "message": "Invalid API key"},
], ids=lambda fault: fault if isinstance(fault, str) else f"status-{fault['status']}")
@pytest.mark.parametrize("first, second", [
    (BY_ID["gemini"], BY_ID["openai"]), (BY_ID["bedrock-nova"], BY_ID["anthropic"]),
    (BY_ID["anthropic"], BY_ID["gemini"]), (BY_ID["openai"], BY_ID["bedrock-nova"]),
], ids=lambda target: str(target))
def test_whatever_went_wrong_first(gateway, sandbox, first, second, fault, streamed):
    client = OpenAI
    expected = ask_first(gateway, sandbox, client, second, stream=streamed)
    sandbox.clear()
    fail(sandbox, first, fault)
    body = request(client, "quick-" + pair(first, second), stream=streamed)
    if streamed:
        status, headers, events = gateway.stream(client, body)
        assert status == 200, events
        assert client.complete(events) and client.stream_error(events) is None
        headers = dict(headers)
    else:
        answer = gateway.ask(client, body)
        assert answer.status == 200, answer
        headers = dict(answer.headers)
    assert headers["x-dragoman-target"] == second.name
    assert headers["x-dragoman-attempts"] == "2"
    assert sandbox.last(second.sandbox).sent == expected


def test_headers_of_the_failed_attempt_do_not_leak(gateway, sandbox):
    openai, anthropic = BY_ID["openai"], BY_ID["anthropic"]
    fail(sandbox, openai, {"kind": "rate_limit", "retry_after": 7})
    answer = gateway.ask(OpenAI, request(OpenAI, pair(openai, anthropic)))
    assert answer.status == 200
    names = {name for name, _ in answer.headers}
    assert "retry-after" not in names
    assert not any(name.startswith("x-ratelimit") for name in names)
