#include "dialect/reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace dragoman::dialect {

void Reader::fail(std::string_view pointer, std::string message) {
  if (!error_) error_ = Error{std::move(message), std::string(pointer)};
}

bool Reader::is(json::Value v, json::Kind kind, std::string_view pointer, bool required) {
  if (v.kind() == kind) return true;
  if (v.present())
    fail(pointer, fmt::format("expected {} {}, found {}",
                              kind == json::Kind::array || kind == json::Kind::object ? "an" : "a",
                              json::name(kind), json::name(v.kind())));
  else if (required)
    fail(pointer,
         fmt::format("required, expected {} {}",
                     kind == json::Kind::array || kind == json::Kind::object ? "an" : "a", json::name(kind)));
  return false;
}

bool Reader::is_string(json::Value v, std::string_view p, bool required) {
  return is(v, json::Kind::string, p, required);
}
bool Reader::is_bool(json::Value v, std::string_view p, bool required) {
  return is(v, json::Kind::boolean, p, required);
}
bool Reader::is_number(json::Value v, std::string_view p, bool required) {
  return is(v, json::Kind::number, p, required);
}
bool Reader::is_array(json::Value v, std::string_view p, bool required) {
  return is(v, json::Kind::array, p, required);
}
bool Reader::is_object(json::Value v, std::string_view p, bool required) {
  return is(v, json::Kind::object, p, required);
}

bool Reader::is_integer(json::Value v, std::string_view pointer, bool required) {
  if (!is(v, json::Kind::number, pointer, required)) return false;
  if (v.integer()) return true;
  fail(pointer, fmt::format("expected a whole number, found {}", v.number_text()));
  return false;
}

json::Value Reader::member(json::Value object, std::string_view base, std::string_view key, json::Kind kind,
                           bool required) {
  const json::Value v = object[key];
  if (v.kind() == kind) return v;
  if (required || v.present()) is(v, kind, at(base, key), required);
  return {};
}

json::Value Reader::schema(json::Value object, std::string_view base, std::string_view key, bool required) {
  const json::Value v = object[key];
  if (!v.is_bool()) return member(object, base, key, json::Kind::object, required);
  if (!v.boolean())
    fail(at(base, key),
         "no arguments satisfy the schema false; a tool without arguments has "
         "{\"type\":\"object\",\"properties\":{}}");
  return v;
}

std::string_view Reader::model(json::Value body) {
  const std::string_view name = text(body, "", "model", true);
  if (!failed() && name.empty()) fail("/model", "expected the name of a model, found an empty string");
  return name;
}

std::string_view Reader::word(json::Value object, std::string_view base, std::string_view key,
                              std::span<const std::string_view> words, bool required) {
  const std::string_view found = text(object, base, key, required);
  if (found.data() == nullptr) return {};
  for (const std::string_view word : words)
    if (word == found) return word;
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i)
    list += fmt::format("{}\"{}\"", i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
  fail(at(base, key), fmt::format("expected {}, found \"{}\"", list, found.substr(0, 80)));
  return {};
}

void Reader::unknown(json::Value object, std::string_view base, std::span<const std::string_view> known,
                     std::vector<canon::Extra>& out, std::string_view prefix) {
  for (const json::Member& m : object.members()) {
    if (std::find(known.begin(), known.end(), m.key) != known.end()) continue;
    std::string_view key = m.key;
    if (!prefix.empty()) key = arena_->copy(std::string_view(std::string(prefix).append(m.key)));
    out.push_back({key, m.value, at(base, m.key)});
  }
}

canon::CacheMarker Reader::cache_marker(json::Value owner, std::string_view base, std::string_view key) {
  const json::Value v = member(owner, base, key, json::Kind::object);
  if (!v) return {};
  return {true, text(v, at(base, key), "ttl")};
}

std::string_view Reader::at(std::string_view base, std::string_view key) {
  return arena_->copy(std::string_view(json::pointer_join(base, key)));
}

std::string_view Reader::at(std::string_view base, std::size_t index) {
  return arena_->copy(std::string_view(json::pointer_join(base, index)));
}

}  // namespace dragoman::dialect
