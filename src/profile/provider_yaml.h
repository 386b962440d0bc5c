// A provider as YAML: a file of data/providers/. docs/adding-a-provider.md lists the keys.
#pragma once
#include <expected>

#include "profile/provider.h"
#include "profile/rule_yaml.h"

namespace dragoman::profile {

std::expected<Provider, YamlError> provider_from_yaml(const YAML::Node& node);

}  // namespace dragoman::profile
