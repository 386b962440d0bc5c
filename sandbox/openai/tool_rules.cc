// Tools and tool_choice as OpenAI's Chat Completions takes them. Schemas are schema_rules.cc's.
#include <fmt/format.h>

#include <algorithm>

#include "sandbox/openai/rules.h"
#include "sandbox/openai/view.h"
#include "sandbox/openai/wording.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

Verdict shape(const Request& r) {
  const auto tools = r["tools"].items();
  for (std::size_t i = 0; i < tools.size(); ++i) {
    const std::string at = fmt::format("tools[{}]", i);
    for (const std::string& path :
         {std::string(".type"), std::string(".function"), std::string(".function.name")}) {
      if (tools[i]["type"].text() == "custom") break;
      const Value v = path == ".type"       ? tools[i]["type"]
                      : path == ".function" ? tools[i]["function"]
                                            : tools[i]["function"]["name"];
      if (v.present()) continue;
      return missing(at + path);
    }
  }
  return std::nullopt;
}

Verdict names(const Request& r) {
  const auto tools = r["tools"].items();
  for (std::size_t i = 0; i < tools.size(); ++i) {
    if (!tools[i]["function"]) continue;
    if (Verdict v = bad_name(tools[i]["function"]["name"].text(), fmt::format("tools[{}].function.name", i)))
      return v;
  }
  const auto messages = r["messages"].items();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto calls = messages[i]["tool_calls"].items();
    for (std::size_t j = 0; j < calls.size(); ++j) {
      if (!calls[j]["function"]) continue;
      Verdict v = bad_name(calls[j]["function"]["name"].text(),
                           fmt::format("messages[{}].tool_calls[{}].function.name", i, j));
      if (v) return v;
    }
  }
  return std::nullopt;
}

Verdict too_many(const Request& r) {
  for (const std::string_view key : {"tools", "functions"}) {
    const std::size_t n = r[key].items().size();
    if (n <= 128) continue;
    return refuse(
        fmt::format("Invalid '{}': array too long. Expected an array with maximum length 128, but got an "
                    "array with length {} instead.",
                    key, n),
        std::string(key), "array_above_max_length");
  }
  return std::nullopt;
}

Verdict empty_tools(const Request& r) {
  if (!r["tools"].is_array() || !r["tools"].items().empty()) return std::nullopt;
  return refuse("[] is too short - 'tools'");
}

Verdict choice_without_tools(const Request& r) {
  if (!r["tool_choice"].present() || r["tools"].present()) return std::nullopt;
  return refuse("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
                "tool_choice");
}

Verdict parallel(const Request& r) {
  if (!r["parallel_tool_calls"].present()) return std::nullopt;
  if (r.has(kNoParallel)) return unsupported("parallel_tool_calls");
  if (r["tools"].present()) return std::nullopt;
  return refuse(
      "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are "
      "specified.",
      "parallel_tool_calls");
}

Verdict choice_value(const Request& r) {
  static constexpr std::string_view kWords[] = {"none", "auto", "required"};
  const Value choice = r["tool_choice"];
  if (!choice.is_string() || std::ranges::find(kWords, choice.text()) != std::end(kWords))
    return std::nullopt;
  return bad_value(choice.text(), kWords, "tool_choice");
}

Verdict choice_shape(const Request& r) {
  const Value choice = r["tool_choice"];
  if (!choice.is_object() || choice["type"].text() != "function" || choice["function"]["name"].is_string()) {
    return std::nullopt;
  }
  return missing("tool_choice.function.name");
}

Verdict choice_of_unknown(const Request& r) {
  const Value choice = r["tool_choice"];
  if (choice["type"].text() != "function") return std::nullopt;
  for (const Value t : r["tools"].items()) {
    if (t["function"]["name"].text() == choice_name(choice)) return std::nullopt;
  }
  return refuse(
      fmt::format("Invalid value for 'tool_choice': '{}' not found in 'tools'.", choice_name(choice)),
      "tool_choice");
}

Verdict tools_on_old_reasoners(const Request& r) {
  if (!r.has(kNoTools) || !r["tools"].present()) return std::nullopt;
  return unsupported("tools");
}

constexpr Rule kRules[] = {
    {"OAI-12", Grade::issue, choice_without_tools}, {"OAI-13", Grade::issue, parallel},
    {"OAI-14", Grade::issue, empty_tools},          {"OAI-11", Grade::issue, too_many},
    {"OAI-10", Grade::documented, shape},           {"OAI-10", Grade::issue, names},
    {"OAI-15", Grade::documented, choice_value},    {"OAI-15", Grade::documented, choice_shape},
    {"OAI-15", Grade::anecdote, choice_of_unknown}, {"OAI-48", Grade::client_code, tools_on_old_reasoners},
};

}  // namespace

const RuleSet kToolRules = kRules;

}  // namespace dragoman::sandbox::openai
