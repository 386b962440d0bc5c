// BRM-08, BRM-20: every family of Bedrock has its own place for top_k and reasoning within
// additionalModelRequestFields. A Converse client that wrote for another family than the one that answers
// would otherwise have its bytes passed on as they are, and be refused.
#include <algorithm>
#include <string>
#include <string_view>

#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::Param;

constexpr std::string_view kMore = "/additionalModelRequestFields/";

// Where the encoder writes the reasoning of a style; "" where the family has no word of its own.
std::string_view reasoning_field(std::string_view style) {
  if (style == "bedrock_claude") return "thinking";
  if (style == "bedrock_nova") return "reasoningConfig";
  if (style == "bedrock_nested_effort") return "reasoning";
  if (style == "bedrock_effort") return "reasoning_effort";
  if (style == "bedrock_config") return "reasoning_config";
  return "";
}

void move_top_k(Context& c) {
  const canon::ParamValue& top_k = c.draft.params[Param::top_k];
  std::string place = c.profile.text(Setting::top_k_path);
  if (!top_k.value || !top_k.pointer.starts_with(kMore) || place.empty()) return;
  std::ranges::replace(place, '.', '/');
  const std::string_view said = top_k.pointer.substr(kMore.size());
  if (said != place)
    c.edit(Setting::top_k_path, "BRM-08", top_k.pointer, canon::name(Param::top_k), std::string(said), place,
           Loss::none);
}

void move_reasoning(Context& c) {
  const std::string_view style = c.profile.text(Setting::reasoning_style);
  const std::string_view field = reasoning_field(style);
  const canon::ReasoningConfig& reasoning = c.draft.reasoning;
  if (field.empty() || (reasoning.mode == canon::ReasoningConfig::Mode::unset && reasoning.effort.empty()))
    return;
  std::string_view before;  // one field may have said both
  for (const std::string_view pointer : {reasoning.pointer, reasoning.effort_pointer}) {
    if (!pointer.starts_with(kMore)) continue;
    std::string_view said = pointer.substr(kMore.size());
    said = said.substr(0, said.find('/'));
    if (said == field || said == before) continue;
    if (style == "bedrock_claude" && said == "output_config") continue;  // Anthropic's own word
    c.edit(Setting::reasoning_style, "BRM-20", pointer, "reasoning", std::string(said), std::string(field),
           Loss::none);
    before = said;
  }
}

}  // namespace

void pass_places(Context& c) {
  if (c.wire.name != canon::DialectName::bedrock_converse || c.original.dialect != c.wire.name) return;
  move_top_k(c);
  move_reasoning(c);
}

}  // namespace dragoman::lower
