"""Bodies read as the types of an SDK: its TypedDicts as pydantic models with no members but their own."""
import functools
import importlib
import importlib.util
import pkgutil
import re
import sys
import types
import typing
import warnings

import pydantic
import typing_extensions


def bare(name):
    """The package without what its __init__ loads: clients, which need packages that types do not."""
    if name not in sys.modules:
        spec = importlib.util.find_spec(name)
        if spec is None:
            raise ModuleNotFoundError(name)
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = list(spec.submodule_search_locations)


@functools.cache
def closed(module_name):
    """Makes every TypedDict below a package of types refuse other members, and its iterables lists."""
    package = importlib.import_module(module_name)
    for found in pkgutil.walk_packages(package.__path__, module_name + "."):
        try:
            module = importlib.import_module(found.name)
        except Exception:  # a module for another platform or an optional dependency
            continue
        for word in ("Iterable", "Sequence", "SequenceNotStr"):
            if hasattr(module, word):
                setattr(module, word, typing.List)
        for value in vars(module).values():
            if isinstance(value, type) and typing_extensions.is_typeddict(value) and value.__module__ == module.__name__:
                value.__pydantic_config__ = pydantic.ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)
    return True


@functools.cache
def adapter(package, module, whole, streaming):
    closed(package)
    made = importlib.import_module(module)
    warnings.filterwarnings("ignore", "TypedDict class .* allows extra items")  # the type says so itself
    return [pydantic.TypeAdapter(getattr(made, kind)) for kind in (whole, streaming)]


def typed_dict(package, module, whole, streaming, body, ours=()):
    checks = adapter(package, module, whole, streaming)
    body = {key: value for key, value in body.items() if key not in ours}
    try:
        checks[1 if body.get("stream") else 0].validate_python(body)
        return []
    except pydantic.ValidationError as error:
        return told(error)


def told(error):
    """The faults; of a union only those of the branch that fits best."""
    rows = [(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors(include_url=False, include_context=False, include_input=False)]
    return sorted({f"{'.'.join(map(str, path))}: {message}" for path, _, message in fitting(rows)})


def fitting(rows):
    out = [((), kind, message) for loc, kind, message in rows if not loc]
    branches = {}
    for key in dict.fromkeys(loc[0] for loc, _, _ in rows if loc):
        inside = fitting([(loc[1:], kind, message) for loc, kind, message in rows if loc and loc[0] == key])
        if is_path(key):
            out += [((key, *path), kind, message) for path, kind, message in inside]
        else:
            branches[key] = inside
    if branches:
        out += min(branches.values(), key=lambda inside: (any(kind in ("literal_error", "list_type", "dict_type", "string_type") and len(path) < 2 for path, kind, _ in inside), len(inside)))
    return out


def is_path(part):
    """A member or an index; else the name of a branch: a type ("str", "list[…]", "function-after[…]", `Text`) or a tag."""
    return isinstance(part, int) or not re.search(r"[A-Z\[\](,]|^(str|list|dict|int|float|bool|none|nullable)$|^(function-|typed-dict|literal|constrained)", str(part))
