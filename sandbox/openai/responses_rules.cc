// Everything of a Responses request but its input: parameters, tools, formats, and which models take them.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "sandbox/openai/efforts.h"
#include "sandbox/openai/parameter.h"
#include "sandbox/openai/responses.h"
#include "sandbox/openai/rules.h"
#include "sandbox/openai/view.h"
#include "sandbox/openai/wording.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

// CreateResponse.
constexpr Parameter kParameters[] = {
    {"model", Want::string},
    {"input"},
    {"background", Want::boolean},
    {"client_metadata", Want::object},
    {"context_management", Want::array},
    {"conversation"},
    {"include", Want::array},
    {"instructions", Want::string},
    {"max_output_tokens", Want::integer, 16, 10'000'000},
    {"max_tool_calls", Want::integer},
    {"metadata", Want::object},
    {"moderation", Want::object},
    {"parallel_tool_calls", Want::boolean},
    {"previous_response_id", Want::string},
    {"prompt", Want::object},
    {"prompt_cache_key", Want::string},
    {"prompt_cache_options", Want::object},
    {"prompt_cache_retention", Want::string},
    {"reasoning", Want::object},
    {"safety_identifier", Want::string},
    {"service_tier", Want::string},
    {"store", Want::boolean},
    {"stream", Want::boolean},
    {"stream_options", Want::object},
    {"temperature", Want::decimal, 0, 2},
    {"text", Want::object},
    {"tool_choice"},
    {"tools", Want::array},
    {"top_logprobs", Want::integer, 0, 20},
    {"top_p", Want::decimal, 0, 1},
    {"truncation", Want::string},
    {"user", Want::string},
};

Verdict parameters(const Request& r) {
  for (const json::Member& m : r.body.members()) {
    const Parameter* p = find_parameter(kParameters, m.key);
    if (p == nullptr) return unknown(std::string(m.key));
    if (m.value.is_null()) continue;
    if (!fits(p->want, m.value)) return wrong_type(std::string(m.key), phrase(p->want), m.value);
    if (p->least == p->most || (m.value.number() >= p->least && m.value.number() <= p->most)) continue;
    const bool above = m.value.number() > p->most;
    const bool whole = p->want == Want::integer;
    return refuse(  // OAIR-01
        fmt::format("Invalid '{}': {} {} value. Expected a value {} {}, but got {} instead.", m.key,
                    whole ? "integer" : "decimal", above ? "above maximum" : "below minimum",
                    above ? "<=" : ">=", above ? p->most : p->least, m.value.number()),
        std::string(m.key),
        fmt::format("{}_{}_value", whole ? "integer" : "decimal", above ? "above_max" : "below_min"));
  }
  for (const std::string_view name : {"prompt_cache_key", "safety_identifier"})
    if (const std::size_t size = r[name].text().size(); size > 64)
      return too_long(std::string(name), 64, size);
  return std::nullopt;
}

Verdict state(const Request& r) {
  if (r["previous_response_id"].present() && r["conversation"].present())
    return refuse(
        "Mutually exclusive parameters: 'previous_response_id'. Ensure you are only providing one of: "
        "'previous_response_id' or 'conversation'.",
        "previous_response_id", "mutually_exclusive_parameters");
  if (const Value id = r["previous_response_id"]; id.present())  // OAIR-14: nothing is kept here
    return refuse(fmt::format("Previous response with id '{}' not found.", id.text()), "previous_response_id",
                  "previous_response_not_found");
  return std::nullopt;
}

Verdict include(const Request& r) {
  static constexpr std::string_view kWords[] = {"file_search_call.results",
                                                "web_search_call.results",
                                                "web_search_call.action.sources",
                                                "message.input_image.image_url",
                                                "computer_call_output.output.image_url",
                                                "code_interpreter_call.outputs",
                                                "reasoning.encrypted_content",
                                                "message.output_text.logprobs"};
  const bool thinks = (r.traits & (kReasonsAlways | kReasonsByDefault | kReasonsOptIn)) != 0;
  for (const Value word : r["include"].items()) {
    if (std::ranges::find(kWords, word.text()) == std::end(kWords))
      return bad_value(word.text(), kWords, "include[0]");
    if (word.text() == "reasoning.encrypted_content" && !thinks)
      return refuse("Encrypted content is not supported with this model.", "include");
  }
  return std::nullopt;
}

