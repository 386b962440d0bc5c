"""Requests of Anthropic Messages clients, by the API reference and the types of the `anthropic` package."""
import issued
from draw import Calls
from schemas import Schemas, tools


def make(d):
    declared = tools(d)
    names = [name for name, _, _ in declared]
    body = {"model": "model", "max_tokens": d.pick(1, 16, 1024, 4096, 8192, 32000, 64000, 128000)}
    if d.chance(0.6):
        body["system"] = d.any_text() if d.chance(0.5) else [cached(d, {"type": "text", "text": d.any_text()}) for _ in range(d.r.randint(1, 3))]
    body["messages"] = turns(d, Calls(d, "toolu_", names))
    if declared:
        body["tools"] = [tool_entry(d, *tool) for tool in declared]
        if d.chance(0.05):
            body["tools"].append(d.pick({"type": "web_search_20250305", "name": "web_search", "max_uses": 3}, {"type": "bash_20250124", "name": "bash"},
                                        {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}))
        choice(d, body, names)
    parameters(d, body)
    return body


def cached(d, block):
    if d.chance(0.12):
        block["cache_control"] = d.pick({"type": "ephemeral"}, {"type": "ephemeral", "ttl": "5m"}, {"type": "ephemeral", "ttl": "1h"})
    return block


# Turns.

def image(d):
    media, data = d.image()
    kind = d.r.randrange(8)
    if kind < 6:
        return {"type": "image", "source": {"type": "base64", "media_type": media, "data": data}}
    if kind == 6:
        return {"type": "image", "source": {"type": "url", "url": d.image_url()}}
    return {"type": "image", "source": {"type": "file", "file_id": "file_" + d.token()}}


def document(d):
    source = d.pick({"type": "base64", "media_type": "application/pdf", "data": d.pdf()}, {"type": "text", "media_type": "text/plain", "data": d.text()},
                    {"type": "url", "url": "https://files.example/" + d.token() + ".pdf"}, {"type": "content", "content": [{"type": "text", "text": d.text()}]})
    out = {"type": "document", "source": source}
    if d.chance(0.4):
        out["title"] = d.pick("A title", "報告 (2).pdf", d.token())
    if d.chance(0.2):
        out["context"] = d.text()
    if d.chance(0.2):
        out["citations"] = {"enabled": d.pick(True, False)}
    return out


def user_block(d):
    kind = d.r.randrange(12)
    if kind < 8:
        return cached(d, {"type": "text", "text": d.any_text()})
    if kind < 10:
        return cached(d, image(d))
    if kind == 10:
        return cached(d, document(d))
    return {"type": "search_result", "source": "https://s.example/" + d.token(), "title": d.text(), "content": [{"type": "text", "text": d.text()}]}


def user(d):
    return {"role": "user", "content": d.any_text() if d.chance(0.4) else [user_block(d) for _ in range(d.r.randint(1, 3))]}


def thinking_block(d):
    if d.chance(0.2):
        return {"type": "redacted_thinking", "data": issued.redacted(d.token()) if d.chance(0.8) else d.signature()}
    words = d.text() if d.chance(0.9) else ""
    signed = issued.thinking(words, d.pick("sonnet", "opus", "haiku"))
    return {"type": "thinking", "thinking": words, "signature": signed if d.chance(0.8) else d.pick(d.signature(), "")}


def assistant(d, calls):
    if d.chance(0.2):
        return {"role": "assistant", "content": d.any_text()}
    out = [thinking_block(d) for _ in range(d.count(7, 3, 1))]
    if d.chance(0.6):
        out.append(cached(d, {"type": "text", "text": d.any_text()}))
    for _ in range(d.count(3, 4, 2, 1)):
        call_id, name = calls.make()
        out.append(cached(d, {"type": "tool_use", "id": call_id, "name": name, "input": d.arguments()}))
        if d.chance(0.05):
            out.append({"type": "text", "text": d.text()})
        if d.chance(0.05):
            out.append(thinking_block(d))
    return {"role": "assistant", "content": out or d.any_text()}


