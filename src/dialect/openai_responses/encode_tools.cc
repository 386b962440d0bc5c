// Tools and the choice among them, in the words of Responses.
#include <algorithm>

#include "dialect/custom_tool.h"
#include "dialect/openai_responses/wire.h"
#include "dialect/reader.h"
#include "dialect/tool_namespace.h"
#include "json/path.h"

namespace dragoman::dialect::openai_responses {
namespace {

using canon::Tool;
using canon::ToolKind;
using json::Writer;

void write_custom(Writer& w, const Tool& tool) {
  w.begin_object().field("type", "custom").field("name", split_space(tool.name).name);
  if (!tool.description.empty()) w.field("description", tool.description);
  if (const CustomFormat format = custom_format(tool.source); format.set) {
    w.key("format").begin_object().field("type", format.type);
    if (format.type == "grammar") w.field("syntax", format.syntax).field("definition", format.definition);
    w.end_object();
  }
  write_extras(w, tool.extra);
  w.end_object();
}

void write_tool(Writer& w, const Tool& tool, bool own) {
  if (tool.kind == ToolKind::server) {
    w.value(tool.source);
    return;
  }
  if (tool.kind == ToolKind::custom) return write_custom(w, tool);
  w.begin_object().field("type", "function").field("name", split_space(tool.name).name);
  if (!tool.description.empty()) w.field("description", tool.description);
  w.key("parameters");
  if (tool.schema)
    w.value(tool.schema);
  else
    w.raw(R"({"type":"object","properties":{}})");
  // OAIR-02: left out it means true, and the schema would be rewritten behind everybody's back. Who speaks
  // this dialect and says nothing means just that, on this turn and on those that go out as they came.
  if (tool.strict || !own) w.field("strict", tool.strict.value_or(false));
  for (const canon::Extra& extra : tool.extra)
    if (!nested(extra, "function.")) w.field(extra.key, extra.value);
  w.end_object();
}

// A namespace as the client wrote it, up to its tools.
void open_space(Writer& w, std::string_view name, json::Value written) {
  w.begin_object().field("type", "namespace").field("name", name);
  if (!written["description"]) w.field("description", "");
  for (const json::Member& member : written.members())
    if (member.key != "type" && member.key != "name" && member.key != "tools")
      w.field(member.key, member.value);
  w.key("tools").begin_array();
}

void choice_of(Writer& w, const canon::Request& request, std::string_view name) {
  const auto tool = std::ranges::find(request.tools, name, &Tool::name);
  if (tool != request.tools.end() && tool->kind == ToolKind::server) {
    w.begin_object().field("type", split_space(name).name).end_object();
    return;
  }
  const bool custom = tool != request.tools.end() && tool->kind == ToolKind::custom;
  w.begin_object().field("type", custom ? "custom" : "function");
  w.field("name", split_space(name).name).end_object();
}

}  // namespace

void write_extras(Writer& w, const std::vector<canon::Extra>& extras) {
  for (const canon::Extra& extra : extras) w.field(extra.key, extra.value);
}

void write_name(Writer& w, std::string_view name) {
  const SpacedName parts = split_space(name);
  w.field("name", parts.name);
  if (!parts.space.empty()) w.field("namespace", parts.space);
}

void write_tools(Writer& w, const canon::Request& request) {
  const bool own = request.dialect == canon::DialectName::openai_responses;
  const auto writes = [&](const Tool& tool) { return tool.kind != ToolKind::server || own; };
  if (std::ranges::none_of(request.tools, writes)) return;
  w.key("tools").begin_array();
  std::string_view space, place;  // of the namespace that is open
  const auto close = [&] {
    if (!space.empty()) w.end_array().end_object();
  };
  for (const Tool& tool : request.tools) {
    if (!writes(tool)) continue;
    const std::string_view mine = split_space(tool.name).space;
    const std::string_view mine_place = mine.empty() ? std::string_view() : space_pointer(tool.pointer);
    if (mine != space || mine_place != place) {
      close();
      if (!mine.empty())
        open_space(w, mine, mine_place.empty() ? json::Value() : json::resolve(request.source, mine_place));
      space = mine;
      place = mine_place;
    }
    write_tool(w, tool, own);
  }
  close();
  w.end_array();
}

void write_tool_choice(Writer& w, const canon::Request& request) {
  const canon::ToolChoice& choice = request.tool_choice;
  if (choice.mode == canon::ChoiceMode::unset) return;
  w.key("tool_choice");
  if (!choice.allowed.empty()) {
    w.begin_object().field("type", "allowed_tools");
    w.field("mode", choice.mode == canon::ChoiceMode::required ? "required" : "auto");
    w.key("tools").begin_array();
    for (const std::string_view name : choice.allowed) choice_of(w, request, name);
    w.end_array().end_object();
  } else if (choice.mode == canon::ChoiceMode::named) {
    choice_of(w, request, choice.tool);
  } else {
    w.string(canon::name(choice.mode));
  }
}

}  // namespace dragoman::dialect::openai_responses
