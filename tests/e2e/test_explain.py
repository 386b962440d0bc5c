"""`dragoman explain`: a refusal as a report, from a pasted text or from the journal."""

import json
import subprocess

import pytest

from harness import one_conversation
from harness.process import BINARY, ROOT

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


# --- pasted from anywhere: tests/data/pasted

PASTED = ROOT / "tests" / "data" / "pasted"
TAGS = "/tools/1/function/parameters/properties/tags"


@pytest.mark.parametrize("name, cls, provider, status, pointer", [
    ("traceback", "schema_rejected", "openai", 400, TAGS),  # the path ends at the schema, the words go on
    ("vercel", "schema_rejected", "anthropic", 400, "/tools/1/function/parameters"),
    ("litellm", "schema_rejected", "bedrock", 0, TAGS),
    ("openrouter", "message_rejected", "openrouter", 400, "/messages/4"),  # in Anthropic's count
    ("curl", "rate_limit", "openai", 429, ""),
    ("ansi", "schema_rejected", "gemini", 400, TAGS + "/items"),
    ("markdown", "message_rejected", "openai", 0, "/messages/2/tool_calls/1"),
    ("trunc", "schema_rejected", "anthropic", 0, "/tools/2/function/parameters/properties/city/pattern"),
    ("curlv", "message_rejected", "groq", 400, "/messages/2"),
    ("pydantic", "message_rejected", "", 422, "/messages/2/content"),
    ("botocore", "schema_rejected", "bedrock", 0, "/tools/2/function/name"),
    ("gemini", "schema_rejected", "gemini", 400, "/tools/2/function/parameters/properties/n"),
    ("vsc", "schema_rejected", "copilot", 0, "/tools/2/function/parameters"),
    ("node_openai", "param_rejected", "openai", 400, "/max_tokens"),
    ("jsonlog", "schema_rejected", "openai", 400, "/tools/1/function/name"),
    ("empty", "other", "bedrock", 400, ""),
    ("html", "server_error", "", 502, ""),
    ("claudecode", "message_rejected", "anthropic", 400, ""),  # there is no such message in this request
    ("sse", "overloaded", "anthropic", 0, ""),
])
def test_pasted_from_anywhere(tmp_path, name, cls, provider, status, pointer):
    path = tmp_path / "request.json"
    request = json.loads(json.dumps(one_conversation.REQUESTS["openai"]).replace("hotels search", "hotels.search"))
    path.write_text(json.dumps(request))
    done = explain(str(PASTED / f"{name}.txt"), "--request", str(path), "--json")
    assert done.returncode == 0, done.stderr
    [refusal] = json.loads(done.stdout)["refusals"]
    assert (refusal["class"], refusal["provider"], refusal["status"], refusal["pointer"]) == (cls, provider, status, pointer)
    assert bool(refusal["provider_sign"]) == bool(provider)
    assert "\x1b" not in done.stdout and "File \"/" not in refusal["message"] and "at process." not in refusal["message"]


def test_headers_of_a_pasted_answer_tell_when_to_come_back():
    assert "after 37 s" in explain("-", text=(PASTED / "curl.txt").read_text()).stdout


