"""docs/decisions.md, row by row, asked of a running gateway: which targets are called, in which order, for every cause; how
loudly; and that one request's trouble is not another's."""

import re
import threading

import pytest

from harness import config
from harness.gateway import served_by
from harness.process import ROOT
from harness.samples import OpenAI

A, B, F, G = "openai/gpt-4o-mini", "mistral/mistral-large-latest", "groq/llama-3.3-70b-versatile", "deepseek/deepseek-chat"
LETTERS = {"openai": "a", "mistral": "b", "groq": "f", "deepseek": "g"}
# The same cause in other words for each: the same words from two targets would end the chain.
WORDS = {"openai": "alpha", "mistral": "beta", "groq": "gamma", "deepseek": "delta"}


def status(http, message, kind="invalid_request_error", **more):
    return lambda word: {"kind": "status", "status": http, "body": {"error": {"message": message.format(word), "type": kind, "param": None, **more}}}


FAULTS = {
    "network": lambda word: {"kind": "reset"},
    "timeout": status(504, "{} took too long", "timeout_error"),
    "stream_interrupted": lambda word: {"kind": "cut", "bytes": 20},
    "quota_billing": status(429, "{}: you exceeded your current quota", "insufficient_quota", code="insufficient_quota"),
    "rate_limit": lambda word: {"kind": "rate_limit", "retry_after": 0},
    "overloaded": status(503, "{} is overloaded"),
    "server_error": status(500, "{} broke", "server_error"),
    "auth": status(401, "{} knows no such key", "authentication_error"),
    "permission": status(403, "{} may not", "permission_error"),
    "content_policy": status(400, "{} was filtered", code="content_filter"),
    "context_length": status(400, "{}: prompt is too long: 9 tokens > 8 maximum"),
    "not_found": status(404, "{}: no such model", code="model_not_found"),
    "schema_rejected": status(400, "Invalid schema for function '{}': no"),
    "state_missing": status(400, "{}: No tool output found for function call call_x."),
    "message_rejected": status(400, "{}: user and assistant roles should alternate"),
    "param_rejected": status(400, "Unsupported parameter: '{0}' is not supported with this model."),
    "generation_failed": status(400, "{}: failed to call a function", code="tool_use_failed"),
    "other": status(400, "{} says no"),
    "the same refusal from two targets": lambda word: status(400, "Unsupported parameter: 'same' is not supported with this model.")(word),
    "`rate_limit`, asking to wait longer than `max_wait`": lambda word: {"kind": "rate_limit", "retry_after": 3600},
}


def rows():
    table = re.search(r"\| what went wrong .*?\n\n", (ROOT / "docs/decisions.md").read_text(), re.S).group()
    for line in table.strip().splitlines()[2:]:
        what, calls, begun, loud, rests = (cell.strip() for cell in line.strip("|").split("|"))
        yield what.strip("`") if what.count("`") == 2 and what.endswith("`") else what, calls.split(), begun.split(), loud == "yes", rests


ROWS = {row[0]: row for row in rows()}
POLICY = {"retries": 2, "cooldown": {"enabled": False}, "repair": {"enabled": False}, "retry_budget": {"ratio": 10, "per_second": 10000},
          "backoff": {"initial": "1ms", "max": "2ms"}, "max_wait": "1s"}


@pytest.fixture(scope="module")
def gateway(start):
    plain = {"retries": 2}
    return start({
        "m": config.model(A, B, fallbacks=["f"], **plain),
        "f": config.model(F, **plain),
        "g": config.model(G, **plain),
        "wide": config.model(A, B, fallbacks=["f"], context_window_fallbacks=["g"], content_policy_fallbacks=["g"], **plain),
        "equal": {"targets": [{"target": A, "order": 1}, {"target": B, "order": 1}], **plain},
        "late": config.model(A, B, fallbacks=["f"], deadline="300ms", **plain),
    }, defaults={**POLICY, "timeouts": config.TIMEOUTS})


def script(sandbox, make):
    for provider, word in WORDS.items():
        sandbox.fault(make(word), provider=provider, repeat=True)


def called(sandbox):
    return [LETTERS[call.provider] for call in sandbox.received() if call.provider in LETTERS]


def ask(gateway, model="m", **more):
    return gateway.ask(OpenAI, {**OpenAI.request(model, "hi"), **more})


def test_every_row_is_asked_here():
    covered = set(FAULTS) | {"local_fault", "cancelled"} | {what for what in ROWS if "fallback g" in what or "equal" in what or "budget" in what or "total time" in what}
    assert set(ROWS) == covered


