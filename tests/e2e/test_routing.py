"""Weights, orders, fallbacks and cooldowns as a client sees them."""
import collections
import json

import pytest

from harness import config
from harness.gateway import attempts, served_by
from harness.samples import OpenAI

A, B, C = "openai/gpt-4o-mini", "mistral/mistral-large-latest", "anthropic/claude-sonnet-4-5"


@pytest.fixture(scope="module")
def gateway(start):
    return start(
        {
            "even": {"targets": [{"target": A, "weight": 3}, {"target": B, "weight": 1}]},
            "plain": config.model(A, fallbacks=["backup"]),
            "backup": config.model(B),
            "windowed": config.model(A, context_window_fallbacks=["roomy"]),
            "roomy": config.model(C),
            "filtered": config.model(A, content_policy_fallbacks=["roomy"]),
            "cooling": config.model(A, B, cooldown={"enabled": True, "allowed_fails": 1, "time": "30s"}),
            "lonely": config.model("gemini/gemini-2.5-flash"),
        },
        aliases={"nick": "backup"},
        fallbacks={"default": ["roomy"]},
    )


def refusal(code, message):
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    return {"kind": "status", "status": 400, "body": json.dumps(body)}


def ask(gateway, model, text="hi"):
    return gateway.ask(OpenAI, OpenAI.request(model, text))


def test_weights_share(gateway, sandbox):
    seen = collections.Counter(served_by(ask(gateway, "even")) for _ in range(120))
    assert set(seen) == {A, B}
    assert 60 < seen[A] < 115


def test_equals_stand_in_for_each_other(gateway, sandbox):
    sandbox.fault("overloaded", provider="openai", repeat=True)
    assert {served_by(ask(gateway, "even")) for _ in range(8)} == {B}


def test_fallback_and_alias(gateway, sandbox):
    sandbox.fault("overloaded", provider="openai", repeat=True)
    assert served_by(ask(gateway, "plain")) == B
    assert served_by(ask(gateway, "nick")) == B


def test_default_fallback(gateway, sandbox):
    sandbox.fault("overloaded", provider="gemini", repeat=True)
    answer = ask(gateway, "lonely")
    assert served_by(answer) == C and attempts(answer) == 2


def test_context_window_fallback(gateway, sandbox):
    sandbox.fault(refusal("context_length_exceeded", "This model's maximum context length is 8192 tokens. However, "
                          "your messages resulted in 9000 tokens."), provider="openai", repeat=True)
    assert served_by(ask(gateway, "windowed")) == C


def test_content_policy_fallback(gateway, sandbox):
    sandbox.fault(refusal("content_policy_violation", "Your request was rejected as a result of our safety system."),
                  provider="openai", repeat=True)
    assert served_by(ask(gateway, "filtered")) == C


def test_a_failing_target_is_left_alone(gateway, sandbox):
    sandbox.fault("overloaded", provider="openai", repeat=True)
    for _ in range(6):
        assert served_by(ask(gateway, "cooling")) == B
    asked = len(sandbox.received("openai"))
    assert asked <= 2, f"asked {asked} times though it kept failing"
    sandbox.clear()
    assert served_by(ask(gateway, "cooling")) == B, "it is still cooling down"
