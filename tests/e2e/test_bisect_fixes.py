"""`dragoman bisect`: its fixes are those that a person would make."""
import json

import pytest

from harness import config
from harness.bisect import GROQ, bisect, chat, mended, settings
from harness.process import run

__all__ = ["settings"]

RAW = ("--raw", "--to", "openai/gpt-4o-mini")


def test_too_many_tools_is_a_number(settings, sandbox):
    tools = [{"type": "function", "function": {"name": f"t{i}", "parameters": {"type": "object", "properties": {}}}} for i in range(140)]
    calls = [{"id": "call_1", "type": "function", "function": {"name": "t139", "arguments": "{}"}}]
    request = {"model": "m", "tools": tools, "messages": [
        {"role": "user", "content": "hi"}, {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "tool_call_id": "call_1", "content": "x"}]}
    report = mended(settings, request, *RAW)
    [fault] = report["faults"]
    assert fault["count"] == {"of": "tools", "pointer": "/tools", "most": 128, "sent": 140}
    assert len(fault["fix"]) == 12 and "/tools/139" not in [part["pointer"] for part in fault["fix"]], "it is called"
    assert len(report["fixed"]["tools"]) == 128 and len(fault["request"]["tools"]) == 129
    assert report["calls"] == len(sandbox.received("openai")) < 25
    text = run("bisect", str(settings.parent / "request.json"), "--config", str(settings), "--yes", *RAW, cwd=settings.parent).stdout
    assert "at most 128 tools: you send 140. 12 have to go" in text


def test_too_many_tools_for_dragoman_too(settings, sandbox):
    """What the profile knows costs no call to find."""
    tools = [{"type": "function", "function": {"name": f"t{i}", "parameters": {"type": "object"}}} for i in range(130)]
    request = {"model": "m", "tools": tools, "messages": [{"role": "user", "content": "hi"}]}
    report = mended(settings, request, "--to", "openai/gpt-4o-mini")
    assert report["faults"][0]["count"]["most"] == 128


def test_missing_items_are_added(settings):
    schema = {"type": "object", "properties": {"tags": {"type": "array"}, "n": {"type": "integer"}}}
    tools = [{"type": "function", "function": {"name": f"t{i}", "parameters": schema if i in (2, 5) else {"type": "object", "properties": {}}}}
             for i in range(8)]
    report = mended(settings, {"model": "m", "tools": tools, "messages": [{"role": "user", "content": "hi"}]}, *RAW)
    [fault] = report["faults"]
    assert fault["remedy"] == "say what the array holds" and fault["fix"] == []
    assert report["patch"] == [{"op": "add", "path": f"/tools/{i}/function/parameters/properties/tags/items", "value": {}} for i in (2, 5)]
    assert report["fixed"]["tools"][5]["function"]["parameters"]["properties"]["tags"] == {"type": "array", "items": {}}


def test_a_tool_is_renamed_wherever_it_is_called(settings):
    call = {"id": "call_1", "type": "function", "function": {"name": "files.read", "arguments": "{}"}}
    request = {"model": "m", "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": None, "tool_calls": [call]},
                                          {"role": "tool", "tool_call_id": "call_1", "content": "x"}],
               "tools": [{"type": "function", "function": {"name": "files.read", "parameters": {"type": "object", "properties": {}}}}]}
    report = mended(settings, request, *RAW)
    assert report["fixed"]["tools"][0]["function"]["name"] == "files_read"
    assert report["fixed"]["messages"][1]["tool_calls"][0]["function"]["name"] == "files_read"
    assert "rename the tool" in " ".join(fault["remedy"] for fault in report["faults"])


def test_a_number_is_brought_within_its_limit(settings):
    request = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "temperature": 3.5, "seed": 7}
    report = mended(settings, request, *RAW)
    assert report["patch"] == [{"op": "replace", "path": "/temperature", "value": 2}]


def test_several_faults_are_mended_each_in_its_way(settings):
    schema = {"type": "object", "properties": {"tags": {"type": "array"}}}
    request = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "temperature": 3.5, "stoop": ["x"],
               "tools": [{"type": "function", "function": {"name": "t", "parameters": schema}}]}
    report = mended(settings, request, *RAW)
    assert {step["path"]: step["op"] for step in report["patch"]} == {
        "/tools/0/function/parameters/properties/tags/items": "add", "/temperature": "replace", "/stoop": "remove"}
    assert "stoop" not in report["fixed"] and report["fixed"]["temperature"] == 2


