// api.deepseek.com: a Rust gateway (serde's words for bad shapes) before models that think by default.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"
#include "sandbox/output_cap.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kBases[] = {"", "/v1", "/beta"};

Refusal serde(const Request& r, std::size_t message, std::string_view what, Value where) {
  return refuse(
      fmt::format("Failed to deserialize the JSON body into the target type: messages[{}]: {} at line 1 "
                  "column {}",
                  message, what, column_of(r, where)),
      "", "invalid_request_error");
}

bool reasons(const Request& r) {
  if (const auto wanted = thinking_switch(r.body)) return *wanted;
  return r.has(kReasonsByDefault);
}

Verdict no_messages(const Request& r) {
  if (r["messages"].is_array() && !r["messages"].items().empty()) return std::nullopt;
  if (r["messages"].is_array()) return refuse("Empty input messages", "", "invalid_request_error");
  return refuse(
      "Failed to deserialize the JSON body into the target type: missing field `messages` at line 1 column " +
          std::to_string(r.call.body_text.size()),
      "", "invalid_request_error");
}

Verdict roles(const Request& r) {
  static constexpr std::string_view kRoles[] = {"system", "user", "assistant", "tool", "latest_reminder"};
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Value role = all[i]["role"];
    if (std::ranges::find(kRoles, role.text()) != std::end(kRoles)) continue;
    return serde(r, i,
                 fmt::format("unknown variant `{}`, expected one of `system`, `user`, `assistant`, `tool`, "
                             "`latest_reminder`",
                             role.text()),
                 role);
  }
  return std::nullopt;
}

Verdict parts(const Request& r) {
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Value content = all[i]["content"];
    for (const Value part : content.items()) {
      if (part["type"].text() == "text") continue;
      return serde(r, i, fmt::format("unknown variant `{}`, expected `text`", part["type"].text()),
                   part["type"]);
    }
    if (content.is_array() && all[i]["role"].text() != "user") {
      return serde(r, i, "invalid type: sequence, expected a string", content);
    }
  }
  return std::nullopt;
}

Verdict lost_reasoning(const Request& r, bool every_turn) {
  if (!r.reasoning) return std::nullopt;
  for (const Value m : r["messages"].items()) {
    if (m["role"].text() != "assistant" || m["reasoning_content"].is_string()) continue;
    if (!every_turn && m["tool_calls"].items().empty()) continue;
    return refuse("The `reasoning_content` in the thinking mode must be passed back to the API.", "",
                  "invalid_request_error");
  }
  return std::nullopt;
}
Verdict lost_reasoning_in_tools(const Request& r) { return lost_reasoning(r, false); }
Verdict lost_reasoning_anywhere(const Request& r) { return lost_reasoning(r, true); }

Verdict r1_reasoning(const Request& r) {
  if (r.model.find("-r1") == std::string_view::npos) return std::nullopt;
  for (const Value m : r["messages"].items()) {
    if (m["reasoning_content"].present()) {
      return refuse("The reasoning_content field is not allowed in the input messages", "",
                    "invalid_request_error");
    }
  }
  return std::nullopt;
}

Verdict forced_choice(const Request& r) {
  if (!r.reasoning || !forces_call(r["tool_choice"])) return std::nullopt;
  return refuse("Thinking mode does not support this tool_choice", "", "invalid_request_error");
}

Verdict json_schema(const Request& r) {
  if (r["response_format"]["type"].text() != "json_schema") return std::nullopt;
  return refuse("This response_format type is unavailable now", "", "invalid_request_error");
}

Verdict logprobs(const Request& r) {
  if (!r.reasoning || (!r["logprobs"].boolean() && !r["top_logprobs"].present())) return std::nullopt;
  return refuse("logprobs and top_logprobs are not supported in thinking mode", "", "invalid_request_error");
}

// The subset of the strict beta, DS-12.
std::string strict_subset_fault(Value s) {
  static constexpr std::string_view kNo[] = {"minLength", "maxLength", "minItems", "maxItems"};
  static constexpr std::string_view kFormats[] = {"email", "hostname", "ipv4", "ipv6", "uuid"};
  for (const std::string_view k : kNo) {
    if (s[k]) return fmt::format("unsupported keyword '{}'", k);
  }
  const Value format = s["format"];
  if (format.is_string() && std::ranges::find(kFormats, format.text()) == std::end(kFormats)) {
    return fmt::format("unsupported format '{}'", format.text());
  }
  if (!s["type"] && !s["anyOf"] && !s["$ref"] && !s["enum"]) return "missing field 'type'";
  for (const Value t : s["type"].items()) {
    if (t.text() == "object" || t.text() == "array") return "type lists must not hold 'object' or 'array'";
  }
  if (s["type"].text() == "object") {
    const Value more = s["additionalProperties"];
    if (!more.is_bool() || more.boolean()) return "'additionalProperties' must be false";
    for (const json::Member& m : s["properties"].members()) {
      if (!std::ranges::any_of(s["required"].items(), [&](Value v) { return v.text() == m.key; })) {
        return fmt::format("property '{}' must be required", m.key);
      }
    }
  }
  for (const json::Member& m : s["properties"].members()) {
    if (std::string f = strict_subset_fault(m.value); !f.empty()) return f;
  }
  for (const Value branch : s["anyOf"].items()) {
    if (branch["$ref"]) return "$ref is not allowed inside anyOf";
    if (std::string f = strict_subset_fault(branch); !f.empty()) return f;
  }
  return s["items"].is_object() ? strict_subset_fault(s["items"]) : "";
}

