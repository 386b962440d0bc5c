"""The client dialects whose path names the model: Google's and Amazon's; and all five beside each other."""
from botocore.eventstream import EventStreamBuffer

from .http import Event
from .samples import TOOLS, Anthropic, OpenAI, Responses


class Routed(dict):
    """A body that knows its path."""

    def __init__(self, path, body):
        super().__init__(body)
        self.path = path


class Gemini:
    """What a test needs to know about generateContent."""

    name = "gemini"
    path = None
    headers = {}

    @staticmethod
    def request(model, text="Use get_weather for Paris.", tools=False, stream=False, **more):
        body = {"contents": [{"role": "user", "parts": [{"text": text}]}], "systemInstruction": {"parts": [{"text": "You are terse."}]},
                "generationConfig": {"maxOutputTokens": 400}, **more}
        if tools:
            body["tools"] = [{"functionDeclarations": [{"name": n, "description": d, "parametersJsonSchema": s} for n, d, s in TOOLS]}]
        method = "streamGenerateContent?alt=sse" if stream else "generateContent"
        return Routed(f"/v1beta/models/{model}:{method}", body)

    @staticmethod
    def text(body):
        return "".join(part.get("text", "") for part in body["candidates"][0]["content"]["parts"] if not part.get("thought"))

    @staticmethod
    def stream_text(events):
        return "".join(part.get("text", "") for event in events for candidate in event.json.get("candidates", [])
                       for part in candidate.get("content", {}).get("parts", []) if not part.get("thought"))

    @staticmethod
    def stream_error(events):
        return next((event.json["error"] for event in events if "error" in event.json), None)

    @staticmethod
    def complete(events):
        return any(candidate.get("finishReason") for event in events for candidate in event.json.get("candidates", []))

    @staticmethod
    def error(body):
        error = body["error"]
        assert isinstance(error["code"], int) and isinstance(error["status"], str), body
        return error["status"], error["message"]


class Bedrock:
    """The same about Converse."""

    name = "bedrock"
    path = None
    headers = {}

    @staticmethod
    def request(model, text="Use get_weather for Paris.", tools=False, stream=False, **more):
        body = {"messages": [{"role": "user", "content": [{"text": text}]}], "system": [{"text": "You are terse."}],
                "inferenceConfig": {"maxTokens": 400}, **more}
        if tools:
            body["toolConfig"] = {"tools": [{"toolSpec": {"name": n, "description": d, "inputSchema": {"json": s}}} for n, d, s in TOOLS]}
        return Routed(f"/model/{model}/{'converse-stream' if stream else 'converse'}", body)

    @staticmethod
    def text(body):
        return "".join(block.get("text", "") for block in body["output"]["message"]["content"])

    @staticmethod
    def events(data):
        """The frames of an event stream; an exception's name is its :exception-type."""
        buffer = EventStreamBuffer()
        buffer.add_data(data)
        out = []
        for frame in buffer:
            name = frame.headers.get(":event-type") or frame.headers.get(":exception-type") or frame.headers.get(":error-code")
            out.append(Event(name, frame.payload.decode() or "{}", 0))
            out[-1].exception = frame.headers.get(":message-type") != "event"
        return out

    @staticmethod
    def stream_text(events):
        return "".join(event.json["delta"].get("text", "") for event in events if event.name == "contentBlockDelta")

    @staticmethod
    def stream_error(events):
        return next((event.json for event in events if getattr(event, "exception", False)), None)

    @staticmethod
    def complete(events):
        return any(event.name == "messageStop" for event in events) and events[-1].name == "metadata"

    @staticmethod
    def error(body):
        assert isinstance(body["message"], str), body
        return body.get("__type", ""), body["message"]


FIVE = [OpenAI, Anthropic, Responses, Gemini, Bedrock]


def dragoman_member(body):
    """An error's extra member, wherever the dialect has room for it."""
    error = body.get("error", body)
    return (error if isinstance(error, dict) else body).get("dragoman") or body.get("dragoman")


def param_of(client, body):
    """Where the client's dialect says what of the request is meant."""
    if client is Gemini:
        for detail in body["error"].get("details", []):
            if detail["@type"].endswith("BadRequest"):
                return detail["fieldViolations"][0]["field"]
        return None
    if client is Bedrock:
        return next((row.get("param") for row in dragoman_member(body)["attempts"] if row.get("param")), None)
    return body["error"].get("param")

