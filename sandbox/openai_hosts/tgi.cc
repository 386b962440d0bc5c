// Hugging Face's text-generation-inference: the TGI section of the contracts. No key is needed.
#include <fmt/format.h>

#include "json/parse.h"
#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

Refusal validation(std::string what) {
  return with_status(422, "Input validation error: " + std::move(what), "", "validation");
}

Refusal body_fault(std::string what) {  // TGI-06: axum's own words, in plain text
  Refusal r = with_status(422, "");
  r.body = "Failed to deserialize the JSON body into the target type: " + std::move(what);
  r.headers = {{"content-type", "text/plain; charset=utf-8"}};
  return r;
}

Verdict shape(const Request& r) {
  if (!r["messages"].is_array()) return body_fault("missing field `messages`");
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Value content = all[i]["content"];
    bool known = !content.present() || content.is_string() || content.is_array();
    for (const Value part : content.items())
      known = known && (part["type"].text() == "text" || part["type"].text() == "image_url");
    if (known) continue;
    return body_fault(
        fmt::format("messages[{}].content: data did not match any variant of untagged enum MessageContent "
                    "at line 1 column {}",
                    i, column_of(r, content)));
  }
  return all.empty() ? Verdict(validation("`inputs` cannot be empty")) : std::nullopt;
}

Verdict sampling(const Request& r) {
  const auto low = [&](std::string_view key) { return r[key].is_number() && r[key].number() <= 0; };
  if (low("temperature")) return validation("`temperature` must be strictly positive");
  if (low("top_p") || (r["top_p"].is_number() && r["top_p"].number() >= 1))
    return validation("`top_p` must be > 0.0 and < 1.0");
  if (low("top_k")) return validation("`top_k` must be strictly positive");
  if (low("repetition_penalty")) return validation("`repetition_penalty` must be strictly positive");
  const Value f = r["frequency_penalty"];
  if (f.is_number() && (f.number() < -2 || f.number() > 2))
    return validation("`frequency_penalty` must be >= -2.0 and <= 2.0");
  if (const std::size_t n = r["stop"].items().size(); n > 4)
    return validation(fmt::format("`stop` supports up to 4 stop sequences. Given: {}", n));
  return std::nullopt;
}

Verdict grammar(const Request& r) {
  const Value format = r["response_format"];
  if (!format.present()) return std::nullopt;
  if (!r["tools"].items().empty()) {
    Refusal no = with_status(422, "Tool error: Grammar and tools are mutually exclusive", "", "tool_error");
    return no;
  }
  const Value schema = format["value"] ? format["value"] : format["json_schema"]["schema"];
  if (!schema || schema["properties"].is_object()) return std::nullopt;
  return validation("grammar is not valid: JSON grammar must have a 'properties' field");
}

Verdict named_tool(const Request& r) {
  const std::string_view name = choice_name(r["tool_choice"]);
  if (name.empty()) return std::nullopt;
  for (const Value t : r["tools"].items()) {
    if (t["function"]["name"].text() == name) return std::nullopt;
  }
  return with_status(422, fmt::format("Tool error: Tool with name {} not found", name), "", "tool_error");
}

Verdict roles(const Request& r) {
  if (r.model.find("-alternate") == std::string_view::npos) return std::nullopt;
  const auto all = r["messages"].items();
  std::string_view before;
  for (const Value m : all) {
    const std::string_view role = m["role"].text();
    if (role == before && role != "tool") {
      return with_status(
          422, "Template error: Conversation roles must alternate user/assistant/user/assistant/...", "",
          "template_error");
    }
    before = role;
  }
  return std::nullopt;
}

Verdict output_fits(const Request& r) {
  const auto wanted = r["max_tokens"].integer().value_or(0);
  const std::int64_t window = context_window(r.model), prompt = prompt_tokens(r.body);
  if (prompt > window || prompt + wanted <= window) return std::nullopt;
  return validation(
      fmt::format("`inputs` tokens + `max_new_tokens` must be <= {}. Given: {} `inputs` tokens and {} "
                  "`max_new_tokens`",
                  window, prompt, wanted));
}

constexpr Rule kOwn[] = {
    {"TGI-06", Grade::documented, shape},   {"TGI-02", Grade::documented, sampling},
    {"TGI-03", Grade::documented, grammar}, {"TGI-04", Grade::documented, named_tool},
    {"TGI-05", Grade::documented, roles},   {"TGI-01", Grade::documented, output_fits},
};
const RuleSet kRules[] = {kOwn};
const Model kModels[] = {{"tgi"}, {"*"}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer(out).begin_object().field("error", r.message).field("error_type", r.type).end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bearer(call).starts_with("bad")) return std::nullopt;
  return with_status(401, "Unauthorized", "", "unauthorized");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404, fmt::format("Model {} not found", model), "", "not_found");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return validation(fmt::format("`inputs` must have less than {} tokens. Given: {}", window, tokens));
}

Refusal failure(int status) {
  if (status == 429 || status == 503) return with_status(429, "Model is overloaded", "", "overloaded");
  return with_status(424, "Request failed during generation", "", "generation");
}

std::string call_id(std::string_view, std::string_view, int index) { return std::to_string(index); }

}  // namespace

extern const Host kTgi;
const Host kTgi = {
    .prefix = "tgi",
    .bases = kV1,
    .models = kModels,
    .rules = kRules,
    .error_body = error_body,
    .authorize = authorize,
    .unknown_model = unknown_model,
    .overflow = overflow,
    .failure = failure,
    .style = {
        .calls_whole = true, .fingerprint = "3.0.0-sandbox", .extended_usage = false, .call_id = call_id}};

Emulator tgi_row() { return emulator<kTgi>(); }

}  // namespace dragoman::sandbox::openai
