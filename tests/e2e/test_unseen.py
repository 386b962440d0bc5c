"""What the user's last words show, and a target that reads nothing of the kind: another of the model's targets is asked, and only
where there is none a note stands for it (BRM-21, DS-04)."""
import pytest

from harness import config
from harness.gateway import attempts, served_by
from harness.samples import OpenAI, png

TEXT_ONLY, TEXT_ONLY_TOO = "deepseek/deepseek-chat", "bedrock/us.amazon.nova-micro-v1:0"
SEES, NO_PDF, PDF = "gemini/gemini-2.5-flash", "azure/gpt-4o", "anthropic/claude-sonnet-4-5"
MODELS = {
    "alone": config.model(TEXT_ONLY),
    "two": config.model(TEXT_ONLY, TEXT_ONLY_TOO, TEXT_ONLY_TOO.replace("micro", "pro")),
    "none": config.model(TEXT_ONLY, TEXT_ONLY_TOO),
    "back": config.model(TEXT_ONLY, fallbacks=["behind"]),
    "behind": config.model(SEES),
    "files": config.model(NO_PDF, PDF),
}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + png()}}
PDF_FILE = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjQK"}}
BITMAP = {"type": "image_url", "image_url": {"url": "data:image/bmp;base64,Qk0="}}


@pytest.fixture(scope="module")
def gateway(start):
    return start(MODELS)


def ask(gateway, model, *parts, streamed=False, before=()):
    words = {"role": "user", "content": [{"type": "text", "text": "What is this?"}, *parts]}
    return gateway.ask(OpenAI, {"model": model, "max_tokens": 50, "messages": [*before, words], "stream": streamed})


@pytest.mark.parametrize("model, parts, server, calls", [
    ("two", [PICTURE], "bedrock/us.amazon.nova-pro-v1:0", 3),
    ("back", [PICTURE], SEES, 2),
    ("files", [PDF_FILE], PDF, 2),
    # Nobody else would do better: a note.
    ("alone", [PICTURE], TEXT_ONLY, 1),
    ("none", [PICTURE], TEXT_ONLY, 1),
    ("back", [BITMAP], TEXT_ONLY, 1),
    ("files", [], NO_PDF, 1),
])
def test_who_is_asked(gateway, sandbox, model, parts, server, calls, streamed):
    answer = ask(gateway, model, *parts, streamed=streamed)
    assert answer.status == 200, answer
    assert served_by(answer) == server and attempts(answer) == calls
    assert len(sandbox.received()) == 1, "who does not see it is not called"
    body = sandbox.latest().body.decode()
    assert ("left out" in body) == (calls == 1 and bool(parts))
    assert bool(answer.header("x-dragoman-fallback-reason")) == (calls > 1)


def test_older_turns_are_history(gateway, sandbox):
    before = [{"role": "user", "content": [{"type": "text", "text": "Look."}, PICTURE]}, {"role": "assistant", "content": "Nice."}]
    answer = ask(gateway, "two", before=before)
    assert answer.status == 200 and served_by(answer) == TEXT_ONLY
    assert "left out" in sandbox.latest().body.decode()
