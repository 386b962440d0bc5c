// openrouter.ai: the OR section of the contracts. Upstream refusals come wrapped, and sometimes inside a 200.
#include <fmt/format.h>

#include "sandbox/anthropic/signature.h"
#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kBases[] = {"/api/v1", "/v1"};

// OR-01: what an upstream provider said, as a string inside the metadata.
Refusal upstream(std::string_view provider, std::string_view raw) {
  Refusal r;
  json::Writer(r.body)
      .begin_object()
      .key("error")
      .begin_object()
      .field("message", "Provider returned error")
      .field("code", 400)
      .key("metadata")
      .begin_object()
      .field("raw", raw)
      .field("provider_name", provider)
      .field("is_byok", false)
      .end_object()
      .end_object()
      .field("user_id", "user_sandbox")
      .end_object();
  return r;
}

std::string_view provider_of(std::string_view model) {
  if (model.starts_with("openai/")) return "OpenAI";
  if (model.starts_with("anthropic/")) return "Anthropic";
  if (model.starts_with("google/")) return "Google";
  if (model.starts_with("deepseek/")) return "DeepSeek";
  return "Together";
}

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("Input required: specify \"prompt\" or \"messages\"");
}

Verdict no_tool_endpoint(const Request& r) {
  if (!r.has(kNoTools) || r["tools"].items().empty()) return std::nullopt;
  return with_status(404,
                     "No endpoints found that support tool use. To learn more about provider routing, visit: "
                     "https://openrouter.ai/docs/provider-routing");
}

Verdict pinned_provider(const Request& r) {
  for (const Value v : r["provider"]["only"].items()) {
    if (v.text() == "none")
      return with_status(404, "No allowed providers are available for the selected model.");
  }
  return std::nullopt;
}

Verdict mandatory_reasoning(const Request& r) {
  if (!r.has(kReasonsAlways)) return std::nullopt;
  if (r["reasoning"]["effort"].text() != "none" && r["reasoning_effort"].text() != "none")
    return std::nullopt;
  return refuse("Reasoning is mandatory for this endpoint and cannot be disabled.");
}

Verdict developer_role(const Request& r) {
  if (r.model.starts_with("openai/") || r.model.starts_with("anthropic/")) return std::nullopt;
  for (const Value m : r["messages"].items()) {
    if (m["role"].text() == "developer") {
      return upstream(provider_of(r.model), R"({"error":{"message":"Unexpected role 'developer'"}})");
    }
  }
  return std::nullopt;
}

Verdict upstream_call_ids(const Request& r) {
  for (const Value m : r["messages"].items()) {
    for (const Value c : m["tool_calls"].items()) {
      const std::size_t size = c["id"].text().size();
      if (size <= 64) continue;
      return upstream(
          provider_of(r.model),
          fmt::format(R"({{"error":{{"message":"Invalid 'input[1].call_id': string too long. Expected a )"
                      R"(string with maximum length 64, but got a string with length {} instead.",)"
                      R"("type":"invalid_request_error","param":"input[1].call_id",)"
                      R"("code":"string_above_max_length"}}}})",
                      size));
    }
  }
  return std::nullopt;
}

Verdict upstream_pairing(const Request& r) {
  const auto fault = pair_fault(r["messages"]);
  if (!fault) return std::nullopt;
  return upstream(provider_of(r.model),
                  fmt::format(R"({{"error":{{"message":"No tool output found for function call {}.",)"
                              R"("type":"invalid_request_error","param":"input","code":null}}}})",
                              fault->ids));
}

constexpr std::string_view kClaudeFormat = "anthropic-claude-v1";

// OR-10 and ANT-16: details of Claude come back as they were, or Claude's host refuses their signature.
Verdict upstream_signature(const Request& r) {
  if (!r.model.starts_with("anthropic/")) return std::nullopt;
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const Value detail : all[i]["reasoning_details"].items()) {
      if (detail["type"].text() != "reasoning.text" || !detail["signature"].present()) continue;
      const bool good =
          detail["format"].text() == kClaudeFormat &&
          anthropic::verify_thinking("sonnet", detail["text"].text(), detail["signature"].text()) ==
              anthropic::SignatureFault::none;
      if (good) continue;
      return upstream("Anthropic",
                      fmt::format(R"({{"type":"error","error":{{"type":"invalid_request_error","message":)"
                                  R"("messages.{}.content.0: Invalid `signature` in `thinking` block"}}}})",
                                  i));
    }
  }
  return std::nullopt;
}

