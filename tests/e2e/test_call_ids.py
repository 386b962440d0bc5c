"""Hosts that give two calls of an answer one id, or none: each client of the official SDKs can answer both, and the host gets
both results, each to its call. Also where the answer is relayed in the host's own bytes."""
import json

import pytest

from harness import conversation
from harness.conversation import Wire
from harness.sdk_conversation import SDKS, Clients

# One of each dialect a host speaks: (name of its sandbox, target).
HOSTS = {"openai": "openai/gpt-4o-mini", "mimo": "mimo/mimo-v2.5-pro", "openai-responses": "openai/gpt-5.4",
         "anthropic": "anthropic/claude-sonnet-4-5", "bedrock": "bedrock/us.amazon.nova-pro-v1:0", "gemini": "gemini/gemini-2.5-flash",
         "cohere": "cohere/command-a-03-2025"}
NOON, NIGHT = "Twelve degrees at noon.", "Two degrees at night."


@pytest.fixture(scope="module")
def clients(start):
    made = Clients(start().url)
    yield made
    made.close()


def calls(*ids):
    return [{"name": "get_weather", "arguments": {"city": f"Oslo {n}"}, **({} if id is None else {"id": id})} for n, id in enumerate(ids)]


def told(sandbox, talk, model, *ids):
    """The ids a client gets for calls whose host named them so, after it has answered them."""
    sandbox.fault({"kind": "say", "calls": calls(*ids)})
    talk.user("Oslo, by day and by night?")
    made = talk.step(model).calls
    assert [arguments["city"] for _, _, arguments in made] == [f"Oslo {n}" for n in range(len(ids))]
    talk.results([(id, name, text, False, False) for (id, name, _), text in zip(made, (NOON, NIGHT))])
    said = talk.step(model)
    assert not said.calls
    words = said.text.replace('"}', "").replace('{"output":"', "")
    at = [words.index(text) for text in (NOON, NIGHT)[:len(ids)]]
    assert at == sorted(at), "the results stand in the order of their calls"
    return [id for id, _, _ in made]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("sdk", SDKS, ids=lambda sdk: sdk.name)
def test_one_id_for_two_calls(clients, sandbox, sdk, host):
    streamed = (SDKS.index(sdk) // 5 + list(HOSTS).index(host)) % 2 == 0  # by turns, so that each dialect is both with each host
    first, second = told(sandbox, sdk(clients, "You are terse.", streamed), HOSTS[host], "call_twin", "call_twin")
    assert second and first != second, "a client could not answer the second"
    assert "call_twin" in first and "call_twin" in second


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("dialect", conversation.DIALECTS, ids=lambda dialect: dialect.name)
def test_no_id(clients, sandbox, dialect, host, streamed):
    wire = Wire(clients.url)
    first, second = told(sandbox, dialect(wire, "You are terse.", streamed), HOSTS[host], "", "")
    wire.close()
    if dialect is conversation.Gemini and host == "gemini":
        return  # its own bytes: Google's clients take calls without ids, by their names
    assert first and second and first != second


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("dialect, model", [
    (conversation.Chat, HOSTS["openai"]), (conversation.Responses, HOSTS["openai-responses"]), (conversation.Messages, HOSTS["anthropic"]),
    (conversation.Gemini, HOSTS["gemini"]), (conversation.Bedrock, HOSTS["bedrock"])], ids=lambda value: getattr(value, "name", None))
def test_bytes_that_need_nothing_are_the_hosts(clients, sandbox, dialect, model, streamed):
    """Relayed with an id changed, an answer differs in that id alone."""
    answers = []
    for second in ("call_other", "call_twin"):
        sandbox.fault({"kind": "say", "calls": calls("call_twin", second)})
        wire = Wire(clients.url)
        talk = dialect(wire, "You are terse.", streamed)
        talk.user("Oslo?")
        post, seen = wire.post, []
        wire.post = lambda *asked, post=post, seen=seen: seen.append(post(*asked)) or seen[-1]
        made = talk.step(model).calls
        wire.close()
        answers.append((seen[0], made[1][0]))
    (plain, _), (renamed, id) = answers
    assert id not in ("call_twin", "call_other") and id.startswith("call_twin_")
    if dialect is conversation.Bedrock:
        plain, renamed = (json.dumps(conversation.event_stream(data) if streamed else json.loads(data)).encode() for data in (plain, renamed))
    strip = lambda data: [line for line in data.replace(id.encode(), b"call_other").split(b"\n")]
    varying = (b'"created', b"latencyMs")
    for a, b in zip(strip(plain), strip(renamed), strict=True):
        if not any(word in a for word in varying):
            assert a.replace(b" ", b"") == b.replace(b" ", b"")