def test_the_price_is_said_beforehand(settings, tmp_path):
    request = chat(store=True)
    _, _, err = bisect(settings, request, "--to", "openai/gpt-4o-mini")
    assert "cents" in err and "a million" in err and "List prices" in err
    _, _, err = bisect(settings, request, "--to", GROQ)
    assert "Its price is not known" in err and "price: {input: 3, output: 15}" in err
    document = json.loads(settings.read_text())
    document["models"]["dear"] = {"targets": [{"target": GROQ, "price": {"input": 3000, "output": 15000}}]}
    config.write(settings, document)
    _, _, err = bisect(settings, request, "--to", "dear")
    assert "about $" in err and "$15000.00 a million" in err and "Prices of the config" in err


def test_embedding_requests(settings, sandbox):
    request = {"model": "m", "input": ["a", "b", "c"], "dimensions": 64, "user": "u", "encoding_format": "utf8"}
    status, report, err = bisect(settings, request, "--yes", "--raw", "--to", "openai/text-embedding-3-small")
    assert status == 0, (report, err)
    assert report["patch"] == [{"op": "remove", "path": "/encoding_format"}]


@pytest.mark.parametrize("target, request_, patch", [
    ("openai/gpt-4o-mini", {"stop": ["a", "b", "c", "d", "e"]}, [{"op": "remove", "path": "/stop/4"}]),
    ("openai/o3", {"max_tokens": 50}, [{"op": "add", "path": "/max_completion_tokens", "value": 50}, {"op": "remove", "path": "/max_tokens"}]),
    ("anthropic/claude-sonnet-4-5", {}, [{"op": "add", "path": "/max_tokens", "value": 4096}]),
    ("anthropic/claude-sonnet-4-5", {"max_tokens": 50, "temperature": 1.7}, [{"op": "replace", "path": "/temperature", "value": 1}]),
    ("anthropic/claude-sonnet-4-5", {"max_tokens": 500_000}, [{"op": "replace", "path": "/max_tokens", "value": 64_000}]),
    ("anthropic/claude-sonnet-4-5", {"max_tokens": 50, "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "So: "}]},
     [{"op": "replace", "path": "/messages/1/content", "value": "So:"}]),
    # A call without its result: the turn goes, and not the user's words before it.
    ("anthropic/claude-sonnet-4-5", {"max_tokens": 50, "tools": [{"name": "a", "input_schema": {"type": "object"}}], "messages": [
        {"role": "user", "content": "hi"}, {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "a", "input": {}}]},
        {"role": "user", "content": "and?"}]}, [{"op": "remove", "path": "/messages/1"}]),
    ("openai/gpt-4o-mini", {"tools": [{"type": "function", "function": {"name": "a", "strict": True, "parameters": {
        "type": "object", "properties": {"x": {"type": "string"}, "y": {"type": "object", "properties": {"z": {"type": "string"}}}},
        "required": ["x"]}}}]},
     [{"op": "add", "path": "/tools/0/function/parameters/additionalProperties", "value": False},
      {"op": "add", "path": "/tools/0/function/parameters/properties/y/additionalProperties", "value": False},
      {"op": "replace", "path": "/tools/0/function/parameters/required", "value": ["x", "y"]},
      {"op": "add", "path": "/tools/0/function/parameters/properties/y/required", "value": ["z"]}]),
    ("mistral/mistral-large-latest", {"messages": [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "call_1_long", "type": "function", "function": {"name": "a", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "call_1_long", "content": "x"}],
        "tools": [{"type": "function", "function": {"name": "a", "parameters": {"type": "object", "properties": {}}}}]},
     [{"op": "replace", "path": "/messages/1/tool_calls/0/id", "value": "call00001"},
      {"op": "replace", "path": "/messages/2/tool_call_id", "value": "call00001"}]),
])
def test_what_a_person_would_change(settings, target, request_, patch):
    request = {"model": "m", "messages": [{"role": "user", "content": "hi"}], **request_}
    dialect = "anthropic" if target.startswith("anthropic") else "openai"
    assert mended(settings, request, "--raw", "--from", dialect, "--to", target)["patch"] == patch


def test_the_only_message_is_not_left_out(settings):
    request = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": ""}]}
    status, report, _ = bisect(settings, request, "--yes", "--raw", "--from", "anthropic", "--to", "anthropic/claude-sonnet-4-5")
    assert status == 0 and [fault["fix"] for fault in report["faults"]] == [[]]
    assert report["patch"] == [{"op": "replace", "path": "/messages/0/content", "value": "."}]
