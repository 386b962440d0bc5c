"""`dragoman check` and `dragoman diff`, and what they and `lower` have in common: how they read their input."""
import json

import pytest

from harness import config
from harness.offline import LLAMA, PLAIN, REQUEST, TOO_MANY
from harness.process import ROOT, run


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


# --- what the three have in common


def test_a_wrong_option_is_bad_input():
    for command in ("lower", "check", "diff", "settings", "rules"):
        assert run(command, "--no-such-option").returncode == 2
        assert run(command, "--help").returncode == 0


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
