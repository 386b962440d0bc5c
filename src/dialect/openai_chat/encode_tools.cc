#include "dialect/custom_tool.h"
#include "dialect/extras.h"
#include "dialect/openai_chat/wire.h"
#include "dialect/reader.h"

namespace dragoman::dialect::openai_chat {

using json::Writer;

void write_cache(Writer& w, const canon::CacheMarker& cache) {
  if (!cache.set) return;
  w.key("cache_control").begin_object().field("type", "ephemeral");
  if (!cache.ttl.empty()) w.field("ttl", cache.ttl);
  w.end_object();
}

namespace {

// A free-text tool that a Responses client defined.
void write_custom_tool(Writer& w, const canon::Tool& tool) {
  w.begin_object().field("type", "custom").key("custom").begin_object().field("name", tool.name);
  if (!tool.description.empty()) w.field("description", tool.description);
  if (const CustomFormat format = custom_format(tool.source); format.set) {
    w.key("format").begin_object().field("type", format.type);
    if (format.type == "grammar")
      w.key("grammar")
          .begin_object()
          .field("syntax", format.syntax)
          .field("definition", format.definition)
          .end_object();
    w.end_object();
  }
  w.end_object().end_object();
}

void write_choice_of(Writer& w, const canon::Request& request, std::string_view name) {
  std::string_view type = "function";
  for (const canon::Tool& tool : request.tools)
    if (tool.name == name && tool.kind == canon::ToolKind::custom) type = "custom";
  w.begin_object().field("type", type).key(type).begin_object().field("name", name).end_object().end_object();
}

}  // namespace

void write_tools(Writer& w, const canon::Request& request) {
  // Another dialect's own tools have been taken out by lowering, which has told the client.
  const bool own = request.dialect == canon::DialectName::openai_chat;
  const auto writes = [&](const canon::Tool& tool) { return own || tool.kind != canon::ToolKind::server; };
  if (std::none_of(request.tools.begin(), request.tools.end(), writes)) return;
  w.key("tools").begin_array();
  for (const canon::Tool& tool : request.tools) {
    if (!writes(tool)) continue;
    if (tool.kind != canon::ToolKind::function) {
      const json::Value custom = tool.source["custom"];
      if (!own) {
        write_custom_tool(w, tool);
        continue;
      }
      if (tool.kind == canon::ToolKind::server || custom["name"].text() == tool.name) {
        w.value(tool.source);
        continue;
      }
      w.begin_object().field("type", "custom").key("custom").begin_object();
      for (const json::Member& m : custom.members()) {
        if (m.key == "name")
          w.field("name", tool.name);
        else
          w.field(m.key, m.value);
      }
      w.end_object().end_object();
      continue;
    }
    w.begin_object().field("type", "function").key("function").begin_object().field("name", tool.name);
    if (!tool.description.empty()) w.field("description", tool.description);
    if (tool.schema) w.field("parameters", tool.schema);
    if (tool.strict) w.field("strict", *tool.strict);
    static constexpr std::string_view kInner = "function.";
    for (const canon::Extra& extra : tool.extra)
      if (nested(extra, kInner)) w.field(extra.key.substr(kInner.size()), extra.value);
    w.end_object();
    write_cache(w, tool.cache);
    for (const canon::Extra& extra : tool.extra)
      if (!nested(extra, kInner)) w.field(extra.key, extra.value);
    w.end_object();
  }
  w.end_array();
}

void write_tool_choice(Writer& w, const canon::Request& request) {
  const canon::ToolChoice& choice = request.tool_choice;
  if (choice.mode == canon::ChoiceMode::unset) return;
  w.key("tool_choice");
  if (!choice.allowed.empty()) {
    w.begin_object().field("type", "allowed_tools").key("allowed_tools").begin_object();
    w.field("mode", choice.mode == canon::ChoiceMode::required ? "required" : "auto")
        .key("tools")
        .begin_array();
    for (const std::string_view name : choice.allowed) write_choice_of(w, request, name);
    w.end_array().end_object().end_object();
  } else if (choice.mode == canon::ChoiceMode::named) {
    write_choice_of(w, request, choice.tool);
  } else {
    w.string(canon::name(choice.mode));
  }
}

void write_response_format(Writer& w, const canon::ResponseFormat& format) {
  switch (format.kind) {
    case canon::FormatKind::unset:
      return;
    case canon::FormatKind::text:
      w.key("response_format").begin_object().field("type", "text").end_object();
      return;
    case canon::FormatKind::json_object:
      w.key("response_format").begin_object().field("type", "json_object").end_object();
      return;
    case canon::FormatKind::json_schema:
      break;
  }
  w.key("response_format").begin_object().field("type", "json_schema").key("json_schema").begin_object();
  w.field("name", format.name.empty() ? "response" : format.name);  // OAI-51: the name is required
  if (!format.description.empty()) w.field("description", format.description);
  if (format.schema) w.field("schema", format.schema);
  if (format.strict) w.field("strict", *format.strict);
  w.end_object().end_object();
}

}  // namespace dragoman::dialect::openai_chat
