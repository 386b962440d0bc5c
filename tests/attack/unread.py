"""Words of a schema that mean nothing to a model: what is for people, and what no value or reference leads to."""
import json
import re

from tree import Number, dump, load, resolve, step, walk

# What means nothing to a model may go under an edit of class `none`.
FOR_PEOPLE = re.compile(r"/(\$comment|title|x-[a-z-]*|markdownDescription|examples|example|default|deprecated|readOnly)(/\d+)?$")


DEFINED = re.compile(r"(.*?)/(\$defs|definitions)/([^/]+)/")


def dead(request, pointer):
    """Inside a definition that nothing refers to."""
    found = DEFINED.match(pointer)
    if not found:
        return False
    schema, word = resolve(request, found.group(1)), found.group(2)
    reached, open_ = set(), [value for key, value in schema.items() if key != word]
    while open_:
        text = dump(open_.pop())
        for name, value in schema[word].items():
            reference = json.dumps(f"#/{word}/{step(name)}", ensure_ascii=False)
            if name not in reached and reference in text:
                reached.add(name)
                open_.append(value)
    return found.group(3).replace("~1", "/").replace("~0", "~") not in reached


def references(request, pointer):
    """Where the definition that a pointer leads into is referred to, outside of definitions."""
    found = DEFINED.match(pointer)
    if not found:
        return
    for place, leaf in walk(resolve(request, found.group(1)), found.group(1)):
        if place.endswith("/$ref") and not DEFINED.match(place) and leaf == f"#/{found.group(2)}/{found.group(3)}":
            yield place


COMPOSED = ("allOf", "anyOf", "oneOf")
KINDS = {"string", "number", "integer", "boolean", "object", "array", "null"}


def kinds_of(value):
    if isinstance(value, Number):
        return {"number", "integer"}
    return {{str: "string", bool: "boolean", dict: "object", list: "array", type(None): "null"}[type(value)]}


def kinds(request, pointer, schema, depth=0):
    """The types a schema leaves by itself and by its `allOf`; local references are looked up on the way to the root."""
    if not isinstance(schema, dict) or depth > 5:
        return KINDS
    left = KINDS
    said = schema.get("type")
    if isinstance(said, (str, list)):
        left = {kind.lower() for kind in ([said] if isinstance(said, str) else said) if isinstance(kind, str)}
        left |= {"integer"} if "number" in left else set()
        left |= {"null"} if schema.get("nullable") else set()
    fixed = [schema["const"]] if "const" in schema else schema.get("enum")
    if isinstance(fixed, list):
        left = left & {kind for value in fixed for kind in kinds_of(value)}
    if found := re.fullmatch(r"#/(\$defs|definitions)/(.*)", str(schema.get("$ref", ""))):
        name = found.group(2).replace("~1", "/").replace("~0", "~")
        steps = pointer.split("/")
        for cut in range(len(steps), 0, -1):
            above = resolve(request, "/".join(steps[:cut]))
            if isinstance(above, dict) and isinstance(named := above.get(found.group(1)), dict) and name in named:
                left = left & kinds(request, pointer, named[name], depth + 1)
                break
    if schema.get("$ref") == "#":
        steps = pointer.split("/")
        above = (resolve(request, "/".join(steps[:cut])) for cut in range(1, len(steps)))
        root = next((node for node in above if isinstance(node, dict) and isinstance(node.get("properties"), dict)), {})
        left = left & kinds(request, pointer, {"type": root.get("type", list(KINDS))}, depth + 1)
    for part in schema.get("allOf") or ():
        left = left & kinds(request, pointer, part, depth + 1)
    return left


OWNERS = {"items": "array", "prefixItems": "array", "additionalItems": "array", "contains": "array", "unevaluatedItems": "array",
          "properties": "object", "patternProperties": "object", "additionalProperties": "object", "dependentSchemas": "object"}


def impossible(request, pointer):
    """In a branch of a type, or below a keyword of one, that what stands around it excludes: no value gets there."""
    steps = pointer.split("/")
    for cut in range(len(steps), 0, -1):
        left, at = kinds(request, pointer, resolve(request, "/".join(steps[:cut]))), cut
        while at > 2 and steps[at - 2] in COMPOSED and steps[at - 1].isdigit():
            at -= 2
            left = left & kinds(request, pointer, resolve(request, "/".join(steps[:at])))
        owner = OWNERS.get(steps[cut]) if cut < len(steps) else None
        if not left or owner and owner not in left:
            return True
    return False


def excluded(request, pointer):
    """A member of an `enum` that another `enum`, beside it or around it by `allOf`, does not have."""
    found = re.fullmatch(r"(.*)/enum/(\d+)", pointer)
    if not found:
        return False
    value, steps = resolve(request, pointer), found.group(1).split("/")
    while len(steps) > 2 and steps[-2] == "allOf" and steps[-1].isdigit():
        steps = steps[:-2]
        around = resolve(request, "/".join(steps))
        for other in [around, *around["allOf"]]:
            if isinstance(other, dict) and isinstance(other.get("enum"), list) and value not in other["enum"]:
                return True
    return False


def unread(request, pointer):
    return (FOR_PEOPLE.search(pointer) or dead(request, pointer) or impossible(request, pointer)
            or excluded(request, pointer))


def unread_inside(text, token):
    """The same of a schema that is written as text, as Converse has it."""
    try:
        schema = load(text)
    except ValueError:
        return False
    if not isinstance(schema, dict):
        return False
    places = [pointer for pointer, leaf in walk(schema) if isinstance(leaf, str) and token in leaf]
    return bool(places) and all(unread(schema, pointer) for pointer in places)
