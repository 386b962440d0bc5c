"""A conversation held on one target: how it is known, what may move it, and that every move is told."""
import re

import openai
import pytest

from harness import config
from harness.gateway import served_by
from harness.samples import Anthropic, OpenAI
from harness.targets import BY_ID

ONE, TWO = BY_ID["openai"], BY_ID["anthropic"]


def switches(gateway):
    return re.findall(r"\[PROVIDER-SWITCH\] conversation=(\w+) from=(\S+) to=(\S+) why=(.*)", gateway.output)


def both(pin, **more):
    targets = [{"target": ONE.name, "weight": 1}, {"target": TWO.name, "weight": 1}]
    return {"targets": targets, "pin": pin, **more}


@pytest.fixture(scope="module")
def gateway(start):
    return start({
        "held": both("conversation"),
        "preferred": config.model(ONE, TWO, pin="prefer"),
        "ordered": config.model(ONE, TWO, pin="conversation"),
        "free": both("none"),
    })


def turn(gateway, model, text="Hello", dialect=OpenAI, headers=None, **more):
    answer = gateway.ask(dialect, dialect.request(model, text, **more), headers=headers)
    assert answer.status == 200, answer
    return served_by(answer)


IDENTITIES = {
    "header": lambda n: dict(headers={"x-dragoman-conversation": f"c{n}"}),
    "codex": lambda n: dict(headers={"session_id": f"s{n}"}),
    "cache-key": lambda n: dict(prompt_cache_key=f"k{n}"),
    "user-id": lambda n: dict(dialect=Anthropic, metadata={"user_id": f"u{n}"}),
    "first-turns": lambda n: dict(text=f"conversation {n}"),
}


@pytest.mark.parametrize("identity", IDENTITIES.values(), ids=IDENTITIES.keys())
def test_each_conversation_stays(gateway, sandbox, identity):
    homes = {}
    for n in range(12):
        homes[n] = turn(gateway, "held", **identity(n))
    assert len(set(homes.values())) == 2, "new conversations are spread over both"
    for _ in range(3):
        for n, home in homes.items():
            assert turn(gateway, "held", **identity(n)) == home


def test_a_conversation_is_known_as_it_grows(gateway, sandbox):
    sdk = openai.OpenAI(base_url=gateway.url + "/v1", api_key="unused", max_retries=0)
    history = [{"role": "system", "content": "You are terse."}, {"role": "user", "content": "This one grows."}]
    seen = set()
    for n in range(6):
        raw = sdk.chat.completions.with_raw_response.create(model="held", messages=history)
        seen.add(raw.headers["x-dragoman-target"])
        history += [{"role": "assistant", "content": raw.parse().choices[0].message.content},
                    {"role": "user", "content": f"and {n}"}]
    assert len(seen) == 1


def test_held_it_fails_rather_than_moves(gateway, sandbox):
    same = dict(headers={"x-dragoman-conversation": "stays"})
    assert turn(gateway, "ordered", **same) == ONE.name
    sandbox.fault("overloaded", provider=ONE.sandbox, repeat=True)
    answer = gateway.ask(OpenAI, OpenAI.request("ordered"), **same)
    assert answer.status == 503 and not sandbox.received(TWO.sandbox)
    assert turn(gateway, "ordered", headers={"x-dragoman-conversation": "new one"}) == TWO.name
    sandbox.clear()
    assert turn(gateway, "ordered", **same) == ONE.name
    assert turn(gateway, "ordered", headers={"x-dragoman-conversation": "new one"}) == TWO.name
    assert not switches(gateway)


def test_told_to_switch(gateway, sandbox):
    same = {"x-dragoman-conversation": "moves"}
    before = len(switches(gateway))
    assert turn(gateway, "ordered", headers=same) == ONE.name
    assert turn(gateway, "ordered", headers={**same, "x-dragoman-switch": "any"}) == TWO.name
    assert turn(gateway, "ordered", headers=same) == TWO.name
    assert turn(gateway, "ordered", headers={**same, "x-dragoman-switch": ONE.name}) == ONE.name
    told = switches(gateway)[before:]
    assert [(start, end) for _, start, end, _ in told] == [(ONE.name, TWO.name), (TWO.name, ONE.name)]
    assert all("the client asked" in why for *_, why in told)
    answer = gateway.ask(OpenAI, OpenAI.request("ordered"), headers={**same, "x-dragoman-switch": "nobody/x"})
    assert answer.status == 400 and ONE.name in answer.json["error"]["message"]


def test_preferred_it_fails_over_and_comes_back(gateway, sandbox):
    same = {"x-dragoman-conversation": "comes back"}
    before = len(switches(gateway))
    assert turn(gateway, "preferred", headers=same) == ONE.name
    sandbox.fault("overloaded", provider=ONE.sandbox)
    assert turn(gateway, "preferred", headers=same) == TWO.name
    assert turn(gateway, "preferred", headers=same) == ONE.name
    told = switches(gateway)[before:]
    assert [(start, end) for _, start, end, _ in told] == [(ONE.name, TWO.name), (TWO.name, ONE.name)]
    assert told[0][3].startswith("overloaded")
    assert len({name for name, *_ in told}) == 1


def test_what_belongs_to_the_old_one_is_over_first(gateway, sandbox):
    """The first call has ended at the old provider before the next is sent."""
    same = {"x-dragoman-conversation": "one at a time"}
    turn(gateway, "preferred", headers=same)
    sandbox.clear()
    sandbox.fault({"kind": "error_event"}, provider=ONE.sandbox)
    answer = gateway.stream(OpenAI, OpenAI.request("preferred", stream=True), headers=same)
    assert answer[0] == 200
    old, new = sandbox.received()
    assert (old.provider, new.provider) == (ONE.sandbox, TWO.sandbox)
    over = min(ms for ms in (old.ended_ms, old.client_gone_ms) if ms is not None)
    assert over <= new.started_ms


def test_pins_survive_a_restart_and_a_lost_target(start, sandbox):
    models = {"m": both("conversation")}
    first = start(models)
    homes = {n: turn(first, "m", headers={"session_id": f"s{n}"}) for n in range(8)}
    first.stop()
    vault = {"path": str(first.folder / "dragoman-vault.db")}
    second = start(models, vault=vault)
    assert {n: turn(second, "m", headers={"session_id": f"s{n}"}) for n in homes} == homes
    second.stop()
    third = start({"m": config.model(TWO, pin="conversation")}, vault=vault)
    for n in homes:
        assert turn(third, "m", headers={"session_id": f"s{n}"}) == TWO.name
    told = switches(third)
    assert len(told) == sum(home == ONE.name for home in homes.values())
    assert all("no longer a target" in why for *_, why in told)


def test_routes_that_do_not_pin_say_nothing(gateway, sandbox):
    answer = gateway.ask(OpenAI, OpenAI.request("free"), headers={"x-dragoman-conversation": "x"})
    assert answer.status == 200 and answer.header("x-dragoman-conversation") is None
