"""`dragoman lower` and its --jsonl, from the outside: what they print, and their exit statuses."""
import json

import pytest

from harness import config
from harness.offline import LLAMA, PLAIN, REQUEST, TOO_MANY, lower
from harness.process import run
from harness.samples import CHATS


@pytest.fixture(params=CHATS, ids=lambda dialect: f"from-{dialect.name}")
def client(request):
    """The dialects in which this module makes its requests."""
    return request.param


def test_lower_shows_the_call_the_edits_and_the_way_back():
    done = lower(REQUEST, "--to", LLAMA)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    said = json.loads(done.stdout)
    assert list(said) == ["method", "url", "headers", "body", "edits", "restore"]
    assert said["method"] == "POST"
    assert said["url"].startswith("https://bedrock-runtime.us-east-1.amazonaws.com/model/us.meta.llama4")
    assert said["headers"]["Authorization"] == "***"
    assert said["edits"]
    for edit in said["edits"]:
        assert list(edit) == ["rule", "pointer", "keyword", "before", "after", "loss", "source"]
        assert edit["loss"] in ("none", "widened", "narrowed", "semantic")
    clamped = next(e for e in said["edits"] if e["pointer"] == "/temperature")
    assert (clamped["before"], clamped["after"], clamped["loss"]) == ("1.4", "1", "narrowed")
    assert "temperature" in clamped["source"]
    (spec,) = said["body"]["toolConfig"]["tools"]
    assert said["restore"]["names"] == {spec["toolSpec"]["name"]: "hotels.search"}


def test_lower_knows_every_provider_without_a_key():
    names = run("rules").stdout.split()
    assert len(names) > 20
    for name in names:
        done = lower(PLAIN, "--to", f"{name}/some-model")
        assert done.returncode == 0, (name, done.stdout, done.stderr)
        said = json.loads(done.stdout)
        assert said["url"].startswith("http") and "{" not in said["url"], said["url"]
    azure = json.loads(lower(PLAIN, "--to", "azure/my-deployment").stdout)
    assert "/openai/deployments/my-deployment/chat/completions?api-version=" in azure["url"]
    assert azure["headers"]["api-key"] == "***"


SECRET = "sk-very-secret-0123456789"


def test_secrets_are_masked(file):
    env = {"OPENAI_API_KEY": SECRET, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET,
           "AWS_SESSION_TOKEN": SECRET}
    for target in ("openai/gpt-4o", LLAMA):
        done = lower(PLAIN, "--to", target, env=env)
        assert done.returncode == 0, done.stderr
        assert SECRET not in done.stdout and "AKIDEXAMPLE" not in done.stdout
    settings = {"providers": {"openai": {"api_key": SECRET, "base_url": f"http://127.0.0.1:1/{SECRET}/v1",
                                         "headers": {"x-team": "blue", "x-proxy-token": SECRET}}}}
    done = lower(PLAIN, "--to", "openai/gpt-4o", "--config", file(settings, "c.yaml"))
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout
    assert json.loads(done.stdout)["headers"]["x-team"] == "blue"


@pytest.mark.parametrize("name", ["openai", "openai_chat"])
def test_short_and_long_names_of_openai(name):
    assert lower(PLAIN, "--from", name, "--to", "openai/gpt-4o").returncode == 0


@pytest.mark.parametrize("name", ["anthropic", "anthropic_messages"])
def test_short_and_long_names_of_anthropic(name):
    request = {**PLAIN, "max_tokens": 10, "system": "Be brief"}
    done = lower(request, "--from", name, "--to", "openai/gpt-4o")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["body"]["messages"][0] == {"role": "system", "content": "Be brief"}


