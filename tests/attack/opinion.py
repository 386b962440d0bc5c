"""A third opinion: bodies read by the types of the providers' own SDKs, which know neither dragoman nor the sandbox.

OpenAI and Azure (openai), Anthropic (anthropic), Gemini and Vertex (google-genai), Bedrock (botocore's service model); the
hosts of opinion_hosts.py where their packages are installed. Members a type does not have are findings, as are wrong kinds
and missing members. SDK types are looser than the APIs in ranges; where one is narrower than its API's own reference, a row
of opinion_hosts.py says so.
"""
import functools
import re
import typing

import pydantic

import opinion_hosts
from opinion_types import told, typed_dict


def of(target, body):
    """[(kind, text)] of what a provider's SDK types say to a body."""
    provider = target.split("/", 1)[0]
    try:
        faults = JUDGES[provider](body) if provider in JUDGES else opinion_hosts.of(provider, body)
    except ModuleNotFoundError:
        return []
    return [("the SDK's types say no", f"{name(fault)}") for fault in faults[:3]]


def name(fault):
    """A fault without what differs from request to request."""
    fault = re.sub(r"zq\w{9}qz", "TOKEN", fault)
    return re.sub(r"\d+", "#", fault)[:200]


# OpenAI's TypedDicts say nothing of members that carry a schema or arguments, which are Dict[str, object].

def openai(body):
    if "input" in body or "instructions" in body:
        body = {**body, "input": with_ids(body["input"])} if isinstance(body.get("input"), list) else body
        if "tools" in body:
            body = {**body, "tools": [said_strict(tool) for tool in body["tools"]]}
        return typed_dict("openai.types", "openai.types.responses.response_create_params",
                          "ResponseCreateParamsNonStreaming", "ResponseCreateParamsStreaming", body)
    return typed_dict("openai.types", "openai.types.chat.completion_create_params",
                      "CompletionCreateParamsNonStreaming", "CompletionCreateParamsStreaming", body)


def said_strict(tool):
    """The types want `strict` said; to the API nothing and null are its default."""
    if tool.get("type") == "namespace":
        return {**tool, "tools": [said_strict(inner) for inner in tool["tools"]]}
    return {"strict": None, **tool} if tool.get("type") == "function" else tool


def with_ids(items):
    """Ids and states, which the types ask for and the API does not: without `store` there is nothing they could name."""
    out = []
    for item in items:
        if item.get("type") == "reasoning":
            item = {"id": "rs", **item}
        elif item.get("role") == "assistant" and isinstance(item.get("content"), list):
            parts = [{"annotations": [], **part} if part["type"] == "output_text" else part for part in item["content"]]
            item = {"type": "message", "id": "msg", "status": "completed", **item, "content": parts}
        out.append(item)
    return out


def azure(body):
    return openai({"model": "deployment", **body})


def anthropic(body):
    if body.get("anthropic_version"):
        body = {"model": "in the URL", **{key: value for key, value in body.items() if key != "anthropic_version"}}
    return typed_dict("anthropic.types", "anthropic.types.message_create_params", "MessageCreateParamsNonStreaming", "MessageCreateParamsStreaming", body,
                      ("temperature", "top_p", "top_k"))  # of older models; no longer in the types


# Google's SDK has pydantic models of its own, with extra members forbidden; its types have one schema for both services.

def gemini(body):
    from google.genai import types
    parts = {"contents": typing.List[types.Content], "systemInstruction": types.Content, "tools": typing.List[types.Tool], "toolConfig": types.ToolConfig,
             "generationConfig": types.GenerationConfig, "safetySettings": typing.List[types.SafetySetting], "cachedContent": str, "labels": typing.Dict[str, str],
             "serviceTier": str, "store": bool}
    out = []
    for key, value in body.items():
        if key not in parts:  # protobuf reads a member by either spelling; what the client wrote may go out as it came
            key = re.sub(r"_([a-z])", lambda found: found.group(1).upper(), key)
        if key not in parts:
            out.append(f"{key}: not a member of GenerateContentRequest")
            continue
        try:
            # As from JSON, where bytes are base64 and members are spelled in camel case.
            pydantic.TypeAdapter(parts[key]).validate_python(value)
        except pydantic.ValidationError as error:
            out += [f"{key}.{row}" for row in told(error)]
    return out


# botocore: its own validator for members, kinds and least values; patterns, lengths and enumerations by its model.

@functools.cache
def converse_shape():
    import botocore.session
    return botocore.session.get_session().get_service_model("bedrock-runtime").operation_model("Converse").input_shape


def bedrock(body):
    from botocore.validate import ParamValidator
    shape = converse_shape()
    report = ParamValidator().validate({"modelId": "model", **body}, shape)
    out = [re.sub(r"value: .*?, type", "type", line) for line in report.generate_report().split("\n") if line]
    for key, value in body.items():
        if key in shape.members:
            limits(value, shape.members[key], key, out)
        else:
            out.append(f"{key}: not a member of ConverseRequest")
    return out


def limits(value, shape, path, out):
    meta = shape.metadata
    if shape.type_name == "structure":
        if getattr(shape, "is_document_type", False):
            return
        if isinstance(value, dict):
            if getattr(shape, "is_tagged_union", False) and len(value) != 1:
                out.append(f"{path}: a union with {len(value)} members")
            for key, child in value.items():
                if key in shape.members:
                    limits(child, shape.members[key], f"{path}.{key}", out)
                else:
                    out.append(f"{path}.{key}: no such member")
    elif shape.type_name == "list" and isinstance(value, list):
        sizes(len(value), meta, path, out)
        for child in value:
            limits(child, shape.member, f"{path}[]", out)
    elif shape.type_name == "map" and isinstance(value, dict):
        sizes(len(value), meta, path, out)
        for key, child in value.items():
            limits(key, shape.key, f"{path} key", out)
            limits(child, shape.value, f"{path}.*", out)
    elif shape.type_name == "string" and isinstance(value, str):
        sizes(len(value), meta, path, out)
        if meta.get("enum") and value not in meta["enum"]:
            out.append(f"{path}: {value!r} is not one of {meta['enum']}")
        if meta.get("pattern") and not re.fullmatch(meta["pattern"].replace("\\p{", "[").replace("}\\", "]\\"), value, re.S) and "\\p" not in meta["pattern"]:
            out.append(f"{path}: does not match {meta['pattern']}")
    elif shape.type_name in ("integer", "long", "float", "double") and isinstance(value, (int, float)):
        sizes(value, meta, path, out)


def sizes(value, meta, path, out):
    if "min" in meta and value < meta["min"]:
        out.append(f"{path}: {value} is below {meta['min']}")
    if "max" in meta and value > meta["max"]:
        out.append(f"{path}: {value} is above {meta['max']}")


JUDGES = {"openai": openai, "azure": azure, "azure_v1": azure, "chatgpt": openai, "anthropic": anthropic, "vertex_anthropic": anthropic, "gemini": gemini, "vertex": gemini,
          "bedrock": bedrock}
