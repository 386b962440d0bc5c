"""The rooms include only downward, and the sandbox knows nothing of the gateway's lowering.

The order is the one in CMakeLists.txt: a room may include itself, the rooms its dragoman_room line names, and
what those may include. Run by ./check, or alone: python3 tests/rooms_test.py
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SUFFIXES = {".h", ".cc"}

# Third-party headers that only some rooms may see, so that one room owns each choice.
OWNERS = {
    "boost/asio": {"net", "serve"},
    "boost/beast": {"net"},
    "openssl/": {"net", "serve", "store"},
    "sqlite3.h": {"store"},
    "simdjson.h": {"json"},
    "yaml-cpp/": {"profile", "config"},
    "re2/": {"lower", "failure"},
    "prometheus/": {"serve"},
    "CLI/": {"apps"},
}
# Written from the providers' contracts alone: a mistake in the lowering must not be able to hide in them.
FORBIDDEN_IN_SANDBOX = {"canon", "dialect", "profile", "lower", "failure", "route", "config", "serve", "store"}


def declared_rooms(cmake_text):
    """{room: (folder, {rooms it names})} of the dragoman_room(...) calls."""
    rooms = {}
    text = re.sub(r"#[^\n]*", "", cmake_text)
    for call in re.findall(r"dragoman_room\(([^)]*)\)", text.replace("${CMAKE_SOURCE_DIR}/", "")):
        words = call.split()
        name, rest = words[0], words[1:]
        folder = "src/" + name
        if rest[:1] == ["DIRECTORY"]:
            folder, rest = rest[1], rest[2:]
        rooms[name] = (folder, {word[len("dragoman_"):] for word in rest if word.startswith("dragoman_")})
    return rooms


def allowed_rooms(rooms):
    """{room: every room it may include}: its own, those named, and theirs."""
    allowed = {}
    for name, (_, named) in rooms.items():
        unknown = named - set(allowed)
        assert not unknown, f"CMakeLists.txt: room {name} names {sorted(unknown)}, which do not stand above it"
        allowed[name] = {name}.union(*(allowed[other] for other in named))
    return allowed


def includes(text):
    return re.findall(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', text, re.MULTILINE)


def faults(files, rooms):
    """What is wrong with `files`, {path relative to the root: text}."""
    allowed = allowed_rooms(rooms)
    allowed["apps"] = set(rooms) | {"apps"}
    folders = {folder: name for name, (folder, _) in rooms.items()}
    folders["apps"] = "apps"
    found = []
    for path, text in files.items():
        room = next((name for folder, name in folders.items() if path.startswith(folder + "/")), None)
        if room is None:
            found.append(f"{path}: in no room that CMakeLists.txt declares")
            continue
        for target in includes(text):
            head = target.split("/")[0]
            if "/" in target and head in rooms and head not in allowed[room]:
                found.append(f"{path}: {room} may not include {target}")
            if room == "sandbox" and head in FORBIDDEN_IN_SANDBOX:
                found.append(f"{path}: the sandbox may not know {target}")
            if target.startswith(".."):
                found.append(f"{path}: includes start at src/, not with ..: {target}")
            for prefix, owners in OWNERS.items():
                if target.startswith(prefix) and room not in owners and not is_test(path):
                    found.append(f"{path}: only {', '.join(sorted(owners))} may include {target}")
    return found


def is_test(path):
    return path.endswith(("_test.cc", "_bench.cc", "_fuzz.cc"))


def source_files():
    files = {}
    for folder in ("src", "sandbox", "apps"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES:
                files[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    return files


def repository_rooms():
    return declared_rooms((ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))


def test_the_repository_keeps_the_rooms():
    files = source_files()
    assert len(files) > 100, "the sources were not found"
    found = faults(files, repository_rooms())
    assert not found, "\n".join(found)


def test_every_room_of_the_design_is_declared():
    rooms = repository_rooms()
    folders = {path.name for path in (ROOT / "src").iterdir() if path.is_dir()}
    assert folders <= set(rooms), f"no dragoman_room for {sorted(folders - set(rooms))}"
    assert len(folders) <= 12, "twelve rooms at most: put it into one that is there"
    assert rooms["sandbox"][0] == "sandbox"


def test_the_reader_sees_what_it_should_refuse():
    rooms = declared_rooms(
        """
        # dragoman_room(ghost dragoman_base)
        dragoman_room(base fmt::fmt)
        dragoman_room(json dragoman_base
                      simdjson::simdjson)
        dragoman_room(net dragoman_base)
        dragoman_room(lower dragoman_json)
        dragoman_room(sandbox DIRECTORY ${CMAKE_SOURCE_DIR}/sandbox dragoman_json dragoman_net)
        """
    )
    assert set(rooms) == {"base", "json", "net", "lower", "sandbox"}
    assert allowed_rooms(rooms)["lower"] == {"lower", "json", "base"}
    good = {
        "src/lower/a.cc": '#include "lower/a.h"\n#include <vector>\n#include "base/id.h"\n',
        "sandbox/a.cc": '#include "sandbox/a.h"\n  #  include "net/sse.h"\n',
        "src/net/a.cc": "#include <boost/asio/ip/tcp.hpp>\n",
        "apps/dragoman/main.cc": '#include "lower/a.h"\n',
    }
    assert faults(good, rooms) == []
    bad = {
        "src/base/a.h": '#include "json/value.h"\n',
        "src/json/a.h": '#include "net/sse.h"\n',
        "sandbox/a.cc": '#include "lower/a.h"\n',
        "src/lower/b.cc": "#include <boost/asio/ip/tcp.hpp>\n",
        "src/lower/c.cc": '#include "../json/value.h"\n',
        "src/elsewhere/a.cc": "",
    }
    for path, text in bad.items():
        assert faults({path: text}, rooms), f"nothing was said about {path}"


if __name__ == "__main__":
    failures = 0
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            try:
                test()
                print(f"{name}: ok")
            except AssertionError as error:
                failures += 1
                print(f"{name}: FAILED\n{error}")
    sys.exit(1 if failures else 0)
