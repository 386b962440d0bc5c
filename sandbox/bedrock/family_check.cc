#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "json/parse.h"
#include "sandbox/anthropic/models.h"
#include "sandbox/bedrock/check.h"
#include "sandbox/output_cap.h"

namespace dragoman::sandbox::bedrock {
namespace {

using anthropic::lists;

// The wording of every "this model has no such thing" of the service.
Refused without(std::string_view field) {
  return refuse(fmt::format("This model doesn't support the {0} field. Remove {0} and try again.", field));
}

Refused unsupported_block(std::string_view kind) {
  return refuse(
      fmt::format("This model doesn't support the {} content block that you provided. Update the content "
                  "block and try again.",
                  kind));
}

Refused check_schema(json::Value schema, std::size_t tool, const Family& family) {
  if (schema["type"].text() != "object") {
    return refuse(
        fmt::format("The value at toolConfig.tools.{}.toolSpec.inputSchema.json.type must be one of the "
                    "following: object.",
                    tool));
  }
  if (family.open_schema) return std::nullopt;
  for (const json::Member& member : schema.members()) {
    if (lists("type|properties|required", member.key)) continue;
    return refuse(fmt::format(
        "Malformed input request: #/toolConfig/tools/{}/toolSpec/inputSchema/json: extraneous key [{}] is "
        "not permitted, please reformat your input and try again.",
        tool, member.key));
  }
  return std::nullopt;
}

Refused check_tools(json::Value config, const Target& target) {
  if (!config.present()) return std::nullopt;
  const Family& family = *target.family;
  if (!family.tools) return refuse("This model doesn't support tool use.");
  if (target.streaming && !family.stream_tools) {
    return refuse("This model doesn't support tool use in streaming mode.");
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < config["tools"].items().size(); ++i) {
    const json::Value tool = config["tools"].at(i);
    if (tool["cachePoint"].present() && target.paranoid && !family.caching) return without("cachePoint");
    const json::Value spec = tool["toolSpec"];
    if (!spec.present()) continue;
    if (Refused no = check_schema(spec["inputSchema"]["json"], i, family)) return no;
    if (spec["strict"].present() && !family.structured) return without("strict");
    if (!names.insert(spec["name"].text()).second) {
      return refuse(
          fmt::format("The toolConfig field contains duplicate tool names: {}.", spec["name"].text()));
    }
  }
  for (const json::Member& choice : config["toolChoice"].members()) {
    if (!lists(family.choices, choice.key))
      return without(fmt::format("toolConfig.toolChoice.{}", choice.key));
    const std::string_view name = choice.value["name"].text();
    if (choice.key == "tool" && !names.contains(name)) {
      return refuse(fmt::format(
          "The tool name {} in toolConfig.toolChoice.tool.name isn't in toolConfig.tools.", name));
    }
  }
  return std::nullopt;
}

Refused check_result_part(json::Value part, const Family& family) {
  for (const std::string_view kind : {"json", "image", "document", "video", "searchResult"}) {
    if (part[kind].present() && !lists(family.result_parts, kind)) return unsupported_block(kind);
  }
  return std::nullopt;
}

Refused check_block(json::Value block, const Target& target) {
  const Family& family = *target.family;
  if (block["image"].present() && !family.images) return unsupported_block("image");
  if (block["document"].present() && !family.documents) return unsupported_block("document");
  if (block["video"].present() && !family.video) return unsupported_block("video");
  if (block["audio"].present()) return unsupported_block("audio");
  const json::Value reasoning = block["reasoningContent"]["reasoningText"];
  if (reasoning["signature"].present() && !is_claude(target.bare)) {
    return without("reasoningContent.reasoningText.signature");
  }
  if (block["cachePoint"].present() && target.paranoid && !family.caching) return without("cachePoint");
  if (const json::Value result = block["toolResult"]; result.present()) {
    if (result["status"].present() && !family.status) return without("status");
    for (const json::Value& part : result["content"].items()) {
      if (Refused no = check_result_part(part, family)) return no;
    }
  }
  for (const std::string_view kind : {"toolUse", "toolResult"}) {  // BRM-13
    const std::string_view id = block[kind]["toolUseId"].text();
    const bool fits =
        id.size() == 9 && std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c) != 0; });
    if (target.paranoid && family.short_ids && !id.empty() && !fits) {
      return model_says(
          fmt::format("Tool call id was {} but must be a-z, A-Z, 0-9, with a length of 9.", id));
    }
  }
  return std::nullopt;
}

Refused check_turns(json::Value messages, const Target& target) {
  const Family& family = *target.family;
  for (std::size_t i = 0; i < messages.items().size(); ++i) {
    bool results = false;
    bool calls = false;
    bool other = false;
    for (const json::Value& block : messages.at(i)["content"].items()) {
      if (Refused no = check_block(block, target)) return no;
      const bool result = block["toolResult"].present();
      const bool call = block["toolUse"].present();
      results = results || result;
      calls = calls || call;
      other = other || (!result && !call && !block["cachePoint"].present());
    }
    if (results && other && !family.mixed_results) {
      return refuse(
          fmt::format("messages.{}.content: Conversation blocks and tool result blocks cannot be provided in "
                      "the same turn.",
                      i));
    }
    if (calls && other && !family.mixed_calls) {
      return refuse(fmt::format(
          "messages.{}.content: Conversation blocks and tool use blocks cannot be provided in the same turn.",
          i));
    }
  }
  return std::nullopt;
}

