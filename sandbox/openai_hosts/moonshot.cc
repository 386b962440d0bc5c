// api.moonshot.ai: the KIMI section of the contracts.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"
#include "sandbox/openai_hosts/mfjs.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

bool reasons(const Request& r) {
  if (r.has(kReasonsAlways)) return true;
  return thinking_switch(r.body).value_or(r.has(kReasonsByDefault));
}

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("Invalid request: messages must not be empty");
}

Verdict lost_reasoning(const Request& r) {
  if (!r.reasoning) return std::nullopt;
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i]["tool_calls"].items().empty() || all[i]["reasoning_content"].is_string()) continue;
    return refuse(
        fmt::format("thinking is enabled but reasoning_content is missing in assistant tool call message at "
                    "index {}",
                    i));
  }
  return std::nullopt;
}

Verdict forced_choice(const Request& r) {
  if (!r.reasoning || choice_word(r["tool_choice"]) != "required") return std::nullopt;
  return refuse("tool_choice 'required' is incompatible with thinking enabled");
}

Verdict thinking_field(const Request& r) {
  if (!r.has(kNoThinkingSwitch) || !r["thinking"].present()) return std::nullopt;
  return refuse("Invalid request: thinking is not supported by this model, use reasoning_effort");
}

Verdict cannot_stop_thinking(const Request& r) {
  if (!r.has(kReasonsAlways) || thinking_switch(r.body).value_or(true)) return std::nullopt;
  return refuse("Invalid request: thinking cannot be disabled for this model");
}

Verdict sampling(const Request& r) {
  if (!r.has(kFixedSampling)) return std::nullopt;
  const std::string_view only = r.reasoning ? "1" : "0.6";
  const Value t = r["temperature"];
  if (t.is_number() && t.number() != (r.reasoning ? 1 : 0.6)) {
    return refuse(fmt::format("invalid temperature: only {} is allowed for this model", only));
  }
  const Value p = r["top_p"];
  if (p.is_number() && p.number() != 0.95)
    return refuse("invalid top_p: only 0.95 is allowed for this model");
  for (const std::string_view name : {"presence_penalty", "frequency_penalty"}) {
    if (r[name].is_number() && r[name].number() != 0) {
      return refuse(fmt::format("invalid {}: only 0 is allowed for this model", name));
    }
  }
  return std::nullopt;
}

Verdict stop(const Request& r) {
  const std::size_t n = r["stop"].items().size();
  if (n <= 5) return std::nullopt;
  return refuse(
      fmt::format("Invalid request: stop array too long. Expected an array with maximum length 5, but got an "
                  "array with length {} instead",
                  n));
}

Verdict image_urls(const Request& r) {
  for (const Value m : r["messages"].items()) {
    for (const Value part : m["content"].items()) {
      const Value image = part["image_url"];
      const std::string_view url = image.is_string() ? image.text() : image["url"].text();
      if (part["type"].text() != "image_url" || url.starts_with("data:") || url.starts_with("ms://"))
        continue;
      return refuse(fmt::format("unsupported image url: {}", url));
    }
  }
  return std::nullopt;
}

Verdict empty_turn(const Request& r) {
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string_view role = all[i]["role"].text();
    if (role != "assistant" && role != "user" && role != "system") continue;
    if (!all[i]["tool_calls"].items().empty() || !is_blank_content(all[i]["content"])) continue;
    return refuse(
        fmt::format("Invalid request: message at position {} with role '{}' must not be empty", i, role));
  }
  return std::nullopt;
}

Verdict total_size(const Request& r) {
  std::size_t size = 0;
  for (const Value m : r["messages"].items()) size += content_text(m["content"]).size();
  if (size <= 2097152) return std::nullopt;
  return refuse(fmt::format("total message size {} exceeds limit 2097152", size));
}

