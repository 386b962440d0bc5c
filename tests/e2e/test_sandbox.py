"""`dragoman sandbox` as a process."""
import http.client
import json
import signal
import subprocess

import pytest

from harness.sandbox import Sandbox

# No value of the enum is long enough, and each is looked for among all of them: minutes of work.
ENDLESS = {"type": "string", "minLength": 100, "enum": [f"v{i}" for i in range(20_000)]}


def test_it_ends_at_once_in_the_middle_of_a_computation():
    sandbox = Sandbox()
    try:
        tool = {"name": "t", "parameters": {"type": "object", "properties": {"x": ENDLESS}, "required": ["x"]}}
        request = {"model": "any", "messages": [{"role": "user", "content": "hi"}], "tools": [{"type": "function", "function": tool}],
                   "tool_choice": "required"}
        asking = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=20)
        asking.request("POST", "/vllm/v1/chat/completions", json.dumps(request),
                       {"Content-Type": "application/json", "Authorization": "Bearer sk-test"})
        busy = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=1)
        with pytest.raises(TimeoutError):
            for _ in range(1000):
                busy.request("GET", "/_sandbox/health")
                busy.getresponse().read()
        sandbox.signal(signal.SIGTERM)
        assert sandbox.popen.wait(5) == 0
    except subprocess.TimeoutExpired:
        sandbox.popen.kill()
        raise AssertionError("it went on computing") from None
