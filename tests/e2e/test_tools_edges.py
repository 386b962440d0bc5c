"""lower, check, diff and classify where input is odd or large, and what `--to` may name."""
import base64
import json
import unicodedata

import pytest

from harness.offline import PLAIN, REQUEST, lower
from harness.process import run


@pytest.mark.parametrize("text", ["é", '{"a": é}', json.dumps(PLAIN) + " 🎉"])
def test_an_error_about_a_letter_is_text(text):
    done = lower(text, "--to", "openai/gpt-4o")
    assert done.returncode == 2
    assert text.strip()[-1] in json.loads(done.stdout)["error"]["message"] or "é" in done.stderr


def test_a_byte_order_mark_is_passed_over(file, tmp_path):
    """As Windows' editors and shells write it."""
    marked = tmp_path / "marked.json"
    marked.write_text(json.dumps(PLAIN), encoding="utf-8-sig")
    for command in (["check", str(marked), "--to", "openai/gpt-4o"], ["diff", str(marked), "openai/a", "groq/b"]):
        assert run(*command).returncode == 0
    assert lower("\ufeff" + json.dumps(PLAIN), "--to", "openai/gpt-4o").returncode == 0
    line = json.dumps({"id": 1, "to": "openai/gpt-4o", "request": PLAIN})
    assert json.loads(lower("\ufeff" + line, "--jsonl").stdout)["body"]
    settings = tmp_path / "c.yaml"
    settings.write_text("models: {mine: openai/gpt-4o}\n", encoding="utf-8-sig")
    assert run("check", str(marked), "--to", "mine", "--config", str(settings)).returncode == 0
    wide = tmp_path / "wide.json"
    wide.write_text(json.dumps(PLAIN), encoding="utf-16")
    done = run("check", str(wide), "--to", "openai/gpt-4o")
    assert done.returncode == 2 and "is UTF-16, expected UTF-8" in done.stderr


def test_a_provider_without_a_model(file):
    for name in ("openai", "openai/"):
        done = run("check", file(PLAIN), "--to", name)
        assert done.returncode == 2 and "is a provider: a target is provider/model, such as openai/" in done.stderr


SETTINGS = {
    "providers": {
        "openai": {"api_key": "k"},
        "bare": {"dialect": "openai_chat", "base_url": "http://127.0.0.1:1/v1", "auth": "none",
                 "settings": {"tools": False, "tools_left_out": True}},
    },
    "models": {
        "first": {"targets": ["openai/gpt-4o", "openai/gpt-4.1"], "fallbacks": ["bare/m"]},
        "exact": {"targets": ["openai/gpt-4o"], "fallbacks": ["bare/m"], "loss": {"semantic": "forbid"}},
    },
    "strict_models": True,
}


def checked(file, *options):
    done = run("check", file(REQUEST), "--json", "--config", file(SETTINGS, "c.yaml"), *options)
    assert done.stdout, done.stderr
    return done.returncode, [(t["target"], t.get("model"), t["verdict"]) for t in json.loads(done.stdout)["targets"]]


def test_check_follows_a_model_to_all_of_its_targets(file):
    """Its fallbacks too: the request may land on each of them."""
    assert checked(file, "--to", "first") == (1, [
        ("openai/gpt-4o", "first", "fine"), ("openai/gpt-4.1", "first", "fine"), ("bare/m", "first", "semantic")])
    # What the model forbids is forbidden of its fallbacks.
    assert checked(file, "--to", "exact") == (3, [
        ("openai/gpt-4o", "exact", "fine"), ("bare/m", "exact", "forbidden")])
    done = run("check", file(REQUEST), "--config", file(SETTINGS, "c.yaml"), "--to", "bare/m")
    assert done.returncode == 2 and "strict_models lets only listed names through" in done.stderr


def test_check_tells_models_apart_that_ask_different_things_of_a_target(file):
    status, rows = checked(file)
    assert status == 3
    assert rows == [("openai/gpt-4o", "first", "fine"), ("openai/gpt-4.1", "first", "fine"),
                    ("bare/m", "first", "semantic"), ("bare/m", "exact", "forbidden")]
    table = run("check", file(REQUEST), "--config", file(SETTINGS, "c.yaml")).stdout
    assert "bare/m (first)" in table and "bare/m (exact)" in table and "gpt-4o (" not in table


