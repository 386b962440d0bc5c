"""The measuring part of bench/turns: what a request costs in CPU through each of several builds, which are asked in turns, so
that what else the machine does meets them alike; prints Markdown.

  20 tools    to openai/gpt-4o, the same with every request, so that they are kept
  to Nova     the same, for which each of them is changed
  8 KB        a message of that length, without tools
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile

import measure
import share

BODIES = {
    "20 tools": share.body("openai/gpt-4o"),
    "20 tools to Nova": share.body("bedrock/us.amazon.nova-pro-v1:0"),
    "8 KB": json.dumps({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "word " * 1640}]}).encode(),
}


def main():
    parser = argparse.ArgumentParser(prog="bench/turns")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("binaries", nargs="+")
    options = parser.parse_args()

    gateway_core, load_cores = measure.cores()
    upstream = measure.start_upstream(load_cores)
    runs = {}
    try:
        for turn in range(options.rounds):
            for binary in options.binaries:
                print(f"round {turn + 1} of {options.rounds}: {binary}      ", end="\r", file=sys.stderr)
                os.environ.update(DRAGOMAN=binary, FRESH="")
                folder = pathlib.Path(tempfile.mkdtemp(prefix="dragoman-turns-"))
                gateway = share.start_gateway(folder, gateway_core, upstream)
                try:
                    for name, body in BODIES.items():
                        path = folder / "body.json"
                        path.write_bytes(body)
                        runs.setdefault((binary, name), []).append(
                            measure.wrk(share.Asked(name, gateway), path, 1, 16, load_cores)["cpu_us"])
                finally:
                    gateway.stop()
                    shutil.rmtree(folder, ignore_errors=True)
        print(" " * 80, end="\r", file=sys.stderr)
    finally:
        upstream.stop()

    print(f"`bench/turns`, medians of {options.rounds} rounds of 1 s.\n")
    measure.table(["CPU of a request", *BODIES],
                  [[f"`{binary}`", *(f"{statistics.median(runs[binary, name]):.1f} µs" for name in BODIES)]
                   for binary in options.binaries])


if __name__ == "__main__":
    main()
