"""A provider that the config alone defines: the dialect it is given decides how its refusals are read, by the gateway and by
whoever reads its journal. The same bytes mean something to Bedrock's dialect and nothing to OpenAI's."""

import json

import pytest

from harness import config
from harness.process import run
from harness.samples import OpenAI
from harness.targets import BASES

# Bedrock says where by its phrases; no other dialect knows this place, or a type in a header.
PLACED = json.dumps({"message": "The value at performanceConfig.latency is not one of ours. Update it and try again."})
ROWS = {
    "house": {"dialect": "bedrock_converse", "region": "us-east-1", "api_key": "own-0123456789"},
    "shop": {"dialect": "openai_chat", "api_key": "own-0123456789"},
}
READ = {"house": ("param_rejected", "performanceConfig.latency"), "shop": ("other", None)}


@pytest.fixture(scope="module")
def gateway(start, emulators):
    bases = {"house": BASES["bedrock"], "shop": BASES["openai"]}
    providers = {name: {**row, "base_url": emulators.url + bases[name]} for name, row in ROWS.items()}
    return start({name: config.model(f"{name}/some-model") for name in ROWS}, providers=providers, journal={"path": "journal.db"})


@pytest.mark.parametrize("name", ROWS)
def test_the_dialect_decides_what_a_refusal_means(gateway, sandbox, name):
    sandbox.fault({"kind": "status", "status": 400, "body": PLACED}, provider="bedrock" if name == "house" else "openai", repeat=True)
    answer = gateway.ask(OpenAI, OpenAI.request(name, "hi"))
    assert answer.status == 400
    cls, pointer = READ[name]
    id = answer.header("x-request-id")
    gateway_says = None
    for _ in range(100):
        shown = run("logs", "show", id, "--journal", "journal.db", "--config", "dragoman.yaml", cwd=gateway.folder)
        if shown.returncode == 0:
            gateway_says = shown.stdout
            break
    assert gateway_says and cls in gateway_says
    report = run("explain", id, "--json", "--journal", "journal.db", "--config", "dragoman.yaml", cwd=gateway.folder)
    [refusal] = json.loads(report.stdout)["refusals"]
    assert (refusal["class"], refusal["provider_pointer"] or None) == (cls, pointer)


def test_without_the_config_it_is_read_as_openais_and_said_so(gateway, sandbox):
    sandbox.fault({"kind": "status", "status": 400, "body": PLACED}, provider="bedrock", repeat=True)
    id = gateway.ask(OpenAI, OpenAI.request("house", "hi")).header("x-request-id")
    known = unknown = None
    for _ in range(100):
        known = run("explain", id, "--json", "--journal", "journal.db", "--config", "dragoman.yaml", cwd=gateway.folder)
        if known.returncode == 0:
            break
    unknown = run("explain", id, "--json", "--journal", "journal.db", cwd=gateway.folder)
    first, second = (json.loads(report.stdout)["refusals"][0] for report in (known, unknown))
    assert first["provider_pointer"] == "performanceConfig.latency" and not second["provider_pointer"]
    assert "house" in unknown.stderr and "--config" in unknown.stderr and "house" not in known.stderr
