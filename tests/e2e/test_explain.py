"""`dragoman explain`: a refusal as a report, from a pasted text or from the journal."""

import json
import subprocess

import pytest

from harness.process import BINARY

REQUEST = {
    "model": "m",
    "messages": [{"role": "user", "content": "Hi"}],
    "tools": [
        {"type": "function", "function": {"name": "first", "parameters": {"type": "object", "properties": {}}}},
        {"type": "function", "function": {"name": "hotels.search", "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "tags": {"type": "array", "uniqueItems": True, "items": {"type": "string"}}}}}},
    ],
}


def explain(*arguments, text=None):
    return subprocess.run([BINARY, "explain", *arguments], input=text or "", capture_output=True, text=True, timeout=30)


@pytest.fixture
def request_file(tmp_path):
    path = tmp_path / "request.json"
    path.write_text(json.dumps(REQUEST))
    return str(path)


@pytest.mark.parametrize("target,text,pointer", [
    ("openai/gpt-4o",
     "Error code: 400 - {'error': {'message': \"Invalid schema for function 'hotels_search': x\", 'type': "
     "'invalid_request_error', 'param': 'tools[1].function.parameters.properties.tags', 'code': 'invalid_function_parameters'}}",
     "/tools/1/function/parameters/properties/tags"),
    ("anthropic/claude-sonnet-4-5",
     '{"type":"error","error":{"type":"invalid_request_error","message":"tools.1.custom.input_schema.properties.tags: bad"}}',
     "/tools/1/function/parameters/properties/tags"),
    ("bedrock/us.amazon.nova-pro-v1:0",
     "An error occurred (ValidationException) when calling the Converse operation: 1 validation error detected: Value 'x' at "
     "'toolConfig.tools.2.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern",
     "/tools/1/function/name"),
    ("gemini/gemini-2.5-flash",
     '{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \\"uniqueItems\\" at '
     '\'tools[0].function_declarations[1].parameters.properties[1].value\': Cannot find field.","status":"INVALID_ARGUMENT"}}',
     "/tools/1/function/parameters/properties/tags"),
])
def test_leads_back_to_the_clients_request(request_file, target, text, pointer):
    done = explain("-", "--request", request_file, "--provider", target, "--json", text=text)
    assert done.returncode == 0, done.stderr
    [refusal] = json.loads(done.stdout)["refusals"]
    assert refusal["pointer"] == pointer
    assert refusal["tool"] == "hotels.search"
    assert refusal["text"]
    report = explain("-", "--request", request_file, "--provider", target, text=text).stdout
    for expected in (pointer, "`hotels.search`", "**Their words:**", "**Can a retry help?** No"):
        assert expected in report


def test_says_the_narrow_fix():
    report = explain("Unknown parameter: 'store'.", "--provider", "groq").stdout
    assert "providers:\n  groq:\n    compat: {supportsStore: false}" in report


def test_answers_usefully_for_a_wrapper_line():
    done = explain("LLM request failed: provider rejected the request schema or tool payload.")
    assert done.returncode == 0
    for expected in ("dragoman lower", "dragoman check", "tool results that do not follow"):
        assert expected in done.stdout


@pytest.mark.parametrize("text, head, words", [
    ("Error: 400 status code (no body)", "# Refused, without the provider's words", "dragoman bisect"),
    ("API Error: Connection error.", "# network", "**Can a retry help?** Yes"),
    ("stream disconnected before completion: stream closed before response.completed", "# stream_interrupted", "**Can a retry help?** Yes"),
    ("messages.2.content.1: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1.", "# message_rejected",
     "a result must follow the call it answers"),
    ("Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.", "# message_rejected", "the same in both places"),
    ("400 {\"error\":{\"message\":\"auto\\\" tool choice requires --enable-auto-tool-choice\"}}", "# param_rejected", "--tool-call-parser"),
    ("This request requires more credits. You requested up to 65536 tokens, but can only afford 10114.", "# quota_billing", "fewer output tokens"),
])
def test_says_what_to_do_about_this_very_refusal(text, head, words):
    report = explain(text).stdout
    assert report.startswith(head) and words in report, report
    assert len(report) < 1800 and "(below)" not in report and "named above" not in report


def test_money_is_money():
    report = explain("400 {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit balance is too low\"}}").stdout
    assert report.startswith("# quota_billing")
    assert "Add credit" in report


def test_says_what_is_missing(tmp_path):
    done = explain("req_nowhere", "--journal", str(tmp_path / "none.db"))
    assert done.returncode == 2 and "none.db" in done.stderr
    done = explain("-", text="  ")
    assert done.returncode == 2 and "expected a request id" in done.stderr
