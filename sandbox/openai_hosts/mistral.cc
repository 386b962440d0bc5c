// api.mistral.ai. Field lists are the OpenAPI document's (every request object is closed); texts of the
// model's own validator are the contracts' MIS section.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kTop[] = {
    "model",
    "temperature",
    "top_p",
    "max_tokens",
    "stream",
    "stop",
    "random_seed",
    "metadata",
    "messages",
    "response_format",
    "tools",
    "tool_choice",
    "n",
    "presence_penalty",
    "frequency_penalty",
    "prediction",
    "guardrails",
    "parallel_tool_calls",
    "prompt_mode",
    "reasoning_effort",
    "prompt_cache_key",
    "safe_prompt",
};
constexpr std::string_view kSystemKeys[] = {"role", "content"};
constexpr std::string_view kUserKeys[] = {"role", "content"};
constexpr std::string_view kAssistantKeys[] = {"role", "content", "tool_calls", "prefix"};
constexpr std::string_view kToolKeys[] = {"role", "content", "tool_call_id", "name"};
constexpr std::string_view kCallKeys[] = {"id", "type", "function", "index"};
constexpr std::string_view kCalledKeys[] = {"name", "arguments"};
constexpr std::string_view kToolDefKeys[] = {"type", "function"};
constexpr std::string_view kFunctionKeys[] = {"name", "description", "strict", "parameters"};
constexpr std::string_view kFormatKeys[] = {"type", "json_schema"};
constexpr std::string_view kSchemaKeys[] = {"name", "description", "schema", "schema_definition", "strict"};

struct PartKeys {
  std::string_view type;
  std::span<const std::string_view> keys;
};
constexpr std::string_view kTextKeys[] = {"type", "text"};
constexpr std::string_view kImageKeys[] = {"type", "image_url"};
constexpr std::string_view kDocumentKeys[] = {"type", "document_url", "document_name"};
constexpr std::string_view kThinkingKeys[] = {"type", "thinking", "closed"};
constexpr std::string_view kAudioKeys[] = {"type", "input_audio"};
constexpr std::string_view kFileKeys[] = {"type", "file_id"};
constexpr std::string_view kReferenceKeys[] = {"type", "reference_ids"};
constexpr PartKeys kParts[] = {
    {"text", kTextKeys},          {"image_url", kImageKeys},   {"document_url", kDocumentKeys},
    {"thinking", kThinkingKeys},  {"input_audio", kAudioKeys}, {"file", kFileKeys},
    {"reference", kReferenceKeys}};

// One entry of the validator's list of errors, in the envelope the gateway puts around it.
Refusal detail(std::string_view type, std::string_view loc_json, std::string_view msg, Value input,
               std::string_view context = "") {
  Refusal r;
  r.status = 422;
  std::string entry;
  json::Writer w(entry);
  w.begin_object().field("type", type).key("loc").raw(loc_json).field("msg", msg).key("input");
  input ? w.value(input) : w.null();
  if (!context.empty()) w.key("ctx").raw(context);
  w.end_object();
  r.body = R"({"object":"error","message":{"detail":[)" + entry +
           R"(]},"type":"invalid_request_error","param":null,"code":null})";
  return r;
}

// Places as the validator prints them: ["body","messages",0,"user","name"].
class Loc {
 public:
  Loc() : text_(R"(["body")") {}
  Loc key(std::string_view name) const {
    Loc out = *this;
    out.text_ += ',';
    json::write_string(out.text_, name);
    return out;
  }
  Loc at(std::size_t i) const {
    Loc out = *this;
    out.text_ += "," + std::to_string(i);
    return out;
  }
  std::string json() const { return text_ + "]"; }

 private:
  std::string text_;
};

Verdict closed(Value object, std::span<const std::string_view> keys, const Loc& loc) {
  const std::string_view key = unknown_key(object, keys);
  if (key.empty()) return std::nullopt;
  return detail("extra_forbidden", loc.key(key).json(), "Extra inputs are not permitted", object[key]);
}

Refusal missing(const Loc& loc, Value input) {
  return detail("missing", loc.json(), "Field required", input);
}

Verdict message_fields(Value m, const Loc& loc) {
  const std::string_view role = m["role"].text();
  const Loc here = loc.key(role);
  if (role == "system") return closed(m, kSystemKeys, here);
  if (role == "user") {
    if (!m["content"]) return missing(here.key("content"), m);
    return closed(m, kUserKeys, here);
  }
  if (role == "tool") {
    if (!m["content"]) return missing(here.key("content"), m);
    return closed(m, kToolKeys, here);
  }
  if (role != "assistant") {
    return detail(
        "union_tag_invalid", loc.json(),
        fmt::format("Input tag '{}' found using 'role' does not match any of the expected tags: 'system', "
                    "'user', 'assistant', 'tool'",
                    role),
        m);
  }
  if (Verdict v = closed(m, kAssistantKeys, here)) return v;
  const auto calls = m["tool_calls"].items();
  for (std::size_t j = 0; j < calls.size(); ++j) {
    const Loc at = here.key("tool_calls").at(j);
    if (Verdict v = closed(calls[j], kCallKeys, at)) return v;
    if (Verdict v = closed(calls[j]["function"], kCalledKeys, at.key("function"))) return v;
  }
  return std::nullopt;
}

