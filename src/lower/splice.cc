#include "lower/splice.h"

#include <algorithm>

#include "dialect/gemini_generate/gemini_generate.h"
#include "json/write.h"

namespace dragoman::lower {
namespace {

bool is_body(canon::DialectName dialect) {
  // Dialects whose body names the model and the stream flag; the others have both in the URL.
  return dialect == canon::DialectName::openai_chat || dialect == canon::DialectName::anthropic_messages ||
         dialect == canon::DialectName::openai_responses;
}

// Schemas in the older fields have words of their own, and their rules (GEM-31 to GEM-39): one that breaks
// them goes out as JSON Schema, as every other client's does.
bool schemas_taken(const canon::Request& request) {
  const auto taken = [&](std::string_view pointer) {
    const bool open = pointer.ends_with("/parameters") || pointer.ends_with("/responseSchema") ||
                      pointer.ends_with("/response_schema");
    return !open || dialect::gemini::is_schema_message(json::resolve(request.source, pointer));
  };
  return taken(request.response_format.schema_pointer) &&
         std::ranges::all_of(request.tools,
                             [&](const canon::Tool& tool) { return taken(tool.schema_pointer); });
}

// The model and the stream flag are in the URL: the body goes out as it came. Not where the target's spelling
// of what is in it differs from the client's.
bool whole_body(const canon::Request& request, const dialect::WireOptions& options) {
  if (request.source["model"]) return false;  // of a file; no field of the wire's
  if (request.dialect == canon::DialectName::bedrock_converse) return true;
  if (request.dialect != canon::DialectName::gemini_generate) return false;
  const bool free_schemas = options.schema_field.empty() || options.schema_field == "parametersJsonSchema";
  return free_schemas && (options.call_ids || !canon::has_tool_blocks(request)) && schemas_taken(request);
}

bool has_null(json::Value object, std::string_view except = {}) {
  for (const json::Member& member : object.members())
    if (member.value.is_null() && member.key != except) return true;
  return false;
}

// A null means "not set" to us, as it does to OpenAI; a strict host refuses the key all the same (GEN-01).
// SDKs send them when they replay an answer (`"refusal": null`). Only `content` is null by its nature.
bool says_null(json::Value body) {
  if (has_null(body)) return true;
  for (const json::Value message : body["messages"].items()) {
    if (has_null(message, "content")) return true;
    for (const json::Value part : message["content"].items())
      if (has_null(part)) return true;
    for (const json::Value call : message["tool_calls"].items())
      if (has_null(call)) return true;
  }
  for (const json::Value tool : body["tools"].items())
    if (has_null(tool) || has_null(tool["function"])) return true;
  return false;
}

// Appends the body up to its model's name, and the new name; returns what is behind it.
std::string_view put_model(std::string_view body, json::Value model, std::string_view name,
                           std::string& out) {
  const auto at = static_cast<std::size_t>(model.raw().data() - body.data());
  out.reserve(body.size() + name.size() + 64);
  out.append(body.substr(0, at));
  json::write_string(out, name);
  return body.substr(at + model.raw().size());
}

}  // namespace

bool splice_model(json::Value body, std::string_view name, std::string& out) {
  const json::Value model = body["model"];
  if (body.raw().empty() || !model.is_string() || has_null(body)) return false;
  out.append(put_model(body.raw(), model, name, out));
  return true;
}

bool splice(const canon::Request& request, const dialect::WireOptions& options, std::string& out) {
  const std::string_view body = request.source.raw();
  if (!body.empty() && whole_body(request, options)) {
    out.append(body);
    return true;
  }
  if (body.empty() || !is_body(request.dialect) || !options.model_in_body || !options.version.empty())
    return false;
  if (request.dialect == canon::DialectName::openai_chat) {
    // OAI-14, OAI-53: an empty list of tools is refused, and stream_options of a call that does not stream.
    const json::Value tools = request.source["tools"];
    if (tools.is_array() && tools.items().empty()) return false;
    if (!options.stream && request.source["stream_options"]) return false;
  }
  const json::Value model = request.source["model"];
  if (!model.is_string()) return false;
  if (request.dialect == canon::DialectName::openai_responses)
    return splice_responses(request.source, options, out);
  if (says_null(request.source)) return false;

  // include_usage is asked for even when the client did not: the journal wants it, and serve/ hides the extra
  // chunk.
  const bool add_usage = request.dialect == canon::DialectName::openai_chat && options.stream &&
                         options.stream_usage && !request.stream_usage;
  if (add_usage && request.source["stream_options"]) return false;
  // A host that takes no stream_options refuses the client's own as well.
  if (request.dialect == canon::DialectName::openai_chat && !options.stream_usage &&
      request.source["stream_options"])
    return false;

  std::string_view rest = put_model(body, model, options.model, out);
  if (!add_usage) {
    out.append(rest);
    return true;
  }
  // Before the closing brace; the object has at least its model, so a comma is right.
  rest.remove_suffix(1);
  out.append(rest);
  out.append(R"(,"stream_options":{"include_usage":true}})");
  return true;
}

}  // namespace dragoman::lower
