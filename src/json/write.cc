#include "json/write.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace dragoman::json {
namespace {

// Does one of eight characters need an escape: a control character, a quote or a backslash? Exact, for all of
// them at once: x - 0x21.. borrows into a byte's top bit where the byte is less (0x22 ^ 2 is 0x20, and what
// is below 0x20 stays below it), unless its own top bit was set, as in all of UTF-8 beyond ASCII.
bool needs_escape(std::uint64_t eight) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  return ((((eight ^ kEach * 0x02) - kEach * 0x21) | ((eight ^ kEach * '\\') - kEach)) & ~eight &
          kEach * 0x80) != 0;
}

// What stands behind the backslash of each character that needs one; 0 for the others.
constexpr auto kEscapes = [] {
  std::array<char, 256> letters{};
  std::fill_n(letters.begin(), 0x20, 'u');
  letters['"'] = '"';
  letters['\\'] = '\\';
  letters['\n'] = 'n';
  letters['\r'] = 'r';
  letters['\t'] = 't';
  letters['\b'] = 'b';
  letters['\f'] = 'f';
  return letters;
}();
constexpr std::size_t kEscaped = 6;  // characters that one may become: \u001f

char escape_of(char c) { return kEscapes[static_cast<unsigned char>(c)]; }

// Copies `text` up to the first character that needs an escape and says how long that is. `out` has room for
// all of it.
std::size_t copy_plain(std::string_view text, char* out) {
  std::size_t i = 0;
  for (std::uint64_t eight; i + sizeof eight <= text.size(); i += sizeof eight) {
    std::memcpy(&eight, text.data() + i, sizeof eight);
    if (needs_escape(eight)) break;
    std::memcpy(out + i, &eight, sizeof eight);
  }
  for (; i < text.size() && !escape_of(text[i]); ++i) out[i] = text[i];
  return i;
}

char* put_escaped(char c, char* out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  const char letter = escape_of(c);
  if (!letter) {
    *out = c;
    return out + 1;
  }
  out[0] = '\\';
  out[1] = letter;
  if (letter != 'u') return out + 2;
  out[2] = out[3] = '0';
  out[4] = kHex[static_cast<unsigned char>(c) >> 4];
  out[5] = kHex[c & 15];
  return out + kEscaped;
}

void write_escaped(std::string& out, std::string_view text) {
  constexpr std::size_t kPart = 64;
  char made[kPart * kEscaped];
  while (!text.empty()) {
    std::string_view part = text.substr(0, kPart);
    text.remove_prefix(part.size());
    char* end = made;
    while (!part.empty()) {
      const std::size_t plain = copy_plain(part, end);
      end += plain;
      part.remove_prefix(plain);
      // Quoted code has the next one near.
      const std::size_t few = std::min<std::size_t>(part.size(), 8);
      for (const char c : part.substr(0, few)) end = put_escaped(c, end);
      part.remove_prefix(few);
    }
    out.append(made, end);
  }
}

// The member as it was read, where nothing but the colon stands between its name and its value; else empty.
std::string_view as_read(const Member& member) {
  const std::string_view key = member.raw_key, value = member.value.raw();
  if (key.empty() || value.data() != key.data() + key.size() + 1 || value.data()[-1] != ':') return {};
  return {key.data(), key.size() + 1 + value.size()};
}

template <bool kCompact>
void write_value(std::string& out, Value value) {
  if constexpr (!kCompact) {
    if (!value.raw().empty()) {
      out += value.raw();
      return;
    }
  }
  switch (value.kind()) {
    case Kind::absent:
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += value.boolean() ? "true" : "false";
      return;
    case Kind::number:
      out += value.number_text();
      return;
    case Kind::string:
      if (!value.raw().empty())
        out += value.raw();
      else
        write_string(out, value.text());
      return;
    case Kind::array: {
      out += '[';
      bool first = true;
      for (const Value item : value.items()) {
        if (!first) out += ',';
        first = false;
        write_value<kCompact>(out, item);
      }
      out += ']';
      return;
    }
    case Kind::object: {
      out += '{';
      bool first = true;
      for (const Member& member : value.members()) {
        if (!first) out += ',';
        first = false;
        if constexpr (!kCompact) {
          if (const std::string_view whole = as_read(member); !whole.empty()) {
            out += whole;
            continue;
          }
        }
        if (!member.raw_key.empty())
          out += member.raw_key;
        else
          write_string(out, member.key);
        out += ':';
        write_value<kCompact>(out, member.value);
      }
      out += '}';
      return;
    }
  }
}

