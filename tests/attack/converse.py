"""Requests of Bedrock Converse clients, by the API reference and botocore's service model."""
import json

import issued
from draw import Calls
from schemas import Schemas, tools


def make(d):
    declared = tools(d)
    names = [name for name, _, _ in declared]
    body = {"messages": turns(d, Calls(d, "tooluse_", names))}
    if d.chance(0.6):
        body["system"] = [{"text": d.text()} for _ in range(d.r.randint(1, 2))]
        if d.chance(0.2):
            body["system"].append({"cachePoint": {"type": "default"}})
    if declared:
        specs = [tool_entry(d, *tool) for tool in declared]
        if d.chance(0.1):
            specs.append({"cachePoint": d.pick({"type": "default"}, {"type": "default", "ttl": "1h"})})
        body["toolConfig"] = {"tools": specs}
        if d.chance(0.4):
            body["toolConfig"]["toolChoice"] = d.pick({"auto": {}}, {"any": {}}, {"tool": {"name": d.one_of(names)}})
    parameters(d, body)
    return body


def image(d):
    media, data = d.image()
    return {"image": {"format": media.split("/")[1], "source": {"bytes": data}}}


def document(d):
    if d.chance(0.6):
        made = {"format": "pdf", "source": {"bytes": d.pdf()}}
    else:
        made = {"format": d.pick("txt", "md", "csv", "html"), "source": {"text": d.text()}}
    return {"document": {**made, "name": d.pick("report", "My report (1)", "a-b [2]")}}


def user_block(d):
    kind = d.r.randrange(14)
    if kind < 9:
        return {"text": d.text() if d.chance(0.9) else d.pick(" ", "\n")}
    if kind < 11:
        return image(d)
    if kind == 11:
        return document(d)
    if kind == 12:
        return {"cachePoint": {"type": "default"}}
    return d.pick({"image": {"format": "png", "source": {"s3Location": {"uri": "s3://bucket/" + d.token()}}}},
                  {"video": {"format": "mp4", "source": {"bytes": d.wav()}}}, {"guardContent": {"text": {"text": d.text()}}},
                  {"audio": {"format": "wav", "source": {"bytes": d.wav()}}},
                  {"searchResult": {"source": "https://s.example/" + d.token(), "title": d.text(), "content": [{"text": d.text()}]}})


def user(d):
    blocks = [user_block(d) for _ in range(1 + d.count(5, 2, 1))]
    if all("cachePoint" in block for block in blocks):
        blocks.insert(0, {"text": d.text()})
    return {"role": "user", "content": blocks}


def reasoning(d):
    if d.chance(0.8):
        words = d.text()
        signed = d.pick({"signature": issued.thinking(words)}, {"signature": issued.thinking(words)}, {"signature": d.signature()}, {})
        return {"reasoningContent": {"reasoningText": {"text": words, **signed}}}
    return {"reasoningContent": {"redactedContent": issued.redacted(d.token()) if d.chance(0.8) else d.signature()}}


def assistant(d, calls):
    out = [reasoning(d)] if d.chance(0.25) else []
    if d.chance(0.6):
        out.append({"text": d.text()})
    for _ in range(d.count(3, 4, 2, 1)):
        call_id, name = calls.make()
        out.append({"toolUse": {"toolUseId": call_id or "t", "name": name, "input": d.arguments()}})
    if out and d.chance(0.05):
        out.append({"cachePoint": {"type": "default"}})
    return {"role": "assistant", "content": out or [{"text": d.text()}]}


def result_block(d):
    kind = d.r.randrange(10)
    if kind < 6:
        return {"text": d.any_text()}
    if kind < 8:
        return {"json": d.arguments()}
    return image(d) if kind == 8 else document(d)


def result(d, call_id):
    out = {"toolUseId": call_id or "t", "content": [result_block(d) for _ in range(d.count(1, 6, 2))]}
    if d.chance(0.3):
        out["status"] = d.pick("success", "error")
    return {"toolResult": out}


def turns(d, calls):
    out = [] if d.chance(0.04) else [user(d)]
    for _ in range(d.count(2, 3, 2, 1, 1)):
        out.append(assistant(d, calls))
        blocks = []
        if calls.open and not d.chance(0.05):
            blocks = [result(d, call_id) for call_id, _ in calls.answered()]
        if d.chance(0.3) or not blocks:
            blocks += user(d)["content"]
        out.append({"role": "user", "content": blocks})
    if d.chance(0.06):
        out.append({"role": "assistant", "content": [{"text": d.text()}]})
    if d.chance(0.02):
        out.insert(d.r.randint(0, len(out)), {"role": "system", "content": [{"text": d.text()}]})
    return out or [user(d)]


def tool_entry(d, name, description, schema):
    spec = {"name": name, "inputSchema": {"json": schema}}
    if description:
        spec["description"] = description
    if d.chance(0.05):
        spec["strict"] = d.pick(True, False)
    return {"toolSpec": spec}


def parameters(d, body):
    config = {}

    def maybe(p, key, value, into=config):
        if d.chance(p):
            into[key] = value()
    maybe(0.35, "temperature", lambda: d.number(0, 1))
    maybe(0.25, "topP", lambda: d.number(0, 1))
    maybe(0.4, "maxTokens", lambda: d.pick(1, 16, 1000, 4096, 8192, 64000, 1000000))
    maybe(0.2, "stopSequences", lambda: d.r.sample(["END", "###", "</x>", "\U0001f6d1", "a", "b"], d.r.randint(1, 5)))
    if config or d.chance(0.1):
        body["inferenceConfig"] = config
    maybe(0.2, "additionalModelRequestFields", lambda: d.pick({"thinking": {"type": "enabled", "budget_tokens": 2000}}, {"top_k": 40}, {"inferenceConfig": {"topK": 20}},
                                                              {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}, {"reasoning_effort": "high"}), body)
    maybe(0.12, "outputConfig", lambda: d.pick({"effort": d.pick("low", "high", "max")}, {"textFormat": {"type": "json_schema", "structure": {
        "jsonSchema": {"schema": json.dumps(Schemas(d).root()), "name": "answer"}}}}), body)
    maybe(0.04, "additionalModelResponseFieldPaths", lambda: ["/stop_sequence"], body)
    maybe(0.06, "requestMetadata", lambda: {"team": d.token()}, body)
    maybe(0.05, "performanceConfig", lambda: {"latency": d.pick("standard", "optimized")}, body)
    maybe(0.03, "guardrailConfig", lambda: {"guardrailIdentifier": "abc123", "guardrailVersion": "1", "trace": "enabled"}, body)
    maybe(0.05, "serviceTier", lambda: {"type": d.pick("default", "flex", "priority")}, body)
    maybe(0.03, "promptVariables", lambda: {"name": {"text": d.text()}}, body)


def stream(d, body):
    return body  # the URL says it