Verdict function_names(const Request& r) {
  std::vector<std::string_view> seen;
  for (const Value t : r["tools"].items()) {
    const std::string_view name = t["function"]["name"].text();
    const bool letter =
        !name.empty() && ((name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z'));
    if (!letter || !is_name(name)) {
      return refuse(
          "Invalid request: function name is invalid, must start with a letter and can contain letters, "
          "numbers, underscores, and dashes");
    }
    if (std::ranges::find(seen, name) != seen.end()) {
      return refuse(fmt::format("function name {} is duplicated", name));
    }
    seen.push_back(name);
  }
  return std::nullopt;
}

Verdict schemas(const Request& r, MfjsLevel level) {
  for (const Value t : r["tools"].items()) {
    const Value schema = t["function"]["parameters"];
    if (!schema) continue;
    const std::string f = mfjs_fault(schema, level);
    if (f.empty()) continue;
    return refuse(
        fmt::format("Invalid request: tools.function.parameters is not a valid moonshot flavored json "
                    "schema, details: <{}>",
                    f));
  }
  return std::nullopt;
}
Verdict tool_schemas(const Request& r) { return schemas(r, MfjsLevel::tools); }
Verdict full_schemas(const Request& r) { return schemas(r, MfjsLevel::full); }

constexpr Rule kOwn[] = {
    {"KIMI-12", Grade::issue, no_messages},
    {"KIMI-03", Grade::client_code, thinking_field},
    {"KIMI-04", Grade::client_code, cannot_stop_thinking},
    {"KIMI-10", Grade::issue, sampling},
    {"KIMI-16", Grade::live, stop},
    {"KIMI-11", Grade::documented, image_urls},
    {"KIMI-12", Grade::issue, empty_turn},
    {"KIMI-13", Grade::documented, total_size},
    {"KIMI-14", Grade::documented, function_names},  // and KIMI-15
    {"KIMI-20", Grade::issue, tool_schemas},         // KIMI-20 … KIMI-25
    {"KIMI-26", Grade::client_code, full_schemas},  // documented, but the service is seen to be more tolerant
    {"KIMI-02", Grade::issue, forced_choice},
    {"KIMI-01", Grade::issue, lost_reasoning},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {
    {"kimi-k2.5", kReasonsByDefault | kFixedSampling},
    {"kimi-k2-0905-preview"},
    {"kimi-k2-thinking*", kReasonsAlways},
    {"kimi-k2.7*", kReasonsAlways | kFixedSampling},
    {"kimi-k2.*", kReasonsByDefault | kFixedSampling},
    {"kimi-k3*", kReasonsByDefault | kFixedSampling | kNoThinkingSwitch},
    {"kimi-*"},
    {"moonshot-*"},
};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer(out)
      .begin_object()
      .key("error")
      .begin_object()
      .field("message", r.message)
      .field("type", r.type)
      .end_object()
      .end_object();
  return out;
}

Verdict authorize(const Call& call) {
  const std::string_view key = common::bearer(call);
  if (!common::bad_key(key)) return std::nullopt;
  return with_status(401, "Invalid Authentication", "",
                     key.empty() ? "invalid_authentication_error" : "incorrect_api_key_error");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404, fmt::format("Not found the model {} or Permission denied", model), "",
                     "resource_not_found_error");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(fmt::format("Invalid request: Your request exceeded model token limit: {} (requested: {})",
                            window, tokens));
}

Refusal failure(int status) {
  if (status == 429) {
    return with_status(429, "The engine is currently overloaded, please try again later", "",
                       "engine_overloaded_error");
  }
  if (status == 402) {
    return with_status(429, "Your account is suspended, please check your plan and billing details", "",
                       "exceeded_current_quota_error");
  }
  return {};
}

Refusal policy() {
  return with_status(400, "The request was rejected because it was considered high risk", "",
                     "content_filter");
}

std::string call_id(std::string_view, std::string_view name, int index) {
  return fmt::format("functions.{}:{}", name, index);
}

void usage_extra(json::Writer& w, std::int64_t, std::int64_t cached) { w.field("cached_tokens", cached); }

}  // namespace

extern const Host kMoonshot;
const Host kMoonshot = {.prefix = "moonshot",
                        .bases = kV1,
                        .models = kModels,
                        .rules = kRules,
                        .error_body = error_body,
                        .authorize = authorize,
                        .unknown_model = unknown_model,
                        .overflow = overflow,
                        .failure = failure,
                        .policy = policy,
                        .reasons = reasons,
                        .style = {.reasoning_key = "reasoning_content",
                                  .usage_on_finish = true,
                                  .empty_content_with_calls = true,
                                  .extended_usage = false,
                                  .call_id = call_id,
                                  .usage_extra = usage_extra}};

Emulator moonshot_row() { return emulator<kMoonshot>(); }

}  // namespace dragoman::sandbox::openai
