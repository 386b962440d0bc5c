"""A refusal that names what is wrong: one narrower try at the same target, what worked is remembered, and all of it is said."""

import json
import subprocess

import pytest

from harness import config
from harness.gateway import attempts, served_by
from harness.process import BINARY
from harness.samples import Anthropic, OpenAI

# A host that the gateway knows nothing about: an emulated Groq behind a provider of the user's own, said to take anything.
MODEL = "openai/gpt-oss-20b"
STRANGER = f"stranger/{MODEL}"
BACKUP = "openai/gpt-4o-mini"
PERMISSIVE = {"store": "ok", "service_tier": "ok", "metadata": "ok"}


def stranger(sandbox):
    return {
        "dialect": "openai_chat",
        "base_url": sandbox.url + "/groq/openai/v1",
        "api_key": "sk-sandbox-stranger",
        "rules": [{"id": "stranger", "why": "takes anything", "params": PERMISSIVE}],
    }


@pytest.fixture
def fresh(start, sandbox):
    """A gateway that has learned nothing yet."""

    def begin(**policy):
        providers = {**config.providers(sandbox.url), "stranger": stranger(sandbox)}
        return start({"m": config.model(STRANGER, BACKUP, **policy)}, providers=providers)

    return begin


def ask(gateway, **more):
    body = {**OpenAI.request("m", "hi"), **more}
    return gateway.ask(OpenAI, body)


def dragoman(gateway, *arguments):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=30, cwd=gateway.folder,
                          env={"PATH": "", "DRAGOMAN_JOURNAL": str(gateway.folder / "journal.db")})


def test_sent_once_more_without_what_was_refused_and_remembered(fresh, sandbox):
    gateway = fresh()
    answer = ask(gateway, store=True)
    assert answer.status == 200
    assert served_by(answer) == STRANGER, "the same target, not the next"
    assert attempts(answer) == 2
    assert "store" in answer.header("x-dragoman-repair")
    first, second = sandbox.received("groq")
    assert first.status == 400 and "store" in first.json
    assert second.status == 200 and "store" not in second.json
    assert {key: value for key, value in first.json.items() if key != "store"} == second.json, "nothing else was changed"
    assert gateway.wait_for(rb"learned about stranger", 5), gateway.output
    assert b"supportsStore: false" in gateway.output.encode()

    answer = ask(gateway, store=True)
    assert answer.status == 200 and attempts(answer) == 1, "learned: not refused again"
    assert answer.header("x-dragoman-repair") is None

    learned = dragoman(gateway, "learned", "--json")
    [row] = json.loads(learned.stdout)["learned"]
    assert row["target"] == STRANGER and row["repair"] == "compat.supportsStore=false"
    assert "store" in row["words"]
    assert dragoman(gateway, "learned", "--yaml").stdout == "providers:\n  stranger:\n    compat: {supportsStore: false}\n"

    metrics = gateway.get("/metrics").body.decode()
    assert f'dragoman_refusal_repairs_total{{repair="compat.supportsStore=false",target="{STRANGER}"}} 1' in metrics or (
        "dragoman_refusal_repairs_total" in metrics and "supportsStore" in metrics)
    assert "dragoman_refusals_total" in metrics


