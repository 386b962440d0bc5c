"""What the documentation says about the repository is there. Run by ./check."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pages():
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split()]


def test_links_lead_somewhere():
    broken = []
    for page in pages():
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken, "\n".join(broken)


def test_every_package_has_its_reason():
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    missing = []
    for line in (ROOT / "cmake" / "packages.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            group, package, unless, reason = line.split(None, 3)
            assert group in ("build", "test", "bench") and reason, line
            missing += [] if f"`{package}`" in text else [package]
    assert not missing, f"docs/dependencies.md does not name {missing}"


def test_every_provider_is_in_the_table_of_variables():
    text = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    special = {"azure_v1", "vertex_anthropic"}  # other doors of a provider that is listed
    names = {path.stem for path in (ROOT / "data" / "providers").glob("*.yaml")} - special
    assert not [name for name in sorted(names) if f"`{name}`" not in text]


def test_no_emulator_refuses_in_the_conformance_tables():
    """What the numbers are is for tests/conformance/table; that the last column is zero, for whoever reads them."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    begin, end = "<!-- conformance: made by tests/conformance/table -->", "<!-- conformance: end -->"
    assert readme.count(begin) == 1 and readme.count(end) == 1
    short = readme.split(begin)[1].split(end)[0]
    full = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    for text, tables in ((short, 1), (full, 4)):
        rows = [[cell.strip(" *") for cell in line.strip("|").split("|")]
                for line in text.splitlines() if line.startswith("|") and not line.startswith("|---")]
        heads = [row for row in rows if row[-1] == "refused by the emulator"]
        assert len(heads) == tables
        numbers = [row for row in rows if row not in heads]
        assert len(numbers) > 20
        for row in numbers:
            assert len(row) == len(heads[0]), row
            assert int(row[1]) == sum(map(int, row[2:])) > 0, row
            assert row[-1] == "0", f"an emulator refused a request: {row}"
    assert {"openai", "anthropic", "bedrock", "gemini", "vertex", "all"} <= {row.split(" | ")[0].strip("| *")
                                                                            for row in short.splitlines()}
