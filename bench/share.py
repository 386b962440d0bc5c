"""The measuring part of bench/share: what of a request's CPU goes into lowering, by target, and prints Markdown.

One gateway with one thread on a core of its own is asked for 20 tools of 8 KiB in all, with the shortest conversation
there is: with more of it the share is smaller. Both figures come from the same seconds of the same process: its CPU time
from /proc, the CPU time inside lowering from its own counter (dragoman_lowering_seconds_total on /metrics).

  kept        the same tools with every request, as agents send them
  first seen  tools that no request had before: each of the twenty schemas is lowered anew
  met again   those when they come for the second time: lowered once more, and some of them kept. Reckoned: such tools
              come twice each, and what the first time costs is known
  streamed    those again, with an answer as agents ask for it: a stream, of 100 events
"""
import argparse
import http.client
import json
import os
import pathlib
import re
import shutil
import statistics
import sys
import tempfile

import measure

STRICT = " strict"  # its tools ask for a strict mode, for which most of every schema is written anew
TARGETS = ["openai/gpt-4o", "groq/llama-3.3-70b-versatile", "moonshot/kimi-k2-0905-preview", "mistral/mistral-large-latest",
           "xai/grok-4", "anthropic/claude-sonnet-4-5", "bedrock/us.amazon.nova-pro-v1:0", "cerebras/gpt-oss-120b",
           "openai/gpt-4o" + STRICT]
FRESH = "revision 000000000"  # of a schema; post.lua counts it up
SITUATIONS = [("kept", "", 1, False), ("first seen", FRESH, 1, False), ("met again", FRESH, 2, False), ("first seen, streamed", FRESH, 1, True)]


def tool(number, size, strict):
    """As agents send them: nested objects, arrays, enums, bounds, a description on everything. No two are the same."""
    kinds = [
        lambda i: (f"path_{i}", {"type": "string", "description": f"Absolute path of file {i}, {number} in {FRESH}",
                                 "minLength": 1, "pattern": "^/"}),
        lambda i: (f"limit_{i}", {"type": "integer", "minimum": 1, "maximum": 2000, "default": 100, "description": "How many lines"}),
        lambda i: (f"mode_{i}", {"type": ["string", "null"], "enum": ["content", "files", "count", None], "description": "Output"}),
        lambda i: (f"edits_{i}", {"type": "array", "minItems": 1, "items": {
            "type": "object", "properties": {"old": {"type": "string"}, "new": {"type": "string"}}, "required": ["old", "new"],
            "additionalProperties": False}}),
    ]
    schema = {"type": "object", "properties": {}, "required": ["path_0"], "additionalProperties": False,
              "$schema": "http://json-schema.org/draft-07/schema#"}
    for i in range(100):
        name, value = kinds[i % 4](i)
        schema["properties"][name] = value
        if len(json.dumps(schema, separators=(",", ":"))) >= size:
            break
    function = {"name": f"tool_{number}", "description": f"Does thing {number}", "parameters": schema}
    return {"type": "function", "function": {**function, "strict": True} if strict else function}


def body(target, stream=False):
    value = {"model": target.removesuffix(STRICT), **({"stream": True} if stream else {}), "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}],
             "tools": [tool(i, 8 * 1024 // 20, target.endswith(STRICT)) for i in range(20)]}
    return json.dumps(value, separators=(",", ":")).encode()


def start_gateway(folder, on, upstream):
    port = measure.free_port()
    here = f"http://127.0.0.1:{upstream.port}"
    config = folder / "dragoman.yaml"
    config.write_text(json.dumps({
        "server": {"listen": f"127.0.0.1:{port}", "threads": 1},
        "providers": {name: {"base_url": base, "api_key": "bench"} for name, base in {
            "openai": f"{here}/v1", "groq": f"{here}/openai/v1", "moonshot": f"{here}/v1", "anthropic": here,
            "bedrock": here, "mistral": f"{here}/v1", "xai": f"{here}/v1", "cerebras": f"{here}/v1"}.items()},
        "journal": {"path": str(folder / "journal.db")},
        "log": {"level": "warn"},
    }))
    return measure.Running("dragoman", [measure.binary(folder), "serve", "--config", config], on, port, cwd=folder)


class Asked:
    """How measure.wrk() asks."""
    headers = {}

    def __init__(self, name, process):
        self.name, self.process = name, process


def get(port, method, path, content=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, content, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.status != 200:
        sys.exit(f"{method} {path}: {answer.status} {text[:500]}")
    return text


def counted(port, target):
    """(seconds inside lowering, attempts) since the start."""
    text = get(port, "GET", "/metrics")
    label = re.escape(f'target="{target.removesuffix(STRICT)}"')
    seconds = re.search(rf"^dragoman_lowering_seconds_total{{{label}}} (\S+)", text, re.M)
    attempts = re.findall(rf"^dragoman_attempts_total{{{label},[^}}]*}} (\S+)", text, re.M)
    return (float(seconds.group(1)) if seconds else 0, sum(map(float, attempts)))


def main():
    parser = argparse.ArgumentParser(prog="bench/share")
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    gateway_core, load_cores = measure.cores()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dragoman-share-"))
    running = []
    runs = {}
    try:
        running.append(upstream := measure.start_upstream(load_cores))
        running.append(gateway := start_gateway(folder, gateway_core, upstream))
        for turn in range(options.rounds):
            for target in TARGETS:
                for name, fresh, times, stream in SITUATIONS:
                    print(f"round {turn + 1} of {options.rounds}: {target} {name}      ", end="\r", file=sys.stderr)
                    path = folder / "body.json"
                    path.write_bytes(body(target, stream))
                    answer = get(gateway.port, "POST", "/v1/chat/completions", path.read_bytes())
                    if answer.count(" word") != measure.EVENTS if stream else "x" * 1000 not in answer:
                        sys.exit(f"{target}: not the upstream's answer")
                    os.environ.update(FRESH=fresh, TIMES=str(times))
                    seconds, attempts = counted(gateway.port, target)
                    # A stream takes long: more of them at once, and for longer, so that those cut off at the end weigh little.
                    load = (4 * options.seconds, 64) if stream else (options.seconds, 16)
                    whole = measure.wrk(Asked(target, gateway), path, *load, load_cores)["cpu_us"]
                    more, done = counted(gateway.port, target)
                    part = (more - seconds) / (done - attempts) * 1e6
                    if times == 2:
                        first_part, first_whole, _ = runs[target, "first seen"][-1]
                        part, whole = 2 * part - first_part, 2 * whole - first_whole
                    runs.setdefault((target, name), []).append((part, whole, part / whole))
        print(" " * 80, end="\r", file=sys.stderr)
    finally:
        for process in reversed(running):
            process.stop()
        shutil.rmtree(folder, ignore_errors=True)

    print(f"`bench/share`, medians of {options.rounds} rounds of {options.seconds} s; 20 tools, {len(body(TARGETS[0])):,} bytes.\n")
    rows = []
    for target in TARGETS:
        row = [f"`{target.removesuffix(STRICT)}`{', strict tools' if target.endswith(STRICT) else ''}"]
        for name, *_ in SITUATIONS:
            part, whole, share = (statistics.median(column) for column in zip(*runs[target, name]))
            row += [f"{part:.1f} µs", f"{whole:.0f} µs", f"{share:.0%}"]
        rows.append(row)
    heads = [[f"{name}: lowering", "request's CPU", "share"] for name, *_ in SITUATIONS]
    measure.table(["20 tools to", *sum(heads, [])], rows)


if __name__ == "__main__":
    main()
