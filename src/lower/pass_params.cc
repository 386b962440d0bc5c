// GEN-13: parameters are clamped, renamed or left out by the target's profile, never sent in hope.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "base/strings.h"
#include "canon/tokens.h"
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
  // TGI-02: refused, though it is what happens when nothing is said.
  if (spec.omit && number == *spec.omit) return drop(c, p, rule, Loss::none);
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
    // A cache key only has to be the same for the same prompt, so its hash does (OAI-63). Of an id a prefix
    // could name another user, so the whole thing goes.
    if (p == Param::prompt_cache_key && *spec.max_length >= 16) {
      const std::string made = fmt::format("{:016x}", stable_hash(text));
      return replace(c, p, rule, json::Builder(c.arena).string_copy(made), Loss::none);
    }
    return drop(c, p, rule, Loss::semantic);
  }
  if (!spec.values.empty() && !profile::list_contains(spec.values, text)) drop(c, p, rule, Loss::semantic);
}

// OAI-07: objects of strings, such as metadata. A member that is too long goes, as do those beyond the count.
void fit_object(Context& c, Param p, const ParamSpec& spec, std::string_view rule) {
  const json::Value value = c.draft.params[p].value;
  // BR-38: requestMetadata has at least one pair.
  if (value.members().empty() && c.wire.name == canon::DialectName::bedrock_converse)
    return drop(c, p, rule, Loss::none);
  const auto over = [](std::string_view text, std::optional<std::int64_t> most) {
    return most && text.size() > static_cast<std::size_t>(*most);
  };
  std::vector<json::Member> kept;
  for (const json::Member& member : value.members()) {
    if (over(member.key, spec.max_key) || over(member.value.text(), spec.max_length)) continue;
    if (spec.max_items && kept.size() == static_cast<std::size_t>(*spec.max_items)) break;
    kept.push_back(member);
  }
  if (kept.size() == value.members().size()) return;
  if (kept.empty()) return drop(c, p, rule, Loss::semantic);
  replace(c, p, rule, json::Builder(c.arena).object(kept), Loss::semantic);
}

// The client's spelling of the field, where it speaks the target's dialect, and the target's.
void rename(Context& c, Param p, std::string_view field, Setting cause) {
  const ParamValue& value = c.draft.params[p];
  if (!value.value || value.pointer.empty() || c.original.dialect != c.wire.name) return;
  if (value.pointer.substr(1) != field)
    c.edit(cause, "OAI-41", value.pointer, canon::name(p), std::string(value.pointer.substr(1)),
           std::string(field), Loss::none);
}

}  // namespace

std::string_view max_tokens_name(const Context& c) {
  const std::string_view field = c.profile.text(Setting::max_tokens_field);
  if (field != "either") return field;
  const bool old_word =
      c.original.dialect == c.wire.name && c.draft.params[Param::max_tokens].pointer == "/max_tokens";
  return old_word ? "max_tokens" : "max_completion_tokens";
}

