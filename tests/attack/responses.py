"""Requests of OpenAI Responses clients (the SDKs, Codex), by the API reference and the types of the `openai` package."""
import json

import chat
import issued
from draw import Calls
from schemas import Schemas, tools


def make(d):
    declared = tools(d)
    names = [name for name, _, _ in declared]
    body = {"model": "model"}
    if d.chance(0.6):
        body["instructions"] = d.any_text()
    if d.chance(0.15):
        body["input"] = d.any_text()
    else:
        body["input"] = items(d, Calls(d, "call_", names))
    if declared:
        body["tools"] = [tool_entry(d, *tool) for tool in declared]
        if d.chance(0.08):
            body["tools"].append(namespace(d))
        if d.chance(0.05):
            body["tools"].append(d.pick({"type": "web_search"}, {"type": "image_generation"}, {"type": "code_interpreter", "container": {"type": "auto"}}))
        choice(d, body)
        if d.chance(0.2):
            body["parallel_tool_calls"] = d.pick(True, False)
    parameters(d, body)
    return body


# Items.

def input_part(d):
    kind = d.r.randrange(10)
    if kind < 6:
        return {"type": "input_text", "text": d.any_text()}
    if kind == 6:
        media, data = d.image()
        return {"type": "input_image", "detail": d.pick("auto", "low", "high"), "image_url": f"data:{media};base64,{data}"}
    if kind == 7:
        return {"type": "input_image", "detail": "auto", "image_url": d.image_url()}
    if kind == 8:
        return {"type": "input_file", "filename": d.pick("a.pdf", "b c.pdf"), "file_data": "data:application/pdf;base64," + d.pdf()}
    return d.pick({"type": "input_file", "file_url": "https://files.example/" + d.token() + ".pdf"},
                  {"type": "input_image", "detail": "low", "file_id": "file-" + d.token()}, {"type": "input_file", "file_id": "file-" + d.token()})


def user(d):
    content = d.any_text() if d.chance(0.5) else [input_part(d) for _ in range(d.r.randint(1, 3))]
    return {**({"type": "message"} if d.chance(0.6) else {}), "role": "user", "content": content}


def system(d):
    content = d.any_text() if d.chance(0.6) else [{"type": "input_text", "text": d.any_text()}]
    return {"type": "message", "role": d.pick("system", "developer"), "content": content}


def assistant(d):
    if d.chance(0.4):
        return {"role": "assistant", "content": d.any_text()}
    part = {"type": "output_text", "text": d.any_text(), "annotations": []} if d.chance(0.85) else {"type": "refusal", "refusal": d.text()}
    return {"type": "message", "id": "msg_" + d.token(), "role": "assistant", "status": d.pick("completed", "completed", "incomplete"), "content": [part]}


def reasoning(d):
    out = {"type": "reasoning", "id": "rs_" + d.token(), "summary": [{"type": "summary_text", "text": d.text()} for _ in range(d.count(2, 1, 1))]}
    if d.chance(0.7):
        out["encrypted_content"] = issued.encrypted(d.token()) if d.chance(0.85) else d.signature()
    if d.chance(0.1):
        out["content"] = [{"type": "reasoning_text", "text": d.text()}]
    return out


def call(d, call_id, name):
    if d.chance(0.08):
        return {"type": "custom_tool_call", "call_id": call_id, "name": name, "input": d.any_text()}
    made = chat.call(d, call_id, name)
    arguments = made["function"]["arguments"] if "function" in made else "{}"
    out = {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}
    if d.chance(0.6):
        out["id"] = "fc_" + d.token()
    if d.chance(0.5):
        out["status"] = d.pick("completed", "incomplete")
    return out


def output(d, call_id, custom):
    kind = d.r.randrange(8)
    if kind < 5:
        told = d.any_text()
    elif kind == 5:
        told = json.dumps(d.arguments())
    else:
        told = [input_part(d) for _ in range(d.r.randint(1, 2))]
    return {"type": "custom_tool_call_output" if custom else "function_call_output", "call_id": call_id, "output": told}


