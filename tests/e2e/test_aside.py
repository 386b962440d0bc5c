"""Words beside a forced call: JSON output stays JSON, in every client's dialect, and nothing of what was said is lost."""
import json

import pytest

from harness import config, http
from harness.samples import OpenAI

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
PREFACE = "I will answer in JSON now."


@pytest.fixture(scope="module")
def gateway(start, emulators):
    providers = config.providers(emulators.url)
    providers["groq"]["compat"] = {"supportsJsonSchemaResponseFormat": False}
    return start({"m": config.model("groq/llama-3.3-70b-versatile"), "plan": config.model("cohere/command-a-03-2025")},
                 providers=providers)


FORMAT = {"response_format": {"type": "json_schema", "json_schema": {"name": "out", "schema": SCHEMA}}}


def say(sandbox, provider, **said):
    sandbox.fault({"kind": "say", **said}, provider=provider)


@pytest.mark.parametrize("stream", [False, True])
def test_json_output_stays_json(gateway, sandbox, stream):
    say(sandbox, "groq", text=PREFACE, calls=[{"name": "json_response", "arguments": {"a": 1}}])
    body = {**OpenAI.request("m", "hi"), **FORMAT}
    if not stream:
        message = gateway.ask(OpenAI, body).json["choices"][0]["message"]
        assert json.loads(message["content"]) == {"a": 1} and message["reasoning_content"] == PREFACE
        return
    _, _, events = gateway.stream(OpenAI, {**body, "stream": True})
    deltas = [choice["delta"] for event in events if event.data != "[DONE]" for choice in event.json["choices"]]
    assert json.loads("".join(d.get("content") or "" for d in deltas)) == {"a": 1}
    assert "".join(d.get("reasoning_content") or "" for d in deltas) == PREFACE


def test_an_answer_in_words_is_one(gateway, sandbox):
    """The model was asked for a call and talks."""
    say(sandbox, "groq", text=PREFACE)
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), **FORMAT})
    assert answer.json["choices"][0]["message"]["content"] == PREFACE


@pytest.mark.parametrize("choice, kinds", [({"any": {}}, ["reasoningContent", "toolUse"]), ({"auto": {}}, ["text", "toolUse"])])
def test_a_plan_before_a_forced_call(gateway, sandbox, choice, kinds):
    """As the AI SDK's Bedrock client asks for JSON: it takes text before its tool's call for part of the JSON."""
    say(sandbox, "cohere", text=PREFACE, calls=[{"name": "json", "arguments": {"a": 1}}])
    body = {"messages": [{"role": "user", "content": [{"text": "hi"}]}]}
    body["toolConfig"] = {"tools": [{"toolSpec": {"name": "json", "description": "d", "inputSchema": {"json": SCHEMA}}}],
                          "toolChoice": choice}
    content = http.call(gateway.url, "POST", "/model/plan/converse", body).json["output"]["message"]["content"]
    # The emulated model says it in its content and in its plan.
    assert list(dict.fromkeys(next(iter(block)) for block in content)) == kinds
    assert PREFACE in json.dumps(content[0]) and content[-1]["toolUse"]["input"] == {"a": 1}
