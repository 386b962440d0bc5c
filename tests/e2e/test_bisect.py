"""`dragoman bisect`: faults planted into requests that are fine without them are found, exactly and with nothing beside."""
import copy
import json
import os
import pty
import signal
import subprocess
import time

import pytest

from harness import config
from harness.process import BINARY, run
from harness.samples import OpenAI

GROQ = "stranger/openai/gpt-oss-20b"
GEMINI = "foreign/gemini-2.5-flash"


def providers(sandbox):
    """Hosts the gateway knows nothing about, with strict emulators behind them: nothing is lowered away."""
    return {
        **config.providers(sandbox.url),
        "stranger": {
            "dialect": "openai_chat", "base_url": sandbox.url + "/groq/openai/v1", "api_key": "sk-sandbox-stranger",
            "rules": [{"id": "stranger", "why": "takes anything", "params": {"store": "ok", "metadata": "ok"}}]},
        "foreign": {"dialect": "gemini_generate", "base_url": sandbox.url + "/gemini", "api_key": "sk-sandbox-foreign",
                    "auth": "header", "auth_header": "x-goog-api-key",
                    "settings": {"schema_field": "parameters", "schema_column": ""},
                    "path": "/v1beta/models/{model}:generateContent",
                    "stream_path": "/v1beta/models/{model}:streamGenerateContent", "stream_query": "alt=sse"},
    }


@pytest.fixture
def settings(sandbox, tmp_path):
    return config.write(tmp_path / "dragoman.yaml", config.document(
        sandbox.url, {"m": config.model(GROQ, "openai/gpt-4o-mini")}, providers=providers(sandbox)))


def schema(inner=None):
    years = {"type": "array", "items": {"type": "integer", "description": "a year", **(inner or {})}}
    return {
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "what to look for"},
            "filter": {"type": "object", "properties": {"years": years, "place": {"type": "string"}}, "required": ["years"]},
        },
        "required": ["query", "filter"],
    }


def chat(keywords=None, **more):
    """A conversation with sixty tools; `keywords`: by the number of a tool, what is planted deep in its schema."""
    tools = [{"type": "function", "function": {"name": f"lookup_{i}", "description": "looks things up",
                                               "parameters": schema((keywords or {}).get(i))}} for i in range(60)]
    call = {"id": "call_1", "type": "function",
            "function": {"name": "lookup_1", "arguments": json.dumps({"query": "x", "filter": {"years": [1]}})}}
    messages = [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "nothing"},
        {"role": "assistant", "content": "well"}, {"role": "user", "content": "go on"}]
    return {"model": "m", "messages": messages, "tools": tools, "temperature": 0.5, **more}


KEYWORD_AT = "/tools/{}/function/parameters/properties/filter/properties/years/items/multipleOf"


def bisect(settings, request, *options, stdin=None):
    """(exit status, the document on standard output, standard error)"""
    path = settings.parent / "request.json"
    path.write_text(json.dumps(request))
    done = run("bisect", str(path), "--config", str(settings), "--json", *options, cwd=settings.parent, stdin=stdin)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def patched(request, patch):
    out = copy.deepcopy(request)
    for step in patch:
        assert step["op"] == "remove"
        *way, last = [token.replace("~1", "/").replace("~0", "~") for token in step["path"].split("/")[1:]]
        at = out
        for token in way:
            at = at[int(token) if isinstance(at, list) else token]
        del at[int(last) if isinstance(at, list) else last]
    return out


def found(settings, request, *options):
    """The pointers of the fix, each fault's smallest request; what is said of them is checked."""
    status, report, err = bisect(settings, request, "--yes", *options)
    assert status == 0, (report, err)
    assert report["complete"] and not report["passes"]
    assert report["fixed"] == patched(request, report["patch"])
    for fault in report["faults"]:
        assert fault["minimal"]
        for part in fault["fix"]:
            value = request
            for token in part["pointer"].split("/")[1:]:
                value = value[int(token) if isinstance(value, list) else token]
            assert part["value"] == value
    return [step["path"] for step in report["patch"]], report


def test_a_keyword_deep_in_tool_37_of_60(settings, sandbox):
    request = chat({37: {"multipleOf": 5}})
    fix, report = found(settings, request, "--to", GEMINI)
    assert fix == [KEYWORD_AT.format(37)]
    [fault] = report["faults"]
    assert fault["class"] == "schema_rejected" and "multipleOf" in fault["message"]
    assert fault["request"] == {
        "model": "m",
        "messages": fault["request"]["messages"],
        "tools": [{"type": "function", "function": {"name": "lookup_37", "parameters": {"type": "object", "properties": {
            "filter": {"properties": {"years": {"items": {"multipleOf": 5}}}}}}}}],
    }
    assert fault["request"]["messages"] == [{"role": "user", "content": "go on"}]
    assert "unsupportedToolSchemaKeywords" in fault["config"]
    received = sandbox.received("gemini")
    assert len(received) == report["calls"] <= 60
    assert received[0].status == 400 and received[-1].status == 200, "the fix was tried"
    # Through the gateway, so in the client's words: the emulator got Gemini's.
    assert "contents" in received[0].json


