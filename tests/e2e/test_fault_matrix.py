"""Every fault of the sandbox, before and after the first token, for every pair of client and provider dialect: what the
client saw, how many upstream calls there were, what was decided. With DRAGOMAN_WRITE=1 it writes docs/fault-matrix.md:

    DRAGOMAN_WRITE=1 .venv/bin/pytest tests/e2e/test_fault_matrix.py
"""

import collections
import json
import os
import sqlite3
import time

import pytest

from harness import config
from harness.process import ROOT
from harness.samples import CLIENTS
from harness.targets import BY_ID, DIALECTS

PAGE = ROOT / "docs" / "fault-matrix.md"
TEXT = "one two three four five six seven eight"
SAID = "You said: " + TEXT
HEAD = {"openai": 1, "anthropic": 2, "bedrock": 1, "gemini": 0}  # events before one with content
NEXT = BY_ID["mistral"]

# What goes wrong, when, and what must come of it: served by the next target, served by the same one (a retry), or told.
WHOLE = {
    "rate_limit": ({"kind": "rate_limit", "retry_after": 0}, "same"),
    "rate_limit, long wait": ({"kind": "rate_limit", "retry_after": 3600}, "next"),
    "overloaded": ({"kind": "overloaded"}, "same"),
    "quota": ({"kind": "quota"}, "next"),
    "status 400": ({"kind": "status", "status": 400, "message": "no such luck"}, "next"),
    "status 401": ({"kind": "status", "status": 401, "message": "bad key"}, "next"),
    "status 403": ({"kind": "status", "status": 403, "message": "not allowed"}, "next"),
    "status 404": ({"kind": "status", "status": 404, "message": "no such model"}, "next"),
    "status 500": ({"kind": "status", "status": 500, "message": "broke"}, "same"),
    "hang": ({"kind": "hang"}, "same"),
    "reset": ({"kind": "reset"}, "same"),
    "html_502": ({"kind": "html_502"}, "same"),
    "empty_200": ({"kind": "empty_200"}, "same"),
    "garbage": ({"kind": "garbage"}, "same"),
    "cut": ({"kind": "cut", "bytes": 20}, "same"),
    "delay": ({"kind": "delay", "ms": 50}, "first"),
    "none": ({"kind": "none"}, "first"),
}


def before(provider):
    head = HEAD[provider]
    return {
        "error_event": ({"kind": "error_event", "at": "start", "status": 500, "message": "failed early"}, "same"),
        "cut": ({"kind": "cut", "after": head}, "same"),
        "cut, clean": ({"kind": "cut", "after": head, "clean": True}, "same"),
        "stall": ({"kind": "stall", "after": head}, "same"),
        "reset": ({"kind": "reset", "after": head}, "same"),
        "delay_event": ({"kind": "delay_event", "ms": 5}, "first"),
    }


def after(provider):
    shown = HEAD[provider] + 3
    return {
        "error_event": ({"kind": "error_event", "at": "token", "gap": 60, "message": "failed late"}, "told"),
        "cut": ({"kind": "cut", "after": shown, "gap": 60}, "told"),
        "cut, clean": ({"kind": "cut", "after": shown, "clean": True, "gap": 60}, "told"),
        "stall": ({"kind": "stall", "after": shown}, "told"),
        "reset": ({"kind": "reset", "after": shown, "gap": 60}, "told"),
    }


CASES = [("whole", fault, spec, want) for fault, (spec, want) in WHOLE.items()]


@pytest.fixture(scope="module")
def gateway(start):
    quick = {"connect": "2s", "first_byte": "250ms", "between_events": "250ms", "total": "20s"}
    return start(
        {f"m-{target}": config.model(target, NEXT, timeouts=quick, retries=1, max_wait="2s",
                                     backoff={"initial": "1ms", "max": "1ms"}) for target in DIALECTS})


def decisions(gateway, ids):
    """Request id → its attempts' outcomes and decisions, as soon as the journal has them all."""
    deadline = time.monotonic() + 10
    while True:
        with sqlite3.connect(gateway.folder / "journal.db") as db:
            rows = db.execute("SELECT r.id, a.outcome, a.decision FROM attempts a JOIN requests r ON r.seq = a.request_seq "
                              "ORDER BY r.seq, a.number").fetchall()
        found = collections.defaultdict(list)
        for id, outcome, decision in rows:
            found[id].append((outcome, decision))
        if set(ids) <= set(found) or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def seen(client, status, events, body):
    """What the client saw, in a word, and whether that is a proper end."""
    if events is None:
        return ("answer", True) if status == 200 and client.text(body) == SAID else (f"error {status}", True)
    text = client.stream_text(events)
    if client.complete(events):
        return "answer", text == SAID
    error = client.stream_error(events)
    return ("error event" if error and error["message"] else "SILENCE", bool(error and error["message"]) and SAID.startswith(text))


