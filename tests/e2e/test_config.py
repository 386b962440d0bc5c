"""`dragoman config check`, and what the gateway starts from."""
import pathlib

import pytest

from harness import config, http
from harness.process import ROOT, Process, run

GOOD = """\
providers:
  openai: {api_key: "${OPENAI_API_KEY}"}
models:
  fast:
    targets: [openai/gpt-4o-mini]
"""


def check(tmp_path, text, env=None):
    file = tmp_path / "c.yaml"
    file.write_text(text)
    done = run("config", "check", str(file), env=env)
    return done.returncode, done.stdout + done.stderr


def test_a_good_file(tmp_path):
    code, said = check(tmp_path, GOOD, {"OPENAI_API_KEY": "sk-x"})
    assert code == 0, said
    assert "sk-x" not in said


# text, the line that must be named, words that must be said
BAD = {
    "unknown key": ("modles:\n  a: openai/x\n", 1, ["modles", "models"]),
    "unknown key below": (GOOD + "    retrys: 2\n", 6, ["retrys", "retries"]),
    "not yaml": (GOOD + "  bad: [1, 2\n", 7, []),
    "duplicate key": (GOOD + "models: {}\n", 6, ["models"]),
    "a list for a map": ("models: [1]\n", 1, ["map"]),
    "a duration without a unit": (GOOD + "    timeouts: {connect: 5}\n", 6, ["connect"]),
    "not a number": (GOOD + "    retries: many\n", 6, ["retries", "many"]),
    "out of range": (GOOD + "    retries: -1\n", 6, ["retries"]),
    "unknown provider": (GOOD.replace("[openai/", "[opnai/"), 5, ["opnai", "openai"]),
    "no slash in a target": (GOOD.replace("openai/gpt-4o-mini", "gpt"), 5, ["provider/model"]),
    "unknown fallback": (GOOD + "    fallbacks: [fsat]\n", 6, ["fsat", "fast"]),
    "missing variable": (GOOD.replace("OPENAI_API_KEY", "NOT_SET_ANYWHERE"), 2, ["NOT_SET_ANYWHERE"]),
    "open to the world": (GOOD + "server: {listen: 0.0.0.0:4000}\n", 6, ["auth"]),
    "bad address": (GOOD + "server: {listen: somewhere}\n", 6, ["HOST:PORT"]),
}


def test_no_file_at_all(tmp_path):
    for path, words in ((tmp_path, "is a directory"), (tmp_path / "none.yaml", "there is no such file")):
        done = run("config", "check", str(path))
        assert done.returncode != 0 and f"{path}: {words}" in done.stderr, done


def test_an_unknown_command():
    done = run("srve")
    assert done.returncode == 2 and "no command is called 'srve' (did you mean 'serve'?)" in done.stderr


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file(tmp_path, name):
    text, line, words = BAD[name]
    code, said = check(tmp_path, text, {"OPENAI_API_KEY": "sk-very-secret"})
    assert code != 0
    assert f"c.yaml:{line}" in said, said
    for word in words:
        assert word in said, said
    assert "sk-very-secret" not in said


def test_all_errors_at_once(tmp_path):
    code, said = check(tmp_path, GOOD + "    retrys: 2\nserver: {prot: 1}\n", {"OPENAI_API_KEY": "x"})
    assert code != 0
    assert "retrys" in said and "prot" in said


def test_a_missing_file():
    done = run("config", "check", "/nonexistent/c.yaml")
    assert done.returncode != 0
    assert "/nonexistent/c.yaml" in done.stderr


def test_serve_refuses_a_bad_file(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text("modles: {}\n")
    done = run("serve", "--config", str(file), "--listen", "127.0.0.1:0", cwd=tmp_path)
    assert done.returncode != 0
    assert "c.yaml:1" in done.stderr


def test_the_example_is_good():
    example = ROOT / "dragoman.example.yaml"
    assert example.exists()
    keys = {name: "x" for name in (
        "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "AZURE_API_KEY", "AZURE_API_BASE", "GROQ_API_KEY",
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_BEARER_TOKEN_BEDROCK", "MISTRAL_API_KEY", "DEEPSEEK_API_KEY",
        "OPENROUTER_API_KEY", "XAI_API_KEY", "MOONSHOT_API_KEY", "ZAI_API_KEY", "DRAGOMAN_MASTER_KEY", "VLLM_API_KEY",
        "VERTEX_ACCESS_TOKEN", "VERTEX_PROJECT")}
    keys["AZURE_API_BASE"] = "http://127.0.0.1:1"
    done = run("config", "check", str(example), env=keys)
    assert done.returncode == 0, done.stdout + done.stderr


def test_keys_in_the_environment_are_enough(emulators, sandbox, tmp_path):
    env = {
        "OPENAI_API_KEY": "sk-env-openai", "OPENAI_BASE_URL": emulators.url + "/openai/v1",
        "ANTHROPIC_API_KEY": "sk-env-anthropic", "ANTHROPIC_BASE_URL": emulators.url + "/anthropic",
        "AZURE_API_KEY": "azure-env", "AZURE_API_BASE": emulators.url + "/azure",
        "OLLAMA_HOST": emulators.url + "/ollama",
    }
    gateway = Process(["serve", "--listen", "127.0.0.1:0"], env=env, cwd=tmp_path)
    try:
        for name in ("openai", "anthropic", "azure", "ollama"):
            assert name in gateway.output
        assert "sk-env" not in gateway.output
        for model in ("openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5", "azure/gpt-4o", "ollama/llama3.2"):
            body = {"model": model, "messages": [{"role": "user", "content": "hi"}]}
            answer = http.call(gateway.url, "POST", "/v1/chat/completions", body)
            assert answer.status == 200, answer
            assert answer.header("x-dragoman-target") == model
        assert sandbox.received("anthropic")[0].header("x-api-key") == "sk-env-anthropic"
    finally:
        assert gateway.stop() == 0


def test_without_any_key_the_sandbox_answers(tmp_path):
    gateway = Process(["serve", "--listen", "127.0.0.1:0"], cwd=tmp_path)
    try:
        assert "sandbox" in gateway.output
        assert "curl" in gateway.wait_for(rb"curl[^\n]+").group(0).decode()
        body = {"model": "openai/gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}]}
        answer = http.call(gateway.url, "POST", "/v1/chat/completions", body)
        assert answer.status == 200, answer
        assert answer.json["choices"][0]["message"]["content"] == "You said: Say hello"
    finally:
        assert gateway.stop() == 0


def test_a_port_that_is_taken_is_said(emulators, tmp_path):
    done = run("serve", "--listen", f"127.0.0.1:{emulators.port}", cwd=tmp_path)
    assert done.returncode != 0
    assert str(emulators.port) in done.stderr


def test_version_and_help():
    assert run("--version").stdout.startswith("dragoman 0.")
    listed = run("--help").stdout
    for command in ("serve", "sandbox", "config", "logs", "keys", "lower"):
        assert command in listed
