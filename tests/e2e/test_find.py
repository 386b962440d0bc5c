"""Looking into a journalled request and sending it again: `dragoman logs show`, `--raw`, `dragoman replay`."""
import json
import subprocess
import time

import pytest

from harness import config
from harness.process import BINARY, run
from harness.samples import Anthropic, OpenAI

# An emulated Groq behind a provider of the user's own, said to take anything.
MODEL = "openai/gpt-oss-20b"
STRANGER = f"stranger/{MODEL}"
BACKUP = "openai/gpt-4o-mini"


def providers(sandbox):
    stranger = {
        "dialect": "openai_chat",
        "base_url": sandbox.url + "/groq/openai/v1",
        "api_key": "sk-sandbox-stranger",
        "rules": [{"id": "stranger", "why": "takes anything", "params": {"store": "ok", "service_tier": "ok", "metadata": "ok"}}],
    }
    return {**config.providers(sandbox.url), "stranger": stranger}


@pytest.fixture
def gateway(start, sandbox):
    return start({"m": config.model(STRANGER, BACKUP)}, providers=providers(sandbox),
                 journal={"path": "journal.db", "keep_bodies": True})


def command(gateway, *arguments):
    return run(*arguments, cwd=gateway.folder, env={"DRAGOMAN_JOURNAL": str(gateway.folder / "journal.db")})


def journalled(gateway, answer):
    return wait_for(gateway, answer.header("x-request-id"))


def wait_for(gateway, id):
    for _ in range(100):
        if id in command(gateway, "logs").stdout:
            return id
        time.sleep(0.05)
    raise AssertionError(f"{id} is not in the journal")


def test_show_has_every_attempt(gateway, sandbox):
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "store": True})
    assert answer.status == 200
    shown = command(gateway, "logs", "show", journalled(gateway, answer))
    assert shown.returncode == 0, shown.stderr
    text = shown.stdout
    original, first, second = text.split("\nAttempt ")
    assert '"store": true' in original
    assert "against the original" in first and f'+   "model": "{MODEL}"' in first
    assert "store" in first and "param_rejected" in first and "decision: repair" in first
    assert "compat: {supportsStore: false}" in first
    assert "against attempt 1" in second and '-   "store": true' in second, "only what the repair changed"
    assert "answer:" in second and "The client got:" in second


def test_lines_have_the_class_and_the_fix(gateway, sandbox):
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "service_tier": "priority", "store": True})
    id = journalled(gateway, answer)
    lines = command(gateway, "logs").stdout
    assert id in lines and "param_rejected" in lines and "fix: compat." in lines, lines


def test_raw_is_to_the_byte(gateway, sandbox):
    words = 'tired\u2028 "today"\\n <&>  '
    body = json.dumps({"error": {"message": words}}, indent=3)
    sandbox.fault({"kind": "status", "status": 400, "body": body}, provider="groq")
    id = journalled(gateway, gateway.ask(OpenAI, OpenAI.request("m", "hi")))
    assert body in command(gateway, "logs", "--raw").stdout
    assert body in command(gateway, "logs", "show", id, "--raw").stdout
    assert body not in command(gateway, "logs", "--raw", "--class", "rate_limit").stdout


def test_replay_at_the_same_and_at_another_target(gateway, sandbox):
    id = journalled(gateway, gateway.ask(Anthropic, Anthropic.request("m", "hi", tools=True)))
    calls = len(sandbox.received("groq"))
    done = command(gateway, "replay", id, "--config", str(gateway.config))
    assert done.returncode == 0, done.stderr
    assert f"served by {STRANGER}" in done.stderr
    assert json.loads(done.stdout)["type"] == "message", "in the client's dialect"
    assert len(sandbox.received("groq")) == calls + 1
    done = command(gateway, "replay", id, "--to", BACKUP, "--config", str(gateway.config))
    assert done.returncode == 0 and f"served by {BACKUP}" in done.stderr, done.stderr


def test_replay_of_a_refusal(gateway, sandbox):
    id = journalled(gateway, gateway.ask(OpenAI, OpenAI.request("m", "hi")))
    sandbox.fault({"kind": "status", "status": 401, "body": json.dumps({"error": {"message": "bad key, friend"}})},
                  provider="openai", repeat=True)
    done = command(gateway, "replay", id, "--to", BACKUP, "--config", str(gateway.config))
    assert done.returncode == 3
    assert "bad key, friend" in done.stdout and "auth" in done.stderr


def test_bodies_that_are_not_kept_are_said_to_be_so(start, sandbox):
    gateway = start({"m": config.model(BACKUP)})
    id = journalled(gateway, gateway.ask(OpenAI, OpenAI.request("m", "hi")))
    assert "keep_bodies" in command(gateway, "logs", "show", id).stdout
    done = command(gateway, "replay", id, "--config", str(gateway.config))
    assert done.returncode == 2 and "keep_bodies" in done.stderr
    done = command(gateway, "logs", "show", "req_nothing")
    assert done.returncode != 0 and "req_nothing" in done.stderr


