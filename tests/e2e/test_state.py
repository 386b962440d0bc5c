"""Reasoning that a client cannot carry comes back to whoever issued it: the vault, with the real SDKs.

The emulators check every signature against what they issued, and refuse a thinking turn that lost its reasoning.
"""
import json
import pathlib
import sqlite3

import anthropic
import openai
import pytest

from harness import config, samples
from harness.targets import Target

THOUGHT = "The user wants an answer."  # how the emulated models' reasoning begins

CLAUDE = Target("anthropic", "claude-sonnet-4-5")
FAMILIES = [
    CLAUDE,
    Target("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock-claude"),
    Target("vertex_anthropic", "claude-sonnet-4-5", "vertex-claude"),
    Target("gemini", "gemini-3-pro-preview"),
    Target("vertex", "gemini-3-pro-preview", "vertex-gemini"),
    Target("deepseek", "deepseek-reasoner"),
    Target("moonshot", "kimi-k2-thinking"),
    Target("zai", "glm-4.6"),
    Target("openrouter", "anthropic/claude-sonnet-4.5", "openrouter-claude"),
]
GPT = Target("openai", "gpt-4o-mini")


def anthropic_state(body):
    return [
        [block for block in turn["content"]
         if isinstance(block, dict) and block["type"] in ("thinking", "redacted_thinking")]
        for turn in body["messages"]
        if turn["role"] == "assistant"
    ]


def bedrock_state(body):
    return [
        [block["reasoningContent"] for block in turn["content"] if "reasoningContent" in block]
        for turn in body["messages"]
        if turn["role"] == "assistant"
    ]


def gemini_state(body):
    return [
        [part["thoughtSignature"] for part in turn["parts"] if "thoughtSignature" in part]
        for turn in body["contents"]
        if turn["role"] == "model"
    ]


def openrouter_state(body):
    return [turn.get("reasoning_details") or [] for turn in body["messages"] if turn["role"] == "assistant"]


def chat_state(body):
    return [
        [turn["reasoning_content"]] if turn.get("reasoning_content", " ") != " " else []
        for turn in body["messages"]
        if turn["role"] == "assistant"
    ]


STATE = {
    "anthropic": anthropic_state,
    "vertex_anthropic": anthropic_state,
    "bedrock": bedrock_state,
    "openrouter": openrouter_state,
    "gemini": gemini_state,
    "vertex": gemini_state,
}


def state_sent(target, call):
    return STATE.get(target.provider, chat_state)(call.json)


class ChatClient:
    """The OpenAI SDK the way people use it: role, content and tool calls go back, nothing else is known."""

    def __init__(self, url, stream):
        self.sdk = openai.OpenAI(base_url=url + "/v1", api_key="unused", max_retries=0)
        self.stream = stream
        self.history = [{"role": "system", "content": "You are terse."}]
        self.edits = ""

    def ask(self, model, text=None, results=None):
        if text:
            self.history.append({"role": "user", "content": text})
        for id, result in zip(self.ids if results else [], results or []):
            self.history.append({"role": "tool", "tool_call_id": id, "content": result})
        asked = dict(model=model, messages=self.history, tools=samples.openai_tools(strict=False),
                     extra_body={"reasoning_effort": "high"}, max_tokens=20000)
        if self.stream:
            with self.sdk.chat.completions.stream(**asked) as stream:
                message = stream.get_final_completion().choices[0].message
        else:
            message = self.sdk.chat.completions.create(**asked).choices[0].message
        turn = {"role": "assistant", "content": message.content}
        if message.tool_calls:
            turn["tool_calls"] = [
                {"id": call.id, "type": "function",
                 "function": {"name": call.function.name, "arguments": call.function.arguments}}
                for call in message.tool_calls
            ]
        self.history.append(turn)
        self.ids = [call.id for call in message.tool_calls or []]
        return message


