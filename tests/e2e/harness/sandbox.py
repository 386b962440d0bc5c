"""The emulated providers, their faults, and what they received."""
import base64
import json
import time

from . import http
from .process import Process

# Headers that may differ between two calls with the same body: signatures, their date, and ids of the call.
VARYING = {"authorization", "x-amz-date", "x-request-id", "date"}


class Received:
    """One call that reached an emulated provider."""

    def __init__(self, row):
        self.seq = row["seq"]
        self.provider = row["provider"]
        self.method = row["method"]
        self.path = row["path"]
        self.query = row["query"]
        self.headers = [(name.lower(), value) for name, value in row["headers"]]
        self.body = base64.b64decode(row["body_base64"])
        self.fault = row["fault"]
        self.status = row["status"]
        self.started_ms = row["started_ms"]
        self.ended_ms = row["ended_ms"]
        self.client_gone_ms = row["client_gone_ms"]

    @property
    def json(self):
        return json.loads(self.body)

    def header(self, name):
        return next((value for key, value in self.headers if key == name), None)

    @property
    def sent(self):
        """All that the gateway decided: where the call went, its headers and its bytes."""
        headers = sorted((name, value) for name, value in self.headers if name not in VARYING)
        return self.provider, self.method, self.path, self.query, headers, self.body

    def __repr__(self):
        return f"<{self.provider} {self.path} {self.status} {self.fault} {self.body[:300]!r}>"


class Sandbox(Process):
    def __init__(self, *options):
        super().__init__(["sandbox", "--port", "0", *options])

    def fault(self, *faults, provider="*", model="*", repeat=False):
        """Scripts faults: each is a kind, or a dict with "kind" and its parameters."""
        spec = {
            "provider": provider,
            "model": model,
            "faults": [{"kind": fault} if isinstance(fault, str) else fault for fault in faults],
            "repeat": repeat,
        }
        answer = http.call(self.url, "POST", "/_sandbox/faults", spec)
        assert answer.status == 200, answer

    def play(self, *turns, provider="*", model="*"):
        """Scripts what emulated models say: each turn is {"calls": [{"name", "arguments"}]} or {"text"}."""
        spec = {"provider": provider, "model": model, "turns": list(turns)}
        answer = http.call(self.url, "POST", "/_sandbox/plays", spec)
        assert answer.status == 200, answer

    def clear(self):
        for what in ("faults", "plays", "received"):
            assert http.call(self.url, "DELETE", f"/_sandbox/{what}").status == 200

    def received(self, provider=None):
        """The calls so far, oldest first."""
        rows = http.call(self.url, "GET", "/_sandbox/received").json
        return [Received(row) for row in rows if provider in (None, row["provider"])]

    def latest(self):
        """The newest call, read without those before it."""
        (row,) = http.call(self.url, "GET", "/_sandbox/received?last=1").json
        return Received(row)

    def last(self, provider=None):
        calls = self.received(provider)
        assert calls, f"nothing reached {provider or 'the sandbox'}"
        return calls[-1]

    def wait_until(self, ready, seconds=5.0):
        """The calls, as soon as `ready(calls)` is true."""
        deadline = time.monotonic() + seconds
        while True:
            calls = self.received()
            if ready(calls):
                return calls
            if time.monotonic() > deadline:
                raise AssertionError(f"not so within {seconds} s: {calls}")
            time.sleep(0.01)
