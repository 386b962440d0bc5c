// api.perplexity.ai: the PPLX section of the contracts.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kBases[] = {"", "/v1"};

Refusal invalid(std::string message) {
  Refusal r = refuse(std::move(message));
  r.type = "invalid_message";
  return r;
}

Verdict order(const Request& r) {
  const auto all = r["messages"].items();
  if (all.empty()) return invalid("messages must not be empty");
  std::size_t i = 0;
  while (i < all.size() && all[i]["role"].text() == "system") ++i;
  std::string_view expected = "user";
  for (; i < all.size(); ++i) {
    if (all[i]["role"].text() != expected) {
      return invalid(
          "After the (optional) system message(s), user and assistant roles should be alternating.");
    }
    expected = expected == "user" ? "assistant" : "user";
  }
  if (all.back()["role"].text() != "user") return invalid("Last message must have role `user`.");
  return std::nullopt;
}

Verdict tools(const Request& r) {
  if (!r["tools"].present() && !r["tool_choice"].present()) return std::nullopt;
  return refuse("Tool calling is not supported for this model");
}

// PPLX-06: schemas that refer to themselves, and objects that say nothing of their members.
std::string open_schema(Value root, Value s, int depth) {
  if (depth > 32) return "Recursive JSON schema is not supported";
  if (const std::string_view ref = s["$ref"].text(); ref.starts_with('#'))
    return open_schema(root, json::resolve(root, ref.substr(1)), depth + 1);
  if (s["type"].text() == "object" && s["properties"].members().empty())
    return "Unconstrained objects are not supported in a JSON schema";
  for (const json::Member& m : s["properties"].members()) {
    if (std::string f = open_schema(root, m.value, depth + 1); !f.empty()) return f;
  }
  for (const Value b : s["anyOf"].items()) {
    if (std::string f = open_schema(root, b, depth + 1); !f.empty()) return f;
  }
  return s["items"].is_object() ? open_schema(root, s["items"], depth + 1) : "";
}

Verdict schema(const Request& r) {
  const Value format = r["response_format"];
  if (format["type"].text() != "json_schema") return std::nullopt;
  const Value root = format["json_schema"]["schema"];
  const std::string fault = open_schema(root, root, 0);
  return fault.empty() ? Verdict() : refuse(fault);
}

constexpr Rule kOwn[] = {
    {"PPLX-01", Grade::issue, order},  // and PPLX-02
    {"PPLX-03", Grade::client_code, tools},
    {"PPLX-06", Grade::documented, schema},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"sonar"}, {"sonar-*"}, {"r1-1776"}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("error").begin_object().field("message", r.message).field("type", r.type);
  w.field("code", r.status).end_object().end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "Invalid API key provided. Ensure your API key is correct and active.", "",
                     "invalid_api_key");
}

Refusal unknown_model(std::string_view model) {
  return with_status(400,
                     fmt::format("Invalid model '{}'. Permitted models can be found in the documentation at "
                                 "https://docs.perplexity.ai/guides/model-cards.",
                                 model),
                     "", "invalid_model");
}

Refusal overflow(std::int64_t, std::int64_t) {
  return with_status(400, "The total length of all messages is too long.", "", "too_many_prompt_tokens");
}

}  // namespace

extern const Host kPerplexity;
const Host kPerplexity = {.prefix = "perplexity",
                          .bases = kBases,
                          .models = kModels,
                          .rules = kRules,
                          .error_body = error_body,
                          .authorize = authorize,
                          .unknown_model = unknown_model,
                          .overflow = overflow,
                          .style = {.usage_on_finish = true, .usage_unasked = true, .extended_usage = false}};

Emulator perplexity_row() { return emulator<kPerplexity>(); }

}  // namespace dragoman::sandbox::openai
