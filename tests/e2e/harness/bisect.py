"""Running `dragoman bisect` on requests with planted faults, and holding what it says to the request."""
import copy
import json

import pytest

from . import config
from .process import run

GROQ = "stranger/openai/gpt-oss-20b"
GEMINI = "foreign/gemini-2.5-flash"


def providers(sandbox):
    """Hosts the gateway knows nothing about, with strict emulators behind them: nothing is lowered away."""
    return {
        **config.providers(sandbox.url),
        "stranger": {
            "dialect": "openai_chat", "base_url": sandbox.url + "/groq/openai/v1", "api_key": "sk-sandbox-stranger",
            "rules": [{"id": "stranger", "why": "takes anything", "params": {"store": "ok", "metadata": "ok"}}]},
        "foreign": {"dialect": "gemini_generate", "base_url": sandbox.url + "/gemini", "api_key": "sk-sandbox-foreign",
                    "auth": "header", "auth_header": "x-goog-api-key",
                    "settings": {"schema_field": "parameters", "schema_column": ""},
                    "path": "/v1beta/models/{model}:generateContent",
                    "stream_path": "/v1beta/models/{model}:streamGenerateContent", "stream_query": "alt=sse"},
    }


@pytest.fixture
def settings(sandbox, tmp_path):
    return config.write(tmp_path / "dragoman.yaml", config.document(
        sandbox.url, {"m": config.model(GROQ, "openai/gpt-4o-mini")}, providers=providers(sandbox)))


def schema(inner=None):
    years = {"type": "array", "items": {"type": "integer", "description": "a year", **(inner or {})}}
    return {
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "what to look for"},
            "filter": {"type": "object", "properties": {"years": years, "place": {"type": "string"}}, "required": ["years"]},
        },
        "required": ["query", "filter"],
    }


def chat(keywords=None, **more):
    """A conversation with sixty tools; `keywords`: by the number of a tool, what is planted deep in its schema."""
    tools = [{"type": "function", "function": {"name": f"lookup_{i}", "description": "looks things up",
                                               "parameters": schema((keywords or {}).get(i))}} for i in range(60)]
    call = {"id": "call_1", "type": "function",
            "function": {"name": "lookup_1", "arguments": json.dumps({"query": "x", "filter": {"years": [1]}})}}
    messages = [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "nothing"},
        {"role": "assistant", "content": "well"}, {"role": "user", "content": "go on"}]
    return {"model": "m", "messages": messages, "tools": tools, "temperature": 0.5, **more}


KEYWORD_AT = "/tools/{}/function/parameters/properties/filter/properties/years/items/multipleOf"


def bisect(settings, request, *options, stdin=None):
    """(exit status, the document on standard output, standard error)"""
    path = settings.parent / "request.json"
    path.write_text(json.dumps(request))
    done = run("bisect", str(path), "--config", str(settings), "--json", *options, cwd=settings.parent, stdin=stdin)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def patched(request, patch):
    out = copy.deepcopy(request)
    for step in patch:
        assert step["op"] == "remove"
        *way, last = [token.replace("~1", "/").replace("~0", "~") for token in step["path"].split("/")[1:]]
        at = out
        for token in way:
            at = at[int(token) if isinstance(at, list) else token]
        del at[int(last) if isinstance(at, list) else last]
    return out


def found(settings, request, *options):
    """The pointers of the fix, each fault's smallest request; what is said of them is checked."""
    status, report, err = bisect(settings, request, "--yes", *options)
    assert status == 0, (report, err)
    assert report["complete"] and not report["passes"]
    assert report["fixed"] == patched(request, report["patch"])
    for fault in report["faults"]:
        assert fault["minimal"]
        for part in fault["fix"]:
            value = request
            for token in part["pointer"].split("/")[1:]:
                value = value[int(token) if isinstance(value, list) else token]
            assert part["value"] == value
    return [step["path"] for step in report["patch"]], report


def mended(settings, request, *options):
    status, report, err = bisect(settings, request, "--yes", *options)
    assert status == 0, (report, err)
    assert report["complete"] and report["fixed"] is not None
    return report