// OAIR-19: OAI-42 … OAI-49 under this endpoint's names.
Verdict model_limits(const Request& r) {
  if (r.reasoning) {
    for (const std::string_view name : {"temperature", "top_p"})
      if (r[name].present() && r[name].number() != 1) return unsupported(std::string(name));
    if (r["top_logprobs"].integer().value_or(0) > 0) return unsupported("top_logprobs");
  }
  const Value effort = r["reasoning"]["effort"];
  if (!effort.present()) return std::nullopt;
  if (r.has(kNoEffort)) return unsupported("reasoning.effort");
  if (!r.has(kReasonsAlways) && !r.has(kReasonsByDefault) && !r.has(kReasonsOptIn)) return std::nullopt;
  const auto words = efforts_of(r, true);
  if (std::ranges::find(words, effort.text()) != words.end()) return std::nullopt;
  return refuse(
      fmt::format("Unsupported value: '{}' is not supported with the '{}' model. Supported values are: "
                  "{}.",
                  effort.text(), r.model, quoted_list(words)),
      "reasoning.effort", "unsupported_value");
}

Verdict reasoning_words(const Request& r) {
  static constexpr std::string_view kSummaries[] = {"auto", "concise", "detailed"};
  static constexpr std::string_view kKnown[] = {"effort", "summary", "generate_summary", "context", "mode"};
  for (const json::Member& m : r["reasoning"].members())
    if (std::ranges::find(kKnown, m.key) == std::end(kKnown))
      return unknown("reasoning." + std::string(m.key));
  const Value summary = r["reasoning"]["summary"];
  if (summary.present() && std::ranges::find(kSummaries, summary.text()) == std::end(kSummaries))
    return bad_value(summary.text(), kSummaries, "reasoning.summary");
  if (summary.present() && r.has(kNoEffort)) return unsupported("reasoning.summary");
  return std::nullopt;
}

Verdict name_fault(Value name, const std::string& param) {
  return name.present() ? bad_name(name.text(), param, 128) : missing(param);  // OAIR-03
}

Verdict function_fault(const Request& r, Value tool, const std::string& at) {
  if (auto fault = name_fault(tool["name"], at + ".name")) return fault;
  if (!tool["parameters"]) return missing(at + ".parameters");  // OAIR-02
  static constexpr std::string_view kKnown[] = {"type",          "name",           "description",
                                                "parameters",    "strict",         "output_schema",
                                                "defer_loading", "allowed_callers"};
  for (const json::Member& m : tool.members())
    if (std::ranges::find(kKnown, m.key) == std::end(kKnown)) return unknown(at + "." + std::string(m.key));
  const Value schema = tool["parameters"];
  if (schema.is_null()) return std::nullopt;
  // Left out, `strict` makes the service rewrite the schema; only an explicit true is held against it.
  const std::string fault = tool["strict"].boolean() ? strict_fault(schema, strict_words(r.has(kFineTuned)))
                                                     : tool_schema_fault(schema);
  if (fault.empty()) return std::nullopt;
  return refuse(fmt::format("Invalid schema for function '{}': {}", tool["name"].text(), fault),
                at + ".parameters", "invalid_function_parameters");
}

Verdict tools(const Request& r) {
  const auto list = r["tools"].items();
  if (list.size() > 128)
    return refuse(
        fmt::format("Invalid 'tools': array too long. Expected an array with maximum length 128, but "
                    "got an array with length {} instead.",
                    list.size()),
        "tools", "array_above_max_length");
  static constexpr std::string_view kTypes[] = {
      "function",           "custom",           "file_search", "computer_use_preview",
      "computer",           "web_search",       "mcp",         "local_shell",
      "web_search_preview", "code_interpreter", "shell",       "image_generation",
      "apply_patch",        "namespace",        "tool_search"};
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string at = fmt::format("tools[{}]", i);
    const Value tool = list[i];
    if (!tool["type"].present()) return missing(at + ".type");
    const std::string_view type = tool["type"].text();
    if (std::ranges::find(kTypes, type) == std::end(kTypes)) return bad_value(type, kTypes, at + ".type");
    if (r.has(kNoTools)) return unsupported("tools");
    if (type == "function")
      if (auto fault = function_fault(r, tool, at)) return fault;
    if (type == "custom") {
      if (auto fault = name_fault(tool["name"], at + ".name")) return fault;
      if (tool["custom"].present()) return unknown(at + ".custom");
      const Value format = tool["format"];
      static constexpr std::string_view kFormats[] = {"text", "grammar"};
      if (format.present() && std::ranges::find(kFormats, format["type"].text()) == std::end(kFormats))
        return bad_value(format["type"].text(), kFormats, at + ".format.type");
      if (format["type"].text() == "grammar")
        for (const std::string key : {"syntax", "definition"})
          if (!format[key].is_string()) return missing(at + ".format." + key);
    }
    if (type == "namespace")
      for (std::size_t j = 0; j < tool["tools"].items().size(); ++j)
        if (auto fault = function_fault(r, tool["tools"].at(j), fmt::format("{}.tools[{}]", at, j)))
          return fault;
  }
  return std::nullopt;
}

