"""A conversation changes its provider at any turn, forwards and back: no emulator refuses, what was said arrives whole,
and whoever it returns to gets its own reasoning state back as it issued it.

Every ordered pair of families is run in every client dialect, streamed and not; every ordered pair of all targets in one of
these ways by turns; and triples with fixed seeds. `test_handoff_sdks.py` does it with the official SDKs."""
import itertools
import random

import pytest

from harness.conversation import DIALECTS
from harness.handoff import ALL, FAMILIES, run

WAYS = list(itertools.product(DIALECTS, (False, True)))


@pytest.fixture(scope="module")
def gateway(start):
    return start()


@pytest.mark.parametrize("home", ALL, ids=str)
def test_every_pair(gateway, sandbox, home):
    # Two of FAMILIES meet in every way below.
    others = [there for there in ALL if there is not home and not (home in FAMILIES and there in FAMILIES)]
    first = ALL.index(home)
    rows = [(*WAYS[(first + n) % len(WAYS)], [home, there, home]) for n, there in enumerate(others)]
    run(sandbox, gateway.url, rows)


@pytest.mark.parametrize("dialect, stream", WAYS, ids=[f"{d.name}-{'streamed' if s else 'whole'}" for d, s in WAYS])
def test_every_way(gateway, sandbox, dialect, stream):
    run(sandbox, gateway.url, [(dialect, stream, [a, b, a]) for a, b in itertools.permutations(FAMILIES, 2)])


@pytest.mark.parametrize("seed", range(4))
def test_triples(gateway, sandbox, seed):
    chance = random.Random(seed)
    rows = []
    for _ in range(10):
        a, b, c = chance.sample(ALL, 3)
        rows.append((*chance.choice(WAYS), [a, b, c, a]))
    run(sandbox, gateway.url, rows)
