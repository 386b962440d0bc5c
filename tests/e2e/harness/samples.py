"""Requests that use what providers disagree on, in both client dialects."""
import base64
import copy
import struct
import zlib


def png(size=8):
    """A valid one-coloured PNG, as base64 text."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xc8\x32\x32" * size for _ in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return base64.b64encode(data).decode()


# Keywords on which providers differ: $defs and $ref, an enum, a nullable union, bounds, closed objects.
WEATHER = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Name of the city"},
        "unit": {"type": ["string", "null"], "enum": ["celsius", "fahrenheit", None]},
        "days": {"type": "integer", "minimum": 1, "maximum": 7},
        "place": {"$ref": "#/$defs/place"},
    },
    "required": ["city", "unit", "days", "place"],
    "additionalProperties": False,
    "$defs": {
        "place": {
            "type": "object",
            "properties": {"latitude": {"type": "number"}, "longitude": {"type": "number"}},
            "required": ["latitude", "longitude"],
            "additionalProperties": False,
        }
    },
}
# Properties named like keywords, and a choice of shapes.
SEARCH = {
    "type": "object",
    "properties": {
        "ref": {"type": "string"},
        "definitions": {"type": "array", "items": {"type": "string"}},
        "filter": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    },
    "required": ["ref", "definitions", "filter"],
    "additionalProperties": False,
}
TOOLS = [
    ("get_weather", "Weather forecast for a city", WEATHER),
    ("search_notes", "Searches the user's notes", SEARCH),
]


def openai_tools(strict=True):
    return [
        {
            "type": "function",
            "function": {"name": name, "description": text, "parameters": schema, **({"strict": True} if strict else {})},
        }
        for name, text, schema in copy.deepcopy(TOOLS)
    ]


def anthropic_tools():
    return [{"name": name, "description": text, "input_schema": schema} for name, text, schema in copy.deepcopy(TOOLS)]


def openai_request(model, text="Use get_weather for Paris.", **more):
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": text},
        ],
        "max_tokens": 400,
        **more,
    }


def anthropic_request(model, text="Use get_weather for Paris.", **more):
    return {
        "model": model,
        "max_tokens": 400,
        "system": "You are terse.",
        "messages": [{"role": "user", "content": text}],
        **more,
    }


OPENAI_CHOICES = {
    "unset": {},
    "auto": {"tool_choice": "auto"},
    "required": {"tool_choice": "required"},
    "named": {"tool_choice": {"type": "function", "function": {"name": "get_weather"}}},
}
ANTHROPIC_CHOICES = {
    "unset": {},
    "auto": {"tool_choice": {"type": "auto"}},
    "required": {"tool_choice": {"type": "any"}},
    "named": {"tool_choice": {"type": "tool", "name": "get_weather"}},
}


class OpenAI:
    """What a test needs to know about the Chat Completions dialect."""

    name = "openai"
    path = "/v1/chat/completions"
    choices = OPENAI_CHOICES
    headers = {}

    @staticmethod
    def request(model, text="Use get_weather for Paris.", tools=False, stream=False, choice="unset", **more):
        extra = dict(more)
        if tools:
            extra["tools"] = openai_tools()
            extra.update(OPENAI_CHOICES[choice])
        if stream:
            extra["stream"] = True
        return openai_request(model, text, **extra)

    @staticmethod
    def text(body):
        return body["choices"][0]["message"]["content"]

    @staticmethod
    def calls(body):
        import json

        found = body["choices"][0]["message"].get("tool_calls") or []
        return [(call["function"]["name"], json.loads(call["function"]["arguments"])) for call in found]

    @staticmethod
    def stream_text(events):
        out = ""
        for event in events:
            if event.data == "[DONE]":
                continue
            for choice in event.json.get("choices") or []:
                out += choice["delta"].get("content") or ""
        return out

    @staticmethod
    def stream_error(events):
        """The error that ended a stream, or None."""
        for event in events:
            if event.data != "[DONE]" and "error" in event.json:
                return event.json["error"]
        return None

    @staticmethod
    def complete(events):
        """Whether the stream came to the end its dialect prescribes."""
        if not events or events[-1].data != "[DONE]":
            return False
        return any(
            choice.get("finish_reason")
            for event in events[:-1]
            for choice in event.json.get("choices") or []
        )

    @staticmethod
    def error(body):
        """(type, message) of an error body; fails if it is not in the dialect's shape."""
        error = body["error"]
        assert set(error) >= {"message", "type", "param", "code"}, body
        assert isinstance(error["message"], str)
        return error["type"], error["message"]


