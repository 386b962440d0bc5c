// How much the model reasons: effort words, budgets and adaptive thinking turned into what the target takes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "base/strings.h"
#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::ReasoningConfig;
using Mode = ReasoningConfig::Mode;

// Efforts in rising order, and the budget each stands for where a target counts tokens.
struct Effort {
  std::string_view word;
  std::int64_t budget;
};
constexpr std::array<Effort, 7> kEfforts = {{{"none", 0},
                                             {"minimal", 1024},
                                             {"low", 2048},
                                             {"medium", 8192},
                                             {"high", 16384},
                                             {"xhigh", 32768},
                                             {"max", 65536}}};

int rank(std::string_view word) {
  for (std::size_t i = 0; i < kEfforts.size(); ++i)
    if (kEfforts[i].word == word) return static_cast<int>(i);
  return 3;  // a word we do not know is taken for medium
}

int rank_of_budget(std::int64_t budget) {
  int best = 1;
  for (std::size_t i = 1; i < kEfforts.size(); ++i)
    if (budget >= kEfforts[i].budget) best = static_cast<int>(i);
  return best;
}

std::string_view nearest_effort(const std::vector<std::string>& taken, int wanted) {
  std::string_view best;
  int distance = 100;
  for (const std::string& word : taken) {
    if (word == "none" && wanted > 0)
      continue;  // asked to reason: not to be told not to, unless nothing else is left
    const int d = std::abs(rank(word) - wanted);
    if (d < distance) {
      distance = d;
      best = word;
    }
  }
  return best.empty() && !taken.empty() ? std::string_view(taken.front()) : best;
}

std::string describe(const ReasoningConfig& r) {
  if (r.mode == Mode::off) return "off";
  if (r.budget) return fmt::format("{} tokens", *r.budget);
  if (!r.effort.empty()) return std::string(r.effort);
  return r.mode == Mode::adaptive ? "adaptive" : r.mode == Mode::on ? "on" : "";
}

// Anthropic's effort is a setting of its own that does not switch thinking on; elsewhere the word does.
bool effort_alone(const Context& c) {
  return c.original.dialect == canon::DialectName::anthropic_messages &&
         c.profile.text(Setting::reasoning_issuer).starts_with("anthropic");
}

// The effort of a request that does not think: how much is written. Some have a greatest one (ANT-29).
void keep_effort(Context& c) {
  ReasoningConfig& r = c.draft.reasoning;
  const std::string& most = c.profile.text(Setting::thinking_off_effort);
  const bool capped = r.mode == Mode::off && !most.empty();
  const int wanted = !capped ? rank(r.effort) : std::min(rank(r.effort), rank(most));
  const std::string_view word = nearest_effort(c.profile.list(Setting::effort), wanted);
  if (word == r.effort) return;
  c.edit(wanted < rank(r.effort) ? Setting::thinking_off_effort : Setting::effort, "ANT-44", r.effort_pointer,
         "effort", std::string(r.effort), std::string(word), word.empty() ? Loss::semantic : Loss::narrowed);
  r.effort = word;
}

void switch_off(Context& c) {
  ReasoningConfig& r = c.draft.reasoning;
  const auto& efforts = c.profile.list(Setting::effort);
  if (c.flag(Setting::thinking_off)) {
    r.budget.reset();
    r.mode = Mode::off;
    if (r.include.value_or(false) && c.wire.name == canon::DialectName::gemini_generate) {
      // VTX-07: there are no thoughts to include.
      c.edit("VTX-07", r.include_pointer, "includeThoughts", "true", "", Loss::none);
      r.include.reset();
    }
    if (effort_alone(c) && !r.effort.empty() && r.effort != "none") return keep_effort(c);
    r.effort = profile::list_contains(efforts, "none") && !efforts.empty() ? "none" : "";
    return;
  }
  const std::string_view least = nearest_effort(efforts, 0);
  c.edit(Setting::thinking_off, "GEN-13", r.pointer.empty() ? r.effort_pointer : r.pointer, "reasoning",
         "off", least.empty() ? "" : std::string(least), Loss::narrowed);
  r = {.effort = least, .include = r.include, .summary = r.summary};
}

