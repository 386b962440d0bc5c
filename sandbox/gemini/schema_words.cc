#include "sandbox/gemini/schema_words.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/strings.h"

namespace dragoman::sandbox::gemini {
namespace {

struct Word {
  std::string_view ours, theirs;
};
constexpr std::array kWords = {
    Word{"any_of", "anyOf"},
    Word{"max_items", "maxItems"},
    Word{"min_items", "minItems"},
    Word{"min_properties", "minProperties"},
    Word{"max_properties", "maxProperties"},
    Word{"min_length", "minLength"},
    Word{"max_length", "maxLength"},
    Word{"additional_properties", "additionalProperties"},
    Word{"ref", "$ref"},
    Word{"defs", "$defs"},
};
constexpr std::array<std::string_view, 6> kCounts = {"maxItems",      "minItems",  "minProperties",
                                                     "maxProperties", "minLength", "maxLength"};

std::string_view json_word(std::string_view key) {
  const auto word = std::ranges::find(kWords, key, &Word::ours);
  return word == kWords.end() ? key : word->theirs;
}

}  // namespace

json::Value as_json_schema(Arena& arena, json::Value schema) {
  if (!schema.is_object()) return schema;
  const json::Builder make(arena);
  const auto all = [&](json::Value map) {
    std::vector<json::Member> members;
    for (const json::Member& m : map.members()) members.push_back({m.key, as_json_schema(arena, m.value)});
    return make.object(members);
  };
  std::vector<json::Member> members;
  for (const json::Member& member : schema.members()) {
    const std::string_view key = json_word(member.key);
    json::Value value = member.value;
    if (key == "type") {
      value = make.string_copy(lower_ascii(value.text()));
    } else if (key == "properties" || key == "$defs") {
      value = all(value);
    } else if (key == "items" || key == "additionalProperties") {
      value = as_json_schema(arena, value);
    } else if (key == "$ref" && value.text().starts_with("#/defs/")) {
      value = make.string_copy("#/$defs/" + std::string(value.text().substr(7)));
    } else if (key == "anyOf") {
      std::vector<json::Value> items;
      for (const json::Value& item : value.items()) items.push_back(as_json_schema(arena, item));
      value = make.array(items);
    } else if (value.is_string() && std::ranges::find(kCounts, key) != kCounts.end()) {
      value = make.number_text(value.text());
    }
    members.push_back({key, value});
  }
  return make.object(members);
}

}  // namespace dragoman::sandbox::gemini
