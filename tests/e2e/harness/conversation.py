"""A conversation as an agent holds it, in each client dialect, over plain HTTP: what a provider answered is kept and sent
back as it came. A step gives (text, [(id, name, arguments)], reasoning state) whatever the dialect."""
import binascii
import copy
import http.client
import json
import struct
from urllib.parse import quote, urlsplit

from . import samples

IMAGE = samples.png()


class Refused(AssertionError):
    pass


class Wire:
    """One kept-alive connection."""

    def __init__(self, url):
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


class Conversation:
    """`stream`: every step is streamed. Reasoning is asked for in the dialect's own way."""

    def __init__(self, wire, system, stream):
        self.wire, self.system, self.stream = wire, system, stream
        self.history = []


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

    def step(self, model):
        body = {"model": model, "messages": [{"role": "system", "content": self.system}, *self.history],
                "tools": samples.openai_tools(strict=False), "max_tokens": 4000, "reasoning_effort": "low",
                "stream": self.stream}
        data = self.wire.post("/v1/chat/completions", body)
        message = self.joined(sse(data)) if self.stream else json.loads(data)["choices"][0]["message"]
        self.history.append(message)
        calls = [(c["id"], c["function"]["name"], json.loads(c["function"]["arguments"]))
                 for c in message.get("tool_calls") or []]
        seals = [d.get("signature") or d.get("data") for d in message.get("reasoning_details") or []]
        seals += [c.get("extra_content", {}).get("google", {}).get("thought_signature")
                  for c in message.get("tool_calls") or []]
        return message.get("content") or "", calls, [s for s in seals if s]

    @staticmethod
    def joined(events):
        message = {"role": "assistant", "content": None}
        calls = {}
        for event in events:
            assert "error" not in event, event
            for choice in event["choices"]:
                delta = choice["delta"]
                for key in ("content", "reasoning_content"):
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

    def step(self, model):
        body = {"model": model, "system": self.system, "messages": self.history, "tools": samples.anthropic_tools(),
                "max_tokens": 4000, "thinking": {"type": "enabled", "budget_tokens": 2048}, "stream": self.stream}
        data = self.wire.post("/v1/messages", body)
        blocks = self.joined(sse(data)) if self.stream else json.loads(data)["content"]
        self.history.append({"role": "assistant", "content": blocks})
        calls = [(b["id"], b["name"], b["input"]) for b in blocks if b["type"] == "tool_use"]
        text = "".join(b["text"] for b in blocks if b["type"] == "text")
        return text, calls, [b.get("signature") or b.get("data") for b in blocks if "thinking" in b["type"]]

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

    def step(self, model):
        tools = [{"type": "function", "name": t["function"]["name"], "description": t["function"]["description"],
                  "parameters": t["function"]["parameters"], "strict": False} for t in samples.openai_tools(strict=False)]
        body = {"model": model, "instructions": self.system, "input": self.history, "tools": tools, "store": False,
                "include": ["reasoning.encrypted_content"], "reasoning": {"effort": "low", "summary": "auto"},
                "max_output_tokens": 4000, "stream": self.stream}
        data = self.wire.post("/v1/responses", body)
        if self.stream:
            last = sse(data)[-1]
            assert last["type"] == "response.completed", last
            output = last["response"]["output"]
        else:
            output = json.loads(data)["output"]
        self.history += output
        calls = [(i["call_id"], i["name"], json.loads(i["arguments"])) for i in output if i["type"] == "function_call"]
        text = "".join(p.get("text", "") for i in output if i["type"] == "message" for p in i["content"])
        return text, calls, [i["encrypted_content"] for i in output if i.get("encrypted_content")]


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

    def step(self, model):
        declared = [{"name": n, "description": d, "parametersJsonSchema": s} for n, d, s in copy.deepcopy(samples.TOOLS)]
        body = {"systemInstruction": {"parts": [{"text": self.system}]}, "contents": self.history,
                "tools": [{"functionDeclarations": declared}],
                "generationConfig": {"maxOutputTokens": 4000,
                                     "thinkingConfig": {"thinkingBudget": 2048, "includeThoughts": True}}}
        where = f"/v1beta/models/{model}:"
        if self.stream:
            events = sse(self.wire.post(where + "streamGenerateContent?alt=sse", body))
            assert not any("error" in e for e in events), events
            # As the SDKs' chat helpers keep it: every chunk's content is one of the history.
            self.history += [e["candidates"][0]["content"] for e in events]
            parts = [p for e in events for p in e["candidates"][0]["content"].get("parts", [])]
            assert events[-1]["candidates"][0]["finishReason"]
        else:
            content = json.loads(self.wire.post(where + "generateContent", body))["candidates"][0]["content"]
            self.history.append(content)
            parts = content.get("parts", [])
        calls = [(p["functionCall"].get("id"), p["functionCall"]["name"], p["functionCall"].get("args", {}))
                 for p in parts if "functionCall" in p]
        text = "".join(p["text"] for p in parts if "text" in p and not p.get("thought"))
        return text, calls, [p["thoughtSignature"] for p in parts if "thoughtSignature" in p]


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

    def step(self, model):
        tools = [{"toolSpec": {"name": n, "description": d, "inputSchema": {"json": s}}}
                 for n, d, s in copy.deepcopy(samples.TOOLS)]
        body = {"system": [{"text": self.system}], "messages": self.history, "toolConfig": {"tools": tools},
                "inferenceConfig": {"maxTokens": 4000},
                "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2048}}}
        where = f"/model/{quote(model, safe='')}/converse"
        if self.stream:
            message = self.joined(event_stream(self.wire.post(where + "-stream", body)))
        else:
            message = json.loads(self.wire.post(where, body))["output"]["message"]
        self.history.append(message)
        blocks = message["content"]
        calls = [(b["toolUse"]["toolUseId"], b["toolUse"]["name"], b["toolUse"]["input"]) for b in blocks if "toolUse" in b]
        thoughts = [b["reasoningContent"] for b in blocks if "reasoningContent" in b]
        seals = [t.get("reasoningText", {}).get("signature") or t.get("redactedContent") for t in thoughts]
        return "".join(b.get("text", "") for b in blocks), calls, [s for s in seals if s]

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


DIALECTS = [Chat, Messages, Responses, Gemini, Bedrock]