def test_raw_has_the_stream_in_which_the_error_was(start, sandbox):
    """Whatever was before the error is the conversation's: kept only where bodies are."""
    for bodies in (True, False):
        gateway = start({"m": config.model(BACKUP)}, journal={"path": "journal.db", "keep_bodies": bodies})
        # Before any word of the model: nothing but the provider's words is in it.
        sandbox.fault({"kind": "error_event", "at": "start", "status": 400, "message": "refused inside"}, provider="openai")
        _, headers, _ = gateway.stream(OpenAI, {**OpenAI.request("m", "hi"), "stream": True})
        early = command(gateway, "logs", "show", wait_for(gateway, dict(headers)["x-request-id"]), "--raw").stdout
        assert "data: {" in early and "refused inside" in early, early
        # After some.
        sandbox.fault({"kind": "error_event", "at": "token", "gap": 60, "message": "broke inside"}, provider="openai")
        status, headers, events = gateway.stream(OpenAI, {**OpenAI.request("m", "hi"), "stream": True})
        assert status == 200
        raw = command(gateway, "logs", "show", wait_for(gateway, dict(headers)["x-request-id"]), "--raw").stdout
        assert "broke inside" in raw
        assert ("delta" in raw) == bodies, raw
        assert ("keep_bodies" in raw) != bodies, "said plainly where it is not"
        # Cut without a word.
        sandbox.fault({"kind": "cut", "after": 3}, provider="openai")
        _, headers, _ = gateway.stream(OpenAI, {**OpenAI.request("m", "hi"), "stream": True})
        shown = command(gateway, "logs", "show", wait_for(gateway, dict(headers)["x-request-id"])).stdout
        assert "stream_interrupted" in shown and ("data: {" in shown) == bodies
        # Served.
        _, headers, _ = gateway.stream(OpenAI, {**OpenAI.request("m", "hi"), "stream": True})
        shown = command(gateway, "logs", "show", wait_for(gateway, dict(headers)["x-request-id"])).stdout
        attempt = shown.split("\nAttempt 1")[1].split("The client got")[0]
        assert ("[DONE]" in attempt) == bodies, "the upstream's own stream"


def test_raw_answers_are_bounded(start, sandbox):
    gateway = start({"m": config.model(BACKUP)}, journal={"path": "journal.db", "max_answer": "2KiB"})
    words = "BEGIN " + "word " * 2000 + " END"
    sandbox.fault({"kind": "status", "status": 400, "body": words}, provider="openai")
    id = journalled(gateway, gateway.ask(OpenAI, OpenAI.request("m", "hi")))
    raw = command(gateway, "logs", "show", id, "--raw").stdout
    assert "BEGIN" in raw and "END" in raw and "left out here: journal.max_answer" in raw and len(raw) < 3000


def test_filters(start, sandbox):
    keys = {"keys": [{"name": "alice", "key": "dk-alice-0123456789abcdef"}, {"name": "bob", "key": "dk-bob-0123456789abcdef"}]}
    gateway = start({"m": config.model(STRANGER, BACKUP), "other": config.model("anthropic/claude-sonnet-4-5")},
                    providers=providers(sandbox), auth=keys)

    def ask(model, key, **more):
        answer = gateway.ask(OpenAI, {**OpenAI.request(model, "hi"), **more}, headers={"authorization": f"Bearer dk-{key}-0123456789abcdef"})
        return answer.header("x-request-id")

    sandbox.fault({"kind": "rate_limit", "retry_after": 0}, provider="groq")
    ids = {"limited": ask("m", "alice"), "repaired": ask("m", "bob", store=True), "other": ask("other", "alice"),
           "unknown": ask("nobody-has-this", "bob")}
    for id in ids.values():
        wait_for(gateway, id)

    def listed(*options):
        text = command(gateway, "logs", *options).stdout
        return {name for name, id in ids.items() if id in text}

    assert listed() == set(ids)
    assert listed("--class", "rate_limit") == {"limited"}
    assert listed("--class", "param_rejected") == {"repaired"}
    assert listed("--model", "m") == {"limited", "repaired"} and listed("--model", "claude-*") == {"other"}
    assert listed("--target", BACKUP) == {"limited"} and listed("--target", STRANGER) == {"limited", "repaired"}
    assert listed("--key", "alice") == {"limited", "other"} and listed("--key", "bob", "--status", "4") == {"unknown"}
    assert listed("--status", "4xx") == {"unknown"} and listed("--status", "404") == {"unknown"} and listed("--status", "429") == set()
    for wrong, words in {"--class rate_limt": "did you mean 'rate_limit'?", "--status four": "expected 4, 4xx or 429"}.items():
        done = command(gateway, "logs", *wrong.split())
        assert done.returncode == 2 and words in done.stderr and not done.stdout
    # A line for each attempt, with its class, and the fix of what was refused.
    lines = command(gateway, "logs", "--class", "param_rejected").stdout.splitlines()
    assert len(lines) == 3 and ids["repaired"] in lines[0]
    assert "1. " + STRANGER in lines[1] and "param_rejected" in lines[1] and "fix: compat.supportsStore=false" in lines[1]
    assert "2. " + STRANGER in lines[2] and " ok " in lines[2] and "fix" not in lines[2]


