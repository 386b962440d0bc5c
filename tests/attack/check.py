"""What must hold of every lowered request, read from the client's bytes and the body alone.

Knows the providers' wire formats as their references write them, and nothing of how dragoman gets from one to the other.
Each finding is (kind, text); texts name the place, not the words, so that they can be counted.
"""
import base64
import binascii
import json
import re

from draw import TOKEN
from tree import MISSING, Number, dump, keys, load, resolve, step, walk
from unread import references, unread, unread_inside

MEDIA = re.compile(r"^(?:data:[^,]*;base64,)?((?:iVBORw0KGgo|/9j/|R0lGOD|UklGR|JVBERi0)[A-Za-z0-9+/=]+)$")
# What a client says of the call, not to the model.
NOT_PARAMETERS = {"model", "messages", "tools", "functions", "input", "instructions", "stream", "stream_options", "contents", "system",
                  "systemInstruction", "system_instruction"}
# What means the same when it is not said.
DEFAULTS = {("/response_format/type", "text"), ("/text/format/type", "text"), ("/generationConfig/responseMimeType", "text/plain"),
            ("/generationConfig/responseModalities/0", "TEXT"), ("/truncation", "disabled"), ("/parallel_tool_calls", True)}
# Ids of items and of turns, and where a provider's cache is: nothing the model reads.
PLUMBING = re.compile(r"^/input/\d+/id$|^/prompt_cache_key$")
# Said in our own word for it.
OUR_WORDS = {"is_error", "parallel_tool_calls", "logprobs"}
# Whether and how thoughts are shown is a word of its own beside whether and how much to think.
SHOWN = re.compile(r"/(summary|generate_summary|display|includeThoughts|exclude)$")


def place(pointer):
    """A pointer without what differs from request to request."""
    pointer = re.sub(r"/\d+", "/#", pointer)
    for word in ("properties", "$defs", "definitions"):
        pointer = re.sub(rf"/{re.escape(word)}/[^/]*", f"/{word}/*", pointer)
    return re.sub(r"(/(?:tool_use|toolUse|functionCall)?/?(?:input|args|arguments))/[^#].*$", r"\1/*", pointer) if "/tools" not in pointer else pointer


class Answer:
    """One answer of `dragoman lower`, beside the request it is for."""

    def __init__(self, request, line):
        self.request, self.line = request, line
        self.body = line.get("body")
        self.edits = line.get("edits", [])
        self.text = json.dumps(self.body, ensure_ascii=False)
        self.hidden = None

    def edits_at(self, pointer):
        """Edits that speak of this place: at it, above it or inside it. The whole request says nothing of its parts."""
        for edit in self.edits:
            where = edit["pointer"]
            if where == pointer or where.startswith(pointer + "/") or (where and pointer.startswith(where + "/")):
                yield edit
            elif f"{where}/{step(edit['keyword'])}" == pointer or pointer.startswith(f"{where}/{step(edit['keyword'])}/"):
                yield edit

    def told(self, pointer):
        return any(True for _ in self.edits_at(pointer))

    def lossy(self, pointer):
        """Said to be lost, where it stands or wherever it is referred to."""
        if any(edit["loss"] != "none" for edit in self.edits_at(pointer)):
            return True
        places = list(references(self.request, pointer))
        return bool(places) and all(self.lossy(place) for place in places)

    def has(self, words):
        """In the body's text, or in what it carries as base64."""
        if words in self.text:
            return True
        if self.hidden is None:
            self.hidden = " ".join(decoded(leaf) for _, leaf in walk(self.body) if isinstance(leaf, str))
        return words in self.hidden


def decoded(text):
    text = text.rsplit("base64,", 1)[-1]
    if len(text) < 16 or not re.fullmatch(r"[A-Za-z0-9+/=]+", text):
        return ""
    try:
        return base64.b64decode(text).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""


def findings(request, line):
    """[(kind, text)] of one answer; `request` is what the client sent, by load()."""
    if "error" in line:
        return [("not read", f"{line['error']['message']} at {place(line['error'].get('pointer', ''))}")]
    if "refused" in line:
        return list(of_refusal(request, line["refused"]))
    answer = Answer(request, line)
    out = []
    for check in (of_edits, of_words, of_media, of_calls, of_tools, of_choice, of_parameters):
        out += check(answer)
    return out


def of_refusal(request, refused):
    if resolve(request, refused["pointer"]) is MISSING:
        yield "refusal points nowhere", f"{refused['rule']} {refused['pointer']}: {refused['reason']}"
    if len(refused["reason"]) < 12 or "bug" in refused["reason"].lower() or not refused["rule"]:
        yield "refusal says nothing", f"{refused['rule']} {place(refused['pointer'])}: {refused['reason']}"


