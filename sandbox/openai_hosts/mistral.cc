// api.mistral.ai: what its models' own validator says of the conversation and the tools, and how it answers.
// Texts are the contracts' MIS section.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"
#include "sandbox/openai_hosts/mistral_fields.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

Refusal order(std::string message) {
  return with_status(400, std::move(message), "3230", "invalid_request_message_order");
}

Verdict call_ids(const Request& r) {
  const auto wrong = [](std::string_view id) {
    return id.size() != 9 || !is_name(id) || id.find_first_of("_-") != std::string_view::npos;
  };
  for (const Value m : r["messages"].items()) {
    std::vector<std::string_view> ids;
    for (const Value c : m["tool_calls"].items()) ids.push_back(c["id"].text());
    if (m["role"].text() == "tool") ids.push_back(m["tool_call_id"].text());
    for (const std::string_view id : ids) {
      if (!wrong(id)) continue;
      return with_status(
          400, fmt::format("Tool call id was {} but must be a-z, A-Z, 0-9, with a length of 9.", id), "3280",
          "invalid_function_call");
    }
  }
  return std::nullopt;
}

Verdict counts(const Request& r) {
  if (!pair_fault(r["messages"])) return std::nullopt;
  return order("Not the same number of function calls and responses");
}

Verdict no_messages(const Request& r) {
  if (!r["messages"]) return mistral::no_messages(r);
  if (!r["messages"].items().empty()) return std::nullopt;
  return order("Conversation must have at least one message");
}

Verdict last_role(const Request& r) {
  const Value last = r["messages"].items().back();
  if (last["role"].text() == "system") {
    return order(
        "Expected last role User or Tool (or Assistant with prefix True) for serving but got system");
  }
  if (last["role"].text() != "assistant" || last["prefix"].boolean()) return std::nullopt;
  return order(
      "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant");
}

Verdict early_prefix(const Request& r) {
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i]["prefix"].boolean())
      return order("Only the last message of the conversation may have prefix True");
  }
  return std::nullopt;
}

Verdict function_names(const Request& r) {
  for (const Value t : r["tools"].items()) {
    const std::string_view name = t["function"]["name"].text();
    if (is_name(name)) continue;
    return with_status(
        400,
        fmt::format("Function name was {} but must be a-z, A-Z, 0-9, or contain underscores and dashes, "
                    "with a maximum length of 64.",
                    name),
        "3280", "invalid_function_call");
  }
  return std::nullopt;
}

// What the meta-schema of draft-07 says of the words tools get wrong.
std::string draft7_fault(Value s) {
  static constexpr std::string_view kTypes[] = {"array",  "boolean", "integer", "null",
                                                "number", "object",  "string"};
  if (!s.is_object()) return "";
  if (const Value required = s["required"]; required && !required.is_array())
    return "'required' is not of type 'array'";
  if (const Value type = s["type"];
      type.is_string() && std::ranges::find(kTypes, type.text()) == std::end(kTypes))
    return fmt::format("'{}' is not valid under any of the given schemas", type.text());
  for (const std::string_view k : {"exclusiveMinimum", "exclusiveMaximum"})
    if (const Value bound = s[k]; bound && !bound.is_number())
      return fmt::format("{} is not of type 'number'", json::dump(bound));
  if (const Value values = s["enum"]; values && (!values.is_array() || values.items().empty()))
    return fmt::format("{} is too short", json::dump(values));
  for (const std::string_view k : {"properties", "$defs", "definitions"})
    for (const json::Member& m : s[k].members())
      if (std::string f = draft7_fault(m.value); !f.empty()) return f;
  for (const std::string_view k : {"anyOf", "oneOf", "allOf", "items"})
    for (const Value sub : s[k].items())
      if (std::string f = draft7_fault(sub); !f.empty()) return f;
  for (const std::string_view k : {"items", "not", "additionalProperties"})
    if (std::string f = draft7_fault(s[k]); !f.empty()) return f;
  return "";
}

Verdict tool_schema(const Request& r) {
  for (const Value t : r["tools"].items())
    if (const std::string f = draft7_fault(t["function"]["parameters"]); !f.empty())
      return with_status(400, "Invalid tool schema: " + f, "3051", "invalid_tools");
  return std::nullopt;
}

Verdict empty_turns(const Request& r) {
  for (const Value m : r["messages"].items()) {
    if (m["role"].text() == "system" && is_blank_content(m["content"]))
      return order("System prompt must have content");
    if (m["role"].text() == "assistant" && is_blank_content(m["content"]) &&
        m["tool_calls"].items().empty()) {
      return order("Assistant message must have either content or tool_calls, but not both.");
    }
  }
  return std::nullopt;
}

Verdict duplicate_ids(const Request& r) {
  std::vector<std::string_view> seen;
  for (const Value m : r["messages"].items()) {
    for (const Value c : m["tool_calls"].items()) {
      const std::string_view id = c["id"].text();
      if (std::ranges::find(seen, id) != seen.end())
        return order(fmt::format("Duplicate tool call id {}", id));
      seen.push_back(id);
    }
  }
  return std::nullopt;
}

