// Settings and rules of a config file, read by profile's own reader so that they mean what they mean in
// data/.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <optional>

#include "config/readers.h"
#include "profile/rule_yaml.h"

namespace dragoman::config {
namespace {

YAML::Node to_yaml(const Document& document) {
  switch (document.kind) {
    case Document::Kind::null:
      return YAML::Node(YAML::NodeType::Null);
    case Document::Kind::scalar:
      return YAML::Node(document.text);
    case Document::Kind::list: {
      YAML::Node out(YAML::NodeType::Sequence);
      for (const Document& item : document.items) out.push_back(to_yaml(item));
      return out;
    }
    case Document::Kind::map: {
      YAML::Node out(YAML::NodeType::Map);
      for (const Entry& entry : document.entries) out.force_insert(entry.key, to_yaml(entry.value));
      return out;
    }
  }
  return {};
}

std::vector<std::string_view> setting_names() {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < profile::kSettings; ++i) {
    names.push_back(profile::info(static_cast<profile::Setting>(i)).name);
  }
  return names;
}

}  // namespace

profile::Rule read_settings(const Place& place, std::string_view id, Reader& reader) {
  profile::Rule rule;
  rule.id = id;
  rule.why = "set in the configuration";
  reader.entries(place, [&](const Entry& entry, const Place& value) {
    const auto setting = profile::setting_named(entry.key);
    if (!setting) {
      reader.fault_at(entry.line, entry.column, value.path, fmt::format("unknown setting '{}'", entry.key),
                      suggest(entry.key, setting_names()));
      return;
    }
    auto read = profile::setting_from_yaml(*setting, to_yaml(entry.value));
    if (!read) {
      reader.fault(value, read.error().message + ", found " + shown(entry.value),
                   std::string(profile::info(*setting).meaning));
      return;
    }
    rule.settings.emplace_back(*setting, std::move(*read));
  });
  return rule;
}

std::vector<profile::Rule> read_rules(const Place& place, Reader& reader) {
  std::vector<profile::Rule> out;
  reader.each(place, [&](const Place& item) {
    auto rule = profile::rule_from_yaml(to_yaml(*item.value));
    if (rule) {
      out.push_back(std::move(*rule));
    } else {
      reader.fault(item, rule.error().message);
    }
  });
  return out;
}

}  // namespace dragoman::config
