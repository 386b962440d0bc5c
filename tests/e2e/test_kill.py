"""kill -9 in the middle of the load: what the journal has acknowledged is there, whole, and the next start goes on with it."""
import contextlib
import re
import signal
import sqlite3
import threading
import time

from harness import config
from harness.process import run
from harness.samples import Anthropic, OpenAI

WRITTEN = re.compile(rb"^dragoman_journal_written_total (\d+)", re.MULTILINE)


def rows(path):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return [id for (id,) in db.execute("SELECT id FROM requests ORDER BY seq")]


def test_no_acknowledged_row_is_lost(start, sandbox, tmp_path):
    path = tmp_path / "journal.db"
    models = {"m": config.model("openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5")}
    before = 0
    for round in range(3):
        gateway = start(models, journal={"path": str(path), "keep_bodies": True})
        gateway.expected_to_die = True
        # Every third request fails over, so that rows have attempts of both kinds.
        sandbox.clear()
        sandbox.fault({"kind": "none"}, {"kind": "none"}, "overloaded", provider="openai", repeat=True)
        answered, over = [], threading.Event()

        def load(dialect):
            while not over.is_set():
                with contextlib.suppress(OSError, AssertionError, ValueError):
                    answer = gateway.ask(dialect, dialect.request("m", "x" * 2000))
                    if answer.status == 200:
                        answered.append(answer.header("x-request-id"))

        clients = [threading.Thread(target=load, args=(dialect,)) for dialect in (OpenAI, Anthropic) * 3]
        for client in clients:
            client.start()
        # What is acknowledged: rows the gateway counts as written, rows that somebody has read.
        written, seen = 0, set()
        deadline = time.monotonic() + 20
        while written < 60 * (round + 1) and time.monotonic() < deadline:
            written = int(WRITTEN.search(gateway.get("/metrics").body).group(1))
            seen.update(rows(path))
        assert written >= 60, "there was load"
        gateway.signal(signal.SIGKILL)
        gateway.popen.wait(10)
        over.set()
        for client in clients:
            client.join(30)

        kept = rows(path)
        assert len(kept) >= before + written
        assert seen <= set(kept)
        assert len(set(kept)) == len(kept)
        with contextlib.closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            torn = db.execute("""SELECT r.id FROM requests r WHERE r.attempt_count !=
                                 (SELECT count(*) FROM attempts a WHERE a.request_seq = r.seq)""").fetchall()
        assert torn == [], "a request is there with all its attempts, or not at all"
        before = len(kept)

    gateway = start(models, journal={"path": str(path)})
    sandbox.clear()
    id = gateway.ask(OpenAI, OpenAI.request("m", "after all that")).header("x-request-id")
    for _ in range(100):
        if id in rows(path):
            break
        time.sleep(0.05)
    assert rows(path)[-1] == id and len(rows(path)) == before + 1, "the same file goes on"
    assert list(tmp_path.glob("*.corrupt*")) == []
    assert run("logs", "--journal", str(path), "-n", "5").stdout.count("req_") == 5
