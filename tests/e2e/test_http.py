"""The HTTP server by hand: smuggling is refused, slow clients are bounded, keep-alive and pipelining work."""
import socket
import time

import pytest

from harness import config, http

BODY = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'
POST = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
LENGTH = b"content-length: %d\r\n" % len(BODY)
CHUNKED = b"transfer-encoding: chunked\r\n"
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.fixture(scope="module")
def gateway(start):
    return start(
        {"m": config.model("openai/gpt-4o-mini")},
        server={"head_timeout": "1s", "body_timeout": "1s", "idle_timeout": "2s"},
    )


# Each is read in two ways by different servers: what one takes for a body is another's next request.
SMUGGLING = {
    "both lengths": POST + LENGTH + CHUNKED + b"\r\n" + CHUNKS + GET,
    "chunked and length": POST + CHUNKED + LENGTH + b"\r\n" + CHUNKS + GET,
    "two lengths": POST + LENGTH + b"content-length: 5\r\n\r\n" + BODY + GET,
    "a list of lengths": POST + b"content-length: %d, 5\r\n\r\n" % len(BODY) + BODY + GET,
    "signed length": POST + b"content-length: +%d\r\n\r\n" % len(BODY) + BODY + GET,
    "negative length": POST + b"content-length: -1\r\n\r\n" + BODY + GET,
    "hex length": POST + b"content-length: 0x10\r\n\r\n" + BODY + GET,
    "length with a space inside": POST + b"content-length: 1 0\r\n\r\n" + BODY + GET,
    "space before the colon": POST + b"transfer-encoding : chunked\r\n" + LENGTH + b"\r\n" + BODY + GET,
    "tab in a name": POST + b"transfer\tencoding: chunked\r\n" + LENGTH + b"\r\n" + BODY + GET,
    "folded header": POST + b"x-a: b\r\n transfer-encoding: chunked\r\n" + LENGTH + b"\r\n" + BODY + GET,
    "unknown coding": POST + b"transfer-encoding: xchunked\r\n\r\n" + CHUNKS + GET,
    "chunked twice": POST + b"transfer-encoding: chunked, chunked\r\n\r\n" + CHUNKS + GET,
    "chunked not last": POST + b"transfer-encoding: chunked, identity\r\n\r\n" + CHUNKS + GET,
    "bad chunk size": POST + CHUNKED + b"\r\n" + b"5g\r\nhello\r\n0\r\n\r\n" + GET,
    "negative chunk": POST + CHUNKED + b"\r\n" + b"-5\r\nhello\r\n0\r\n\r\n" + GET,
    "huge chunk": POST + CHUNKED + b"\r\n" + b"ffffffffffffffffff\r\nhello\r\n0\r\n\r\n" + GET,
    "chunk longer than said": POST + CHUNKED + b"\r\n" + b"3\r\nhello\r\n0\r\n\r\n" + GET,
    "bare line feeds in a chunk": POST + CHUNKED + b"\r\n" + b"5\nhello\n0\n\n" + GET,
    "a null in a value": POST + b"x-a: b\0c\r\n" + LENGTH + b"\r\n" + BODY + GET,
    "a bare carriage return": POST + b"x-a: b\rtransfer-encoding: chunked\r\n" + LENGTH + b"\r\n" + BODY + GET,
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n" + GET,
    "two hosts": b"GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n" + GET,
    "spaces in the target": b"GET /healthz /x HTTP/1.1\r\nhost: x\r\n\r\n" + GET,
    "unknown version": b"GET /healthz HTTP/3.7\r\nhost: x\r\n\r\n" + GET,
    "no version": b"GET /healthz\r\n\r\n" + GET,
    "binary": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
}


@pytest.mark.parametrize("name", SMUGGLING)
def test_ambiguous_requests_are_refused_and_the_connection_closed(gateway, sandbox, name):
    received = http.exchange(gateway.port, SMUGGLING[name], seconds=3)
    codes = http.statuses(received)
    assert len(codes) <= 1, f"the rest was read as another request: {received!r}"
    assert all(400 <= code < 600 for code in codes), received
    assert sandbox.received() == []
    assert gateway.alive()


def test_too_many_and_too_long_headers(gateway, sandbox):
    many = b"".join(b"x-%d: y\r\n" % i for i in range(50000))
    assert http.statuses(http.exchange(gateway.port, POST + many + LENGTH + b"\r\n" + BODY, seconds=3)) in ([431], [400], [])
    long = b"x-a: " + b"y" * 300_000 + b"\r\n"
    assert http.statuses(http.exchange(gateway.port, POST + long + LENGTH + b"\r\n" + BODY, seconds=3)) in ([431], [400], [])
    assert sandbox.received() == []
    assert http.call(gateway.url, "GET", "/healthz").status == 200


def test_chunked_requests_are_read(gateway, sandbox):
    pieces = b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in BODY) + b"0\r\ntrailer: x\r\n\r\n"
    received = http.exchange(gateway.port, POST + CHUNKED + b"connection: close\r\n\r\n" + pieces)
    assert http.statuses(received) == [200]
    assert len(sandbox.received()) == 1


def test_pipelined_requests_are_answered_in_order(gateway, sandbox):
    last = b"GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    received = http.exchange(gateway.port, GET + POST + LENGTH + b"\r\n" + BODY + GET + last)
    assert http.statuses(received) == [200, 200, 200, 404]


def test_expect_continue(gateway, sandbox):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as sock:
        sock.sendall(POST + LENGTH + b"expect: 100-continue\r\nconnection: close\r\n\r\n")
        first = sock.recv(1000)
        assert first.startswith(b"HTTP/1.1 100 ")
        sock.sendall(BODY)
        rest = b""
        while piece := sock.recv(65536):
            rest += piece
    assert http.statuses(rest) == [200]


def closed_within(sock, seconds):
    sock.settimeout(seconds)
    started = time.monotonic()
    try:
        while sock.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - started


@pytest.mark.parametrize("sent", [b"POST /v1/ch", POST + LENGTH + b"\r\n" + BODY[:5], POST + CHUNKED + b"\r\n5\r\nab"],
                         ids=["in the head", "in the body", "in a chunk"])
def test_a_client_that_stops_sending_is_let_go(gateway, sandbox, sent):
    with socket.create_connection(("127.0.0.1", gateway.port)) as sock:
        sock.sendall(sent)
        assert closed_within(sock, 6) < 5
    assert sandbox.received() == []


def test_a_trickle_does_not_hold_the_head_open(gateway, sandbox):
    with socket.create_connection(("127.0.0.1", gateway.port)) as sock:
        started = time.monotonic()
        try:
            while time.monotonic() - started < 6:
                sock.sendall(b"x")
                sock.settimeout(0.2)
                try:
                    if not sock.recv(1000):
                        break
                except TimeoutError:
                    pass
        except OSError:
            pass
        assert time.monotonic() - started < 5


def test_idle_connections_are_closed(gateway):
    with socket.create_connection(("127.0.0.1", gateway.port)) as sock:
        sock.sendall(GET)
        assert b"200" in sock.recv(1000)
        assert closed_within(sock, 8) < 6
