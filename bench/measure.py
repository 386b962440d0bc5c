"""The measuring part of bench/run: starts everything on loopback, loads it with wrk, prints Markdown.

What is compared, each in front of the same upstream (upstream.cc):
  nginx          proxy_pass with keep-alive connections: the least a proxy of this kind can cost
  same           dragoman, OpenAI client to OpenAI provider
  cross          dragoman, OpenAI client to Anthropic provider: every body is translated both ways
  portkey-same   Portkey's gateway from npm, OpenAI to OpenAI
  portkey-cross  the same, OpenAI to Anthropic
"""
import argparse
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
EVENTS = 100  # content events of a stream
TICK_MS = 2
SIZES = {"0.2": 200, "8": 8 * 1024, "200": 200 * 1024}
CASES = [*SIZES, "sse"]
GATEWAYS = ["nginx", "same", "cross", "portkey-same", "portkey-cross"]
HERTZ = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


# --- processes -----------------------------------------------------------------------------------------------------


def cores():
    """(for the gateway, for upstream and load): apart if there are two."""
    have = sorted(os.sched_getaffinity(0))
    return ({have[0]}, set(have[1:])) if len(have) > 1 else (set(have), set(have))


class Running:
    """A process and its children, pinned to cores."""

    def __init__(self, name, command, on, port, env=None, cwd=None):
        self.name, self.port = name, port
        self.log = tempfile.TemporaryFile()
        begun = time.perf_counter()
        self.popen = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})}, cwd=cwd, preexec_fn=lambda: os.sched_setaffinity(0, on))
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
                break
            except OSError:
                if self.popen.poll() is not None or time.perf_counter() - begun > 30:
                    self.log.seek(0)
                    sys.exit(f"{name} did not start:\n{self.log.read().decode(errors='replace')}")
                time.sleep(0.0005)
        self.start_ms = (time.perf_counter() - begun) * 1000

    def pids(self):
        found = [self.popen.pid]
        for pid in found:
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    found += map(int, pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split())
            except OSError:
                pass
        return list(dict.fromkeys(found))

    def cpu_seconds(self):
        total = 0
        for pid in self.pids():
            try:
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
            except OSError:
                pass
        return total / HERTZ

    def memory_kib(self, field):
        total = 0
        for pid in self.pids():
            try:
                total += int(re.search(rf"{field}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))
            except (OSError, AttributeError):
                pass
        return total

    def stop(self):
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(10)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()


def start_upstream(on):
    port = free_port()
    return Running("upstream", [ROOT / "build/bench_upstream", str(port), str(EVENTS), str(TICK_MS)], on, port)


def start_nginx(folder, on, upstream):
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(f"""
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 16384; }}
http {{
  access_log off; client_max_body_size 64m; client_body_buffer_size 1m; keepalive_requests 1000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream provider {{ server 127.0.0.1:{upstream.port}; keepalive 512; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_request_buffering on;
    }}
  }}
}}
""")
    return Running("nginx", [shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"), "-p", folder, "-c", config], on, port)


def binary(folder):
    """The gateway as an installation has it: copied, for what a linker wrote piece by piece lies in smaller pages and runs a
    few percent slower."""
    return shutil.copy(os.environ.get("DRAGOMAN", ROOT / "build/dragoman"), folder / "dragoman")


def start_dragoman(folder, on, upstream):
    port = free_port()
    config = folder / "dragoman.yaml"
    config.write_text(json.dumps({
        "server": {"listen": f"127.0.0.1:{port}", "threads": 1, "max_connections": 100000},
        "providers": {
            "openai": {"base_url": f"http://127.0.0.1:{upstream.port}/v1", "api_key": "bench"},
            "anthropic": {"base_url": f"http://127.0.0.1:{upstream.port}", "api_key": "bench"},
        },
        "journal": {"path": str(folder / "journal.db")},
        "log": {"level": "warn"},
    }))
    return Running("dragoman", [binary(folder), "serve", "--config", config], on, port, cwd=folder)


def start_portkey(folder, on):
    port = free_port()
    script = ROOT / "bench/node_modules/@portkey-ai/gateway/build/start-server.js"
    return Running("portkey", ["node", script, "--headless", f"--port={port}"], on, port,
                   env={"NODE_ENV": "production", "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"}, cwd=folder)


# --- requests ------------------------------------------------------------------------------------------------------


def body(model, size, stream):
    """A conversation of about `size` bytes."""
    def build(text):
        value = {"model": model, "messages": [{"role": "system", "content": "You are terse."},
                                              {"role": "user", "content": text}], "max_tokens": 400}
        if stream:
            value["stream"] = True
        return json.dumps(value, separators=(",", ":")).encode()
    words = "The quick brown fox jumps over the lazy dog and says \\\"hello\\\". " * (size // 60 + 1)
    return build(words[:max(1, size - len(build("")))])


class Route:
    """How a gateway is asked."""

    def __init__(self, gateway, process, upstream):
        self.name, self.process = gateway, process
        self.model, self.headers = "gpt-4o-mini", {}
        if gateway in ("same", "cross"):
            self.model = {"same": "openai/gpt-4o-mini", "cross": "anthropic/claude-sonnet-4-5"}[gateway]
        if gateway.startswith("portkey"):
            cross = gateway.endswith("cross")
            self.model = "claude-sonnet-4-5" if cross else "gpt-4o-mini"
            self.headers = {
                "x-portkey-provider": "anthropic" if cross else "openai",
                "x-portkey-custom-host": f"http://127.0.0.1:{upstream.port}/v1",
                "Authorization": "Bearer bench",
            }

    def prepare(self, folder, case):
        """Writes the body; asks once and fails unless the answer is the upstream's."""
        path = folder / f"{self.name}-{case}.json"
        path.write_bytes(body(self.model, SIZES.get(case, 200), case == "sse"))
        connection = http.client.HTTPConnection("127.0.0.1", self.process.port, timeout=20)
        connection.request("POST", "/v1/chat/completions", path.read_bytes(),
                           {"Content-Type": "application/json", **self.headers})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        connection.close()
        good = text.count(" word") >= EVENTS if case == "sse" else "x" * 1000 in text
        if answer.status != 200 or not good:
            sys.exit(f"{self.name}, {case}: {answer.status} {text[:500]}")
        return path


def wrk(route, path, seconds, connections, on):
    env = {**os.environ, "BODY": str(path), "HEADERS": "\n".join(f"{k}: {v}" for k, v in route.headers.items())}
    cpu = route.process.cpu_seconds()
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(ROOT / "bench/post.lua"),
         f"http://127.0.0.1:{route.process.port}/v1/chat/completions"],
        capture_output=True, text=True, env=env, timeout=seconds + 60, preexec_fn=lambda: os.sched_setaffinity(0, on))
    cpu = route.process.cpu_seconds() - cpu
    found = re.search(r"RESULT (.*)", done.stdout)
    if not found:
        sys.exit(f"wrk said: {done.stdout}{done.stderr}")
    value = {key: int(number) for key, number in (pair.split("=") for pair in found.group(1).split())}
    if value["status"] or value["socket"]:
        sys.exit(f"{route.name}: {value['status']} answers were errors, {value['socket']} connections broke")
    return {"rps": value["requests"] / (value["microseconds"] / 1e6), "p50": value["p50"], "p99": value["p99"],
            "cpu_us": cpu / max(1, value["requests"]) * 1e6}


# --- idle ----------------------------------------------------------------------------------------------------------


def idle_connection_bytes(process, count):
    """Resident bytes for each of `count` connections that have asked once and keep quiet."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, count + 200)), hard))

    def open_all(number):
        held = []
        for _ in range(number):
            sock = socket.create_connection(("127.0.0.1", process.port))
            sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            sock.recv(4096)
            held.append(sock)
        return held

    warm = open_all(50)
    time.sleep(0.3)
    before = process.memory_kib("VmRSS")
    held = open_all(count)
    time.sleep(0.3)
    after = process.memory_kib("VmRSS")
    for sock in warm + held:
        sock.close()
    return (after - before) * 1024 / count


# --- the run -------------------------------------------------------------------------------------------------------


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join("---" if i == 0 else "--:" for i in range(len(head))) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def main():
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--only", default=",".join(GATEWAYS))
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--idle", type=int, default=2000)
    options = parser.parse_args()
    wanted = [name for name in GATEWAYS if name in options.only.split(",")]
    cases = [name for name in CASES if name in options.cases.split(",")]
    if not wanted or not cases:
        parser.error(f"--only takes {','.join(GATEWAYS)} and --cases {','.join(CASES)}")

    gateway_core, load_cores = cores()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dragoman-bench-"))
    processes = {}
    try:
        upstream = processes["upstream"] = start_upstream(load_cores)
        if "nginx" in wanted:
            processes["nginx"] = start_nginx(folder, gateway_core, upstream)
        if "same" in wanted or "cross" in wanted:
            processes["dragoman"] = start_dragoman(folder, gateway_core, upstream)
        if any(name.startswith("portkey") for name in wanted):
            processes["portkey"] = start_portkey(folder, gateway_core)
        time.sleep(1)
        idle = {name: process.memory_kib("VmRSS") for name, process in processes.items()}
        # Before the load: memory that it leaves behind would be taken again, and connections would seem free.
        each = {name: idle_connection_bytes(process, options.idle) for name, process in processes.items()
                if options.idle and name != "upstream"}

        direct = Route("direct", upstream, upstream)
        routes = [Route(name, processes[{"nginx": "nginx", "same": "dragoman", "cross": "dragoman"}.get(name, "portkey")],
                        upstream) for name in wanted]
        loaded, alone = {}, {}
        for turn in range(options.rounds):
            for case in cases:
                for route in [direct, *routes]:
                    print(f"round {turn + 1} of {options.rounds}: {case} {route.name}        ", end="\r", file=sys.stderr)
                    path = route.prepare(folder, case)
                    alone.setdefault((route.name, case), []).append(wrk(route, path, 1, 1, load_cores))
                    if route is not direct:
                        loaded.setdefault((route.name, case), []).append(
                            wrk(route, path, options.seconds, options.connections, load_cores))
        print(" " * 60, end="\r", file=sys.stderr)

        def median(runs, key):
            return statistics.median(run[key] for run in runs)

        command = "bench/run " + " ".join(sys.argv[1:])
        print(f"`{command.strip()}`, medians of {options.rounds} rounds of {options.seconds} s with "
              f"{options.connections} connections; each gateway with one thread on a core of its own.\n")
        sizes = [case for case in cases if case != "sse"]
        if sizes:
            rows = []
            for route in routes:
                row = [route.name]
                for case in sizes:
                    runs = loaded[route.name, case]
                    row.append(f"{median(runs, 'rps'):,.0f}")
                    row.append(f"{median(runs, 'rps') / median(loaded['nginx', case], 'rps'):.2f}" if "nginx" in wanted else "–")
                    row.append(f"{median(runs, 'cpu_us'):.0f}")
                rows.append(row)
            head = ["requests"] + [text for case in sizes for text in (f"{case} KB /s", "× nginx", "CPU µs")]
            table(head, rows)
        if "sse" in cases:
            rows = []
            for route in routes:
                runs = loaded[route.name, "sse"]
                per_event = median(runs, "cpu_us") / (EVENTS + 2)
                base = median(loaded["nginx", "sse"], "cpu_us") / (EVENTS + 2) if "nginx" in wanted else None
                rows.append([route.name, f"{median(runs, 'rps') * (EVENTS + 2):,.0f}", f"{per_event:.2f}",
                             f"{per_event / base:.2f}" if base else "–"])
            table([f"streams of {EVENTS} events, one each {TICK_MS} ms", "events/s", "CPU µs/event", "× nginx"], rows)
        rows = []
        for route in routes:
            row = [route.name]
            for case in sizes:
                for key in ("p50", "p99"):
                    row.append(f"{median(alone[route.name, case], key) - median(alone['direct', case], key):,.0f}")
            rows.append(row)
        if sizes:
            table(["added latency, one connection"] + [f"{case} KB {key} µs" for case in sizes for key in ("p50", "p99")], rows)
        rows = []
        for name, process in processes.items():
            if name == "upstream":
                continue
            peak = process.memory_kib("VmHWM")
            rows.append([name, f"{process.start_ms:,.0f}", f"{idle[name] / 1024:.1f}", f"{peak / 1024:.1f}",
                         f"{each[name]:,.0f}" if name in each else "–"])
        table(["process", "start ms", "idle MiB", "peak MiB", "bytes per idle connection"], rows)
    finally:
        for process in processes.values():
            process.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
