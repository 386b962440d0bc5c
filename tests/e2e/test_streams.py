"""Streams that fail: before the first token the client never notices, after it the client gets its dialect's error
event, never a silent end."""
import time

import pytest

from harness import config
from harness.targets import BY_ID, DIALECTS
from harness.samples import Responses

TEXT = "one two three four five six seven eight"
SAID = "You said: " + TEXT
# How many events a provider's stream has before one with content.
HEAD = {"openai": 1, "anthropic": 2, "bedrock": 1, "gemini": 0}
# The one that takes over: another provider than the first.
NEXT = {str(target): BY_ID["mistral"] for target in DIALECTS}
EACH = pytest.mark.parametrize("target", DIALECTS, ids=str)


@pytest.fixture(scope="module")
def gateway(start):
    quick = {"connect": "2s", "first_byte": "500ms", "between_events": "500ms", "total": "20s"}
    return start({f"m-{target}": config.model(target, NEXT[str(target)], timeouts=quick) for target in DIALECTS})


def before(target):
    head = HEAD[target.provider]
    return {
        "error-event": {"kind": "error_event", "at": "start", "message": "failed early"},
        "error-event-after-head": {"kind": "error_event", "after": head, "message": "failed early"},
        "stall": {"kind": "stall", "after": head},
        "cut": {"kind": "cut", "after": head},
        "cut-in-an-event": {"kind": "cut", "bytes": 20},
        "clean-end": {"kind": "cut", "after": head, "clean": True},
        "reset": {"kind": "reset", "after": head},
    }


def after(target, client=None):
    # Its own Responses endpoint says more before it says anything.
    own = client is Responses and target.provider == "openai"
    shown = (4 if own else HEAD[target.provider]) + 3
    return {
        "error-event": {"kind": "error_event", "at": "token", "gap": 100, "message": "failed late"},
        "stall": {"kind": "stall", "after": shown},
        # The gap lets the content through first: what breaks in the same read is still tried again, unseen.
        "cut": {"kind": "cut", "after": shown, "gap": 100},
        "clean-end": {"kind": "cut", "after": shown, "clean": True, "gap": 100},
        "reset": {"kind": "reset", "after": shown, "gap": 100},
    }


@EACH
@pytest.mark.parametrize("what", before(DIALECTS[0]))
def test_before_the_first_token_the_next_target_serves(gateway, sandbox, client, target, what):
    sandbox.fault(before(target)[what], provider=target.sandbox)
    status, headers, events = gateway.stream(client, client.request(f"m-{target}", TEXT, stream=True))
    assert status == 200, events
    assert client.stream_text(events) == SAID
    assert client.complete(events)
    assert client.stream_error(events) is None
    headers = dict(headers)
    assert headers["x-dragoman-target"] == NEXT[str(target)].name
    assert headers["x-dragoman-attempts"] == "2"
    assert headers["x-dragoman-fallback-reason"]
    assert "failed early" not in "".join(event.data for event in events)


@EACH
@pytest.mark.parametrize("what", after(DIALECTS[0]))
def test_after_the_first_token_the_client_is_told(gateway, sandbox, client, target, what):
    sandbox.fault(after(target, client)[what], provider=target.sandbox)
    status, headers, events = gateway.stream(client, client.request(f"m-{target}", TEXT, stream=True))
    assert status == 200
    shown = client.stream_text(events)
    assert shown and SAID.startswith(shown)
    error = client.stream_error(events)
    assert error and error["message"], "the stream ended in silence"
    if what == "error-event":
        assert "failed late" in error["message"]
    assert not client.complete(events)
    assert dict(headers)["x-dragoman-attempts"] == "1"
    assert [call.provider for call in sandbox.received()] == [target.sandbox], "it was started again after content"


@EACH
def test_events_arrive_as_they_are_made(gateway, sandbox, client, target):
    """Not gathered until the end: with 60 ms between events, the first token is far from the last."""
    sandbox.fault({"kind": "delay_event", "ms": 60}, provider=target.sandbox)
    started = time.monotonic()
    opened = gateway.open(client, client.request(f"m-{target}", TEXT, stream=True))
    events = list(opened)
    opened.close()
    texts = [event.at for event in events if client.stream_text([event])]
    assert client.stream_text(events) == SAID
    assert len(texts) >= 4
    assert texts[-1] - texts[0] > 0.15
    assert texts[0] < time.monotonic() - started - 0.15


@EACH
def test_a_stream_of_one_byte_pieces(gateway, sandbox, client, target):
    """Whatever the boundaries of chunks: the sandbox cuts inside events and characters."""
    text = "🦉 Ωμέγα 東京 " * 20
    status, _, events = gateway.stream(client, client.request(f"m-{target}", text.strip(), stream=True))
    assert status == 200 and client.complete(events)
    assert client.stream_text(events) == "You said: " + text.strip()


def test_all_fail_before_the_first_token(gateway, sandbox, client):
    sandbox.fault({"kind": "error_event", "at": "start", "message": "failed early"}, repeat=True)
    status, headers, events = gateway.stream(client, client.request("m-gemini", TEXT, stream=True))
    assert status >= 400, "nothing was shown yet: the status can still say so"
    client.error(events[0].json)
    assert "failed early" in events[0].data