def of_edits(answer):
    for edit in answer.edits:
        at = resolve(answer.request, edit["pointer"])
        if at is MISSING:
            yield "edit points nowhere", f"{edit['rule']} {edit['keyword']} {place(edit['pointer'])}"
        elif not stands_there(at, edit, answer.edits):
            yield "edit's before is not there", f"{edit['rule']} {edit['keyword']} {place(edit['pointer'])}"
        if edit["loss"] not in ("none", "widened", "narrowed", "semantic"):
            yield "edit of no loss class", edit["loss"]
        if not edit["rule"] or not edit["keyword"]:
            yield "edit without rule or keyword", f"{edit['rule']} {edit['keyword']} {place(edit['pointer'])}"
        if not edit.get("source"):
            yield "edit without a source", f"{edit['rule']} {edit['keyword']}"


def spellings(value):
    """A value as `before` may say it: JSON, or a text's own words; without white space, which is cut differently."""
    yield re.sub(r"\s+", "", dump(value))
    yield re.sub(r"\s+", "", json.dumps(json.loads(dump(value))))
    yield re.sub(r"\s+", "", as_read(value))
    if isinstance(value, str):
        yield re.sub(r"\s+", "", value)


def as_read(value):
    """As a parser shows it that keeps a string's bytes, here escaped, and decodes a key."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{as_read(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(as_read(v) for v in value) + "]"
    return dump(value) if isinstance(value, Number) else json.dumps(value)


def stands_there(at, edit, edits):
    """`before`, where it is JSON, is what stands at the pointer or in it; what an earlier edit left there is that one's."""
    before = re.split("\u2026|\\.\\.\\.$", edit["before"])[0]
    if not re.match(r'[{\["]|-?\d+(\.\d+)?(e.\d+)?$|true$|false$|null$', before):
        return True  # words about it, as "white space"
    if edit["keyword"] in OUR_WORDS or before in (json.dumps(edit["keyword"]), "null") or isinstance(at, str) and edit["keyword"] in at:
        return True
    if isinstance(at, dict) and (at.get("nullable") or edit["keyword"] in ("$defs", "definitions")):
        return True  # OpenAPI's word for null, read as JSON Schema's; definitions as they were left by edits inside
    for earlier in edits:
        if earlier is edit:
            break
        if related(earlier["pointer"], edit["pointer"]):
            return True
    before = re.sub(r"\s+", "", before).lower()  # Gemini's types in capitals are read as JSON Schema's
    candidates = [at, [at], {edit["pointer"].rsplit("/", 1)[-1]: at}]
    if isinstance(at, dict):
        candidates += [at.get(edit["keyword"], ""), *at.values()]
    candidates += inside(at)
    return any(said.lower().startswith(before) for c in candidates for said in spellings(c))


def inside(value):
    """The value's parts, whole and leaves."""
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield child
        yield from inside(child)


def related(one, other):
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def of_words(answer):
    """Every token of the client's is in the body, or an edit with a loss speaks of its place."""
    for pointer, leaf in walk(answer.request):
        if not isinstance(leaf, str):
            continue
        for token in TOKEN.findall(leaf):
            if answer.has(token):
                continue
            if PLUMBING.search(pointer) or barred(answer, pointer):
                continue
            if not answer.told(pointer):
                yield "words lost in silence", place(pointer)
            elif not answer.lossy(pointer) and not unread(answer.request, pointer) and not unread_inside(leaf, token):
                rules = sorted({f"{e['rule']} {e['keyword']}" for e in answer.edits_at(pointer)})
                yield "words lost under an edit that says none", f"{place(pointer)} {', '.join(rules[:4])}"
    for pointer, key in keys(answer.request):
        for token in TOKEN.findall(key):
            if not answer.has(token) and not answer.told(pointer):
                yield "key lost in silence", place(pointer)


def barred(answer, pointer):
    """Of a tool that the client's choice lets nobody call: none of them, or one that an edit of the choice names."""
    tools = [(at, name) for at, name in tool_names(answer.request) if pointer == at or pointer.startswith(at + "/")]
    if not tools and re.fullmatch(r"/tools/\d+/description", pointer):  # of a namespace: all of its tools
        tools = [(at, name) for at, name in tool_names(answer.request) if at.startswith(pointer.removesuffix("description"))]
    if not tools:
        return False
    if demand(answer.request)[0] == "none":
        return True
    gone = {e["before"] for e in answer.edits if e["keyword"] == "tools"}
    return all(gone & {name, *(e["after"] for e in answer.edits if e["keyword"] == "name" and e["pointer"] == at)} for at, name in tools)


def of_media(answer):
    for pointer, leaf in walk(answer.request):
        if not isinstance(leaf, str) or not (found := MEDIA.match(leaf)):
            continue
        if found.group(1) not in answer.text and not answer.lossy(pointer):
            yield "media lost in silence", place(pointer)


