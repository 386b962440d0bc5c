"""Configuration files for the gateway under test, pointed at the sandbox. JSON, which is YAML too."""
import json

from .targets import BASES

# Nothing is tried twice and nothing cools down unless a test asks for it: each test scripts its own faults, and
# one test's failures must not steer the next one's requests.
QUIET = {"retries": 0, "cooldown": {"enabled": False}}
TIMEOUTS = {"connect": "2s", "first_byte": "10s", "between_events": "10s", "total": "30s"}


def providers(sandbox_url, names=None):
    out = {}
    for name in names or BASES:
        row = {"base_url": sandbox_url + BASES[name], "api_key": f"sk-sandbox-{name}"}
        if name == "bedrock":
            row = {
                "base_url": row["base_url"],
                "region": "us-east-1",
                "aws": {
                    "access_key_id": "AKIDEXAMPLE",
                    "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                },
            }
        elif name.startswith("vertex"):
            row.update(project="demo", location="us-central1")
        elif name == "azure":
            row.update(api_version="2024-10-21")
        out[name] = row
    return out


def model(*targets, fallbacks=(), **policy):
    """A model entry: targets are Target values or names, tried in this order."""
    rows = [
        {"target": getattr(target, "name", target), "order": order} for order, target in enumerate(targets, start=1)
    ]
    return {"targets": rows, **({"fallbacks": list(fallbacks)} if fallbacks else {}), **policy}


def document(sandbox_url, models, server=None, **top):
    """A whole configuration; `top` overrides or adds top-level keys."""
    return {
        "server": {"listen": "127.0.0.1:0", **(server or {})},
        "providers": providers(sandbox_url),
        "models": models,
        "defaults": {**QUIET, "timeouts": TIMEOUTS},
        "journal": {"path": "journal.db"},
        **top,
    }


def write(path, value):
    """Writes a configuration, as one rename so that a watcher never sees half of it."""
    text = value if isinstance(value, str) else json.dumps(value, indent=1)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text)
    partial.replace(path)
    return path