def items(d, calls):
    out = [system(d) for _ in range(d.count(6, 3, 1))]
    custom = set()
    for turn in range(d.r.randint(1, 5)):
        if not (turn == 0 and d.chance(0.05)):
            out += [user(d) for _ in range(1 + d.count(9, 1))]
        for _ in range(d.count(2, 4, 2, 1)):
            if d.chance(0.3):
                out.append(reasoning(d))
            if d.chance(0.6):
                out.append(assistant(d))
            for _ in range(d.count(4, 4, 2, 1)):
                made = call(d, *calls.make())
                if made["type"] == "custom_tool_call":
                    custom.add(made["call_id"])
                out.append(made)
            if calls.open and not d.chance(0.06):
                answered = calls.answered()
                out += [output(d, call_id, call_id in custom) for call_id, _ in answered]
        if d.chance(0.06):
            out.append(system(d))
    if d.chance(0.75):
        out.append(user(d))
    return out


# Tools and parameters.

def function_tool(d, name, description, schema):
    out = {"type": "function", "name": name, "parameters": schema, "strict": d.pick(None, False, False, True)}
    if description is not None:
        out["description"] = description
    return out


def tool_entry(d, name, description, schema):
    if d.chance(0.05):
        return {"type": "custom", "name": name, "description": d.text(), **({"format": d.pick(
            {"type": "text"}, {"type": "grammar", "syntax": "regex", "definition": "[a-z]+"})} if d.chance(0.5) else {})}
    return function_tool(d, name, description, schema)


def namespace(d):
    return {"type": "namespace", "name": d.plain_name(), "description": d.text(),
            "tools": [function_tool(d, d.plain_name(), d.text(), Schemas(d, 2).root()) for _ in range(d.r.randint(1, 3))]}


def choice(d, body):
    functions = [t["name"] for t in body["tools"] if t["type"] == "function"]
    custom = [t["name"] for t in body["tools"] if t["type"] == "custom"]
    options = ["auto", "none", "required"]
    if functions:
        options += [{"type": "function", "name": d.one_of(functions)}] * 2
        options += [{"type": "allowed_tools", "mode": d.pick("auto", "required"), "tools": [
            {"type": "function", "name": name} for name in d.r.sample(functions, d.r.randint(1, min(3, len(functions))))]}] * 2
    if custom:
        options.append({"type": "custom", "name": d.one_of(custom)})
    if d.chance(0.4):
        body["tool_choice"] = d.one_of(options)


def text_config(d):
    out = {}
    if d.chance(0.7):
        form = chat.response_format(d)
        out["format"] = {"type": "json_schema", **form["json_schema"]} if form["type"] == "json_schema" else form
    if d.chance(0.4):
        out["verbosity"] = d.pick("low", "medium", "high")
    return out


def thinking(d):
    out = {}
    if d.chance(0.8):
        out["effort"] = d.one_of(chat.EFFORTS)
    if d.chance(0.4):
        out["summary"] = d.pick("auto", "concise", "detailed")
    return out


def parameters(d, body):
    def maybe(p, key, value):
        if d.chance(p):
            body[key] = value()
    maybe(0.3, "temperature", lambda: d.number(0, 2))
    maybe(0.2, "top_p", lambda: d.number(0, 1))
    maybe(0.4, "max_output_tokens", lambda: d.pick(16, 100, 1000, 4096, 32000, 128000, 1000000))
    maybe(0.3, "text", lambda: text_config(d))
    maybe(0.35, "reasoning", lambda: thinking(d))
    maybe(0.5, "store", lambda: d.pick(False, False, True))
    maybe(0.3, "include", lambda: d.pick([], ["reasoning.encrypted_content"], ["message.output_text.logprobs"]))
    maybe(0.15, "metadata", lambda: d.pick({}, {"k": d.token()}))
    maybe(0.1, "service_tier", lambda: d.pick("auto", "default", "flex", "priority"))
    maybe(0.1, "user", lambda: d.token())
    maybe(0.15, "prompt_cache_key", lambda: d.token())
    maybe(0.05, "prompt_cache_retention", lambda: d.pick("in_memory", "24h"))
    maybe(0.05, "safety_identifier", lambda: d.token())
    maybe(0.08, "truncation", lambda: d.pick("auto", "disabled"))
    maybe(0.06, "max_tool_calls", lambda: d.pick(1, 10))
    maybe(0.06, "top_logprobs", lambda: d.pick(0, 5, 20))
    if d.chance(0.05):
        body[d.pick("temperature", "top_p", "reasoning", "metadata", "instructions")] = None


def stream(d, body):
    return {**body, "stream": True, **({"stream_options": {"include_obfuscation": False}} if d.chance(0.2) else {})}
