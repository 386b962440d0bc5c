"""What may be lost on the way to a target (`loss`), and the edits themselves for a client that asks."""
import json

import anthropic
import openai
import pytest

from harness import config
from harness.gateway import edits
from harness.process import run
from harness.samples import Anthropic, CHATS, OpenAI

@pytest.fixture(params=CHATS, ids=lambda dialect: f"from-{dialect.name}")
def client(request):
    """The dialects in which this module makes its requests."""
    return request.param


# Nova's tool schemas have no `minProperties`; Anthropic and OpenAI take it.
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "minProperties": 1}
MODELS = {
    "allow": config.model("bedrock/us.amazon.nova-pro-v1:0"),
    "forbid": config.model("bedrock/us.amazon.nova-pro-v1:0", loss="forbid"),
    "next": config.model("bedrock/us.amazon.nova-pro-v1:0", "anthropic/claude-sonnet-4-5", loss={"widened": "forbid"}),
    "warn": config.model("bedrock/us.amazon.nova-pro-v1:0", loss={"widened": "warn"}),
    "renames": config.model("openai/gpt-4o-mini", loss={"none": "forbid"}),
    "mixed": {"targets": [{"target": "bedrock/us.amazon.nova-pro-v1:0", "loss": "allow"}], "loss": "forbid"},
}


@pytest.fixture(scope="module")
def gateway(start):
    return start(MODELS)


def request(client, model, stream=False, name="search"):
    tool = {"name": name, "description": "Looks"}
    tools = ([{"type": "function", "function": {**tool, "parameters": SCHEMA}}] if client is OpenAI
             else [{**tool, "input_schema": SCHEMA}])
    return client.request(model, "Find it.", stream=stream) | {"tools": tools}


def listed(headers):
    return json.loads(dict(headers)["x-dragoman-edit-list"])


def test_forbidden_edits_go_to_another_target(gateway, sandbox, client, streamed):
    if streamed:
        status, headers, events = gateway.stream(client, request(client, "next", True))
        assert status == 200 and client.complete(events)
    else:
        answer = gateway.ask(client, request(client, "next"))
        status, headers = answer.status, answer.headers
        assert status == 200, answer
    assert dict(headers)["x-dragoman-target"] == "anthropic/claude-sonnet-4-5"
    assert [call.provider for call in sandbox.received()] == ["anthropic"], "it is decided before anything is sent"


def test_with_no_target_left_it_is_refused(gateway, sandbox, client, streamed):
    if streamed:
        status, _, events = gateway.stream(client, request(client, "forbid", True))
        body = events[0].json
    else:
        answer = gateway.ask(client, request(client, "forbid"))
        status, body = answer.status, answer.json
    assert status == 400
    message = client.error(body)[1]
    pointer = "/tools/0/function/parameters" if client is OpenAI else "/tools/0/input_schema"
    for word in ("bedrock/us.amazon.nova-pro-v1:0", pointer, "widened", "minProperties"):
        assert word in message, message
    assert not sandbox.received()


def test_a_target_may_be_allowed_more(gateway, sandbox, client):
    assert gateway.ask(client, request(client, "mixed")).status == 200


def test_forbid_names_the_class_it_is_about(gateway, sandbox, client):
    assert gateway.ask(client, request(client, "renames", name="search")).status == 200
    refused = gateway.ask(client, request(client, "renames", name="search it"))
    assert refused.status == 400 and "none: forbid" in client.error(refused.json)[1]


def test_warn_says_it_once(gateway, sandbox, client):
    for _ in range(3):
        assert gateway.ask(client, request(client, "warn")).status == 200
    lines = [line for line in gateway.output.splitlines() if "widened by" in line]
    assert lines and len(lines) == len({line.split(" widened by ")[1].split(":")[0] for line in lines}), lines
    assert "dragoman check" in lines[0]


