"""docs/tools.md shows what the commands print."""
import json
import shlex

import pytest

from harness.process import ROOT, run

PAGE = (ROOT / "docs" / "tools.md").read_text()
BLOCKS = [(block.partition("\n")[0], block.partition("\n")[2]) for block in PAGE.split("```")[1::2]]
REQUEST = next(text for language, text in BLOCKS if language == "json")


def shown(command):
    """A command of the page, and the block behind it."""
    at = next(i for i, (language, text) in enumerate(BLOCKS) if language == "sh" and text.startswith(command))
    return BLOCKS[at][1], BLOCKS[at + 1][1]


@pytest.mark.parametrize("command", ["dragoman check request.json --to openai", "dragoman diff request.json openai"])
def test_tables(command, tmp_path):
    (tmp_path / "request.json").write_text(REQUEST)
    line, expected = shown(command)
    done = run(*shlex.split(line.replace("\\\n", " "))[1:], cwd=tmp_path)
    assert done.stdout == expected, done.stderr


def test_lower():
    line, expected = shown("dragoman lower --to bedrock")
    done = run(*shlex.split(line.partition("<")[0])[1:], stdin=REQUEST)
    assert json.loads(done.stdout) == json.loads(expected)


def test_classify():
    line, expected = shown("dragoman classify <<")
    done = run("classify", stdin=line.split("\n", 1)[1].rpartition("EOF")[0])
    assert json.loads(done.stdout) == json.loads(expected)
