// Rules and settings as YAML, the form they have in data/ and in a user's config.
//
//   - id: ANT-26                     # where the rule comes from
//     why: temperature is 0 to 1
//     when: {models: ["claude-*"], not_models: ["*-haiku-*"], stream: true, tools: true, thinking: true}
//     set: {alternate: true}         # settings, see setting.h
//     params: {temperature: {min: 0, max: 1}, seed: drop, top_k: ok, n: {max: 1}, logprobs: reject}
//     cites: {temperature: ANT-26, tool_name_max: ANT-30, GEN-03.orphan: ANT-11}   # see Cite in profile.h
#pragma once
#include <string_view>

#include "base/error.h"
#include "profile/profile.h"

namespace YAML {
class Node;
}

namespace dragoman::profile {

// Line numbers count from 1; 0 when there is none.
struct YamlError {
  int line = 0;
  std::string message;
};

std::expected<Rule, YamlError> rule_from_yaml(const YAML::Node& node);
// A list of them; none where there is no node or a null one.
std::expected<std::vector<Rule>, YamlError> rules_from_yaml(const YAML::Node& list);

std::expected<SettingValue, YamlError> setting_from_yaml(Setting setting, const YAML::Node& node);
// The same from text: a default of setting.h, or a value a failure names ("true", "64", "[a, b]"). Only a
// list without its brackets fails; what is no number is 0.
Result<SettingValue> setting_from_text(SettingType type, std::string_view text);

}  // namespace dragoman::profile
