// Structured output: native where the target has it, else through a forced tool or an instruction.
#include <fmt/format.h>

#include "base/strings.h"
#include "json/write.h"
#include "lower/context.h"
#include "lower/names.h"
#include "lower/schema_cache.h"
#include "lower/tool_schema.h"

namespace dragoman::lower {
namespace {

using canon::FormatKind;
using canon::ResponseFormat;

// Responses looks for the word in its `input` alone.
bool says_json(const Context& c) {
  const bool input_only = c.wire.name == canon::DialectName::openai_responses;
  for (const canon::Message& message : c.draft.messages)
    for (const canon::Block& block : message.blocks)
      if (const auto* text = std::get_if<canon::Text>(&block.body);
          text && !(input_only && block.pointer == "/instructions"))
        if (lower_ascii(text->text).find("json") != std::string::npos) return true;
  return false;
}

// What the output is for goes into its schema, where the target has no field for it.
void description_into_schema(Context& c) {
  ResponseFormat& format = c.draft.response_format;
  if (format.description.empty() || !format.schema.is_object()) return;
  const json::Builder build(c.arena);
  const std::string_view own = format.schema["description"].text();
  const std::string_view both =
      own.empty() ? format.description : c.keep(fmt::format("{}\n{}", format.description, own));
  format.schema = build.with(format.schema, "description", build.string(both));
  c.edit("GEN-01", format.pointer, "description", cut(format.description), "the schema's description",
         Loss::none);
  format.description = {};
}

void by_instruction(Context& c, Setting cause, std::string_view fallback) {
  description_into_schema(c);
  const ResponseFormat& format = c.draft.response_format;
  std::string text = "Answer with a single JSON object and nothing else: no prose, no code fence.";
  if (format.kind == FormatKind::json_schema)
    text += fmt::format(" It must be valid under this JSON Schema: {}", json::dump_compact(format.schema));
  c.edit(cause, fallback, format.pointer, "response_format",
         format.kind == FormatKind::json_schema ? "json_schema" : "json_object", "an instruction",
         Loss::widened);
  c.instruct(text);
  c.draft.response_format = {};
}

// The answer comes as the arguments of a tool the model is made to call; restore() turns them back into text.
// pass_tools puts the tool into the target's words like the client's own.
void by_tool(Context& c, Setting cause) {
  const ResponseFormat format = c.draft.response_format;
  std::string name = "json_response";
  const auto clash = [&] {
    for (const canon::Tool& tool : c.draft.tools)
      if (tool.name == name) return true;
    return false;
  };
  while (clash()) name += "_";

  canon::Tool tool;
  tool.name = c.keep(name);
  tool.description = format.description.empty() ? std::string_view("Give the final answer in this form.")
                                                : format.description;
  tool.pointer = format.pointer;
  tool.schema_pointer = format.schema_pointer;
  tool.schema = format.schema;
  if (c.flag(Setting::strict_tools) && !c.profile.text(Setting::strict_column).empty())
    tool.strict = format.strict;
  c.edit(cause, "BRM-10", format.pointer, "response_format", "json_schema", fmt::format("tool {}", name),
         Loss::none);
  c.restore.structured_tool = name;

  auto& choice = c.draft.tool_choice;
  if (c.draft.tools.empty()) {
    choice = {};
    choice.mode = canon::ChoiceMode::named;
    choice.tool = tool.name;
    choice.pointer = format.pointer;
  } else if (choice.mode == canon::ChoiceMode::unset || choice.mode == canon::ChoiceMode::automatic) {
    // With the client's tools beside it the model must call one of them, and ends by calling this one.
    choice.mode = canon::ChoiceMode::required;
    choice.pointer = format.pointer;
  }
  c.draft.tools.push_back(std::move(tool));
  c.draft.response_format = {};
}

bool openai(const Context& c) {
  return c.wire.name == canon::DialectName::openai_chat ||
         c.wire.name == canon::DialectName::openai_responses;
}

void otherwise(Context& c, Setting cause) {
  if (c.flag(Setting::tools) && c.draft.response_format.kind == FormatKind::json_schema)
    by_tool(c, cause);
  else
    by_instruction(c, cause, "GEN-01");
}

// OAI-51: 1 to 64 letters, digits, '_' and '-'.
void fit_name(Context& c) {
  ResponseFormat& format = c.draft.response_format;
  static constexpr Alphabet kName{"A-Za-z0-9_-", "A-Za-z0-9_-", 64, 0};
  if (!openai(c)) return;
  if (format.name.empty()) {
    format.name = "response";
    if (c.original.dialect == c.wire.name)  // the client's own words lack it
      c.edit("OAI-51", format.pointer, "name", "", "response", Loss::none);
  } else if (!fits(kName, format.name)) {
    const std::string_view name = c.keep(fit(kName, format.name));
    c.edit("OAI-51", format.pointer, "name", std::string(format.name), std::string(name), Loss::none);
    format.name = name;
  }
}

void take(Context& c, const SharedSchema& lowered) {
  ResponseFormat& format = c.draft.response_format;
  Cites cites(c.profile);
  report(c, *lowered, format.schema_pointer, cites);
  format.schema = sent(*lowered, format.schema);
  c.restore.output = back_of(lowered);
}

// Structured output where the target has it. OpenAI's dialect says strict or does not; the others always hold
// the model to the schema, which is what their clients ask for.
void native(Context& c) {
  ResponseFormat& format = c.draft.response_format;
  const bool says_strict = openai(c);
  if (!says_strict && c.wire.name != canon::DialectName::bedrock_converse) description_into_schema(c);
  if (says_strict && format.strict && !c.flag(Setting::json_schema_strict)) {
    c.edit(Setting::json_schema_strict, "GEN-01", format.pointer, "strict", *format.strict ? "true" : "false",
           "", *format.strict ? Loss::widened : Loss::none);
    format.strict.reset();
  }
  const bool may_say = c.original.dialect == canon::DialectName::openai_chat ||
                       c.original.dialect == canon::DialectName::openai_responses;
  const bool asked = format.strict.value_or(!says_strict || !may_say);
  const bool has_words = !c.profile.text(Setting::strict_column).empty();
  if (has_words && asked && (!says_strict || c.flag(Setting::json_schema_strict))) {
    SharedSchema strict = lower_schema(c, format.schema, schema_options(c.profile, true, true));
    NotStrict fault{Setting::strict_column, std::string(strict->fault)};
    if (fault.why.empty()) fault = over_budget(strict->cost, c.profile);
    if (fault.why.empty()) fault = over_totals(strict->cost, c.profile);
    if (fault.why.empty()) {
      if (says_strict && !format.strict) {
        format.strict = true;
        c.edit(Setting::strict_column, "OAIS", format.pointer, "strict", "", "true", Loss::none);
      }
      return take(c, strict);
    }
    if (!says_strict) return otherwise(c, fault.cause);
    if (format.strict)
      c.edit(fault.cause, "OAIS", format.pointer, "strict", "true", "false: " + fault.why, Loss::widened);
    format.strict = false;
  }
  SharedSchema lowered = lower_schema(c, format.schema, schema_options(c.profile, true, false));
  // What the rules made of it may miss what the client's own had (COH-11).
  if (!unmet_need(sent(*lowered, format.schema), c.profile.list(Setting::structured_needs)).empty())
    return otherwise(c, Setting::structured_needs);
  take(c, lowered);
}

// ANTS-15: an output schema and citations, of documents or of what was searched, do not go together; the
// schema is what was promised.
void stop_citations(Context& c, std::vector<canon::Block>& blocks) {
  for (canon::Block& block : blocks) {
    if (auto* result = std::get_if<canon::ToolResult>(&block.body)) stop_citations(c, result->content);
    auto* media = std::get_if<canon::Media>(&block.body);
    auto* foreign = std::get_if<canon::Foreign>(&block.body);
    const json::Value said = media     ? media->citations
                             : foreign ? foreign->source["citations"]
                                       : json::Value();
    if (!said["enabled"].boolean()) continue;
    c.edit("ANTS-15", block.pointer, "citations", show(said), "", Loss::semantic);
    if (media)
      media->citations = {};
    else
      foreign->source = json::Builder(c.arena).without(foreign->source, "citations");
  }
}

void stop_citations(Context& c) {
  const bool claude = c.wire.name == canon::DialectName::anthropic_messages ||
                      c.wire.name == canon::DialectName::bedrock_converse;
  if (!claude || c.flag(Setting::json_prefill)) return;
  for (canon::Message& message : c.draft.messages) stop_citations(c, message.blocks);
}

}  // namespace

void pass_format(Context& c) {
  ResponseFormat& format = c.draft.response_format;
  if (format.kind == FormatKind::unset) return;
  if (format.kind == FormatKind::text) {
    if (c.original.dialect != c.wire.name) format = {};  // what everybody does unasked
    return;
  }
  const bool schema = format.kind == FormatKind::json_schema;
  const bool tools_stay = c.flag(Setting::tools) || c.draft.tool_choice.mode != canon::ChoiceMode::none;
  const bool together = c.draft.tools.empty() || !tools_stay || c.flag(Setting::json_with_tools);
  std::string how = c.profile.text(schema ? Setting::json_schema : Setting::json_object);
  Setting cause = schema ? Setting::json_schema : Setting::json_object;
  if (how == "native" && !together) {
    how = schema && c.flag(Setting::tools) ? "tool" : "prompt";
    cause = Setting::json_with_tools;
  }
  if (how == "native" && schema &&
      !unmet_need(format.schema, c.profile.list(Setting::structured_needs)).empty()) {
    how = "tool";
    cause = Setting::structured_needs;
  }
  if (how == "tool" && !c.flag(Setting::tools)) how = "prompt";
  if (how == "tool") return by_tool(c, cause);
  if (how == "prompt") return by_instruction(c, cause, "GEN-01");
  if (schema) {
    stop_citations(c);
    fit_name(c);
    return native(c);
  }
  if (c.flag(Setting::json_needs_word) && !says_json(c)) {
    c.edit(Setting::json_needs_word, "OAI-52", format.pointer, "messages", "",
           "an instruction that says JSON", Loss::none);
    c.instruct("Answer with a JSON object.");
  }
}

}  // namespace dragoman::lower
