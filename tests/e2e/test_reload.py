"""The configuration is taken over by SIGHUP and by itself when the file changes, without dropping a request; a bad
file changes nothing."""
import json
import signal
import socket
import threading
import time

import pytest

from harness import config, http
from harness.samples import OpenAI


@pytest.fixture
def gateway(start):
    return start({"first": config.model("openai/gpt-4o-mini")})


def models(gateway):
    return {row["id"] for row in gateway.get("/v1/models").json["data"]}


def wait_for(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def settings(sandbox, **models):
    return config.document(sandbox.url, models)


def test_by_file_change(gateway, sandbox):
    config.write(gateway.config, settings(sandbox, second=config.model("anthropic/claude-sonnet-4-5")))
    assert wait_for(lambda: "second" in models(gateway)), gateway.output
    assert "first" not in models(gateway)
    assert gateway.ask(OpenAI, OpenAI.request("second", "hi")).status == 200
    assert sandbox.last().provider == "anthropic"


def test_by_sighup(gateway, sandbox):
    config.write(gateway.config, settings(sandbox, second=config.model("gemini/gemini-2.5-flash")))
    gateway.signal(signal.SIGHUP)
    assert wait_for(lambda: "second" in models(gateway)), gateway.output


@pytest.mark.parametrize("bad", [
    "models: {", "unknown_key: 1\n", "models:\n  a: {targets: [nowhere/x]}\n", "", "\x00\x01",
], ids=["not yaml", "unknown key", "unknown provider", "empty", "binary"])
def test_a_bad_file_changes_nothing(gateway, sandbox, bad):
    before = gateway.lines()
    config.write(gateway.config, bad)
    gateway.signal(signal.SIGHUP)
    if bad:  # an empty file is a configuration: of the environment alone
        assert gateway.wait_for(rb"dragoman\.yaml", start=before), gateway.output
        assert "first" in models(gateway)
        assert gateway.ask(OpenAI, OpenAI.request("first", "hi")).status == 200
    assert gateway.alive()


def test_no_request_is_dropped(gateway, sandbox):
    stop = threading.Event()
    seen, wrong = [], []

    def hammer():
        while not stop.is_set():
            try:
                answer = gateway.ask(OpenAI, OpenAI.request("first", "hi"))
            except OSError as error:
                wrong.append(repr(error))
                continue
            seen.append(answer.status)
            if answer.status != 200:
                wrong.append(repr(answer))

    threads = [threading.Thread(target=hammer) for _ in range(4)]
    for thread in threads:
        thread.start()
    targets = ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash"]
    for turn in range(9):
        config.write(gateway.config, settings(sandbox, first=config.model(targets[turn % 3])))
        gateway.signal(signal.SIGHUP)
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[:3]
    assert len(seen) > 20
    assert len({call.provider for call in sandbox.received()}) >= 2, "the new configuration was not taken over"


def test_a_stream_outlives_its_configuration(gateway, sandbox):
    sandbox.fault({"kind": "delay_event", "ms": 120}, provider="openai")
    opened = gateway.open(OpenAI, OpenAI.request("first", "one two three four five six", stream=True))
    events = iter(opened)
    got = [next(events)]
    config.write(gateway.config, settings(sandbox, other=config.model("anthropic/claude-sonnet-4-5")))
    gateway.signal(signal.SIGHUP)
    assert wait_for(lambda: "other" in models(gateway))
    got += list(events)
    opened.close()
    assert OpenAI.complete(got)
    assert OpenAI.stream_text(got) == "You said: one two three four five six"


def test_sigterm_lets_requests_end(gateway, sandbox):
    sandbox.fault({"kind": "delay_event", "ms": 80}, provider="openai")
    opened = gateway.open(OpenAI, OpenAI.request("first", "one two three four five", stream=True))
    events = iter(opened)
    got = [next(events)]
    gateway.signal(signal.SIGTERM)
    time.sleep(0.1)
    with pytest.raises(OSError):
        http.call(gateway.url, "GET", "/healthz", timeout=2)
    got += list(events)
    opened.close()
    assert OpenAI.complete(got), got
    assert gateway.stop() == 0


def test_ctrl_c_again_does_not_wait(gateway, sandbox):
    """The first lets requests end; a person who presses it again wants none of that."""
    sandbox.fault({"kind": "delay_event", "ms": 1000}, provider="openai")
    opened = gateway.open(OpenAI, OpenAI.request("first", "one two three four five six seven eight nine", stream=True))
    next(iter(opened))
    gateway.expected_to_die = True
    gateway.signal(signal.SIGINT)
    assert gateway.wait_for(rb"stopping"), gateway.output
    gateway.signal(signal.SIGINT)
    assert gateway.popen.wait(timeout=3) == -signal.SIGINT
    opened.close()


def test_idle_connections_do_not_delay_the_end(gateway, sandbox):
    """Also those whose last request came in several segments, as SDKs send them: head, then body."""
    body = json.dumps(OpenAI.request("first", "hi")).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body)
    kept = [socket.create_connection(("127.0.0.1", gateway.port), timeout=5) for _ in range(4)]
    for sock in kept * 5:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(head)
        sock.sendall(body)
        received = b""
        while b"chat.completion" not in received:
            received += sock.recv(65536)
    assert gateway.stop(seconds=5) == 0  # requests under way would have 30 s
    for sock in kept:
        sock.close()
