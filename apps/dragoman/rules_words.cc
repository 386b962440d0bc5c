#include "rules_words.h"

#include <fmt/format.h>

#include <vector>

namespace dragoman::app {
namespace {

std::string quoted(std::string_view text) {
  const bool plain = !text.empty() && text.find_first_of(" ,:[]{}#\"'*&!|>%@`") == std::string_view::npos;
  return plain ? std::string(text) : fmt::format("\"{}\"", text);
}

std::string bracketed(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + quoted(item);
  return "[" + out + "]";
}

struct ToText {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const std::vector<std::string>& value) const { return bracketed(value); }
};

}  // namespace

bool can_apply(const profile::Rule& rule, std::string_view model) {
  if (model.empty()) return true;
  const profile::Mode mode{.stream = rule.stream.value_or(false),
                           .tools = rule.tools.value_or(false),
                           .thinking = rule.thinking.value_or(false),
                           .thinking_off = rule.thinking_off.value_or(false),
                           .structured = rule.structured.value_or(false)};
  return rule.applies(model, mode);
}

std::string when_words(const profile::Rule& rule) {
  std::string out;
  const auto add = [&](const std::string& words) { out += (out.empty() ? "" : "; ") + words; };
  if (!rule.models.empty()) add(fmt::format("models {}", fmt::join(rule.models, ", ")));
  if (!rule.not_models.empty()) add(fmt::format("not {}", fmt::join(rule.not_models, ", ")));
  const auto mode = [&](const std::optional<bool>& value, std::string_view name) {
    if (value) add(fmt::format("{} {}", *value ? "with" : "without", name));
  };
  mode(rule.stream, "streaming");
  mode(rule.tools, "tools");
  mode(rule.thinking, "thinking");
  if (rule.thinking_off)
    add(*rule.thinking_off ? "thinking switched off" : "unless thinking is switched off");
  mode(rule.structured, "structured output");
  if (rule.dialect) add(fmt::format("over {}", canon::name(*rule.dialect)));
  return out;
}

std::string setting_words(profile::Setting setting, const profile::SettingValue& value) {
  return fmt::format("{}: {}", profile::info(setting).name, std::visit(ToText{}, value));
}

std::string param_words(canon::Param param, const profile::ParamSpec& spec) {
  std::string limits;
  const auto add = [&](std::string words) { limits += (limits.empty() ? "" : ", ") + std::move(words); };
  if (spec.only) add(fmt::format("only {}", *spec.only));
  if (spec.min && spec.max)
    add(fmt::format("{} to {}", *spec.min, *spec.max));
  else if (spec.min)
    add(fmt::format("at least {}", *spec.min));
  else if (spec.max)
    add(fmt::format("at most {}", *spec.max));
  if (spec.max_items) add(fmt::format("at most {} items", *spec.max_items));
  if (spec.max_length) add(fmt::format("at most {} characters", *spec.max_length));
  if (spec.max_key) add(fmt::format("keys of at most {} characters", *spec.max_key));
  if (!spec.values.empty()) add(fmt::format("one of {}", fmt::join(spec.values, ", ")));
  switch (spec.support) {
    case profile::Support::drop:
      add("dropped");
      break;
    case profile::Support::reject:
      add("refused");
      break;
    case profile::Support::ok:
      if (limits.empty()) add("taken");
      break;
  }
  return fmt::format("{}: {}", canon::name(param), limits);
}

std::string says_words(const profile::Rule& rule) {
  std::string out;
  const auto add = [&](const std::string& words) { out += (out.empty() ? "" : "; ") + words; };
  for (const auto& [setting, value] : rule.settings) add(setting_words(setting, value));
  for (const auto& [param, spec] : rule.params) add(param_words(param, spec));
  return out;
}

std::string source_words(const profile::RuleSources& sources, std::string_view rule) {
  const profile::RuleSource* fact = sources.find(rule);
  if (!fact) return "";
  if (fact->evidence.empty()) return fact->source;
  return fact->source.empty() ? fmt::format("({})", fact->evidence)
                              : fmt::format("{} ({})", fact->source, fact->evidence);
}

std::string auth_words(const profile::Provider& provider) {
  switch (provider.auth) {
    case profile::Auth::none:
      return "none";
    case profile::Auth::bearer:
      return "a bearer key in `Authorization`";
    case profile::Auth::header:
      return fmt::format("a key in `{}`", provider.auth_header);
    case profile::Auth::aws:
      break;
  }
  return "AWS SigV4, or a bearer key in `Authorization`";
}

}  // namespace dragoman::app
