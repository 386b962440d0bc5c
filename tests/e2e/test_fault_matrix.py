"""Every fault of the sandbox, before and after the first token, for every pair of client and provider dialect: what the
client saw, how many upstream calls there were, what was decided. With DRAGOMAN_WRITE=1 it writes docs/fault-matrix.md:

    DRAGOMAN_WRITE=1 .venv/bin/pytest tests/e2e/test_fault_matrix.py

Each client dialect has a sandbox and a gateway of its own, so that the five run beside each other.
"""

import collections
import concurrent.futures
import os
import sqlite3
import time

import pytest

from harness import config
from harness.dialects import FIVE
from harness.gateway import Gateway
from harness.process import ROOT
from harness.sandbox import Sandbox
from harness.targets import BY_ID, Target

PAGE = ROOT / "docs" / "fault-matrix.md"
TEXT = "one two three four five six seven eight"
SAID = "You said: " + TEXT

# One upstream of each provider dialect, by the dialect's name: how it is named, and how many events of its stream come
# before one with content.
UPSTREAMS = {
    "chat": (BY_ID["together"], 1),
    "responses": (Target("openai_responses", "gpt-4o-mini"), 4),
    "anthropic": (BY_ID["anthropic"], 2),
    "bedrock": (BY_ID["bedrock-nova"], 1),
    "gemini": (BY_ID["gemini"], 0),
    "cohere": (BY_ID["cohere"], 2),
}
NEXT = BY_ID["mistral"]
SANDBOX = {"openai_responses": "openai"}

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
    "200, no answer in its JSON": ({"kind": "status", "status": 200, "body": '{"pong": 1}'}, "same"),
    "cut": ({"kind": "cut", "bytes": 20}, "same"),
    "delay": ({"kind": "delay", "ms": 50}, "first"),
    "none": ({"kind": "none"}, "first"),
}


def before(head):
    return {
        "error_event": ({"kind": "error_event", "at": "start", "status": 500, "message": "failed early"}, "same"),
        "cut": ({"kind": "cut", "after": head}, "same"),
        "cut, clean": ({"kind": "cut", "after": head, "clean": True}, "same"),
        "stall": ({"kind": "stall", "after": head}, "same"),
        "reset": ({"kind": "reset", "after": head}, "same"),
        "delay_event": ({"kind": "delay_event", "ms": 5}, "first"),
    }


def after(head):
    shown = head + 3
    return {
        "error_event": ({"kind": "error_event", "at": "token", "gap": 60, "message": "failed late"}, "told"),
        "cut": ({"kind": "cut", "after": shown, "gap": 60}, "told"),
        "cut, clean": ({"kind": "cut", "after": shown, "clean": True, "gap": 60}, "told"),
        "stall": ({"kind": "stall", "after": shown}, "told"),
        "reset": ({"kind": "reset", "after": shown, "gap": 60}, "told"),
    }


def cases(upstream):
    _, head = UPSTREAMS[upstream]
    for when, faults in (("whole", WHOLE), ("before the first token", before(head)), ("after it", after(head))):
        for name, (spec, want) in faults.items():
            if upstream == "bedrock" and name == "status 401":
                continue  # Bedrock has no 401: a bad key is a 403
            yield when, name, spec, want


def gateway_for(folder, sandbox):
    quick = {"connect": "2s", "first_byte": "250ms", "between_events": "250ms", "total": "20s"}
    providers = config.providers(sandbox.url)
    providers["openai_responses"] = {"dialect": "openai_responses", "base_url": sandbox.url + "/openai/v1", "api_key": "sk-x"}
    models = {f"m-{name}": config.model(target, NEXT, timeouts=quick, retries=1, max_wait="2s", backoff={"initial": "1ms", "max": "1ms"})
              for name, (target, _) in UPSTREAMS.items()}
    return Gateway(folder, config.document(sandbox.url, models, providers=providers))


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


def run(gateway, sandbox, client, upstream, when, spec):
    target, _ = UPSTREAMS[upstream]
    sandbox.clear()
    sandbox.fault(spec, provider=SANDBOX.get(target.provider, target.provider))
    request = client.request(f"m-{upstream}", TEXT, stream=when != "whole")
    if when == "whole":
        answer = gateway.ask(client, request)
        status, events, body = answer.status, None, answer.json if answer.status == 200 else None
        id = answer.header("x-request-id")
    else:
        status, headers, events = gateway.stream(client, request)
        body, id = None, dict(headers)["x-request-id"]
    word, proper = seen(client, status, events, body)
    return {"saw": word, "proper": proper, "calls": [call.provider for call in sandbox.received()], "id": id}


