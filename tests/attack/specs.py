"""Bodies held to the OpenAPI documents of their providers, which name ranges and patterns that SDK types lack.

Not part of ./check: the documents are megabytes. `tests/attack/run --specs FOLDER` reads FOLDER/openai/openapi.yaml
(openai/openai-openapi), FOLDER/mistral/openapi.yaml (mistralai/platform-docs-public) and FOLDER/together/openapi.yaml
(togethercomputer/openapi), those of them that are there; it needs `pip install jsonschema pyyaml` in .venv.
"""
import functools
import pathlib
import re

import opinion

# provider → (document, schema of Chat Completions, of Responses)
DOCUMENTS = {
    "openai": ("openai", "CreateChatCompletionRequest", "CreateResponse"),
    "mistral": ("mistral", "ChatCompletionRequest", ""),
    "together": ("together", "ChatCompletionRequest", ""),
}
# Where a document is not to be taken at its word: opinion_hosts.py has the same of the types made from it.
LOOSE = {
    "together": r"/tool_choice|/messages/\d+/tool_calls",  # takes the part of an answer for them
}


@functools.cache
def validator(folder, document, schema):
    import jsonschema
    import yaml
    path = next(iter(sorted(pathlib.Path(folder).glob(f"**/{document}/openapi.yaml"))), None)
    if path is None:
        return None
    whole = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": nullable(whole["components"])})


def nullable(value):
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(value, list):
        return [nullable(child) for child in value]
    if not isinstance(value, dict):
        return value
    made = {key: nullable(child) for key, child in value.items()}
    return {"anyOf": [{key: child for key, child in made.items() if key != "nullable"}, {"type": "null"}]} if value.get("nullable") is True else made


def deepest(error):
    """Of a union the fault that lies deepest in the body: the branch that was meant."""
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator not in ("type", "enum", "const", "required")))
    return error


def of(folder, target, body):
    """[(kind, text)] of what a provider's document says to a body."""
    provider = target.split("/", 1)[0]
    document, chat, responses = DOCUMENTS.get(provider, ("", "", ""))
    schema = responses if "input" in body or "instructions" in body else chat
    check = validator(folder, document, schema) if schema else None
    if check is None:
        return []
    if schema == responses:  # ids and `strict`, which the document asks for and the API does not
        body = {**body, "input": opinion.with_ids(body["input"])} if isinstance(body.get("input"), list) else body
        body = {**body, "tools": [opinion.said_strict(tool) for tool in body["tools"]]} if "tools" in body else body
    found = []
    for error in check.iter_errors(body):
        error = deepest(error)
        at = "/" + "/".join(map(str, error.absolute_path))
        if "is valid under each of" in error.message:  # a `oneOf` that means `anyOf`
            continue
        if provider in LOOSE and re.match(LOOSE[provider], at):
            continue
        text = re.sub(r"zq\w{9}qz", "TOKEN", error.message)
        found.append(("the provider's document says no", f"{re.sub('[0-9]+', '#', at)}: {re.sub('[0-9]+', '#', text)[-120:]}"))
    return found[:3]
