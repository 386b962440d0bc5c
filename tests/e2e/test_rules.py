"""`dragoman settings` and `dragoman rules`, and the pages of docs/providers that are made of them."""
import json
import os
import subprocess

from harness.process import BINARY, ROOT, run


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
