"""Reasoning state as the emulated providers issue it (sandbox/*/signature.cc, sandbox/openai/responses_state.cc): to them
it is their own, to everybody else it is foreign."""
import base64
import hashlib
import hmac

JUNK = base64.b64encode(b"nobody's state ").decode()  # how Draw.signature() begins


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(key, body):
    return body + "|" + hmac.new(key, body.encode(), hashlib.sha256).hexdigest()[:32]


def thinking(text, line="sonnet"):
    return base64.b64encode(sealed(b"sandbox thinking key", f"thinking|{line}|{digest(text)[:32]}").encode()).decode()


def redacted(seed, line="sonnet"):
    return base64.b64encode(sealed(b"sandbox thinking key", f"redacted|{line}|{digest(seed)[:32]}").encode()).decode()


def thought(seed, vertex=False):
    made = hmac.new(b"sandbox thought key", f"{'vertex' if vertex else 'gemini'} {seed}".encode(), hashlib.sha256).hexdigest()[:24]
    return base64.b64encode(f"sandbox thought of {seed}|{made}".encode()).decode()


def encrypted(seed, host="openai"):
    return "gAAAAAB" + base64.b64encode(sealed(b"sandbox reasoning key", f"{host}|{digest(seed)[:32]}").encode()).decode()