def arguments_in(value, pointer=""):
    """(pointer, arguments as an object or text) of every call, in whatever dialect."""
    if isinstance(value, list):
        for n, child in enumerate(value):
            yield from arguments_in(child, f"{pointer}/{n}")
    elif isinstance(value, dict):
        if "function" in value and isinstance(value["function"], dict) and "arguments" in value["function"]:
            yield pointer + "/function/arguments", value["function"]["arguments"]
        elif value.get("type") == "function_call" and "arguments" in value:
            yield pointer + "/arguments", value["arguments"]
        elif value.get("type") == "tool_use":
            yield pointer + "/input", value.get("input")
        elif "functionCall" in value:
            yield pointer + "/functionCall/args", value["functionCall"].get("args", {})
        elif "toolUse" in value:
            yield pointer + "/toolUse/input", value["toolUse"].get("input")
        else:
            for key, child in value.items():
                yield from arguments_in(child, f"{pointer}/{step(key)}")


def as_object(arguments):
    if isinstance(arguments, str) and not isinstance(arguments, Number):
        try:
            arguments = load(arguments)
        except ValueError:
            return None
    return dump(arguments) if isinstance(arguments, dict) else None


HISTORY = ("messages", "input", "contents")


def of_calls(answer):
    """Every call's arguments arrive whole, to the digit."""
    def history(body):
        return {key: body[key] for key in HISTORY if key in body}
    arrived = {as_object(arguments) for _, arguments in arguments_in(history(answer.body))}
    for pointer, arguments in arguments_in(history(answer.request)):
        whole = as_object(arguments)
        if whole is not None and whole not in arrived and not answer.told(pointer):
            yield "arguments changed in silence", place(pointer)
        if whole is None and isinstance(arguments, str) and arguments and json.dumps(arguments)[1:-1] not in answer.text and not answer.told(pointer):
            if arguments not in answer.text and json.dumps(json.dumps(arguments))[3:-3] not in answer.text:
                yield "broken arguments changed in silence", place(pointer)


def tool_names(body):
    """(pointer, name) of the tools a request declares, in whatever dialect."""
    lists = [("/tools", body.get("tools")), ("/functions", body.get("functions")), ("/toolConfig/tools", (body.get("toolConfig") or {}).get("tools"))]
    for pointer, tools in lists:
        for n, tool in enumerate(tools or []):
            at = f"{pointer}/{n}"
            inner = tool.get("function") or tool.get("custom") or tool.get("toolSpec") or tool
            for k, f in enumerate(tool.get("functionDeclarations") or tool.get("function_declarations") or []):
                yield f"{at}/{'functionDeclarations' if 'functionDeclarations' in tool else 'function_declarations'}/{k}", f["name"]
            if tool.get("type") == "namespace":
                for k, f in enumerate(tool.get("tools", [])):
                    yield f"{at}/tools/{k}", f["name"]
            elif isinstance(inner, dict) and isinstance(inner.get("name"), str):
                yield at, inner["name"]


def of_tools(answer):
    """Each tool is declared once, under a name that leads back to the client's; none is anybody else's."""
    back = answer.line["restore"]["names"]
    wire = [name for _, name in tool_names(answer.body)]
    if len(wire) != len(set(wire)):
        yield "two tools of one name", ""
    arrived = {back.get(name, name) for name in wire}
    arrived |= {name.rsplit(" ", 1)[-1] for name in arrived}
    for pointer, name in tool_names(answer.request):
        if name not in arrived and not answer.told(pointer) and not barred(answer, pointer):
            yield "tool lost in silence", place(pointer)


def demand(body):
    """(what the model has to do, which tools it may take) as a request says it in its dialect."""
    choice = body.get("tool_choice")
    gemini = ((body.get("toolConfig") or body.get("tool_config") or {}).get("functionCallingConfig") or {})
    converse = (body.get("toolConfig") or {}).get("toolChoice")
    if gemini:
        mode = gemini.get("mode", "AUTO").lower()
        return {"any": "required", "none": "none"}.get(mode, "auto"), gemini.get("allowedFunctionNames")
    if converse:
        kind = next(iter(converse))
        return {"any": "required", "tool": "required"}.get(kind, "auto"), [converse["tool"]["name"]] if kind == "tool" else None
    if isinstance(choice, str):
        return {"required": "required", "any": "required", "REQUIRED": "required", "none": "none", "NONE": "none"}.get(choice, "auto"), None
    if isinstance(choice, dict):
        kind = choice.get("type")
        if kind == "allowed_tools":
            inner = choice.get("allowed_tools", choice)
            return inner["mode"], [t.get("name") or t.get(t["type"], {}).get("name", t["type"]) for t in inner["tools"]]
        named = choice.get("name") or (choice.get("function") or choice.get("custom") or {}).get("name")
        if named:
            return "required", [named]
        return {"any": "required", "none": "none"}.get(kind, "auto"), None
    return "auto", None


