#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/strings.h"
#include "profile/data_files.h"
#include "profile/provider.h"
#include "profile/provider_yaml.h"

namespace dragoman::profile {
namespace {

std::unexpected<Error> in_file(std::string_view path, const YamlError& error) {
  return fail(fmt::format("{}:{}: {}", path, error.line, error.message));
}

std::string_view stem(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  return path.substr(0, path.find('.'));
}

}  // namespace

Result<Catalogue> Catalogue::builtin() {
  Catalogue out;
  auto compat = CompatTable::builtin();
  if (!compat) return std::unexpected(compat.error());
  out.compat_ = std::move(*compat);
  for (const DataFile& file : data_files()) {
    if (!file.path.ends_with(".yaml") || file.path == "compat.yaml") continue;
    YAML::Node root;
    try {
      root = YAML::Load(std::string(file.text));
    } catch (const YAML::Exception& e) {
      return in_file(file.path, {e.mark.line + 1, e.msg});
    }
    if (file.path.starts_with("providers/")) {
      auto provider = provider_from_yaml(root);
      if (!provider) return in_file(file.path, provider.error());
      out.providers_.push_back(std::move(*provider));
      continue;
    }
    auto rules = rules_from_yaml(root["rules"]);
    if (!rules) return in_file(file.path, rules.error());
    if (file.path.starts_with("families/")) {
      out.families_.push_back({std::string(stem(file.path)), std::move(*rules)});
    } else if (file.path.starts_with("dialects/")) {
      const auto dialect = canon::dialect_named(stem(file.path));
      if (!dialect) return fail(fmt::format("{}: no dialect has this name", file.path));
      out.dialects_[static_cast<std::size_t>(*dialect)] = std::move(*rules);
    }
  }
  for (const Provider& provider : out.providers_)
    for (const std::string& name : provider.families)
      if (!out.family(name))
        return fail(fmt::format("providers/{}.yaml: no family '{}'", provider.name, name));
  for (const EndpointClass& endpoint : out.compat_.endpoints())
    if (!endpoint.like.empty() && !out.find(endpoint.like))
      return fail(fmt::format("compat.yaml: no provider '{}'", endpoint.like));
  return out;
}

const Provider* Catalogue::find(std::string_view name) const {
  for (const Provider& p : providers_)
    if (p.name == name || std::find(p.aliases.begin(), p.aliases.end(), name) != p.aliases.end()) return &p;
  return nullptr;
}

const Catalogue::Group* Catalogue::family(std::string_view name) const {
  for (const Group& group : families_)
    if (group.name == name) return &group;
  return nullptr;
}

std::vector<Catalogue::Layer> Catalogue::layers(const Provider& provider) const {
  std::vector<Layer> out;
  out.push_back({fmt::format("dialects/{}.yaml", canon::name(provider.dialect)),
                 dialects_[static_cast<std::size_t>(provider.dialect)]});
  for (const std::string& name : provider.families)
    if (const Group* group = family(name))
      out.push_back({fmt::format("families/{}.yaml", name), group->rules});
  out.push_back({fmt::format("providers/{}.yaml", provider.name), provider.rules});
  return out;
}

std::vector<const Rule*> Catalogue::rows(const Provider& provider) const {
  std::vector<const Rule*> out;
  for (const Layer& layer : layers(provider))
    for (const Rule& rule : layer.rules) out.push_back(&rule);
  return out;
}

Profile Catalogue::resolve(const Provider& provider, std::string_view model, Mode mode,
                           std::span<const Rule> extra) const {
  Profile profile;
  const auto lay = [&](std::span<const Rule> rules) {
    for (const Rule& rule : rules)
      if ((!rule.dialect || *rule.dialect == provider.dialect) && rule.applies(model, mode))
        profile.lay(rule);
  };
  lay(dialects_[static_cast<std::size_t>(provider.dialect)]);
  for (const std::string& name : provider.families)
    if (const Group* group = family(name)) lay(group->rules);
  lay(provider.rules);
  lay(extra);
  return profile;
}

}  // namespace dragoman::profile
