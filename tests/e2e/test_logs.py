"""The journal, as `dragoman logs` shows it."""
import sqlite3
import subprocess
import time

import pytest

from harness import config
from harness.process import BINARY, run
from harness.samples import Anthropic, OpenAI
from harness.targets import BASES


@pytest.fixture(scope="module")
def gateway(start):
    return start({"chain": config.model("openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5")})


def logs(gateway, *options):
    done = run("logs", "--journal", str(gateway.folder / "journal.db"), *options, cwd=gateway.folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def logged(gateway, id, *options):
    """The lines about a request, as soon as the writer has them."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        text = logs(gateway, *options)
        if id in text:
            return text
        time.sleep(0.05)
    raise AssertionError(f"{id} is not in the journal: {text}")


def stored(gateway):
    """Every value in the journal, as text."""
    out = []
    with sqlite3.connect(gateway.folder / "journal.db") as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in db.execute(f"SELECT * FROM {table}"):
                out += [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in row]
    return "\n".join(out)


def test_every_attempt_is_there(gateway, sandbox):
    sandbox.fault({"kind": "status", "status": 503, "message": "tired today"}, provider="openai")
    answer = gateway.ask(OpenAI, OpenAI.request("chain", tools=True))
    text = logged(gateway, answer.header("x-request-id"))
    for words in ("chain", "openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5", "tired today", "tok"):
        assert words in text, text


def test_refused_requests_are_there_too(gateway, sandbox):
    answer = gateway.ask(Anthropic, {"model": "chain"})
    assert answer.status == 400
    assert "400" in logged(gateway, answer.header("x-request-id"))


def test_follow(gateway, sandbox):
    follower = subprocess.Popen(
        [str(BINARY), "logs", "--follow", "--journal", str(gateway.folder / "journal.db")],
        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        answer = gateway.ask(OpenAI, OpenAI.request("chain", "hi"))
        id = answer.header("x-request-id").encode()
        seen = b""
        deadline = time.monotonic() + 5
        while id not in seen and time.monotonic() < deadline:
            seen += follower.stdout.readline()
        assert id in seen
    finally:
        follower.kill()
        follower.wait()


def test_bodies_and_secrets_are_not_kept(gateway, sandbox):
    marker = "the owl flies at midnight"
    sandbox.fault({"kind": "status", "status": 401, "message": "Incorrect API key provided: sk-sandbox-openai"},
                  provider="openai")
    answer = gateway.ask(OpenAI, OpenAI.request("chain", marker))
    logged(gateway, answer.header("x-request-id"))
    everything = stored(gateway)
    assert marker not in everything
    assert "sk-sandbox" not in everything


def test_bodies_are_kept_when_asked_for(start, sandbox):
    gateway = start({"m": config.model("openai/gpt-4o-mini")}, journal={"path": "journal.db", "keep_bodies": True})
    marker = "the owl flies at midnight"
    answer = gateway.ask(OpenAI, OpenAI.request("m", marker))
    logged(gateway, answer.header("x-request-id"))
    everything = stored(gateway)
    assert marker in everything
    assert "sk-sandbox" not in everything


def test_a_missing_journal_is_said(tmp_path):
    done = run("logs", "--journal", str(tmp_path / "nowhere.db"))
    assert done.returncode != 0 and "nowhere.db" in done.stderr


OWN = "house"  # a provider that the config alone defines, in Anthropic's dialect
WORDS = "messages.0.content.0.text: String should be shorter"


def test_a_refusal_of_the_users_own_provider_is_read_in_its_dialect(start, sandbox):
    row = {"base_url": sandbox.url + BASES["anthropic"], "dialect": "anthropic_messages", "api_key": "sk-own-0123456789"}
    gateway = start({"own": config.model(f"{OWN}/claude-sonnet-4-5")}, providers={OWN: row})
    sandbox.fault({"kind": "status", "status": 400, "body": {
        "type": "error", "request_id": "req_own",
        "error": {"type": "invalid_request_error", "message": WORDS}}}, provider="anthropic")
    answer = gateway.ask(Anthropic, Anthropic.request("own"))
    assert answer.status == 400, answer
    id = answer.header("x-request-id")
    logged(gateway, id)
    file = str(gateway.folder / "dragoman.yaml")
    for command in (["logs", "show", id], ["logs"], ["explain", id], ["doctor"]):
        known = run(*command, "--journal", "journal.db", "--config", file, cwd=gateway.folder)
        assert WORDS in known.stdout and "not known here" not in known.stderr, (command, known)
        unknown = run(*command, "--journal", "journal.db", cwd=gateway.folder)
        assert unknown.returncode == known.returncode and "--config" in unknown.stderr and OWN in unknown.stderr
        wrong = run(*command, "--journal", "journal.db", "--config", "nowhere.yaml", cwd=gateway.folder)
        assert wrong.returncode in (1, 2) and "nowhere.yaml" in wrong.stderr, command