@pytest.mark.parametrize("what", FAULTS)
def test_who_is_called(gateway, sandbox, what):
    _, calls, _, loud, _ = ROWS[what]
    script(sandbox, FAULTS[what])
    answer = ask(gateway)
    assert answer.status >= 400
    assert called(sandbox) == calls
    attempts = answer.json["error"]["dragoman"]["attempts"] if answer.json and "dragoman" in answer.json.get("error", {}) else None
    cls = what if what in FAULTS and " " not in what else None
    if attempts and cls:
        assert {attempt["class"] for attempt in attempts} == {cls}
        assert [LETTERS[attempt["target"].split("/")[0]] for attempt in attempts] == calls
    if loud:
        assert gateway.wait_for(re.escape(f"refused the request ({cls or 'param_rejected'}), going on to {B}").encode(), 5), gateway.output[-2000:]


@pytest.mark.parametrize("what", ["rate_limit", "overloaded", "server_error", "context_length", "param_rejected", "content_policy", "auth", "generation_failed"])
def test_once_content_was_shown_nobody_else_is_asked(gateway, sandbox, what):
    _, _, begun, _, _ = ROWS[what]
    message = FAULTS[what]("alpha").get("body", {}).get("error", {}).get("message", "broke")
    sandbox.fault({"kind": "error_event", "at": "token", "gap": 60, "message": message}, provider="openai", repeat=True)
    code, _, events = gateway.stream(OpenAI, {**OpenAI.request("m", "hi"), "stream": True})
    assert code == 200 and OpenAI.stream_error(events), "told, in the stream"
    assert called(sandbox) == begun == ["a"]


@pytest.mark.parametrize("cls", ["context_length", "content_policy"])
def test_special_fallbacks(gateway, sandbox, cls):
    [what] = [what for what in ROWS if what.startswith(f"`{cls}`, with")]
    script(sandbox, FAULTS[cls])
    assert ask(gateway, "wide").status >= 400
    assert called(sandbox) == ROWS[what][1]


def test_equals(gateway, sandbox):
    script(sandbox, FAULTS["overloaded"])
    [what] = [what for what in ROWS if "equal" in what]
    ask(gateway, "equal")
    got = called(sandbox)
    assert got in (ROWS[what][1], [{"a": "b", "b": "a"}[letter] for letter in ROWS[what][1]]), "either may be first"


def test_the_total_time(gateway, sandbox):
    """One target takes all the time there is: nobody else is asked."""
    sandbox.fault({"kind": "hang"}, provider="openai", repeat=True)
    [what] = [what for what in ROWS if "total time" in what]
    answer = ask(gateway, "late")
    assert answer.status in (408, 504) and called(sandbox) == ["a"] == ROWS[what][1]


def test_the_clients_own_fault_reaches_nobody(gateway, sandbox):
    assert ROWS["local_fault"][1] == ["a"], "tried at the first, and no further"
    answer = ask(gateway, messages=[{"role": "tool", "tool_call_id": "call_none", "content": "x"}, {"role": "nobody", "content": 5}])
    assert answer.status == 400 and called(sandbox) == []


def test_a_client_that_leaves_is_not_carried_on(gateway, sandbox):
    sandbox.fault({"kind": "hang"}, provider="openai", repeat=True)
    stream = threading.Thread(target=lambda: pytest.raises(Exception, gateway.ask, OpenAI, OpenAI.request("m", "hi"), timeout=0.5))
    stream.start()
    sandbox.wait_until(lambda calls: any(call.client_gone_ms for call in calls), 10)
    stream.join()
    assert called(sandbox) == ["a"] == ROWS["cancelled"][1]


def test_retries_are_a_share_of_the_requests(start, sandbox):
    [what] = [what for what in ROWS if "budget" in what]
    gateway = start({"m": config.model(A, B, fallbacks=["f"], retries=2), "f": config.model(F)},
                    defaults={**POLICY, "retry_budget": {"ratio": 0, "per_second": 0}, "timeouts": config.TIMEOUTS})
    script(sandbox, FAULTS["overloaded"])
    ask(gateway)
    assert called(sandbox) == ROWS[what][1]


def test_one_requests_trouble_is_not_anothers(gateway, sandbox):
    """A 529 of one request touches no other that is under way: not its answer, not its target, not its attempts."""
    answers = []
    sandbox.fault({"kind": "delay_event", "ms": 40}, provider="deepseek", repeat=True)
    thread = threading.Thread(target=lambda: answers.append(gateway.stream(OpenAI, {**OpenAI.request("g", "a calm one"), "stream": True})))
    thread.start()
    sandbox.wait_until(lambda calls: any(call.provider == "deepseek" for call in calls), 5)
    sandbox.fault({"kind": "status", "status": 529, "body": {"error": {"message": "Overloaded", "type": "overloaded_error"}}}, provider="openai", repeat=True)
    assert served_by(ask(gateway)) == B
    thread.join()
    [(code, headers, events)] = answers
    headers = {name.lower(): value for name, value in (headers.items() if hasattr(headers, "items") else headers)}
    assert code == 200 and not OpenAI.stream_error(events)
    assert (headers["x-dragoman-attempts"], headers["x-dragoman-target"]) == ("1", G)
    assert [call.provider for call in sandbox.received()].count("deepseek") == 1
