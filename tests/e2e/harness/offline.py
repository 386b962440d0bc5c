"""Requests for the commands that send nothing: lower, check, diff."""
import json

from .process import run

REQUEST = {
    "model": "m",
    "messages": [{"role": "user", "content": "A room in Rome for two"}],
    "temperature": 1.4,
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "hotels.search",
                "parameters": {
                    "type": "object",
                    "properties": {"city": {"type": "string"}, "guests": {"type": "integer", "minimum": 1}},
                    "required": ["city"],
                    "additionalProperties": False,
                },
            },
        }
    ],
}
PLAIN = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
TOO_MANY = {
    **PLAIN,
    "tools": [{"type": "function", "function": {"name": f"t{i}", "parameters": {"type": "object"}}} for i in range(200)],
}
LLAMA = "bedrock/us.meta.llama4-maverick-17b-instruct-v1:0"


def lower(request, *options, env=None):
    text = request if isinstance(request, str) else json.dumps(request)
    return run("lower", *options, stdin=text, env=env)
