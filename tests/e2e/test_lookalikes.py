"""Refusals that look like another cause: a word of money or capacity inside what a validator quotes of the request, statuses
that lie, envelopes one inside the other, headers and bodies in every shape that people log them in."""

import base64
import json
import subprocess

import pytest

from harness.process import BINARY

ANTHROPIC = "invalid_request_error"


def classify(*refusals):
    lines = "\n".join(json.dumps(refusal) for refusal in refusals)
    done = subprocess.run([BINARY, "classify", "--jsonl"], input=lines, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def openai(message, **more):
    return {"error": {"message": message, "type": ANTHROPIC, "param": None, "code": None, **more}}


def anthropic(message, kind=ANTHROPIC):
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


# What a validator quotes from the request: the words are the client's, not the provider's.
QUOTED = ["insufficient credit balance", "You exceeded your current quota, please check your plan and billing details",
          "Overloaded", "rate limit exceeded", "billing", "monthly usage limit", "spending limit", "invalid api key",
          "too many tokens", "prompt is too long", "context window exceeded", "inappropriate content", "high demand",
          "credit balance is too low", "you've hit your limit", "tokens per day", "API key expired", "key limit exceeded",
          "blocked by content filtering policy", "no auth credentials found", "account suspended", "quota exhausted"]


VALIDATORS = {
    "function": (lambda w: openai(f"Invalid schema for function '{w}': In context=('properties', 'x'), array schema missing items.",
                                  param="tools[0].function.parameters", code="invalid_function_parameters"), "schema_rejected", "tools"),
    "message": (lambda w: openai(f"Invalid value: '{w}'. Supported values are: 'text' and 'image_url'.", param="messages[1].content[0].type",
                                 code="invalid_value"), "message_rejected", "body"),
    "anthropic": (lambda w: anthropic(f"tools.3.custom.name: \"{w}\" should match pattern '^[a-zA-Z0-9_-]+$'"), "schema_rejected", "tools"),
    "bedrock": (lambda w: {"message": f"1 validation error detected: Value '{w}' at 'toolConfig.tools.2.member.toolSpec.name' failed to satisfy "
                                      "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"}, "schema_rejected", "tools"),
    "gemini": (lambda w: {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message":
                                    f"Invalid JSON payload received. Unknown name \"{w}\" at 'tools[0].function_declarations[2].parameters': "
                                    "Cannot find field."}}, "schema_rejected", "tools"),
}


@pytest.mark.parametrize("validator", VALIDATORS)
def test_quoted_words_are_the_clients(validator):
    body, cls, side = VALIDATORS[validator]
    for words, verdict in zip(QUOTED, classify(*[{"status": 400, "body": body(words)} for words in QUOTED]), strict=True):
        assert (verdict["class"], verdict["side"], verdict["retryable"]) == (cls, side, False), (words, verdict["why"])


def test_an_echoed_request_says_nothing():
    """pydantic sends the refused input back beside its message."""
    def fault(words):
        return {"type": "extra_forbidden", "loc": ["body", "messages", 0, "user", "name"], "msg": "Extra inputs are not permitted", "input": words}

    bodies = [(words, body) for words in QUOTED for body in (
        {"detail": [fault(words)]}, {**openai("'messages[0].name' must be a string", param="messages[0].name"), "request": words},
        {"detail": [fault(words)], "input": [words] * 1000})]
    for (words, _), verdict in zip(bodies, classify(*[{"status": 422, "body": body} for _, body in bodies]), strict=True):
        assert verdict["class"] == "message_rejected", (words, verdict["why"])


