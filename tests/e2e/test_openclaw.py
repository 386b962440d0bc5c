"""OpenClaw's models.providers, pasted in or as a whole openclaw.json, behind the official SDKs: what the emulated
providers received is what OpenClaw's words mean."""
import json

import anthropic
import openai
import pytest

from harness import http, samples
from harness.process import ROOT, run

AWS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}

TOOL = {
    "type": "function",
    "function": {
        "name": "grep",
        "description": "searches",
        "parameters": {
            "type": "object",
            "properties": {"pattern": {"type": "string", "minLength": 1, "pattern": "^.+$"}},
            "required": ["pattern"],
        },
    },
}


@pytest.fixture(scope="module")
def whole(start, emulators):
    """A whole openclaw.json, as it is, with --config."""
    text = (ROOT / "tests" / "configs" / "openclaw.json5").read_text()
    env = {"SANDBOX": emulators.url, "PROXY_KEY": "sk-proxy", "GOOGLE_KEY": "g-key", **AWS}
    return start(text=text, env=env)


@pytest.fixture(scope="module")
def sdk(whole):
    return openai.OpenAI(base_url=whole.url + "/v1", api_key="unused", max_retries=0)


@pytest.fixture(scope="module")
def claude(whole):
    return anthropic.Anthropic(base_url=whole.url, api_key="unused", max_retries=0)


def last(sandbox, provider):
    return sandbox.received(provider)[-1]


def ask(sdk, model, **more):
    more.setdefault("messages", [{"role": "user", "content": "hi"}])
    return sdk.chat.completions.create(model=model, **more)


def test_every_idle_key_is_named_with_its_line(whole):
    said = whole.output
    for line, word in ((3, "meta"), (57, "github-copilot"), (64, "workspace"), (67, "channels"), (68, "gateway")):
        assert any(f":{line}:" in row and word in row for row in said.splitlines()), (line, word, said)
    assert "sk-proxy" not in said and "g-key" not in said


@pytest.mark.parametrize("model, provider, path", [
    ("house-proxy/gpt-4o-mini", "openai", "/openai/v1/chat/completions"),
    ("claude-door/claude-sonnet-4-5", "anthropic", "/anthropic/v1/messages"),
    ("google/gemini-2.5-flash", "gemini", "/gemini/v1beta/models/gemini-2.5-flash:generateContent"),
    ("amazon-bedrock/us.amazon.nova-pro-v1:0", "bedrock", "/bedrock/model/us.amazon.nova-pro-v1%3A0/converse"),
    ("notools/bare", "vllm", "/vllm/v1/chat/completions"),
])
def test_every_wire_answers_both_sdks(sdk, claude, sandbox, model, provider, path):
    assert ask(sdk, model).choices[0].message.content == "You said: hi"
    assert last(sandbox, provider).path == path
    message = claude.messages.create(model=model, max_tokens=64, messages=[{"role": "user", "content": "hi"}])
    assert message.content[0].text == "You said: hi"
    with claude.messages.stream(model=model, max_tokens=64, messages=[{"role": "user", "content": "hi"}]) as stream:
        assert stream.get_final_text() == "You said: hi"


def test_keys_and_headers(sdk, sandbox):
    ask(sdk, "house-proxy/gpt-4o-mini")
    call = last(sandbox, "openai")
    assert call.header("authorization") == "Bearer sk-proxy"
    assert call.header("x-team") == "coding"
    ask(sdk, "sonnet")  # an alias of agents.defaults.models
    call = last(sandbox, "anthropic")
    assert call.header("x-api-key") == "local-from-env-block"
    assert call.header("authorization") is None
    ask(sdk, "google/gemini-2.5-flash")
    assert last(sandbox, "gemini").header("x-goog-api-key") == "g-key"


def test_compat_of_a_model(sdk, sandbox):
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    ask(sdk, "gpt-4o-mini", messages=[{"role": "user", "content": parts}], max_tokens=99_999)
    sent = last(sandbox, "openai").json
    assert sent["messages"] == [{"role": "user", "content": "a\nb"}]
    assert sent["max_completion_tokens"] == 16384 and "max_tokens" not in sent
    assert sent["store"] is False
    assert sent["temperature"] == 0.25  # params
    ask(sdk, "gpt-4o-mini", temperature=0.5, store=True)
    sent = last(sandbox, "openai").json
    assert (sent["temperature"], sent["store"]) == (0.5, True)


def test_a_model_that_reasons(sdk, sandbox):
    ask(sdk, "o3-mini", messages=[{"role": "system", "content": "s"}, {"role": "user", "content": "hi"}],
        reasoning_effort="high", temperature=0.5)
    sent = last(sandbox, "openai").json
    assert sent["reasoning_effort"] == "high"
    assert sent["messages"][0] == {"role": "developer", "content": "s"}
    assert "temperature" not in sent
    ask(sdk, "gpt-4o-mini", reasoning_effort="high")
    assert "reasoning_effort" not in last(sandbox, "openai").json