def column(client, folder):
    """All faults of all upstreams for one client dialect."""
    sandbox = Sandbox()
    try:
        gateway = gateway_for(folder, sandbox)
        try:
            rows = [(client.name, upstream, when, name, want, run(gateway, sandbox, client, upstream, when, spec))
                    for upstream in UPSTREAMS for when, name, spec, want in cases(upstream)]
            return rows, decisions(gateway, [got["id"] for *_, got in rows])
        finally:
            gateway.stop()
            assert "Sanitizer" not in gateway.output, gateway.output
    finally:
        sandbox.stop()


@pytest.fixture(scope="module")
def matrix(tmp_path_factory):
    with concurrent.futures.ThreadPoolExecutor(len(FIVE)) as pool:
        columns = list(pool.map(column, FIVE, [tmp_path_factory.mktemp(client.name) for client in FIVE]))
    return [row for rows, _ in columns for row in rows], {id: found for _, some in columns for id, found in some.items()}


def test_what_comes_of_every_fault(matrix):
    rows, _ = matrix
    faults = []
    for client, upstream, when, name, want, got in rows:
        target = UPSTREAMS[upstream][0]
        mine, other = SANDBOX.get(target.provider, target.provider), NEXT.sandbox
        expected = {"first": ("answer", [mine]), "same": ("answer", [mine, mine]), "next": ("answer", [mine, other]),
                    "told": ("error event", [mine])}[want]
        if not got["proper"] or (got["saw"], got["calls"]) != expected:
            faults.append(f"{client} to {upstream}, {when}, {name}: saw {got['saw']}, calls {got['calls']}, wanted {expected}")
    assert not faults, "\n".join(faults)
    assert len({(client, upstream) for client, upstream, *_ in rows}) == len(FIVE) * len(UPSTREAMS)


def test_the_page_says_so(matrix):
    page = render(*matrix)
    if os.environ.get("DRAGOMAN_WRITE"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "docs/fault-matrix.md is not what happens now; write it with DRAGOMAN_WRITE=1"


def render(rows, found):
    """One row for each fault and moment; the dialect pairs stand together where they agree."""
    grouped = collections.OrderedDict()
    for client, upstream, when, name, _, got in rows:
        attempts = found.get(got["id"], [])
        outcome = attempts[0][0] if attempts else ""
        if outcome == "ok" and len(got["calls"]) == 2:
            outcome = "network"  # a pooled connection was dead: replaced by a fresh one within the attempt
        what = "retry" if len(got["calls"]) == 2 and got["calls"][0] == got["calls"][1] else "next target" if len(got["calls"]) == 2 else (
            "none: the answer had begun" if got["saw"] == "error event" else "none")
        key = (when, name, outcome, what, got["saw"], len(got["calls"]))
        grouped.setdefault(key, []).append((client, upstream))
    tried = collections.defaultdict(set)
    for client, upstream, when, name, *_ in rows:
        tried[when, name].add((client, upstream))
    order = {(when, name): i for i, (when, name) in enumerate(dict.fromkeys((when, name) for _, _, when, name, *_ in rows))}
    lines = [
        "<!-- Made by DRAGOMAN_WRITE=1 .venv/bin/pytest tests/e2e/test_fault_matrix.py; checked by ./check. -->",
        "",
        "# Faults, and what comes of them",
        "",
        f"Every fault of [the sandbox](sandbox.md), for the {len(FIVE) * len(UPSTREAMS)} pairs of client dialect "
        f"({', '.join(client.name for client in FIVE)}) and upstream dialect ({', '.join(UPSTREAMS)}), with a second target behind the "
        "first and one retry allowed. *Class* is what the first attempt was recognised as, *decision* what was done about it, *saw* "
        "what the client got, *calls* how many requests went upstream. Bedrock has no 401.",
        "",
        "| when | fault | class | decision | saw | calls | pairs |",
        "|---|---|---|---|---|---|---|",
    ]
    for (when, name, outcome, what, saw, calls), who in sorted(grouped.items(), key=lambda item: order[item[0][:2]]):
        pairs = "all" if set(who) == tried[when, name] else shortened(set(who), tried[when, name])
        lines.append(f"| {when} | {name} | {outcome} | {what} | {saw} | {calls} | {pairs} |")
    return "\n".join(lines) + "\n"


def shortened(who, tried):
    """Whole rows and columns of the pairs by one name."""
    out = []
    for upstream in UPSTREAMS:
        column = {pair for pair in tried if pair[1] == upstream}
        if column and column <= who:
            out.append(f"all→{upstream}")
            who = who - column
    return ", ".join(out + [f"{client}→{upstream}" for client, upstream in sorted(who)])
