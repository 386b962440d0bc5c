// COH-02 to COH-05, COH-09, COH-18: the turns.
#include <fmt/format.h>

#include <set>

#include "sandbox/cohere/check.h"

namespace dragoman::sandbox::cohere {
namespace {

using json::Value;

bool empty_content(Value content) {
  if (content.is_string()) return content.text().empty();
  for (const Value part : content.items()) {
    const std::string_view type = part["type"].text();
    if (type != "text" && type != "thinking") return false;
    if (!part["text"].text().empty() || !part["thinking"].text().empty()) return false;
  }
  return true;
}

// The content parts each role may have.
bool part_allowed(std::string_view role, std::string_view type) {
  if (type == "text") return true;
  if (role == "user") return type == "image_url";
  if (role == "assistant") return type == "thinking";
  return role == "tool" && type == "document";
}

Refused parts(Value message, std::size_t index) {
  const std::string_view role = message["role"].text();
  const Value content = message["content"];
  if (content.present() && !content.is_string() && !content.is_array())
    return refuse(fmt::format("invalid request: content of message {} must be a string or a list.", index));
  for (const Value part : content.items()) {
    const std::string_view type = part["type"].text();
    if (!part_allowed(role, type))
      return refuse(
          fmt::format("invalid request: content type '{}' is not allowed in a {} message.", type, role));
    const std::string_view holds = type == "image_url" ? "image_url" : type;
    if (!part[holds].present())
      return refuse(fmt::format("invalid request: content of type '{}' needs the field '{}'.", type, holds));
  }
  return std::nullopt;
}

Refused calls(Value message, std::set<std::string, std::less<>>& ids) {
  for (const Value call : message["tool_calls"].items()) {
    if (call["type"].text() != "function") return refuse("tool call must be of type function");
    const std::string_view id = call["id"].text();
    if (!ids.emplace(id).second) return refuse("cannot have duplicate tool ids");
    if (!call["function"]["arguments"].is_string())
      return refuse("invalid request: the arguments of a tool call must be a string.");
  }
  return std::nullopt;
}

}  // namespace

Refused check_turns(Value body, const Model& model) {
  const auto messages = body["messages"].items();
  if (messages.empty())
    return refuse(
        "invalid request: message must be at least 1 token long or tool results must be specified.");
  std::set<std::string, std::less<>> ids;
  int images = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Value m = messages[i];
    const std::string_view role = m["role"].text();
    if (role != "user" && role != "assistant" && role != "system" && role != "tool")
      return refuse(
          fmt::format("invalid request: Invalid role in messages at index {}. Role must be one of the "
                      "following: user, assistant, system, tool",
                      i));
    if (role == "system" && i > 0) return refuse("system turn must be the first in the list");  // COH-04
    if (Refused no = parts(m, i)) return no;
    const bool speaks =
        role == "assistant" && (!m["tool_calls"].items().empty() || !m["tool_plan"].text().empty());
    if (empty_content(m["content"]) && !speaks)  // COH-05
      return refuse(m["content"].present() ? "message must not be empty in a turn"
                                           : "invalid request: all elements in history must have a message.");
    if (role == "assistant") {
      if (Refused no = calls(m, ids)) return no;
    }
    if (role == "tool") {  // COH-03
      const std::string_view id = m["tool_call_id"].text();
      if (id.empty()) return refuse("tool call id must be provided with tool message");
      if (!ids.contains(id)) return refuse("tool call id not found in previous tool calls");
    }
    for (const Value part : m["content"].items()) images += part["type"].text() == "image_url";
  }
  if (images > 0 && !model.vision)  // COH-09
    return refuse(fmt::format("invalid request: image inputs are not supported by the provided model: {}.",
                              model.name));
  if (images > 20) return refuse("invalid request: at most 20 images may be sent in one request.");
  return std::nullopt;
}

}  // namespace dragoman::sandbox::cohere