def test_survives_a_restart_and_can_be_forgotten(start, sandbox, tmp_path):
    providers = {**config.providers(sandbox.url), "stranger": stranger(sandbox)}
    journal = {"path": str(tmp_path / "journal.db")}
    models = {"m": config.model(STRANGER, BACKUP)}
    first = start(models, providers=providers, journal=journal)
    assert attempts(ask(first, store=True)) == 2
    first.stop()
    second = start(models, providers=providers, journal=journal)
    assert attempts(ask(second, store=True)) == 1
    done = subprocess.run([BINARY, "learned", "--journal", journal["path"], "forget", STRANGER], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and done.stdout.startswith("1 forgotten")

    def forgotten(_):
        return attempts(ask(second, store=True)) == 2

    sandbox.wait_until(forgotten, 10)


def test_switched_off(fresh, sandbox):
    gateway = fresh(repair={"enabled": False})
    answer = ask(gateway, store=True)
    assert served_by(answer) == BACKUP
    assert "param_rejected" in answer.header("x-dragoman-fallback-reason")
    assert gateway.wait_for(rb"put into the config", 5), "a fallback for such a cause is loud"
    assert len(sandbox.received("groq")) == 1


def test_not_learned_when_told_so(fresh, sandbox):
    gateway = fresh(repair={"learn": False})
    assert [attempts(ask(gateway, store=True)) for _ in range(2)] == [2, 2]


def test_a_refusal_that_no_repair_changes_is_not_sent_again(fresh, sandbox):
    sandbox.fault({"kind": "status", "status": 400, "body": json.dumps({"error": {
        "message": "Unknown parameter: 'seed'.", "type": "invalid_request_error", "param": "seed", "code": "unknown_parameter"}})},
        provider="groq", repeat=True)
    gateway = fresh()
    answer = ask(gateway)  # no seed in it: leaving it out would change nothing
    assert served_by(answer) == BACKUP
    assert len(sandbox.received("groq")) == 1


def test_a_repair_that_fails_goes_on_to_the_next_target(fresh, sandbox):
    refusal = {"kind": "status", "status": 400, "body": json.dumps({"error": {
        "message": "Unknown parameter: 'seed'.", "type": "invalid_request_error", "param": "seed", "code": "unknown_parameter"}})}
    sandbox.fault(refusal, refusal, provider="groq")
    gateway = fresh()
    answer = ask(gateway, seed=7)
    assert served_by(answer) == BACKUP and attempts(answer) == 3
    assert json.loads(dragoman(gateway, "learned", "--json").stdout)["learned"] == []


def test_over_another_dialect_and_streamed(fresh, sandbox, streamed):
    gateway = fresh()
    refusal = {"kind": "status", "status": 400, "body": json.dumps({"error": {
        "message": "This model does not support parameter temperature.", "type": "invalid_request_error"}})}
    sandbox.fault(refusal, provider="groq")
    body = {**Anthropic.request("m", "hi"), "temperature": 0.5}
    if streamed:
        status, headers, events = gateway.stream(Anthropic, {**body, "stream": True})
        assert status == 200 and events
    else:
        assert gateway.ask(Anthropic, body).status == 200
    first, second = sandbox.received("groq")
    assert first.json["temperature"] == 0.5 and "temperature" not in second.json


def test_doctor_says_what_to_put_into_the_config(fresh, sandbox):
    gateway = fresh(repair={"enabled": False})
    for _ in range(3):
        ask(gateway, store=True)
    sandbox.wait_until(lambda _: "3×" in dragoman(gateway, "doctor").stdout, 10)
    report = dragoman(gateway, "doctor")
    assert report.returncode == 1
    for expected in (STRANGER, "param_rejected", "compat: {supportsStore: false}"):
        assert expected in report.stdout
    [finding] = json.loads(dragoman(gateway, "doctor", "--json").stdout)["findings"]
    assert finding["count"] == 3 and finding["keyword"] == "store"
    request = finding["last_request"]
    explained = dragoman(gateway, "explain", request)
    assert explained.returncode == 0 and "supportsStore" in explained.stdout


def test_an_empty_account_is_left_alone_until_probed(start, sandbox):
    broke = {"kind": "status", "status": 402, "body": json.dumps({"error": {"message": "Insufficient credits", "code": 402}})}
    models = {"m": config.model(BACKUP, "anthropic/claude-sonnet-4-5",
                                cooldown={"enabled": True, "credential_time": "300ms", "probe_time": "20s"}),
              "other": config.model("openai/gpt-4.1", "anthropic/claude-sonnet-4-5",
                                    cooldown={"enabled": True, "credential_time": "300ms", "probe_time": "20s"})}
    gateway = start(models)
    sandbox.fault(broke, provider="openai", model="gpt-4o-mini")
    assert served_by(ask(gateway)) == "anthropic/claude-sonnet-4-5"
    calls = len(sandbox.received("openai"))
    # The account is empty for every model of that key.
    assert served_by(gateway.ask(OpenAI, OpenAI.request("other", "hi"))) == "anthropic/claude-sonnet-4-5"
    assert len(sandbox.received("openai")) == calls
    # After the rest one request probes it, and finds it filled.
    sandbox.wait_until(lambda _: served_by(ask(gateway)) == BACKUP, 10)
    assert served_by(gateway.ask(OpenAI, OpenAI.request("other", "hi"))) == "openai/gpt-4.1"


def test_retries_have_a_budget(start, sandbox):
    gateway = start({"m": config.model(BACKUP, retries=3, retry_budget={"ratio": 0.1, "per_second": 0},
                                       backoff={"initial": "1ms", "max": "1ms"})})
    sandbox.fault("overloaded", provider="openai", repeat=True)
    for _ in range(40):
        ask(gateway)
    # 40 requests, ten retries saved up at the start, and a tenth of a retry for each request.
    assert len(sandbox.received("openai")) <= 40 + 10 + 4 + 1
