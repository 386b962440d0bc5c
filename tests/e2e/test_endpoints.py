"""The places beside the two chat endpoints."""
import re
import time

import pytest

from harness import config, http
from harness.samples import Anthropic, OpenAI


@pytest.fixture(scope="module")
def gateway(start):
    return start({
        "claude": config.model("anthropic/claude-sonnet-4-5"),
        "mini": config.model("openai/gpt-4o-mini", "mistral/mistral-large-latest"),
        "gone": config.model("openai/gpt-4o"),
    })


def test_health(gateway):
    assert gateway.get("/healthz").status == 200
    assert gateway.get("/readyz").status == 200
    head = http.call(gateway.url, "HEAD", "/healthz")
    assert head.status == 200 and head.body == b""


def test_models_as_openai_lists_them(gateway):
    listed = gateway.get("/v1/models").json
    assert listed["object"] == "list"
    assert {"claude", "mini"} <= {row["id"] for row in listed["data"]}
    assert all(row["object"] == "model" and row["owned_by"] for row in listed["data"])
    assert "openai/gpt-4o-mini" in {row["id"] for row in listed["data"]}


def test_models_as_anthropic_lists_them(gateway):
    listed = gateway.get("/v1/models", {"anthropic-version": "2023-06-01"}).json
    assert {"claude", "mini"} <= {row["id"] for row in listed["data"]}
    assert all(row["type"] == "model" for row in listed["data"])
    assert listed["has_more"] is False


def test_one_model(gateway):
    assert gateway.get("/v1/models/mini").json["id"] == "mini"
    assert gateway.get("/v1/models/openai%2Fgpt-4o-mini").status == 200
    assert gateway.get("/v1/models/nowhere").status == 404


def test_count_tokens_is_asked_of_a_provider_that_counts(gateway, sandbox):
    body = {"model": "claude", "messages": [{"role": "user", "content": "How many tokens am I?"}]}
    answer = http.call(gateway.url, "POST", "/v1/messages/count_tokens", body, Anthropic.headers)
    assert answer.status == 200, answer
    call = sandbox.last("anthropic")
    assert call.path.endswith("/v1/messages/count_tokens") and call.status == 200
    assert set(answer.json) == {"input_tokens"}
    assert answer.json["input_tokens"] > 0


def test_count_tokens_is_estimated_elsewhere_and_says_so(gateway, sandbox):
    def count(text):
        body = {"model": "mini", "messages": [{"role": "user", "content": text}]}
        answer = http.call(gateway.url, "POST", "/v1/messages/count_tokens", body, Anthropic.headers)
        assert answer.status == 200, answer
        assert answer.json["dragoman"]["estimated"] is True
        assert answer.header("x-dragoman-estimated") == "true"
        return answer.json["input_tokens"]

    assert 0 < count("short") < count("a much longer text " * 50)
    assert sandbox.received() == []


def test_count_tokens_refuses_what_it_cannot_read(gateway, sandbox):
    answer = http.call(gateway.url, "POST", "/v1/messages/count_tokens", {"model": "claude"}, Anthropic.headers)
    assert answer.status == 400
    Anthropic.error(answer.json)


def count_input(gateway, body, path="/v1/responses/input_tokens"):
    return http.call(gateway.url, "POST", path, body)


TOOLS = [{"type": "function", "name": "search.it", "parameters": {"type": "object", "properties": {"q": {"type": "string"}}},
          "strict": False}]


def test_input_tokens_are_asked_of_openai(gateway, sandbox):
    answer = count_input(gateway, {"model": "mini", "input": "How many tokens am I?", "instructions": "Count", "tools": TOOLS,
                                   "tool_choice": "auto", "text": {"verbosity": "low"}})
    assert answer.status == 200, answer
    call = sandbox.last("openai")
    assert call.path.endswith("/responses/input_tokens") and call.status == 200
    assert set(answer.json) == {"object", "input_tokens"} and answer.json["object"] == "response.input_tokens"
    # As it would be sent: under the tool's other name, with nothing that only an answer needs.
    assert call.json["model"] == "gpt-4o-mini" and call.json["tools"][0]["name"] != "search.it"
    assert not {"store", "include", "stream", "max_output_tokens"} & set(call.json)


def test_input_tokens_are_estimated_elsewhere(gateway, sandbox):
    def count(text):
        answer = count_input(gateway, {"model": "mistral/mistral-large-latest", "input": [{"role": "user", "content": text}]})
        assert answer.status == 200, answer
        assert answer.json["object"] == "response.input_tokens" and answer.json["dragoman"]["estimated"] is True
        return answer.json["input_tokens"]

    assert 0 < count("short") < count("a much longer text " * 50)


