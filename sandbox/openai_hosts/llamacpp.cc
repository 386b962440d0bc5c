// llama.cpp's server: the LCPP section of the contracts. No key is needed, any model's name will do.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

struct Field {
  std::string_view name;
  json::Kind kind;
};
constexpr Field kFields[] = {
    {"temperature", json::Kind::number},      {"top_p", json::Kind::number},
    {"max_tokens", json::Kind::number},       {"seed", json::Kind::number},
    {"stream", json::Kind::boolean},          {"presence_penalty", json::Kind::number},
    {"frequency_penalty", json::Kind::number}};

Verdict fields(const Request& r) {
  for (const Field& f : kFields) {
    const Value v = r[f.name];
    if (!v.present() || v.kind() == f.kind) continue;
    return refuse(fmt::format("Field '{}': [json.exception.type_error.302] type must be {}, but is {}",
                              f.name, json::name(f.kind), json::name(v.kind())));
  }
  return std::nullopt;
}

Verdict messages(const Request& r) {
  if (!r["messages"].is_array()) return refuse("'messages' is required");
  for (const Value m : r["messages"].items()) {
    if (!m["role"].is_string())
      return refuse("Failed to parse messages: Missing 'role' in message: " + json::dump(m));
    const Value content = m["content"];
    if (!content.present() && m["tool_calls"].items().empty()) {
      return refuse(
          "Failed to parse messages: Expected 'content' or 'tool_calls' (ref: "
          "https://github.com/ggml-org/llama.cpp/issues/8367 & "
          "https://github.com/ggml-org/llama.cpp/issues/12279)");
    }
    if (content.present() && !content.is_string() && !content.is_array()) {
      return refuse(
          fmt::format("Failed to parse messages: Invalid 'content' type: expected string or array, got {}",
                      json::dump(content)));
    }
    for (const Value part : content.items()) {
      const std::string_view type = part["type"].text();
      if (type.empty())
        return refuse("Failed to parse messages: Missing content part type: " + json::dump(part));
      if (type == "image_url" || type == "input_audio") {
        return with_status(
            500,
            "image input is not supported - hint: if this is unexpected, you may need to provide the "
            "mmproj",
            "", "server_error");
      }
      if (type != "text") return refuse("unsupported content[].type");
    }
    for (const Value c : m["tool_calls"].items()) {
      if (!c["type"].is_string())
        return refuse("Failed to parse messages: Missing tool call type: " + json::dump(c));
      if (!c["function"])
        return refuse("Failed to parse messages: Missing tool call function: " + json::dump(c));
      if (!c["function"]["name"])
        return refuse("Failed to parse messages: Missing tool call name: " + json::dump(c));
    }
  }
  return std::nullopt;
}

Verdict tools(const Request& r) {
  for (const Value t : r["tools"].items()) {
    if (!t["type"].is_string()) return refuse("Failed to parse tools: Missing tool type: " + json::dump(t));
    if (t["type"].text() != "function")
      return refuse("Failed to parse tools: Unsupported tool type: " + json::dump(t));
    if (!t["function"]) return refuse("Failed to parse tools: Missing tool function: " + json::dump(t));
  }
  return std::nullopt;
}

Verdict tool_choice(const Request& r) {
  const Value choice = r["tool_choice"];
  if (!choice.present()) return std::nullopt;
  if (!choice.is_string()) {
    return refuse(
        fmt::format("Field 'tool_choice': [json.exception.type_error.302] type must be string, but is {}",
                    json::name(choice.kind())));
  }
  if (choice.text() == "auto" || choice.text() == "none" || choice.text() == "required") return std::nullopt;
  return refuse(fmt::format("Invalid tool_choice: {}", choice.text()));
}

Verdict grammars(const Request& r) {
  if (!r["grammar"].present()) return std::nullopt;
  if (!r["tools"].items().empty()) return refuse("Cannot specify grammar with tools");
  if (r["json_schema"].present() || r["response_format"]["json_schema"].present()) {
    return refuse("Cannot use both json_schema and grammar");
  }
  return std::nullopt;
}

// What the converter to GBNF says of brackets left open; "" where none is.
std::string_view unbalanced(std::string_view pattern) {
  int round = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (c == '[') {
      std::size_t end = i + 1;
      while (end < pattern.size() && pattern[end] != ']') end += pattern[end] == '\\' ? 2 : 1;
      if (end >= pattern.size()) return "Unbalanced square brackets";
      i = end;
    } else if (c == '{') {
      const std::size_t end = pattern.find('}', i);
      if (end == std::string_view::npos) return "Unbalanced curly brackets";
      i = end;
    } else if (c == '(') {
      ++round;
    } else if (c == ')' && --round < 0) {
      break;
    }
  }
  return round == 0 ? "" : "Unbalanced parentheses";
}

