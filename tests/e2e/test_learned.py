"""What refusals have taught, as its user has it: it expires, it can be pinned into the config, and then nothing has to be learned."""
import json
import time

import pytest

from harness import config
from harness.gateway import attempts, served_by
from harness.process import run
from harness.samples import OpenAI
from test_find import BACKUP, STRANGER, providers

UNKNOWN = {"kind": "status", "status": 400, "body": json.dumps({"error": {
    "message": "Unknown parameter: 'seed'.", "type": "invalid_request_error", "param": "seed", "code": "unknown_parameter"}})}
KEYWORD = {"kind": "status", "status": 400, "body": json.dumps({"error": {
    "message": "tools.0.function.parameters: keyword 'minLength' is not supported", "type": "invalid_request_error"}})}
PATTERN = {"kind": "status", "status": 400, "body": json.dumps({"error": {
    "message": "tools.0.function.parameters: keyword 'pattern' is not supported", "type": "invalid_request_error"}})}
IMAGES = {"kind": "status", "status": 400, "body": json.dumps({"error": {
    "message": "image input is not supported by this model", "type": "invalid_request_error"}})}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {
    "type": "object", "properties": {"x": {"type": "string", "minLength": 2, "pattern": "^a"}}}}}


def learned(gateway, *options):
    return run("learned", *options, "--journal", str(gateway.folder / "journal.db"), cwd=gateway.folder)


def ask(gateway, **more):
    answer = gateway.ask(OpenAI, {**OpenAI.request("m", "hi"), **more})
    assert answer.status == 200, answer.body
    return answer


def test_it_expires(start, sandbox):
    gateway = start({"m": config.model(STRANGER, BACKUP, repair={"keep": "3s"})}, providers=providers(sandbox))
    assert attempts(ask(gateway, store=True)) == 2
    assert gateway.wait_for(rb"learned about stranger", 5)
    [row] = json.loads(learned(gateway, "--json").stdout)["learned"]
    assert row["expires_ms"] - row["learned_ms"] == 3000
    assert attempts(ask(gateway, store=True)) == 1
    sandbox.wait_until(lambda _: json.loads(learned(gateway, "--json").stdout)["learned"] == [], 10)
    assert learned(gateway).stdout == "Nothing has been learned.\n"
    sandbox.wait_until(lambda _: attempts(ask(gateway, store=True)) == 2, 10)  # and is learned again


def test_forgotten_one_by_one(start, sandbox):
    gateway = start({"m": config.model(STRANGER, BACKUP)}, providers=providers(sandbox))
    ask(gateway, store=True)
    sandbox.fault(UNKNOWN, provider="groq")
    ask(gateway, seed=7)
    names = {row["repair"] for row in json.loads(learned(gateway, "--json").stdout)["learned"]}
    assert len(names) == 2 and "compat.supportsStore=false" in names
    done = learned(gateway, "forget", "nobody/nothing")
    assert done.returncode == 1 and done.stdout.startswith("0 forgotten")
    assert learned(gateway, "forget").returncode == 2, "what is to be forgotten has to be said"
    assert learned(gateway, "forget", STRANGER, "compat.supportsStore=false").stdout.startswith("1 forgotten")
    [row] = json.loads(learned(gateway, "--json").stdout)["learned"]
    assert {row["repair"]} == names - {"compat.supportsStore=false"}
    assert learned(gateway, "forget", "--all").stdout.startswith("1 forgotten")
    assert learned(gateway).stdout == "Nothing has been learned.\n"


