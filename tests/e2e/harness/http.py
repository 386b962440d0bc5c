"""Plain HTTP, so that a test sees bytes, headers and event boundaries that an SDK hides."""
import http.client
import json
import re
import socket
import time
from urllib.parse import urlsplit


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # [(name in lower case, value)]
        self.body = body

    def header(self, name, default=None):
        return next((value for key, value in self.headers if key == name), default)

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {dict(self.headers)} {self.body[:2000]!r}"


def call(base, method, path, body=None, headers=None, timeout=30):
    """One request on a connection of its own. `body` is bytes, or a value to be sent as JSON."""
    where = urlsplit(base)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=timeout)
    try:
        sent = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent.setdefault("content-type", "application/json")
        connection.request(method, path, body=body, headers=sent)
        response = connection.getresponse()
        return Answer(response.status, _headers(response), response.read())
    finally:
        connection.close()


def _headers(response):
    return [(name.lower(), value) for name, value in response.getheaders()]


class Event:
    def __init__(self, name, data, at):
        self.name = name
        self.data = data
        self.at = at  # seconds since the request was sent

    @property
    def json(self):
        return json.loads(self.data)

    def __repr__(self):
        return f"{self.name}: {self.data}"


class Stream:
    """An open server-sent event stream. Iterate over its events; close() goes away like a client that left."""

    def __init__(self, base, path, body, headers=None, timeout=30):
        where = urlsplit(base)
        self.connection = http.client.HTTPConnection(where.hostname, where.port, timeout=timeout)
        self.started = time.monotonic()
        self.connection.request(
            "POST", path, body=json.dumps(body).encode(), headers={"content-type": "application/json", **(headers or {})}
        )
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.headers = _headers(self.response)
        self.broken = None  # the exception that ended the stream, if it did not end as HTTP says it should

    def header(self, name, default=None):
        return next((value for key, value in self.headers if key == name), default)

    def __iter__(self):
        name, data = "", []
        while True:
            try:
                line = self.response.readline()
            except (http.client.HTTPException, OSError) as error:
                self.broken = error
                return
            if not line:
                return
            line = line.decode().rstrip("\r\n")
            if not line:
                if data:
                    yield Event(name, "\n".join(data), time.monotonic() - self.started)
                name, data = "", []
            elif line.startswith("data:"):
                data.append(line[5:].removeprefix(" "))
            elif line.startswith("event:"):
                name = line[6:].strip()

    def close(self):
        # shutdown first: with a reader on the socket, close() alone would leave it open.
        try:
            if self.connection.sock is not None:
                self.connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.response.close()
        self.connection.close()


def stream(base, path, body, headers=None, timeout=30, decode=None):
    """The whole of a stream: (status, headers, events). Not a stream: one event with the body as its data. `decode` takes
    an Amazon event stream apart."""
    opened = Stream(base, path, body, headers, timeout)
    try:
        if decode and "amazon.eventstream" in opened.header("content-type", ""):
            return opened.status, opened.headers, decode(opened.response.read())
        if "text/event-stream" not in opened.header("content-type", ""):
            text = opened.response.read().decode()
            return opened.status, opened.headers, [Event("", text, time.monotonic() - opened.started)]
        return opened.status, opened.headers, list(opened)
    finally:
        opened.close()


def exchange(port, raw, seconds=5.0, stop_after=None):
    """Sends bytes as they are over a socket and returns what came back until the peer closed or went quiet."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as sock:
        try:
            sock.sendall(raw)
        except OSError:
            pass  # the peer may refuse before it has read everything; what it said is still to be read
        received = b""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            sock.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                piece = sock.recv(65536)
            except (TimeoutError, ConnectionResetError):
                break
            if not piece:
                break
            received += piece
            if stop_after is not None and stop_after(received):
                break
        return received


def statuses(received):
    """The status codes of the responses in what a socket received; bodies end without a line end."""
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]
