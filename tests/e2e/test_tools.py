"""lower, check, diff, settings and rules, from the outside: what they print, and their exit statuses."""
import json
import os
import subprocess

import pytest

from harness import config
from harness.process import BINARY, ROOT, run
from harness.samples import CHATS

@pytest.fixture(params=CHATS, ids=lambda dialect: f"from-{dialect.name}")
def client(request):
    """The dialects in which this module makes its requests."""
    return request.param


REQUEST = {
    "model": "m",
    "messages": [{"role": "user", "content": "A room in Rome for two"}],
    "temperature": 1.4,
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "hotels.search",
                "parameters": {
                    "type": "object",
                    "properties": {"city": {"type": "string"}, "guests": {"type": "integer", "minimum": 1}},
                    "required": ["city"],
                    "additionalProperties": False,
                },
            },
        }
    ],
}
PLAIN = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
TOO_MANY = {
    **PLAIN,
    "tools": [{"type": "function", "function": {"name": f"t{i}", "parameters": {"type": "object"}}} for i in range(200)],
}
LLAMA = "bedrock/us.meta.llama4-maverick-17b-instruct-v1:0"


def lower(request, *options, env=None):
    text = request if isinstance(request, str) else json.dumps(request)
    return run("lower", *options, stdin=text, env=env)


@pytest.fixture
def file(tmp_path):
    def write(request, name="request.json"):
        path = tmp_path / name
        path.write_text(request if isinstance(request, str) else json.dumps(request))
        return str(path)

    return write


# --- lower


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


def test_a_wrong_option_is_bad_input():
    for command in ("lower", "check", "diff", "settings", "rules"):
        assert run(command, "--no-such-option").returncode == 2
        assert run(command, "--help").returncode == 0


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


# --- check


def test_check_asks_all_known_targets(file):
    done = run("check", file(PLAIN))
    assert done.returncode == 0, done.stdout
    rows = done.stdout.splitlines()
    assert rows[0].split() == ["target", "verdict", "none", "widened", "narrowed", "semantic", "why"]
    asked = {row.split()[0].split("/")[0] for row in rows[1:]}
    assert asked == set(run("rules").stdout.split())


# request, targets, exit status, verdicts
VERDICTS = [
    (PLAIN, ["openai/gpt-4o"], 0, ["fine"]),
    (REQUEST, ["openai/gpt-4o", LLAMA], 0, ["fine", "narrowed"]),
    ({**PLAIN, "temperature": 0.3}, ["openai/gpt-4o", "openai/gpt-5"], 1, ["fine", "semantic"]),
    (TOO_MANY, ["gemini/gemini-2.5-flash", "openai/gpt-4o"], 3, [None, "refused"]),
]


@pytest.mark.parametrize("request_, targets, status, verdicts", VERDICTS)
def test_check_has_a_status_for_ci(file, request_, targets, status, verdicts):
    path = file(request_)
    done = run("check", path, "--to", *targets)
    assert done.returncode == status, done.stdout
    rows = [row.split() for row in done.stdout.splitlines()[1:]]
    assert [row[0] for row in rows] == targets
    machine = run("check", path, "--json", "--to", *targets)
    assert machine.returncode == status
    said = json.loads(machine.stdout)
    assert said["summary"]["targets"] == len(targets)
    for row, target, name, verdict in zip(rows, said["targets"], targets, verdicts):
        assert target["target"] == name
        assert row[1] == target["verdict"]
        assert verdict in (None, target["verdict"])
        if verdict == "refused":
            assert target["refused"]["rule"] and target["refused"]["reason"]
        else:
            assert sum(target["losses"].values()) == len(target["edits"])


def test_check_asks_what_a_config_names(file):
    settings = {
        "strict_models": True,
        "providers": {"here": {"dialect": "openai_chat", "base_url": "http://127.0.0.1:1/v1", "api_key": "${NOT_SET}",
                               "settings": {"tools": False}}},
        "models": {"a": ["openai/gpt-4o", "here/m1"], "b": "groq/llama-3.3-70b-versatile", "c-*": "openai/*"},
    }
    done = run("check", file(REQUEST), "--json", "--config", file(settings, "c.yaml"))
    assert done.returncode in (0, 1, 3), done.stderr
    said = {t["target"]: t for t in json.loads(done.stdout)["targets"]}
    assert list(said) == ["openai/gpt-4o", "here/m1", "groq/llama-3.3-70b-versatile"]
    assert said["here/m1"]["verdict"] in ("semantic", "refused")


