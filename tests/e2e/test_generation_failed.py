"""An answer the provider threw away is never an empty success: it is made again, then elsewhere, then told (GEM-62,
BRW-11)."""
import json

import pytest

from harness import config
from harness.gateway import attempts, served_by
from harness.targets import BY_ID, TARGETS

BEDROCK = next(target for target in TARGETS if target.provider == "bedrock")
MALFORMED = "sandbox: malformed call"
CONVERSE = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Let me see."}]}},
    "stopReason": "malformed_tool_use",
    "usage": {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12},
}


@pytest.fixture(scope="module")
def gateway(start):
    return start({
        "alone": config.model(BY_ID["gemini"], retries=1),
        "chain": config.model(BY_ID["gemini"], BY_ID["openai"], retries=1),
        "bedrock": config.model(BEDROCK, retries=1),
    })


def test_it_is_made_again_and_then_told(gateway, sandbox, client, streamed):
    answer = gateway.ask(client, client.request("alone", MALFORMED, stream=streamed))
    assert answer.status == 502, answer
    assert "MALFORMED_FUNCTION_CALL" in client.error(answer.json)[1]
    assert [row["class"] for row in answer.json["error"]["dragoman"]["attempts"]] == ["generation_failed"] * 2
    assert len(sandbox.received()) == 2


def test_the_next_target_serves_it(gateway, sandbox, client, streamed):
    answer = gateway.ask(client, client.request("chain", MALFORMED, stream=streamed))
    assert answer.status == 200, answer
    assert served_by(answer).startswith("openai/")
    assert attempts(answer) == 3


def test_bedrock_alike(gateway, sandbox, client):
    sandbox.fault({"kind": "status", "status": 200, "body": json.dumps(CONVERSE)}, repeat=True)
    answer = gateway.ask(client, client.request("bedrock", "hi"))
    assert answer.status == 502, answer
    assert "malformed_tool_use" in client.error(answer.json)[1]
    assert len(sandbox.received()) == 2
