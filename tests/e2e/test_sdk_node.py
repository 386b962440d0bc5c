"""The official JavaScript SDKs."""
import json

import pytest

from harness import config, node, samples
from harness.targets import BY_ID

TARGETS = [BY_ID[name] for name in ("openai", "anthropic", "bedrock-nova", "bedrock-llama4", "gemini", "mistral")]


@pytest.fixture(scope="module")
def gateway(start):
    return start({"m-" + str(target): config.model(target) for target in TARGETS})


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_openai(gateway, sandbox, target, streamed):
    request = {
        "model": f"m-{target}",
        "messages": [{"role": "user", "content": "Use get_weather for Paris."}],
        "tools": samples.openai_tools(),
        "tool_choice": "required",
    }
    done = node.run("openai_chat.mjs", {"base_url": gateway.url, "api_key": "x", "request": request, "stream": streamed})
    assert "error" not in done, done
    assert done["finish_reason"] == "tool_calls"
    (call,) = done["message"]["tool_calls"]
    assert call["function"]["name"] == "get_weather"
    assert "city" in json.loads(call["function"]["arguments"])
    assert done["usage"]["prompt_tokens"] > 0


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_anthropic(gateway, sandbox, target, streamed):
    request = {
        "model": f"m-{target}",
        "max_tokens": 300,
        "messages": [{"role": "user", "content": "Use get_weather for Paris."}],
        "tools": samples.anthropic_tools(),
        "tool_choice": {"type": "any"},
    }
    done = node.run(
        "anthropic_messages.mjs", {"base_url": gateway.url, "api_key": "x", "request": request, "stream": streamed})
    assert "error" not in done, done
    assert done["message"]["stop_reason"] == "tool_use"
    (call,) = [block for block in done["message"]["content"] if block["type"] == "tool_use"]
    assert call["name"] == "get_weather" and "city" in call["input"]


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_google(gateway, sandbox, target, streamed):
    config_ = {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": 2048}, "systemInstruction": "Be terse."}
    request = {"model": f"m-{target}", "config": config_, "message": "Say hello 🜁", "again": "And again 🌦"}
    job = {"base_url": gateway.url, "api_key": "x", "request": request, "stream": streamed}
    done = node.run("google_genai.mjs", job)
    assert "error" not in done, done
    assert done["text"] == "You said: And again 🌦" and done["finish_reason"] == "STOP"
    assert done["usage"]["totalTokenCount"] > 0
    # The curated history leaves out what the SDK takes for a broken answer.
    assert sum(turn["role"] == "user" for turn in done["history"]) == 2
    declared = [{"name": n, "description": d, "parametersJsonSchema": s} for n, d, s in samples.TOOLS]
    request.update(message="Use get_weather for Paris.", again=None, config={"tools": [{"functionDeclarations": declared}]})
    (call,) = node.run("google_genai.mjs", job)["calls"]
    assert call["name"] == "get_weather" and "city" in call["args"]


@pytest.mark.parametrize("kind", ["openai-chat", "openai-responses", "anthropic", "google"])
@pytest.mark.parametrize("first, then", [
    ("anthropic/claude-sonnet-4-5", "gemini/gemini-3-pro-preview"), ("openai/gpt-4o-mini", "bedrock/us.amazon.nova-pro-v1:0")],
    ids=["claude-gemini", "openai-nova"])
def test_an_agent_of_the_vercel_ai_sdk_changes_providers(gateway, sandbox, kind, first, then, streamed):
    done = node.run("ai_sdk.mjs", {
        "base_url": gateway.url, "kind": kind, "stream": streamed, "system": "Be terse.",
        "model": first, "prompt": "Use get_weather for Paris 🜁.", "then": then, "again": "Use get_weather again."})
    assert "error" not in done, done
    for turn in (done["first"], done["second"]):
        assert "clear 🌦" in turn["text"] and turn["finish"] == "stop" and turn["steps"] == 2
    assert len(done["calls"]) == 2 and all("city" in call for call in done["calls"])


@pytest.mark.parametrize("script", ["openai_chat.mjs", "anthropic_messages.mjs"])
def test_an_error_inside_a_stream_is_thrown(gateway, sandbox, script):
    request = {"model": "m-gemini", "max_tokens": 300, "messages": [{"role": "user", "content": "one two three four"}]}
    sandbox.fault({"kind": "error_event", "at": "token", "gap": 100, "message": "overloaded inside"})
    done = node.run(script, {"base_url": gateway.url, "api_key": "x", "request": request, "stream": True})
    assert "error" in done, done
    assert "overloaded inside" in done["error"]["message"]


@pytest.mark.parametrize("script", ["openai_chat.mjs", "anthropic_messages.mjs"])
def test_an_unknown_model_is_an_error(gateway, sandbox, script):
    request = {"model": "nowhere", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    done = node.run(script, {"base_url": gateway.url, "api_key": "x", "request": request, "stream": False})
    assert done["error"]["status"] == 404
    assert "nowhere" in done["error"]["message"]


@pytest.mark.parametrize("first, then", [
    ("openai/gpt-5.6", "anthropic/claude-sonnet-4-5"), ("gemini/gemini-3-pro-preview", "openai/gpt-5.6")],
    ids=["gpt-claude", "gemini-gpt"])
def test_what_the_vercel_ai_sdk_refers_to_is_there(gateway, sandbox, first, then, streamed):
    """With `store` left on, its second request names the items of the first by their ids alone."""
    done = node.run("ai_sdk.mjs", {
        "base_url": gateway.url, "kind": "openai-responses", "store": True, "stream": streamed, "system": "Be terse.",
        "model": first, "prompt": "Use get_weather for Paris.", "then": then, "again": "Use get_weather again."})
    assert "error" not in done, done
    for turn in (done["first"], done["second"]):
        assert "clear 🌦" in turn["text"] and turn["finish"] == "stop" and turn["steps"] == 2
    sent = sandbox.last().body.decode()
    assert "item_reference" not in sent and "Use get_weather for Paris." in sent and sent.count("clear") >= 2
