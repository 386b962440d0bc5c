"""A conversation as an agent holds it, in each client dialect, over plain HTTP: what a provider answered is kept and sent
back as it came. `sdk_conversation` has the same over the official SDKs: only `ask` differs."""
import binascii
import copy
import http.client
import json
import struct
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from . import samples

IMAGE = samples.png()


class Refused(AssertionError):
    pass


class Wire:
    """One kept-alive connection."""

    def __init__(self, url):
        self.url = url
        where = urlsplit(url)
        self.connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)

    def post(self, path, body, headers=None):
        self.connection.request(
            "POST", path, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise Refused(f"{answer.status} {data.decode(errors='replace')[:1500]}")
        return data

    def close(self):
        self.connection.close()


def sse(data):
    """The JSON of every event of a stream of server-sent events."""
    events = []
    for block in data.decode().replace("\r\n", "\n").split("\n\n"):
        text = "".join(line[5:].strip() for line in block.split("\n") if line.startswith("data:"))
        if text and text != "[DONE]":
            events.append(json.loads(text))
    return events


def event_stream(data):
    """(type, payload) of every message of an AWS event stream; its checksums are checked."""
    out = []
    while data:
        total, head = struct.unpack(">II", data[:8])
        assert binascii.crc32(data[:8]) == struct.unpack(">I", data[8:12])[0]
        assert binascii.crc32(data[: total - 4]) == struct.unpack(">I", data[total - 4 : total])[0]
        headers, rest = {}, data[12 : 12 + head]
        while rest:
            size = rest[0]
            name, kind = rest[1 : 1 + size].decode(), rest[1 + size]
            assert kind == 7, "a header that is no string"
            (length,) = struct.unpack(">H", rest[2 + size : 4 + size])
            headers[name] = rest[4 + size : 4 + size + length].decode()
            rest = rest[4 + size + length :]
        assert headers[":message-type"] == "event", (headers, data[12 + head : total - 4])
        out.append((headers[":event-type"], json.loads(data[12 + head : total - 4])))
        data = data[total:]
    return out


class Turn(NamedTuple):
    """What a provider answered, whatever the dialect. `seals` is its reasoning state, `thoughts` its reasoning's words."""

    text: str
    calls: list  # (id, name, arguments)
    seals: list
    thoughts: list


class Conversation:
    """`stream`: every step is streamed. Reasoning is asked for in the dialect's own way. A dialect says how a body is
    made of the history (`body`), how it is sent and its answer had as one value (`ask`), how that goes into the
    history (`keep`) and what it says (`read`)."""

    def __init__(self, wire, system, stream):
        self.wire, self.system, self.stream = wire, system, stream
        self.history = []

    def step(self, model):
        answer = self.ask(model, self.body(model))
        self.keep(answer)
        text, calls, seals, thoughts = self.read(answer)
        return Turn(text, calls, [seal for seal in seals if seal], [thought for thought in thoughts if thought])

    def keep(self, answer):
        self.history.append(answer)

    def abandon(self, calls):
        """The user will not wait for these calls."""

    @staticmethod
    def shown(text):
        """The text of a result as the provider gets it from this client."""
        return text


class Chat(Conversation):
    name = "chat"

    def user(self, text):
        self.history.append({"role": "user", "content": text})

    def results(self, results):
        for id, _, text, image, error in results:
            parts = [{"type": "text", "text": text}] if text else []
            if image:
                parts.append({"type": "image_url", "image_url": {"url": "data:image/png;base64," + IMAGE}})
            self.history.append({"role": "tool", "tool_call_id": id, "content": parts if image else text})

    def body(self, model):
        return {"model": model, "messages": [{"role": "system", "content": self.system}, *self.history],
                "tools": samples.openai_tools(strict=False), "max_tokens": 4000, "reasoning_effort": "low",
                "stream": self.stream}

    def ask(self, model, body):
        data = self.wire.post("/v1/chat/completions", body)
        return self.joined(sse(data)) if self.stream else json.loads(data)["choices"][0]["message"]

    def read(self, message):
        calls = [(c["id"], c["function"]["name"], json.loads(c["function"]["arguments"]))
                 for c in message.get("tool_calls") or []]
        seals = [d.get("signature") or d.get("data") for d in message.get("reasoning_details") or []]
        seals += [c.get("extra_content", {}).get("google", {}).get("thought_signature")
                  for c in message.get("tool_calls") or []]
        return message.get("content") or "", calls, seals, [message.get("reasoning_content") or message.get("reasoning")]

    @staticmethod
    def joined(events):
        message = {"role": "assistant", "content": None}
        calls = {}
        for event in events:
            assert "error" not in event, event
            for choice in event["choices"]:
                delta = choice["delta"]
                for key in ("content", "reasoning_content", "reasoning"):
                    if delta.get(key):
                        message[key] = (message.get(key) or "") + delta[key]
                for detail in delta.get("reasoning_details") or []:
                    message.setdefault("reasoning_details", []).append(detail)
                for piece in delta.get("tool_calls") or []:
                    call = calls.setdefault(piece["index"], {"type": "function", "function": {"name": "", "arguments": ""}})
                    call.update({k: piece[k] for k in ("id", "extra_content") if k in piece})
                    call["function"]["name"] += piece["function"].get("name") or ""
                    call["function"]["arguments"] += piece["function"].get("arguments") or ""
        if calls:
            message["tool_calls"] = [calls[i] for i in sorted(calls)]
        return message


class PlainChat(Chat):
    """A client that keeps texts and calls only, as most do: whatever else there is to keep is the vault's."""

    name = "plain-chat"

    def keep(self, message):
        calls = [{key: call[key] for key in ("id", "type", "function")} for call in message.get("tool_calls") or []]
        self.history.append({"role": "assistant", "content": message.get("content"), **({"tool_calls": calls} if calls else {})})


class Messages(Conversation):
    name = "messages"

    def user(self, text):
        self.history.append({"role": "user", "content": text})

    def results(self, results):
        blocks = []
        for id, _, text, image, error in results:
            content = [{"type": "text", "text": text}] if text else []
            if image:
                content.append(
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": IMAGE}})
            blocks.append({"type": "tool_result", "tool_use_id": id, "content": content, **({"is_error": True} if error else {})})
        self.history.append({"role": "user", "content": blocks})

    def body(self, model):
        return {"model": model, "system": self.system, "messages": self.history, "tools": samples.anthropic_tools(),
                "max_tokens": 4000, "thinking": {"type": "enabled", "budget_tokens": 2048}, "stream": self.stream}

    def ask(self, model, body):
        data = self.wire.post("/v1/messages", body)
        return self.joined(sse(data)) if self.stream else json.loads(data)["content"]

    def keep(self, blocks):
        self.history.append({"role": "assistant", "content": blocks})

    def read(self, blocks):
        calls = [(b["id"], b["name"], b["input"]) for b in blocks if b["type"] == "tool_use"]
        text = "".join(b["text"] for b in blocks if b["type"] == "text")
        thoughts = [b for b in blocks if "thinking" in b["type"]]
        return text, calls, [b.get("signature") or b.get("data") for b in thoughts], [b.get("thinking") for b in thoughts]

    @staticmethod
    def joined(events):
        blocks = []
        for event in events:
            assert event["type"] != "error", event
            if event["type"] == "content_block_start":
                blocks.append(event["content_block"])
            elif event["type"] == "content_block_delta":
                delta, block = event["delta"], blocks[event["index"]]
                if delta["type"] == "input_json_delta":
                    block["json"] = block.get("json", "") + delta["partial_json"]
                for kind, key in (("text_delta", "text"), ("thinking_delta", "thinking"), ("signature_delta", "signature")):
                    if delta["type"] == kind:
                        block[key] = block.get(key, "") + delta[key]
        for block in blocks:
            block.pop("citations", None)
            if "json" in block:
                block["input"] = json.loads(block.pop("json") or "{}")
        return blocks


class Responses(Conversation):
    name = "responses"

    def user(self, text):
        self.history.append({"role": "user", "content": text})

    def results(self, results):
        for id, _, text, image, error in results:
            output = text
            if image:
                output = [{"type": "input_text", "text": text},
                          {"type": "input_image", "image_url": "data:image/png;base64," + IMAGE}]
            self.history.append({"type": "function_call_output", "call_id": id, "output": output})

    def body(self, model):
        tools = [{"type": "function", "name": t["function"]["name"], "description": t["function"]["description"],
                  "parameters": t["function"]["parameters"], "strict": False} for t in samples.openai_tools(strict=False)]
        return {"model": model, "instructions": self.system, "input": self.history, "tools": tools, "store": False,
                "include": ["reasoning.encrypted_content"], "reasoning": {"effort": "low", "summary": "auto"},
                "max_output_tokens": 4000, "stream": self.stream}

    def ask(self, model, body):
        data = self.wire.post("/v1/responses", body)
        if not self.stream:
            return json.loads(data)["output"]
        last = sse(data)[-1]
        assert last["type"] == "response.completed", last
        return last["response"]["output"]

    def keep(self, items):
        self.history += items

    def read(self, items):
        calls = [(i["call_id"], i["name"], json.loads(i["arguments"])) for i in items if i["type"] == "function_call"]
        text = "".join(p.get("text", "") for i in items if i["type"] == "message" for p in i["content"])
        thoughts = [i for i in items if i["type"] == "reasoning"]
        return text, calls, [i.get("encrypted_content") for i in thoughts], [
            p["text"] for i in thoughts for p in i.get("summary") or []]


class Gemini(Conversation):
    name = "gemini"

    def user(self, text):
        self.history.append({"role": "user", "parts": [{"text": text}]})

    def results(self, results):
        parts = []
        for id, name, text, image, error in results:
            response = {"name": name, "response": {"error" if error else "output": text}, **({"id": id} if id else {})}
            if image:
                response["parts"] = [{"inlineData": {"mimeType": "image/png", "data": IMAGE}}]
            parts.append({"functionResponse": response})
        self.history.append({"role": "user", "parts": parts})

    def body(self, model):
        declared = [{"name": n, "description": d, "parametersJsonSchema": s} for n, d, s in copy.deepcopy(samples.TOOLS)]
        return {"systemInstruction": {"parts": [{"text": self.system}]}, "contents": self.history,
                "tools": [{"functionDeclarations": declared}],
                "generationConfig": {"maxOutputTokens": 4000,
                                     "thinkingConfig": {"thinkingBudget": 2048, "includeThoughts": True}}}

    def ask(self, model, body):
        where = f"/v1beta/models/{model}:"
        if not self.stream:
            return [json.loads(self.wire.post(where + "generateContent", body))["candidates"][0]["content"]]
        events = sse(self.wire.post(where + "streamGenerateContent?alt=sse", body))
        assert not any("error" in e for e in events), events
        assert events[-1]["candidates"][0]["finishReason"]
        return [e["candidates"][0]["content"] for e in events]

    def keep(self, contents):
        self.history += contents  # as the SDKs' chat helpers keep it: every chunk's content is one of the history

    def read(self, contents):
        parts = [part for content in contents for part in content.get("parts", [])]
        calls = [(p["functionCall"].get("id"), p["functionCall"]["name"], p["functionCall"].get("args", {}))
                 for p in parts if "functionCall" in p]
        text = "".join(p["text"] for p in parts if "text" in p and not p.get("thought"))
        return text, calls, [p.get("thoughtSignature") for p in parts], [
            "".join(p["text"] for p in parts if "text" in p and p.get("thought"))]


class Bedrock(Conversation):
    name = "bedrock"

    def user(self, text):
        self.history.append({"role": "user", "content": [{"text": text}]})

    def results(self, results):
        blocks = []
        for id, _, text, image, error in results:
            content = [{"text": text}] if text else []
            if image:
                content.append({"image": {"format": "png", "source": {"bytes": IMAGE}}})
            blocks.append({"toolResult": {"toolUseId": id, "content": content, "status": "error" if error else "success"}})
        self.history.append({"role": "user", "content": blocks})

    def body(self, model):
        tools = [{"toolSpec": {"name": n, "description": d, "inputSchema": {"json": s}}}
                 for n, d, s in copy.deepcopy(samples.TOOLS)]
        return {"system": [{"text": self.system}], "messages": self.history, "toolConfig": {"tools": tools},
                "inferenceConfig": {"maxTokens": 4000},
                "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2048}}}

    def ask(self, model, body):
        where = f"/model/{quote(model, safe='')}/converse"
        if self.stream:
            return self.joined(event_stream(self.wire.post(where + "-stream", body)))
        return json.loads(self.wire.post(where, body))["output"]["message"]

    def read(self, message):
        blocks = message["content"]
        calls = [(b["toolUse"]["toolUseId"], b["toolUse"]["name"], b["toolUse"]["input"]) for b in blocks if "toolUse" in b]
        thoughts = [b["reasoningContent"] for b in blocks if "reasoningContent" in b]
        texts = [t.get("reasoningText", {}) for t in thoughts]
        return "".join(b.get("text", "") for b in blocks), calls, [
            t.get("signature") for t in texts] + [t.get("redactedContent") for t in thoughts], [t.get("text") for t in texts]

    @staticmethod
    def joined(events):
        blocks = {}
        for kind, event in events:
            if kind == "contentBlockStart":
                blocks[event["contentBlockIndex"]] = {"toolUse": {**event["start"]["toolUse"], "input": ""}}
            elif kind == "contentBlockDelta":
                (key, value), = event["delta"].items()
                block = blocks.setdefault(event["contentBlockIndex"], {})
                if key == "text":
                    block["text"] = block.get("text", "") + value
                elif key == "toolUse":
                    block["toolUse"]["input"] += value["input"]
                elif "redactedContent" in value:
                    block["reasoningContent"] = value
                else:
                    inner = block.setdefault("reasoningContent", {"reasoningText": {"text": ""}})["reasoningText"]
                    for name, piece in value.items():
                        inner[name] = inner.get(name, "") + piece
        for block in blocks.values():
            if "toolUse" in block:
                block["toolUse"]["input"] = json.loads(block["toolUse"]["input"])
        assert [kind for kind, _ in events][-2:] == ["messageStop", "metadata"]
        return {"role": "assistant", "content": [blocks[i] for i in sorted(blocks)]}


DIALECTS = [Chat, PlainChat, Messages, Responses, Gemini, Bedrock]
