"""Corners of the clients' APIs, over targets that have no word for them."""
import boto3
import openai
import pytest
from google import genai
from google.genai import types
from botocore.config import Config
from botocore.exceptions import ClientError
from openai.types.responses import Response, ResponseCompletedEvent

from harness import config, http
from harness.targets import BY_ID

CLAUDE, GPT, NOVA, GEMINI = (BY_ID[name].name for name in ("anthropic", "openai", "bedrock-nova", "gemini"))
REASONER = "openai/gpt-5"
LOOK = {"type": "function", "name": "look", "parameters": {"type": "object", "properties": {}}}


@pytest.fixture(scope="module")
def gateway(start):
    return start({"m": config.model(CLAUDE)})


@pytest.fixture(scope="module")
def client(gateway):
    return openai.OpenAI(base_url=gateway.url + "/v1", api_key="unused", max_retries=0)


@pytest.fixture(scope="module")
def google(gateway):
    return genai.Client(api_key="unused", http_options=types.HttpOptions(base_url=gateway.url))


def post(gateway, path, body):
    return http.call(gateway.url, "POST", path, body, {"x-dragoman-explain": "edits"})


@pytest.mark.parametrize("tier", ["auto", "default", "flex", "priority"])
@pytest.mark.parametrize("target", [CLAUDE, GPT, NOVA, GEMINI, "groq/openai/gpt-oss-20b"])
def test_service_tiers(client, sandbox, target, tier):
    """OpenAI's words for it reach no provider that has others, and answers have OpenAI's words only."""
    whole = client.responses.create(model=target, input="hi", service_tier=tier)
    Response.model_validate(whole.model_dump())
    last = list(client.responses.create(model=target, input="hi", service_tier=tier, stream=True))[-1]
    ResponseCompletedEvent.model_validate(last.model_dump())
    assert client.chat.completions.create(model=target, messages=[{"role": "user", "content": "hi"}], service_tier=tier)


def test_a_prompt_that_lies_with_openai(client, gateway, sandbox):
    answer = client.responses.create(model=GPT, prompt={"id": "pmpt_1", "variables": {"city": "Paris"}})
    assert answer.status == "completed"
    sent = sandbox.latest().json
    assert sent["prompt"]["id"] == "pmpt_1" and not sent.get("input"), "no words are put into it"
    sandbox.clear()
    refused = post(gateway, "/v1/responses", {"model": CLAUDE, "prompt": {"id": "pmpt_1"}})
    assert refused.status == 400 and refused.json["error"]["param"] == "/prompt" and "OpenAI" in str(refused)
    assert not sandbox.received()


def test_a_cached_content_that_lies_with_google(gateway, sandbox):
    body = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}], "cachedContent": "cachedContents/a"}
    assert post(gateway, f"/v1beta/models/{GEMINI}:generateContent", body).status == 200
    assert sandbox.latest().json["cachedContent"] == "cachedContents/a"
    sandbox.clear()
    refused = post(gateway, f"/v1beta/models/{CLAUDE}:generateContent", body)
    assert refused.status == 400 and "/cachedContent" in str(refused) and "Google" in str(refused)
    assert not sandbox.received()


@pytest.mark.parametrize("target", [GEMINI, CLAUDE, GPT])
def test_one_of_a_few_words(google, sandbox, target):
    """text/x.enum: Google's own answer is a bare word; others are told so."""
    answer = google.models.generate_content(model=target, contents="Which?", config=types.GenerateContentConfig(
        response_mime_type="text/x.enum", response_schema={"type": "STRING", "enum": ["red", "blue"]}))
    if target == GEMINI:
        assert answer.text == "red"
    else:
        assert '["red","blue"]' in sandbox.latest().body.decode().replace("\\", "")


@pytest.mark.parametrize("target", [CLAUDE, GPT, GEMINI, NOVA, "zai/glm-4.6"])
def test_system_text_alone(gateway, sandbox, target):
    """What a framework makes of a conversation that is one system message, in every dialect that sets it apart."""
    rows = [
        ("/v1/messages", {"model": target, "max_tokens": 50, "system": "Begin the tale.", "messages": []}),
        (f"/v1beta/models/{target}:generateContent",
         {"contents": [], "systemInstruction": {"parts": [{"text": "Begin the tale."}]}}),
        (f"/model/{target.replace('/', '%2F').replace(':', '%3A')}/converse",
         {"messages": [], "system": [{"text": "Begin the tale."}]}),
        ("/v1/chat/completions", {"model": target, "messages": [{"role": "system", "content": "Begin the tale."}]}),
        ("/v1/responses", {"model": target, "input": [{"role": "developer", "content": "Begin the tale."}]}),
    ]
    for path, body in rows:
        answer = post(gateway, path, body)
        assert answer.status == 200, (path, answer)
        assert b"Begin the tale." in sandbox.latest().body


def test_the_first_turn_of_a_loop(client, sandbox):
    """`previous_response_id=None` is written as null; what goes out is what the next turn begins with."""
    first = client.responses.create(model=REASONER, input="look", tools=[LOOK], previous_response_id=None)
    one = sandbox.latest().json
    call = next(item for item in first.output if item.type == "function_call")
    client.responses.create(model=REASONER, tools=[LOOK], previous_response_id=first.id, input=[
        {"type": "function_call_output", "call_id": call.call_id, "output": "a wall"}])
    two = sandbox.latest().json
    assert one["tools"] == two["tools"] == [LOOK], "and a strictness nobody spoke of is not spoken of"
    assert one["input"] == two["input"][0]["content"] == "look"


@pytest.mark.parametrize("target", [CLAUDE, "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", NOVA, GPT])
def test_claudes_own_word_for_structured_output(gateway, sandbox, target):
    """The Vercel AI SDK's Bedrock provider asks Claude for JSON in additionalModelRequestFields."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
    answer = post(gateway, f"/model/{target.replace('/', '%2F').replace(':', '%3A')}/converse", {
        "messages": [{"role": "user", "content": [{"text": "a number"}]}],
        "additionalModelRequestFields": {"output_config": {"format": {"type": "json_schema", "schema": schema}}}})
    assert answer.status == 200, answer
    assert '{"n":' in answer.json["output"]["message"]["content"][-1]["text"]


def test_paths_that_are_no_paths(gateway):
    for verb in ("embedContent", "frobnicate"):
        answer = post(gateway, f"/v1beta/models/{CLAUDE}:{verb}", {})
        assert answer.status == 404 and "/v1/embeddings" in str(answer), answer
    answer = http.call(gateway.url, "PUT", "/v1/responses/resp_1", {})
    assert answer.status == 405
    assert {word.strip() for word in answer.header("allow").split(",")} >= {"GET", "DELETE"}


def test_a_session_token_nobody_issued(start):
    locked = start({}, auth={"keys": [{"name": "boto", "access_key_id": "AKIATESTTESTTEST", "secret_access_key": "s" * 40}]})
    client = boto3.client("bedrock-runtime", endpoint_url=locked.url, region_name="us-east-1",
                          aws_access_key_id="AKIATESTTESTTEST", aws_secret_access_key="s" * 40,
                          aws_session_token="token", config=Config(retries={"max_attempts": 0}))
    with pytest.raises(ClientError, match="AWS_SESSION_TOKEN"):
        client.converse(modelId=CLAUDE, messages=[{"role": "user", "content": [{"text": "hi"}]}])
