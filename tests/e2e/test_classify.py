"""`dragoman classify`: a refusal pasted from anywhere, with whatever is known beside it."""

import json
import subprocess

import pytest

from harness.process import BINARY


def classify(*lines, jsonl=True):
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    command = [BINARY, "classify"] + (["--jsonl"] if jsonl else [])
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=30)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


KEYS = ["id", "class", "side", "pointer", "keyword", "retryable", "retry_after", "bucket", "confidence", "why"]

CASES = [
    # what is known of the refusal, and what must be said of it
    ({"provider": "anthropic", "status": 529, "type": "billing_error", "body": "Overloaded"},
     {"class": "overloaded", "side": "none", "retryable": True, "bucket": "overloaded"}),
    ({"provider": "anthropic", "status": 400,
      "body": {"type": "error", "error": {"type": "invalid_request_error",
                                          "message": "Your credit balance is too low to access the Anthropic API."}}},
     {"class": "quota_billing", "side": "none", "retryable": False, "bucket": "credit"}),
    ({"body": "Error code: 400 - {'error': {'message': \"Invalid schema for function 'f': In context=('properties', 'x'), "
              "array schema missing items.\", 'type': 'invalid_request_error', 'param': 'tools[3].function.parameters', "
              "'code': 'invalid_function_parameters'}}"},
     {"class": "schema_rejected", "side": "tools", "pointer": "tools[3].function.parameters", "keyword": "items",
      "retryable": False, "bucket": "other"}),
    ({"provider": "bedrock", "status": 400, "headers": {"x-amzn-ErrorType": "ValidationException:http://x/"},
      "body": {"message": "1 validation error detected: Value 'a.b' at 'toolConfig.tools.22.member.toolSpec.name' failed to "
                          "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"}},
     {"class": "schema_rejected", "side": "tools", "pointer": "toolConfig.tools.22.member.toolSpec.name"}),
    ({"provider": "openai", "status": 429, "headers": {"retry-after-ms": "45175"},
      "body": {"error": {"message": "Rate limit reached for gpt-4o", "type": "tokens", "code": "rate_limit_exceeded"}}},
     {"class": "rate_limit", "retryable": True, "retry_after": 45.175, "bucket": "credit"}),
    ({"provider": "gemini", "status": 200, "body": '{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}'},
     {"class": "content_policy", "side": "body", "retryable": False}),
    ({"provider": None, "status": 502, "type": None, "headers": None, "body": "<html><title>502 Bad Gateway</title></html>"},
     {"class": "server_error", "side": "none", "retryable": True}),
    ({"provider": "openrouter", "status": 200,
      "body": {"error": {"code": 400, "message": "Provider returned error", "metadata": {
          "raw": "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"messages.1.content.0: "
                 "Invalid `signature` in `thinking` block\"}}", "provider_name": "Anthropic"}}}},
     {"class": "state_missing", "side": "body", "pointer": "messages.1.content.0", "retryable": False}),
    ({"provider": "groq", "status": 400,
      "body": {"error": {"message": "Failed to call a function.", "type": "invalid_request_error", "code": "tool_use_failed",
                         "failed_generation": "<function=x>"}}},
     {"class": "generation_failed", "retryable": True}),
    ({"status": 400, "body": ""}, {"class": "other", "side": "none", "pointer": None, "keyword": None}),
]


@pytest.mark.parametrize("refusal,verdict", CASES, ids=lambda value: str(value.get("class", "")) if isinstance(value, dict) else "")
def test_verdicts(refusal, verdict):
    status, [answer] = classify({"id": 7, **refusal})
    assert status == 0
    assert list(answer) == KEYS
    assert answer["id"] == 7
    assert {key: answer[key] for key in verdict} == verdict
    assert 0 < answer["confidence"] <= 1 and answer["why"]


def test_a_line_each_in_order():
    refusals = [{"id": f"r{i}", "status": 400 + i % 100, "body": "x" * (i % 50)} for i in range(3000)]
    status, answers = classify(*refusals)
    assert status == 0
    assert [answer["id"] for answer in answers] == [refusal["id"] for refusal in refusals]


def test_bad_lines_do_not_stop_the_others():
    status, answers = classify('{"id": 1, "body": "x"}', "no json", "[]", '{"id": 4, "status": "soon", "body": ""}', '{"id": 5, "body": "y"}')
    assert status == 0
    assert [answer["id"] for answer in answers] == [1, None, None, 4, 5]
    assert answers[1]["line"] == 2 and "error" in answers[1]
    assert answers[3]["error"]["pointer"] == "/status"


def test_one_refusal_without_jsonl():
    status, _ = classify({"id": 1, "body": "x"}, jsonl=False)
    assert status == 0
    status, _ = classify("no json", jsonl=False)
    assert status == 2


def test_time_is_linear_in_hostile_bodies():
    hostile = ['{"a":' * 40000, "[" * 400000, "{'" * 200000, "insufficient " * 60000, "529 " * 100000, "\\" * 400000, '{\\"' * 130000,
               "In context=(" * 40000]
    status, answers = classify(*[{"id": i, "status": 400, "body": body} for i, body in enumerate(hostile)])
    assert status == 0 and len(answers) == len(hostile)
