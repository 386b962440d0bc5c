"""A refusal is led back to the client's own request: whatever was renamed, merged or moved on the way to the provider, the
error says in the client's dialect where in *its* request the thing stands, with the provider's words unchanged."""

import anthropic
import openai
import pytest
from botocore.exceptions import ClientError

from harness import agent, config
from harness.dialects import FIVE, Anthropic, Bedrock, Gemini, OpenAI, Responses, dragoman_member, param_of
from harness.targets import BY_ID
from test_boto3 import sdk as boto

TARGETS = [BY_ID[name] for name in ("openai", "anthropic", "bedrock-nova", "gemini", "mistral", "groq", "cohere")]
SAME = {("openai", "openai"), ("anthropic", "anthropic"), ("bedrock", "bedrock-nova"), ("gemini", "gemini"), ("responses", "openai"),
        ("openai", "mistral"), ("openai", "groq")}


@pytest.fixture(scope="module")
def gateway(start):
    models = {f"m-{target}": config.model(target, retries=0, repair={"enabled": False}) for target in TARGETS}
    models["pair"] = config.model(BY_ID["anthropic"], BY_ID["gemini"], retries=0, repair={"enabled": False})
    return start(models)


def sent(gateway, sandbox, client, target):
    body, places = agent.turns(client, f"m-{target}")
    sandbox.clear()
    answer = gateway.ask(client, body)
    assert answer.status == 200, answer
    return body, places, agent.refusals(target, sandbox.last())


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("client", FIVE, ids=lambda client: client.name)
def test_every_place_is_the_clients(gateway, sandbox, client, target):
    body, places, refusals = sent(gateway, sandbox, client, target)
    wrong = []
    for what, refusal in refusals.items():
        sandbox.clear()
        sandbox.fault({"kind": "status", "status": 400, "body": refusal}, repeat=True)
        answer = gateway.ask(client, body)
        assert answer.status == 400, answer
        assert len(sandbox.received()) == 1
        if (client.name, str(target)) in SAME:
            assert answer.body == refusal.encode(), "the dialects agree: byte for byte"
            continue
        [attempt] = dragoman_member(answer.json)["attempts"]
        assert attempt["body"] == refusal and attempt["status"] == 400 and attempt["target"] == target.name
        assert attempt["message"] in answer.body.decode().replace('\\"', '"') or attempt["message"] in client.error(answer.json)[1]
        for param in (param_of(client, answer.json), attempt.get("param")):
            if param is None or not (param == places[what] or (what in ("ask", "result") and param.startswith(places[what] + "/"))):
                wrong.append(f"{what}: {param}, not {places[what]}; the provider said {attempt.get('pointer')}")
        if what == "tags":
            assert attempt.get("tool") == "hotels.search"
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("client", FIVE, ids=lambda client: client.name)
def test_each_attempt_has_its_own_place(gateway, sandbox, client):
    body, places = agent.turns(client, "pair")
    sandbox.fault({"kind": "status", "status": 400, "body": '{"type":"error","error":{"type":"invalid_request_error","message":"tools.1.custom.input_schema.properties.tags: no"}}'},
                  provider="anthropic", repeat=True)
    sandbox.fault({"kind": "status", "status": 400, "body": '{"error":{"code":400,"message":"Invalid value at \'generation_config.temperature\' (TYPE_FLOAT), 1","status":"INVALID_ARGUMENT"}}'},
                  provider="gemini", repeat=True)
    answer = gateway.ask(client, body)
    assert answer.status == 400
    if client is Anthropic:  # the first refusal is told, and that is Anthropic's own words
        assert answer.json["error"]["message"] == "tools.1.custom.input_schema.properties.tags: no"
        return
    first, second = dragoman_member(answer.json)["attempts"]
    assert (first["param"], second["param"]) == (places["tags"], places["temperature"])
    assert (first["pointer"], first["tool"]) == ("tools.1.custom.input_schema.properties.tags", "hotels.search")
    assert param_of(client, answer.json) == places["tags"], "the first cause first"
    assert "properties.tags: no" in client.error(answer.json)[1]


@pytest.mark.parametrize("client", [c for c in FIVE if c is not Anthropic], ids=lambda client: client.name)
def test_inside_a_stream(gateway, sandbox, client):
    body, places = agent.turns(client, "m-anthropic", stream=True)
    words = "messages.0.content.0: Invalid `signature` in `thinking` block"
    sandbox.fault({"kind": "error_event", "at": "token", "gap": 60, "message": words})
    status, _, events = gateway.stream(client, body)
    assert status == 200
    error = client.stream_error(events)
    assert error and words in str(error)
    where = {"openai": "/messages/2", "responses": "/input/0", "gemini": "/contents/0", "bedrock": "/messages/0"}[client.name]
    assert where in str(error), error


def test_what_the_openai_sdk_shows(gateway, sandbox):
    body, places, refusals = sent(gateway, sandbox, OpenAI, BY_ID["anthropic"])
    sandbox.fault({"kind": "status", "status": 400, "body": refusals["tags"]}, repeat=True)
    client = openai.OpenAI(base_url=gateway.url + "/v1", api_key="any", max_retries=0)
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**body)
    assert caught.value.param == places["tags"]
    assert caught.value.type == "invalid_request_error" and "properties.tags: Input should be understood" in caught.value.message
    assert caught.value.body["dragoman"]["attempts"][0]["param"] == places["tags"]
    body, places, refusals = sent(gateway, sandbox, Responses, BY_ID["gemini"])
    sandbox.fault({"kind": "status", "status": 400, "body": refusals["tags"]}, repeat=True)
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(**body)
    assert caught.value.param == places["tags"]


def test_what_the_anthropic_sdk_shows(gateway, sandbox):
    body, places, refusals = sent(gateway, sandbox, Anthropic, BY_ID["openai"])
    sandbox.fault({"kind": "status", "status": 400, "body": refusals["tags"]}, repeat=True)
    client = anthropic.Anthropic(base_url=gateway.url, api_key="any", max_retries=0)
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(extra_body={"temperature": body.pop("temperature")}, **body)
    error = caught.value.body["error"]
    assert error["param"] == places["tags"] and error["type"] == "invalid_request_error"
    assert "was not understood" in error["message"] and error["dragoman"]["attempts"][0]["tool"] == "hotels.search"


def test_what_googles_sdk_shows(gateway, sandbox):
    from google import genai
    from google.genai import errors

    body, places, refusals = sent(gateway, sandbox, Gemini, BY_ID["openai"])
    sandbox.fault({"kind": "status", "status": 400, "body": '{"error":{"message":"\'temperature\' was not understood.","type":"invalid_request_error","param":"temperature","code":null}}'}, repeat=True)
    client = genai.Client(api_key="any", http_options={"base_url": gateway.url})
    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model="m-openai", contents="hi", config={"temperature": 0.5})
    assert caught.value.code == 400 and "was not understood" in caught.value.message
    assert "/generationConfig/temperature" in str(caught.value.details)


def test_what_boto3_shows(gateway, sandbox):
    body, places, refusals = sent(gateway, sandbox, Bedrock, BY_ID["openai"])
    sandbox.fault({"kind": "status", "status": 400, "body": refusals["tags"]}, repeat=True)
    with pytest.raises(ClientError) as caught:
        boto(gateway).converse(modelId="m-openai", **body)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert "was not understood" in caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
