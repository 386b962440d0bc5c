"""Starting one of dragoman's processes and waiting for the line that says where it listens."""
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = pathlib.Path(os.environ.get("DRAGOMAN", ROOT / "build" / "dragoman"))
LISTENING = re.compile(rb"listening on http://([^\s:]+|\[[^\]]+\]):(\d+)")


class Process:
    """A dragoman process. Its output is kept in `output`; `port` is where it listens."""

    def __init__(self, arguments, env=None, cwd=None, wait=15.0):
        clean = {"PATH": os.environ["PATH"], "HOME": str(cwd or ROOT), "LC_ALL": "C.UTF-8", **(env or {})}
        self.popen = subprocess.Popen(
            [str(BINARY), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=clean,
            cwd=cwd,
        )
        self._lines = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        match = self.wait_for(LISTENING, wait)
        if match is None:
            self.stop()
            raise AssertionError(f"dragoman {' '.join(arguments)} did not start listening:\n{self.output}")
        self.port = int(match.group(2))
        self.url = f"http://127.0.0.1:{self.port}"

    def _read(self):
        for line in self.popen.stdout:
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    @property
    def output(self):
        with self._changed:
            return b"".join(self._lines).decode("utf-8", "replace")

    def wait_for(self, pattern, seconds=10.0, start=0):
        """The first match of a bytes pattern in the output from line `start` on; None when time is up."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                match = re.search(pattern, b"".join(self._lines[start:]))
                if match:
                    return match
                left = deadline - time.monotonic()
                if left <= 0 or (self.popen.poll() is not None and not self._reader.is_alive()):
                    return None
                self._changed.wait(min(left, 0.5))

    def lines(self):
        with self._changed:
            return len(self._lines)

    def signal(self, number):
        self.popen.send_signal(number)

    def alive(self):
        return self.popen.poll() is None

    def stop(self, seconds=10.0):
        """Ends the process in its own time; returns its exit status."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(seconds)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
                raise AssertionError(f"did not end within {seconds} s of SIGTERM:\n{self.output}") from None
        self._reader.join(2)
        return self.popen.returncode


def run(*arguments, env=None, cwd=None, seconds=20, stdin=None):
    """A command that ends by itself: CompletedProcess with text output."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(cwd or ROOT), "LC_ALL": "C.UTF-8", **(env or {})}
    return subprocess.run(
        [str(BINARY), *arguments],
        input=stdin if stdin is not None else "",
        capture_output=True,
        text=True,
        timeout=seconds,
        env=clean,
        cwd=cwd,
    )