Verdict part_fields(Value m, const Loc& loc) {
  const auto parts = m["content"].items();
  for (std::size_t j = 0; j < parts.size(); ++j) {
    const std::string_view type = parts[j]["type"].text();
    const Loc at = loc.key(m["role"].text()).key("content").at(j);
    const auto* row =
        std::find_if(std::begin(kParts), std::end(kParts), [&](const PartKeys& p) { return p.type == type; });
    if (row == std::end(kParts)) {
      return detail(
          "union_tag_invalid", at.json(),
          fmt::format("Input tag '{}' found using 'type' does not match any of the expected tags: 'text', "
                      "'image_url', 'document_url', 'reference', 'file', 'thinking', 'input_audio'",
                      type),
          parts[j]);
    }
    if (Verdict v = closed(parts[j], row->keys, at.key(type))) return v;
  }
  return std::nullopt;
}

Verdict unknown_fields(const Request& r) {
  const Loc body;
  for (const std::string_view key :
       {"logprobs", "top_logprobs"}) {  // MIS-27 comes from the model, with other words
    if (!r[key].present()) continue;
    return with_status(400, "Logprobs are not enabled for this model", "3051",
                       "invalid_request_invalid_args");
  }
  if (Verdict v = closed(r.body, kTop, body)) return v;
  const auto messages = r["messages"].items();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Loc at = body.key("messages").at(i);
    if (Verdict v = message_fields(messages[i], at)) return v;
    if (Verdict v = part_fields(messages[i], at)) return v;
  }
  const auto tools = r["tools"].items();
  for (std::size_t i = 0; i < tools.size(); ++i) {
    const Loc at = body.key("tools").at(i);
    if (Verdict v = closed(tools[i], kToolDefKeys, at)) return v;
    if (Verdict v = closed(tools[i]["function"], kFunctionKeys, at.key("function"))) return v;
  }
  if (Verdict v = closed(r["response_format"], kFormatKeys, body.key("response_format"))) return v;
  return closed(r["response_format"]["json_schema"], kSchemaKeys,
                body.key("response_format").key("json_schema"));
}

Verdict temperature(const Request& r) {
  const Value t = r["temperature"];
  if (!t.is_number() || t.number() <= 1.5) return std::nullopt;
  return detail("less_than_equal", Loc().key("temperature").json(),
                "Input should be less than or equal to 1.5", t, R"({"le":1.5})");
}

Verdict tool_choice(const Request& r) {
  static constexpr std::string_view kWords[] = {"auto", "none", "any", "required"};
  const Value choice = r["tool_choice"];
  if (!choice.is_string() || std::ranges::find(kWords, choice.text()) != std::end(kWords))
    return std::nullopt;
  return detail("enum", Loc().key("tool_choice").json(),
                "Input should be 'auto', 'none', 'any' or 'required'", choice);
}

Verdict parameters(const Request& r) {
  const auto tools = r["tools"].items();
  for (std::size_t i = 0; i < tools.size(); ++i) {
    const Value f = tools[i]["function"];
    if (f.is_object() && f["parameters"].present()) continue;
    const Loc at = Loc().key("tools").at(i).key("function");
    return f.is_object() ? missing(at.key("parameters"), f) : missing(at, tools[i]);
  }
  return std::nullopt;
}

Verdict too_many_tools(const Request& r) {
  const std::size_t n = r["tools"].items().size();
  if (n <= 128) return std::nullopt;
  return detail("too_long", Loc().key("tools").json(),
                fmt::format("List should have at most 128 items after validation, not {}", n), {});
}

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
  if (!r["messages"]) return missing(Loc().key("messages"), r.body);
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

Verdict effort(const Request& r) {
  const Value v = r["reasoning_effort"];
  if (!v.present() || v.text() == "high" || v.text() == "none") return std::nullopt;
  return detail("enum", Loc().key("reasoning_effort").json(), "Input should be 'high' or 'none'", v);
}

Verdict schema_name(const Request& r) {
  const Value format = r["response_format"];
  if (format["type"].text() != "json_schema") return std::nullopt;
  const Loc at = Loc().key("response_format").key("json_schema");
  if (!format["json_schema"].is_object()) return missing(at, format);
  if (!format["json_schema"]["name"].present()) return missing(at.key("name"), format["json_schema"]);
  const bool schema =
      format["json_schema"]["schema"].present() || format["json_schema"]["schema_definition"].present();
  return schema ? Verdict() : missing(at.key("schema"), format["json_schema"]);
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
    {"MIS-01", Grade::issue, unknown_fields},  // and MIS-27
    {"MIS-02", Grade::documented, temperature},
    {"MIS-03", Grade::documented, tool_choice},
    {"MIS-04", Grade::documented, parameters},
    {"MIS-15", Grade::documented, too_many_tools},
    {"MIS-31", Grade::documented, effort},
    {"MIS-32", Grade::documented, schema_name},
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