CASES = [
    # what it is, what is known of it, and what must be said
    ("a 400 is not money because of a word",
     {"provider": "openai", "status": 400, "body": openai("A limit of 10 images applies to this request. Insufficient detail was given. Add credit.")},
     ("message_rejected", "body", False)),
    ("429 that is billing", {"provider": "openai", "status": 429, "body": openai("You exceeded your current quota.", type="insufficient_quota", code="insufficient_quota")},
     ("quota_billing", "none", False)),
    ("429 whose headers say to retry, that is billing",
     {"provider": "anthropic", "status": 429, "headers": {"x-should-retry": "true"}, "body": anthropic("Extra usage is required for long context requests.", "rate_limit_error")},
     ("quota_billing", "none", False)),
    ("403 that is quota", {"provider": "openrouter", "status": 403, "body": {"error": {"code": 403, "message": "Key limit exceeded (total limit)"}}},
     ("quota_billing", "none", False)),
    ("403 that is the region", {"status": 403, "body": openai("Country, region, or territory not supported", type="request_forbidden", code="unsupported_country_region_territory")},
     ("permission", "none", False)),
    ("403 that is the model's access", {"provider": "bedrock", "status": 403, "body": {"message": "You don't have access to the model with the specified model ID."}},
     ("permission", "none", False)),
    ("403 that is the key", {"provider": "bedrock", "status": 403, "body": {"message": "The security token included in the request is invalid."}},
     ("auth", "none", False)),
    ("404 of a model", {"provider": "anthropic", "status": 404, "body": anthropic("model: claude-none", "not_found_error")}, ("not_found", "params", False)),
    ("404 of a route", {"status": 404, "body": "404 page not found"}, ("not_found", "params", False)),
    ("404 that is about tools", {"provider": "openrouter", "status": 404, "body": {"error": {"code": 404, "message": "No endpoints found that support tool use."}}},
     ("param_rejected", "tools", False)),
    ("404 that is about the history", {"status": 404, "body": openai("Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.")},
     ("state_missing", "body", False)),
    ("413 that is the body's size", {"provider": "anthropic", "status": 413, "body": anthropic("Request exceeds the maximum size", "request_too_large")},
     ("context_length", "body", False)),
    ("413 of a proxy", {"status": 413, "body": "<html><head><title>413 Request Entity Too Large</title></head></html>"}, ("context_length", "body", False)),
    ("413 that is a minute's allowance", {"provider": "groq", "status": 413, "body": openai(
        "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000", type="tokens", code="rate_limit_exceeded")},
     ("rate_limit", "body", False)),
    ("408", {"status": 408, "body": ""}, ("timeout", "none", True)),
    ("499 of a proxy: somebody hung up", {"status": 499, "body": ""}, ("network", "none", True)),
    ("529 with money in it", {"provider": "anthropic", "status": 529, "type": "rate_limit", "body": "billing"}, ("overloaded", "none", True)),
    ("503 with a page", {"status": 503, "body": "<html><head><title>503 Service Temporarily Unavailable</title></head><body>nginx</body></html>"},
     ("overloaded", "none", True)),
    ("500 around a 400", {"status": 500, "body": {"error": {"message": "litellm.APIError: Error code: 400 - {'error': {'message': 'x is odd', 'type': 'invalid_request_error', 'code': 400}}"}}},
     ("other", "none", False)),
    ("500 around a 400 whose words are known", {"status": 500, "body": {"error": {"message": json.dumps(anthropic("prompt is too long: 3 tokens > 2 maximum"))}}},
     ("context_length", "body", False)),
    ("502 around a 401", {"status": 502, "body": {"error": {"message": "upstream answered", "upstream_error": {"error": {"code": 401, "message": "who are you"}}}}},
     ("auth", "none", False)),
    ("502 around a 429", {"status": 502, "body": "provider responded with 429 Too Many Requests"}, ("rate_limit", "none", True)),
    ("200 with an error", {"provider": "openrouter", "status": 200, "body": {"error": {"code": 502, "message": "Upstream is gone"}}}, ("server_error", "none", True)),
    ("200 with a refusal", {"provider": "openrouter", "status": 200, "body": {"error": {"code": 400, "message": "Provider returned error", "metadata": {
        "raw": json.dumps(openai("Invalid 'tools[2].function.name': string too long.", param="tools[2].function.name"))}}}},
     ("schema_rejected", "tools", False)),
    ("200 with a spent account", {"provider": "minimax", "status": 200, "body": {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}},
     ("quota_billing", "none", False)),
    ("an event of an SSE stream", {"status": 200, "body": "event: error\ndata: " + json.dumps(anthropic("Overloaded", "overloaded_error")) + "\n\n"},
     ("overloaded", "none", True)),
    ("an exception of an event stream", {"provider": "bedrock", "status": 200, "headers": {":exception-type": "throttlingException", ":message-type": "exception"},
                                         "body": {"message": "Too many requests, please wait before trying again."}}, ("rate_limit", "none", True)),
    ("an exception of an event stream: validation", {"provider": "bedrock", "status": 200, "headers": {":exception-type": "validationException"},
                                                     "body": {"message": "messages.1.content.0: Invalid `signature` in `thinking` block"}},
     ("state_missing", "body", False)),
    ("three relays deep", {"status": 500, "body": {"error": {"message": "litellm.BadRequestError: OpenrouterException - " + json.dumps(
        {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": json.dumps([{"error": {
            "code": 400, "message": "* GenerateContentRequest.contents[3].parts: contents.parts must not be empty.", "status": "INVALID_ARGUMENT"}}])}}})
        + ". Received Model Group=x"}}}, ("message_rejected", "body", False)),
]