CHOICES = ("/tool_choice", "/toolConfig/functionCallingConfig", "/toolConfig/toolChoice", "/toolConfig")


def of_choice(answer):
    if not any(True for _ in tool_names(answer.request)):
        return
    asked, which = demand(answer.request)
    told, only = demand(answer.body)
    back = answer.line["restore"]["names"]
    if answer.line["restore"].get("structured_tool"):
        return
    edited = any(e["pointer"].startswith(CHOICES) or e["keyword"] in ("tool_choice", "toolChoice", "mode") for e in answer.edits)
    declared = [back.get(name, name) for _, name in tool_names(answer.body)]
    if asked == "none" and told != "none" and declared and not edited:
        yield "choice lost in silence", "none became " + told
    if asked == "required" and told != "required" and not edited:
        yield "choice lost in silence", "required became " + told
    if asked == "auto" and told == "required" and not edited:
        yield "choice made stronger in silence", "auto became required"
    if which and asked == "required":
        free = {back.get(name, name) for name in only} if only else set(declared)
        # A tool that only the history knows is declared with an edit of its own (GROQ-04).
        declares = any(e["keyword"] == "tools" for e in answer.edits)
        if not free <= set(which) and not edited and not declares:
            yield "choice lost in silence", "the tools to choose from"


def shown_unasked(leaf, pointer, settings):
    """OpenRouter shows thoughts unless told to leave them out; OpenAI's Responses show none unless asked for a summary."""
    shown = leaf in (True, "summarized") if not pointer.endswith("/exclude") else leaf is False
    return isinstance(settings.get("reasoning"), dict) if shown else "include" in settings and "store" in settings


def of_parameters(answer):
    """Each parameter's value is in the body, outside of the conversation, or an edit speaks of its place."""
    settings = {key: value for key, value in answer.body.items() if key not in NOT_PARAMETERS}
    leaves = [leaf for _, leaf in walk(settings)]
    values = {dump(leaf) for leaf in leaves} | {f"{float(leaf):g}" for leaf in leaves if isinstance(leaf, Number)}
    names = " ".join(key for _, key in keys(settings)).lower().replace("_", "")
    thinks = re.search("think|reason|effort", names)
    for key, value in answer.request.items():
        if key in NOT_PARAMETERS or value is None or key in ("tool_choice", "toolConfig"):
            continue
        for pointer, leaf in walk(value, f"/{step(key)}"):
            if leaf is None or leaf in ({}, []) or (pointer, leaf) in DEFAULTS or answer.told(pointer) or "chema" in pointer:
                continue
            if re.search("hinking|reasoning(_?[cC]onfig)?/|reasoning_effort|/effort", pointer) and not SHOWN.search(pointer) and thinks:
                continue  # each says it in words of its own
            if SHOWN.search(pointer) and (re.search("display|includethoughts|summary|exclude|includereasoning", names) or shown_unasked(leaf, pointer, settings)):
                continue
            if key == "store" and "input" in answer.request or pointer.startswith("/text/format/") and not pointer.endswith("type"):
                continue  # the gateway stores itself; what the text has to be is checked by its schema
            if leaf in ("message.output_text.logprobs", True) and "logprobs" in pointer.lower() + str(leaf) and "logprobs" in names:
                continue
            if leaf == "text/x.enum" and any(e["before"] == leaf for e in answer.edits):
                continue
            if key == "parallel_tool_calls" and demand(answer.request)[0] == "none":
                continue  # no calls at all
            if leaf == "reasoning.encrypted_content":
                continue  # the gateway seals reasoning of its own accord
            if key == "generationConfig" and leaf == "application/json" and any(e["keyword"] == "response_format" for e in answer.edits):
                continue  # the schema beside it is spoken of
            if leaf in ("application/json", "json_object", "json_schema") and ("json" in names + " ".join(values) or answer.line["restore"].get("structured_tool")):
                continue
            if isinstance(leaf, bool):
                word = {"paralleltoolcalls": "parallel"}.get(pointer.rsplit("/", 1)[-1].lower().replace("_", ""), pointer.rsplit("/", 1)[-1].lower().replace("_", ""))
                if word not in names and not answer.line["restore"].get("structured_tool"):
                    yield "parameter lost in silence", f"{place(pointer)} = {json.dumps(leaf)}"
            elif dump(leaf) in values or isinstance(leaf, Number) and f"{float(leaf):g}" in values:
                continue
            elif isinstance(leaf, str) and (leaf.lower() in " ".join(values).lower() or answer.has(leaf) and len(leaf) > 6):
                continue
            else:
                yield "parameter lost in silence", place(pointer) + (f" = {leaf}" if not TOKEN.search(str(leaf)) else "")
