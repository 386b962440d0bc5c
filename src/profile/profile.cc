#include "profile/profile.h"

#include <algorithm>

#include "base/strings.h"
#include "profile/rule_yaml.h"

namespace dragoman::profile {
namespace {

constexpr std::array<SettingInfo, kSettings> kInfos = {{
#define X(name, type, value, meaning) {#name, SettingType::type, value, meaning},
    DRAGOMAN_SETTINGS(X)
#undef X
}};

const std::array<SettingValue, kSettings>& defaults() {
  static const std::array<SettingValue, kSettings> values = [] {
    std::array<SettingValue, kSettings> out;
    for (std::size_t i = 0; i < kSettings; ++i) {
      // The table above is part of the program: a default that does not parse is caught by the first test.
      auto value = setting_from_text(kInfos[i].type, kInfos[i].default_text);
      if (value) out[i] = std::move(*value);
    }
    return out;
  }();
  return values;
}

bool matches(const std::vector<std::string>& globs, std::string_view model) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return glob_match(glob, model); });
}

}  // namespace

const SettingInfo& info(Setting setting) { return kInfos[static_cast<std::size_t>(setting)]; }

std::optional<Setting> setting_named(std::string_view name) {
  for (std::size_t i = 0; i < kSettings; ++i)
    if (kInfos[i].name == name) return static_cast<Setting>(i);
  return std::nullopt;
}

bool Rule::applies(std::string_view model, Mode mode) const {
  if (stream && *stream != mode.stream) return false;
  if (tools && *tools != mode.tools) return false;
  if (thinking && *thinking != mode.thinking) return false;
  if (thinking_off && *thinking_off != mode.thinking_off) return false;
  if (structured && *structured != mode.structured) return false;
  if (!models.empty() && !matches(models, model)) return false;
  return !matches(not_models, model);
}

Profile::Profile() {
  for (std::size_t i = 0; i < kSettings; ++i) cells_[i].value = &defaults()[i];
}

void Profile::lay(const Rule& row) {
  for (const auto& [setting, value] : row.settings)
    cells_[static_cast<std::size_t>(setting)] = {&value, &row.id};
  for (const auto& [param, spec] : row.params) params_[static_cast<std::size_t>(param)] = {&spec, &row.id};
  for (const Cite& cite : row.cites) {
    if (cite.setting)
      cells_[static_cast<std::size_t>(*cite.setting)].rule = &cite.rule;
    else if (cite.param)
      params_[static_cast<std::size_t>(*cite.param)].rule = &cite.rule;
    else
      causes_.push_back(&cite);
  }
}

bool Profile::flag(Setting s) const {
  const bool* value = std::get_if<bool>(cells_[static_cast<std::size_t>(s)].value);
  return value && *value;
}

std::int64_t Profile::integer(Setting s) const {
  const auto* value = std::get_if<std::int64_t>(cells_[static_cast<std::size_t>(s)].value);
  return value ? *value : 0;
}

const std::string& Profile::text(Setting s) const {
  static const std::string kEmpty;
  const auto* value = std::get_if<std::string>(cells_[static_cast<std::size_t>(s)].value);
  return value ? *value : kEmpty;
}

const std::vector<std::string>& Profile::list(Setting s) const {
  static const std::vector<std::string> kEmpty;
  const auto* value = std::get_if<std::vector<std::string>>(cells_[static_cast<std::size_t>(s)].value);
  return value ? *value : kEmpty;
}

std::string_view Profile::rule(Setting s) const {
  const std::string* id = cells_[static_cast<std::size_t>(s)].rule;
  return id ? std::string_view(*id) : std::string_view();
}

const ParamSpec& Profile::param(canon::Param p) const {
  static const ParamSpec kTaken;
  const ParamSpec* spec = params_[static_cast<std::size_t>(p)].spec;
  return spec ? *spec : kTaken;
}

std::string_view Profile::rule(canon::Param p) const {
  const std::string* id = params_[static_cast<std::size_t>(p)].rule;
  return id ? std::string_view(*id) : std::string_view();
}

std::string_view Profile::cite(std::string_view cause) const {
  const auto last = [&](std::string_view key) -> const Cite* {
    for (std::size_t i = causes_.size(); i-- > 0;)
      if (causes_[i]->cause == key) return causes_[i];
    return nullptr;
  };
  const std::string_view general = cause.substr(0, cause.find('.'));
  const Cite* found = last(cause);
  if (!found) found = last(general);
  if (found) return found->rule;
  // Only what is written like a rule of the contracts is one: "models.fast.settings" and "compat.x" are
  // whole.
  return !general.empty() && general.front() >= 'A' && general.front() <= 'Z' ? general : cause;
}

bool list_contains(const std::vector<std::string>& list, std::string_view item) {
  return std::any_of(list.begin(), list.end(), [&](const std::string& x) { return x == "*" || x == item; });
}

}  // namespace dragoman::profile
