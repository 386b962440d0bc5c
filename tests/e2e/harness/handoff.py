"""An agent's conversation that changes its provider, and what must hold of it: nobody refuses, text, calls and arguments
arrive whole, reasoning goes home verbatim and nowhere else."""
import base64
import json

from .conversation import Wire
from .targets import BY_ID, TARGETS, Target


def other(of, model, id):
    return Target(BY_ID[of].provider, model, id)


# One of each family of models behind each kind of API: all that differ in what they keep, sign, refuse or forget.
FAMILIES = [
    BY_ID["openai"], other("openai", "gpt-5.6", "openai-responses"), other("azure", "gpt-5.4", "azure-responses"),
    BY_ID["anthropic"], BY_ID["bedrock-claude"], BY_ID["vertex-claude"], BY_ID["bedrock-nova"],
    BY_ID["bedrock-llama4"], BY_ID["bedrock-gpt-oss"], other("gemini", "gemini-3-pro-preview", "gemini-3"),
    other("vertex", "gemini-3-pro-preview", "vertex-gemini-3"), BY_ID["mistral"],
    other("deepseek", "deepseek-reasoner", "deepseek-reasoner"), other("moonshot", "kimi-k2-thinking", "kimi-thinking"),
    BY_ID["zai"], BY_ID["qwen"], BY_ID["xai"], BY_ID["minimax"], BY_ID["groq"],
    BY_ID["cohere"], other("openrouter", "anthropic/claude-sonnet-4.5", "openrouter-claude"),
]
ALL = [*TARGETS, *(there for there in FAMILIES if there not in TARGETS)]
# Who takes whose reasoning (docs/conversation-state.md); all others take their own only.
KIN = [{"anthropic", "bedrock-claude", "vertex-claude", "openrouter-claude"}, {"gemini", "gemini-3"}, {"vertex", "vertex-gemini-3"},
       {"deepseek", "deepseek-reasoner"}, {"moonshot", "kimi-thinking"},
       {"openai", "openai-responses"}, {"openrouter", "openrouter-claude"}]
# Who wants the words of its reasoning back, without a signature to tell them by.
WORDS = {"deepseek-reasoner", "kimi-thinking", "zai", "cerebras", "openrouter-claude"}

SYSTEM = "You are terse. 🜁"
FIRST = "Use get_weather and search_notes, both tools, for Paris 🌦 𝒳."
WEATHER = "18 °C and 🌡𝒴 \"quoted\" \\ back"
AGAIN = "Use get_weather once more."
THOUGHT = "The user wants an answer. I will give one."  # what every emulated model thinks
ABORTED = "Never mind. Without tools: 𝒵."


def strip(value):
    """Arguments without the nulls a strict mode adds for what may be left out."""
    if isinstance(value, dict):
        return {k: strip(v) for k, v in value.items() if v is not None}
    return [strip(v) for v in value] if isinstance(value, list) else value


def holds(body, arguments):
    """Whether an object, or the text of one, is anywhere in what the provider got."""
    if isinstance(body, dict):
        return strip(body) == arguments or any(holds(v, arguments) for v in body.values())
    if isinstance(body, list):
        return any(holds(v, arguments) for v in body)
    if isinstance(body, str) and body.startswith("{"):
        try:
            return strip(json.loads(body)) == arguments
        except ValueError:
            return False
    return False


def says(body, text):
    """Whether a text is anywhere in what the provider got."""
    if isinstance(body, dict):
        return any(says(v, text) for v in body.values())
    if isinstance(body, list):
        return any(says(v, text) for v in body)
    return isinstance(body, str) and text in body


def bare(seal):
    """A seal as its issuer wrote it, out of the wrapping that carried it: base64 has no dots."""
    for text in (seal, decoded(seal)):
        if text.startswith("dragoman"):
            return text.rsplit(".", 1)[1]
    return seal


def decoded(text):
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def kin(a, b):
    return a is b or any({str(a), str(b)} <= family for family in KIN)


def aborted(sandbox, talk, target):
    """The step after a call that got no result; gives what the provider received."""
    said = talk.step(target.name)
    # Where the missing result and the user's words share a turn, the emulators answer to the result.
    assert not said.calls and said.text.startswith(("You said: " + ABORTED, "Result: ")), said.text
    received = sandbox.latest().json
    assert says(received, ABORTED), f"{target} did not get the user's last words"
    return received


def told(talk, said):
    """The emulated model quotes the results it got."""
    assert not said.calls and (WEATHER in said.text or talk.shown(WEATHER) in said.text), said.text


def converse(sandbox, wire, dialect, stream, path):
    """One conversation along `path`, [A, B, …, A]."""
    home, away = path[0], path[1:-1]
    talk = dialect(wire, SYSTEM, stream)
    sandbox.clear()

    talk.user(FIRST)
    _, calls, seals, thoughts = talk.step(home.name)
    assert {name for _, name, _ in calls} == ({"get_weather", "search_notes"} if len(calls) > 1 else {"get_weather"})
    ids = [id for id, _, _ in calls if id is not None]  # Vertex's own bytes have none
    assert len(set(ids)) == len(ids)
    # The first result has an image, the second is empty.
    talk.results([(id, name, "" if n else WEATHER, not n, False) for n, (id, name, _) in enumerate(calls)])
    for there in away:
        more = talk.step(there.name).calls
        received = sandbox.latest().json
        assert any(says(received, text) for text in (WEATHER, talk.shown(WEATHER))), f"{there} did not get the words of the result"
        for _, name, arguments in calls:
            assert holds(received, strip(arguments)), f"{there} did not get the arguments of {name}"
        if there is away[0] and not kin(home, there):
            for foreign in filter(None, (*map(bare, seals), *thoughts)):
                assert not says(received, foreign), f"{there} got reasoning of {home}"
        if more:  # the image went into a turn of the user's, and the emulators answer to that
            talk.results([(id, name, WEATHER, False, False) for id, name, _ in more])
            said = talk.step(there.name)
            told(talk, said)
        # A call that nobody answers: the user thinks again.
        talk.user(AGAIN)
        more = talk.step(there.name).calls
        assert [name for _, name, _ in more] == ["get_weather"]
        talk.abandon(more)
        talk.user(ABORTED)
        if there is not away[-1]:
            aborted(sandbox, talk, there)
            talk.user(AGAIN)
            more = talk.step(there.name).calls
            talk.results([(id, name, WEATHER, False, True) for id, name, _ in more])

    body = aborted(sandbox, talk, home)
    for seal in seals:
        assert says(body, bare(seal)), f"{home} did not get its own reasoning back"
    if str(home) in WORDS:
        assert says(body, THOUGHT), f"{home} did not get the words of its reasoning back"
    talk.user(AGAIN)
    more = talk.step(home.name).calls
    talk.results([(id, name, WEATHER, False, True) for id, name, _ in more])
    said = talk.step(home.name)
    told(talk, said)


def run(sandbox, url, rows, connect=Wire):
    """All rows of (dialect, streamed, path); fails with the first few that did not hold."""
    faults = []
    wire = connect(url)
    for dialect, stream, path in rows:
        try:
            converse(sandbox, wire, dialect, stream, path)
        except (AssertionError, KeyError, ValueError) as fault:
            where = " → ".join(map(str, path))
            faults.append(f"{dialect.name}{' streamed' if stream else ''}: {where}: {fault!r}"[:1800])
            wire.close()
    assert not faults, f"{len(faults)} of {len(rows)}\n" + "\n".join(faults[:12])