def test_look_alikes():
    for (what, _, verdict), said in zip(CASES, classify(*[refusal for _, refusal, _ in CASES]), strict=True):
        assert (said["class"], said["side"], said["retryable"]) == verdict, (what, said["why"])


EMPTY = {400: "other", 401: "auth", 402: "quota_billing", 403: "permission", 404: "not_found", 405: "other", 406: "other", 408: "timeout",
         409: "other", 410: "not_found", 413: "context_length", 415: "other", 422: "other", 424: "server_error", 425: "server_error", 429: "rate_limit",
         499: "network", 500: "server_error", 501: "server_error", 502: "server_error", 503: "overloaded", 504: "timeout", 520: "server_error",
         522: "server_error", 524: "timeout", 529: "overloaded"}


def test_nothing_but_a_status():
    """No body, a body of blanks, an empty object and an SDK's word for "no body" say the same: nothing."""
    bodies = ("", " \n", {}, None, "(no body)", "null")
    verdicts = iter(classify(*[{"status": status, "body": body} for body in bodies for status in EMPTY]))
    for body in bodies:
        for status, cls in EMPTY.items():
            verdict = next(verdicts)
            assert (verdict["class"], verdict["pointer"], verdict["keyword"]) == (cls, None, None), (status, body)


LIMITED = openai("Rate limit reached", code="rate_limit_exceeded")


WAITS = [
    ({"retry-after": "7"}, LIMITED, 7), ({"Retry-After": "7.5"}, LIMITED, 7.5), ({"RETRY-AFTER-MS": "1500", "retry-after": "9"}, LIMITED, 1.5),
    ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, LIMITED, 0), ([["Retry-After", "7"]], LIMITED, 7), ([{"name": "Retry-After", "value": "7"}], LIMITED, 7),
    ({"retry-after": ["7"]}, LIMITED, 7), ({"retry-after": 7}, LIMITED, 7), ("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n", LIMITED, 7),
    ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-tokens": "6m0s", "x-ratelimit-remaining-tokens": "0"}, LIMITED, 360),
    ({"X-RateLimit-Reset-Tokens": "2m59.56s", "X-RateLimit-Remaining-Tokens": "0"}, LIMITED, 179.56),
    (None, openai("Rate limit reached. Please try again in 1m30s.", code="rate_limit_exceeded"), 90),
    (None, openai("Rate limit reached. Please try again in 20 seconds.", code="rate_limit_exceeded"), 20),
    (None, openai("Rate limit reached. Please try again\n   in 250ms.", code="rate_limit_exceeded"), 0.25),
    (None, {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Resource exhausted.", "details": [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.074824224s"}]}}, 34.074824224),
    (None, {"error": {"message": "slow", "type": "rate_limit_error", "retry_after": 12}}, 12),
    ({"retry-after": "soon"}, LIMITED, None), ({"retry-after": "-3"}, LIMITED, None), ({"retry-after": ""}, LIMITED, None), (None, LIMITED, None),
]


