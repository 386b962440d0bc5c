"""Requests of Gemini generateContent clients, by the API reference and the types of the `google-genai` package."""
import base64

import issued
from draw import Calls
from schemas import Schemas, tools

KINDS = {"string": "STRING", "number": "NUMBER", "integer": "INTEGER", "boolean": "BOOLEAN", "array": "ARRAY", "object": "OBJECT"}


def make(d):
    declared = tools(d)
    names = [name for name, _, _ in declared]
    snake = d.chance(0.03)  # protobuf takes either spelling
    body = {"contents": contents(d, Calls(d, "", names))}
    if d.chance(0.6):
        body["system_instruction" if snake or d.chance(0.1) else "systemInstruction"] = {
            **({"role": d.pick("user", "system")} if d.chance(0.3) else {}), "parts": [{"text": d.any_text()} for _ in range(d.r.randint(1, 2))]}
    if declared:
        split = d.r.randint(1, len(declared)) if d.chance(0.1) else len(declared)
        body["tools"] = [{"functionDeclarations": [declaration(d, *tool) for tool in part]} for part in (declared[:split], declared[split:]) if part]
        if d.chance(0.4):
            body["toolConfig"] = {"functionCallingConfig": choice(d, names)}
    if d.chance(0.04):
        body.setdefault("tools", []).append(d.pick({"googleSearch": {}}, {"codeExecution": {}}, {"urlContext": {}}))
    config = generation(d)
    if config or d.chance(0.2):
        body["generationConfig"] = config
    if d.chance(0.08):
        body["safetySettings"] = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": d.pick("BLOCK_NONE", "OFF", "BLOCK_ONLY_HIGH")}]
    if d.chance(0.03):
        body["cachedContent"] = "cachedContents/" + d.token()
    if d.chance(0.03):
        body["labels"] = {"team": d.token()}
    return body


# Contents.

def user_part(d):
    kind = d.r.randrange(12)
    if kind < 7:
        return {"text": d.any_text()}
    if kind < 9:
        media, data = d.image()
        return {"inlineData": {"mimeType": media, "data": data}}
    if kind == 9:
        return {"inlineData": {"mimeType": "application/pdf", "data": d.pdf()}}
    if kind == 10:
        return {"inlineData": {"mimeType": "audio/wav", "data": d.wav()}}
    return {"fileData": {"mimeType": d.pick("image/png", "application/pdf", "video/mp4"), "fileUri": d.pick("https://generativelanguage.googleapis.com/v1beta/files/", "gs://bucket/", "https://www.youtube.com/watch?v=") + d.token()}}


def user(d):
    return {**({"role": "user"} if d.chance(0.95) else {}), "parts": [user_part(d) for _ in range(1 + d.count(5, 2, 1))]}


def signature(d):
    if d.chance(0.15):
        return d.pick(d.signature(), base64.b64encode(b"skip_thought_signature_validator").decode())
    return issued.thought(d.token(), vertex=d.chance(0.3))


def model(d, calls, with_ids):
    parts = []
    if d.chance(0.15):
        parts.append({"text": d.text(), "thought": True, **({"thoughtSignature": signature(d)} if d.chance(0.3) else {})})
    if d.chance(0.6):
        parts.append({"text": d.any_text(), **({"thoughtSignature": signature(d)} if d.chance(0.1) else {})})
    for n in range(d.count(3, 4, 2, 1)):
        call_id, name = calls.make()
        call = {"name": name}
        if not d.chance(0.05):
            call["args"] = d.arguments()
        if with_ids:
            call["id"] = call_id
        part = {"functionCall": call}
        if n == 0 and d.chance(0.4):
            part["thoughtSignature"] = signature(d)
        parts.append(part)
    return {"role": "model", "parts": parts or [{"text": d.any_text()}]}


def response(d, call_id, name, with_ids):
    told = d.pick({"result": d.any_text()}, {"output": d.any_text()}, {"error": d.text()}, d.arguments(), {})
    out = {"name": name, "response": told}
    if with_ids:
        out["id"] = call_id
    if d.chance(0.08):
        out["parts"] = [{"inlineData": dict(zip(("mimeType", "data"), d.image()))}]
    return {"functionResponse": out}


def contents(d, calls):
    with_ids = d.chance(0.5)
    out = [] if d.chance(0.04) else [user(d) for _ in range(1 + d.count(9, 1))]
    for _ in range(d.count(2, 3, 2, 1, 1)):
        out.append(model(d, calls, with_ids))
        parts = []
        if calls.open and not d.chance(0.05):
            parts = [response(d, call_id, name, with_ids) for call_id, name in calls.answered()]
        if d.chance(0.3) or not parts:
            parts += user(d)["parts"]
        out.append({"role": d.pick("function", "user") if "functionResponse" in parts[0] and d.chance(0.1) else "user", "parts": parts})
    if d.chance(0.06):
        out.append({"role": "model", "parts": [{"text": d.text()}]})
    return out or [user(d)]


# Tools and configuration.

