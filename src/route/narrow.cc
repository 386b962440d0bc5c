#include "route/narrow.h"

#include <fmt/format.h>

#include <charconv>

#include "base/strings.h"
#include "profile/rule_yaml.h"

namespace dragoman::route {
namespace {

std::string_view unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    return text.substr(1, text.size() - 2);
  return text;
}

// "[a, b]" or "a"
std::vector<std::string> items(std::string_view text) {
  text = trim(text);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<std::string> out;
  for (const std::string_view item : split(text, ','))
    if (const std::string_view word = unquoted(item); !word.empty()) out.emplace_back(word);
  return out;
}

// "drop", or "{max: 2.0}"
Result<profile::ParamSpec> param_spec(std::string_view name, std::string_view text) {
  profile::ParamSpec spec;
  if (text == "drop") {
    spec.support = profile::Support::drop;
    return spec;
  }
  const std::size_t colon = text.find("max:");
  if (!text.starts_with('{') || colon == std::string_view::npos)
    return fail(fmt::format("params.{}: expected drop or {{max: NUMBER}}, found {}", name, text));
  std::string_view number = trim(text.substr(colon + 4));
  if (number.ends_with('}')) number.remove_suffix(1);
  number = trim(number);
  double most = 0;
  if (const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), most);
      error != std::errc() || end != number.data() + number.size())
    return fail(fmt::format("params.{}: {} is no number", name, number));
  spec.max = most;
  return spec;
}

}  // namespace

Result<std::vector<profile::Rule>> narrowing_rules(const failure::Repair& repair,
                                                   const profile::CompatTable& compat) {
  std::vector<profile::Rule> rules;
  for (const auto& [name, value] : repair.compat) {
    const profile::CompatFlag* flag = compat.find(name);
    if (!flag) return fail(fmt::format("compat.{}: no such flag", name));
    profile::CompatValue given;
    if (flag->type == profile::CompatType::list)
      given.entries = items(value);
    else
      given.word = unquoted(value);
    auto rule = flag->rule(given);
    if (!rule) return fail(fmt::format("compat.{}: {} is no value of it", name, value));
    rule->why = repair.why;
    rules.push_back(*std::move(rule));
  }
  if (repair.settings.empty() && repair.params.empty()) return rules;
  profile::Rule rule{.id = "learned", .why = repair.why};
  for (const auto& [name, value] : repair.settings) {
    const auto setting = profile::setting_named(name);
    if (!setting) return fail(fmt::format("settings.{}: no such setting", name));
    if (profile::info(*setting).type == profile::SettingType::boolean && value != "true" && value != "false")
      return fail(fmt::format("settings.{}: expected true or false, found {}", name, value));
    auto read = profile::setting_from_text(profile::info(*setting).type, unquoted(value));
    if (!read) return std::unexpected(read.error());
    rule.settings.emplace_back(*setting, *std::move(read));
  }
  for (const auto& [name, value] : repair.params) {
    const auto param = canon::param_named(name);
    if (!param) return fail(fmt::format("params.{}: no such parameter", name));
    auto spec = param_spec(name, value);
    if (!spec) return std::unexpected(spec.error());
    rule.params.emplace_back(*param, *std::move(spec));
  }
  rules.push_back(std::move(rule));
  return rules;
}

}  // namespace dragoman::route
