"""Refusals as they were published, in whatever they were wrapped: each is recognised by its cause. The rows of
tests/data/refusals.jsonl carry their source and were labelled before any rule was run on them; `held_out` says which were
kept from the eyes of whoever mended the rules, `sample` that a row belongs to a later collection, which was labelled and scored
once before any rule was mended for it (docs/tools.md has the scores of those days)."""

import json
import subprocess

import pytest

from harness.process import BINARY, ROOT

NOT_ASKED = ("expect", "source", "held_out", "sample")
ROWS = [json.loads(line) for line in (ROOT / "tests/data/refusals.jsonl").read_text().splitlines()]


def classify(*lines):
    text = b"\n".join(line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines)
    done = subprocess.run([BINARY, "classify", "--jsonl"], input=text, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


@pytest.fixture(scope="module")
def verdicts():
    asked = [{key: row[key] for key in row if key not in NOT_ASKED} for row in ROWS]
    return classify(*asked)


def test_the_corpus_is_broad():
    assert len(ROWS) >= 400 and len({row["provider"] for row in ROWS}) >= 40
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert all(row["source"] for row in ROWS)
    first = [row for row in ROWS if not row.get("sample")]
    assert 0.3 < sum(1 for row in first if row.get("held_out")) / len(first) < 0.35


@pytest.mark.parametrize("member", ["class", "side", "pointer", "keyword", "retryable", "retry_after", "bucket"])
def test_every_refusal_is_what_it_is(verdicts, member):
    wrong = [f"{row['id']} ({row['source']}): {verdict[member]!r}, not {row['expect'][member]!r}, by {verdict['why']}\n    {row['body'][:200]!r}"
             for row, verdict in zip(ROWS, verdicts, strict=True)
             if member in row["expect"] and verdict[member] != row["expect"][member]]
    assert not wrong, "\n".join(wrong)


def test_no_more_is_known_than_was_said():
    """The words alone, without provider, status and headers: never another cause, at most none."""
    words = [row for row in ROWS if row.get("status") != 200 and row["body"].strip() and row["expect"]["class"] != "other"]
    verdicts = classify(*[{"id": row["id"], "body": row["body"]} for row in words])
    wrong = [f"{row['id']} ({row['source']}): {verdict['why']}" for row, verdict in zip(words, verdicts, strict=True)
             if verdict["class"] not in (row["expect"]["class"], "other")]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("body, cls", [
    (None, "other"), ("", "other"), ([], "other"), ({}, "other"), (5, "other"), (True, "other"),
    ({"error": {"message": "prompt is too long: 3 tokens > 2 maximum"}}, "context_length"),
    ([{"error": {"message": "prompt is too long: 3 tokens > 2 maximum"}}], "context_length"),
])
def test_any_json_may_be_the_body(body, cls):
    [verdict] = classify({"body": body})
    assert verdict["class"] == cls and verdict["id"] is None


def test_members_may_be_null_or_missing():
    first, second, third = classify({}, {"id": None, "provider": None, "status": None, "type": None, "headers": None, "body": None},
                                    {"id": 3, "status": "529", "body": "x"})
    assert first == second and first["class"] == "other"
    assert third["class"] == "overloaded", "a status in quotation marks is one"


def test_bytes_that_are_no_text():
    answers = classify(b'\xef\xbb\xbf{"id": 1, "body": "prompt is too long"}', b'{"id": 2, "body": "\xff\xfe prompt is too long \xe4\xbd"}', b'{"id": 3, "body": "x"}')
    assert [answer["id"] for answer in answers] == [1, 2, 3]
    assert [answer["class"] for answer in answers] == ["context_length", "context_length", "other"]


@pytest.mark.parametrize("unit", ["x", '{"a":', "{'", "b'{", "insufficient ", "An error occurred (", '{\n"', "\n", "tools."])
def test_five_megabytes(unit):
    [verdict] = classify({"id": 1, "status": 400, "body": unit * (5_000_000 // len(unit))})
    assert verdict["id"] == 1 and verdict["class"]