@pytest.mark.parametrize("dialect", one_conversation.REQUESTS)
@pytest.mark.parametrize("target, words, place", [
    ("anthropic/claude-sonnet-4-5", "tools.2.custom.input_schema.properties.city: bad", "city"),
    ("anthropic/claude-sonnet-4-5", "messages.1.content.0.id: bad", "first call"),
    ("anthropic/claude-sonnet-4-5", "messages.2.content.1: bad", "second result"),
    ("anthropic/claude-sonnet-4-5", "messages.2.content.3.text: bad", "two"),
    ("anthropic/claude-sonnet-4-5", "system.0.text: bad", "system"),
    ("gemini/gemini-2.5-flash", "* GenerateContentRequest.tools[0].function_declarations[2].parameters.properties[1].value: bad", "n"),
    ("gemini/gemini-2.5-flash", "Invalid value at 'contents[1].parts[1]': bad", "second call"),
    ("gemini/gemini-2.5-flash", "* GenerateContentRequest.contents[2].parts[2]: bad", "one"),
    ("gemini/gemini-2.5-flash", "* GenerateContentRequest.system_instruction.parts[0]: bad", "system"),
    ("gemini/gemini-2.5-flash", "Invalid value at 'generation_config.temperature': bad", "temperature"),
    ("bedrock/us.amazon.nova-pro-v1:0", "1 validation error detected: Value 'x' at 'toolConfig.tools.3.member.toolSpec.name' failed", "tool name"),
    ("bedrock/us.amazon.nova-pro-v1:0",
     "1 validation error detected: Value 'x' at 'messages.2.member.content.2.member.toolUse.name' failed", "second call"),
    ("bedrock/us.amazon.nova-pro-v1:0", "The value at toolConfig.tools.1.toolSpec.inputSchema.json.properties.tags is bad", "tags"),
    ("bedrock/us.amazon.nova-pro-v1:0", "The format of the value at messages.2.content.1.toolResult is invalid", "second result"),
    ("openai/gpt-4o", "Invalid 'tools[2].function.parameters.properties.n': bad", "n"),
    ("openai/gpt-4o", "Invalid schema for function 'hotels_search': In context=('properties', 'n'), bad", "n"),
    ("openai/gpt-4o", "Invalid 'messages[2].tool_calls[1].id': bad", "second call"),
    ("openai/gpt-4o", "Invalid 'messages[4].content': bad", "second result"),
    ("openai/gpt-4o", "Invalid 'max_tokens': bad", "max_tokens"),
    ("openai/gpt-5-codex", "Invalid 'tools[1].parameters.properties.tags': bad", "tags"),
    ("mistral/mistral-large-latest",
     '{"detail":[{"type":"missing","loc":["body","messages",2,"assistant","tool_calls",1,"id"],"msg":"Field required"}]}', "second call"),
])
def test_from_every_providers_notation_to_every_clients_dialect(tmp_path, dialect, target, words, place):
    path = tmp_path / "request.json"
    path.write_text(json.dumps(one_conversation.REQUESTS[dialect]))
    done = explain(words, "--provider", target, "--request", str(path), "--json")
    assert done.returncode == 0, done.stderr
    [refusal] = json.loads(done.stdout)["refusals"]
    assert refusal["pointer"] == one_conversation.PLACES[place][dialect]
    assert refusal["tool"] == one_conversation.TOOL_OF.get(place, "")
    assert refusal["text"]


# --- words that say nothing

WRAPPER = "LLM request failed: provider rejected the request schema or tool payload."


def test_a_wrapper_line_with_the_request_has_suspects(tmp_path):
    path = tmp_path / "request.json"
    path.write_text(json.dumps(one_conversation.REQUESTS["anthropic"]))
    done = explain(WRAPPER, "--request", str(path), "--json")
    [refusal] = json.loads(done.stdout)["refusals"]
    assert refusal["wrapper"] and refusal["class"] == "other"
    first = refusal["suspects"][0]
    assert (first["keyword"], first["pointer"], first["tool"], first["places"]) == ("name", "/tools/0", "files.read", 3)
    assert first["of"] > 100 and first["targets"] > first["of"] / 2
    assert any(s["keyword"] == "pattern" and s["pointer"].startswith("/tools/2/input_schema") for s in refusal["suspects"])
    # Of the one provider, where it is known.
    report = explain(WRAPPER, "--request", str(path), "--provider", "groq/openai/gpt-oss-20b").stdout
    assert "What groq/openai/gpt-oss-20b does not take" in report and "dragoman bisect request.json --to groq/openai/gpt-oss-20b" in report
    # What is missing may be it as well.
    path.write_text(json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}]}))
    assert "`max_tokens`, which the request does not have" in explain(WRAPPER, "--request", str(path)).stdout


def test_a_file_that_is_not_there_is_no_error_text(tmp_path):
    done = explain(str(tmp_path / "nothing.txt"))
    assert done.returncode == 2 and "nothing.txt: there is no such file" in done.stderr


def test_dragomans_own_answer_is_read_by_its_attempts():
    body = json.dumps({"error": {"message": "Bad schema", "dragoman": {"attempts": [
        {"target": "groq/openai/gpt-oss-20b", "status": 400, "class": "param_rejected", "message": "property 'store' is unsupported",
         "body": json.dumps({"error": {"message": "property 'store' is unsupported"}})},
        {"target": "openai/gpt-4o", "status": 429, "class": "rate_limit", "message": "slow", "body": "{\"error\":{\"message\":\"slow\"}}"}]}}})
    done = explain("-", "--json", text=f"HTTP/1.1 400 Bad Request\nx-request-id: req_none\n\n{body}")
    first, second = json.loads(done.stdout)["refusals"]
    assert (first["target"], first["class"], first["keyword"]) == ("groq/openai/gpt-oss-20b", "param_rejected", "store")
    assert (second["target"], second["class"], second["retryable"]) == ("openai/gpt-4o", "rate_limit", True)


def test_embedding_requests_too(tmp_path):
    path = tmp_path / "request.json"
    path.write_text(json.dumps({"model": "x", "input": ["a", "b", ""], "dimensions": 5}))
    for words, pointer in {"Invalid 'input[2]': empty": "/input/2", "Unsupported parameter: 'dimensions'": "/dimensions"}.items():
        done = explain(words, "--request", str(path), "--provider", "openai/text-embedding-3-small", "--json")
        assert json.loads(done.stdout)["refusals"][0]["pointer"] == pointer
