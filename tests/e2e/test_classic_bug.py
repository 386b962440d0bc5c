"""The LiteLLM configuration of the classic bug, unchanged but for its endpoints (and a shorter timeout): the primary
hangs, is tried three times, and the fallback must receive tools and tool_choice as if it had been asked first."""
import pytest

from harness import http
from harness.gateway import attempts, served_by
from harness.samples import Anthropic, OpenAI

CLASSIC = """\
model_list:
  - model_name: gpt-oss-20b
    litellm_params:
      model: bedrock/openai.gpt-oss-20b-1:0
      aws_region_name: us-east-1
      aws_access_key_id: os.environ/AWS_ACCESS_KEY_ID
      aws_secret_access_key: os.environ/AWS_SECRET_ACCESS_KEY
      aws_bedrock_runtime_endpoint: {url}/bedrock
      timeout: 0.4
  - model_name: gpt-4o-mini
    litellm_params:
      model: azure/gpt-4o-mini-2024-07-18
      api_base: {url}/azure
      api_key: os.environ/AZURE_API_KEY
      api_version: "2024-10-21"
  - model_name: gemini
    litellm_params:
      model: gemini/gemini-2.5-flash
      api_base: {url}/gemini
      api_key: os.environ/GEMINI_API_KEY
      num_retries: 0
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
      api_base: {url}/openai/v1
      api_key: os.environ/OPENAI_API_KEY

router_settings:
  num_retries: 2
  retry_after: 0
  allowed_fails: 1000
  fallbacks:
    - gpt-oss-20b: ["gpt-4o-mini"]
    - gemini: ["gpt-4o"]
  routing_strategy: simple-shuffle

litellm_settings:
  drop_params: true
  max_budget: 100

general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
  database_connection_pool_limit: 10
"""
ENV = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AZURE_API_KEY": "azure-key",
    "GEMINI_API_KEY": "gemini-key",
    "OPENAI_API_KEY": "sk-openai",
    "LITELLM_MASTER_KEY": "sk-1234",
}


@pytest.fixture(scope="module")
def gateway(start, emulators):
    gateway = start(text=CLASSIC.format(url=emulators.url), env=ENV)
    gateway.key = "sk-1234"
    return gateway


@pytest.mark.parametrize("choice", ["required", "named", "auto"])
def test_hanging_primary_then_azure(gateway, sandbox, client, choice, streamed):
    direct = client.request("gpt-4o-mini", tools=True, choice=choice, stream=streamed)
    ask = gateway.stream if streamed else gateway.ask
    ask(client, direct)
    expected = sandbox.last("azure").sent
    sandbox.clear()

    sandbox.fault("hang", provider="bedrock", repeat=True)
    body = {**direct, "model": "gpt-oss-20b"}
    if streamed:
        status, headers, events = gateway.stream(client, body)
        headers = dict(headers)
        assert status == 200 and client.complete(events), events
        assert "get_weather" in "".join(event.data for event in events)
    else:
        answer = gateway.ask(client, body)
        assert answer.status == 200, answer
        headers = dict(answer.headers)
        assert client.calls(answer.json)[0][0] == "get_weather"
    received = sandbox.received()
    assert [call.provider for call in received] == ["bedrock"] * 3 + ["azure"]
    assert headers["x-dragoman-attempts"] == "4"
    assert received[3].sent == expected
    assert received[3].json["tools"] and received[3].json["tool_choice"]
    assert len({call.body for call in received[:3]}) == 1


def test_tools_reach_azure_as_the_client_wrote_them(gateway, sandbox):
    body = OpenAI.request("gpt-oss-20b", tools=True, choice="named")
    sandbox.fault("reset", provider="bedrock", repeat=True)
    assert gateway.ask(OpenAI, body).status == 200
    received = sandbox.last("azure").json
    assert received["tools"] == body["tools"]
    assert received["tool_choice"] == body["tool_choice"]


def test_gemini_429_then_strict_tools_at_openai(gateway, sandbox):
    direct = OpenAI.request("gpt-4o", tools=True, choice="required")
    gateway.ask(OpenAI, direct)
    expected = sandbox.last("openai").sent
    sandbox.clear()

    sandbox.fault({"kind": "rate_limit", "retry_after": 60}, provider="gemini", repeat=True)
    answer = gateway.ask(OpenAI, {**direct, "model": "gemini"})
    assert answer.status == 200, answer
    assert served_by(answer) == "openai/gpt-4o"
    received = sandbox.last("openai")
    assert received.sent == expected
    assert received.json["tools"] == direct["tools"], "strict, $defs, $ref and additionalProperties included"
    assert attempts(answer) == 2


def test_the_master_key_of_the_file_is_asked_for(gateway, sandbox):
    for dialect, header in ((OpenAI, "authorization"), (Anthropic, "x-api-key")):
        refused = http.call(gateway.url, "POST", dialect.path, dialect.request("gpt-4o"), {header: "Bearer wrong"})
        assert refused.status == 401
        dialect.error(refused.json)
    accepted = http.call(gateway.url, "POST", Anthropic.path, Anthropic.request("gpt-4o"), {"x-api-key": "sk-1234"})
    assert accepted.status == 200, accepted
    assert len(sandbox.received()) == 1


def test_keys_it_does_not_honour_are_listed_with_their_lines(gateway):
    lines = CLASSIC.splitlines()
    for key in ("max_budget", "database_connection_pool_limit"):
        number = next(i for i, line in enumerate(lines, start=1) if line.strip().startswith(key))
        assert any(
            key in line and str(number) in line for line in gateway.output.splitlines()
        ), f"{key} of line {number} is not named in:\n{gateway.output}"