def test_lower_streams():
    said = json.loads(lower(PLAIN, "--to", "openai/gpt-4o", "--stream").stdout)
    assert said["body"]["stream"] is True
    assert said["headers"]["Accept"] == "text/event-stream"
    line = {"id": 1, "to": "openai/gpt-4o", "stream": False, "request": {**PLAIN, "stream": True}}
    assert not json.loads(lower(line, "--jsonl").stdout)["body"].get("stream")
    said = json.loads(lower(PLAIN, "--to", "gemini/gemini-2.5-flash", "--stream").stdout)
    assert ":streamGenerateContent?alt=sse" in said["url"]


def test_a_request_needs_no_model():
    done = lower({"messages": PLAIN["messages"]}, "--to", "openai/gpt-4o")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["body"]["model"] == "gpt-4o"


def test_a_refusal_is_an_answer():
    done = lower(TOO_MANY, "--to", "openai/gpt-4o")
    assert done.returncode == 3
    said = json.loads(done.stdout)
    assert list(said) == ["refused"]
    assert said["refused"]["pointer"] == "/tools"
    assert said["refused"]["rule"]
    assert "128" in said["refused"]["reason"] and "200" in said["refused"]["reason"]


# text, options, the pointer in the error
BAD = {
    "no json": ('{"model": ', ["--to", "openai/gpt-4o"], None),
    "nothing": ("", ["--to", "openai/gpt-4o"], None),
    "no object": ("[1]", ["--to", "openai/gpt-4o"], ""),
    "wrong kind": ('{"messages":[{"role":"user","content":5}]}', ["--to", "openai/x"], "/messages/0/content"),
    "no utf-8": ('{"messages":[{"role":"user","content":"\\ud800"}]}', ["--to", "openai/x"], None),
    "deep": ('{"messages":' + "[" * 5000 + "]" * 5000 + "}", ["--to", "openai/x"], None),
    "no such provider": (json.dumps(PLAIN), ["--to", "nobody/x"], ""),
    "no slash": (json.dumps(PLAIN), ["--to", "whatever"], ""),
    "no such dialect": (json.dumps(PLAIN), ["--to", "openai/x", "--from", "klingon"], ""),
    "no target": (json.dumps(PLAIN), [], ""),
    "no such config": (json.dumps(PLAIN), ["--to", "openai/x", "--config", "/nonexistent.yaml"], ""),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_said_with_its_place(name):
    text, options, pointer = BAD[name]
    done = lower(text, *options)
    assert done.returncode == 2, (done.stdout, done.stderr)
    error = json.loads(done.stdout)["error"]
    assert error["message"] and done.stderr.startswith("dragoman: ")
    if pointer is not None:
        assert error["pointer"] == pointer


# --- lower --jsonl


def test_jsonl_answers_every_line_in_order():
    targets = ["groq/llama-3.3-70b-versatile", LLAMA, "gemini/gemini-2.5-flash"]
    lines = [
        json.dumps({"id": f"r{i}", "from": "openai", "to": targets[i % 3], "stream": i % 2 == 0, "request": REQUEST})
        for i in range(2000)
    ]
    lines[700] = '{"id": "r700", "to": '
    done = lower("\n".join(lines) + "\n", "--jsonl")
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(said) == 2000
    assert [answer["id"] for answer in said] == [None if i == 700 else f"r{i}" for i in range(2000)]
    assert list(said[700]) == ["id", "line", "error"] and said[700]["line"] == 701
    single = json.loads(lower(REQUEST, "--to", LLAMA, "--stream").stdout)
    assert said[4] == {"id": "r4", **single}
    assert all("body" in answer for i, answer in enumerate(said) if i != 700)
    # One line's target and request leave nothing behind for the next.
    assert {json.dumps(a["body"]) for a in said[1:2000:6]} == {json.dumps(said[1]["body"])}


def test_jsonl_says_what_is_wrong_with_a_line():
    rows = [
        ({"id": 1, "to": "openai/gpt-4o", "request": PLAIN}, None),
        ({"id": {"a": [1]}, "to": "nobody/x", "request": PLAIN}, "/to"),
        ({"id": 7, "to": "openai/gpt-4o", "from": "klingon", "request": PLAIN}, "/from"),
        ({"id": 3, "to": "openai/gpt-4o"}, "/request"),
        ({"id": 4, "request": PLAIN}, "/to"),
        ({"id": 5, "to": 7, "request": PLAIN}, "/to"),
        ({"id": 6, "to": "openai/gpt-4o", "stream": "yes", "request": PLAIN}, "/stream"),
        ({"id": 7, "to": "openai/gpt-4o", "request": {"messages": [{"role": "user", "content": 5}]}},
         "/messages/0/content"),
        ({"id": 8, "to": "openai/gpt-4o", "request": [PLAIN]}, ""),
    ]
    done = lower("\n\n".join(json.dumps(row) for row, _ in rows) + "\n[]", "--jsonl")
    assert done.returncode == 0
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(said) == len(rows) + 1
    for (row, pointer), answer in zip(rows, said):
        assert answer["id"] == row["id"]
        if pointer is None:
            assert "body" in answer
        else:
            assert answer["error"]["message"] and answer["error"]["pointer"] == pointer, answer
    assert said[-1]["id"] is None and said[-1]["error"]


def test_jsonl_says_which_member_of_a_line_it_does_not_know():
    good = {"to": "openai/gpt-4o", "request": PLAIN}
    rows = [
        ({"id": 1, "form": "anthropic", **good}, "'form' (did you mean 'from'?"),
        ({"id": [2], "to": "openai/gpt-4o", "body": PLAIN}, "'body' (did you mean 'request'?"),
        ({"id": 3, "model": "openai/gpt-4o", "request": PLAIN}, "'model' (did you mean 'to'?"),
        ({"custom_id": 4, **good}, "'custom_id' (did you mean 'id'?"),
        ({"id": 5, "a/b expected": "refused", **good}, "'a/b expected' (a note"),
        ({"id": 6, "_expected": "fine", "x-case": {"from": 7}, **good}, None),
    ]
    done = lower("\n".join(json.dumps(row) for row, _ in rows), "--jsonl")
    assert done.returncode == 0
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in said] == [1, [2], 3, None, 5, 6]
    for number, ((row, message), answer) in enumerate(zip(rows, said), 1):
        if message is None:
            assert "body" in answer
            continue
        assert list(answer) == ["id", "line", "error"] and answer["line"] == number
        assert answer["error"]["message"].startswith("unknown member " + message), answer
    assert [answer["error"]["pointer"] for answer in said[:5:4]] == ["/form", "/a~1b expected"]


