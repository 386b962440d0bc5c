"""The places beside the two chat endpoints."""
import re

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
    after = samples(gateway.get("/metrics").body.decode())
    assert all(name.startswith("dragoman_") for name in after)

    def grew(*labels):
        keys = {key for key in after if all(label in key for label in labels)}
        return sum(after[key] - before.get(key, 0) for key in keys)

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