def test_how_long_to_wait():
    verdicts = classify(*[{"status": 429, "headers": headers, "body": body} for headers, body, _ in WAITS])
    for (headers, body, seconds), verdict in zip(WAITS, verdicts, strict=True):
        assert verdict["class"] == "rate_limit" and verdict["retryable"] is True
        assert verdict["retry_after"] == (None if seconds is None else pytest.approx(seconds)), (headers, body)


TOO_LONG = anthropic("prompt is too long: 210000 tokens > 200000 maximum")


ENVELOPES = [
    TOO_LONG, [TOO_LONG], json.dumps(TOO_LONG), json.dumps(json.dumps(TOO_LONG)), str(TOO_LONG), f"Error code: 400 - {TOO_LONG}", f"{json.dumps(TOO_LONG).encode()!r}",
    base64.b64encode(json.dumps(TOO_LONG).encode()).decode(), base64.urlsafe_b64encode(json.dumps(TOO_LONG).encode()).decode().rstrip("="),
    json.dumps(TOO_LONG, indent=2), "data: " + json.dumps(TOO_LONG), "event: error\ndata: " + json.dumps(TOO_LONG) + "\n\ndata: [DONE]\n\n",
    "API Error: 400 " + json.dumps(TOO_LONG), "│ ✕ [API Error: " + json.dumps([TOO_LONG]) + "]", json.dumps(TOO_LONG)[:-30],
    "litellm.BadRequestError: AnthropicException - " + json.dumps(TOO_LONG) + ". Received Model Group=claude", json.dumps(TOO_LONG).replace('"', '\\"'),
    {"statusCode": 400, "isRetryable": False, "responseBody": json.dumps(TOO_LONG), "requestBodyValues": {"messages": ["overloaded"]}},
]


@pytest.mark.parametrize("known", [{"provider": "anthropic", "status": 400}, {"status": 500}, {}], ids=["all", "relayed", "pasted"])
def test_every_envelope(known):
    for body, verdict in zip(ENVELOPES, classify(*[{**known, "body": body} for body in ENVELOPES]), strict=True):
        assert (verdict["class"], verdict["side"], verdict["retryable"]) == ("context_length", "body", False), (body, verdict["why"])


def test_members_that_are_missing_or_odd():
    rows = [{}, {"body": None}, {"status": None, "headers": [], "body": 0}, {"status": "HTTP/1.1 429 Too Many Requests", "body": []}, {"status": 429.0, "body": False},
            {"status": "429 Too Many Requests"}, {"provider": 7, "type": {"a": 1}, "headers": "", "body": {"error": None}}]
    verdicts = classify(*rows)
    assert [verdict.get("class") for verdict in verdicts] == ["other", "other", "other", "rate_limit", "rate_limit", "rate_limit", "other"]


def test_a_megabyte_of_echo():
    """What counts stands at the start; a megabyte behind it costs time in proportion and changes nothing."""
    fillers = ("insufficient credit ", "\\\"error\\\": ", "[{", "(", "{'a': ", "try again in ", "tools[0].")
    bodies = [json.dumps({"error": {"message": "messages.3.content.0: text content blocks must be non-empty", "type": ANTHROPIC},
                          "request": filler * (1_000_000 // len(filler))}) for filler in fillers]
    for filler, verdict in zip(fillers, classify(*[{"status": 400, "body": body} for body in bodies]), strict=True):
        assert (verdict["class"], verdict["pointer"]) == ("message_rejected", "messages.3.content.0"), filler
