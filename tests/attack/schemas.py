"""Schemas of tools: those of real MCP servers, and random ones in the spelling of every draft."""
import functools
import json
import pathlib

VECTORS = pathlib.Path(__file__).resolve().parents[1] / "vectors/tool_schemas"
DRAFTS = ["http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#",
          "http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2019-09/schema",
          "https://json-schema.org/draft/2020-12/schema"]
FORMATS = ["date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "uuid",
           "regex", "json-pointer", "int32", "int64", "double", "binary", "password", "my-own"]
KEYWORD_NAMES = ["ref", "$ref", "title", "format", "definitions", "strict", "type", "enum", "properties", "required", "items",
                 "default", "additionalProperties", "const", "anyOf", "not", "description"]
PATTERNS = ["^[a-z]+$", "^\\d{3}-\\d{4}$", "(?i)abc", "^(?!x).*", "\\p{L}+", "^.{1,64}$", "a|b", "[^/]+"]


@functools.cache
def real_tools():
    """(name, schema) of the tools in tests/vectors."""
    tools = []
    for path in sorted(VECTORS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            tools.append((row["tool"], row["schema"]))
    return tools


class Schemas:
    def __init__(self, draw, depth=4):
        self.d, self.depth, self.defs = draw, depth, []

    def root(self):
        """An object schema, as APIs ask for, in all its spellings."""
        d = self.d
        if d.chance(0.08):
            return d.pick({"type": "object"}, {"type": "object", "properties": {}}, {"type": "object", "additionalProperties": True},
                          {"type": "object", "properties": {}, "additionalProperties": False})
        self.defs = [d.pick("Node", "Point", "a/b", "x~y", "Ünit") for _ in range(d.count(6, 2, 2))]
        out = {"type": "object"}
        if d.chance(0.4):
            out["$schema"] = d.one_of(DRAFTS)
        self.object(out, 0)
        if self.defs:
            where = d.pick("$defs", "definitions")
            out[where] = {name: self.schema(2) for name in self.defs}
            self.point(out, where)
        if d.chance(0.06):
            out[d.pick("allOf", "anyOf", "oneOf")] = [{"type": "object", "required": list(out["properties"])[:1] or ["x"]},
                                                      {"type": "object", "properties": {"other": self.schema(3)}}]
        return out

    def point(self, schema, where):
        """References drawn before their place was known."""
        if isinstance(schema, dict):
            for key, value in schema.items():
                if key == "$ref" and isinstance(value, str) and value.startswith("?"):
                    schema[key] = f"#/{where}/" + value[1:].replace("~", "~0").replace("/", "~1")
                else:
                    self.point(value, where)
        elif isinstance(schema, list):
            for value in schema:
                self.point(value, where)

    def schema(self, depth):
        d = self.d
        if d.chance(0.03):
            return d.pick(True, {}, {"description": d.text()})
        if self.defs and d.chance(0.2):
            out = {"$ref": "?" + d.one_of(self.defs)}
            if d.chance(0.3):
                out["description"] = d.text()
            return out
        kinds = [self.string, self.number, self.boolean, self.enum, self.string, self.number]
        if depth < self.depth:
            kinds += [self.object, self.array, self.union, self.odd]
        out = {}
        if d.chance(0.4):
            out["description"] = d.text()
        if d.chance(0.1):
            out["title"] = d.token()
        d.one_of(kinds)(out, depth)
        if d.chance(0.06) and isinstance(out.get("type"), str):
            out["type"] = [out["type"], "null"]
        if d.chance(0.03):
            out["nullable"] = True
        if d.chance(0.08):
            out["default"] = d.pick(None, "x", 1, [], {}, d.token())
        if d.chance(0.04):
            out["examples"] = [d.token()]
        if d.chance(0.03):
            out[d.pick("x-order", "example", "deprecated", "readOnly", "$comment", "markdownDescription")] = d.pick(True, d.token())
        return out

    def string(self, out, depth):
        d = self.d
        out["type"] = "string"
        if d.chance(0.2):
            out["format"] = d.one_of(FORMATS)
        if d.chance(0.15):
            out["pattern"] = d.one_of(PATTERNS)
        if d.chance(0.15):
            out["minLength"] = d.pick(0, 1, 2)
        if d.chance(0.15):
            out["maxLength"] = d.r.randint(1000, 99999)

    def number(self, out, depth):
        d = self.d
        out["type"] = d.pick("number", "integer")
        low, high = d.r.randint(1000, 4999), d.r.randint(5000, 99999)
        for key, value in (("minimum", low), ("maximum", high), ("multipleOf", d.pick(1, 0.5, 7))):
            if d.chance(0.2):
                out[key] = value
        if d.chance(0.1):
            out["exclusiveMinimum"] = low - 1
        if d.chance(0.05) and "maximum" in out:
            out["exclusiveMaximum"] = True  # draft 4

    def boolean(self, out, depth):
        out["type"] = self.d.pick("boolean", "boolean", "null")

    def enum(self, out, depth):
        d = self.d
        if d.chance(0.25):
            out["const"] = d.pick("only", 7, None, True, {"a": 1})
            return
        if d.chance(0.7):
            out["type"] = "string"
            out["enum"] = [d.token(), "b", d.pick("", "c")]
        else:
            out["enum"] = d.pick([1, 2, 3], [1.5, "x", None], [True, False], ["a", {"b": 1}], [None], ["a", None])

    def array(self, out, depth):
        d = self.d
        out["type"] = "array"
        kind = d.count(6, 1, 1, 1)
        if kind == 0:
            out["items"] = self.schema(depth + 1)
        elif kind == 1:
            out["items"] = [self.schema(depth + 1) for _ in range(2)]
            if d.chance(0.5):
                out["additionalItems"] = d.pick(False, {"type": "string"})
        elif kind == 2:
            out["prefixItems"] = [self.schema(depth + 1) for _ in range(2)]
            if d.chance(0.5):
                out["items"] = d.pick(False, {"type": "string"})
        for key, value in (("minItems", d.pick(0, 1, 3)), ("maxItems", d.r.randint(1000, 9999)), ("uniqueItems", True)):
            if d.chance(0.15):
                out[key] = value
        if d.chance(0.05):
            out["contains"] = {"type": "string"}

    def object(self, out, depth):
        d = self.d
        out["type"] = "object"
        names = []
        for _ in range(d.count(1, 3, 4, 3, 1)):
            names.append(d.one_of(KEYWORD_NAMES) if d.chance(0.15) else
                         d.pick("path", "q", "city", "count", "opts", "a b", "naïve", "x.y", "$id", "名", "p" * 70) + d.pick("", "1", "2"))
        out["properties"] = {name: self.schema(depth + 1) for name in names}
        if d.chance(0.6):
            out["required"] = [name for name in out["properties"] if d.chance(0.6)]
        if d.chance(0.4):
            out["additionalProperties"] = d.pick(False, False, True, {}, {"type": "string"})
        for key, value in (("patternProperties", {"^x-": {"type": "string"}}), ("propertyNames", {"pattern": "^[a-z]+$"}),
                           ("minProperties", 1), ("maxProperties", d.r.randint(1000, 9999)),
                           ("dependentRequired", {"a": ["b"]}), ("dependencies", {"a": ["b"]}),
                           ("dependentSchemas", {"a": {"required": ["b"]}}), ("unevaluatedProperties", False),
                           ("if", {"required": ["a"]}), ("not", {"required": ["zz"]})):
            if d.chance(0.03):
                out[key] = value
        if "if" in out:
            out["then"] = {"required": ["b"]}

    def union(self, out, depth):
        d = self.d
        key = d.pick("anyOf", "anyOf", "oneOf", "allOf")
        if d.chance(0.3):
            out[key] = [self.schema(depth + 1), {"type": "null"}]
        elif d.chance(0.3):
            out[key] = [{"type": "object", "properties": {"kind": {"const": word}, word: self.schema(depth + 1)}, "required": ["kind"]}
                        for word in ("cat", "dog")]
        elif d.chance(0.3):
            out[key] = [{"const": word, "title": d.token()} for word in ("red", "green")]
        else:
            out[key] = [self.schema(depth + 1) for _ in range(d.r.randint(1, 3))]

    def odd(self, out, depth):
        d = self.d
        kind = d.r.randrange(5)
        if kind == 0:
            out["type"] = ["string", "number", "null"]
        elif kind == 1:
            out["type"] = ["object", "array"]
            out["items"] = {"type": "string"}
        elif kind == 2:
            out["properties"] = {"untyped": {"description": d.text()}}
        elif kind == 3:
            out["$ref"] = "#"  # itself
        else:
            out["type"] = "string"
            out["contentEncoding"] = "base64"
            out["contentMediaType"] = "image/png"


def tools(draw, limit=140):
    """[(name, description or None, schema)], names distinct, as each API asks."""
    count = draw.pick(0, 0, 1, 1, 2, 3, 5, draw.r.randint(6, 40))
    if draw.chance(0.02):
        count = draw.r.randint(100, limit)
    out = {}
    for _ in range(count):
        if draw.chance(0.4):
            name, schema = draw.one_of(real_tools())
        else:
            name, schema = draw.name(), Schemas(draw, 2 if count > 20 else 4).root()
        if count > 20:
            name = f"{name}_{len(out)}"
        out.setdefault(name, (name, draw.any_text() if draw.chance(0.8) else None, schema))
    return list(out.values())