def test_as_it_is_with_raw(settings, sandbox):
    declared = [tool["function"] for tool in chat({11: {"multipleOf": 5}})["tools"]]
    request = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}], "tools": [{"functionDeclarations": declared}],
               "generationConfig": {"temperature": 0.5, "maxOutputTokens": 50}}
    options = ("--from", "gemini_generate", "--to", "gemini/gemini-2.5-flash")
    fix, report = found(settings, request, "--raw", *options)
    assert fix == ["/tools/0/functionDeclarations/11/parameters/properties/filter/properties/years/items/multipleOf"]
    assert sandbox.received("gemini")[0].json == request, "to the letter"
    status, report, err = bisect(settings, chat(), "--yes", "--raw", "--to", "gemini/gemini-2.5-flash")
    assert status == 2 and report is None and "--raw" in err and "gemini_generate" in err


def test_a_parameter(settings):
    fix, report = found(settings, chat(store=True, seed=7), "--to", GROQ)
    assert fix == ["/store"]
    [fault] = report["faults"]
    assert fault["class"] == "param_rejected" and set(fault["request"]) == {"model", "messages", "store"}


def test_a_message(settings):
    request = {"model": "m", "max_tokens": 50, "system": "Be brief.", "messages": [
        {"role": "user", "content": "one"}, {"role": "assistant", "content": "two"},
        {"role": "user", "content": [{"type": "text", "text": "three"}, {"type": "text", "text": ""}]},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "lookup", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}]}],
        "tools": [{"name": "lookup", "input_schema": schema()}]}
    options = ("--from", "anthropic", "--raw", "--to", "anthropic/claude-sonnet-4-5")
    fix, report = found(settings, request, *options)
    assert fix == ["/messages/2/content/1"]
    assert report["faults"][0]["request"]["messages"] == [{"role": "user", "content": [{"type": "text", "text": ""}]}]
    # All there is in the message: it goes as a whole.
    request["messages"][2]["content"] = ""
    fix, report = found(settings, request, *options)
    assert fix == ["/messages/2"]


def test_a_result_goes_with_its_call(settings, sandbox):
    request = {"model": "m", "max_tokens": 50, "messages": [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "toolu_1", "name": "lookup", "input": {}},
            {"type": "tool_use", "id": "bad id!", "name": "lookup", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"},
            {"type": "tool_result", "tool_use_id": "bad id!", "content": "y"}]}],
        "tools": [{"name": "lookup", "input_schema": schema()}]}
    report = mended(settings, request, "--from", "anthropic", "--raw", "--to", "anthropic/claude-sonnet-4-5")
    assert report["patch"] == [{"op": "replace", "path": path, "value": "call00001"}
                               for path in ("/messages/1/content/1/id", "/messages/2/content/1/tool_use_id")]
    for one in sandbox.received("anthropic"):
        blocks = [b for m in one.json["messages"] if isinstance(m["content"], list) for b in m["content"]]
        calls = {b["id"] for b in blocks if b["type"] == "tool_use"}
        assert calls == {b["tool_use_id"] for b in blocks if b["type"] == "tool_result"}


def test_two_faults_that_have_nothing_to_do_with_each_other(settings):
    request = chat({37: {"multipleOf": 5}, 12: {"uniqueItems": True}})
    fix, report = found(settings, request, "--to", GEMINI)
    assert sorted(fix) == sorted([KEYWORD_AT.format(37), KEYWORD_AT.format(12).replace("multipleOf", "uniqueItems")])
    assert len(report["faults"]) == 2
    for fault in report["faults"]:
        assert len(fault["request"]["tools"]) == 1 and len(fault["fix"]) == 1


def test_the_same_fault_in_two_tools(settings):
    fix, _ = found(settings, chat({3: {"multipleOf": 5}, 44: {"multipleOf": 7}}), "--to", GEMINI)
    assert sorted(fix) == sorted([KEYWORD_AT.format(3), KEYWORD_AT.format(44)])


def test_by_request_id_with_what_was_learned_left_out(start, sandbox):
    gateway = start({"m": config.model(GROQ, "openai/gpt-4o-mini")}, providers=providers(sandbox),
                    journal={"path": "journal.db", "keep_bodies": True})
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "store": True})
    assert answer.status == 200, "repaired, and learned"
    id = answer.header("x-request-id")

    def command(*options):
        done = run("bisect", id, "--config", str(gateway.config), "--journal", "journal.db", "--yes", *options, cwd=gateway.folder)
        return done

    for _ in range(100):
        done = command("--json")
        if done.returncode != 2:
            break
        time.sleep(0.05)
    report = json.loads(done.stdout)
    assert report["request_id"] == id and report["target"] == GROQ, "who refused it first"
    assert [step["path"] for step in report["patch"]] == ["/store"]
    text = command().stdout
    for expected in (f"# What {GROQ} refuses", "**Minimal fix:**", "leave out parameter `store`", "supportsStore: false",
                     "The smallest request that is refused so", '[{"op":"remove","path":"/store"}]'):
        assert expected in text, text
    assert command("--learned").returncode == 1, "with what was learned it passes"


