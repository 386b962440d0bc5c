"""The second turn of an agent, in every client dialect: a call, its result, a question; and where its parts are, as JSON
pointers into the client's request and in the notation of each provider about the bytes it got."""
import json

from .dialects import Anthropic, Bedrock, Gemini, OpenAI, Responses, Routed

MARK = "which of them has a pool?"
TAGS = {"type": "array", "items": {"type": "string"}, "description": "what it must have"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}, "tags": TAGS}, "required": ["city"]}
PLAIN = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [("weather", PLAIN), ("hotels.search", SCHEMA)]  # the second has a name that most do not take


def turns(client, model, stream=False):
    """(body, {what: JSON pointer}) of the same conversation."""
    arguments = {"city": "Oslo"}
    if client is OpenAI:
        body = {"model": model, "max_tokens": 400, "temperature": 0.5, "messages": [
            {"role": "system", "content": "You are terse."}, {"role": "system", "content": "Speak English."},
            {"role": "user", "content": "hotels in Oslo"},
            {"role": "assistant", "content": None, "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "hotels.search", "arguments": json.dumps(arguments)}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": "Grand, Bristol"},
            {"role": "user", "content": MARK}],
            "tools": [{"type": "function", "function": {"name": n, "description": n, "parameters": s}} for n, s in TOOLS]}
        places = {"tags": "/tools/1/function/parameters/properties/tags", "name": "/tools/1/function/name", "ask": "/messages/5",
                  "temperature": "/temperature", "result": "/messages/4"}
    elif client is Anthropic:
        body = {"model": model, "max_tokens": 400, "temperature": 0.5, "system": [{"type": "text", "text": "You are terse."}], "messages": [
            {"role": "user", "content": "hotels in Oslo"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "call_1", "name": "hotels.search", "input": arguments}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "Grand, Bristol"}, {"type": "text", "text": MARK}]}],
            "tools": [{"name": n, "description": n, "input_schema": s} for n, s in TOOLS]}
        places = {"tags": "/tools/1/input_schema/properties/tags", "name": "/tools/1/name", "ask": "/messages/2",
                  "temperature": "/temperature", "result": "/messages/2/content/0"}
    elif client is Responses:
        body = {"model": model, "max_output_tokens": 400, "temperature": 0.5, "instructions": "You are terse.", "input": [
            {"role": "user", "content": "hotels in Oslo"},
            {"type": "function_call", "call_id": "call_1", "name": "hotels.search", "arguments": json.dumps(arguments)},
            {"type": "function_call_output", "call_id": "call_1", "output": "Grand, Bristol"},
            {"role": "user", "content": MARK}],
            "tools": [{"type": "function", "name": n, "description": n, "parameters": s} for n, s in TOOLS]}
        places = {"tags": "/tools/1/parameters/properties/tags", "name": "/tools/1/name", "ask": "/input/3", "temperature": "/temperature",
                  "result": "/input/2"}
    elif client is Gemini:
        body = Gemini.request(model, stream=stream, contents=[
            {"role": "user", "parts": [{"text": "hotels in Oslo"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "hotels.search", "args": arguments}, "thoughtSignature": "skip_thought_signature_validator"}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "hotels.search", "response": {"output": "Grand, Bristol"}}}]},
            {"role": "user", "parts": [{"text": MARK}]}],
            tools=False, generationConfig={"maxOutputTokens": 400, "temperature": 0.5})
        body["tools"] = [{"functionDeclarations": [{"name": n, "description": n, "parametersJsonSchema": s} for n, s in TOOLS]}]
        places = {"tags": "/tools/0/functionDeclarations/1/parametersJsonSchema/properties/tags",
                  "name": "/tools/0/functionDeclarations/1/name", "ask": "/contents/3", "temperature": "/generationConfig/temperature",
                  "result": "/contents/2"}
    else:
        body = Bedrock.request(model, stream=stream, messages=[
            {"role": "user", "content": [{"text": "hotels in Oslo"}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "call_1", "name": "hotels.search", "input": arguments}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "call_1", "content": [{"text": "Grand, Bristol"}]}}, {"text": MARK}]}],
            inferenceConfig={"maxTokens": 400, "temperature": 0.5})
        body["toolConfig"] = {"tools": [{"toolSpec": {"name": n, "description": n, "inputSchema": {"json": s}}} for n, s in TOOLS]}
        places = {"tags": "/toolConfig/tools/1/toolSpec/inputSchema/json/properties/tags", "name": "/toolConfig/tools/1/toolSpec/name",
                  "ask": "/messages/2", "temperature": "/inferenceConfig/temperature", "result": "/messages/2/content/0"}
    if stream and not isinstance(body, Routed):
        body["stream"] = True
    return body, places