namespace {

void pass_stop(Context& c) {
  ParamValue& stop = c.draft.params[Param::stop];
  const bool blank_too = c.flag(Setting::stop_blank);
  bool lost = false;  // an empty string never stops anything; white space does
  std::vector<json::Value> kept;
  for (const json::Value item : stop.value.items()) {
    if (item.text().empty()) continue;
    if (blank_too || !is_blank(item.text()))
      kept.push_back(item);
    else
      lost = true;
  }
  if (kept.size() == stop.value.items().size()) return;
  const std::string_view rule = c.rule(Setting::stop_blank, "ANT-54");
  const Loss loss = lost ? Loss::semantic : Loss::none;
  if (kept.empty()) return drop(c, Param::stop, rule, loss);
  replace(c, Param::stop, rule, json::Builder(c.arena).array(kept), loss);
}

// OAI-09: how many are wanted is said to those only who are told that they are wanted.
void fit_top_logprobs(Context& c) {
  const ParamValue& top = c.draft.params[Param::top_logprobs];
  ParamValue& wanted = c.draft.params[Param::logprobs];
  if (!top.value || (wanted.value && wanted.value.boolean())) return;
  const bool sayable = !c.wire.param_fields[static_cast<std::size_t>(Param::logprobs)].empty() &&
                       c.profile.param(Param::logprobs).support == Support::ok;
  if (wanted.value || !sayable || top.value.number() == 0)
    return drop(c, Param::top_logprobs, "OAI-09", Loss::none);
  c.edit("OAI-09", top.pointer, "logprobs", "", "true", Loss::none);
  wanted = {json::Builder(c.arena).boolean(true), top.pointer};
}

// Together's clients and server say both in one: how many tokens they choose from, the one that is taken
// among them.
void count_logprobs(Context& c) {
  ParamValue& wanted = c.draft.params[Param::logprobs];
  if (!wanted.value) return;
  const bool by_number = c.original.source["logprobs"].is_number();
  if (!c.flag(Setting::logprobs_count)) {
    if (by_number)
      c.edit("OAI-09", wanted.pointer, "logprobs", show(c.original.source["logprobs"]), "true", Loss::none);
    return;
  }
  const std::string_view rule = c.rule(Setting::logprobs_count, "OAI-09");
  if (!wanted.value.boolean()) return drop(c, Param::logprobs, rule, Loss::none);
  ParamValue& top = c.draft.params[Param::top_logprobs];
  const json::Value count = top.value ? top.value : json::Builder(c.arena).integer(1);
  if (by_number) {
    wanted.value = count;  // as the client wrote it
  } else {
    c.restore.logprobs = true;
    if (top.value && top.pointer != wanted.pointer) drop(c, Param::top_logprobs, rule, Loss::none);
    replace(c, Param::logprobs, rule, count, Loss::none);
  }
  top = {};
}

// A number of tokens is whole. Gemini's topK is a float.
void whole_top_k(Context& c) {
  const ParamValue& k = c.draft.params[Param::top_k];
  if (!k.value || k.value.number_text().find_first_of(".eE") == std::string_view::npos ||
      c.wire.name == canon::DialectName::gemini_generate)
    return;
  const double number = k.value.number();
  const auto whole =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(std::llround(std::min(number, 1e9))));
  replace(c, Param::top_k, "GEN-13", json::Builder(c.arena).integer(whole),
          static_cast<double>(whole) == number ? Loss::none : Loss::narrowed);
}

// Anthropic's "standard_only" is what the others call "default".
void fit_tier(Context& c, const ParamSpec& spec, std::string_view rule) {
  const std::string_view text = c.draft.params[Param::service_tier].value.text();
  if (spec.values.empty() || profile::list_contains(spec.values, text)) return;
  const std::string_view other = text == "standard_only" ? "default"
                                 : text == "default"     ? "standard_only"
                                                         : "";
  if (!other.empty() && profile::list_contains(spec.values, other))
    replace(c, Param::service_tier, rule, json::Builder(c.arena).string(other), Loss::none);
  else if (text == "auto" || text == "default")
    drop(c, Param::service_tier, rule, Loss::none);  // what happens unasked
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
      // One call at a time is a promise about the answer; nothing the model reads is lost.
      const bool idle = p == Param::parallel_tool_calls &&
                        (c.draft.tools.empty() || c.draft.tool_choice.mode == canon::ChoiceMode::none);
      drop(c, p, no_word && c.profile.rule(p).empty() ? canon::name(c.wire.name) : rule,
           harmless || idle                  ? Loss::none
           : p == Param::parallel_tool_calls ? Loss::widened
                                             : Loss::semantic);
      continue;
    }
    if (value.is_number()) fit_number(c, p, spec, rule);
    if (value.is_array()) fit_array(c, p, spec, rule);
    if (value.is_object()) fit_object(c, p, spec, rule);
    if (p == Param::service_tier && value.is_string()) fit_tier(c, spec, rule);
    if (c.draft.params.has(p) && value.is_string()) fit_text(c, p, spec, rule);
  }
  if (c.wire.name == canon::DialectName::openai_chat) {
    rename(c, Param::max_tokens, max_tokens_name(c), Setting::max_tokens_field);
    rename(c, Param::seed, c.profile.text(Setting::seed_field), Setting::seed_field);
  }
  fit_top_logprobs(c);
  count_logprobs(c);
  whole_top_k(c);
  if (const json::Value n = c.draft.params[Param::n].value;
      n && n.number() > 1 && !c.flag(Setting::greedy_n) && c.draft.params.has(Param::temperature) &&
      c.draft.params[Param::temperature].value.number() == 0) {
    // MIS-33: several answers were asked for, so they may differ.
    replace(c, Param::temperature, c.rule(Setting::greedy_n, "MIS-33"), json::Builder(c.arena).number(0.01),
            Loss::narrowed);
  }
  if (c.flag(Setting::penalty_one) && c.draft.params.has(Param::frequency_penalty) &&
      c.draft.params.has(Param::presence_penalty)) {
    const bool idle = c.draft.params[Param::frequency_penalty].value.number() == 0;
    const Param less = idle ? Param::frequency_penalty : Param::presence_penalty;
    drop(c, less, c.rule(Setting::penalty_one, "COH-08"),
         c.draft.params[less].value.number() == 0 ? Loss::none : Loss::semantic);
  }
  if (c.flag(Setting::sampling_one) && c.draft.params.has(Param::temperature) &&
      c.draft.params.has(Param::top_p)) {
    const bool everything = c.draft.params[Param::top_p].value.number() == 1;
    drop(c, Param::top_p, c.rule(Setting::sampling_one, "ANT-25"), everything ? Loss::none : Loss::semantic);
  }
}