void write_pretty(std::string& out, Value value, std::size_t indent) {
  const auto line = [&](std::size_t depth) {
    out += '\n';
    out.append(depth * 2, ' ');
  };
  if (value.is_array() && !value.items().empty()) {
    out += '[';
    bool first = true;
    for (const Value item : value.items()) {
      if (!first) out += ',';
      first = false;
      line(indent + 1);
      write_pretty(out, item, indent + 1);
    }
    line(indent);
    out += ']';
  } else if (value.is_object() && !value.members().empty()) {
    out += '{';
    bool first = true;
    for (const Member& member : value.members()) {
      if (!first) out += ',';
      first = false;
      line(indent + 1);
      write_string(out, member.key);
      out += ": ";
      write_pretty(out, member.value, indent + 1);
    }
    line(indent);
    out += '}';
  } else {
    write_compact(out, value);
  }
}

}  // namespace

void write(std::string& out, Value value) { write_value<false>(out, value); }
void write_compact(std::string& out, Value value) { write_value<true>(out, value); }

std::string dump(Value value) {
  std::string out;
  write(out, value);
  return out;
}

Value written_once(Value value, Arena& arena) {
  if (!value || !value.raw().empty()) return value;
  Node* const node = arena.make<Node>(*value.node());
  node->raw = arena.copy(std::string_view(dump(value)));
  return Value(node);
}

std::string dump_compact(Value value) {
  std::string out;
  write_compact(out, value);
  return out;
}

std::string dump_pretty(Value value) {
  std::string out;
  write_pretty(out, value, 0);
  return out;
}

void write_string(std::string& out, std::string_view text) {
  // Most texts are short and need no escapes: room for them is made once.
  const std::size_t before = out.size(), after = before + text.size() + 2;
  std::size_t plain = 0;
  out.resize_and_overwrite(after, [&](char* all, std::size_t) {
    all[before] = '"';
    plain = copy_plain(text, all + before + 1);
    if (plain < text.size()) return before + 1 + plain;
    all[after - 1] = '"';
    return after;
  });
  if (plain == text.size()) return;
  write_escaped(out, text.substr(plain));
  out += '"';
}

void Writer::separate() {
  if (!first_) *out_ += ',';
  first_ = false;
}

Writer& Writer::open(char bracket) {
  separate();
  *out_ += bracket;
  first_ = true;
  return *this;
}

Writer& Writer::close(char bracket) {
  *out_ += bracket;
  first_ = false;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  write_string(*out_, name);
  *out_ += ':';
  first_ = true;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  write_string(*out_, text);
  return *this;
}

Writer& Writer::string_of(std::initializer_list<std::string_view> pieces) {
  separate();
  *out_ += '"';
  for (const std::string_view piece : pieces) write_escaped(*out_, piece);
  *out_ += '"';
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  char text[24];
  return raw({text, std::to_chars(text, text + sizeof(text), value).ptr});
}

Writer& Writer::number(double value) {
  if (!std::isfinite(value)) return null();  // JSON has no word for them
  char text[40];
  return raw({text, std::to_chars(text, text + sizeof(text), value).ptr});
}

Writer& Writer::boolean(bool value) { return raw(value ? "true" : "false"); }
Writer& Writer::null() { return raw("null"); }

Writer& Writer::value(Value value) {
  separate();
  write(*out_, value);
  return *this;
}

Writer& Writer::raw(std::string_view json_text) {
  separate();
  *out_ += json_text;
  return *this;
}

}  // namespace dragoman::json
