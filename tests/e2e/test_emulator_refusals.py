"""Every refusal that the emulators can make of a request (the words kept beside the rules' cases, tests/golden/rules): it is
recognised as what it is, and led back through the lowering's edits to the place in the client's request that the rule is
about. Two witnesses that know nothing of the classifier say what is right: where the refused bytes differ from those that
are accepted, and where the lowering's own edits are."""

import concurrent.futures
import json
import re
import sqlite3
import subprocess
import time

import pytest

from harness import config
from harness.process import BINARY, ROOT
from harness.samples import Anthropic, OpenAI, Responses
from harness.targets import BASES

CLIENTS = {"openai_chat": OpenAI, "anthropic_messages": Anthropic, "openai_responses": Responses}
SIDES = {"tools": {"tools", "toolConfig", "functions"},
         "body": {"messages", "contents", "input", "system", "systemInstruction", "instructions"}}
OF_THE_REQUEST = {"schema_rejected", "message_rejected", "param_rejected", "state_missing", "context_length", "not_found", "content_policy"}

def strings(value):
    """What is said in it: texts, ids, names; not the words of the dialect itself."""
    if isinstance(value, str):
        yield value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key not in ("role", "type", "status", "mimeType", "media_type", "cache_control"):
            yield from strings(inner)


class Case:
    def __init__(self, folder):
        self.id = folder.name
        self.what = {}
        for line in (folder / "case.yaml").read_text().splitlines():
            key, found, value = line.partition(": ")
            if found:
                self.what[key] = value.strip().strip('"')
        status, _, self.body = (folder / "wire.refused.txt").read_text().rstrip("\n").partition(" ")
        self.status = int(status)
        self.refused = json.loads((folder / "wire.refused.json").read_text()) if (folder / "wire.refused.json").exists() else None
        self.accepted = json.loads((folder / "out.json").read_text()) if (folder / "out.json").exists() else None
        self.cls = self.what.get("class")
        self.dialect = self.what["from"]
        self.request = json.loads((folder / f"in.{self.dialect}.json").read_text())
        self.target = self.what["to"]
        edits = (folder / "edits.txt").read_text() if (folder / "edits.txt").exists() else ""
        self.edits = re.findall(r"^\S+ (?:none|widened|narrowed|semantic) (/\S*)", edits, re.M)

    @property
    def sides(self):
        """The parts in which what is refused differs from what is accepted."""
        if not isinstance(self.refused, dict) or not isinstance(self.accepted, dict):
            return set()
        changed = {key for key in set(self.refused) | set(self.accepted) if self.refused.get(key) != self.accepted.get(key)}
        out = set()
        for key in changed:
            if key == "toolConfig":
                one, other = self.refused.get(key) or {}, self.accepted.get(key) or {}
                out |= {"tools" if part == "tools" else "params" for part in set(one) | set(other) if one.get(part) != other.get(part)}
            else:
                out.add(next((side for side, keys in SIDES.items() if key in keys), "params"))
        return out


    def turns_behind(self, pointer):
        """The client's turns whose words, ids and arguments stand in the turn of the sent bytes that the provider's path names:
        found by what they say, without the lowering's word for it."""
        found = re.match(r"(?:GenerateContentRequest\.|request\.|#/)?(messages|message|contents|input)[.\[/]+(\d+)(\.member)?", pointer)
        key, index = found[1] if found[1] != "message" else "messages", int(found[2]) - bool(found[3])
        said = list(strings(self.accepted[key][index]))
        own = "input" if self.dialect == "openai_responses" else "messages"
        return {f"/{own}/{at}" for at, turn in enumerate(self.request[own])  # texts may have been joined, or become part of a note
                if any(one and (one in other or other in one) for one in strings(turn) for other in said if other)}

    @property
    def named(self):
        """The parts that the refusal's own words point into: a path, or a tool by its name."""
        side = {key: side for side, keys in SIDES.items() for key in keys}
        out = {side.get(key, "params") for key in side.keys() | self.refused.keys() if re.search(rf"(?<![\w.]){key}[.\[/]", self.body)}
        tools = json.dumps([self.request.get("tools"), self.request.get("toolConfig")])
        if any(f'"{name}"' in tools for name in re.findall(r"(?:tool|function) '([\w.-]+)'", self.body)):
            out.add("tools")
        if re.search(r'"\w+ (?:is|are) required', self.body):  # a member that is missing, whatever it would hold
            out.add("params")
        return out

    @property
    def may_blame(self):
        """Where the bytes differ is the place, or where the words point; a cause outside the request blames no part of it."""
        return {"none"} if self.cls and self.cls not in OF_THE_REQUEST else self.sides | self.named


def cases():
    for path in sorted((ROOT / "tests/golden/rules").glob("*/wire.refused.txt")):
        case = Case(path.parent)
        if case.dialect in CLIENTS and case.target.split("/")[0] in BASES and case.accepted is not None:
            yield case


