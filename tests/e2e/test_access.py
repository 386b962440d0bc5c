"""Who may use the gateway."""
import hashlib

import pytest

from harness import config, http
from harness.process import run
from harness.samples import Anthropic, OpenAI

MASTER = "sk-master-0123456789"
PLAIN = "sk-alice-0123456789"
HASHED = "sk-bob-9876543210"


@pytest.fixture(scope="module")
def gateway(start):
    return start(
        {"m": config.model("openai/gpt-4o-mini")},
        auth={"master_key": MASTER, "keys": [
            {"name": "alice", "key": PLAIN},
            {"name": "bob", "hash": "sha256:" + hashlib.sha256(HASHED.encode()).hexdigest()},
        ]},
    )


@pytest.mark.parametrize("key", [MASTER, PLAIN, HASHED], ids=["master", "plain", "hashed"])
@pytest.mark.parametrize("header", ["authorization", "x-api-key", "api-key"])
def test_known_keys(gateway, sandbox, client, key, header):
    value = f"Bearer {key}" if header == "authorization" else key
    answer = http.call(gateway.url, "POST", client.path, client.request("m", "hi"), {**client.headers, header: value})
    assert answer.status == 200, answer


@pytest.mark.parametrize("headers", [
    {}, {"authorization": "Bearer"}, {"authorization": "Bearer "}, {"authorization": f"Basic {MASTER}"},
    {"authorization": f"Bearer {MASTER}x"}, {"authorization": f"Bearer {MASTER[:-1]}"}, {"x-api-key": ""},
    {"authorization": "Bearer sha256:" + hashlib.sha256(HASHED.encode()).hexdigest()},
])
def test_anything_else(gateway, sandbox, client, headers):
    answer = http.call(gateway.url, "POST", client.path, client.request("m", "hi"), headers)
    assert answer.status == 401
    kind, message = client.error(answer.json)
    assert kind in ("invalid_request_error", "authentication_error")
    assert MASTER not in answer.body.decode()
    assert sandbox.received() == []


@pytest.mark.parametrize("method, path, open", [
    ("GET", "/healthz", True), ("GET", "/readyz", True), ("GET", "/v1/models", False), ("GET", "/metrics", False),
    ("POST", "/v1/messages/count_tokens", False),
])
def test_which_places_are_open(gateway, sandbox, method, path, open):
    answer = http.call(gateway.url, method, path, {} if method == "POST" else None)
    assert (answer.status == 200) if open else (answer.status == 401)


def test_the_clients_key_does_not_travel_on(gateway, sandbox, client):
    gateway_key = {"authorization": f"Bearer {PLAIN}", "x-api-key": PLAIN}
    http.call(gateway.url, "POST", client.path, client.request("m", "hi"), {**client.headers, **gateway_key})
    call = sandbox.last("openai")
    assert PLAIN not in str(call.headers) and PLAIN.encode() not in call.body
    assert call.header("authorization") == "Bearer sk-sandbox-openai"


def test_without_keys_only_on_loopback(emulators, tmp_path):
    settings = config.document(emulators.url, {}, server={"listen": "0.0.0.0:0"})
    file = config.write(tmp_path / "c.yaml", settings)
    done = run("config", "check", str(file))
    assert done.returncode != 0
    assert "auth" in done.stderr + done.stdout


def test_keys_new_makes_a_key_that_works(start, sandbox):
    made = run("keys", "new", "carol").stdout
    key = next(line.split()[1] for line in made.splitlines() if line.startswith("key:"))
    digest = next(line.split('"')[1] for line in made.splitlines() if "hash:" in line)
    assert len(key) > 20
    gateway = start({"m": config.model("openai/gpt-4o-mini")}, auth={"keys": [{"name": "carol", "hash": digest}]})
    assert gateway.ask(OpenAI, OpenAI.request("m", "hi")).status == 401
    gateway.key = key
    assert gateway.ask(OpenAI, OpenAI.request("m", "hi")).status == 200


def test_secrets_are_not_printed(gateway):
    for secret in (MASTER, PLAIN, HASHED, "sk-sandbox-openai", "wJalrXUtnFEMI"):
        assert secret not in gateway.output
