"""OpenClaw's own recipes (docs.openclaw.ai: Ollama recipes, provider examples; a LM Studio setup as its users publish it),
with the emulated providers' addresses: they run, and mean what they say there."""
import openai
import pytest

# docs.openclaw.ai/providers/ollama/recipes, "LAN Ollama host with manual models".
LAN_OLLAMA = """
{
  models: {
    providers: {
      ollama: {
        baseUrl: "${SANDBOX}/ollama",
        apiKey: "ollama-local",
        api: "ollama",
        timeoutSeconds: 300,
        maxTokens: 8192,
        models: [
          {
            id: "qwen3.5:9b",
            name: "qwen3.5:9b",
            reasoning: true,
            input: ["text"],
            contextTokens: 32768,
            params: { num_ctx: 32768, thinking: false, keep_alive: "15m" },
          },
        ],
      },
    },
  },
  agents: { defaults: { model: { primary: "ollama/qwen3.5:9b" } } },
}
"""

# docs.openclaw.ai/gateway/config-tools/provider-examples, Cerebras.
CEREBRAS = """
{
  env: { vars: { CEREBRAS_API_KEY: "csk-from-env-block" } },
  agents: {
    defaults: {
      model: { primary: "cerebras/zai-glm-4.7", fallbacks: ["cerebras/gpt-oss-120b"] },
      models: {
        "cerebras/zai-glm-4.7": { alias: "GLM 4.7 (Cerebras)" },
        "cerebras/gpt-oss-120b": { alias: "GPT OSS 120B (Cerebras)" },
      },
    },
  },
  models: {
    mode: "merge",
    providers: {
      cerebras: {
        baseUrl: "${SANDBOX}/cerebras/v1",
        apiKey: "${CEREBRAS_API_KEY}",
        api: "openai-completions",
        models: [
          { id: "zai-glm-4.7", name: "GLM 4.7 (Cerebras)" },
          { id: "gpt-oss-120b", name: "GPT OSS 120B (Cerebras)" },
        ],
      },
    },
  },
}
"""

# A local server's block as people paste it (strict JSON, costs, no key), under dragoman's own keys.
LM_STUDIO = """
server: {}
models:
  providers:
    {"lmstudio": {"baseUrl": "${SANDBOX}/llamacpp/v1", "apiKey": "lm-studio", "api": "openai-completions", "models": [
      {"id": "qwen2.5-7b", "name": "Qwen 2.5 7B", "reasoning": false, "input": ["text"],
       "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0}, "contextWindow": 32768, "maxTokens": 4096,
       "compat": {"requiresStringContent": true, "supportsStrictMode": false, "maxTokensField": "max_tokens",
                  "unsupportedToolSchemaKeywords": ["pattern"]}}]}}
  quick: {targets: [lmstudio/qwen2.5-7b]}
"""

TOOL = {
    "type": "function",
    "function": {
        "name": "grep",
        "description": "searches",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"pattern": {"type": "string", "pattern": "^.+$"}},
            "required": ["pattern"],
            "additionalProperties": False,
        },
    },
}


def gateway(start, emulators, text):
    running = start(text=text, env={"SANDBOX": emulators.url})
    return openai.OpenAI(base_url=running.url + "/v1", api_key="unused", max_retries=0), running


def ask(sdk, model, **more):
    more.setdefault("messages", [{"role": "user", "content": "hi"}])
    return sdk.chat.completions.create(model=model, **more)


def test_ollama_on_the_lan(start, emulators, sandbox):
    sdk, running = gateway(start, emulators, LAN_OLLAMA)
    for model in ("ollama/qwen3.5:9b", "qwen3.5:9b", "default"):
        assert ask(sdk, model).choices[0].message.content.endswith("You said: hi")
    call = sandbox.received("ollama")[-1]
    assert call.path == "/ollama/v1/chat/completions" and call.header("authorization") == "Bearer ollama-local"
    assert call.json["model"] == "qwen3.5:9b" and call.json["options"]["num_ctx"] == 32768
    assert ask(sdk, "default", stream=False, tools=[TOOL]).choices[0].message.tool_calls[0].function.name == "grep"


def test_cerebras_with_a_fallback_and_aliases(start, emulators, sandbox):
    sdk, _ = gateway(start, emulators, CEREBRAS)
    for model in ("default", "GLM 4.7 (Cerebras)", "GPT OSS 120B (Cerebras)", "cerebras/gpt-oss-120b"):
        assert ask(sdk, model).choices[0].message.content == "You said: hi"
    asked = [call.json["model"] for call in sandbox.received("cerebras")][-4:]
    assert asked == ["zai-glm-4.7", "zai-glm-4.7", "gpt-oss-120b", "gpt-oss-120b"]
    assert sandbox.received("cerebras")[-1].header("authorization") == "Bearer csk-from-env-block"
    # CER-06: the first takes no strict tools; it gets the tool without the word.
    ask(sdk, "cerebras/zai-glm-4.7", tools=[TOOL])
    assert "strict" not in sandbox.received("cerebras")[-1].json["tools"][0]["function"]


def test_a_local_server_pasted_into_yaml(start, emulators, sandbox):
    sdk, _ = gateway(start, emulators, LM_STUDIO)
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    answer = ask(sdk, "quick", messages=[{"role": "user", "content": parts}], tools=[TOOL], max_completion_tokens=9000)
    assert answer.choices[0].message.tool_calls[0].function.name == "grep"
    body = sandbox.received("llamacpp")[-1].json
    assert body["messages"][0]["content"] == "a\nb" and body["max_tokens"] == 4096
    function = body["tools"][0]["function"]
    assert "strict" not in function and function["parameters"]["properties"]["pattern"] == {"type": "string"}