class MessagesClient:
    """The Anthropic SDK by somebody who keeps texts and calls only."""

    def __init__(self, url, stream):
        self.sdk = anthropic.Anthropic(base_url=url, api_key="unused", max_retries=0)
        self.stream = stream
        self.history = []

    def ask(self, model, text=None, results=None):
        content = [{"type": "text", "text": text}] if text else [
            {"type": "tool_result", "tool_use_id": id, "content": result} for id, result in zip(self.ids, results)
        ]
        self.history.append({"role": "user", "content": content})
        asked = dict(model=model, max_tokens=20000, messages=self.history, tools=samples.anthropic_tools(),
                     thinking={"type": "enabled", "budget_tokens": 4000})
        if self.stream:
            with self.sdk.messages.stream(**asked) as stream:
                message = stream.get_final_message()
        else:
            message = self.sdk.messages.create(**asked)
        blocks = [block.model_dump(mode="json", include={"type", "text", "id", "name", "input"}, exclude_none=True)
                  for block in message.content if block.type in ("text", "tool_use")]
        self.history.append({"role": "assistant", "content": blocks})
        self.ids = [block["id"] for block in blocks if block["type"] == "tool_use"]
        return message


@pytest.fixture(scope="module")
def gateway(start):
    models = {str(target): config.model(target) for target in [*FAMILIES, GPT]}
    return start(models)


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("make", [ChatClient, MessagesClient], ids=["openai-sdk", "anthropic-sdk"])
@pytest.mark.parametrize("target", FAMILIES, ids=str)
def test_there_and_back(gateway, sandbox, target, make, streamed):
    client = make(gateway.url, streamed)
    client.ask(str(target), "Use both tools.")
    assert len(client.ids) == 2
    client.ask(str(target), results=["one", "two"])
    first = state_sent(target, sandbox.last(target.sandbox))
    assert len(first) == 1 and first[0], "the call turn went back without its reasoning"
    if target.provider not in ("gemini", "vertex"):
        assert THOUGHT in json.dumps(first[0])
    if target.provider in ("anthropic", "vertex_anthropic"):
        assert sandbox.last(target.sandbox).json["thinking"]["type"] == "enabled"

    client.ask(str(GPT), "Use both tools again.")
    client.ask(str(GPT), results=["three", "four"])
    for call in sandbox.received("openai"):
        assert THOUGHT not in call.body.decode(), "reasoning was told to somebody else"
        assert "signature" not in call.body.decode()

    client.ask(str(target), "Now sum up without tools.")
    again = state_sent(target, sandbox.last(target.sandbox))
    own_dialect = make is MessagesClient and target.provider in ("anthropic", "vertex_anthropic")
    # A Messages client could have kept Claude's own blocks: it may leave out those of turns without calls.
    if own_dialect:
        assert again == [first[0], [], [], []], "what was sent before is not sent again"
    else:
        assert again[0] == first[0], "not as it was issued"
        assert again[1] or target.provider in ("gemini", "vertex"), "the turn without calls lost its reasoning"
        assert all(turn in ([], ["skip_thought_signature_validator"]) for turn in again[2:])
    assert all(call.status == 200 for call in sandbox.received())


def test_claude_moves_between_its_hosts(gateway, sandbox):
    """Signatures are Anthropic's, whoever served the model."""
    client = ChatClient(gateway.url, True)
    client.ask(str(CLAUDE), "Use both tools.")
    client.ask("bedrock-claude", results=["one", "two"])
    issued = bedrock_state(sandbox.last("bedrock").json)
    assert issued[0][0]["reasoningText"]["signature"]
    client.ask("vertex-claude", "Use both tools again.")
    assert [len(turn) for turn in anthropic_state(sandbox.last("vertex").json)] == [1, 1]


def test_gemini_signatures_stay_with_their_route(gateway, sandbox):
    client = ChatClient(gateway.url, False)
    client.ask("gemini", "Use both tools.")
    client.ask("vertex-gemini", results=["one", "two"])
    assert gemini_state(sandbox.last("vertex").json) == [["skip_thought_signature_validator"]]