Verdict strict_tools(const Request& r) {
  if (!r.call.path.starts_with("/beta")) return std::nullopt;
  for (const Value t : r["tools"].items()) {
    if (!t["function"]["strict"].boolean()) continue;
    const std::string f = strict_subset_fault(t["function"]["parameters"]);
    if (f.empty()) continue;
    return refuse(fmt::format("Invalid schema for function '{}': {}", t["function"]["name"].text(), f), "",
                  "invalid_request_error");
  }
  return std::nullopt;
}

Verdict pairing(const Request& r) {
  const auto fault = pair_fault(r["messages"]);
  if (!fault) return std::nullopt;
  return refuse(
      fault->kind == PairFault::unanswered
          ? "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            "'tool_call_id'. (insufficient tool messages following tool_calls message)"
          : "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
      "", "invalid_request_error");
}

Verdict output_limit(const Request& r) {
  static constexpr OutputCap kCaps[] = {
      {"deepseek-chat", 8192}, {"deepseek-reasoner", 65536}, {"deepseek-v4*", 393216}};
  const auto most = output_cap(kCaps, r.model);
  const auto wanted = r["max_tokens"].integer();
  if (!most || !wanted || (*wanted >= 1 && *wanted <= *most)) return std::nullopt;
  return refuse(fmt::format("Invalid max_tokens value, the valid range of max_tokens is [1, {}]", *most), "",
                "invalid_request_error");
}

// At the beta address an assistant's turn may be gone on from.
Verdict last_turn(const Request& r) {
  const Value last = r["messages"].at(r["messages"].items().size() - 1);
  if (!r.model.contains("reasoner") || last["role"].text() != "assistant" || last["prefix"].boolean())
    return std::nullopt;
  return refuse(
      fmt::format(
          "The last message of {} must be a user message, or an assistant message with prefix mode on "
          "(refer to https://api-docs.deepseek.com/guides/chat_prefix_completion).",
          r.model),
      "", "invalid_request_error");
}

constexpr Rule kOwn[] = {
    {"DS-06", Grade::issue, no_messages},
    {"DS-07", Grade::issue, roles},
    {"DS-04", Grade::live, parts},
    {"DS-01", Grade::issue, lost_reasoning_in_tools},
    {"DS-02", Grade::documented, r1_reasoning},
    {"DS-01", Grade::client_code, lost_reasoning_anywhere},
    {"DS-03", Grade::live, forced_choice},
    {"DS-17", Grade::issue, last_turn},
    {"DS-07", Grade::issue, json_schema},
    {"DS-13", Grade::documented, logprobs},
    {"CAP-02", Grade::issue, output_limit},
    {"DS-12", Grade::documented, strict_tools},
    {"DS-05", Grade::anecdote, pairing},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"deepseek-v4-pro", kReasonsByDefault},
                         {"deepseek-v4-flash", kReasonsByDefault},
                         {"deepseek-v4*", kReasonsByDefault},
                         {"deepseek-reasoner", kReasonsByDefault},
                         {"deepseek-r1*"},
                         {"deepseek-chat*"},
                         {"deepseek-coder"}};

Verdict authorize(const Call& call) {
  const std::string_view key = common::bearer(call);
  if (!common::bad_key(key)) return std::nullopt;
  const std::string_view tail = key.size() > 4 ? key.substr(key.size() - 4) : key;
  return with_status(401, fmt::format("Authentication Fails, Your api key: ****{} is invalid", tail),
                     "invalid_request_error", "authentication_error");
}

Refusal unknown_model(std::string_view model) {
  return refuse(
      fmt::format("The supported API model names are deepseek-v4-pro or deepseek-v4-flash, but you passed "
                  "{}.",
                  model),
      "", "invalid_request_error");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(
      fmt::format("This model's maximum context length is {} tokens. However, you requested {} tokens ({} in "
                  "the messages, 0 in the completion). Please reduce the length of the messages or "
                  "completion.",
                  window, tokens, tokens),
      "", "invalid_request_error");
}

Refusal failure(int status) {
  if (status == 402)
    return with_status(402, "Insufficient Balance", "invalid_request_error", "unknown_error");
  if (status == 503) return with_status(503, "Server overloaded", "", "server_error");
  return {};
}

void usage_extra(json::Writer& w, std::int64_t prompt, std::int64_t cached) {
  w.field("prompt_cache_hit_tokens", cached).field("prompt_cache_miss_tokens", prompt - cached);
}

}  // namespace

extern const Host kDeepSeek;
const Host kDeepSeek = {.prefix = "deepseek",
                        .bases = kBases,
                        .models = kModels,
                        .rules = kRules,
                        .error_body = common::error_body,
                        .authorize = authorize,
                        .unknown_model = unknown_model,
                        .overflow = overflow,
                        .failure = failure,
                        .reasons = reasons,
                        .style = {.reasoning_key = "reasoning_content",
                                  .usage_on_finish = true,
                                  .empty_content_with_calls = true,
                                  .fingerprint = "fp_sandbox_ds",
                                  .comment = "keep-alive",
                                  .usage_extra = usage_extra}};

Emulator deepseek_row() { return emulator<kDeepSeek>(); }

}  // namespace dragoman::sandbox::openai
