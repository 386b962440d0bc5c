#include "dialect/reader.h"

#include <fmt/format.h>

namespace dragoman::dialect {

void Reader::fail(std::string_view pointer, std::string message) {
  if (!error_) error_ = Error{std::move(message), std::string(pointer)};
}

bool Reader::is(json::Value v, json::Kind kind, std::string_view pointer, bool required) {
  if (v.kind() == kind) return true;
  if (v.present())
    fail(pointer, fmt::format("expected {} {}, found {}", kind == json::Kind::array || kind == json::Kind::object ? "an" : "a",
                              json::name(kind), json::name(v.kind())));
  else if (required)
    fail(pointer, fmt::format("required, expected {} {}",
                              kind == json::Kind::array || kind == json::Kind::object ? "an" : "a", json::name(kind)));
  return false;
}

bool Reader::is_string(json::Value v, std::string_view p, bool required) { return is(v, json::Kind::string, p, required); }
bool Reader::is_bool(json::Value v, std::string_view p, bool required) { return is(v, json::Kind::boolean, p, required); }
bool Reader::is_number(json::Value v, std::string_view p, bool required) { return is(v, json::Kind::number, p, required); }
bool Reader::is_array(json::Value v, std::string_view p, bool required) { return is(v, json::Kind::array, p, required); }
bool Reader::is_object(json::Value v, std::string_view p, bool required) { return is(v, json::Kind::object, p, required); }

bool Reader::is_integer(json::Value v, std::string_view pointer, bool required) {
  if (!is(v, json::Kind::number, pointer, required)) return false;
  if (v.integer()) return true;
  fail(pointer, fmt::format("expected a whole number, found {}", v.number_text()));
  return false;
}

std::string_view Reader::at(std::string_view base, std::string_view key) {
  return arena_->copy(std::string_view(json::pointer_join(base, key)));
}

std::string_view Reader::at(std::string_view base, std::size_t index) {
  return arena_->copy(std::string_view(json::pointer_join(base, index)));
}

}  // namespace dragoman::dialect
