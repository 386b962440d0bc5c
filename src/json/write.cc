#include "json/write.h"

#include <charconv>
#include <cmath>

namespace dragoman::json {
namespace {

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

namespace {

void write_escaped(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, start, i - start);
    start = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        out += "\\u00";
        out += kHex[c >> 4];
        out += kHex[c & 15];
    }
  }
  out.append(text, start);
}

}  // namespace

void write_string(std::string& out, std::string_view text) {
  // Most texts are short and need no escapes: room for them is made once.
  const std::size_t before = out.size(), after = before + text.size() + 2;
  out.resize_and_overwrite(after, [&](char* all, std::size_t) {
    all[before] = '"';
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (c < 0x20 || c == '"' || c == '\\') return before;
      all[before + 1 + i] = text[i];
    }
    all[after - 1] = '"';
    return after;
  });
  if (out.size() != before) return;
  out += '"';
  write_escaped(out, text);
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