def run(gateway, sandbox, client, target, when, spec):
    sandbox.clear()
    sandbox.fault(spec, provider=target.sandbox)
    request = client.request(f"m-{target}", TEXT, stream=when != "whole")
    if when == "whole":
        answer = gateway.ask(client, request)
        status, headers, events, body = answer.status, answer, None, answer.json if answer.status == 200 else None
        id = answer.header("x-request-id")
    else:
        status, headers, events = gateway.stream(client, request)
        body, id = None, dict(headers)["x-request-id"]
    word, proper = seen(client, status, events, body)
    calls = [call.provider for call in sandbox.received()]
    return {"saw": word, "proper": proper, "calls": calls, "id": id}


def test_the_matrix(gateway, sandbox):
    rows, faults = [], []
    for target in DIALECTS:
        cases = CASES + [("before the first token", name, spec, want) for name, (spec, want) in before(target.provider).items()]
        cases += [("after it", name, spec, want) for name, (spec, want) in after(target.provider).items()]
        for client in CLIENTS:
            for when, name, spec, want in cases:
                if target.provider == "bedrock" and name == "status 401":
                    continue  # Bedrock has no 401: a bad key is a 403
                got = run(gateway, sandbox, client, target, when, spec)
                rows.append((client.name, str(target), when, name, want, got))
                mine, other = target.sandbox, NEXT.sandbox
                expected = {"first": ("answer", [mine]), "same": ("answer", [mine, mine]), "next": ("answer", [mine, other]),
                            "told": ("error event", [mine])}[want]
                if not got["proper"] or (got["saw"], got["calls"]) != expected:
                    faults.append(f"{client.name} to {target}, {when}, {name}: saw {got['saw']}, calls {got['calls']}, wanted {expected}")
    found = decisions(gateway, [got["id"] for *_, got in rows])
    assert not faults, "\n".join(faults)
    page = render(rows, found)
    if os.environ.get("DRAGOMAN_WRITE"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "docs/fault-matrix.md is not what happens now; write it with DRAGOMAN_WRITE=1"


def render(rows, found):
    """One row for each fault and moment; the dialect pairs stand together where they agree."""
    grouped = collections.OrderedDict()
    for client, target, when, name, _, got in rows:
        attempts = found.get(got["id"], [])
        outcome = attempts[0][0] if attempts else ""
        if outcome == "ok" and len(got["calls"]) == 2:
            outcome = "network"  # a pooled connection was dead: replaced by a fresh one within the attempt
        what = "retry" if len(got["calls"]) == 2 and got["calls"][0] == got["calls"][1] else "next target" if len(got["calls"]) == 2 else (
            "none: the answer had begun" if got["saw"] == "error event" else "none")
        key = (when, name, outcome, what, got["saw"], len(got["calls"]))
        grouped.setdefault(key, []).append(f"{client}→{target}")
    pairs = len({(client, target) for client, target, *_ in rows})
    tried = collections.Counter((when, name) for _, _, when, name, *_ in rows)
    lines = [
        "<!-- Made by DRAGOMAN_WRITE=1 .venv/bin/pytest tests/e2e/test_fault_matrix.py; checked by ./check. -->",
        "",
        "# Faults, and what comes of them",
        "",
        f"Every fault of [the sandbox](sandbox.md), for {pairs} pairs of client and provider dialect (OpenAI Chat and Anthropic "
        "Messages clients; OpenAI, Anthropic, Bedrock and Gemini upstreams), with a second target behind the first and one retry "
        "allowed. *Class* is what the first attempt was recognised as, *decision* what was done about it, *saw* what the client "
        "got, *calls* how many requests went upstream.",
        "",
        "| when | fault | class | decision | saw | calls | pairs |",
        "|---|---|---|---|---|---|---|",
    ]
    for (when, name, outcome, what, saw, calls), who in grouped.items():
        lines.append(f"| {when} | {name} | {outcome} | {what} | {saw} | {calls} | {'all' if len(who) == tried[when, name] else ', '.join(who)} |")
    return "\n".join(lines) + "\n"
