"""boto3's bedrock-runtime client over every kind of provider."""
import base64
import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from harness import samples
from harness.targets import BY_ID

TARGETS = [BY_ID[name] for name in ("openai", "anthropic", "gemini", "bedrock-claude", "mistral")]
KEY = ("AKIAGATEWAY000000001", "gateway-secret-0123456789")
CLIENT_KEY = "dk-bedrock-key-0123456789"


@pytest.fixture(scope="module")
def gateway(start):
    return start()


@pytest.fixture(scope="module")
def locked(start):
    return start({}, auth={"keys": [
        {"name": "pair", "access_key_id": KEY[0], "secret_access_key": KEY[1]}, {"name": "plain", "key": CLIENT_KEY}]})


def sdk(gateway, key=("AKIAANYBODY", "any"), region="us-east-1"):
    return boto3.client(
        "bedrock-runtime", endpoint_url=gateway.url, region_name=region, aws_access_key_id=key[0],
        aws_secret_access_key=key[1], config=Config(retries={"total_max_attempts": 1}))


def user(*blocks):
    return {"role": "user", "content": [{"text": b} if isinstance(b, str) else b for b in blocks]}


def tools():
    return {"tools": [{"toolSpec": {"name": n, "description": d, "inputSchema": {"json": s}}} for n, d, s in samples.TOOLS]}


def thinking():
    return {"inferenceConfig": {"maxTokens": 4000},
            "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2048}}}


def joined(stream):
    text = "".join(e["contentBlockDelta"]["delta"].get("text", "") for e in stream if "contentBlockDelta" in e)
    return text, [next(iter(e)) for e in stream]


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_text(gateway, sandbox, target):
    client = sdk(gateway)
    answer = client.converse(modelId=target.name, messages=[user("Say hello 🜁")], system=[{"text": "Be terse."}])
    assert answer["output"]["message"] == {"role": "assistant", "content": [{"text": "You said: Say hello 🜁"}]}
    assert answer["stopReason"] == "end_turn" and answer["usage"]["totalTokens"] > answer["usage"]["inputTokens"] > 0
    assert answer["metrics"]["latencyMs"] >= 0 and answer["ResponseMetadata"]["RequestId"]
    text, kinds = joined(list(client.converse_stream(modelId=target.name, messages=[user("Say hello 🜁")])["stream"]))
    assert text == "You said: Say hello 🜁"
    assert kinds[0] == "messageStart" and kinds[-2:] == ["messageStop", "metadata"]


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_tools_loop_with_thinking(gateway, sandbox, target):
    client = sdk(gateway)
    messages = [user("Use get_weather for Paris.")]
    answer = client.converse(modelId=target.name, messages=messages, toolConfig=tools(), **thinking())
    assert answer["stopReason"] == "tool_use"
    messages.append(answer["output"]["message"])
    (use,) = [b["toolUse"] for b in messages[-1]["content"] if "toolUse" in b]
    assert use["name"] == "get_weather" and "city" in use["input"]
    messages.append(user({"toolResult": {"toolUseId": use["toolUseId"], "content": [{"json": {"sky": "clear 🌦"}}]}}))
    events = list(client.converse_stream(modelId=target.name, messages=messages, toolConfig=tools(), **thinking())["stream"])
    assert json.loads(joined(events)[0].removeprefix("Result: ")) == {"sky": "clear 🌦"}
    if str(target) in ("anthropic", "bedrock-claude"):
        assert "reasoningContent" in messages[1]["content"][0]
        received = sandbox.last().json["messages"][1]["content"][0]
        seal = messages[1]["content"][0]["reasoningContent"]["reasoningText"]["signature"]
        assert seal in (received.get("signature"), received.get("reasoningContent", {}).get("reasoningText", {}).get("signature"))


@pytest.mark.parametrize("target", [t for t in TARGETS if str(t) != "mistral"], ids=str)
def test_image(gateway, sandbox, target):
    image = {"image": {"format": "png", "source": {"bytes": base64.b64decode(samples.png())}}}
    answer = sdk(gateway).converse(modelId=target.name, messages=[user("Look", image)])
    assert answer["output"]["message"]["content"][0]["text"] == "You said: Look [1 image]"


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_errors(gateway, sandbox, target):
    client = sdk(gateway)
    sandbox.fault("rate_limit", provider=target.sandbox)
    with pytest.raises(client.exceptions.ThrottlingException) as failed:
        client.converse(modelId=target.name, messages=[user("hi")])
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    sandbox.fault({"kind": "error_event", "at": "token", "gap": 50, "message": "overloaded inside"}, provider=target.sandbox)
    with pytest.raises(EventStreamError) as broken:
        list(client.converse_stream(modelId=target.name, messages=[user("one two three four five six")])["stream"])
    assert "overloaded inside" in str(broken.value)


def test_unknown_model_and_bad_request(gateway, sandbox):
    client = sdk(gateway)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.converse(modelId="nowhere/x", messages=[user("hi")])
    with pytest.raises(client.exceptions.ValidationException) as bad:
        client.converse(modelId="openai/gpt-4o-mini", messages=[])
    assert "/messages" in str(bad.value)


def test_count_tokens(gateway, sandbox):
    for model in ("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "openai/gpt-4o-mini"):
        counted = sdk(gateway).count_tokens(modelId=model, input={"converse": {"messages": [user("hello there")]}})
        assert counted["inputTokens"] > 0


@pytest.mark.parametrize("key, region", [(KEY, "us-east-1"), (KEY, "eu-central-1"), ((CLIENT_KEY, "unused"), "us-east-1")])
def test_who_may(locked, sandbox, key, region):
    for model in ("openai/gpt-4o-mini", "bedrock/us.amazon.nova-pro-v1:0"):
        assert sdk(locked, key, region).converse(modelId=model, messages=[user("hi")])["stopReason"] == "end_turn"
    sent = sandbox.last("bedrock").header("authorization")
    assert KEY[0] not in sent and CLIENT_KEY not in sent


@pytest.mark.parametrize("key, code, words", [
    ((KEY[0], "wrong"), "InvalidSignatureException", "does not match"),
    (("AKIANOBODY", "x"), "UnrecognizedClientException", "AKIANOBODY")])
def test_who_may_not(locked, sandbox, key, code, words):
    with pytest.raises(ClientError) as refused:
        sdk(locked, key).converse(modelId="openai/gpt-4o-mini", messages=[user("hi")])
    assert refused.value.response["Error"]["Code"] == code and words in str(refused.value)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert not sandbox.received()


def test_bearer_keys_and_none(locked, sandbox):
    """AWS_BEARER_TOKEN_BEDROCK, which boto3 itself sends over HTTPS only."""
    from harness import http

    path, body = "/model/openai%2Fgpt-4o-mini/converse", {"messages": [user("hi")]}
    assert http.call(locked.url, "POST", path, body, {"authorization": f"Bearer {CLIENT_KEY}"}).status == 200
    wrong = http.call(locked.url, "POST", path, body, {"authorization": "Bearer wrong"})
    assert (wrong.status, wrong.header("x-amzn-errortype")) == (403, "UnrecognizedClientException")
    none = http.call(locked.url, "POST", path, body)
    assert (none.status, none.header("x-amzn-errortype")) == (403, "MissingAuthenticationTokenException")