constexpr Rule kOwn[] = {
    {"OR-01", Grade::live, no_messages},           {"OR-09", Grade::issue, no_tool_endpoint},
    {"OR-09", Grade::issue, pinned_provider},      {"OR-10", Grade::live, mandatory_reasoning},
    {"OR-11", Grade::client_code, developer_role}, {"OR-12", Grade::issue, upstream_call_ids},
    {"OR-12", Grade::issue, upstream_pairing},     {"OR-10", Grade::live, upstream_signature},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"openai/gpt-4o-mini"},
                         {"anthropic/claude-sonnet-4.5"},
                         {"google/gemma-2*", kNoTools},
                         {"openai/o*", kReasonsAlways},
                         {"openai/gpt-5*", kReasonsAlways},
                         {"deepseek/deepseek-r1", kReasonsAlways | kNoTools},
                         {"deepseek/deepseek-r1-distill-*", kReasonsAlways | kNoTools},
                         {"deepseek/deepseek-r1*", kReasonsAlways},
                         {"*/*"}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer(out)
      .begin_object()
      .key("error")
      .begin_object()
      .field("message", r.message)
      .field("code", r.status)
      .end_object()
      .field("user_id", "user_sandbox")
      .end_object();
  return out;
}

Verdict authorize(const Call& call) {
  const std::string_view key = common::bearer(call);
  if (!common::bad_key(key)) return std::nullopt;
  Refusal r = with_status(401, key.empty() ? "No cookie auth credentials found" : "User not found.");
  return r;
}

Refusal unknown_model(std::string_view model) {
  return refuse(fmt::format("{} is not a valid model ID", model));
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(fmt::format(
      "This endpoint's maximum context length is {} tokens. However, you requested about {} tokens "
      "({} of text input). Please reduce the length of either one, or use the "
      "context-compression plugin to compress your prompt automatically.",
      window, tokens, tokens));
}

Refusal failure(int status) {
  if (status == 402) {
    return with_status(402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits");
  }
  if (status == 429) {
    Refusal r = with_status(429, "Rate limit exceeded: free-models-per-min.");
    r.headers = {{"retry-after", "1"}};
    return r;
  }
  if (status == 502 || status == 503) {
    Refusal r = upstream("DeepSeek", "upstream is overloaded");
    r.status = status;
    return r;
  }
  return {};
}

Refusal policy() {
  Refusal r;
  r.status = 403;
  r.body =
      R"({"error":{"message":"Input was flagged by moderation","code":403,"metadata":{"reasons":["violence"],)"
      R"("flagged_input":"[policy]","provider_name":"OpenAI","model_slug":"openai/gpt-4o-mini"}},)"
      R"("user_id":"user_sandbox"})";
  return r;
}

bool reasons(const Request& r) {
  const Value reasoning = r["reasoning"];
  if (reasoning["exclude"].boolean()) return false;
  return r.has(kReasonsAlways) || reasoning["enabled"].boolean() || reasoning["effort"].is_string() ||
         reasoning["max_tokens"].present() || r["reasoning_effort"].is_string();
}

// Claude's thinking comes with its signature; of the others the text alone.
void thought_state(json::Writer& w, const Request& r, std::string_view all, std::string_view text,
                   bool last) {
  if (!r.model.starts_with("anthropic/")) return;
  w.key("reasoning_details").begin_array().begin_object().field("type", "reasoning.text");
  if (!text.empty()) w.field("text", text);
  if (last) w.field("signature", anthropic::sign_thinking("sonnet", all, r.call.body_text));
  w.field("format", kClaudeFormat).field("index", 0).end_object().end_array();
}

void extra(json::Writer& w, const Request& r, bool, bool) { w.field("provider", provider_of(r.model)); }

}  // namespace

extern const Host kOpenRouter;
const Host kOpenRouter = {.prefix = "openrouter",
                          .bases = kBases,
                          .models = kModels,
                          .rules = kRules,
                          .error_body = error_body,
                          .authorize = authorize,
                          .unknown_model = unknown_model,
                          .overflow = overflow,
                          .failure = failure,
                          .policy = policy,
                          .reasons = reasons,
                          .style = {.reasoning_key = "reasoning",
                                    .usage_unasked = true,
                                    .empty_content_with_calls = true,
                                    .comment = "OPENROUTER PROCESSING",
                                    .extra = extra,
                                    .thought_state = thought_state},
                          .embeddings = true};

Emulator openrouter_row() { return emulator<kOpenRouter>(); }

}  // namespace dragoman::sandbox::openai