def test_jsonl_takes_what_a_line_leaves_out_from_the_command_line():
    done = lower(json.dumps({"id": 1, "request": TOO_MANY}), "--jsonl", "--to", "openai/gpt-4o")
    assert done.returncode == 0
    assert json.loads(done.stdout)["refused"]["pointer"] == "/tools"


# --- what is shown is what is sent


@pytest.mark.parametrize("target", ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5", "bedrock/us.amazon.nova-pro-v1:0",
                                    "gemini/gemini-2.5-flash", "azure/gpt-4o"])
def test_lower_shows_what_serve_sends(start, sandbox, client, streamed, target, tmp_path):
    settings = config.document(sandbox.url, {"m": config.model(target)})
    gateway = start({"m": config.model(target)})
    request = {"model": "m", "max_tokens": 50, "temperature": 0.5, "stream": streamed,
               "messages": [{"role": "user", "content": "Say hello"}]}
    answer = gateway.stream(client, request) if streamed else gateway.ask(client, request)
    assert (answer[0] if streamed else answer.status) == 200
    (sent,) = sandbox.received(target.split("/")[0])[:1]
    path = config.write(tmp_path / "c.yaml", settings)
    dialect = "anthropic" if "anthropic" in client.name else "openai"
    done = lower(request, "--from", dialect, "--to", "m", "--config", str(path))
    assert done.returncode == 0, done.stdout
    shown = json.loads(done.stdout)
    assert shown["body"] == sent.json
