"""A client that goes away takes its upstream call with it, within 100 ms."""
import http.client
import json
import statistics
import time
from urllib.parse import urlsplit

import pytest

from harness import config
from harness import http as plain
from harness.targets import DIALECTS
from harness.samples import CHATS

@pytest.fixture(params=CHATS, ids=lambda dialect: f"from-{dialect.name}")
def client(request):
    """The dialects in which this module makes its requests."""
    return request.param


LIMIT_MS = 100
EACH = pytest.mark.parametrize("target", DIALECTS, ids=str)


@pytest.fixture(scope="module")
def gateway(start):
    return start({f"m-{target}": config.model(target, retries=5, backoff={"initial": "20s", "max": "20s"}) for target in DIALECTS})


def clock_offset_ms(sandbox):
    """The sandbox's clock at our monotonic zero."""
    best = None
    for _ in range(5):
        sent = time.monotonic()
        plain.call(sandbox.url, "GET", "/ollama/clock")
        back = time.monotonic()
        stamp = sandbox.received("ollama")[-1].started_ms
        if best is None or back - sent < best[0]:
            best = (back - sent, stamp - sent * 1000)
    return best[1]


def gone_after_ms(sandbox, leave, provider):
    """How long after leave() the upstream call was closed."""
    offset = clock_offset_ms(sandbox)
    left = time.monotonic()
    leave()
    calls = sandbox.wait_until(
        lambda calls: any(call.provider == provider and call.client_gone_ms is not None for call in calls))
    gone = next(call.client_gone_ms for call in calls if call.provider == provider and call.client_gone_ms is not None)
    return gone - (left * 1000 + offset)


def three_times(measure):
    # One noisy moment of a busy machine is no finding; two of three are.
    assert statistics.median(measure() for _ in range(3)) < LIMIT_MS


def send(gateway, client, body):
    where = urlsplit(gateway.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=10)
    connection.request("POST", client.path, json.dumps(body), {"content-type": "application/json", **client.headers})
    return connection


def reached(sandbox, provider):
    sandbox.wait_until(lambda calls: any(call.provider == provider for call in calls))


@EACH
def test_while_waiting_for_the_answer(gateway, sandbox, client, target, streamed):
    def measure():
        sandbox.clear()
        sandbox.fault("hang", provider=target.sandbox, repeat=True)
        connection = send(gateway, client, client.request(f"m-{target}", "hi", stream=streamed))
        reached(sandbox, target.sandbox)
        return gone_after_ms(sandbox, connection.close, target.sandbox)

    three_times(measure)


@EACH
def test_in_the_middle_of_a_stream(gateway, sandbox, client, target):
    def measure():
        sandbox.clear()
        sandbox.fault({"kind": "stall", "after": 4}, provider=target.sandbox)
        opened = gateway.open(client, client.request(f"m-{target}", "one two three four five", stream=True))
        next(iter(opened))
        return gone_after_ms(sandbox, opened.close, target.sandbox)

    three_times(measure)


def test_while_waiting_to_try_again(gateway, sandbox, client):
    sandbox.fault("overloaded", repeat=True)
    connection = send(gateway, client, client.request("m-openai", "hi"))
    reached(sandbox, "openai")
    time.sleep(0.1)
    connection.close()
    time.sleep(0.3)
    assert len([call for call in sandbox.received() if call.fault]) == 1


def test_the_gateway_goes_on(gateway, sandbox, client):
    sandbox.fault("hang")
    connection = send(gateway, client, client.request("m-openai", "hi"))
    reached(sandbox, "openai")
    connection.close()
    assert gateway.ask(client, client.request("m-openai", "hi")).status == 200
