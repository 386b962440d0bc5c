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

OTHERWISE = {"BRW-05": {"auth"}, "GROQ-04": {"generation_failed"}, "TG-01": {"other"}}


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
    _, answers, outcomes = asked
    assert len(answers) > 350
    wrong = [f"{case.id} to {case.target}: {outcomes.get(answer.header('x-request-id'))} for {case.body[:200]}"
             for case, answer in answers
             if outcomes.get(answer.header("x-request-id")) not in OF_THE_REQUEST | OTHERWISE.get(case.id, set())]
    assert not wrong, f"{len(wrong)} of {len(answers)}\n" + "\n".join(wrong)


# The words do not say it, or say it of another part than the one whose change is the cure.
ELSEWHERE = {
    "ANT-15": "the message is blamed, thinking is switched off",
    "BR-47": "a server tool stands in the tools, beside a parameter here",
    "COH-11": "a keyword of a schema, of a tool's or of the answer's",
    "COH-12": "strict_tools is switched off, the tool is blamed",
    "GROQ-04": "the words for a call the model made up",
    "MISC-01": "a parameter, or the history",
    "TG-01": "no reason is given at all",
}


def test_the_side_is_where_the_bytes_differ(asked):
    judged = [case for case, _ in asked[1] if len(case.sides) == 1 and case.id not in ELSEWHERE]
    lines = "\n".join(json.dumps({"provider": case.target.split("/")[0], "status": case.status, "body": case.body}) for case in judged)
    done = subprocess.run([BINARY, "classify", "--jsonl"], input=lines, capture_output=True, text=True, timeout=30)
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [f"{case.id} to {case.target}: {verdict['side']}, not {case.sides}: {case.body[:200]}"
             for case, verdict in zip(judged, verdicts, strict=True) if verdict["side"] not in case.sides]
    assert len(judged) > 300
    assert not wrong, f"{len(wrong)} of {len(judged)}\n" + "\n".join(wrong)


@pytest.fixture(scope="module")
def explained(asked):
    """What `dragoman explain` makes of those about tools: there the refused bytes have the places of the accepted ones."""
    gateway, answers, _ = asked
    of_tools = [(case, answer) for case, answer in answers if case.sides == {"tools"} and case.edits]

    def explain(answer):
        done = subprocess.run([BINARY, "explain", answer.header("x-request-id"), "--json", "--journal", str(gateway.folder / "journal.db"),
                               "--config", str(gateway.config)], capture_output=True, text=True, timeout=30, cwd=gateway.folder)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["refusals"][0]

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(explain, [answer for _, answer in of_tools]))
    return [(case, answer, report) for (case, answer), report in zip(of_tools, reports, strict=True)]


def related(pointer, edits):
    return any(pointer == edit or pointer.startswith(edit + "/") or edit.startswith(pointer + "/") for edit in edits)


def test_led_back_to_the_edited_place(explained):
    judged = [row for row in explained if row[2]["provider_pointer"]]
    wrong = [f"{case.id} to {case.target}: {report['pointer']!r}, not {case.edits}: the provider said {report['provider_pointer']!r}: {case.body[:160]}"
             for case, _, report in judged if not related(report["pointer"], case.edits)]
    assert len(judged) > 40
    assert not wrong, f"{len(wrong)} of {len(judged)}\n" + "\n".join(wrong)


def test_the_client_is_told_the_same_place(explained):
    """Where the dialects differ, the error itself carries what explain finds."""
    told = 0
    for case, answer, report in explained:
        error = answer.json.get("error") if answer.body.startswith(b"{") else None
        if isinstance(error, dict) and error.get("dragoman") and report["pointer"]:
            told += 1
            assert error["param"] == error["dragoman"]["attempts"][0]["param"] == report["pointer"], (case.id, answer.json)
    assert told > 5