def test_check_takes_patterns(file):
    done = run("check", file(PLAIN), "--to", "groq/*", "--json")
    names = [t["target"] for t in json.loads(done.stdout)["targets"]]
    assert len(names) > 2 and all(name.startswith("groq/") for name in names)
    assert run("check", file(PLAIN), "--to", "nobody/*").returncode == 2
    done = lower(PLAIN, "--to", "groq/*")
    assert done.returncode == 2 and "expected one" in done.stderr


PICTURE = {**PLAIN, "messages": [{"role": "user", "content": [
    {"type": "text", "text": "look"},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64," + base64.b64encode(bytes(range(256)) * 400).decode()}},
]}]}


def test_diff_shows_of_a_picture_what_a_person_can_read(file):
    path = file(PICTURE)
    short = run("diff", path, "openai/gpt-4o", "anthropic/claude-sonnet-4-5", "--width", "80").stdout
    assert short.count("\n") < 120 and short.count(" bytes …]") == 2
    assert all(len(line) <= 80 for line in short.splitlines())
    whole = run("diff", path, "openai/gpt-4o", "anthropic/claude-sonnet-4-5", "--width", "80", "--full").stdout
    assert whole.count("\n") > 3000 and " bytes …]" not in whole


def test_diff_shows_where_long_texts_differ(file):
    text = "a" * 5000
    request = {**PLAIN, "messages": [{"role": "user", "content": text + "é" * 5000}], "stop": "x" * 20}
    out = run("diff", file(request), "openai/gpt-4o", "openai/gpt-4o-mini", "--width", "100").stdout
    assert "[… " in out and "aaaa" in out and out.isprintable() is False and "\ufffd" not in out


def columns(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@pytest.mark.parametrize("words", ["東京で二人の部屋" * 12, "👍🎉" * 60, "e\u0301o\u0308" * 90, "Привет, 世界! " * 20])
def test_columns_stand_below_each_other_whatever_is_written(tmp_path, words):
    request = tmp_path / "request.json"
    request.write_text(json.dumps({**PLAIN, "messages": [{"role": "user", "content": words}]}, ensure_ascii=False))
    out = run("diff", str(request), "openai/gpt-4o", "groq/llama-3.3-70b-versatile", "--width", "83").stdout
    lines = out.split("\n\nopenai/gpt-4o: ")[0].splitlines()
    assert all(columns(line) <= 83 for line in lines)
    left, right = "", ""
    for line in lines:
        at = 0  # where the right half begins
        while at < len(line) and (columns(line[:at]) < 43 or unicodedata.combining(line[at])):
            at += 1
        assert columns(line[:at]) in (columns(line), 43), line
        assert at == len(line) or line[:at].endswith((" | ", "   ", " < ", " > ")), line
        left, right = left + line[:at][:-3].rstrip(" "), right + line[at:].rstrip(" ")
    for text in left, right:
        assert words.replace(" ", "") in text.replace(" ", "")


def test_a_table_of_edits_has_straight_columns(tmp_path):
    tool = {"type": "function", "function": {"name": "部屋を探す", "parameters": {"type": "object", "properties": {}}}}
    request = tmp_path / "request.json"
    request.write_text(json.dumps({**PLAIN, "tools": [tool]}, ensure_ascii=False))
    out = run("diff", str(request), "openai/gpt-4o", "groq/llama-3.3-70b-versatile", "--width", "160")
    table = out.stdout.split("openai/gpt-4o: ")[1].splitlines()
    after = columns(table[1][:table[1].index("after")])
    row = next(line for line in table if "部屋を探す" in line)
    assert columns(row[:row.index("部屋を探す") + 5].rstrip()) < after
    rest = row[row.index("部屋を探す") + 5:]
    assert columns(row) - columns(rest.lstrip()) == after


def test_classify_knows_the_providers_of_a_config(file):
    refusal = {"provider": "house", "status": 400, "body": {"message": "The model returned the following errors: x",
                                                             "__type": "ValidationException"}}
    settings = {"providers": {"house": {"dialect": "bedrock_converse", "base_url": "http://127.0.0.1:1",
                                        "api_key": "${NOT_SET}"}}}
    config = file(settings, "c.yaml")
    said = json.loads(run("classify", "--config", config, stdin=json.dumps(refusal)).stdout)
    assert said["class"] and "house answered 400" in said["why"]
    lines = "\n".join(json.dumps({"id": i, **refusal}) for i in range(3))
    done = run("classify", "--jsonl", stdin=lines, env={"DRAGOMAN_CONFIG": config})
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [0, 1, 2]
    done = run("classify", "--config", "/nonexistent.yaml", stdin=json.dumps(refusal))
    assert done.returncode == 2 and "/nonexistent.yaml" in done.stderr
