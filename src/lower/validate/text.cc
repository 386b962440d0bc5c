#include "lower/validate/text.h"

#include <fmt/format.h>

#include "json/write.h"

namespace dragoman::validate {
namespace {

constexpr std::size_t kExcerpt = 80;
// Larger values are not written out only to be cut.
constexpr std::size_t kManyItems = 20;

std::string cut(std::string text) {
  if (text.size() <= kExcerpt) return text;
  std::size_t end = kExcerpt;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + "…";
}

}  // namespace

std::string excerpt(json::Value value) {
  if (value.is_string()) return quoted(value.text());
  if (value.is_object() && value.members().size() > kManyItems)
    return fmt::format("an object of {} members", value.members().size());
  if (value.is_array() && value.items().size() > kManyItems)
    return fmt::format("an array of {} items", value.items().size());
  return cut(json::dump_compact(value));
}

std::string quoted(std::string_view text) {
  std::string out;
  json::write_string(out, text.substr(0, 2 * kExcerpt));
  return cut(std::move(out));
}

std::string_view with_article(json::Value value) {
  switch (value.kind()) {
    case json::Kind::absent:
      return "absent";
    case json::Kind::null:
      return "null";
    case json::Kind::boolean:
      return "a boolean";
    case json::Kind::number:
      return "a number";
    case json::Kind::string:
      return "a string";
    case json::Kind::array:
      return "an array";
    case json::Kind::object:
      return "an object";
  }
  return "";
}

std::string types_phrase(std::uint64_t bits) {
  struct Phrase {
    std::uint64_t bits;
    std::string_view words;
  };
  static constexpr Phrase kPhrases[] = {
      {kTypeObject, "an object"},
      {kTypeArray, "an array"},
      {kTypeString, "a string"},
      {kTypeNumber, "a number"},
      {kTypeInteger | kTypeIntegerText, "an integer"},
      {kTypeBoolean, "a boolean"},
      {kTypeNull, "null"},
  };
  std::string out;
  for (const Phrase& phrase : kPhrases) {
    if ((bits & phrase.bits) == 0) continue;
    if (!out.empty()) out += " or ";
    out += phrase.words;
  }
  return out;
}

std::size_t code_points(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace dragoman::validate