void conversion_faults(Value root, Value s, std::string& out) {
  const auto add = [&](const std::string& what) { out += (out.empty() ? "" : "\n") + what; };
  static constexpr std::string_view kTypes[] = {"string", "number", "integer", "boolean",
                                                "object", "array",  "null"};
  if (!s.is_object()) return;
  if (const Value ref = s["$ref"]; ref.is_string()) {
    const std::string_view to = ref.text();
    if (!to.starts_with("#/") && to != "#" && !to.starts_with("https://")) {
      add(fmt::format("Unsupported ref: {}", to));
    } else if (to.starts_with("#/") && !json::resolve(root, to.substr(1))) {
      const std::size_t slash = to.rfind('/');
      add(fmt::format("Error resolving ref {}: {} not in {}", to, to.substr(slash + 1), json::dump(root)));
    }
  }
  const Value type = s["type"];
  if (type.is_string() && std::ranges::find(kTypes, type.text()) == std::end(kTypes)) {
    add("Unrecognized schema: " + json::dump(s));
  }
  if (const Value p = s["pattern"];
      p.is_string() && (!p.text().starts_with('^') || !p.text().ends_with('$'))) {
    add("Pattern must start with '^' and end with '$'");
  } else if (p.is_string()) {
    if (const std::string_view what = unbalanced(p.text()); !what.empty()) add(std::string(what));
  }
  for (const std::string_view k : {"properties", "$defs", "definitions"}) {
    for (const json::Member& m : s[k].members()) conversion_faults(root, m.value, out);
  }
  for (const std::string_view k : {"anyOf", "oneOf", "allOf", "prefixItems", "items"}) {
    for (const Value b : s[k].items()) conversion_faults(root, b, out);
  }
  conversion_faults(root, s["items"], out);
  conversion_faults(root, s["additionalProperties"], out);
}

Verdict conversion(const Request& r) {
  std::string faults;
  const Value schema = r["response_format"]["json_schema"]["schema"];
  conversion_faults(schema, schema, faults);
  for (const Value t : r["tools"].items()) {
    const Value parameters = t["function"]["parameters"];
    conversion_faults(parameters, parameters, faults);
  }
  return faults.empty() ? Verdict() : refuse("JSON schema conversion failed:\n" + faults);
}

bool long_repetition(Value s) {
  if (s["maxLength"].integer().value_or(0) > 2000 || s["minLength"].integer().value_or(0) > 2000) return true;
  for (const json::Member& m : s["properties"].members()) {
    if (long_repetition(m.value)) return true;
  }
  return s["items"].is_object() && long_repetition(s["items"]);
}

Verdict grammar_size(const Request& r) {
  for (const Value t : r["tools"].items()) {
    if (long_repetition(t["function"]["parameters"])) return refuse("failed to parse grammar");
  }
  return std::nullopt;
}

constexpr Rule kOwn[] = {
    {"LCPP-02", Grade::live, fields},        {"LCPP-07", Grade::documented, messages},  // and LCPP-04
    {"LCPP-08", Grade::documented, tools},   {"LCPP-06", Grade::documented, tool_choice},
    {"LCPP-05", Grade::live, grammars},      {"LCPP-10", Grade::documented, conversion},
    {"LCPP-13", Grade::issue, grammar_size},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"local-model"}, {"*"}};

std::string error_body(const Refusal& r) {
  std::string out;
  const std::string_view type = r.status == 401   ? "authentication_error"
                                : r.status == 404 ? "not_found_error"
                                : r.status == 403 ? "permission_error"
                                : r.status == 503 ? "unavailable_error"
                                : r.status == 501 ? "not_supported_error"
                                : r.status >= 500 ? "server_error"
                                                  : "invalid_request_error";
  json::Writer(out)
      .begin_object()
      .key("error")
      .begin_object()
      .field("code", r.status)
      .field("message", r.message)
      .field("type", type)
      .end_object()
      .end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bearer(call).starts_with("bad")) return std::nullopt;
  return with_status(401, "Invalid API Key");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404, fmt::format("model '{}' not found", model));
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  Refusal r;
  json::Writer(r.body)
      .begin_object()
      .key("error")
      .begin_object()
      .field("code", 400)
      .field("message",
             fmt::format("request ({} tokens) exceeds the available context size ({} tokens), try increasing "
                         "it",
                         tokens, window))
      .field("type", "exceed_context_size_error")
      .field("n_prompt_tokens", tokens)
      .field("n_ctx", window)
      .end_object()
      .end_object();
  return r;
}

Refusal failure(int status) {
  if (status == 503) return with_status(503, "Loading model");
  return {};
}

std::string call_id(std::string_view seed, std::string_view, int) { return stable_id("", seed, 0, 32); }

}  // namespace

extern const Host kLlamaCpp;
const Host kLlamaCpp = {.prefix = "llamacpp",
                        .bases = kV1,
                        .models = kModels,
                        .rules = kRules,
                        .error_body = error_body,
                        .authorize = authorize,
                        .unknown_model = unknown_model,
                        .overflow = overflow,
                        .failure = failure,
                        .style = {.reasoning_key = "reasoning_content",
                                  .fingerprint = "b0000-sandbox",
                                  .extended_usage = false,
                                  .call_id = call_id},
                        .no_model = "",
                        .embeddings = true};

Emulator llamacpp_row() { return emulator<kLlamaCpp>(); }

}  // namespace dragoman::sandbox::openai
