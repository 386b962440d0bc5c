"""Opinions of the hosts whose SDKs carry types of their own: Mistral, Cohere, OpenRouter, Groq, Cerebras, Together, Fireworks,
Perplexity, SambaNova and Writer. What a host documents and its SDK has no member for is a row of DOCUMENTED, with where it says so.
"""
import functools
import importlib
import inspect
import pkgutil
import typing

import pydantic
import typing_extensions

from opinion_types import bare, told, typed_dict

# Members that the types do not have: (host, place without array indices) → where the host documents them.
OPENAI = "OpenAI's clients ask for usage in streams so; the host gives it, and no rule of RULES refuses the member"
NAMED = "docs.together.ai, function calling: {type, function: {name}}; its OpenAPI document takes the part of an answer for it"
REASONING = "openrouter.ai/docs, reasoning tokens"
CHOICE = "the words on the member itself: none, auto, required or {type, function}; the type wraps them in a member `value` of its own"
DOCUMENTED = {
    ("groq", "stream_options"): "the SDK's words on ChatCompletionChunk.usage",
    ("together", "stream_options"): OPENAI,
    ("together", "messages.tool_calls.index"): NAMED,
    ("together", "tool_choice.id"): NAMED,
    ("together", "tool_choice.index"): NAMED,
    ("together", "tool_choice.function.arguments"): NAMED,
    ("openrouter", "reasoning.max_tokens"): REASONING,
    ("openrouter", "reasoning.enabled"): REASONING,
    ("openrouter", "reasoning.exclude"): REASONING,
    ("openrouter", "verbosity"): "openrouter.ai/docs, parameters",
    ("openrouter", "web_search_options"): "openrouter.ai/docs, web search",
    ("openrouter", "messages.assistant.tool_calls.extra_content"): "Google's member of its own OpenAI-compatible endpoint, for a call's thought"
                                                                   " signature; not documented, and ignored where it is not read",
    ("openrouter", "usage"): "openrouter.ai/docs, usage accounting",
    ("writer", "tool_choice"): CHOICE,
    ("writer", "tool_choice.type"): CHOICE,
    ("writer", "tool_choice.function"): CHOICE,
    ("writer", "tool_choice.value"): CHOICE,
}


def of(host, body):
    """Faults of a body by its host's types; ModuleNotFoundError where the package is not installed."""
    if host not in JUDGES:
        return []
    return [fault for fault in JUDGES[host](body) if (host, place(fault)) not in DOCUMENTED]


def place(fault):
    """`messages.3.user.name: Extra inputs …` → `messages.user.name`."""
    return ".".join(part for part in fault.split(": ", 1)[0].split(".") if not part.isdigit())


def stainless(package, module, two=True):
    """The parameter types Stainless generates: a TypedDict each for whole and streamed answers, or one for both."""
    kinds = ("CompletionCreateParamsNonStreaming", "CompletionCreateParamsStreaming") if two else ("CompletionCreateParams",) * 2
    return functools.partial(by_types, package, module, *kinds)


def by_types(package, module, whole, streaming, body):
    bare(package.split(".")[0])
    return typed_dict(f"{package}.types", f"{package}.types.{module}", whole, streaming, body)


# Speakeasy's are pydantic models of one base, which lets anything pass until it is told not to.

@functools.cache
def model(package, base, module, name):
    for depth in range(1, package.count(".") + 1):
        bare(".".join(package.split(".")[:depth]))
    made = importlib.import_module(base).BaseModel
    made.model_config = {**made.model_config, "extra": "forbid"}
    return getattr(importlib.import_module(module), name)


def checked(adapter, body):
    try:
        adapter(body)
        return []
    except pydantic.ValidationError as error:
        return told(error)


def mistral(body):
    name = "ChatCompletionStreamRequest" if body.get("stream") else "ChatCompletionRequest"
    return checked(model("mistralai.client.models", "mistralai.client.types.basemodel", f"mistralai.client.models.{name.lower()}", name).model_validate, body)


def openrouter(body):
    return checked(model("openrouter.components", "openrouter.types.basemodel", "openrouter.components.chatrequest", "ChatRequest").model_validate, body)


# Cohere's parameters are the arguments of a method, its models each let anything pass.

def forbidding(package):
    """Every model below a package, with no members but its own."""
    found = []
    for entry in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        module = importlib.import_module(entry.name)
        found += [made for made in vars(module).values()
                  if isinstance(made, type) and issubclass(made, pydantic.BaseModel) and made.__module__ == module.__name__]
    for made in found:
        made.model_config = {**made.model_config, "extra": "forbid"}
        if "__pydantic_core_schema__" in vars(made):
            del made.__pydantic_core_schema__  # what others were built with
    for made in found:
        made.model_rebuild(force=True)


@functools.cache
def cohere_parameters(streaming):
    bare("cohere")
    forbidding("cohere.types")
    method = getattr(importlib.import_module("cohere.v2.client").V2Client, "chat_stream" if streaming else "chat")
    hints = typing.get_type_hints(method, include_extras=True)
    members = {"stream": typing_extensions.NotRequired[bool]}
    for name, parameter in inspect.signature(method).parameters.items():
        if name not in ("self", "request_options"):
            needed = parameter.default is inspect.Parameter.empty
            members[name] = hints[name] if needed else typing_extensions.NotRequired[hints[name]]
    made = typing_extensions.TypedDict("V2Chat", members)
    made.__pydantic_config__ = pydantic.ConfigDict(extra="forbid")
    return pydantic.TypeAdapter(made)


def cohere(body):
    return checked(cohere_parameters(bool(body.get("stream"))).validate_python, body)


JUDGES = {
    "groq": stainless("groq", "chat.completion_create_params", False),
    "cerebras": stainless("cerebras.cloud.sdk", "chat.completion_create_params", False),
    "together": stainless("together", "chat.completion_create_params"),
    "fireworks": stainless("fireworks", "chat.completion_create_params"),
    "perplexity": stainless("perplexity", "chat.completion_create_params"),
    "sambanova": stainless("sambanova", "chat.completion_create_params"),
    "writer": functools.partial(by_types, "writerai", "chat_chat_params", "ChatChatParamsNonStreaming", "ChatChatParamsStreaming"),
    "mistral": mistral,
    "openrouter": openrouter,
    "cohere": cohere,
}