bool has_tool(const Request& r, std::string_view name) {
  return std::ranges::any_of(r["tools"].items(), [&](Value tool) {
    return tool["name"].text() == name || tool["type"].text() == name;
  });
}

Verdict tool_choice(const Request& r) {
  const Value choice = r["tool_choice"];
  if (!choice.present()) return std::nullopt;
  static constexpr std::string_view kWords[] = {"none", "auto", "required"};
  if (choice.is_string()) {
    if (std::ranges::find(kWords, choice.text()) == std::end(kWords))
      return bad_value(choice.text(), kWords, "tool_choice");
    if (choice.text() == "required" && r["tools"].items().empty())
      return refuse("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice");
    return std::nullopt;
  }
  const std::string_view type = choice["type"].text();
  if (type.empty()) return missing("tool_choice.type");
  if (type == "allowed_tools") {
    if (!choice["mode"].present()) return missing("tool_choice.mode");
    if (!choice["tools"].is_array()) return missing("tool_choice.tools");
    return std::nullopt;
  }
  if (type != "function" && type != "custom") return std::nullopt;
  if (!choice["name"].is_string()) return missing("tool_choice.name");
  if (has_tool(r, choice["name"].text())) return std::nullopt;
  return refuse(fmt::format("Tool choice '{}' not found in 'tools' parameter.", choice["name"].text()),
                "tool_choice");
}

bool says_json(Value v) {
  if (v.is_string()) return lower_ascii(v.text()).find("json") != std::string::npos;
  for (const Value item : v.items())
    if (says_json(item)) return true;
  for (const json::Member& m : v.members())
    if ((m.key == "text" || m.key == "content" || m.key == "output") && says_json(m.value)) return true;
  return false;
}

Verdict format(const Request& r) {
  const Value text = r["text"];
  for (const json::Member& m : text.members())
    if (m.key != "format" && m.key != "verbosity") return unknown("text." + std::string(m.key));
  static constexpr std::string_view kVerbosity[] = {"low", "medium", "high"};
  if (text["verbosity"].present() &&
      std::ranges::find(kVerbosity, text["verbosity"].text()) == std::end(kVerbosity))
    return bad_value(text["verbosity"].text(), kVerbosity, "text.verbosity");
  const Value f = text["format"];
  if (!f.present()) return std::nullopt;
  static constexpr std::string_view kTypes[] = {"text", "json_object", "json_schema"};
  const std::string_view type = f["type"].text();
  if (std::ranges::find(kTypes, type) == std::end(kTypes)) return bad_value(type, kTypes, "text.format.type");
  if (type == "json_object" && !says_json(r["input"]))
    return refuse(
        "Response input messages must contain the word 'json' in some form to use 'text.format' of "
        "type 'json_object'.",
        "input");
  if (type != "json_schema") return std::nullopt;
  if (!f["name"].present()) return missing("text.format.name");
  if (!f["schema"].present()) return missing("text.format.schema");
  if (!is_name(f["name"].text())) return bad_pattern("text.format.name");
  if (!f["strict"].boolean()) return std::nullopt;
  const std::string fault = strict_fault(f["schema"], strict_words(r.has(kFineTuned)));
  if (fault.empty()) return std::nullopt;
  return refuse(fmt::format("Invalid schema for response_format '{}': {}", f["name"].text(), fault),
                "text.format.schema", "invalid_json_schema");
}

}  // namespace

Verdict responses_fault(const Request& r) {
  for (const auto check :
       {parameters, closed_words, state, include, reasoning_words, model_limits, tools, tool_choice, format})
    if (auto fault = check(r)) return fault;
  return input_fault(r);
}

}  // namespace dragoman::sandbox::openai
