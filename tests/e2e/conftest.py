"""Fixtures: one sandbox for the whole run, gateways as the modules want them."""
import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import config  # noqa: E402
from harness.gateway import Gateway  # noqa: E402
from harness.process import BINARY  # noqa: E402
from harness.sandbox import Sandbox  # noqa: E402
from harness.samples import CLIENTS  # noqa: E402


@pytest.fixture(scope="session")
def emulators():
    assert BINARY.exists(), f"{BINARY} is not built: ./run build"
    sandbox = Sandbox()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(emulators):
    """The sandbox, with nothing scripted and nothing received."""
    emulators.clear()
    return emulators


@pytest.fixture(scope="module")
def start(emulators, tmp_path_factory):
    """start(models, **top-level settings) or start(text=…): a gateway that lives as long as the module."""
    running = []

    def begin(models=None, text=None, env=None, options=(), **top):
        folder = tmp_path_factory.mktemp("gateway")
        settings = text if text is not None else config.document(emulators.url, models or {}, **top)
        running.append(Gateway(folder, settings, env=env, options=options))
        return running[-1]

    yield begin
    faults = []
    for gateway in running:
        if gateway.popen.poll() not in (None, 0) and not getattr(gateway, "expected_to_die", False):
            faults.append(f"exit status {gateway.popen.returncode}:\n{gateway.output}")
        gateway.stop()
        if "Sanitizer" in gateway.output:
            faults.append(gateway.output)
    assert not faults, "\n".join(faults)


@pytest.fixture(params=CLIENTS, ids=lambda dialect: f"from-{dialect.name}")
def client(request):
    """Both client dialects."""
    return request.param


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def streamed(request):
    return request.param


@pytest.fixture
def file(tmp_path):
    """file(request or text, name="request.json"): the path of a file for a command to read."""

    def write(request, name="request.json"):
        path = tmp_path / name
        path.write_text(request if isinstance(request, str) else json.dumps(request))
        return str(path)

    return write
