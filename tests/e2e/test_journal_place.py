"""Every command that reads the journal finds it where the gateway's config, or its environment, says it is."""
import json

from harness import config
from harness.gateway import Gateway
from harness.process import run
from harness.samples import OpenAI

REFUSED = {"kind": "status", "status": 400, "body": json.dumps({"error": {
    "message": "Unknown parameter: 'seed'.", "type": "invalid_request_error", "param": "seed", "code": "unknown_parameter"}})}


def commands(request_id):
    return {
        "logs": ["logs"],
        "show": ["logs", "show", request_id],
        "explain": ["explain", request_id],
        "doctor": ["doctor"],
        "learned": ["learned"],
        "replay": ["replay", request_id],
        "bisect": ["bisect", request_id, "--yes"],
    }


def test_the_config_says_where(start, sandbox, tmp_path):
    place = tmp_path / "kept" / "elsewhere.db"
    place.parent.mkdir()
    gateway = start({"m": config.model("groq/llama-3.3-70b-versatile", repair={"enabled": False})},
                    journal={"path": str(place), "keep_bodies": True})
    sandbox.fault(REFUSED, provider="groq")
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), "seed": 3})
    assert answer.status == 400
    request_id = answer.header("x-request-id")
    gateway.stop()
    for name, arguments in commands(request_id).items():
        done = run(*arguments, "--config", str(gateway.config), cwd=tmp_path)
        assert "no such" not in done.stderr and "cannot be" not in done.stderr, (name, done.stderr)
        assert done.stdout, (name, done.stderr)
    assert request_id in run("logs", env={"DRAGOMAN_CONFIG": str(gateway.config)}, cwd=tmp_path).stdout
    # What is named on the line outranks it.
    for command in ("logs", "doctor", "learned"):
        done = run(command, "--config", str(gateway.config), "--journal", str(tmp_path / "none.db"), cwd=tmp_path)
        assert done.returncode == 2 and "none.db: no such journal" in done.stderr
    assert run("learned", "--config", "/nonexistent.yaml", cwd=tmp_path).returncode == 2


def test_the_variable_says_where_when_the_config_does_not(sandbox, tmp_path):
    place = tmp_path / "by-variable.db"
    settings = config.document(sandbox.url, {"m": config.model("openai/gpt-4o")})
    del settings["journal"]
    gateway = Gateway(tmp_path / "gateway", settings, env={"DRAGOMAN_JOURNAL": str(place)})
    try:
        request_id = gateway.ask(OpenAI, OpenAI.request("m", "hi")).header("x-request-id")
    finally:
        gateway.stop()
    assert request_id in run("logs", env={"DRAGOMAN_JOURNAL": str(place)}, cwd=tmp_path).stdout