void fit_effort(Context& c, int wanted) {
  ReasoningConfig& r = c.draft.reasoning;
  const auto& efforts = c.profile.list(Setting::effort);
  const std::string_view word = nearest_effort(efforts, wanted);
  const std::string before = describe(r);
  // OAI-46: some do not know the top word, whatever else they take.
  const bool top = r.effort == "max" && c.profile.cite("GEN-13.max") != "GEN-13";
  if (before != word && top)
    c.edit("GEN-13.max", r.effort_pointer, "effort", before, std::string(word), Loss::narrowed);
  else if (before != word)
    c.edit(r.budget && !c.profile.rule(Setting::thinking_budget).empty() ? Setting::thinking_budget
                                                                         : Setting::effort,
           "ANT-44", r.effort_pointer.empty() ? r.pointer : r.effort_pointer, "effort", before,
           std::string(word), Loss::narrowed);
  r.effort = word;
  r.budget.reset();
  r.mode = c.flag(Setting::thinking_adaptive) ? Mode::adaptive : word == "none" ? Mode::off : Mode::on;
}

void fit_budget(Context& c, std::int64_t wanted) {
  ReasoningConfig& r = c.draft.reasoning;
  std::int64_t budget = std::max(wanted, c.profile.integer(Setting::thinking_budget_min));
  if (const std::int64_t most = c.profile.integer(Setting::thinking_budget_max))
    budget = std::min(budget, most);
  if (r.budget != budget)
    c.edit(!r.budget         ? Setting::thinking_budget
           : wanted < budget ? Setting::thinking_budget_min
                             : Setting::thinking_budget_max,
           "ANT-28", r.pointer.empty() ? r.effort_pointer : r.pointer, "budget", describe(r),
           fmt::format("{} tokens", budget), r.budget ? Loss::narrowed : Loss::none);
  r.budget = budget;
  r.mode = Mode::on;
  if (c.profile.list(Setting::effort).empty())
    r.effort = {};
  else if (!r.effort.empty())
    keep_effort(c);  // it goes along beside the budget
}

// ANT-15: with thinking on, the turn that made the open calls must start with its reasoning. When the client
// did not keep it, this request does without thinking.
bool open_turn_lost_its_reasoning(const Context& c) {
  const auto& messages = c.draft.messages;
  const auto is_call = [](const canon::Block& b) { return std::holds_alternative<canon::ToolCall>(b.body); };
  // In the user's turns since, which become one where turns alternate. Calls without results get some
  // (GEN-03).
  bool results = !messages.empty() && messages.back().role == canon::Role::assistant &&
                 std::ranges::any_of(messages.back().blocks, is_call);
  for (std::size_t i = messages.size(); i-- > 0;) {
    const canon::Message& m = messages[i];
    if (m.role != canon::Role::assistant) {
      results = results || std::any_of(m.blocks.begin(), m.blocks.end(), [](const canon::Block& b) {
                  return std::holds_alternative<canon::ToolResult>(b.body);
                });
      // Words right after calls that got no results: pairing puts results before them (GEN-03).
      results = results || (i > 0 && messages[i - 1].role == canon::Role::assistant &&
                            std::ranges::any_of(messages[i - 1].blocks, is_call));
      continue;
    }
    // A turn of which nothing is sent parts no others: what the user said around it becomes one. Thoughts
    // that nothing came of are not sent (drop_unfollowed).
    if (std::ranges::all_of(m.blocks, [](const canon::Block& b) {
          const auto* text = std::get_if<canon::Text>(&b.body);
          return std::holds_alternative<canon::Reasoning>(b.body) || (text && is_blank(text->text));
        }))
      continue;
    // Only a tool loop in progress matters: a user's own words alone close it.
    if (!results) return false;
    results = false;
    if (std::ranges::none_of(m.blocks, is_call)) return false;
    // The turn begins where the model began to speak: neighbours become one (GEN-11), blank text goes.
    const canon::Block* begins = nullptr;
    for (std::size_t k = i + 1; k-- > 0 && messages[k].role == canon::Role::assistant;)
      for (const canon::Block& block : std::views::reverse(messages[k].blocks)) {
        const auto* text = std::get_if<canon::Text>(&block.body);
        if (!text || !is_blank(text->text)) begins = &block;
      }
    const auto* first = begins ? std::get_if<canon::Reasoning>(&begins->body) : nullptr;
    return !first || !accepts(c, *first) || (first->signature.empty() && first->redacted.empty());
  }
  return false;
}

