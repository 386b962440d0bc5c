// OpenAI's custom tools (free text), which Chat Completions and Responses spell differently:
//   Chat
//   {"type":"custom","custom":{"name","description","format":{"type":"grammar","grammar":{"syntax","definition"}}}}
//   Responses  {"type":"custom","name","description","format":{"type":"grammar","syntax","definition"}}
#pragma once
#include <string_view>

#include "json/value.h"

namespace dragoman::dialect {

struct CustomFormat {
  bool set = false;                               // the client said a format
  std::string_view type = {};                     // "text", "grammar"
  std::string_view syntax = {}, definition = {};  // of a grammar: "lark" or "regex", and its text
};

inline CustomFormat custom_format(json::Value tool) {
  const json::Value inner = tool["custom"].is_object() ? tool["custom"] : tool;
  const json::Value format = inner["format"];
  if (!format.is_object()) return {};
  const json::Value grammar = format["grammar"].is_object() ? format["grammar"] : format;
  return {true, format["type"].text(), grammar["syntax"].text(), grammar["definition"].text()};
}

}  // namespace dragoman::dialect
