// Structured output: native where the target has it, else through a forced tool or an instruction.
#include <fmt/format.h>

#include "base/strings.h"
#include "json/write.h"
#include "lower/context.h"
#include "lower/names.h"
#include "lower/schema.h"
#include "lower/strict.h"

namespace dragoman::lower {
namespace {

using canon::FormatKind;
using canon::ResponseFormat;

bool says_json(const Context& c) {
  for (const canon::Message& message : c.draft.messages)
    for (const canon::Block& block : message.blocks)
      if (const auto* text = std::get_if<canon::Text>(&block.body))
        if (lower_ascii(text->text).find("json") != std::string::npos) return true;
  return false;
}

void by_instruction(Context& c, Setting cause, std::string_view fallback) {
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

// The answer comes as the arguments of a tool the model is made to call; raise/ turns them back into text.
void by_tool(Context& c) {
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
  const SchemaTarget target{c.profile.text(Setting::schema_column), c.profile.list(Setting::schema_root_keys),
                            c.flag(Setting::schema_root_composition), true};
  tool.schema = rewrite_schema(format.schema, target, format.schema_pointer, c.arena,
                               [&c](Edit edit) { c.edits.push_back(std::move(edit)); });
  c.edit(Setting::json_schema, "BRM-10", format.pointer, "response_format", "json_schema",
         fmt::format("tool {}", name), Loss::none);
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

// OAI-51: 1 to 64 letters, digits, '_' and '-'.
void fit_name(Context& c) {
  ResponseFormat& format = c.draft.response_format;
  static constexpr Alphabet kName{"A-Za-z0-9_-", "A-Za-z0-9_-", 64, 0};
  if (!openai(c)) return;
  if (format.name.empty()) {
    format.name = "response";
  } else if (!fits(kName, format.name)) {
    const std::string_view name = c.keep(fit(kName, format.name));
    c.edit("OAI-51", format.pointer, "name", std::string(format.name), std::string(name), Loss::none);
    format.name = name;
  }
}

void fit_schema(Context& c) {
  ResponseFormat& format = c.draft.response_format;
  const EditSink sink = [&c](Edit edit) { c.edits.push_back(std::move(edit)); };
  const std::string& strict = c.profile.text(Setting::strict_column);
  if (format.strict.value_or(false) && !strict.empty() && openai(c)) {
    std::vector<Edit> edits;
    const json::Value schema = rewrite_schema(format.schema, {strict, {}, true, false}, format.schema_pointer,
                                              c.arena, [&](Edit edit) { edits.push_back(std::move(edit)); });
    if (strict_ready(schema, c.flag(Setting::strict_all_required))) {
      for (Edit& edit : edits) sink(std::move(edit));
      format.schema = schema;
      return;
    }
    c.edit(Setting::strict_column, "OAIS", format.pointer, "strict", "true", "false", Loss::widened);
    format.strict = false;
  }
  const SchemaTarget target{c.profile.text(Setting::json_schema_column), {}, true, false};
  format.schema = rewrite_schema(format.schema, target, format.schema_pointer, c.arena, sink);
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
  const bool together = c.draft.tools.empty() || c.flag(Setting::json_with_tools);
  std::string how = c.profile.text(schema ? Setting::json_schema : Setting::json_object);
  Setting cause = schema ? Setting::json_schema : Setting::json_object;
  if (how == "native" && !together) {
    how = schema && c.flag(Setting::tools) ? "tool" : "prompt";
    cause = Setting::json_with_tools;
  }
  if (how == "tool" && !c.flag(Setting::tools)) how = "prompt";
  if (how == "tool") return by_tool(c);
  if (how == "prompt") return by_instruction(c, cause, "GEN-01");
  if (schema) {
    fit_name(c);
    if (format.strict && !c.flag(Setting::json_schema_strict)) {
      c.edit(Setting::json_schema_strict, "GEN-01", format.pointer, "strict",
             *format.strict ? "true" : "false", "", *format.strict ? Loss::widened : Loss::none);
      format.strict.reset();
    }
    fit_schema(c);
    return;
  }
  if (c.flag(Setting::json_needs_word) && !says_json(c)) {
    c.edit(Setting::json_needs_word, "OAI-52", format.pointer, "messages", "",
           "an instruction that says JSON", Loss::none);
    c.instruct("Answer with a JSON object.");
  }
}

}  // namespace dragoman::lower
