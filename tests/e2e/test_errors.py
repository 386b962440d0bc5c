"""What a provider refused reaches the client with the provider's status and words; nothing is retried that cannot
pass."""
import json

import pytest

from harness import config, http
from harness.gateway import attempts, served_by
from harness.samples import Anthropic, OpenAI
from harness.targets import BY_ID, DIALECTS

# Odd spacing, an unknown member and an escape: bytes that a re-encoding would change.
OPENAI_400 = (
    '{\n  "error": {\n    "message": "Invalid value: \'caf\\u00e9\'.  Supported values are: \'a\'.",\n'
    '    "type": "invalid_request_error",\n    "param": "messages[0].role",\n    "code": "invalid_value"\n  },'
    ' "x_new":[1.0 ,2]\n}'
)
ANTHROPIC_400 = (
    '{"type":"error", "error":{"type":"invalid_request_error","message":"messages.0: bad \\u2019thing\\u2019"},'
    '"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy","extra":{}}'
)
SAME = [(OpenAI, BY_ID["openai"], OPENAI_400), (Anthropic, BY_ID["anthropic"], ANTHROPIC_400)]
BY_DIALECT = pytest.mark.parametrize("client, target, body", SAME, ids=["openai", "anthropic"])


@pytest.fixture(scope="module")
def gateway(start):
    models = {f"m-{target}": config.model(target, retries=2) for target in DIALECTS}
    models |= {f"once-{target}": config.model(target, retries=0) for target in DIALECTS}
    models["chain"] = config.model(BY_ID["openai"], BY_ID["gemini"], BY_ID["anthropic"])
    models["openai-twice"] = config.model(BY_ID["openai"], BY_ID["azure"], BY_ID["mistral"], BY_ID["groq"])
    return start(models)


@BY_DIALECT
@pytest.mark.parametrize("status", [400, 403, 404, 413, 422])
def test_same_dialect_byte_for_byte(gateway, sandbox, client, target, body, status, streamed):
    sandbox.fault({"kind": "status", "status": status, "body": body}, repeat=True)
    answer = gateway.ask(client, client.request(f"m-{target}", "hi", stream=streamed))
    assert answer.status == status
    assert answer.body == body.encode()
    assert len(sandbox.received()) == 1, "it was tried again though it cannot pass"
    assert attempts(answer) == 1


@pytest.mark.parametrize("target", DIALECTS, ids=str)
def test_the_words_survive_every_dialect(gateway, sandbox, client, target):
    words = "The value 'purple' of field #7 is not one this provider knows"
    sandbox.fault({"kind": "status", "status": 400, "message": words}, repeat=True)
    answer = gateway.ask(client, client.request(f"m-{target}", "hi"))
    assert answer.status == 400, answer
    assert words in answer.json["error"]["message"]
    if target.provider not in (client.name,):
        client.error(answer.json)
    assert len(sandbox.received()) == 1


@BY_DIALECT
def test_a_real_refusal_is_the_providers_own(gateway, sandbox, client, target, body):
    """What the emulator itself says when asked directly is what the client reads."""
    key = {"authorization": "Bearer sk-x"} if client is OpenAI else {"x-api-key": "sk-x"}
    request = client.request("no-such-model-at-all", "hi")
    direct = http.call(sandbox.url, "POST", f"/{target.provider}{client.path}", request, {**client.headers, **key})
    assert direct.status == 404
    answer = gateway.ask(client, {**request, "model": f"{target.provider}/no-such-model-at-all"})
    assert (answer.status, answer.body) == (direct.status, direct.body)