bool is_switch(std::string_view style) {
  return style == "zai" || style == "qwen" || style == "minimax" || style == "together" ||
         style == "qwen_template";
}

// The reasoning the client asked for in the target's words.
void fit_thinking(Context& c) {
  ReasoningConfig& r = c.draft.reasoning;
  const auto& efforts = c.profile.list(Setting::effort);
  const bool budgets = c.flag(Setting::thinking_budget);
  const bool adapts = c.flag(Setting::thinking_adaptive);
  if (r.mode == Mode::unset && !r.budget && effort_alone(c)) return keep_effort(c);
  if (r.budget && budgets) return fit_budget(c, *r.budget);
  if (r.budget && !efforts.empty()) return fit_effort(c, rank_of_budget(*r.budget));
  // OpenRouter takes one or the other; elsewhere a budget says more than a word.
  // A server of one's own may know no budgets at all: it gets one only where the client counts tokens.
  const bool own_server = c.profile.text(Setting::reasoning_style) == "qwen_template";
  const bool by_word =
      adapts || !budgets || own_server || c.profile.text(Setting::reasoning_style) == "openrouter";
  if (!r.effort.empty() && !efforts.empty() && by_word) return fit_effort(c, rank(r.effort));
  if (!r.effort.empty() && budgets && !own_server)
    return fit_budget(c, kEfforts[static_cast<std::size_t>(rank(r.effort))].budget);
  if (is_switch(c.profile.text(Setting::reasoning_style)) && (r.budget || !r.effort.empty())) {
    // A switch and no more.
    c.edit(Setting::reasoning_style, "ZAI-10", r.effort_pointer.empty() ? r.pointer : r.effort_pointer,
           "effort", describe(r), "on", Loss::narrowed);
    r.effort = {};
    r.budget.reset();
    r.mode = Mode::on;
    return;
  }
  // Where only a word for how much switches thinking on, being asked to think says one.
  if (!adapts && !budgets && !efforts.empty() && !c.flag(Setting::reasons_by_default) && efforts_only(c))
    return fit_effort(c, 3);
  if (r.mode == Mode::adaptive && !adapts) {
    if (budgets && !own_server) return fit_budget(c, kEfforts[3].budget);
    r.mode = Mode::on;
  }
  if (r.mode == Mode::on && adapts && !r.budget && !budgets) r.mode = Mode::adaptive;
  if (r.mode == Mode::on && budgets && !r.budget && !own_server) fit_budget(c, kEfforts[3].budget);
}

}  // namespace

void pass_thinking(Context& c) {
  ReasoningConfig& r = c.draft.reasoning;
  const bool asked_off = r.mode == Mode::off || (r.effort == "none" && r.mode == Mode::unset);
  const bool asked_on = !asked_off && (r.mode != Mode::unset || r.budget || !r.effort.empty());
  if (!asked_off && !asked_on) {
    // OAI-45: with tools these models must be told not to reason; left alone they do.
    const auto& efforts = c.profile.list(Setting::effort);
    if (c.flag(Setting::reasons_by_default) && efforts.size() == 1 && efforts.front() == "none") {
      c.edit(Setting::effort, "OAI-45", "", "reasoning_effort", "", "none", Loss::narrowed);
      r.mode = Mode::off;
      r.effort = efforts.front();
    }
    return;
  }

  if (!c.flag(Setting::thinking)) {
    c.edit(Setting::thinking, "OAI-49", r.pointer.empty() ? r.effort_pointer : r.pointer, "reasoning",
           describe(r), "",
           !asked_off                            ? Loss::semantic
           : c.flag(Setting::reasons_by_default) ? Loss::narrowed
                                                 : Loss::none);
    r = {};
    return;
  }
  if (!c.fixed_effort.empty()) {
    r.effort = c.fixed_effort;
    r.budget.reset();
    r.mode = Mode::unset;
    return;
  }
  if (asked_off) return switch_off(c);
  fit_thinking(c);
  if (r.mode != Mode::on || !c.flag(Setting::thinking_first) || !open_turn_lost_its_reasoning(c)) return;
  c.edit(Setting::thinking_first, "ANT-15", r.pointer.empty() ? r.effort_pointer : r.pointer, "thinking",
         describe(c.original.reasoning), "disabled", Loss::semantic);
  r = {};
  r.mode = Mode::off;
}

}  // namespace dragoman::lower