def test_pinned_into_the_config(start, sandbox):
    gateway = start({"m": config.model(STRANGER, BACKUP)}, providers=providers(sandbox))
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    asked = [({"store": True}, None), ({"seed": 7}, UNKNOWN), ({"tools": [TOOL]}, KEYWORD), ({"tools": [TOOL]}, PATTERN),
             ({"messages": [{"role": "user", "content": [{"type": "text", "text": "look"}, image]}]}, IMAGES)]
    for more, refusal in asked:
        if refusal:
            sandbox.fault(refusal, provider="groq")
        answer = ask(gateway, **more)
        # What would leave a picture out is not tried while another of the model's targets reads it; it is learned all the same.
        assert served_by(answer) == ("openai/gpt-4o-mini" if refusal == IMAGES else STRANGER), more
        assert attempts(answer) == (3 if refusal == IMAGES else 2), more
    calls = len(sandbox.received("groq"))
    assert served_by(ask(gateway, **asked[-1][0])) == "openai/gpt-4o-mini"
    assert len(sandbox.received("groq")) == calls, "it is known to read no pictures"
    yaml = learned(gateway, "--yaml").stdout
    assert yaml.startswith("providers:\n  stranger:\n")
    lines = yaml.split("\n", 2)[2]
    for expected in ("supportsStore: false", "minLength", "pattern", "seed", "images: false"):
        assert expected in lines, yaml
    # Pasted where a user would paste it: under the provider. What it says of parameters is a rule, as his own are.
    text = f"""
server: {{listen: "127.0.0.1:0"}}
providers:
  stranger:
    dialect: openai_chat
    base_url: {sandbox.url}/groq/openai/v1
    api_key: sk-sandbox-stranger
{lines}
models:
  m: {STRANGER}
defaults: {{repair: {{enabled: false}}, retries: 0}}
journal: {{path: journal.db}}
"""
    pinned = start(text=text)
    checked = run("config", "check", str(pinned.config), cwd=pinned.folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    calls = len(sandbox.received("groq"))
    for more, _ in asked:
        answer = ask(pinned, **more)
        assert attempts(answer) == 1 and served_by(answer) == STRANGER
    sent = [call.json for call in sandbox.received("groq")[calls:]]
    assert "store" not in sent[0] and "seed" not in sent[1]
    assert sent[2]["tools"][0]["function"]["parameters"]["properties"]["x"] == {"type": "string"}
    assert "image_url" not in json.dumps(sent[4])
    assert json.loads(learned(pinned, "--json").stdout)["learned"] == []


def test_without_a_journal_it_goes_with_the_process(start, sandbox):
    gateway = start({"m": config.model(STRANGER, BACKUP)}, providers=providers(sandbox), journal={"enabled": False})
    assert attempts(ask(gateway, store=True)) == 2
    assert attempts(ask(gateway, store=True)) == 1
    assert not list(gateway.folder.glob("*.learned"))


@pytest.fixture
def doctor(start, sandbox):
    gateway = start({"m": config.model(STRANGER, BACKUP)}, providers=providers(sandbox))

    def report(*options):
        return run("doctor", "--journal", str(gateway.folder / "journal.db"), *options, cwd=gateway.folder)

    return gateway, report


def test_doctor(doctor, sandbox):
    gateway, report = doctor
    ask(gateway)
    for _ in range(100):
        if (well := report()).returncode != 2:
            break
        time.sleep(0.05)
    assert well.returncode == 0 and "No deterministic refusal" in well.stdout
    ask(gateway, store=True)  # repaired
    sandbox.fault({"kind": "status", "status": 401, "message": "Invalid API key"}, provider="groq")
    ask(gateway)  # fell back
    sandbox.fault("rate_limit", provider="groq")
    ask(gateway)  # nothing for a doctor
    sandbox.wait_until(lambda _: len(json.loads(report("--json").stdout)["findings"]) == 2, 10)
    findings = {finding["class"]: finding for finding in json.loads(report("--json").stdout)["findings"]}
    assert set(findings) == {"param_rejected", "auth"}
    assert findings["param_rejected"]["config"] == "providers:\n  stranger:\n    compat: {supportsStore: false}\n"
    assert findings["param_rejected"]["decision"].startswith("repair")
    assert findings["auth"]["config"] == "" and findings["auth"]["decision"]
    done = report()
    assert done.returncode == 1 and "put into the config" in done.stdout and "outside:" in done.stdout
    missing = run("doctor", "--journal", "nowhere.db", cwd=gateway.folder)
    assert missing.returncode == 2 and "nowhere.db" in missing.stderr


def test_a_wrong_path_is_not_an_empty_one(tmp_path):
    for arguments in ([], ["--json"], ["--yaml"], ["forget", "--all"]):
        done = run("learned", *arguments, cwd=tmp_path)
        assert done.returncode == 2 and "no such journal" in done.stderr and "dragoman.db" in done.stderr, (arguments, done)
    assert not list(tmp_path.iterdir()), "nor is it made"


@pytest.fixture
def repaired_stream(start, sandbox):
    """A stream whose request was repaired, open and slow: what it taught, while it runs."""
    gateway = start({"m": config.model(STRANGER, BACKUP)}, providers=providers(sandbox))
    sandbox.fault({"kind": "none"}, {"kind": "delay_event", "ms": 150}, provider="groq")
    stream = gateway.open(OpenAI, {**OpenAI.request("m", "hi"), "store": True, "stream": True})
    assert stream.status == 200 and stream.header("x-dragoman-repair")
    next(iter(stream))
    return gateway, stream


def test_learned_as_soon_as_the_answer_begins(repaired_stream):
    gateway, stream = repaired_stream
    [row] = json.loads(learned(gateway, "--json").stdout)["learned"]
    assert row["repair"] == "compat.supportsStore=false"
    assert attempts(ask(gateway, store=True)) == 1, "others need not be refused while it runs"
    assert [event for event in stream][-1].data == "[DONE]"


def test_a_client_that_leaves_takes_nothing_of_it_away(repaired_stream):
    gateway, stream = repaired_stream
    stream.close()
    assert attempts(ask(gateway, store=True)) == 1


def test_a_crash_in_the_middle_of_the_answer_loses_nothing(repaired_stream, start, sandbox):
    gateway, stream = repaired_stream
    gateway.expected_to_die = True
    gateway.popen.kill()
    gateway.popen.wait()
    stream.close()
    again = start({"m": config.model(STRANGER, BACKUP)}, providers=providers(sandbox), journal={"path": str(gateway.folder / "journal.db")})
    assert attempts(ask(again, store=True)) == 1


def test_an_answer_that_breaks_off_has_still_taught(start, sandbox):
    gateway = start({"m": config.model(STRANGER, BACKUP)}, providers=providers(sandbox))
    sandbox.fault({"kind": "none"}, {"kind": "error_event", "at": "token", "gap": 60, "message": "broke"}, provider="groq")
    status, _, events = gateway.stream(OpenAI, {**OpenAI.request("m", "hi"), "store": True, "stream": True})
    assert status == 200 and OpenAI.stream_error(events)
    assert attempts(ask(gateway, store=True)) == 1