def index(items, words):
    """The last of the items in which the words stand."""
    return max(i for i, item in enumerate(items) if words in json.dumps(item, ensure_ascii=False))


def refusals(target, call):
    """{what: the provider's refusal of that part of what it received}: a body in its own shape, the path in its own
    notation."""
    body, kind = call.json, target.sandbox
    if kind == "openai" and call.path.endswith("/responses"):
        tool, ask, result = index(body["tools"], '"tags"'), index(body["input"], MARK), index(body["input"], "Bristol")
        paths = {"tags": f"tools[{tool}].parameters.properties.tags", "name": f"tools[{tool}].name", "ask": f"input[{ask}]",
                 "result": f"input[{result}].output", "temperature": "temperature"}
    elif kind in ("openai", "groq"):
        tool, ask, result = index(body["tools"], '"tags"'), index(body["messages"], MARK), index(body["messages"], "Bristol")
        paths = {"tags": f"tools[{tool}].function.parameters.properties.tags", "name": f"tools[{tool}].function.name",
                 "ask": f"messages[{ask}].content", "result": f"messages.[{result}].content", "temperature": "temperature"}
    elif kind == "mistral":
        tool, ask, result = index(body["tools"], '"tags"'), index(body["messages"], MARK), index(body["messages"], "Bristol")
        paths = {"tags": ["body", "tools", tool, "function", "parameters", "properties", "tags"], "name": ["body", "tools", tool, "function", "name"],
                 "ask": ["body", "messages", ask, "user", "content"], "result": ["body", "messages", result, "tool", "content"],
                 "temperature": ["body", "temperature"]}
        return {what: json.dumps({"object": "error", "message": {"detail": [{"type": "value_error", "loc": path, "msg": "Input was not understood"}]},
                                  "type": "invalid_request_error", "param": None, "code": None}) for what, path in paths.items()}
    elif kind == "cohere":
        tool, ask = index(body["tools"], '"tags"'), index(body["messages"], MARK)
        return {what: json.dumps({"id": "x", "message": f"invalid request: {path}: value was not understood"}) for what, path in
                {"tags": f"tools[{tool}].function.parameters.properties.tags", "ask": f"messages[{ask}].content"}.items()}
    elif kind == "anthropic":
        tool, ask = index(body["tools"], '"tags"'), index(body["messages"], MARK)
        part = index(body["messages"][ask]["content"], MARK) if isinstance(body["messages"][ask]["content"], list) else 0
        paths = {"tags": f"tools.{tool}.custom.input_schema.properties.tags", "name": f"tools.{tool}.custom.name",
                 "ask": f"messages.{ask}.content.{part}", "temperature": "temperature"}
        return {what: json.dumps({"type": "error", "error": {"type": "invalid_request_error", "message": f"{path}: Input should be understood"}})
                for what, path in paths.items()}
    elif kind == "bedrock":
        tools = body["toolConfig"]["tools"]
        tool, ask = index(tools, '"tags"'), index(body["messages"], MARK)
        part = index(body["messages"][ask]["content"], MARK)
        says = {"tags": f"Malformed input request: #/toolConfig/tools/{tool}/toolSpec/inputSchema/json/properties/tags: not understood",
                "name": f"1 validation error detected: Value 'x' at 'toolConfig.tools.{tool + 1}.member.toolSpec.name' failed to satisfy constraint: no",
                "ask": f"1 validation error detected: Value 'x' at 'messages.{ask + 1}.member.content.{part + 1}.member.text' failed to satisfy constraint: no",
                "temperature": "1 validation error detected: Value '0.5' at 'inferenceConfig.temperature' failed to satisfy constraint: no"}
        return {what: json.dumps({"message": message}) for what, message in says.items()}
    elif kind == "gemini":
        declared = body["tools"][0]["functionDeclarations"]
        tool, ask = index(declared, '"tags"'), index(body["contents"], MARK)
        key = "parameters" if "parameters" in declared[tool] else "parametersJsonSchema"
        at = list(declared[tool][key]["properties"]).index("tags")
        part = index(body["contents"][ask]["parts"], MARK)
        paths = {"tags": f"tools[0].function_declarations[{tool}].{'parameters' if key == 'parameters' else 'parameters_json_schema'}.properties[{at}].value",
                 "ask": f"contents[{ask}].parts[{part}]", "temperature": "generation_config.temperature"}
        return {what: json.dumps({"error": {"code": 400, "message": f"Invalid value at '{path}' (TYPE_STRING), 1", "status": "INVALID_ARGUMENT"}})
                for what, path in paths.items()}
    return {what: json.dumps({"error": {"message": f"'{path}' was not understood.", "type": "invalid_request_error", "param": path, "code": None}})
            for what, path in paths.items()}
