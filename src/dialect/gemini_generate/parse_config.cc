// What a GenerateContentRequest asks of the model: generationConfig and toolConfig. Keys that no canonical
// name stands for travel as extras, under their place and JSON name.
#include <fmt/format.h>

#include "dialect/gemini_generate/parser.h"
#include "json/parse.h"

namespace dragoman::dialect::gemini {
namespace {

using canon::Param;
using json::Member;
using json::Value;

constexpr std::string_view kConfig = "generationConfig.";
constexpr std::string_view kThinking = "generationConfig.thinkingConfig.";
constexpr std::string_view kToolConfig = "toolConfig.";

}  // namespace

constexpr Parser::ConfigField Parser::kConfigFields[] = {
    {Param::max_tokens, "maxOutputTokens", Want::integer},
    {Param::temperature, "temperature", Want::number},
    {Param::top_p, "topP", Want::number},
    {Param::top_k, "topK", Want::number},
    {Param::seed, "seed", Want::integer},
    {Param::n, "candidateCount", Want::integer},
    {Param::presence_penalty, "presencePenalty", Want::number},
    {Param::frequency_penalty, "frequencyPenalty", Want::number},
    {Param::logprobs, "responseLogprobs", Want::boolean},
    {Param::top_logprobs, "logprobs", Want::integer},
};

void Parser::tool_config(Value v, std::string_view pointer) {
  using canon::ChoiceMode;
  for (const Member& member : v.members()) {
    if (!member.value.present()) continue;
    if (!spells(member.key, "functionCallingConfig")) {
      extra(out_.extra, kToolConfig, member, camel_of(member.key), pointer);
      continue;
    }
    const std::string_view at = r_.at(pointer, member.key);
    if (!r_.is_object(member.value, at)) return;
    canon::ToolChoice& choice = out_.tool_choice;
    const std::string mode = lower_ascii(text(member.value, at, "mode"));
    const Member names = find(member.value, "allowedFunctionNames");
    if (r_.is_array(names.value, r_.at(at, names.key)))
      for (std::size_t i = 0; i < names.value.items().size(); ++i)
        choice.allowed.push_back(r_.string(names.value.at(i), r_.at(r_.at(at, names.key), i), true));
    choice.pointer = at;
    if (mode == "auto" || mode == "validated") {
      choice.mode = ChoiceMode::automatic;
      if (mode == "auto") choice.allowed.clear();  // only ANY and VALIDATED read the names (GEM-61)
    } else if (mode == "any") {
      choice.mode = choice.allowed.size() == 1 ? ChoiceMode::named : ChoiceMode::required;
      if (choice.mode == ChoiceMode::named) choice.tool = choice.allowed.front();
      if (choice.mode == ChoiceMode::named) choice.allowed.clear();
    } else if (mode == "none") {
      choice.mode = ChoiceMode::none;
    } else if (!mode.empty() && mode != "mode_unspecified") {
      r_.fail(r_.at(at, "mode"),
              fmt::format("expected \"AUTO\", \"ANY\", \"NONE\" or \"VALIDATED\", found \"{}\"",
                          get(member.value, "mode").text()));
    }
  }
}

// Numbers may be written as strings (ProtoJSON).
Value Parser::scalar(Value v, std::string_view pointer, Want want) {
  if (want == Want::boolean) return r_.is_bool(v, pointer) ? v : Value();
  if (v.is_string()) {
    const auto parsed = json::parse(arena_, v.text(), {.values = 1});
    if (parsed && parsed->is_number()) v = *parsed;
  }
  const bool fine = want == Want::integer ? r_.is_integer(v, pointer) : r_.is_number(v, pointer);
  return fine ? v : Value();
}

void Parser::generation_config(Value v, std::string_view pointer) {
  for (const Member& member : v.members()) {
    if (!member.value.present()) continue;
    const std::string_view at = r_.at(pointer, member.key);
    bool taken = false;
    for (const ConfigField& field : kConfigFields) {
      if (!spells(member.key, field.key)) continue;
      taken = true;
      if (const Value value = scalar(member.value, at, field.want)) out_.params[field.param] = {value, at};
    }
    if (taken) continue;
    if (spells(member.key, "stopSequences")) {
      if (!r_.is_array(member.value, at)) return;
      for (std::size_t i = 0; i < member.value.items().size(); ++i)
        r_.is_string(member.value.at(i), r_.at(at, i), true);
      if (!member.value.items().empty()) out_.params[Param::stop] = {member.value, at};
    } else if (spells(member.key, "responseModalities")) {
      if (!r_.is_array(member.value, at)) return;
      std::vector<Value> words;
      for (const Value item : member.value.items())
        words.push_back(build_.string_copy(lower_ascii(item.text())));
      const bool only_text = words.size() == 1 && words.front().text() == "text";
      if (!only_text && !words.empty()) out_.params[Param::modalities] = {build_.array(words), at};
    } else if (spells(member.key, "thinkingConfig")) {
      if (r_.is_object(member.value, at)) thinking(member.value, at);
    } else if (!spells(member.key, "responseMimeType") && !spells(member.key, "responseSchema") &&
               !spells(member.key, "responseJsonSchema")) {
      extra(out_.extra, kConfig, member, camel_of(member.key), pointer);
    }
  }
  format(v, pointer);
}

void Parser::format(Value config, std::string_view pointer) {
  const std::string_view type = text(config, pointer, "responseMimeType");
  const Member open = find(config, "responseSchema"), free = find(config, "responseJsonSchema");
  const Member schema = free.value.present() ? free : open;
  const Member mime = find(config, "responseMimeType");
  if (type == "text/x.enum" || (!type.empty() && type != "application/json" && type != "text/plain")) {
    for (const Member& member : {mime, schema})
      if (member.value.present()) extra(out_.extra, kConfig, member, camel_of(member.key), pointer);
    return;
  }
  canon::ResponseFormat& out = out_.response_format;
  if (schema.value.present()) {
    out.pointer = out.schema_pointer = r_.at(pointer, schema.key);
    if (!r_.is_object(schema.value, out.pointer)) return;
    out.kind = canon::FormatKind::json_schema;
    out.schema = free.value.present() ? free.value : json_schema_of(arena_, open.value);
  } else if (type == "application/json") {
    out.kind = canon::FormatKind::json_object;
    out.pointer = r_.at(pointer, mime.key);
  }
}

void Parser::thinking(Value v, std::string_view pointer) {
  using Mode = canon::ReasoningConfig::Mode;
  canon::ReasoningConfig& out = out_.reasoning;
  for (const Member& member : v.members()) {
    if (!member.value.present()) continue;
    const std::string_view at = r_.at(pointer, member.key);
    if (spells(member.key, "thinkingBudget")) {
      const Value value = scalar(member.value, at, Want::integer);
      if (!value) return;
      const std::int64_t budget = value.integer().value_or(0);
      out.pointer = at;
      out.mode = budget == 0  ? Mode::off
                 : budget < 0 ? Mode::adaptive
                              : Mode::on;  // -1: as the model sees fit
      if (budget > 0) out.budget = budget;
    } else if (spells(member.key, "thinkingLevel")) {
      const std::string level = lower_ascii(r_.string(member.value, at));
      if (level == "thinking_level_unspecified") continue;
      out.effort = arena_.copy(std::string_view(level));
      out.effort_pointer = at;
    } else if (spells(member.key, "includeThoughts")) {
      if (r_.is_bool(member.value, at)) out.include = member.value.boolean();
      out.include_pointer = at;
    } else {
      extra(out_.extra, kThinking, member, camel_of(member.key), pointer);
    }
  }
}

}  // namespace dragoman::dialect::gemini