def test_without_tools_the_model_is_told(sdk, claude, sandbox, whole):
    answer = sdk.chat.completions.with_raw_response.create(
        model="notools/small", messages=[{"role": "user", "content": "hi"}], tools=[TOOL], tool_choice="auto")
    sent = last(sandbox, "vllm").json
    assert "tools" not in sent and "tool_choice" not in sent
    assert sent["messages"][0]["role"] == "system" and "no tools" in sent["messages"][0]["content"]
    assert "semantic=" in answer.headers["x-dragoman-edits"]
    claude.messages.create(model="notools/small", max_tokens=64, messages=[{"role": "user", "content": "hi"}],
                           tools=samples.anthropic_tools())
    assert "tools" not in last(sandbox, "vllm").json


def test_tool_names_and_schema_keywords(sdk, sandbox):
    first = ask(sdk, "notools/bare", tools=[TOOL])
    sent = last(sandbox, "vllm").json
    assert sent["tools"][0]["function"]["parameters"]["properties"] == {"pattern": {"type": "string"}}
    assert sent["tool_choice"] == "auto"  # an endpoint nothing is known of
    call = first.choices[0].message.tool_calls[0]
    ask(sdk, "notools/bare", tools=[TOOL], messages=[
        {"role": "user", "content": "hi"},
        {"role": "assistant", "tool_calls": [call.model_dump()]},
        {"role": "tool", "tool_call_id": call.id, "content": "found"},
    ])
    messages = last(sandbox, "vllm").json["messages"]
    made = messages[-2]["tool_calls"][0]["id"]
    assert messages[-1] == {"role": "tool", "tool_call_id": made, "name": "grep", "content": "found"}


def test_the_agents_primary_model_and_its_fallback(sdk, sandbox):
    sandbox.fault("html_502", provider="openai", repeat=True)
    answer = sdk.chat.completions.with_raw_response.create(
        model="default", messages=[{"role": "user", "content": "hi"}])
    assert answer.headers["x-dragoman-target"] == "claude-door/claude-sonnet-4-5"


PASTED = """
server: {listen: "127.0.0.1:0"}
journal: {path: journal.db}
defaults: {retries: 0, cooldown: {enabled: false}}
models:
  providers:
    grok:
      baseUrl: SANDBOX/xai/v1
      apiKey: sk-x
      models:
        - id: grok-4-entities
          name: Grok
          compat: {toolCallArgumentsEncoding: html-entities}
    router:
      baseUrl: SANDBOX/openrouter/api/v1
      apiKey: sk-or
      models:
        - id: anthropic/claude-sonnet-4.5
          name: Sonnet
          reasoning: true
          compat:
            thinkingFormat: openrouter
            openRouterRouting: {only: [anthropic], allow_fallbacks: false}
            sendSessionAffinityHeaders: true
            sessionAffinityFormat: openrouter
  fast: {targets: [router/anthropic/claude-sonnet-4.5], fallbacks: [grok/grok-4-entities]}
"""


@pytest.fixture(scope="module")
def pasted(start, emulators):
    return start(text=PASTED.replace("SANDBOX", emulators.url))


def test_routing_and_affinity(pasted, sandbox):
    sdk = openai.OpenAI(base_url=pasted.url + "/v1", api_key="unused", max_retries=0)
    ask(sdk, "fast", reasoning_effort="high", extra_body={"prompt_cache_key": "conv-1"})
    call = last(sandbox, "openrouter")
    assert call.json["provider"] == {"only": ["anthropic"], "allow_fallbacks": False}
    assert "reasoning" in call.json
    assert call.header("x-session-id") == "conv-1"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_entities_in_arguments_are_put_back(pasted, sandbox, stream):
    tool = json.loads(json.dumps(TOOL))
    tool["function"]["parameters"]["properties"] = {"pattern": {"type": "string", "enum": ["a && b < \"c\""]}}
    body = {"model": "grok/grok-4-entities", "messages": [{"role": "user", "content": "hi"}], "tools": [tool]}
    sdk = openai.OpenAI(base_url=pasted.url + "/v1", api_key="unused", max_retries=0)
    if stream:
        pieces = [c.delta for chunk in sdk.chat.completions.create(**body, stream=True) for c in chunk.choices]
        arguments = "".join(t.function.arguments or "" for p in pieces for t in p.tool_calls or [])
    else:
        arguments = sdk.chat.completions.create(**body).choices[0].message.tool_calls[0].function.arguments
    assert json.loads(arguments) == {"pattern": "a && b < \"c\""}
    # The emulator did send them encoded.
    raw = http.call(sandbox.url, "POST", "/xai/v1/chat/completions", {**body, "model": "grok-4-entities"},
                    {"authorization": "Bearer sk-x"})
    assert b"&amp;&amp;" in raw.body


def test_an_unknown_flag_is_named_with_its_line(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text(PASTED.replace("thinkingFormat:", "thinkingFromat:"))
    done = run("config", "check", str(file))
    assert done.returncode != 0
    assert "c.yaml:22:" in done.stderr + done.stdout
    assert "thinkingFormat" in (done.stderr + done.stdout).split("thinkingFromat", 1)[1]


def test_the_flags_are_listed():
    listed = json.loads(run("settings", "--json").stdout)["compat"]
    assert {"requiresStringContent", "toolCallArgumentsEncoding"} <= {row["name"] for row in listed}
    assert "requiresStringContent" in run("settings").stdout
