// What a ConverseRequest asks of the model beside its turns: inferenceConfig, toolConfig, outputConfig and
// the model's own fields.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dialect/bedrock_converse/parser.h"
#include "json/parse.h"

namespace dragoman::dialect::bedrock {

using canon::Param;
using json::Kind;
using json::Member;
using json::Value;

namespace {

constexpr std::string_view kInference = "inferenceConfig.";
constexpr std::string_view kMore = "additionalModelRequestFields.";
constexpr std::string_view kToolConfig = "toolConfig.";
constexpr std::string_view kOutput = "outputConfig.";

// effort and a schema are all it says; whatever else is in it goes to Bedrock's models as it came.
bool only_output(Value v) {
  return !v.members().empty() && std::ranges::all_of(v.members(), [](const Member& member) {
    return (member.key == "effort" && member.value.is_string()) ||
           (member.key == "format" && member.value["type"].text() == "json_schema" &&
            member.value["schema"].is_object() && member.value.members().size() == 2);
  });
}

}  // namespace

void Parser::inference() {
  static constexpr std::array<std::string_view, 4> kKnown = {"maxTokens", "temperature", "topP",
                                                             "stopSequences"};
  const Value v = r_.member(body_, "", "inferenceConfig", Kind::object);
  if (!v) return;
  const auto take = [&](Param param, std::string_view key, bool whole) {
    if (!v[key].present()) return;
    const std::string_view at = r_.at("/inferenceConfig", key);
    if (whole ? r_.is_integer(v[key], at) : r_.is_number(v[key], at)) out_.params[param] = {v[key], at};
  };
  take(Param::max_tokens, "maxTokens", true);
  take(Param::temperature, "temperature", false);
  take(Param::top_p, "topP", false);
  if (const Value stop = r_.member(v, "/inferenceConfig", "stopSequences", Kind::array)) {
    for (std::size_t i = 0; i < stop.items().size(); ++i)
      r_.is_string(stop.at(i), r_.at("/inferenceConfig/stopSequences", i), true);
    if (!stop.items().empty()) out_.params[Param::stop] = {stop, "/inferenceConfig/stopSequences"};
  }
  r_.unknown(v, "/inferenceConfig", kKnown, out_.extra, kInference);
}

void Parser::tools() {
  static constexpr std::array<std::string_view, 2> kKnown = {"tools", "toolChoice"};
  static constexpr std::array<std::string_view, 4> kSpec = {"name", "description", "inputSchema", "strict"};
  const Value v = r_.member(body_, "", "toolConfig", Kind::object);
  if (!v) return;
  const Value list = r_.member(v, "/toolConfig", "tools", Kind::array, true);
  for (std::size_t i = 0; i < list.items().size() && !r_.failed(); ++i) {
    const Value item = list.at(i);
    const std::string_view pointer = r_.at("/toolConfig/tools", i);
    if (!r_.is_object(item, pointer, true)) return;
    if (item["cachePoint"].present()) {
      const canon::CacheMarker marker = cache_point(item["cachePoint"], r_.at(pointer, "cachePoint"));
      if (!out_.tools.empty()) out_.tools.back().cache = marker;
      continue;
    }
    canon::Tool& tool = out_.tools.emplace_back();
    tool.pointer = pointer;
    tool.source = item;
    const Value spec = r_.member(item, pointer, "toolSpec", Kind::object);
    if (!spec) {
      tool.kind = canon::ToolKind::server;  // systemTool and what is newer
      tool.name = item["systemTool"]["name"].is_string() ? item["systemTool"]["name"].text()
                  : item.members().empty()               ? std::string_view("unknown")
                                                         : item.members().front().key;
      continue;
    }
    const std::string_view at = r_.at(pointer, "toolSpec");
    tool.name = r_.text(spec, at, "name", true);
    if (!r_.failed() && tool.name.empty())
      r_.fail(r_.at(at, "name"), "expected the name of a tool, found an empty string");
    tool.description = r_.text(spec, at, "description");
    const Value schema = r_.member(spec, at, "inputSchema", Kind::object, true);
    tool.schema = r_.schema(schema, r_.at(at, "inputSchema"), "json", true);
    tool.schema_pointer = r_.at(r_.at(at, "inputSchema"), "json");
    if (const Value strict = r_.member(spec, at, "strict", Kind::boolean)) tool.strict = strict.boolean();
    r_.unknown(spec, at, kSpec, tool.extra);
  }
  if (const Value choice = r_.member(v, "/toolConfig", "toolChoice", Kind::object)) tool_choice(choice);
  r_.unknown(v, "/toolConfig", kKnown, out_.extra, kToolConfig);
}

void Parser::tool_choice(Value v) {
  using canon::ChoiceMode;
  canon::ToolChoice& choice = out_.tool_choice;
  choice.pointer = "/toolConfig/toolChoice";
  if (v["tool"].present()) {
    choice.mode = ChoiceMode::named;
    choice.tool = r_.text(r_.member(v, choice.pointer, "tool", Kind::object), "/toolConfig/toolChoice/tool",
                          "name", true);
  } else if (v["any"].present()) {
    choice.mode = ChoiceMode::required;
  } else if (v["auto"].present()) {
    choice.mode = ChoiceMode::automatic;
  } else {
    r_.fail(choice.pointer, "expected one of auto, any and tool");
  }
}

// The model's own fields. Reasoning and top_k have names of their own here; the rest is between client and
// model.
void Parser::more_fields() {
  const Value v = r_.member(body_, "", "additionalModelRequestFields", Kind::object);
  for (const Member& field : v.members()) {
    const std::string_view at = r_.at("/additionalModelRequestFields", field.key);
    if (!field.value.present()) continue;
    if ((field.key == "top_k" || field.key == "topK") && field.value.is_number()) {
      out_.params[Param::top_k] = {field.value, at};
    } else if (field.key == "inferenceConfig" && field.value["topK"].is_number() &&
               field.value.members().size() == 1) {  // Nova (BRM-08)
      out_.params[Param::top_k] = {field.value["topK"], r_.at(at, "topK")};
    } else if (field.key == "thinking" || field.key == "reasoning_effort" || field.key == "reasoning" ||
               field.key == "reasoning_config" || field.key == "reasoningConfig") {
      reasoning(field, at);
    } else if (field.key == "output_config" && only_output(field.value)) {
      output_config(field.value, at);
    } else {
      std::string key(kMore);
      out_.extra.push_back({arena_.copy(std::string_view(key.append(field.key))), field.value, at});
    }
  }
}

// Claude's own name of what Converse calls outputConfig: the Vercel AI SDK asks for structured output so.
void Parser::output_config(Value v, std::string_view at) {
  if (v["effort"].present()) {
    out_.reasoning.say_effort(v["effort"].text(), r_.at(at, "effort"));
  }
  if (!v["format"].present()) return;
  const std::string_view pointer = r_.at(at, "format");
  out_.response_format = {.kind = canon::FormatKind::json_schema,
                          .schema = v["format"]["schema"],
                          .pointer = pointer,
                          .schema_pointer = r_.at(pointer, "schema")};
}

void Parser::reasoning(const Member& field, std::string_view at) {
  using Mode = canon::ReasoningConfig::Mode;
  canon::ReasoningConfig& out = out_.reasoning;
  const Value v = field.value;
  if (v.is_string()) {  // gpt-oss "reasoning_effort", Qwen "reasoning_config"
    out.say_effort(v.text(), at);
    return;
  }
  if (!r_.is_object(v, at)) return;
  for (const std::string_view key : {"effort", "maxReasoningEffort"}) {
    if (v[key].is_string()) out.say_effort(v[key].text(), r_.at(at, key));
  }
  const std::string_view type = r_.text(v, at, "type");
  if (type.empty()) return;
  if (type == "disabled")
    out.say(Mode::off, at);
  else if (type == "adaptive")
    out.say(Mode::adaptive, at);
  else if (type == "enabled")
    out.say(Mode::on, at);
  else
    return r_.fail(r_.at(at, "type"),
                   fmt::format("expected \"enabled\", \"disabled\" or \"adaptive\", found \"{}\"", type));
  if (v["budget_tokens"].present() && r_.is_integer(v["budget_tokens"], r_.at(at, "budget_tokens")))
    out.budget = v["budget_tokens"].integer();
  if (const Value display = r_.member(v, at, "display", Kind::string)) {
    out.include = display.text() != "omitted";
    out.include_pointer = r_.at(at, "display");
  }
}

void Parser::output() {
  static constexpr std::array<std::string_view, 2> kKnown = {"textFormat", "effort"};
  const Value v = r_.member(body_, "", "outputConfig", Kind::object);
  if (!v) return;
  if (const Value effort = r_.member(v, "/outputConfig", "effort", Kind::string)) {
    out_.reasoning.say_effort(effort.text(), "/outputConfig/effort");
  }
  if (const Value format = r_.member(v, "/outputConfig", "textFormat", Kind::object)) {
    constexpr std::string_view kAt = "/outputConfig/textFormat/structure/jsonSchema";
    const Value structure = r_.member(format, "/outputConfig/textFormat", "structure", Kind::object, true);
    const Value schema =
        r_.member(structure, "/outputConfig/textFormat/structure", "jsonSchema", Kind::object, true);
    const std::string_view text = r_.text(schema, kAt, "schema", true);  // BR-39: JSON in a string
    if (r_.failed()) return;
    const auto parsed = json::parse(arena_, text, json::kRequestLimits);
    if (!parsed || !parsed->is_object())
      return r_.fail(r_.at(kAt, "schema"), "expected the text of a JSON object (a JSON Schema)");
    out_.response_format = {.kind = canon::FormatKind::json_schema,
                            .name = r_.text(schema, kAt, "name"),
                            .description = r_.text(schema, kAt, "description"),
                            .schema = *parsed,
                            .pointer = "/outputConfig/textFormat",
                            .schema_pointer = r_.at(kAt, "schema")};
  }
  r_.unknown(v, "/outputConfig", kKnown, out_.extra, kOutput);
}

}  // namespace dragoman::dialect::bedrock
