#include "profile/yaml_words.h"

namespace dragoman::profile {

std::unexpected<YamlError> bad(const YAML::Node& node, std::string message) {
  const int line = node.Mark().is_null() ? 0 : node.Mark().line + 1;
  return std::unexpected<YamlError>({line, std::move(message)});
}

std::expected<std::vector<std::string>, YamlError> strings(const YAML::Node& node) {
  std::vector<std::string> out;
  if (node.IsScalar()) {
    out.push_back(node.Scalar());
    return out;
  }
  if (!node.IsSequence()) return bad(node, "expected a list of words");
  for (const auto& item : node) {
    if (!item.IsScalar()) return bad(item, "expected a word");
    out.push_back(item.Scalar());
  }
  return out;
}

std::expected<bool, YamlError> boolean(const YAML::Node& node) {
  if (node.IsScalar() && node.Scalar() == "true") return true;
  if (node.IsScalar() && node.Scalar() == "false") return false;
  return bad(node, "expected true or false");
}

std::expected<double, YamlError> number(const YAML::Node& node) {
  double value = 0;
  if (!node.IsScalar() || !YAML::convert<double>::decode(node, value)) return bad(node, "expected a number");
  return value;
}

}  // namespace dragoman::profile