class Anthropic:
    """The same about Messages."""

    name = "anthropic"
    path = "/v1/messages"
    choices = ANTHROPIC_CHOICES
    headers = {"anthropic-version": "2023-06-01"}

    @staticmethod
    def request(model, text="Use get_weather for Paris.", tools=False, stream=False, choice="unset", **more):
        extra = dict(more)
        if tools:
            extra["tools"] = anthropic_tools()
            extra.update(ANTHROPIC_CHOICES[choice])
        if stream:
            extra["stream"] = True
        return anthropic_request(model, text, **extra)

    @staticmethod
    def text(body):
        return "".join(block["text"] for block in body["content"] if block["type"] == "text")

    @staticmethod
    def calls(body):
        return [(block["name"], block["input"]) for block in body["content"] if block["type"] == "tool_use"]

    @staticmethod
    def stream_text(events):
        return "".join(
            event.json["delta"]["text"]
            for event in events
            if event.name == "content_block_delta" and event.json["delta"]["type"] == "text_delta"
        )

    @staticmethod
    def stream_error(events):
        return next((event.json["error"] for event in events if event.name == "error"), None)

    @staticmethod
    def complete(events):
        return bool(events) and events[-1].name == "message_stop"

    @staticmethod
    def error(body):
        assert body["type"] == "error", body
        error = body["error"]
        assert isinstance(error["type"], str) and isinstance(error["message"], str), body
        return error["type"], error["message"]


def responses_request(model, text="Use get_weather for Paris.", **more):
    return {"model": model, "max_output_tokens": 400, "instructions": "You are terse.", "input": text, **more}


def responses_tools():
    return [{"type": "function", "name": name, "description": text, "parameters": schema, "strict": True}
            for name, text, schema in copy.deepcopy(TOOLS)]


RESPONSES_CHOICES = {
    "unset": {},
    "auto": {"tool_choice": "auto"},
    "required": {"tool_choice": "required"},
    "named": {"tool_choice": {"type": "function", "name": "get_weather"}},
}


class Responses:
    """The same about the Responses API."""

    name = "responses"
    path = "/v1/responses"
    choices = RESPONSES_CHOICES
    headers = {}

    @staticmethod
    def request(model, text="Use get_weather for Paris.", tools=False, stream=False, choice="unset", **more):
        extra = dict(more)
        if tools:
            extra["tools"] = responses_tools()
            extra.update(RESPONSES_CHOICES[choice])
        if stream:
            extra["stream"] = True
        return responses_request(model, text, **extra)

    @staticmethod
    def text(body):
        return "".join(part.get("text", "") for item in body["output"] if item["type"] == "message"
                       for part in item["content"])

    @staticmethod
    def calls(body):
        import json

        return [(item["name"], json.loads(item["arguments"])) for item in body["output"]
                if item["type"] == "function_call"]

    @staticmethod
    def stream_text(events):
        return "".join(event.json["delta"] for event in events if event.name == "response.output_text.delta")

    @staticmethod
    def stream_error(events):
        return next((event.json for event in events if event.name == "error"), None)

    @staticmethod
    def complete(events):
        return bool(events) and events[-1].name in ("response.completed", "response.incomplete")

    @staticmethod
    def error(body):
        return OpenAI.error(body)


# Those whose requests a module makes by itself.
CHATS = [OpenAI, Anthropic]
CLIENTS = [*CHATS, Responses]
