"""What the config forbids is explained as the config's will, not as a provider's."""
import json
import time

import pytest

from harness import config
from harness.process import run
from harness.samples import OpenAI

TOOL = {"type": "function", "function": {"name": "find", "parameters": {
    "type": "object", "properties": {"city": {"type": "string", "pattern": "^[A-Z]"}}, "required": ["city"]}}}
PATTERN = "/tools/0/function/parameters/properties/city/pattern"


@pytest.fixture(scope="module")
def gateway(start, emulators):
    providers = config.providers(emulators.url)
    providers["groq"]["compat"] = {"unsupportedToolSchemaKeywords": ["pattern"]}
    return start({"exact": config.model("groq/llama-3.3-70b-versatile", loss={"widened": "forbid"}),
                  "strict": config.model("openai/gpt-4o", arguments="fail")}, providers=providers)


def reports(gateway, model):
    answer = gateway.ask(OpenAI, {**OpenAI.request(model, "hi"), "tools": [TOOL]})
    assert answer.status >= 400, answer
    request_id = answer.header("x-request-id")

    def command(*arguments):
        return run(*arguments, "--config", str(gateway.config), cwd=gateway.folder).stdout

    deadline = time.monotonic() + 5  # the journal's writer comes after the answer
    while not (said := command("explain", request_id, "--json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    [refusal] = json.loads(said)["refusals"]
    return refusal, command("explain", request_id), command("logs", "show", request_id), command("doctor")


def test_a_loss_that_is_forbidden(gateway, sandbox):
    refusal, words, shown, doctor = reports(gateway, "exact")
    assert sandbox.received() == []
    assert refusal["pointer"] == PATTERN and refusal["class"] == "param_rejected"
    assert "the config forbids what would be lost there, and nothing was sent" in words
    assert f"`{PATTERN}`" in words and "`loss` of the model or target" in words
    for text in (words, shown, doctor):
        assert "supportsTools" not in text and "in its range" not in text
    assert "dragoman check" in shown and "dragoman check" in doctor


def test_an_answer_that_is_not_let_through(gateway, sandbox):
    sandbox.fault({"kind": "say", "calls": [{"name": "find", "arguments": {"city": "rome"}}]}, provider="openai")
    refusal, words, shown, _ = reports(gateway, "strict")
    assert refusal["pointer"] == PATTERN and refusal["class"] == "generation_failed"
    assert "openai/gpt-4o answered, and the answer was not let through" in words
    assert "`arguments: repair`" in words and "the provider refused" not in words
    assert "`arguments: repair`" in shown and "the provider refused" not in shown