def test_check_reads_a_litellm_config(file):
    done = run("check", file(PLAIN), "--config", str(ROOT / "tests" / "configs" / "litellm_classic.yaml"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) > 1


def test_the_example_config_can_be_checked_without_a_key(file):
    done = run("check", file(PLAIN), "--config", str(ROOT / "dragoman.example.yaml"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "workstation/qwen3-32b" in done.stdout


def test_check_and_diff_say_what_is_bad(file):
    bad = file('{"messages":[{"role":"user","content":5}]}')
    for done in (run("check", bad), run("diff", bad, "openai/a", "groq/b")):
        assert done.returncode == 2
        assert "/messages/0/content" in done.stderr and done.stdout == ""
    assert run("check", "/nonexistent.json").returncode == 2
    assert run("check", file(PLAIN), "--to", "nobody/x").returncode == 2
    assert run("diff", file(PLAIN), "openai/a", "nobody/x").returncode == 2


# --- diff


def test_diff_puts_both_side_by_side(file):
    done = run("diff", file(REQUEST), "openai/gpt-4o", "openai/gpt-4o-mini", "--width", "100")
    assert done.returncode == 0, done.stderr
    table, *edits = done.stdout.split("\n\nopenai/gpt-4o: ")
    rows = table.splitlines()
    assert all(len(row) <= 100 for row in rows)
    marked = [row for row in rows if row[49:50] in ("|", "<", ">")]
    assert [row.split() for row in marked] == [
        ["openai/gpt-4o", "|", "openai/gpt-4o-mini"],
        ['"model":', '"gpt-4o",', "|", '"model":', '"gpt-4o-mini",'],
    ]
    assert "hotels.search" in edits[0] and "openai/gpt-4o-mini: 1 edit" in edits[0]


def test_diff_wraps_what_is_too_long(file):
    text = "Grüße " * 40
    request = json.dumps({**PLAIN, "messages": [{"role": "user", "content": text}]}, ensure_ascii=False)
    done = run("diff", file(request), "openai/a", "groq/b", "--width", "60")
    assert done.returncode == 0
    left = "".join(row[:28].ljust(28) for row in done.stdout.splitlines())
    assert "".join(left.split()).count("Grüße") == 40


def test_diff_for_machines(file):
    done = run("diff", file(PLAIN), "openai/gpt-4o", "gemini/gemini-2.5-flash", "--json")
    assert done.returncode == 0
    said = json.loads(done.stdout)
    assert list(said) == ["a", "b", "differences"]
    assert said["a"]["target"] == "openai/gpt-4o" and said["b"]["body"]["contents"]
    places = {d["pointer"]: d for d in said["differences"]}
    assert "b" not in places["/messages"] and "a" not in places["/contents"]
    same = json.loads(run("diff", file(PLAIN), "openai/gpt-4o", "openai/gpt-4o", "--json").stdout)
    assert same["differences"] == []


def test_diff_with_a_refusal(file):
    done = run("diff", file(TOO_MANY), "openai/gpt-4o", "gemini/gemini-2.5-flash")
    assert done.returncode == 3
    assert "refused by" in done.stdout and "functionDeclarations" in done.stdout


# --- settings, rules, docs/providers


def test_settings_lists_all_of_them():
    header = (ROOT / "src" / "profile" / "setting.h").read_text()
    named = [line.strip()[2:].split(",")[0] for line in header.splitlines() if line.startswith("  X(")]
    assert named
    done = run("settings")
    assert done.returncode == 0
    settings, flags = done.stdout.split("\n\n")
    assert [row.split()[0] for row in settings.splitlines()[1:]] == named
    document = json.loads(run("settings", "--json").stdout)
    said = document["settings"]
    assert [row.split()[0] for row in flags.splitlines()[1:]] == [flag["name"] for flag in document["compat"]]
    assert [s["name"] for s in said] == named
    assert all(s["meaning"] and s["type"] in ("boolean", "integer", "text", "list") for s in said)


def test_rules_shows_rows_for_a_model():
    every = json.loads(run("rules", "groq", "--json").stdout)
    one = json.loads(run("rules", "groq", "llama-3.3-70b-versatile", "--json").stdout)
    ids = lambda said: [rule["id"] for layer in said["layers"] for rule in layer["rules"]]
    assert "GROQ-15-kimi" in ids(every) and "GROQ-15-llama" in ids(one) and "GROQ-15-kimi" not in ids(one)
    assert [layer["file"] for layer in every["layers"]] == ["dialects/openai_chat.yaml", "providers/groq.yaml"]
    text = run("rules", "groq", "llama-3.3-70b-versatile").stdout
    for rule in ids(one):
        assert f"\n  {rule}" in text
    assert "GROQ-15-kimi" not in text


def test_rules_of_an_alias_and_of_nobody():
    assert run("rules", "together_ai").stdout == run("rules", "together").stdout
    done = run("rules", "opnai")
    assert done.returncode == 2 and "openai" in done.stderr


def test_the_pages_of_the_providers_are_up_to_date():
    done = subprocess.run([ROOT / "docs" / "providers" / "generate", "--check"], capture_output=True, text=True,
                          env={**os.environ, "DRAGOMAN": str(BINARY)}, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr

# --- what the three have in common

EMBED = {"model": "any", "input": ["a cat", "a dog"], "dimensions": 256}


def test_embedding_requests_are_checked_and_compared(file):
    path = file(EMBED)
    done = run("check", path, "--json")
    verdicts = {row["target"]: row["verdict"] for row in json.loads(done.stdout)["targets"]}
    assert verdicts["openai/text-embedding-3-small"] == "fine"
    assert verdicts["cohere/embed-english-v3.0"] == "refused", "its vectors have 1024 dimensions"
    assert not any("gpt-4o" in target for target in verdicts), "only models that embed"
    assert done.returncode == 3
    done = run("diff", path, "openai/text-embedding-3-small", "bedrock/amazon.titan-embed-text-v2:0", "--json")
    both = json.loads(done.stdout)
    assert both["a"]["body"]["dimensions"] == 256 and len(both["b"]["bodies"]) == 2
    assert done.returncode == 0


@pytest.mark.parametrize("request_, tool", [
    ({"max_tokens": 5, "messages": [{"role": "user", "content": "hi"}], "tools": [{"name": "a b", "input_schema": {"type": "object"}}]}, "/tools/0"),
    ({"contents": [{"role": "user", "parts": [{"text": "hi"}]}],
      "tools": [{"functionDeclarations": [{"name": "a b"}]}]}, "/tools/0/functionDeclarations/0"),
    ({"messages": [{"role": "user", "content": [{"text": "hi"}]}],
      "toolConfig": {"tools": [{"toolSpec": {"name": "a b", "inputSchema": {"json": {"type": "object"}}}}]}}, "/toolConfig/tools/0"),
    ({"input": "hi", "instructions": "x", "tools": [{"type": "function", "name": "a b", "parameters": {"type": "object"}}]}, "/tools/0"),
])
def test_a_request_tells_its_dialect(request_, tool):
    for command in (("lower", "--to", "openai/gpt-4o"), ("check", "--json", "--to", "openai/gpt-4o")):
        done = run(*command, stdin=json.dumps(request_))
        assert done.returncode == 0, done.stderr + done.stdout
        out = json.loads(done.stdout)
        edits = out["targets"][0]["edits"] if "targets" in out else out["edits"]
        assert any(edit["pointer"].startswith(tool) and edit["keyword"] == "name" for edit in edits), edits


def test_text_that_is_no_json_is_pointed_at(file):
    path = file('{"model": "x",\n "messages": [{"role": "user" "content": "hi"}]}')
    for command in (("check", path), ("diff", path, "openai/gpt-4o", "groq/x"), ("bisect", path, "--to", "openai/gpt-4o")):
        done = run(*command)
        assert done.returncode == 2 and f"{path}:2:31: expected ',' or '}}'" in done.stderr, done.stderr
    done = run("lower", "--to", "openai/gpt-4o", stdin="")
    assert done.returncode == 2 and "standard input is empty" in json.loads(done.stdout)["error"]["message"]


def test_the_file_may_stand_last(file):
    path = file(PLAIN)
    first, last = run("check", path, "--to", "openai/gpt-4o", "groq/x"), run("check", "--to", "openai/gpt-4o", "groq/x", path)
    assert first.returncode == last.returncode == 0 and first.stdout == last.stdout


def test_a_target_that_is_not_there(file, tmp_path):
    path = file(PLAIN)
    for name, words in {"opnai/gpt-4o": "did you mean 'openai/gpt-4o'?", "openai": "such as openai/gpt-", "mine": "--config FILE"}.items():
        done = run("check", path, "--to", name)
        assert done.returncode == 2 and words in done.stderr and len(done.stderr) < 250, done.stderr
    settings = config.write(tmp_path / "c.yaml", config.document("http://127.0.0.1:9", {"mine": config.model("openai/gpt-4o")}))
    done = run("check", path, "--to", "mime", env={"DRAGOMAN_CONFIG": str(settings)})
    assert done.returncode == 2 and "did you mean 'mine'?" in done.stderr
    assert run("check", path, "--to", "mine", env={"DRAGOMAN_CONFIG": str(settings)}).returncode == 0