def test_reasoning_text_is_not_passed_on_as_somebody_elses(gateway, sandbox):
    """reasoning_content alone says nothing of whose it is: the vault knows."""
    sdk = openai.OpenAI(base_url=gateway.url + "/v1", api_key="unused", max_retries=0)
    ask = dict(tools=samples.openai_tools(strict=False), max_tokens=20000, extra_body={"reasoning_effort": "high"})
    history = [{"role": "user", "content": "Use get_weather."}]
    message = sdk.chat.completions.create(model=str(CLAUDE), messages=history, **ask).choices[0].message
    assert message.reasoning_content.startswith(THOUGHT)
    call = message.tool_calls[0]
    history += [
        {"role": "assistant", "content": None, "reasoning_content": message.reasoning_content,
         "tool_calls": [{"id": call.id, "type": "function",
                         "function": {"name": call.function.name, "arguments": call.function.arguments}}]},
        {"role": "tool", "tool_call_id": call.id, "content": "fine"},
    ]
    sdk.chat.completions.create(model="deepseek", messages=history, **ask)
    assert sandbox.last("deepseek").json["messages"][1]["reasoning_content"] == " "


def test_survives_a_restart_and_is_sealed(start, sandbox):
    first = start({"m": config.model(CLAUDE)})
    client = ChatClient(first.url, True)
    client.ask("m", "Use both tools.")
    first.stop()
    database = first.folder / "dragoman-vault.db"
    for suffix in ("", "-wal"):
        path = pathlib.Path(str(database) + suffix)
        assert not path.exists() or THOUGHT.encode() not in path.read_bytes()
    assert sqlite3.connect(database).execute("SELECT count(*) FROM sealed").fetchone() == (1,)
    second = start({"m": config.model(CLAUDE)}, vault={"path": str(database)})
    client.sdk = openai.OpenAI(base_url=second.url + "/v1", api_key="unused", max_retries=0)
    client.ask("m", results=["one", "two"])
    assert anthropic_state(sandbox.last("anthropic").json)[0][0]["thinking"].startswith(THOUGHT)


def test_switched_off_it_degrades_as_the_provider_allows(start, sandbox):
    off = start({str(target): config.model(target) for target in FAMILIES}, vault={"enabled": False})
    for target in FAMILIES:
        client = ChatClient(off.url, False)
        client.ask(str(target), "Use both tools.")
        client.ask(str(target), results=["one", "two"])
        last = sandbox.last(target.sandbox)
        assert last.status == 200
        if target.provider in ("anthropic", "vertex_anthropic"):
            assert last.json["thinking"]["type"] == "disabled"
        if target.provider in ("gemini", "vertex"):
            assert gemini_state(last.json) == [["skip_thought_signature_validator"]]
        if target.provider in ("deepseek", "moonshot"):
            assert last.json["messages"][2]["reasoning_content"] == " "
    assert not (off.folder / "dragoman-vault.db").exists()


def test_each_key_has_its_own(start, sandbox):
    keys = [{"name": "alice", "key": "dk-alice-0123456789abcdef"}, {"name": "bob", "key": "dk-bob-0123456789abcdef"}]
    gateway = start({"m": config.model(CLAUDE)}, auth={"keys": keys})
    client = ChatClient(gateway.url, False)
    client.sdk = openai.OpenAI(base_url=gateway.url + "/v1", api_key=keys[0]["key"], max_retries=0)
    client.ask("m", "Use both tools.")
    client.sdk = openai.OpenAI(base_url=gateway.url + "/v1", api_key=keys[1]["key"], max_retries=0)
    client.ask("m", results=["one", "two"])
    assert anthropic_state(sandbox.last("anthropic").json) == [[]], "another key's reasoning was given away"