def test_a_busy_provider_says_nothing_about_the_request(settings, sandbox):
    busy = {"kind": "rate_limit", "retry_after": 1}
    sandbox.fault({"kind": "none"}, {"kind": "none"}, busy, {"kind": "none"}, provider="groq")
    fix, report = found(settings, chat(store=True), "--to", GROQ)
    assert fix == ["/store"]
    sandbox.fault({"kind": "none"}, *[{"kind": "overloaded"}] * 40, provider="groq")
    status, report, err = bisect(settings, chat(store=True), "--yes", "--max-wait", "0", "--to", GROQ)
    assert status == 3 and not report["complete"] and "busy" in report["unfinished"]
    assert report["fixed"] is None and report["patch"] == []
    [fault] = report["faults"]
    assert not fault["minimal"] and fault["request"]["store"] is True


def test_bounded(settings, sandbox):
    status, report, err = bisect(settings, chat({37: {"multipleOf": 5}}), "--yes", "--max-calls", "9", "--to", GEMINI)
    assert status == 3 and "--max-calls" in report["unfinished"]
    assert report["calls"] == 9 == len(sandbox.received("gemini"))
    assert len(report["faults"][0]["request"]["tools"]) < 60
    assert err.count("call ") == 9 and "of 60 kept" in err, "progress"


def test_nothing_is_sent_without_a_yes(settings, sandbox):
    status, report, err = bisect(settings, chat(store=True), "--to", GROQ, stdin="y\n")
    assert status == 2 and report is None and "--yes" in err and "calls to " + GROQ in err and "tokens" in err
    assert sandbox.received("groq") == []
    path = settings.parent / "request.json"
    for answer, expected in ((b"n\n", 2), (b"\n", 2), (b"y\n", 0)):
        terminal, mine = pty.openpty()
        with subprocess.Popen([BINARY, "bisect", path, "--config", settings, "--json", "--to", GROQ], stdin=mine,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=settings.parent) as process:
            os.close(mine)
            os.write(terminal, answer)
            out, err = process.communicate(timeout=20)
            os.close(terminal)
        assert process.returncode == expected and b"[y/N]" in err
        assert bool(sandbox.received("groq")) == (expected == 0)


def test_what_is_not_about_the_request(settings, sandbox):
    sandbox.fault({"kind": "status", "status": 401, "message": "Invalid API key"}, provider="groq", repeat=True)
    status, report, _ = bisect(settings, chat(), "--yes", "--to", GROQ)
    assert status == 3 and "auth" in report["unfinished"] and report["calls"] == 1
    sandbox.clear()
    status, report, err = bisect(settings, chat(), "--yes", "--to", GROQ)
    assert status == 1 and report["passes"] and report["calls"] == 1


@pytest.mark.parametrize("options, words", [
    ([], "--to"), (["--to", "nobody/x"], "nobody"), (["--to", GROQ, "--from", "esperanto"], "esperanto")])
def test_said_at_once(settings, options, words):
    status, report, err = bisect(settings, chat(), "--yes", *options)
    assert status == 2 and report is None and words in err


def test_no_key_is_shown(settings, sandbox):
    """A provider's words may hold the key it was called with."""
    sandbox.fault({"kind": "status", "status": 400, "message": "bad value for sk-sandbox-stranger"}, provider="groq", repeat=True)
    for options in ((), ("--raw",)):
        status, report, err = bisect(settings, chat(), "--yes", "--to", GROQ, *options)
        assert status == 3, "whatever is left out it is refused: nobody is to blame"
        assert "bad value for [redacted]" in json.dumps(report) and "sk-sandbox" not in json.dumps(report) + err


def test_interrupted(settings, sandbox):
    (settings.parent / "request.json").write_text(json.dumps(chat({37: {"multipleOf": 5}})))
    sandbox.fault({"kind": "none", "delay": 50}, provider="gemini", repeat=True)
    with subprocess.Popen([BINARY, "bisect", "request.json", "--config", settings, "--yes", "--json", "--to", GEMINI],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=settings.parent) as process:
        while b"call 5" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    report = json.loads(out)
    assert process.returncode == 3 and "interrupted" in report["unfinished"]
    assert 0 < len(report["faults"][0]["request"]["tools"]) < 60


# --- fixes that a person would make

RAW = ("--raw", "--to", "openai/gpt-4o-mini")


def mended(settings, request, *options):
    status, report, err = bisect(settings, request, "--yes", *options)
    assert status == 0, (report, err)
    assert report["complete"] and report["fixed"] is not None
    return report


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
