// Ollama's /v1: the OLL section of the contracts. No key is needed.
#include <fmt/format.h>

#include "json/parse.h"
#include "sandbox/openai_hosts/host_helpers.h"
#include "sandbox/openai_hosts/ollama_embed.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("[] is too short - 'messages'");
}

Verdict contents(const Request& r) {
  for (const Value m : r["messages"].items()) {
    const Value content = m["content"];
    if (content.present() && !content.is_string() && !content.is_array()) {
      return refuse(fmt::format("invalid message content type: {}", json::name(content.kind())));
    }
    if (!content.present() && m["tool_calls"].items().empty())
      return refuse("invalid message content type: <nil>");
    for (const Value part : content.items()) {
      const std::string_view type = part["type"].text();
      if (type != "text" && type != "image_url") return refuse("invalid message format");
      if (type != "image_url") continue;
      const Value image = part["image_url"];
      const std::string_view url = image.is_string() ? image.text() : image["url"].text();
      if (!url.starts_with("data:")) {
        return refuse("image URLs are not currently supported, please use base64 encoded data instead");
      }
      if (data_url(url)->bad) return refuse("invalid image input");
    }
    for (const Value c : m["tool_calls"].items()) {
      Arena arena;
      const auto arguments = json::parse(arena, c["function"]["arguments"].text());
      if (!arguments || !arguments->is_object()) return refuse("invalid tool call arguments");
    }
  }
  return std::nullopt;
}

Verdict tools(const Request& r) {
  if (!r.has(kNoTools) || r["tools"].items().empty()) return std::nullopt;
  return refuse(fmt::format("registry.ollama.ai/library/{} does not support tools", r.model));
}

Verdict thinking(const Request& r) {
  static constexpr std::string_view kWords[] = {"high", "medium", "low", "max", "none"};
  const Value effort = r["reasoning_effort"].present() ? r["reasoning_effort"] : r["reasoning"]["effort"];
  if (!effort.present()) return std::nullopt;
  if (std::ranges::find(kWords, effort.text()) == std::end(kWords)) {
    return refuse(
        fmt::format("invalid reasoning value: '{}' (must be \"high\", \"medium\", \"low\", \"max\", or "
                    "\"none\")",
                    effort.text()));
  }
  if (effort.text() == "none" || r.has(kReasonsByDefault)) return std::nullopt;
  return refuse(fmt::format("\"{}\" does not support thinking", r.model));
}

Verdict schema(const Request& r) {
  const Value format = r["response_format"];
  if (format["type"].text() != "json_schema" || format["json_schema"]["schema"].is_object())
    return std::nullopt;
  return refuse(
      fmt::format("invalid format: {}; expected \"json\" or a valid JSON Schema object",
                  format["json_schema"]["schema"] ? json::dump(format["json_schema"]["schema"]) : "\"\""));
}

constexpr Rule kOwn[] = {
    {"OLL-01", Grade::documented, no_messages},
    {"OLL-07", Grade::documented, contents},  // and OLL-05, OLL-06
    {"OLL-03", Grade::documented, tools},
    {"OLL-04", Grade::documented, thinking},
    {"OLL-08", Grade::documented, schema},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"llama3.2"},
                         {"qwen3*", kReasonsByDefault},
                         {"gpt-oss*", kReasonsByDefault},
                         {"deepseek-r1*", kReasonsByDefault | kNoTools},
                         {"gemma*", kNoTools},
                         {"phi*", kNoTools},
                         {"*"}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("error").begin_object().field("message", r.message);
  w.field("type", r.status >= 500 || r.status == 401 ? std::string("api_error") : r.type);
  w.key("param").null().key("code").null().end_object().end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bearer(call).starts_with("bad")) return std::nullopt;
  return with_status(401, "Unauthorized", "", "api_error");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404, fmt::format("model \"{}\" not found, try pulling it first", model), "",
                     "api_error");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(fmt::format("prompt too long; exceeded max context length by {} tokens (ref: sandbox)",
                            tokens - window));
}

bool reasons(const Request& r) {
  const Value effort = r["reasoning_effort"].present() ? r["reasoning_effort"] : r["reasoning"]["effort"];
  return r.has(kReasonsByDefault) && effort.text() != "none";
}

}  // namespace

extern const Host kOllama;
const Host kOllama = {.prefix = "ollama",
                      .bases = kV1,
                      .models = kModels,
                      .rules = kRules,
                      .error_body = error_body,
                      .authorize = authorize,
                      .unknown_model = unknown_model,
                      .overflow = overflow,
                      .reasons = reasons,
                      .style = {.reasoning_key = "reasoning",
                                .calls_whole = true,
                                .empty_content_with_calls = true,
                                .fingerprint = "fp_ollama",
                                .extended_usage = false},
                      .no_model = "model is required",
                      .own_path = "/api/embed",
                      .own = handle_ollama_embed};

Emulator ollama_row() { return emulator<kOllama>(); }

}  // namespace dragoman::sandbox::openai