def result(d, call_id):
    out = {"type": "tool_result", "tool_use_id": call_id}
    kind = d.r.randrange(10)
    if kind < 5:
        out["content"] = d.any_text()
    elif kind < 9:
        out["content"] = [image(d) if d.chance(0.3) else document(d) if d.chance(0.05) else {"type": "text", "text": d.any_text()} for _ in range(d.r.randint(0, 3))]
    if d.chance(0.15):
        out["is_error"] = d.pick(True, True, False)
    return cached(d, out)


def turns(d, calls):
    out = []
    if not d.chance(0.04):
        out.append(user(d))
    for _ in range(d.count(2, 3, 2, 1, 1)):
        out.append(assistant(d, calls))
        blocks = []
        if calls.open and not d.chance(0.05):
            blocks = [result(d, call_id) for call_id, _ in calls.answered()]
        if d.chance(0.4) or not blocks:
            said = user(d)["content"]
            said = [{"type": "text", "text": said}] if isinstance(said, str) else said
            blocks = said + blocks if d.chance(0.1) else blocks + said
        if d.chance(0.07):
            out[-1]["content"] = out[-1]["content"] if isinstance(out[-1]["content"], str) else out[-1]["content"][:1] or "ok"
        out.append({"role": "user", "content": blocks})
    if d.chance(0.08):
        out.append({"role": "assistant", "content": d.pick("{", "The answer is", d.text())})  # prefill
    if d.chance(0.03):
        out.insert(d.r.randint(1, len(out)) if out else 0, {"role": "system", "content": d.text()})
    return out or [user(d)]


# Tools and parameters.

def tool_entry(d, name, description, schema):
    out = {"name": name, "input_schema": schema}
    if description is not None:
        out["description"] = description
    if d.chance(0.1):
        out["strict"] = d.pick(True, False)
    if d.chance(0.05):
        out["type"] = "custom"
    if d.chance(0.03):
        out["input_examples"] = [d.arguments()]
    if d.chance(0.03):
        out["eager_input_streaming"] = True
    return cached(d, out)


def choice(d, body, names):
    if not d.chance(0.4):
        return
    made = d.pick({"type": "auto"}, {"type": "any"}, {"type": "none"}, {"type": "tool", "name": d.one_of(names)})
    if made["type"] != "none" and d.chance(0.3):
        made["disable_parallel_tool_use"] = d.pick(True, False)
    body["tool_choice"] = made


def parameters(d, body):
    def maybe(p, key, value):
        if d.chance(p):
            body[key] = value()
    maybe(0.3, "temperature", lambda: d.number(0, 1))
    maybe(0.2, "top_p", lambda: d.number(0, 1))
    maybe(0.15, "top_k", lambda: d.pick(0, 1, 40, 500))
    maybe(0.2, "stop_sequences", lambda: d.r.sample(["END", "###", "\n\nHuman:", "</x>", "\U0001f6d1", "a", "b", "c"], d.r.randint(1, 6)))
    maybe(0.25, "metadata", lambda: d.pick({"user_id": d.token()}, {"user_id": None}, {}, {"user_id": "user_" + "a" * 200}))
    maybe(0.1, "service_tier", lambda: d.pick("auto", "standard_only"))
    if d.chance(0.3):
        body["thinking"] = d.pick({"type": "disabled"}, {"type": "adaptive"}, {"type": "adaptive", "display": "summarized"},
                                  {"type": "enabled", "budget_tokens": 1024}, {"type": "enabled", "budget_tokens": max(1024, body["max_tokens"] - 1)})
        if body["thinking"]["type"] == "enabled" and body["max_tokens"] <= body["thinking"]["budget_tokens"]:
            body["max_tokens"] = body["thinking"]["budget_tokens"] + d.pick(1, 4000)
    if d.chance(0.2):
        body["output_config"] = {}
        if d.chance(0.6):
            body["output_config"]["effort"] = d.pick("low", "medium", "high", "xhigh", "max")
        if d.chance(0.5):
            body["output_config"]["format"] = {"type": "json_schema", "schema": Schemas(d).root()}
    maybe(0.05, "cache_control", lambda: {"type": "ephemeral"})
    maybe(0.03, "inference_geo", lambda: "us")
    maybe(0.02, "speed", lambda: d.pick("standard", "fast"))


def stream(d, body):
    return {**body, "stream": True}