@pytest.fixture(scope="module")
def asked(start, emulators):
    """Each case sent through the gateway to an emulator that is made to say what it said of the refused bytes."""
    gateway = start({}, defaults={**config.QUIET, "timeouts": config.TIMEOUTS, "repair": {"enabled": False}},
                    journal={"path": "journal.db", "keep_bodies": True})
    emulators.clear()
    out = []
    for case in cases():
        client = CLIENTS[case.dialect]
        provider = BASES[case.target.split("/")[0]].split("/")[1]
        emulators.fault({"kind": "status", "status": case.status, "body": case.body}, provider=provider)
        answer = gateway.ask(client, {**case.request, "model": case.target, "stream": False})
        out.append((case, answer))
    deadline = time.monotonic() + 10
    while True:
        with sqlite3.connect(gateway.folder / "journal.db") as db:
            rows = db.execute("SELECT r.id, a.outcome FROM attempts a JOIN requests r ON r.seq = a.request_seq").fetchall()
        if len({id for id, _ in rows}) >= len(out) or time.monotonic() > deadline:
            return gateway, out, dict(rows)
        time.sleep(0.05)


def test_recognised_as_what_it_is(asked):
    """Of the request, all of them, but those whose case.yaml names another cause: a key, a model's own words, no reason at all."""
    _, answers, outcomes = asked
    assert len(answers) > 350
    wrong = [f"{case.id} to {case.target}: {outcomes.get(answer.header('x-request-id'))} for {case.body[:200]}"
             for case, answer in answers
             if outcomes.get(answer.header("x-request-id")) not in ({case.cls} if case.cls else OF_THE_REQUEST)]
    assert not wrong, f"{len(wrong)} of {len(answers)}\n" + "\n".join(wrong)


def test_the_side_is_where_the_bytes_differ(asked):
    judged = [case for case, _ in asked[1] if len(case.sides) == 1]
    lines = "\n".join(json.dumps({"provider": case.target.split("/")[0], "status": case.status, "body": case.body}) for case in judged)
    done = subprocess.run([BINARY, "classify", "--jsonl"], input=lines, capture_output=True, text=True, timeout=30)
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [f"{case.id} to {case.target}: {verdict['side']}, not {case.may_blame}: {case.body[:200]}"
             for case, verdict in zip(judged, verdicts, strict=True) if verdict["side"] not in case.may_blame]
    assert len(judged) > 300
    assert not wrong, f"{len(wrong)} of {len(judged)}\n" + "\n".join(wrong)


@pytest.fixture(scope="module")
def explained(asked):
    """What `dragoman explain` makes of those about tools, and of those about messages."""
    gateway, answers, _ = asked
    placed = [(case, answer) for case, answer in answers
              if case.edits and case.sides in ({"tools"}, {"body"})]

    def explain(answer):
        done = subprocess.run([BINARY, "explain", answer.header("x-request-id"), "--json", "--journal", str(gateway.folder / "journal.db"),
                               "--config", str(gateway.config)], capture_output=True, text=True, timeout=30, cwd=gateway.folder)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["refusals"][0]

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(explain, [answer for _, answer in placed]))
    return [(case, answer, report) for (case, answer), report in zip(placed, reports, strict=True)]


def related(pointer, edits):
    return any(pointer == edit or pointer.startswith(edit + "/") or edit.startswith(pointer + "/") for edit in edits)


def test_led_back_to_the_edited_place(explained):
    """There the refused bytes of tools have the places of the accepted ones."""
    judged = [row for row in explained if row[2]["provider_pointer"] and row[0].sides == {"tools"}]
    wrong = [f"{case.id} to {case.target}: {report['pointer']!r}, not {case.edits}: the provider said {report['provider_pointer']!r}: {case.body[:160]}"
             for case, _, report in judged if not related(report["pointer"], case.edits)]
    assert len(judged) > 40
    assert not wrong, f"{len(wrong)} of {len(judged)}\n" + "\n".join(wrong)


def test_led_back_to_the_turn_that_went_there(explained):
    """A message's place: turns are merged, split, dropped and moved on the way, so the path is one into the bytes that were sent."""
    wrong, judged = [], 0
    for case, _, report in explained:
        pointer = report["provider_pointer"] or ""
        if case.sides != {"body"} or not re.match(r"(?:GenerateContentRequest\.|request\.|#/)?(?:messages?|contents|input)[.\[/]+\d", pointer):
            continue
        try:
            turns = case.turns_behind(pointer)
        except (IndexError, KeyError):  # the refused bytes had more turns than were sent, or went to another endpoint
            continue
        judged += 1
        if not related(report["pointer"], turns):
            wrong.append(f"{case.id} to {case.target}: {report['pointer']!r}, not in {sorted(turns)}: the provider said {pointer!r}: {case.body[:160]}")
    assert judged > 30
    assert not wrong, f"{len(wrong)} of {judged}\n" + "\n".join(wrong)


def test_the_client_is_told_the_same_place(explained):
    """Where the dialects differ, the error itself carries what explain finds."""
    told = 0
    for case, answer, report in explained:
        error = answer.json.get("error") if answer.body.startswith(b"{") else None
        if isinstance(error, dict) and error.get("dragoman") and report["pointer"]:
            told += 1
            assert error["param"] == error["dragoman"]["attempts"][0]["param"] == report["pointer"], (case.id, answer.json)
    assert told > 5
