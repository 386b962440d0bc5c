"""Requests of OpenAI Chat Completions clients, by the API reference and the types of the `openai` package."""
import json

import issued
from draw import Calls
from schemas import Schemas, tools

EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]


def make(d):
    declared = tools(d)
    names = [name for name, _, _ in declared]
    body = {"model": "model", "messages": messages(d, Calls(d, "call_", names))}
    if declared:
        if d.chance(0.04):
            body["functions"] = [function(d, *tool) for tool in declared]
        else:
            body["tools"] = [tool_entry(d, *tool) for tool in declared]
            custom = [t["custom"]["name"] for t in body["tools"] if t["type"] == "custom"]
            choice(d, body, [name for name in names if name not in custom], custom)
        if d.chance(0.2):
            body["parallel_tool_calls"] = d.pick(True, False)
    parameters(d, body)
    return body


# Messages.

def cached(d, part):
    if d.chance(0.05):
        part["cache_control"] = d.pick({"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"})
    return part


def text_parts(d, blank=True):
    return [cached(d, {"type": "text", "text": d.any_text() if blank else d.text()}) for _ in range(d.r.randint(1, 3))]


def user_part(d):
    kind = d.r.randrange(14)
    if kind < 8:
        return cached(d, {"type": "text", "text": d.any_text()})
    if kind < 10:
        media, data = d.image()
        return {"type": "image_url", "image_url": {"url": f"data:{media};base64,{data}", **({"detail": d.pick("low", "high", "auto")} if d.chance(0.4) else {})}}
    if kind == 10:
        return {"type": "image_url", "image_url": {"url": d.image_url()}}
    if kind == 11:
        return {"type": "input_audio", "input_audio": {"data": d.wav(), "format": d.pick("wav", "mp3")}}
    if kind == 12:
        return {"type": "file", "file": {"filename": d.pick("a.pdf", "my file (1).pdf", "報告.pdf"), "file_data": "data:application/pdf;base64," + d.pdf()}}
    return {"type": "file", "file": {"file_id": "file-" + d.token()}}


def user(d):
    content = d.any_text() if d.chance(0.6) else [user_part(d) for _ in range(d.r.randint(1, 4))]
    out = {"role": "user", "content": content}
    if d.chance(0.05):
        out["name"] = d.pick("alice", "bob_2")
    return out


def system(d):
    return {"role": d.pick("system", "system", "developer"), "content": d.any_text() if d.chance(0.7) else text_parts(d)}


def assistant(d, calls):
    out = {"role": "assistant"}
    kind = d.r.randrange(10)
    if kind < 5:
        out["content"] = d.any_text()
    elif kind == 5:
        out["content"] = text_parts(d)
    elif kind == 6:
        out["content"] = [{"type": "refusal", "refusal": d.text()}]
    elif kind == 7:
        out["content"] = None
        out["refusal"] = d.text()
    else:
        out["content"] = None
    if d.chance(0.5) or (out["content"] is None and "refusal" not in out and d.chance(0.8)):
        out["tool_calls"] = [call(d, *calls.make()) for _ in range(1 + d.count(5, 2, 1))]
    if d.chance(0.15):
        out[d.pick("reasoning_content", "reasoning")] = d.text()
    elif d.chance(0.06):
        out["reasoning_details"] = [reasoning_detail(d)]
    if d.chance(0.03):
        out["name"] = "helper"
    return out


def reasoning_detail(d):
    words = d.text()
    return d.pick({"type": "reasoning.text", "text": words, "signature": issued.thinking(words), "format": "anthropic-claude-v1", "index": 0},
                  {"type": "reasoning.encrypted", "data": issued.thought(d.token()), "format": "google-gemini-v1", "index": 0},
                  {"type": "reasoning.text", "text": words, "signature": d.signature(), "format": "unknown", "index": 0},
                  {"type": "reasoning.summary", "summary": words, "format": "openai-responses-v1", "index": 0})


