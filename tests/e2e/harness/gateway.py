"""The gateway under test."""
import pathlib

from . import config, http
from .process import Process


def path_of(dialect, body):
    """Some dialects' path names the model; their bodies know it (dialects.py)."""
    return getattr(body, "path", dialect.path)


class Gateway(Process):
    """`dragoman serve` with a configuration of its own, in a folder of its own."""

    def __init__(self, folder, settings, env=None, options=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = config.write(self.folder / "dragoman.yaml", settings)
        self.key = None
        super().__init__(
            ["serve", "--config", str(self.config), "--listen", "127.0.0.1:0", *options], env=env, cwd=self.folder
        )

    def headers(self, dialect=None):
        sent = dict(dialect.headers) if dialect else {}
        if self.key:
            sent["authorization"] = f"Bearer {self.key}"
        return sent

    def ask(self, dialect, body, headers=None, timeout=30):
        """One request that is not streamed."""
        return http.call(
            self.url, "POST", path_of(dialect, body), body, {**self.headers(dialect), **(headers or {})}, timeout=timeout
        )

    def stream(self, dialect, body, headers=None, timeout=30):
        """One streamed request, to its end: (status, headers, events)."""
        return http.stream(self.url, path_of(dialect, body), body, {**self.headers(dialect), **(headers or {})}, timeout,
                           getattr(dialect, "events", None))

    def open(self, dialect, body, headers=None, timeout=30):
        """One streamed request, left open."""
        return http.Stream(self.url, dialect.path, body, {**self.headers(dialect), **(headers or {})}, timeout)

    def get(self, path, headers=None):
        return http.call(self.url, "GET", path, headers={**self.headers(), **(headers or {})})


def served_by(answer):
    return answer.header("x-dragoman-target")


def attempts(answer):
    return int(answer.header("x-dragoman-attempts"))


def edits(answer):
    """{"": total, loss class: count} of the edits header, `3; none=2, widened=1`."""
    text = answer.header("x-dragoman-edits")
    total, _, classes = text.partition(";")
    found = {"": int(total)}
    for part in filter(None, (piece.strip() for piece in classes.split(","))):
        name, _, count = part.partition("=")
        found[name] = int(count)
    return found