Verdict role_order(const Request& r) {
  const auto all = r["messages"].items();
  for (std::size_t i = 1; i < all.size(); ++i) {
    const std::string_view before = all[i - 1]["role"].text();
    const std::string_view now = all[i]["role"].text();
    if ((before == "tool" && now == "user") || (now == "system" && before != "system")) {
      return order(fmt::format("Unexpected role '{}' after role '{}'", now, before));
    }
  }
  return std::nullopt;
}

Verdict several_thoughts(const Request& r) {
  for (const Value m : r["messages"].items()) {
    if (count_parts(m["content"], "thinking") > 1)
      return order("Only one thinking chunk is allowed per message");
  }
  return std::nullopt;
}

Verdict greedy(const Request& r) {
  if (r["n"].integer().value_or(1) <= 1 || !r["temperature"].is_number() || r["temperature"].number() > 0)
    return {};
  return with_status(400, "best_of must be 1 when using greedy sampling", "3051",
                     "invalid_request_invalid_args");
}

constexpr Rule kOwn[] = {
    {"MIS-24", Grade::live, no_messages},
    {"MIS-01", Grade::issue, mistral::unknown_fields},  // and MIS-27
    {"MIS-02", Grade::documented, mistral::temperature},
    {"MIS-03", Grade::documented, mistral::tool_choice},
    {"MIS-04", Grade::documented, mistral::parameters},
    {"MIS-15", Grade::documented, mistral::too_many_tools},
    {"MIS-31", Grade::documented, mistral::effort},
    {"MIS-32", Grade::documented, mistral::schema_name},
    {"MIS-10", Grade::issue, call_ids},
    {"MIS-11", Grade::client_code, duplicate_ids},
    {"MIS-12", Grade::issue, counts},
    {"MIS-13", Grade::client_code, function_names},
    {"MIS-14", Grade::client_code, tool_schema},
    {"MIS-20", Grade::client_code, role_order},
    {"MIS-21", Grade::client_code, empty_turns},
    {"MIS-22", Grade::issue, last_role},
    {"MIS-23", Grade::documented, early_prefix},
    {"MIS-25", Grade::client_code, several_thoughts},
    {"MIS-33", Grade::anecdote, greedy},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {
    {"mistral-large-latest"},
    {"mistral-small-latest"},
    {"magistral-medium-latest", kReasonsAlways},
    {"magistral-*", kReasonsAlways},
    {"mistral-*"},
    {"ministral-*"},
    {"codestral-*"},
    {"devstral-*"},
    {"pixtral-*"},
    {"open-*"},
    {"voxtral-*"},
    {"labs-*"},
};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer w(out);
  w.begin_object()
      .field("object", "error")
      .field("message", r.message)
      .field("type", r.type)
      .key("param")
      .null();
  w.key("code");
  r.code.empty() ? w.null() : w.string(r.code);
  w.field("raw_status_code", r.status).end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  Refusal r;
  r.status = 401;
  r.body = R"({"detail":"Invalid API Key"})";
  return r;
}

Refusal unknown_model(std::string_view model) {
  return with_status(400, fmt::format("Invalid model: {}", model), "1500", "invalid_model");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return with_status(
      400,
      fmt::format(
          "Prompt contains {} tokens and 0 draft tokens, too large for model with {} maximum context length",
          tokens, window),
      "3051", "invalid_request_prompt");
}

Refusal failure(int status) {
  if (status != 429) return {};
  return with_status(429, "Service tier capacity exceeded for this model.", "3505",
                     "service_tier_capacity_exceeded");
}

HeaderList headers(const Call& call) {
  return {{"mistral-correlation-id", stable_id("", call.body_text, 3, 32)},
          {"x-ratelimit-limit-req-minute", "60"},
          {"x-ratelimit-remaining-req-minute", "59"},
          {"x-ratelimit-limit-tokens-minute", "500000"},
          {"x-ratelimit-remaining-tokens-minute", "499000"},
          {"x-ratelimit-tokens-query-cost", "100"}};
}

bool reasons(const Request& r) {
  return r.has(kReasonsAlways) || r["reasoning_effort"].text() == "high" ||
         r["prompt_mode"].text() == "reasoning";
}

std::string call_id(std::string_view seed, std::string_view, int) { return stable_id("", seed, 0, 9); }

}  // namespace

extern const Host kMistral;
const Host kMistral = {.prefix = "mistral",
                       .bases = kV1,
                       .models = kModels,
                       .rules = kRules,
                       .error_body = error_body,
                       .authorize = authorize,
                       .unknown_model = unknown_model,
                       .overflow = overflow,
                       .failure = failure,
                       .reasons = reasons,
                       .headers = headers,
                       .style = {.reasoning_key = "thinking",
                                 .usage_on_finish = true,
                                 .repeats_prefix = true,
                                 .usage_unasked = true,
                                 .calls_whole = true,
                                 .empty_content_with_calls = true,
                                 .thinking_parts = true,
                                 .extended_usage = false,
                                 .call_id = call_id},
                       .embeddings = true};

Emulator mistral_row() { return emulator<kMistral>(); }

}  // namespace dragoman::sandbox::openai
