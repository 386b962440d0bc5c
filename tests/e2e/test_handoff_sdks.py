"""The handoffs of `test_handoff.py` with the official SDKs of both languages and Vercel's: each holds a conversation between
every ordered pair of the families whose state differs most, by turns streamed and not."""
import itertools

import pytest

from harness import handoff
from harness.sdk_conversation import SDKS, Clients

FAMILIES = [there for there in handoff.FAMILIES
            if str(there) in {"openai-responses", "anthropic", "gemini-3", "bedrock-nova", "deepseek-reasoner"}]


@pytest.fixture(scope="module")
def clients(start):
    made = Clients(start().url)
    yield made
    made.close()


@pytest.mark.parametrize("sdk", SDKS, ids=lambda sdk: sdk.name)
def test_every_pair(clients, sandbox, sdk):
    pairs = itertools.permutations(FAMILIES, 2)
    rows = [(sdk, (n + SDKS.index(sdk)) % 2 == 0, [a, b, a]) for n, (a, b) in enumerate(pairs)]
    handoff.run(sandbox, clients.url, rows, lambda url: clients)
