// vLLM's server: the VLLM section of the contracts. No key is needed. What depends on how the server was
// started is chosen by the model's name: "…-noautotools" has no tool-call parser, "…-alternate" a template
// that wants strict turns, "…-qwen" one that wants the system message first.
#include <fmt/format.h>

#include "json/parse.h"
#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

bool started_with(const Request& r, std::string_view word) {
  return r.model.find(word) != std::string_view::npos;
}

Verdict no_messages(const Request& r) {
  if (!r["messages"]) {
    return refuse("[{'type': 'missing', 'loc': ('body', 'messages'), 'msg': 'Field required', 'input': {}}]");
  }
  return r["messages"].items().empty() ? Verdict(refuse("list index out of range")) : std::nullopt;
}

Verdict auto_tools(const Request& r) {
  if (!started_with(r, "-noautotools") || r["tools"].items().empty()) return std::nullopt;
  const std::string_view choice = choice_word(r["tool_choice"]);
  if (!choice.empty() && choice != "auto") return std::nullopt;
  return refuse("\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set");
}

bool beyond_xgrammar(Value s) {
  for (const std::string_view k : {"multipleOf", "uniqueItems", "contains", "minContains", "maxContains"}) {
    if (s[k]) return true;
  }
  for (const json::Member& m : s["properties"].members()) {
    if (beyond_xgrammar(m.value)) return true;
  }
  for (const std::string_view k : {"anyOf", "oneOf", "allOf", "prefixItems"}) {
    if (std::ranges::any_of(s[k].items(), beyond_xgrammar)) return true;
  }
  return s["items"].is_object() && beyond_xgrammar(s["items"]);
}

Verdict grammar(const Request& r) {
  bool bad = beyond_xgrammar(r["response_format"]["json_schema"]["schema"]);
  if (forces_call(r["tool_choice"])) {
    for (const Value t : r["tools"].items()) bad = bad || beyond_xgrammar(t["function"]["parameters"]);
  }
  if (!bad) return std::nullopt;
  return refuse("The provided JSON schema contains features not supported by xgrammar.");
}

Verdict roles(const Request& r) {
  const auto all = r["messages"].items();
  if (started_with(r, "-qwen")) {
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (all[i]["role"].text() == "system") return refuse("System message must be at the beginning.");
    }
  }
  if (!started_with(r, "-alternate")) return std::nullopt;
  std::string_view expected = "user";
  for (std::size_t i = !all.empty() && all[0]["role"].text() == "system" ? 1 : 0; i < all.size(); ++i) {
    const std::string_view role = all[i]["role"].text();
    if (role != "user" && role != "assistant")
      return refuse("Only user, assistant and system roles are supported!");
    if (role != expected) {
      return refuse(
          "After the optional system message, conversation roles must alternate "
          "user/assistant/user/assistant/...");
    }
    expected = role == "user" ? "assistant" : "user";
  }
  return std::nullopt;
}

Verdict images(const Request& r) {
  int n = 0;
  for (const Value m : r["messages"].items()) n += count_parts(m["content"], "image_url");
  if (n > 0 && r.has(kNoVision)) return refuse(fmt::format("{} is not a multimodal model", r.model));
  if (n > 4) return refuse("At most 4 image(s) may be provided in one request.");
  return std::nullopt;
}

Verdict output_fits(const Request& r) {
  const auto wanted = r["max_completion_tokens"].integer().value_or(r["max_tokens"].integer().value_or(0));
  const std::int64_t window = context_window(r.model);
  const std::int64_t prompt = prompt_tokens(r.body);
  if (wanted == 0 || prompt > window || prompt + wanted <= window) return std::nullopt;
  return refuse(
      fmt::format("'max_tokens' or 'max_completion_tokens' is too large: {}. This model's maximum context "
                  "length is {} tokens and your request has {} input tokens ({} > {} - {}).",
                  wanted, window, prompt, wanted, window, prompt));
}