def test_follow_has_class_and_fix_and_raw_the_words(gateway, sandbox):
    following = {option: subprocess.Popen([str(BINARY), "logs", "--follow", *option, "--class", "param_rejected", "--journal", "journal.db"],
                                          cwd=gateway.folder, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
                 for option in ((), ("--raw",))}
    try:
        time.sleep(0.4)
        gateway.ask(OpenAI, OpenAI.request("m", "not this one"))
        answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "store": True})
        id = answer.header("x-request-id").encode()
        readable = [following[()].stdout.readline() for _ in range(3)]
        assert id in readable[0] and b"param_rejected" in readable[1] and b"fix: compat.supportsStore=false" in readable[1]
        assert b"2. stranger" in readable[2] and b" ok " in readable[2]
        raw = [following[("--raw",)].stdout.readline() for _ in range(2)]
        assert id in raw[0]
        assert json.loads(raw[1])["error"]["message"].startswith("property 'store' is unsupported")
    finally:
        for process in following.values():
            process.kill()
            process.wait()


def test_show_has_edits_and_violations(gateway, sandbox):
    sandbox.fault({"kind": "say", "calls": [{"name": "search", "arguments": {"query": "x", "limit": 99}}]}, provider="groq")
    parameters = {"type": "object", "properties": {"query": {"type": "string"}, "limit": {"type": "integer", "maximum": 10}},
                  "required": ["query"]}
    answer = gateway.ask(Anthropic, {**Anthropic.request("m", "find x"), "top_k": 5,
                                     "tools": [{"name": "search", "description": "d", "input_schema": parameters}]})
    assert answer.status == 200
    text = command(gateway, "logs", "show", journalled(gateway, answer)).stdout
    attempt = text.split("\nAttempt 1")[1]
    edits = attempt.split("    edits:\n")[1].split("    violations:\n")[0]
    assert "top_k" in edits and "semantic" in edits, edits
    violations = attempt.split("    violations:\n")[1].split("    answer:\n")[0]
    assert "maximum" in violations and "/limit" in violations and "search" in violations and "reported" in violations
    assert '\\"limit\\":99' in attempt.split("    answer:\n")[1].replace(" ", "").split("Theclientgot")[0], "as it came"


def test_explain_of_a_journalled_wrapper_line(gateway, sandbox):
    """Another gateway stood between: what it was about is looked for in the request that was kept."""
    words = "LLM request failed: provider rejected the request schema or tool payload."
    sandbox.fault({"kind": "status", "status": 400, "body": json.dumps({"error": {"message": words}})}, provider="groq", repeat=True)
    parameters = {"type": "object", "properties": {"city": {"type": "string", "pattern": "^(?=x)"}}}
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "tools": [
        {"type": "function", "function": {"name": "look", "parameters": parameters}}]})
    id = journalled(gateway, answer)
    report = command(gateway, "explain", id, "--config", str(gateway.config)).stdout
    assert words in report and f"dragoman bisect {id}" in report and f"dragoman logs show {id}" in report
    assert "`pattern` at `/tools/0/function/parameters/properties/city`, tool `look`" in report, report
    # The answer as the client saw it, pasted: the journal knows the id.
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    pasted = run("explain", "-", "--config", str(gateway.config), cwd=gateway.folder, stdin=f"HTTP/1.1 {answer.status} x\n{head}\n\n{answer.body.decode()}",
                 env={"DRAGOMAN_JOURNAL": str(gateway.folder / "journal.db")}).stdout
    assert f"dragoman bisect {id}" in pasted


def test_the_command_line_is_over_the_variable(gateway, sandbox):
    """DRAGOMAN_JOURNAL is set in every command of this file."""
    id = journalled(gateway, gateway.ask(OpenAI, OpenAI.request("m", "hi")))
    for words in (("logs",), ("logs", "show", id), ("learned", "forget", "--all"), ("doctor",), ("explain", id), ("replay", id)):
        done = command(gateway, *words, "--journal", "nowhere/nothing.db")
        assert done.returncode == 2 and "nothing.db" in done.stderr, words
    assert id in command(gateway, "logs", "--journal", "journal.db", "show", id).stdout


def test_what_dragoman_itself_refuses(gateway, sandbox):
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "seed": "x"})
    assert answer.status == 400
    id = journalled(gateway, answer)
    report = command(gateway, "explain", id).stdout
    assert report.startswith("# local_fault") and "dragoman itself: no provider was asked" in report
    assert "**Where in your request:** `/seed`" in report and '"x"' in report and "upstream" not in report
    done = command(gateway, "replay", id, "--config", str(gateway.config))
    assert done.returncode == 3 and "/seed" in done.stdout, "sent with its own model"
    # What a target's rules do not take was not sent either.
    tools = [{"type": "function", "function": {"name": f"t{i}", "parameters": {"type": "object"}}} for i in range(130)]
    answer = gateway.ask(OpenAI, {**OpenAI.request(BACKUP, "hi"), "tools": tools})
    report = command(gateway, "explain", journalled(gateway, answer)).stdout
    assert f"dragoman, for {BACKUP}" in report and "nothing was sent" in report and "128 tools" in report