// BR-37, BRM-08, BRM-20. What Claude takes is for Claude's own check to say.
Refused check_extra_fields(json::Value fields, const Target& target) {
  if (is_claude(target.bare)) return std::nullopt;
  const auto extraneous = [](std::string_view where, std::string_view key) {
    return refuse(
        fmt::format("Malformed input request: {}: extraneous key [{}] is not permitted, please reformat your "
                    "input and try again.",
                    where, key));
  };
  for (const json::Member& member : fields.members()) {
    if (!lists(target.family->extra_fields, member.key)) return extraneous("#", member.key);
  }
  for (const json::Member& member : fields["inferenceConfig"].members()) {
    if (!lists("topK", member.key)) return extraneous("#/inferenceConfig", member.key);
  }
  const json::Value effort = fields["reasoning_effort"];
  if (effort && !lists("low|medium|high", effort.text())) {
    return model_says("reasoning_effort: Input should be 'low', 'medium' or 'high'");
  }
  const json::Value nested = fields["reasoning"]["effort"];
  if (nested && !lists("none|low|medium|high|xhigh", nested.text())) {
    return model_says("reasoning.effort: Input should be 'none', 'low', 'medium', 'high' or 'xhigh'");
  }
  return std::nullopt;
}

// BRM-11: what the grammars of structured output do not know. Claude's are checked as Anthropic checks them.
Refused check_output_schema(json::Value schema) {
  for (const std::string_view keyword :
       {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "maxItems"}) {
    if (schema[keyword].present())
      return model_says(fmt::format("outputConfig.textFormat: '{}' is not supported in the schema", keyword));
  }
  if (schema["minItems"].integer().value_or(0) > 1)
    return model_says("outputConfig.textFormat: 'minItems' above 1 is not supported in the schema");
  if (schema["type"].text() == "object" &&
      (!schema["additionalProperties"].is_bool() || schema["additionalProperties"].boolean())) {
    return model_says(
        "outputConfig.textFormat: for 'object' type, 'additionalProperties' must be explicitly set to false");
  }
  for (const std::string_view list : {"anyOf", "allOf", "prefixItems"}) {
    for (const json::Value& inner : schema[list].items()) {
      if (Refused no = check_output_schema(inner)) return no;
    }
  }
  for (const std::string_view map : {"properties", "$defs", "definitions"}) {
    for (const json::Member& inner : schema[map].members()) {
      if (Refused no = check_output_schema(inner.value)) return no;
    }
  }
  return schema["items"].is_object() ? check_output_schema(schema["items"]) : std::nullopt;
}

// BRM-10, BR-39: of models that have it, JSON text.
Refused check_text_format(json::Value format, const Target& target) {
  if (!format.present()) return std::nullopt;
  if (!target.family->structured) return without("outputConfig.textFormat");
  Arena arena;
  const auto schema = json::parse(arena, format["structure"]["jsonSchema"]["schema"].text());
  if (!schema || !schema->is_object())
    return refuse("The value at outputConfig.textFormat.structure.jsonSchema.schema is not a JSON schema.");
  return is_claude(target.bare) ? std::nullopt : check_output_schema(*schema);
}

Refused check_output_limit(json::Value config, const Target& target) {  // CAP-03
  static constexpr OutputCap kCaps[] = {
      {"amazon.nova-2-*", 64000},  {"amazon.nova-*", 10000}, {"meta.llama3-8b-*", 2048},
      {"meta.llama3-70b-*", 2048}, {"meta.llama*", 8192},    {"anthropic.claude-3-5-sonnet-20240620*", 4096}};
  const auto most = output_cap(kCaps, target.bare);
  const auto wanted = config["maxTokens"].integer();
  if (!most || !wanted || *wanted <= *most) return std::nullopt;
  return model_says(
      fmt::format("The maximum tokens you requested exceeds the model limit of {0}. Try again "
                  "with a maximum tokens value that is lower than {0}.",
                  *most));
}

}  // namespace

Refused check_family(json::Value body, const Target& target) {
  const Family& family = *target.family;
  if (!body["system"].items().empty() && !family.system) return without("system");
  if (Refused no = check_tools(body["toolConfig"], target)) return no;
  if (Refused no = check_turns(body["messages"], target)) return no;
  for (const json::Member& parameter : body["inferenceConfig"].members()) {
    const bool empty_list = parameter.value.is_array() && parameter.value.items().empty();
    const bool sampling = lists("temperature|topP|stopSequences", parameter.key);
    const bool grok = target.paranoid && target.bare.starts_with("xai.grok-") && sampling;  // BRM-19
    if (!empty_list && parameter.value.present() &&
        (grok || lists(family.refused_parameters, parameter.key))) {
      return without(parameter.key);
    }
  }
  if (Refused no = check_output_limit(body["inferenceConfig"], target)) return no;
  if (Refused no = check_text_format(body["outputConfig"]["textFormat"], target)) return no;
  return check_extra_fields(body["additionalModelRequestFields"], target);
}

Refused check_request(json::Value body, const Target& target, Arena& arena) {
  if (Refused no = check_messages(body, target)) return no;
  if (Refused no = check_media(body["messages"])) return no;
  if (Refused no = check_family(body, target)) return no;
  if (is_claude(target.bare)) return check_claude(body, target, arena);
  const std::int64_t tokens = request_tokens(body);
  if (tokens > target.family->window) {  // BR-48
    if (is_nova(target.bare)) {
      return model_says(
          "Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to "
          "try again.");
    }
    return refuse("Input is too long for requested model.");
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::bedrock