Verdict arguments(const Request& r) {
  for (const Value m : r["messages"].items()) {
    for (const Value c : m["tool_calls"].items()) {
      Arena arena;
      const auto v = json::parse(arena, c["function"]["arguments"].text());
      if (v && v->is_object()) continue;
      return refuse("Expecting value: line 1 column 1 (char 0)");
    }
  }
  return std::nullopt;
}

Verdict mistral_ids(const Request& r) {
  if (!started_with(r, "istral")) return std::nullopt;
  for (const Value m : r["messages"].items()) {
    for (const Value c : m["tool_calls"].items()) {
      const std::string_view id = c["id"].text();
      if (id.size() == 9 && is_name(id)) continue;
      return refuse(fmt::format("Tool call id was {} but must be a-z, A-Z, 0-9, with a length of 9.", id));
    }
  }
  return std::nullopt;
}

constexpr Rule kOwn[] = {
    {"VLLM-10", Grade::documented, no_messages}, {"VLLM-01", Grade::issue, auto_tools},
    {"VLLM-02", Grade::issue, grammar},          {"VLLM-05", Grade::issue, roles},  // and VLLM-06
    {"VLLM-08", Grade::issue, images},           {"VLLM-04", Grade::issue, output_fits},
    {"VLLM-13", Grade::issue, arguments},        {"VLLM-12", Grade::client_code, mistral_ids},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"meta-llama/Llama-3.3-70B-Instruct", kNoVision},
                         {"*llama*", kNoVision},
                         {"*VL*"},
                         {"Qwen/Qwen2.5-*", kNoVision},
                         {"Qwen/Qwen3-*", kNoVision},
                         {"openai/gpt-oss-*", kNoVision},
                         {"*"}};

std::string error_body(const Refusal& r) {
  std::string out;
  const std::string_view type = r.status == 404   ? "NotFoundError"
                                : r.status == 401 ? "Unauthorized"
                                : r.status >= 500 ? "InternalServerError"
                                : r.status == 429 ? "RateLimitError"
                                                  : "BadRequestError";
  json::Writer(out)
      .begin_object()
      .key("error")
      .begin_object()
      .field("message", r.message)
      .field("type", type)
      .key("param")
      .null()
      .field("code", r.status)
      .end_object()
      .end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bearer(call).starts_with("bad")) return std::nullopt;
  Refusal r;
  r.status = 401;
  r.body = R"({"error":"Unauthorized"})";
  return r;
}

Refusal unknown_model(std::string_view model) {
  return with_status(404, fmt::format("The model `{}` does not exist.", model));
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(
      fmt::format("This model's maximum context length is {} tokens. However, you requested {} tokens ({} in "
                  "the messages, 0 in the completion). Please reduce the length of the messages or "
                  "completion.",
                  window, tokens, tokens));
}

std::string call_id(std::string_view seed, std::string_view, int) {
  return stable_id("chatcmpl-tool-", seed, 0, 32);
}

}  // namespace

extern const Host kVllm;
const Host kVllm = {
    .prefix = "vllm",
    .bases = kV1,
    .models = kModels,
    .rules = kRules,
    .error_body = error_body,
    .authorize = authorize,
    .unknown_model = unknown_model,
    .overflow = overflow,
    .style = {.reasoning_key = "reasoning_content", .extended_usage = false, .call_id = call_id},
    .embeddings = true};

Emulator vllm_row() { return emulator<kVllm>(); }

// SGLang's server answers for the same rules in the same words.
extern const Host kSglang;
const Host kSglang = {
    .prefix = "sglang",
    .bases = kV1,
    .models = kModels,
    .rules = kRules,
    .error_body = error_body,
    .authorize = authorize,
    .unknown_model = unknown_model,
    .overflow = overflow,
    .style = {.reasoning_key = "reasoning_content", .extended_usage = false, .call_id = call_id},
    .embeddings = true};

Emulator sglang_row() { return emulator<kSglang>(); }

}  // namespace dragoman::sandbox::openai