def openapi(d, depth=0):
    """A Schema message: types in capitals, only the members it has."""
    kind = d.pick("STRING", "STRING", "INTEGER", "NUMBER", "BOOLEAN", *(["OBJECT", "ARRAY", "anyOf"] if depth < 3 else []))
    if depth == 0:
        kind = "OBJECT"
    out = {}
    if d.chance(0.4):
        out["description"] = d.text()
    if kind == "anyOf":
        out["anyOf"] = [openapi(d, depth + 1) for _ in range(2)]
        return out
    out["type"] = kind if d.chance(0.8) else kind.lower()
    if d.chance(0.1):
        out["nullable"] = True
    if d.chance(0.05):
        out["title"] = d.token()
    if kind == "OBJECT":
        out["properties"] = {d.pick("path", "q", "city", "type", "title", "format") + str(i): openapi(d, depth + 1) for i in range(d.r.randint(1, 4))}
        if d.chance(0.6):
            out["required"] = [name for name in out["properties"] if d.chance(0.6)]
        if d.chance(0.2):
            out["propertyOrdering"] = list(out["properties"])
    elif kind == "ARRAY":
        out["items"] = openapi(d, depth + 1)
        if d.chance(0.2):
            out["minItems"] = d.pick("1", 1)  # int64 is a string in protobuf's JSON
    elif kind == "STRING":
        if d.chance(0.2):
            out["enum"] = [d.token(), "b"]
            if d.chance(0.5):
                out["format"] = "enum"
        elif d.chance(0.2):
            out["format"] = "date-time"
    elif kind in ("INTEGER", "NUMBER"):
        if d.chance(0.2):
            out["format"] = d.pick("int32", "int64") if kind == "INTEGER" else d.pick("float", "double")
        if d.chance(0.2):
            out["minimum"] = d.r.randint(1000, 9999)
    return out


def declaration(d, name, description, schema):
    out = {"name": name}
    if description is not None:
        out["description"] = description
    kind = d.r.randrange(10)
    if kind < 4:
        out["parametersJsonSchema"] = schema
    elif kind < 9:
        out["parameters"] = openapi(d)
    if d.chance(0.05):
        out["response"] = openapi(d)
    if d.chance(0.03):
        out["behavior"] = "BLOCKING"
    return out


def choice(d, names):
    out = {"mode": d.pick("AUTO", "ANY", "NONE", "VALIDATED", "MODE_UNSPECIFIED")}
    if out["mode"] in ("ANY", "VALIDATED") and d.chance(0.6):
        out["allowedFunctionNames"] = d.r.sample(names, d.r.randint(1, min(3, len(names))))
    return out


def generation(d):
    out = {}

    def maybe(p, key, value):
        if d.chance(p):
            out[key] = value()
    maybe(0.35, "temperature", lambda: d.number(0, 2))
    maybe(0.2, "topP", lambda: d.number(0, 1))
    maybe(0.15, "topK", lambda: d.pick(1, 40, 64, 40.0))
    maybe(0.4, "maxOutputTokens", lambda: d.pick(1, 16, 1000, 8192, 65536, 1000000))
    maybe(0.2, "stopSequences", lambda: d.r.sample(["END", "###", "</x>", "\U0001f6d1", "a", "b"], d.r.randint(1, 5)))
    maybe(0.1, "candidateCount", lambda: d.pick(1, 1, 2, 8))
    maybe(0.1, "seed", lambda: d.pick(0, 42, -1, 2**31 - 1))
    maybe(0.08, "presencePenalty", lambda: d.number(-2, 1.99))
    maybe(0.08, "frequencyPenalty", lambda: d.number(-2, 1.99))
    if d.chance(0.06):
        out["responseLogprobs"] = True
        maybe(0.6, "logprobs", lambda: d.pick(0, 1, 5, 20))
    if d.chance(0.25):
        out["responseMimeType"] = d.pick("application/json", "application/json", "text/plain", "text/x.enum")
        if out["responseMimeType"] == "application/json" and d.chance(0.8):
            if d.chance(0.5):
                out["responseSchema"] = openapi(d)
            else:
                out[d.pick("responseJsonSchema", "_responseJsonSchema")] = Schemas(d).root()
        elif out["responseMimeType"] == "text/x.enum":
            out["responseSchema"] = {"type": "STRING", "enum": ["yes", d.token()]}
    if d.chance(0.3):
        out["thinkingConfig"] = d.pick({"thinkingBudget": 0}, {"thinkingBudget": -1}, {"thinkingBudget": 512}, {"thinkingBudget": 24576, "includeThoughts": True},
                                       {"thinkingLevel": d.pick("MINIMAL", "LOW", "MEDIUM", "HIGH", "low", "high")}, {"includeThoughts": True}, {})
    maybe(0.04, "responseModalities", lambda: ["TEXT"])
    maybe(0.04, "mediaResolution", lambda: "MEDIA_RESOLUTION_LOW")
    return out


def stream(d, body):
    return body  # the URL says it
