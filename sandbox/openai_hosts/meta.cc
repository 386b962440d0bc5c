// api.meta.ai: MISC-04 of the contracts, its OpenAI surface.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse(
      "The request contains invalid parameters. Check the request body for any errors or inconsistencies.");
}

Verdict tool_choice(const Request& r) {
  const Value choice = r["tool_choice"];
  if (!choice.present() || choice.text() == "auto") return std::nullopt;
  return refuse("only `\"auto\"` is supported for `tool_choice`", "tool_choice");
}

Verdict schemas(const Request& r) {
  for (const Value t : r["tools"].items()) {
    const Value schema = t["function"]["parameters"];
    if (!schema.present() || schema["type"].text() == "object") continue;
    return refuse("Invalid JSON schema: the root must be an object", "parameters");
  }
  return std::nullopt;
}

// An output cap above the quota is a refusal that waiting does not cure.
Verdict output_quota(const Request& r) {
  const auto wanted = r["max_completion_tokens"].integer().value_or(r["max_tokens"].integer().value_or(0));
  if (wanted <= 1000000) return std::nullopt;
  Refusal no = with_status(
      429,
      "Output token rate limit exceeded. Try lowering max_completion_tokens to reduce reserved capacity.", "",
      "rate_limit_error");
  no.headers = {{"retry-after", "60"}};
  return no;
}

constexpr Rule kOwn[] = {
    {"MISC-04", Grade::live, no_messages},
    {"MISC-04", Grade::live, tool_choice},
    {"MISC-04", Grade::live, schemas},
    {"MISC-04", Grade::live, output_quota},
};
const RuleSet kRules[] = {kOwn};
const Model kModels[] = {{"muse"}, {"muse-*"}, {"llama-*"}, {"Llama-*"}};

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "Unauthorized", "invalid_api_key");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404,
                     fmt::format("The model `{}` does not exist or you do not have access to it.", model),
                     "model_not_found");
}

Refusal overflow(std::int64_t, std::int64_t) {
  return refuse(
      "The request contains invalid parameters. Check the request body for any errors or inconsistencies.");
}

}  // namespace

extern const Host kMeta;
const Host kMeta = {.prefix = "meta",
                    .bases = kV1,
                    .models = kModels,
                    .rules = kRules,
                    .error_body = common::error_body,
                    .authorize = authorize,
                    .unknown_model = unknown_model,
                    .overflow = overflow,
                    .style = {.extended_usage = false}};

Emulator meta_row() { return emulator<kMeta>(); }

}  // namespace dragoman::sandbox::openai
