"""Whole requests nobody wrote the code for, in all client dialects, to targets drawn at random: tests/attack/run, small."""
import os
import re
import subprocess

from harness.process import ROOT


def test_nothing_is_refused_or_lost():
    emulate = ROOT / "build/tests/attack/attack_emulate"
    assert emulate.exists(), f"{emulate} is not built: cmake -S . -B build -DDRAGOMAN_TESTS=ON && ninja -C build attack_emulate"
    done = subprocess.run([ROOT / "tests/attack/run", "--count", "10", "--targets", "8"], capture_output=True, text=True,
                          env={**os.environ, "DRAGOMAN": os.environ.get("DRAGOMAN", str(ROOT / "build/dragoman")), "ATTACK_EMULATE": str(emulate)})
    said = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.M)
    assert said, done.stdout[-3000:] + done.stderr[-3000:]
    passed, failed = map(int, said.groups())
    assert failed == 0 and done.returncode == 0, done.stdout[-6000:]
    assert passed == 5 * 10 * 8 * 2