def test_edits_are_told_when_asked_for(gateway, sandbox, client):
    answer = gateway.ask(client, request(client, "allow"), headers={"x-dragoman-explain": "edits"})
    all_edits = listed(answer.headers)
    assert len(all_edits) == edits(answer)[""] > 0
    assert set(all_edits[0]) == {"rule", "pointer", "keyword", "before", "after", "loss"}
    assert answer.json["dragoman"]["edits"] == all_edits
    plain = gateway.ask(client, request(client, "allow"))
    assert plain.header("x-dragoman-edit-list") is None and "dragoman" not in plain.json


def test_streams_tell_them_in_the_header(gateway, sandbox, client):
    status, headers, events = gateway.stream(
        client, request(client, "allow", True), headers={"x-dragoman-explain": "edits"})
    assert status == 200 and client.complete(events)
    assert any(edit["loss"] == "widened" for edit in listed(headers))


def test_errors_tell_them_too(gateway, sandbox, client):
    refused = gateway.ask(client, request(client, "forbid"), headers={"x-dragoman-explain": "edits"})
    assert refused.json["error"]["dragoman"]["edits"] == listed(refused.headers) != []
    unknown = gateway.ask(client, client.request("nobody"), headers={"x-dragoman-explain": "edits"})
    assert unknown.status == 404 and listed(unknown.headers) == []
    sandbox.fault({"kind": "status", "status": 503, "message": "tired"}, provider="anthropic")
    failed = gateway.ask(client, request(client, "next"), headers={"x-dragoman-explain": "edits"})
    assert failed.status == 503 and isinstance(listed(failed.headers), list)


def test_a_long_list_is_cut_in_the_header_only(gateway, sandbox, client):
    tools = [t for i in range(60) for t in request(client, "allow", name=f"tool {i} é")["tools"]]
    answer = gateway.ask(client, request(client, "allow") | {"tools": tools}, headers={"x-dragoman-explain": "edits"})
    assert answer.status == 200, answer
    header = answer.header("x-dragoman-edit-list")
    assert len(header) < 6500 and header.isascii()
    shown = json.loads(header)
    full = answer.json["dragoman"]["edits"]
    assert shown[:-1] == full[: len(shown) - 1]
    assert shown[-1] == {"omitted": len(full) - len(shown) + 1}


def test_sdks_let_the_extra_member_pass(gateway, sandbox):
    headers = {"x-dragoman-explain": "edits"}
    body = request(OpenAI, "allow")
    done = openai.OpenAI(base_url=gateway.url + "/v1", api_key="unused", max_retries=0).chat.completions.create(
        model="allow", messages=body["messages"], tools=body["tools"], extra_headers=headers)
    assert done.model_extra["dragoman"]["edits"]
    body = request(Anthropic, "allow")
    message = anthropic.Anthropic(base_url=gateway.url, api_key="unused", max_retries=0).messages.create(
        model="allow", max_tokens=400, messages=body["messages"], tools=body["tools"], extra_headers=headers)
    assert message.model_extra["dragoman"]["edits"]


def test_the_tools_honour_it(gateway, tmp_path, client):
    file = tmp_path / "request.json"
    file.write_text(json.dumps(request(client, "forbid")))
    from_ = ["--from", client.name, "--config", str(gateway.config)]
    row = run("check", str(file), *from_, "--to", "forbid", "--json")
    assert row.returncode == 3
    (only,) = json.loads(row.stdout)["targets"]
    assert only["verdict"] == "forbidden" and "forbid" in only["refused"]["reason"]
    (warned,) = json.loads(run("check", str(file), *from_, "--to", "warn", "--json").stdout)["targets"]
    assert any(edit.get("policy") == "warn" for edit in warned["edits"])
    assert "warned" in run("check", str(file), *from_, "--to", "warn").stdout
    assert "forbidden" in run("check", str(file), *from_, "--to", "forbid").stdout
    lowered = run("lower", *from_, "--to", "forbid", stdin=file.read_text())
    assert lowered.returncode == 3 and json.loads(lowered.stdout)["refused"]["pointer"].startswith("/tools/0")
    assert run("lower", *from_, "--to", "allow", stdin=file.read_text()).returncode == 0
