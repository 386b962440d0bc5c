"""JSON as it is written: numbers to the digit, and ways to walk it by pointer."""
import json

MISSING = object()


class Number(str):
    """A number as it is written."""


def load(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


def step(key):
    return str(key).replace("~", "~0").replace("/", "~1")


def walk(value, pointer=""):
    """(pointer, leaf) in order; empty objects and arrays are leaves."""
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from walk(child, f"{pointer}/{step(key)}")
    elif isinstance(value, list) and value:
        for n, child in enumerate(value):
            yield from walk(child, f"{pointer}/{n}")
    else:
        yield pointer, value


def resolve(value, pointer):
    if pointer == "":
        return value
    if not pointer.startswith("/"):
        return MISSING
    for part in pointer[1:].split("/"):
        part = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def keys(value, pointer=""):
    if isinstance(value, dict):
        for key, child in value.items():
            yield f"{pointer}/{step(key)}", key
            yield from keys(child, f"{pointer}/{step(key)}")
    elif isinstance(value, list):
        for n, child in enumerate(value):
            yield from keys(child, f"{pointer}/{n}")


def dump(value):
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{dump(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dump(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)