namespace {

constexpr std::int64_t kLeastAnswer = 1024;

// VLLM-04, TG-02: prompt and answer share the window. How long the prompt is can only be guessed here: a cap
// that is still too large is lowered by the repair, as it is where no window is known; a prompt that is too
// long by itself is the provider's to refuse.
void fit_window(Context& c) {
  const std::int64_t window = c.profile.integer(Setting::context_window);
  const json::Value cap = c.draft.params[Param::max_tokens].value;
  if (window <= 0 || !cap) return;
  const std::int64_t room = window - canon::estimate_tokens(c.draft);
  if (room < kLeastAnswer || cap.number() <= static_cast<double>(room)) return;
  replace(c, Param::max_tokens, c.rule(Setting::context_window, "VLLM-04"),
          json::Builder(c.arena).integer(room), Loss::narrowed);
}

}  // namespace

void pass_limits(Context& c) {
  constexpr std::int64_t kUsualAnswer = 4096;
  ParamValue& cap = c.draft.params[Param::max_tokens];
  const json::Builder build(c.arena);
  auto& reasoning = c.draft.reasoning;
  // ANT-28: the thinking budget is part of max_tokens, and less than it.
  const bool thinks = c.flag(Setting::thinking_first) && reasoning.mode == canon::ReasoningConfig::Mode::on &&
                      reasoning.budget;
  const std::int64_t needed = c.profile.integer(Setting::max_tokens_required);
  const std::int64_t most = c.profile.integer(Setting::max_tokens_cap);
  if (!cap.value && (needed > 0 || thinks)) {
    // A cap that nobody gave is ours or the host's own to choose, and has to hold the thinking as well.
    std::int64_t room = thinks ? std::max(needed, *reasoning.budget + kUsualAnswer) : needed;
    if (most > 0) room = std::min(room, most);
    c.edit(needed > 0 ? c.rule(Setting::max_tokens_required, "ANT-01")
                      : c.rule(Setting::thinking_first, "ANT-28"),
           "", "max_tokens", "", std::to_string(room), Loss::narrowed);
    cap.value = build.integer(room);
  }
  if (most > 0 && cap.value && cap.value.number() > static_cast<double>(most))
    replace(c, Param::max_tokens, c.rule(Setting::max_tokens_cap, "ANT-02"), build.integer(most),
            Loss::narrowed);
  fit_window(c);
  if (!thinks) return;
  const std::int64_t least = c.profile.integer(Setting::thinking_budget_min);
  const auto said = cap.value.integer().value_or(0);
  // A budget we made of an effort gives way to the client's cap; one the client wrote outranks it, as far as
  // the model goes.
  const bool ours = !c.original.reasoning.budget;
  std::int64_t room = ours ? said - kLeastAnswer : most > 0 ? most - kLeastAnswer : *reasoning.budget;
  if (ours && room < least) room = least;
  if (*reasoning.budget > room) {
    c.edit("ANT-28", reasoning.pointer.empty() ? reasoning.effort_pointer : reasoning.pointer, "budget",
           fmt::format("{} tokens", *reasoning.budget), fmt::format("{} tokens", room), Loss::narrowed);
    reasoning.budget = room;
  }
  if (said <= *reasoning.budget)
    replace(c, Param::max_tokens, "ANT-28", build.integer(*reasoning.budget + kLeastAnswer), Loss::narrowed);
}

}  // namespace dragoman::lower
