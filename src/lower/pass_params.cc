// GEN-13: parameters are clamped, renamed or left out by the target's profile, never sent in hope.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::Param;
using canon::ParamValue;
using profile::ParamSpec;
using profile::Support;

void drop(Context& c, Param p, std::string_view rule, Loss loss) {
  ParamValue& value = c.draft.params[p];
  c.edit(rule, value.pointer, canon::name(p), show(value.value), "", loss);
  value = {};
}

void replace(Context& c, Param p, std::string_view rule, json::Value with, Loss loss) {
  ParamValue& value = c.draft.params[p];
  c.edit(rule, value.pointer, canon::name(p), show(value.value), show(with), loss);
  value.value = with;
}

json::Value bounded(const json::Builder& build, json::Value value, double limit) {
  return value.integer() && limit == std::floor(limit) ? build.integer(static_cast<std::int64_t>(limit))
                                                       : build.number(limit);
}

void fit_number(Context& c, Param p, const ParamSpec& spec, std::string_view rule) {
  const json::Value value = c.draft.params[p].value;
  const double number = value.number();
  const json::Builder build(c.arena);
  // A default said aloud costs nothing to leave out; another value is lost.
  if (spec.only && number != *spec.only) return drop(c, p, rule, Loss::semantic);
  if (spec.min && number < *spec.min) replace(c, p, rule, bounded(build, value, *spec.min), Loss::narrowed);
  if (spec.max && number > *spec.max) replace(c, p, rule, bounded(build, value, *spec.max), Loss::narrowed);
}

void fit_array(Context& c, Param p, const ParamSpec& spec, std::string_view rule) {
  const auto items = c.draft.params[p].value.items();
  if (!spec.max_items || items.size() <= static_cast<std::size_t>(*spec.max_items)) return;
  replace(c, p, rule, json::Builder(c.arena).array(items.first(static_cast<std::size_t>(*spec.max_items))),
          Loss::semantic);
}

void fit_text(Context& c, Param p, const ParamSpec& spec, std::string_view rule) {
  const std::string_view text = c.draft.params[p].value.text();
  if (spec.max_length && text.size() > static_cast<std::size_t>(*spec.max_length)) {
    // Ids and cache keys: a prefix could name another user, so the whole thing goes.
    return drop(c, p, rule, Loss::semantic);
  }
  if (!spec.values.empty() && !profile::list_contains(spec.values, text)) drop(c, p, rule, Loss::semantic);
}

// The client's spelling of the field, where it speaks the target's dialect, and the target's.
void rename(Context& c, Param p, std::string_view field, Setting cause) {
  const ParamValue& value = c.draft.params[p];
  if (!value.value || value.pointer.empty() || c.original.dialect != c.wire.name) return;
  if (value.pointer.substr(1) != field)
    c.edit(cause, "OAI-41", value.pointer, canon::name(p), std::string(value.pointer.substr(1)),
           std::string(field), Loss::none);
}

void pass_stop(Context& c) {
  ParamValue& stop = c.draft.params[Param::stop];
  std::vector<json::Value> kept;
  for (const json::Value item : stop.value.items())
    if (!item.text().empty()) kept.push_back(item);
  if (kept.size() == stop.value.items().size()) return;
  if (kept.empty()) return drop(c, Param::stop, "ANT-54", Loss::none);
  replace(c, Param::stop, "ANT-54", json::Builder(c.arena).array(kept), Loss::none);
}

}  // namespace

void pass_params(Context& c) {
  pass_stop(c);
  for (std::size_t i = 0; i < canon::kParams; ++i) {
    const auto p = static_cast<Param>(i);
    if (!c.draft.params.has(p)) continue;
    const ParamSpec& spec = c.profile.param(p);
    const std::string_view rule = c.profile.rule(p).empty() ? std::string_view("GEN-13") : c.profile.rule(p);
    const json::Value value = c.draft.params[p].value;
    if (spec.support == Support::reject) {
      c.refuse(rule, c.draft.params[p].pointer, fmt::format("this model does not take {}", canon::name(p)));
      continue;
    }
    const bool no_word = c.wire.param_fields[i].empty();
    const bool is_default = spec.only && value.is_number() && value.number() == *spec.only;
    if (spec.support == Support::drop || no_word) {
      // parallel_tool_calls and the like at the value everybody starts from are no loss.
      const bool harmless =
          is_default || (p == Param::n && value.integer() == 1) ||
          (p == Param::logprobs && !value.boolean()) || (p == Param::store && !value.boolean()) ||
          (p == Param::parallel_tool_calls && value.boolean()) ||
          ((p == Param::presence_penalty || p == Param::frequency_penalty) && value.number() == 0) ||
          ((p == Param::logit_bias || p == Param::metadata) && value.members().empty()) ||
          p == Param::prompt_cache_key || p == Param::prompt_cache_retention;
      drop(c, p, no_word && c.profile.rule(p).empty() ? canon::name(c.wire.name) : rule,
           harmless ? Loss::none : Loss::semantic);
      continue;
    }
    if (value.is_number()) fit_number(c, p, spec, rule);
    if (value.is_array()) fit_array(c, p, spec, rule);
    if (value.is_string()) fit_text(c, p, spec, rule);
  }
  if (c.wire.name == canon::DialectName::openai_chat) {
    rename(c, Param::max_tokens, c.profile.text(Setting::max_tokens_field), Setting::max_tokens_field);
    rename(c, Param::seed, c.profile.text(Setting::seed_field), Setting::seed_field);
  }
  // OAI-09: top_logprobs means nothing without logprobs.
  if (c.draft.params.has(Param::top_logprobs) && !c.draft.params.has(Param::logprobs))
    drop(c, Param::top_logprobs, "OAI-09", Loss::none);
  // ANT-25, BR-51: Claude 4.x takes one of the two.
  const bool claude = c.wire.name == canon::DialectName::anthropic_messages ||
                      (c.wire.name == canon::DialectName::bedrock_converse &&
                       c.profile.text(Setting::reasoning_style) == "bedrock_claude");
  if (claude && c.draft.params.has(Param::temperature) && c.draft.params.has(Param::top_p) &&
      c.model.find("claude-3") == std::string_view::npos)
    drop(c, Param::top_p, "ANT-25", Loss::semantic);
}

void pass_limits(Context& c) {
  ParamValue& cap = c.draft.params[Param::max_tokens];
  const json::Builder build(c.arena);
  if (const std::int64_t needed = c.profile.integer(Setting::max_tokens_required); needed > 0 && !cap.value) {
    c.edit(Setting::max_tokens_required, "ANT-01", "", "max_tokens", "", std::to_string(needed),
           Loss::narrowed);
    cap.value = build.integer(needed);
  }
  if (const std::int64_t most = c.profile.integer(Setting::max_tokens_cap);
      most > 0 && cap.value && cap.value.number() > static_cast<double>(most))
    replace(c, Param::max_tokens, c.rule(Setting::max_tokens_cap, "ANT-02"), build.integer(most),
            Loss::narrowed);
  // ANT-28: the thinking budget is part of max_tokens.
  const auto& reasoning = c.draft.reasoning;
  if (c.flag(Setting::thinking_first) && reasoning.mode == canon::ReasoningConfig::Mode::on &&
      reasoning.budget && cap.value && cap.value.number() <= static_cast<double>(*reasoning.budget))
    replace(
        c, Param::max_tokens, "ANT-28",
        build.integer(*reasoning.budget + std::max<std::int64_t>(1024, cap.value.integer().value_or(1024))),
        Loss::narrowed);
}

}  // namespace dragoman::lower