def test_every_attempt_is_told_when_all_fail(gateway, sandbox, client):
    sandbox.fault({"kind": "status", "status": 503, "message": "first is tired"}, provider="openai", repeat=True)
    sandbox.fault({"kind": "status", "status": 400, "message": "second does not like it"}, provider="gemini", repeat=True)
    sandbox.fault({"kind": "status", "status": 529, "message": "third is tired"}, provider="anthropic", repeat=True)
    answer = gateway.ask(client, client.request("chain", "hi"))
    kind, message = client.error(answer.json)
    assert answer.status == 400
    assert "second does not like it" in message, "the first useful message is the one that says what is wrong"
    told = answer.json["error"]["dragoman"]["attempts"]
    assert [row["target"] for row in told] == ["openai/gpt-4o-mini", "gemini/gemini-2.5-flash", "anthropic/claude-sonnet-4-5"]
    assert [row["status"] for row in told] == [503, 400, 529]
    for row, words in zip(told, ("first is tired", "second does not like it", "third is tired")):
        assert words in row["message"]
        assert words in row["body"], "the provider's body as it was"
    assert attempts(answer) == 3


def test_the_same_refusal_from_several_targets_stops_the_chain(gateway, sandbox):
    sandbox.fault({"kind": "status", "status": 400, "body": OPENAI_400}, repeat=True)
    answer = gateway.ask(OpenAI, OpenAI.request("openai-twice", "hi"))
    assert answer.status == 400
    assert len(sandbox.received()) == 2


def test_a_deterministic_refusal_goes_on_loudly(gateway, sandbox):
    sandbox.fault({"kind": "status", "status": 400, "body": OPENAI_400}, provider="openai", repeat=True)
    before = gateway.lines()
    answer = gateway.ask(OpenAI, OpenAI.request("chain", "hi"))
    assert answer.status == 200 and served_by(answer) == "gemini/gemini-2.5-flash"
    assert answer.header("x-dragoman-fallback-reason")
    assert gateway.wait_for(b"(?i)warn.*openai/gpt-4o-mini", start=before), "the operator is not told"


@pytest.mark.parametrize("kind, faults", [
    ("overloaded", ["overloaded"]), ("reset", ["reset"]), ("rate limited", [{"kind": "rate_limit", "retry_after": 0}]),
])
def test_what_may_pass_is_tried_again(gateway, sandbox, client, kind, faults):
    sandbox.fault(*faults)
    answer = gateway.ask(client, client.request("m-openai", "hi"))
    assert answer.status == 200, answer
    first, second = sandbox.received()
    assert first.body == second.body
    # A kept connection that is reset before it says anything is opened anew within the attempt.
    assert attempts(answer) in ((1, 2) if kind == "reset" else (2,))


def test_retry_after_is_kept(gateway, sandbox):
    sandbox.fault({"kind": "rate_limit", "retry_after": 1})
    answer = gateway.ask(OpenAI, OpenAI.request("m-openai", "hi"))
    assert answer.status == 200
    first, second = sandbox.received()
    assert second.started_ms - first.started_ms >= 1000


def test_the_final_429_carries_the_providers_retry_after(gateway, sandbox, client):
    sandbox.fault({"kind": "rate_limit", "retry_after": 3600}, repeat=True)
    answer = gateway.ask(client, client.request("m-gemini", "hi"))
    assert answer.status == 429
    assert answer.header("retry-after") == "3600"
    assert len(sandbox.received()) == 1, "it waited for an hour's limit"


def test_error_bodies_are_not_trusted_to_be_json(gateway, sandbox, client):
    sandbox.fault("html_502", repeat=True)
    answer = gateway.ask(client, client.request("m-gemini", "hi"))
    assert answer.status == 502
    _, message = client.error(answer.json)
    assert "502 Bad Gateway" in message
    assert json.loads(answer.body)


@pytest.mark.parametrize("body", ['{"pong": 1}', "It works!", ""], ids=["JSON", "text", "nothing"])
@pytest.mark.parametrize("target", DIALECTS, ids=str)
def test_a_200_that_is_no_answer_is_told_in_the_clients_words(gateway, sandbox, client, target, body):
    """Also where the dialects agree: what cannot be read is no error that a client could read."""
    sandbox.fault({"kind": "status", "status": 200, "body": body} if body else "empty_200", repeat=True)
    answer = gateway.ask(client, client.request(f"once-{target}", "hi"))
    assert answer.status == 502
    _, message = client.error(answer.json)
    assert "answer" in message
    (told,) = answer.json["error"]["dragoman"]["attempts"]
    assert (told["status"], told["class"], told.get("body", "")) == (502, "server_error", body)
