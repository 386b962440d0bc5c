// Value and loose pieces to JSON text.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "json/value.h"

namespace dragoman::json {

// Appends the value: source bytes where it has them, else the shortest JSON text.
void write(std::string& out, Value value);
std::string dump(Value value);

// Without white space between tokens; scalars keep their source bytes. For text that goes inside a string
// (tool-call arguments) and for comparing.
void write_compact(std::string& out, Value value);
std::string dump_compact(Value value);

// Indented by two spaces, for people.
std::string dump_pretty(Value value);

// The value with its text written out, for those who send it often. Both in the arena but for what the value
// points to.
Value written_once(Value value, Arena& arena);

// `text` with its quotes. UTF-8 passes as it is; control characters, quote and backslash are escaped.
void write_string(std::string& out, std::string_view text);

// Writes a document piece by piece, commas and all, straight into a string. The caller keeps the order right:
// in an object each value has its key() first.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(&out) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  Writer& key(std::string_view name);

  Writer& string(std::string_view text);
  Writer& string_of(std::initializer_list<std::string_view> pieces);  // one string of several pieces
  Writer& integer(std::int64_t value);
  Writer& number(double value);
  Writer& boolean(bool value);
  Writer& null();
  Writer& value(Value value);               // source bytes where it has them
  Writer& raw(std::string_view json_text);  // already JSON

  // key + value in one call, the common case.
  Writer& field(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& field(std::string_view name, const char* text) { return key(name).string(text); }
  Writer& field(std::string_view name, const std::string& text) { return key(name).string(text); }
  Writer& field(std::string_view name, std::int64_t number) { return key(name).integer(number); }
  Writer& field(std::string_view name, int number) { return key(name).integer(number); }
  Writer& field(std::string_view name, bool truth) { return key(name).boolean(truth); }
  Writer& field(std::string_view name, Value v) { return key(name).value(v); }
  // Anything that knows how to write itself (canon::Words).
  template <class T>
    requires requires(const T& item, Writer& writer) { item.write(writer); }
  Writer& field(std::string_view name, const T& item) {
    item.write(key(name));
    return *this;
  }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  void separate();

  std::string* out_;
  bool first_ = true;
};

}  // namespace dragoman::json
