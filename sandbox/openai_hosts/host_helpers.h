// What the rows of the OpenAI-compatible hosts have in common.
#pragma once
#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "sandbox/openai/engine.h"
#include "sandbox/openai/rows.h"
#include "sandbox/openai/rules.h"
#include "sandbox/openai/view.h"

namespace dragoman::sandbox::openai {

inline constexpr std::string_view kV1[] = {"/v1"};

inline Refusal with_status(int status, std::string message, std::string code = {}, std::string type = {}) {
  Refusal r;
  r.status = status;
  r.message = std::move(message);
  r.code = std::move(code);
  if (!type.empty()) r.type = std::move(type);
  return r;
}

// The first member that is not in the list; "" if there is none.
inline std::string_view unknown_key(json::Value object, std::span<const std::string_view> allowed) {
  for (const json::Member& m : object.members()) {
    if (std::ranges::find(allowed, m.key) == allowed.end()) return m.key;
  }
  return "";
}

// tool_choice makes a call sure: "required", "any" or a named function.
inline bool forces_call(json::Value tool_choice) {
  const std::string_view word = choice_word(tool_choice);
  return word == "required" || word == "any" || word == "named";
}

// The host's `thinking` switch: {"type":"enabled"} or {"type":"disabled"}; nothing when it is not there.
inline std::optional<bool> thinking_switch(json::Value body) {
  const json::Value type = body["thinking"]["type"];
  if (!type.is_string()) return std::nullopt;
  return type.text() != "disabled";
}

// Where `part` ends in the body, counted as serde_json does (line 1, column in bytes); 0 if it is not known.
inline std::size_t column_of(const Request& r, json::Value part) {
  const std::string_view root = r.body.raw();
  const std::string_view raw = part.raw();
  if (root.empty() || raw.empty() || raw.data() < root.data() || raw.data() > root.data() + root.size())
    return 0;
  return static_cast<std::size_t>(raw.data() - root.data()) + raw.size();
}

}  // namespace dragoman::sandbox::openai
