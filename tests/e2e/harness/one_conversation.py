"""One agent's conversation in every client dialect, and where its parts are in each.

Three tools whose names no provider takes, system text, two calls, their results and two more texts of the user. For tests
that lead a provider's pointer back to the client.
"""
NAMES = ["files.read", "files.write", "hotels search"]
PATH = {"type": "string"}
SCHEMAS = [
    {"type": "object", "properties": {"path": PATH}},
    {"type": "object", "properties": {"path": PATH, "tags": {"type": "array", "items": {"type": "string"}}}},
    {"type": "object", "properties": {"city": {"type": "string", "pattern": "^[A-Z]"}, "n": {"type": "integer", "exclusiveMinimum": 0}},
     "required": ["city"]},
]
IDS = ["call_1", "call_2"]
CALLS = list(zip(IDS, NAMES))
RESULTS = list(zip(IDS, ["abc", "def"]))
SAID = ["one", "two"]
TOOLS = list(zip(NAMES, SCHEMAS))

REQUESTS = {
    "openai": {
        "model": "m", "temperature": 0.5, "max_tokens": 100,
        "messages": [
            {"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"},
            {"role": "assistant", "content": None, "tool_calls": [
                {"id": id, "type": "function", "function": {"name": name, "arguments": "{}"}} for id, name in CALLS]},
            *({"role": "tool", "tool_call_id": id, "content": text} for id, text in RESULTS),
            {"role": "user", "content": [{"type": "text", "text": text} for text in SAID]}],
        "tools": [{"type": "function", "function": {"name": name, "parameters": schema}} for name, schema in TOOLS]},
    "responses": {
        "model": "m", "temperature": 0.5, "max_output_tokens": 100, "instructions": "Be brief.",
        "input": [
            {"role": "user", "content": "hi"},
            *({"type": "function_call", "call_id": id, "name": name, "arguments": "{}"} for id, name in CALLS),
            *({"type": "function_call_output", "call_id": id, "output": text} for id, text in RESULTS),
            {"role": "user", "content": [{"type": "input_text", "text": text} for text in SAID]}],
        "tools": [{"type": "function", "name": name, "parameters": schema} for name, schema in TOOLS]},
    "anthropic": {
        "model": "m", "temperature": 0.5, "max_tokens": 100, "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": id, "name": name, "input": {}} for id, name in CALLS]},
            {"role": "user", "content": [
                *({"type": "tool_result", "tool_use_id": id, "content": text} for id, text in RESULTS),
                *({"type": "text", "text": text} for text in SAID)]}],
        "tools": [{"name": name, "input_schema": schema} for name, schema in TOOLS]},
    "gemini": {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "hi"}]},
            {"role": "model", "parts": [{"functionCall": {"id": id, "name": name, "args": {}}} for id, name in CALLS]},
            {"role": "user", "parts": [
                *({"functionResponse": {"id": id, "name": name, "response": {"r": text}}} for (id, text), name in zip(RESULTS, NAMES)),
                *({"text": text} for text in SAID)]}],
        "tools": [{"functionDeclarations": [{"name": name, "parametersJsonSchema": schema} for name, schema in some]}
                  for some in (TOOLS[:2], TOOLS[2:])],
        "generationConfig": {"temperature": 0.5, "maxOutputTokens": 100}},
    "bedrock": {
        "system": [{"text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [{"text": "hi"}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": id, "name": name, "input": {}}} for id, name in CALLS]},
            {"role": "user", "content": [
                *({"toolResult": {"toolUseId": id, "content": [{"text": text}]}} for id, text in RESULTS),
                *({"text": text} for text in SAID)]}],
        "toolConfig": {"tools": [{"toolSpec": {"name": name, "inputSchema": {"json": schema}}} for name, schema in TOOLS]},
        "inferenceConfig": {"temperature": 0.5, "maxTokens": 100}},
}

# What a pointer may mean, and where that is in each dialect.
_SCHEMA = {"openai": "/tools/{}/function/parameters", "responses": "/tools/{}/parameters", "anthropic": "/tools/{}/input_schema",
           "bedrock": "/toolConfig/tools/{}/toolSpec/inputSchema/json"}
_GEMINI = ["/tools/0/functionDeclarations/0", "/tools/0/functionDeclarations/1", "/tools/1/functionDeclarations/0"]


def schema(tool, inner):
    return {**{dialect: at.format(tool) + inner for dialect, at in _SCHEMA.items()}, "gemini": f"{_GEMINI[tool]}/parametersJsonSchema{inner}"}


PLACES = {
    "city": schema(2, "/properties/city"), "n": schema(2, "/properties/n"), "tags": schema(1, "/properties/tags"),
    "tool name": {"openai": "/tools/2/function/name", "responses": "/tools/2/name", "anthropic": "/tools/2/name",
                  "gemini": _GEMINI[2] + "/name", "bedrock": "/toolConfig/tools/2/toolSpec/name"},
    "first call": {"openai": "/messages/2/tool_calls/0", "responses": "/input/1", "anthropic": "/messages/1/content/0",
                   "gemini": "/contents/1/parts/0", "bedrock": "/messages/1/content/0"},
    "second call": {"openai": "/messages/2/tool_calls/1", "responses": "/input/2", "anthropic": "/messages/1/content/1",
                    "gemini": "/contents/1/parts/1", "bedrock": "/messages/1/content/1"},
    "second result": {"openai": "/messages/4", "responses": "/input/4", "anthropic": "/messages/2/content/1",
                      "gemini": "/contents/2/parts/1", "bedrock": "/messages/2/content/1"},
    "one": {"openai": "/messages/5/content/0", "responses": "/input/5/content/0", "anthropic": "/messages/2/content/2",
            "gemini": "/contents/2/parts/2", "bedrock": "/messages/2/content/2"},
    "two": {"openai": "/messages/5/content/1", "responses": "/input/5/content/1", "anthropic": "/messages/2/content/3",
            "gemini": "/contents/2/parts/3", "bedrock": "/messages/2/content/3"},
    "system": {"openai": "/messages/0/content", "responses": "/instructions", "anthropic": "/system",
               "gemini": "/systemInstruction/parts/0", "bedrock": "/system/0"},
    "temperature": {"openai": "/temperature", "responses": "/temperature", "anthropic": "/temperature",
                    "gemini": "/generationConfig/temperature", "bedrock": "/inferenceConfig/temperature"},
    "max_tokens": {"openai": "/max_tokens", "responses": "/max_output_tokens", "anthropic": "/max_tokens",
                   "gemini": "/generationConfig/maxOutputTokens", "bedrock": "/inferenceConfig/maxTokens"},
}
TOOL_OF = {"city": NAMES[2], "n": NAMES[2], "tags": NAMES[1], "tool name": NAMES[2], "first call": NAMES[0], "second call": NAMES[1]}
