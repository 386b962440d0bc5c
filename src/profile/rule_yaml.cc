#include "profile/rule_yaml.h"

#include <charconv>

#include "profile/yaml_words.h"

namespace dragoman::profile {
namespace {

std::expected<ParamSpec, YamlError> param_spec(const YAML::Node& node) {
  ParamSpec spec;
  if (node.IsScalar()) {
    if (node.Scalar() == "ok") return spec;
    if (node.Scalar() == "drop" || node.Scalar() == "reject") {
      spec.support = node.Scalar() == "drop" ? Support::drop : Support::reject;
      return spec;
    }
    return bad(node, "expected ok, drop, reject or a map of limits");
  }
  if (!node.IsMap()) return bad(node, "expected ok, drop, reject or a map of limits");
  static constexpr std::array<std::string_view, 8> kKeys = {"min",       "max",        "only",    "omit",
                                                            "max_items", "max_length", "max_key", "values"};
  for (const auto& entry : node) {
    const std::string key = entry.first.Scalar();
    if (key == "values") {
      auto words = strings(entry.second);
      if (!words) return std::unexpected(words.error());
      spec.values = std::move(*words);
      continue;
    }
    const auto limit = number(entry.second);
    if (!limit) return std::unexpected(limit.error());
    if (key == "min")
      spec.min = *limit;
    else if (key == "max")
      spec.max = *limit;
    else if (key == "only")
      spec.only = *limit;
    else if (key == "omit")
      spec.omit = *limit;
    else if (key == "max_items")
      spec.max_items = static_cast<std::int64_t>(*limit);
    else if (key == "max_length")
      spec.max_length = static_cast<std::int64_t>(*limit);
    else if (key == "max_key")
      spec.max_key = static_cast<std::int64_t>(*limit);
    else
      return unknown_key(entry.first, kKeys);
  }
  return spec;
}

std::expected<void, YamlError> read_when(Rule& rule, const YAML::Node& node) {
  static constexpr std::array<std::string_view, 8> kKeys = {
      "models", "not_models", "stream", "tools", "thinking", "thinking_off", "structured", "dialect"};
  if (!node.IsMap()) return bad(node, "expected a map of conditions");
  for (const auto& entry : node) {
    const std::string key = entry.first.Scalar();
    if (key == "models" || key == "not_models") {
      auto globs = strings(entry.second);
      if (!globs) return std::unexpected(globs.error());
      (key == "models" ? rule.models : rule.not_models) = std::move(*globs);
      continue;
    }
    if (key == "dialect") {
      rule.dialect = canon::dialect_named(entry.second.Scalar());
      if (!rule.dialect) return bad(entry.second, "expected the name of a dialect, like openai_chat");
      continue;
    }
    const auto truth = boolean(entry.second);
    if (key == "stream" || key == "tools" || key == "thinking" || key == "thinking_off" ||
        key == "structured") {
      if (!truth) return std::unexpected(truth.error());
      (key == "stream"         ? rule.stream
       : key == "tools"        ? rule.tools
       : key == "thinking"     ? rule.thinking
       : key == "thinking_off" ? rule.thinking_off
                               : rule.structured) = *truth;
    } else {
      return unknown_key(entry.first, kKeys);
    }
  }
  return {};
}

std::expected<void, YamlError> read_settings(Rule& rule, const YAML::Node& node) {
  if (!node.IsMap()) return bad(node, "expected a map of settings");
  for (const auto& entry : node) {
    const auto setting = setting_named(entry.first.Scalar());
    if (!setting) {
      static const auto kNames = [] {
        std::array<std::string_view, kSettings> names;
        for (std::size_t i = 0; i < kSettings; ++i) names[i] = info(static_cast<Setting>(i)).name;
        return names;
      }();
      return unknown_key(entry.first, kNames);
    }
    auto value = setting_from_yaml(*setting, entry.second);
    if (!value) return std::unexpected(value.error());
    rule.settings.emplace_back(*setting, std::move(*value));
  }
  return {};
}

std::expected<void, YamlError> read_params(Rule& rule, const YAML::Node& node) {
  if (!node.IsMap()) return bad(node, "expected a map of parameters");
  for (const auto& entry : node) {
    const auto param = canon::param_named(entry.first.Scalar());
    if (!param) {
      static const auto kNames = [] {
        std::array<std::string_view, canon::kParams> names;
        for (std::size_t i = 0; i < canon::kParams; ++i) names[i] = canon::name(static_cast<canon::Param>(i));
        return names;
      }();
      return unknown_key(entry.first, kNames);
    }
    auto spec = param_spec(entry.second);
    if (!spec) return std::unexpected(spec.error());
    rule.params.emplace_back(*param, std::move(*spec));
  }
  return {};
}

std::expected<void, YamlError> read_cites(Rule& rule, const YAML::Node& node) {
  if (!node.IsMap()) return bad(node, "expected a map of settings, parameters or causes to rule ids");
  for (const auto& entry : node) {
    if (!entry.second.IsScalar()) return bad(entry.second, "expected the id of a rule");
    Cite cite;
    cite.rule = entry.second.Scalar();
    cite.cause = entry.first.Scalar();
    cite.setting = setting_named(cite.cause);
    if (!cite.setting) cite.param = canon::param_named(cite.cause);
    // A cause of the passes is a rule's id itself (context.h); anything else is a word that was mistyped.
    if (!cite.setting && !cite.param && (cite.cause.empty() || cite.cause[0] < 'A' || cite.cause[0] > 'Z'))
      return bad(entry.first, fmt::format("'{}' is no setting, parameter or rule", cite.cause));
    rule.cites.push_back(std::move(cite));
  }
  return {};
}

}  // namespace

std::expected<SettingValue, YamlError> setting_from_yaml(Setting setting, const YAML::Node& node) {
  switch (info(setting).type) {
    case SettingType::boolean: {
      const auto value = boolean(node);
      if (!value) return std::unexpected(value.error());
      return SettingValue(*value);
    }
    case SettingType::integer: {
      std::int64_t value = 0;
      if (!node.IsScalar() || !YAML::convert<std::int64_t>::decode(node, value))
        return bad(node, "expected a whole number");
      return SettingValue(value);
    }
    case SettingType::text:
      if (node.IsNull()) return SettingValue(std::string());
      if (!node.IsScalar()) return bad(node, "expected a word");
      return SettingValue(node.Scalar());
    case SettingType::list: {
      auto value = strings(node);
      if (!value) return std::unexpected(value.error());
      return SettingValue(std::move(*value));
    }
  }
  return bad(node, "unknown type");
}

Result<SettingValue> setting_from_text(SettingType type, std::string_view text) {
  switch (type) {
    case SettingType::boolean:
      return SettingValue(text == "true");
    case SettingType::integer: {
      std::int64_t value = 0;
      std::from_chars(text.data(), text.data() + text.size(), value);
      return SettingValue(value);
    }
    case SettingType::text:
      return SettingValue(std::string(text));
    case SettingType::list: {
      std::vector<std::string> items;
      if (text.size() < 2 || text.front() != '[') return fail("expected [item, item]");
      const std::string_view inside = text.substr(1, text.size() - 2);
      if (!inside.empty())
        for (const std::string_view item : split(inside, ',')) items.emplace_back(trim(item));
      return SettingValue(std::move(items));
    }
  }
  return fail("unknown type");
}

std::expected<Rule, YamlError> rule_from_yaml(const YAML::Node& node) {
  static constexpr std::array<std::string_view, 6> kKeys = {"id", "why", "when", "set", "params", "cites"};
  if (!node.IsMap()) return bad(node, "expected a rule: a map with id, when, set, params");
  Rule rule;
  for (const auto& entry : node) {
    const std::string key = entry.first.Scalar();
    std::expected<void, YamlError> done;
    if (key == "id")
      rule.id = entry.second.Scalar();
    else if (key == "why")
      rule.why = entry.second.Scalar();
    else if (key == "when")
      done = read_when(rule, entry.second);
    else if (key == "set")
      done = read_settings(rule, entry.second);
    else if (key == "params")
      done = read_params(rule, entry.second);
    else if (key == "cites")
      done = read_cites(rule, entry.second);
    else
      return unknown_key(entry.first, kKeys);
    if (!done) return std::unexpected(done.error());
  }
  if (rule.id.empty()) return bad(node, "a rule needs an id");
  return rule;
}

std::expected<std::vector<Rule>, YamlError> rules_from_yaml(const YAML::Node& list) {
  std::vector<Rule> out;
  if (!list || list.IsNull()) return out;
  if (!list.IsSequence()) return bad(list, "expected a list of rules");
  for (const auto& item : list) {
    auto rule = rule_from_yaml(item);
    if (!rule) return std::unexpected(rule.error());
    out.push_back(std::move(*rule));
  }
  return out;
}

}  // namespace dragoman::profile