def call(d, call_id, name):
    if d.chance(0.05):
        return {"id": call_id, "type": "custom", "custom": {"name": name, "input": d.any_text()}}
    arguments = json.dumps(d.arguments(), ensure_ascii=d.chance(0.5))
    if d.chance(0.1):
        arguments = d.pick("", arguments[:-1], arguments[:len(arguments) // 2], "null", "[1]", "\"text\"", "{}", " " + arguments + "\n", "{'a': 1}")
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def result(d, call_id):
    content = d.any_text() if d.chance(0.75) else text_parts(d)
    if d.chance(0.1):
        content = json.dumps({"result": d.arguments()})
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def messages(d, calls):
    out = [system(d) for _ in range(d.count(4, 6, 1))]
    if d.chance(0.04):
        return out or [system(d)]
    for turn in range(d.r.randint(1, 5)):
        if not (turn == 0 and d.chance(0.05)):
            out += [user(d) for _ in range(1 + d.count(9, 1))]
        for _ in range(d.count(2, 4, 2, 1)):
            out.append(assistant(d, calls))
            if d.chance(0.06):
                out.append(system(d))
            if calls.open and not d.chance(0.06):
                answers = [result(d, call_id) for call_id, _ in calls.answered()]
                if answers and d.chance(0.04):
                    answers.insert(d.r.randint(0, len(answers)), user(d))
                out += answers
        if d.chance(0.06):
            out.append(system(d))
    if d.chance(0.75):
        out.append(user(d))
    return out


# Tools.

def function(d, name, description, schema):
    out = {"name": name}
    if description is not None:
        out["description"] = description
    if not d.chance(0.04):
        out["parameters"] = schema
    return out


def tool_entry(d, name, description, schema):
    if d.chance(0.04):
        return {"type": "custom", "custom": {"name": name, "description": d.text(), "format": d.pick(
            {"type": "text"}, {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: WORD"}})}}
    out = {"type": "function", "function": function(d, name, description, schema)}
    if d.chance(0.15):
        out["function"]["strict"] = d.pick(True, False)
    return cached(d, out)


def choice(d, body, names, custom):
    options = ["auto", "none", "required"]
    if names:
        options += [{"type": "function", "function": {"name": d.one_of(names)}}] * 2
        options += [{"type": "allowed_tools", "allowed_tools": {"mode": d.pick("auto", "required"), "tools": [
            {"type": "function", "function": {"name": name}} for name in d.r.sample(names, d.r.randint(1, min(3, len(names))))]}}] * 2
    if custom:
        options.append({"type": "custom", "custom": {"name": d.one_of(custom)}})
    if d.chance(0.4):
        body["tool_choice"] = d.one_of(options)


# Parameters.

def response_format(d):
    kind = d.r.randrange(6)
    if kind == 0:
        return {"type": "text"}
    if kind == 1:
        return {"type": "json_object"}
    out = {"name": d.pick("answer", "Answer-1", "a" * 64), "schema": Schemas(d).root()}
    if d.chance(0.6):
        out["strict"] = d.pick(True, False)
    if d.chance(0.3):
        out["description"] = d.text()
    return {"type": "json_schema", "json_schema": out}


def stops(d):
    words = ["END", "\n\n", "###", "Human:", " ", "\n", "</s>", "\U0001f6d1", "x" * 100]
    return d.one_of(words) if d.chance(0.3) else d.r.sample(words, d.r.randint(1, 4))


def parameters(d, body):
    def maybe(p, key, value):
        if d.chance(p):
            body[key] = value()
    maybe(0.35, "temperature", lambda: d.number(0, 2))
    maybe(0.25, "top_p", lambda: d.number(0, 1))
    maybe(0.12, "frequency_penalty", lambda: d.number(-2, 2))
    maybe(0.12, "presence_penalty", lambda: d.number(-2, 2))
    maybe(0.5, d.pick("max_tokens", "max_completion_tokens"), lambda: d.pick(1, 16, 100, 1000, 4096, 32000, 128000, 1000000))
    maybe(0.2, "stop", lambda: stops(d))
    maybe(0.12, "seed", lambda: d.pick(0, 42, -1, 2**31, 2**53, -2**63))
    maybe(0.1, "n", lambda: d.pick(1, 1, 2, 8, 128))
    if d.chance(0.1):
        body["logprobs"] = d.pick(True, True, False)
        if body["logprobs"] and d.chance(0.7):
            body["top_logprobs"] = d.pick(0, 1, 5, 20)
    maybe(0.05, "logit_bias", lambda: d.pick({}, {"50256": -100}, {"1234": 7, "99": 100}))
    maybe(0.2, "response_format", lambda: response_format(d))
    maybe(0.25, "reasoning_effort", lambda: d.one_of(EFFORTS))
    maybe(0.08, "verbosity", lambda: d.pick("low", "medium", "high"))
    maybe(0.15, "user", lambda: d.pick("user-1", "ü", d.token(), "u" * 70))
    maybe(0.1, "metadata", lambda: d.pick({}, {"k": d.token()}, {f"key{i}": "v" * 512 for i in range(16)}))
    maybe(0.1, "service_tier", lambda: d.pick("auto", "default", "flex", "priority", "scale"))
    maybe(0.1, "store", lambda: d.pick(True, False))
    maybe(0.08, "prompt_cache_key", lambda: d.pick(d.token(), "k" * 64))
    maybe(0.04, "prompt_cache_retention", lambda: d.pick("in_memory", "24h"))
    maybe(0.05, "safety_identifier", lambda: d.token())
    maybe(0.03, "modalities", lambda: ["text"])
    maybe(0.02, "prediction", lambda: {"type": "content", "content": d.text()})
    maybe(0.02, "web_search_options", lambda: d.pick({}, {"search_context_size": "low"}))
    # What other hosts of this dialect added, and their SDKs send through `extra_body`.
    maybe(0.05, "top_k", lambda: d.pick(1, 40, 500))
    maybe(0.04, "min_p", lambda: d.number(0, 1))
    maybe(0.04, "repetition_penalty", lambda: d.number(0.1, 2))
    if "reasoning_effort" not in body:
        key = d.pick("reasoning", "thinking", "enable_thinking")
        maybe(0.1, key, lambda: {"reasoning": d.pick({"effort": "high"}, {"max_tokens": 2000}, {"enabled": True}, {"exclude": True}),
                                 "thinking": d.pick({"type": "enabled"}, {"type": "disabled"}), "enable_thinking": d.pick(True, False)}[key])
    if d.chance(0.05):
        body[d.pick("temperature", "top_p", "stop", "seed", "n", "user", "tool_choice", "max_tokens")] = None


def stream(d, body):
    """What the same client adds to stream."""
    return {**body, "stream": True, **({"stream_options": {"include_usage": d.pick(True, False)}} if d.chance(0.5) else {})}
