// Tools and the choice among them. Functions of a namespace become tools of their own (tool_namespace.h).
#include <fmt/format.h>

#include "dialect/openai_responses/wire.h"
#include "dialect/reader.h"
#include "dialect/tool_namespace.h"

namespace dragoman::dialect::openai_responses {
namespace {

using canon::ChoiceMode;
using json::Kind;
using json::Value;
using Words = std::span<const std::string_view>;

class ToolParser {
 public:
  ToolParser(Arena& arena, Reader& reader, canon::Request& out) : arena_(arena), r_(reader), out_(out) {}

  void tools(Value body) {
    if (const Value list = r_.member(body, "", "tools", Kind::array))
      for (std::size_t i = 0; i < list.items().size(); ++i) tool(list.at(i), r_.at("/tools", i), "");
  }
  void choice(Value body);

 private:
  void tool(Value v, std::string_view pointer, std::string_view space);
  void chosen(Value v, std::string_view pointer, std::vector<std::string_view>& names);
  std::string_view name_in(std::string_view space, std::string_view name) {
    return space.empty() ? name : arena_.copy(std::string_view(join_space(space, name)));
  }

  Arena& arena_;
  Reader& r_;
  canon::Request& out_;
};

void ToolParser::tool(Value v, std::string_view pointer, std::string_view space) {
  static constexpr std::array<std::string_view, 6> kKnown = {"type",       "name",   "description",
                                                             "parameters", "strict", "format"};
  if (!r_.is_object(v, pointer, true)) return;
  const std::string_view type = r_.text(v, pointer, "type", true);
  if (type == "namespace" && space.empty() && !v["tools"].items().empty()) {
    const std::string_view name = r_.text(v, pointer, "name", true);
    r_.text(v, pointer, "description");
    const std::string_view list = r_.at(pointer, "tools");
    for (std::size_t i = 0; i < v["tools"].items().size(); ++i) tool(v["tools"].at(i), r_.at(list, i), name);
    return;
  }
  canon::Tool& out = out_.tools.emplace_back();
  out.pointer = pointer;
  out.source = v;
  if (type == "function") {
    out.name = name_in(space, r_.text(v, pointer, "name", true));
    out.description = r_.text(v, pointer, "description");
    if (v["parameters"].present()) {
      out.schema_pointer = r_.at(pointer, "parameters");
      out.schema = r_.schema(v, pointer, "parameters");
    }
    if (const Value strict = r_.member(v, pointer, "strict", Kind::boolean)) out.strict = strict.boolean();
    r_.unknown(v, pointer, kKnown, out.extra);
  } else if (type == "custom") {
    out.kind = canon::ToolKind::custom;
    out.name = name_in(space, r_.text(v, pointer, "name", true));
    out.description = r_.text(v, pointer, "description");
    r_.unknown(v, pointer, kKnown, out.extra);
  } else {
    out.kind = canon::ToolKind::server;  // web_search, file_search, local_shell, mcp …
    out.name = name_in(space, type);
  }
}

// {"type":"function","name":…}, {"type":"custom","name":…}, OpenAI's own tools by their type, and all tools
// of a namespace by its name.
void ToolParser::chosen(Value v, std::string_view pointer, std::vector<std::string_view>& names) {
  if (!r_.is_object(v, pointer, true)) return;
  const std::string_view type = r_.text(v, pointer, "type", true);
  if (type == "namespace") {
    const std::string_view space = r_.text(v, pointer, "name", true);
    for (const canon::Tool& tool : out_.tools)
      if (split_space(tool.name).space == space && !space.empty()) names.push_back(tool.name);
    return;
  }
  if (type != "function" && type != "custom") return names.push_back(type);
  const std::string_view name = spaced_name(arena_, r_, v, pointer, true);
  const canon::Tool* inside = nullptr;  // the only one of this name in a namespace, where none stands outside
  for (const canon::Tool& tool : out_.tools) {
    if (tool.name == name) return names.push_back(name);
    if (split_space(tool.name).name != name) continue;
    if (inside) return names.push_back(name);
    inside = &tool;
  }
  names.push_back(inside ? inside->name : name);
}

void ToolParser::choice(Value body) {
  const Value v = body["tool_choice"];
  if (!v.present()) return;
  canon::ToolChoice& choice = out_.tool_choice;
  choice.pointer = "/tool_choice";
  if (v.is_string()) {
    static constexpr std::array<std::string_view, 3> kModes = {"none", "auto", "required"};
    const std::string_view word = r_.word(body, "", "tool_choice", Words(kModes));
    choice.mode = word == "none"       ? ChoiceMode::none
                  : word == "required" ? ChoiceMode::required
                                       : ChoiceMode::automatic;
  } else if (v.is_object() && v["type"].text() == "allowed_tools") {
    static constexpr std::array<std::string_view, 2> kModes = {"auto", "required"};
    choice.mode = r_.word(v, choice.pointer, "mode", Words(kModes), true) == "required"
                      ? ChoiceMode::required
                      : ChoiceMode::automatic;
    const Value list = r_.member(v, choice.pointer, "tools", Kind::array, true);
    for (std::size_t i = 0; i < list.items().size(); ++i)
      chosen(list.at(i), r_.at("/tool_choice/tools", i), choice.allowed);
  } else if (v.is_object()) {
    std::vector<std::string_view> names;
    chosen(v, choice.pointer, names);
    choice.mode = names.size() > 1 ? ChoiceMode::required : ChoiceMode::named;
    if (names.size() > 1)
      choice.allowed = std::move(names);
    else if (!names.empty())
      choice.tool = names.front();
  } else {
    r_.fail(choice.pointer, fmt::format("expected a string or an object, found {}", json::name(v.kind())));
  }
}

}  // namespace

std::string_view spaced_name(Arena& arena, Reader& reader, Value v, std::string_view pointer, bool required) {
  const std::string_view name = reader.text(v, pointer, "name", required);
  const std::string_view space = reader.text(v, pointer, "namespace");
  return space.empty() || name.empty() ? name : arena.copy(std::string_view(join_space(space, name)));
}

void parse_tools(Arena& arena, Reader& reader, Value body, canon::Request& out) {
  ToolParser parser(arena, reader, out);
  parser.tools(body);
  parser.choice(body);
}

}  // namespace dragoman::dialect::openai_responses
