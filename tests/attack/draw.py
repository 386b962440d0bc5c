"""What every generated request is made of: words, names, ids, numbers and media, drawn from one seeded source.

Each piece of text carries a token of its own (TOKEN), by which the checks find it again wherever a target wants it.
"""
import base64
import random
import re
import struct
import zlib

import issued

TOKEN = re.compile(r"zq[0-9a-z]{9}qz")
LETTERS = "0123456789abcdefghijklmnoprstuvwxy"

# Around a token, or for themselves: what has broken an encoder somewhere.
ODD = ["\U0001f600 \U00020bb7", "line\nbreak\r\n\ttab", 'quote " back\\slash \\u0041', "<b>&amp;</b>", "\u2028\u2029\ufeff",
       "e\u0301 \u202e abc", "{\"json\": [1, 2]}", "\x01\x1f\x7f", "```json\n{}\n```", "</system><system>", "%s {0} ${HOME}",
       "data:image/png;base64,AAAA", "\U0010fffd\ue000"]
BLANK = ["", " ", "\n", "\t \n", "\u00a0", "\u200b"]
PLAIN_NAMES = ["search", "get_weather", "read_file", "run-command", "Bash", "Task", "list_issues", "a", "web_search",
               "mcp__github__create_issue", "json_tool_call", "final_answer"]
ODD_NAMES = ["files.read", "a b", "r\u00e9sum\u00e9", "\u5929\u6c17", "\U0001f600", "1st", "-x", "_", "tool:call/now", "x" * 64, "x" * 65,
             "mcp__" + "very_long_server_name_" * 5 + "tool", "functions.search", "$ref", "get weather!", "a..b",
             "A", "Search", "search_", "search:1"]
ODD_IDS = ["", "1", "call|x", "toolu_" + "a" * 60, "functions.search:0", "\u8b58\u5225\u5b50", "id with space", "x" * 200, "call_0", "0",
           "\U0001f511", "a/b~c", "fc_123", "abcdefghi", "call_1", "call_1"]


class Draw:
    """Everything random of one request; the same seed gives the same request."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.made = 0

    def chance(self, p):
        return self.r.random() < p

    def pick(self, *options):
        return self.r.choice(options)

    def one_of(self, options):
        return self.r.choice(options)

    def count(self, *weights):
        """0, 1, 2 ... by their weights."""
        return self.r.choices(range(len(weights)), weights)[0]

    def token(self):
        self.made += 1
        return "zq" + "".join(self.r.choice(LETTERS) for _ in range(9)) + "qz"

    def text(self):
        """Text that is not blank."""
        words = f"{self.pick('Say', 'Please read', 'It is', 'naïve', 'Ответ:')} {self.token()}"
        if self.chance(0.25):
            words = self.pick(words + " " + self.one_of(ODD), self.one_of(ODD) + words)
        if self.chance(0.02):
            words += " long" * self.r.randint(200, 3000)
        if self.chance(0.05):
            words = self.pick(" ", "\n") + words + self.pick(" ", "\n\n")
        return words

    def any_text(self):
        return self.one_of(BLANK) if self.chance(0.12) else self.text()

    def name(self, odd=0.25):
        if self.chance(odd):
            return self.one_of(ODD_NAMES)
        name = self.one_of(PLAIN_NAMES)
        return name if self.chance(0.5) else f"{name}_{self.r.randint(0, 99)}"

    def plain_name(self):
        """A name every published pattern allows."""
        return f"{self.pick('search', 'get_weather', 'read_file', 'Bash', 'a')}_{self.r.randint(0, 999)}"

    def call_id(self, prefix):
        if self.chance(0.2):
            return self.one_of(ODD_IDS)
        return prefix + "".join(self.r.choice(LETTERS) for _ in range(self.pick(9, 20, 24)))

    def number(self, low, high, digits=3):
        """At its edges as often as between; with many digits, so that it is found again."""
        if self.chance(0.3):
            return self.pick(low, high)
        return round(self.r.uniform(low, high), digits)

    def arguments(self, depth=0):
        """A JSON object as a model makes it."""
        out = {}
        for _ in range(self.count(2, 4, 3, 2)):
            out[self.pick("path", "q", "city", "n", "opts", "type", "$x", "a b", "\u540d", "", "items") + self.pick("", "", "1")] = self.value(depth)
        return out

    def value(self, depth=0):
        kind = self.r.randrange(9 if depth < 3 else 6)
        if kind < 2:
            return self.text()
        if kind == 2:
            return self.pick(0, -1, 3, 2**53 + 1, 10**18, -7)
        if kind == 3:
            return self.pick(0.1, -2.5, 1e21, 3.0)
        if kind == 4:
            return self.pick(True, False, None)
        if kind == 5:
            return self.pick("", [], {})
        if kind == 6:
            return [self.value(depth + 1) for _ in range(self.r.randint(0, 3))]
        return self.arguments(depth + 1)

    # Media: real files, each with bytes of its own.

    def png(self):
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        words = chunk(b"tEXt", b"Comment\0" + self.token().encode())
        pixels = chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        return base64.b64encode(b"\x89PNG\r\n\x1a\n" + head + words + pixels + chunk(b"IEND", b"")).decode()

    def image(self):
        """(media type, base64)"""
        if self.chance(0.7):
            return "image/png", self.png()
        if self.chance(0.5):
            jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\0\0\x01\0\x01\0\0\xff\xfe\0\x10" + self.token().encode()
            return "image/jpeg", base64.b64encode(jpeg + b"\xff\xd9").decode()
        return self.pick(("image/gif", base64.b64encode(b"GIF89a\x01\0\x01\0\x80\0\0" + self.token().encode()).decode()),
                         ("image/webp", base64.b64encode(b"RIFF\x1a\0\0\0WEBPVP8L" + self.token().encode()).decode()))

    def pdf(self):
        return base64.b64encode(b"%PDF-1.4\n%" + self.token().encode() + b"\n%%EOF\n").decode()

    def wav(self):
        return base64.b64encode(b"RIFF\x24\0\0\0WAVEfmt " + self.token().encode() + b"data\0\0\0\0").decode()

    def image_url(self):
        return self.pick("https://images.example/", "http://10.0.0.1/") + self.token() + self.pick(".png", ".jpg", "", "?a=1&b=2")

    def signature(self):
        """Opaque state nobody known here has issued: what a client that came from elsewhere carries."""
        return issued.JUNK + base64.b64encode(self.r.randbytes(self.pick(24, 60, 200))).decode()

    def shuffled(self, items):
        items = list(items)
        self.r.shuffle(items)
        return items


class Calls:
    """The bookkeeping of a history's calls: which are open, and what a careless client does with their results."""

    def __init__(self, draw, prefix, tool_names):
        self.draw, self.prefix, self.names = draw, prefix, tool_names
        self.open = []  # (id, name)
        self.done = []

    def make(self):
        d = self.draw
        known = self.names and d.chance(0.85)
        name = d.one_of(self.names) if known else d.name()
        made = (d.call_id(self.prefix), name)
        if self.done and d.chance(0.03):
            made = (d.one_of(self.done)[0], name)  # an id used before
        self.open.append(made)
        return made

    def answered(self):
        """The calls that get their results now, in the order in which they come."""
        d, now, self.open = self.draw, self.open, []
        self.done += now
        if d.chance(0.08):
            now = now[:-1]  # one stays open
        if d.chance(0.15):
            now = d.shuffled(now)
        if now and d.chance(0.05):
            now = [*now, d.one_of(now)]  # told twice
        if d.chance(0.05):
            now = [*now, (d.call_id(self.prefix), d.name())]  # nobody asked
        return now
