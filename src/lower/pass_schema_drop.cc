// Keywords a host refuses beyond what its column of data/schema_keywords.csv says: named by the user
// (unsupportedToolSchemaKeywords), empty `items` (Xiaomi MiMo), long maxLength (llama.cpp's grammars).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lower/context.h"

namespace dragoman::lower {
namespace {

// Where schemas stand inside a schema; everywhere else a member is a value, or a user's own name.
constexpr std::array<std::string_view, 6> kNamed = {"properties",  "patternProperties", "$defs",
                                                    "definitions", "dependentSchemas",  "dependencies"};
constexpr std::array<std::string_view, 17> kSchemas = {"items",
                                                       "prefixItems",
                                                       "additionalItems",
                                                       "contains",
                                                       "allOf",
                                                       "anyOf",
                                                       "oneOf",
                                                       "not",
                                                       "if",
                                                       "then",
                                                       "else",
                                                       "additionalProperties",
                                                       "propertyNames",
                                                       "unevaluatedItems",
                                                       "unevaluatedProperties",
                                                       "contentSchema",
                                                       "additionalProperties"};
// Without a say in what is valid.
constexpr std::array<std::string_view, 10> kNotes = {"$schema",     "$id",      "$comment", "title",
                                                     "description", "default",  "examples", "deprecated",
                                                     "readOnly",    "writeOnly"};

bool among(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

class Dropper {
 public:
  // What is named for tools, or for output schemas; the other two are for tools alone.
  Dropper(Context& c, Setting names)
      : c_(c),
        build_(c.arena),
        named_by_(names),
        names_(c.profile.list(names)),
        empty_items_(names != Setting::schema_drop || c.flag(Setting::empty_items)),
        longest_(names == Setting::schema_drop ? c.profile.integer(Setting::schema_length_max) : 0) {}

  bool idle() const { return names_.empty() && empty_items_ && longest_ == 0; }

  json::Value schema(json::Value value, const std::string& pointer) {
    if (value.is_array()) {  // allOf and its like
      std::vector<json::Value> items;
      bool changed = false;
      for (std::size_t i = 0; i < value.items().size(); ++i) {
        items.push_back(schema(value.items()[i], json::pointer_join(pointer, i)));
        changed = changed || items.back().node() != value.items()[i].node();
      }
      return changed ? build_.array(items) : value;
    }
    if (!value.is_object()) return value;
    std::vector<json::Member> members;
    bool changed = false;
    for (json::Member member : value.members()) {
      const std::string at = json::pointer_join(pointer, member.key);
      if (drops(member)) {
        const bool note = among(kNotes, member.key) || member.key == "items";
        c_.edit(cause_, "compat", written(at), member.key, show(member.value), "",
                note ? Loss::none : Loss::widened);
        changed = true;
        continue;
      }
      const json::Value before = member.value;
      if (among(kNamed, member.key) && before.is_object())
        member.value = named(before, at);
      else if (among(kSchemas, member.key))
        member.value = schema(before, at);
      changed = changed || member.value.node() != before.node();
      members.push_back(member);
    }
    return changed ? build_.object(members) : value;
  }

 private:
  json::Value named(json::Value map, const std::string& pointer) {
    std::vector<json::Member> members;
    bool changed = false;
    for (json::Member member : map.members()) {
      const json::Value before = member.value;
      member.value = schema(before, json::pointer_join(pointer, member.key));
      changed = changed || member.value.node() != before.node();
      members.push_back(member);
    }
    return changed ? build_.object(members) : map;
  }

  // The nearest place the client wrote: what is dropped may be of dragoman's making ("items": {}).
  std::string_view written(std::string_view pointer) const {
    while (!pointer.empty() && !json::resolve(c_.original.source, pointer))
      pointer = pointer.substr(0, pointer.rfind('/'));
    return pointer;
  }

  bool drops(const json::Member& member) {
    cause_ = named_by_;
    if (profile::list_contains(names_, member.key)) return true;
    cause_ = Setting::empty_items;
    if (!empty_items_ && member.key == "items" && member.value.is_object() && member.value.members().empty())
      return true;
    cause_ = Setting::schema_length_max;
    return longest_ > 0 && member.key == "maxLength" && member.value.number() > static_cast<double>(longest_);
  }

  Context& c_;
  json::Builder build_;
  Setting named_by_;
  const std::vector<std::string>& names_;
  bool empty_items_;
  std::int64_t longest_;
  Setting cause_ = Setting::schema_drop;
};

}  // namespace

void pass_schema_drop(Context& c) {
  canon::ResponseFormat& format = c.draft.response_format;
  if (Dropper output(c, Setting::output_schema_drop); !output.idle() && format.schema.present())
    format.schema = output.schema(format.schema, std::string(format.schema_pointer));
  Dropper dropper(c, Setting::schema_drop);
  if (dropper.idle()) return;
  for (canon::Tool& tool : c.draft.tools) {
    if (tool.kind != canon::ToolKind::function || !tool.schema.present()) continue;
    tool.schema = dropper.schema(
        tool.schema, std::string(tool.schema_pointer.empty() ? tool.pointer : tool.schema_pointer));
  }
}

}  // namespace dragoman::lower
