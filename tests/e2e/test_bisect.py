"""`dragoman bisect`: faults planted into requests that are fine without them are found, exactly and with nothing beside."""
import json
import os
import pty
import signal
import subprocess
import time

import pytest

from harness import config
from harness.bisect import GEMINI, GROQ, KEYWORD_AT, bisect, chat, found, mended, providers, schema, settings
from harness.process import BINARY, run
from harness.samples import OpenAI

__all__ = ["settings"]


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


def test_without_a_key_the_emulators_are_asked(tmp_path, sandbox):
    """As the README has it, with no provider in the environment."""
    (tmp_path / "request.json").write_text(json.dumps(chat(store=True)))
    done = run("bisect", "request.json", "--to", "groq/openai/gpt-oss-20b", "--raw", "--yes", "--json", cwd=tmp_path)
    assert "sandbox" in done.stderr and json.loads(done.stdout)["faults"][0]["fix"][0]["pointer"] == "/store", done
    assert not sandbox.received(), "those of its own process"


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
