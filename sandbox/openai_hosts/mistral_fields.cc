#include "sandbox/openai_hosts/mistral_fields.h"

#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai::mistral {
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

}  // namespace

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

Refusal no_messages(const Request& r) { return missing(Loc().key("messages"), r.body); }

}  // namespace dragoman::sandbox::openai::mistral
