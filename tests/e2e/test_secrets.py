"""Secrets planted in keys, headers, URLs and bodies are in no log, error, journal or other file, whatever goes wrong."""

import json
import sqlite3
import subprocess

import pytest

from harness import config
from harness.process import BINARY
from harness.dialects import FIVE
from harness.samples import OpenAI

KEY = "sk-planted-provider-key-0123456789abcdef"
HEADER = "planted-header-secret-0123456789abcdef"
URL = "planted-url-secret-0123456789abcdef"
CLIENT = "dk-planted-client-key-0123456789abcdef"
VAULT = "planted-vault-key-0123456789abcdef"
ALL = (KEY, HEADER, URL, CLIENT, VAULT)


@pytest.fixture(scope="module")
def gateway(start, emulators):
    providers = config.providers(emulators.url)
    providers["openai"]["api_key"] = KEY
    providers["openai"]["headers"] = {"x-team-token": HEADER}
    providers["hidden"] = {"dialect": "openai_chat", "base_url": emulators.url + "/openai/v1", "api_key": KEY, "query": f"token={URL}"}
    providers["dead"] = {"dialect": "openai_chat", "base_url": "http://127.0.0.1:9/v1", "api_key": KEY, "query": f"token={URL}"}
    made = start({"m": config.model("openai/gpt-4o-mini"), "h": config.model("hidden/gpt-4o-mini"), "d": config.model("dead/x")},
                 providers=providers, auth={"keys": [{"name": "tester", "key": CLIENT}]},
                 journal={"path": "journal.db", "keep_bodies": True}, vault={"key": VAULT}, log={"level": "trace"})
    made.key = CLIENT
    return made


def everything(gateway):
    """All that the gateway has written anywhere."""
    parts = [gateway.output.encode(), gateway.get("/metrics").body]
    for path in gateway.folder.rglob("*"):
        if path.is_file() and path != gateway.config:
            parts.append(path.read_bytes())
    for command in (["logs"], ["doctor"], ["learned"], ["explain", "req_none"], ["logs", "--limit", "1000"]):
        done = subprocess.run([BINARY, *command], cwd=gateway.folder, capture_output=True, timeout=30,
                              env={"DRAGOMAN_JOURNAL": str(gateway.folder / "journal.db")})
        parts += [done.stdout, done.stderr]
    return b"\n".join(parts + told_of_requests(gateway))


def told_of_requests(gateway):
    """What the tools for people say of some of the requests, one of each way they ended."""
    env = {"DRAGOMAN_JOURNAL": str(gateway.folder / "journal.db")}
    with sqlite3.connect(gateway.folder / "journal.db") as db:
        ids = [id for id, in db.execute("SELECT id FROM requests GROUP BY dialect, status ORDER BY seq")]
    commands = [["logs", "--raw", "--limit", "1000"]]
    for id in ids[:16]:
        commands += [["logs", "show", id], ["explain", id], ["explain", id, "--json"]]
    commands += [["replay", id, "--config", str(gateway.config)] for id in ids[:8]]
    out = []
    for command in commands:
        done = subprocess.run([BINARY, *command], cwd=gateway.folder, capture_output=True, timeout=30, env=env)
        out += [done.stdout, done.stderr]
    return out


def test_planted_secrets_are_nowhere(gateway, sandbox):
    answers = []

    def ask(client, body):
        answer = gateway.ask(client, body)
        answers.append(json.dumps(answer.json if answer.body.startswith(b"{") else answer.body.decode("utf-8", "replace")))
        answers.append(repr(answer.headers))
        return answer

    echo = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}. Header {HEADER}, url token={URL}",
                                 "type": "invalid_request_error", "code": "invalid_api_key"}})
    for client in FIVE:
        assert ask(client, client.request("m", "hello")).status == 200
        assert ask(client, client.request("h", "hello")).status == 200
        ask(client, client.request("d", "hello"))  # no connection: the URL is in the error
        # A user who pastes a configured key into a prompt.
        ask(client, client.request("m", f"my key is {KEY}"))
        sandbox.fault({"kind": "status", "status": 401, "body": echo}, provider="openai")
        ask(client, client.request("m", "hello"))
        sandbox.fault({"kind": "error_event", "at": "token", "gap": 60, "message": f"key {KEY}"}, provider="openai")
        gateway.stream(client, client.request("m", "hello", stream=True))
        broken = client.request("m", "hello")
        broken[next(key for key in ("messages", "contents", "input") if key in broken)] = KEY
        gateway.ask(client, broken)
        # A provider that echoes more than an error needs, in its headers' place and in a body that is no JSON.
        sandbox.fault({"kind": "status", "status": 400, "body": f"<html>Authorization: Bearer {KEY} x-team-token: {HEADER} {URL}</html>"}, provider="openai")
        ask(client, client.request("m", "hello"))
    # A client that shows its key in the wrong place.
    wrong = gateway.get(f"/v1/nowhere?key={CLIENT}")
    answers.append(wrong.body.decode("utf-8", "replace"))
    gateway.ask(OpenAI, b'{"model": "m", ' + KEY.encode())

    def journalled():
        with sqlite3.connect(gateway.folder / "journal.db") as db:
            return db.execute("SELECT count(*) FROM requests").fetchone()[0]

    sandbox.wait_until(lambda _: journalled() >= 8 * len(FIVE), 10)
    written = everything(gateway)
    for secret in ALL:
        assert secret.encode() not in written, f"{secret} was written: {written[max(0, written.find(secret.encode()) - 200):][:400]!r}"
    # What went wrong upstream is told to the client, but not the gateway's own secrets with it, even where the provider
    # echoes them.
    for secret in (HEADER, URL, VAULT):
        told = [text for text in answers if secret in text]
        assert not told, told[:1]
    echoes = [text for text in answers if "Incorrect API key" in text or "<html>Authorization" in text]
    assert len(echoes) >= 2 * len(FIVE)
    assert not [text for text in echoes if KEY in text]


def test_a_crash_leaves_no_secret_behind(gateway, sandbox):
    """The process is killed in the middle of requests; what is on the disk then is searched as well."""
    for _ in range(20):
        gateway.ask(OpenAI, OpenAI.request("m", f"my key is {KEY}"))
    gateway.expected_to_die = True
    gateway.popen.kill()
    gateway.popen.wait(10)
    for path in gateway.folder.rglob("*"):
        if path.is_file() and path != gateway.config:
            data = path.read_bytes()
            for secret in ALL:
                assert secret.encode() not in data, path