def test_input_tokens_of_a_conversation_that_is_kept(gateway, sandbox):
    first = http.call(gateway.url, "POST", "/v1/responses", {"model": "claude", "input": "A long question. " * 40}).json
    alone = count_input(gateway, {"model": "claude", "input": "And?"}).json["input_tokens"]
    both = count_input(gateway, {"model": "claude", "input": "And?", "previous_response_id": first["id"]}).json["input_tokens"]
    before = count_input(gateway, {"model": "claude", "previous_response_id": first["id"]}).json["input_tokens"]
    assert both > alone + 100 and before > 100
    unknown = count_input(gateway, {"model": "claude", "input": "And?", "previous_response_id": "resp_nobody"})
    assert unknown.status == 400 and unknown.json["error"]["code"] == "previous_response_not_found"


def test_input_tokens_refuses_what_it_cannot_read(gateway):
    for body, status in (({"model": "nowhere", "input": "x"}, 404), ({"input": "x"}, 400), ([], 400), ({"model": "mini", "input": 5}, 400)):
        answer = count_input(gateway, body)
        assert answer.status == status and answer.json["error"]["message"], answer


def test_the_sdk_counts(gateway):
    from openai import OpenAI as Client
    client = Client(base_url=gateway.url + "/v1", api_key="unused", max_retries=0)
    assert client.responses.input_tokens.count(model="mini", input="Hello").input_tokens > 0
    assert client.responses.input_tokens.count(model="claude", input="Hello").input_tokens > 0


def test_compacting_is_refused_in_words(gateway):
    answer = http.call(gateway.url, "POST", "/v1/responses/compact", {"model": "mini", "input": "x"})
    assert answer.status == 404 and "does not compact" in answer.json["error"]["message"]


def samples(text):
    """{name{labels}: value} of a scrape; fails on a line that is not of the format."""
    out = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^}]*\})? (\S+)', line)
        assert match, line
        out[match.group(1) + (match.group(2) or "")] = float(match.group(3))
    return out


def total(scrape, name, *labels):
    return sum(value for key, value in scrape.items() if key.startswith(name) and all(label in key for label in labels))


def test_metrics_count_requests_attempts_and_fallbacks(gateway, sandbox):
    before = samples(gateway.get("/metrics").body.decode())
    sandbox.fault("overloaded", provider="openai")
    assert gateway.ask(OpenAI, OpenAI.request("mini", "hi")).status == 200
    assert gateway.ask(Anthropic, Anthropic.request("claude", "hi")).status == 200
    after = {}

    def grew(*labels):
        keys = {key for key in after if all(label in key for label in labels)}
        return sum(after[key] - before.get(key, 0) for key in keys)

    deadline = time.monotonic() + 5  # an answer is counted once it has gone out
    while not grew("requests_total", "anthropic_messages") and time.monotonic() < deadline:
        after = samples(gateway.get("/metrics").body.decode())
    assert all(name.startswith("dragoman_") for name in after)
    assert grew("requests_total", "openai_chat") == 1
    assert grew("requests_total", "anthropic_messages") == 1
    assert grew("attempts_total", "openai/gpt-4o-mini") == 1
    assert grew("attempts_total", "openai/gpt-4o-mini", '"ok"') == 0
    assert grew("attempts_total", "mistral/mistral-large-latest", '"ok"') == 1
    assert grew("fallbacks_total", "openai/gpt-4o-mini", "mistral") == 1
    assert grew("tokens_total", "anthropic") > 0


@pytest.mark.parametrize("path", ["/chat/completions", "/openai/v1/chat/completions"])
def test_other_base_urls_of_openai_clients(gateway, sandbox, path):
    assert http.call(gateway.url, "POST", path, OpenAI.request("mini", "hi")).status == 200


def test_headers_of_every_answer(gateway, sandbox, client):
    answer = gateway.ask(client, client.request("mini", "hi"))
    assert answer.header("x-request-id")
    assert answer.header("x-dragoman-target") == "openai/gpt-4o-mini"
    assert answer.header("x-dragoman-attempts") == "1"
    assert re.fullmatch(r"\d+(; \w+=\d+(, \w+=\d+)*)?", answer.header("x-dragoman-edits"))
    assert answer.header("x-dragoman-fallback-reason") is None
    other = gateway.ask(client, client.request("mini", "hi"))
    assert other.header("x-request-id") != answer.header("x-request-id")


def test_names_not_in_the_file_are_served_by_provider_and_model(gateway, sandbox, client):
    answer = gateway.ask(client, client.request("gemini/gemini-2.5-flash", "hi"))
    assert answer.status == 200
    assert answer.header("x-dragoman-target") == "gemini/gemini-2.5-flash"
    assert sandbox.last().provider == "gemini"
