// Words, switches and numbers out of YAML, and what is said of others. Only rule_yaml.cc and provider_yaml.cc
// include it.
#pragma once
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "profile/rule_yaml.h"

namespace dragoman::profile {

// What is wrong with `node`, with its line.
std::unexpected<YamlError> bad(const YAML::Node& node, std::string message);

// The same of a key that is none of `known`, with the nearest of them.
template <std::size_t N>
std::unexpected<YamlError> unknown_key(const YAML::Node& key, const std::array<std::string_view, N>& known) {
  const std::string word = key.Scalar();
  std::string message = fmt::format("unknown key '{}'", word);
  if (const auto near = nearest(word, known)) message += fmt::format(", did you mean '{}'?", *near);
  return bad(key, std::move(message));
}

// A list of words; one scalar counts as a list of one.
std::expected<std::vector<std::string>, YamlError> strings(const YAML::Node& node);
std::expected<bool, YamlError> boolean(const YAML::Node& node);
std::expected<double, YamlError> number(const YAML::Node& node);

}  // namespace dragoman::profile
