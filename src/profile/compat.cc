#include "profile/compat.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/strings.h"
#include "profile/data_files.h"
#include "profile/rule_yaml.h"

namespace dragoman::profile {
namespace {

constexpr std::pair<std::string_view, CompatType> kTypes[] = {{"boolean", CompatType::boolean},
                                                              {"word", CompatType::word},
                                                              {"list", CompatType::list},
                                                              {"map", CompatType::map},
                                                              {"object", CompatType::object}};

std::unexpected<Error> at(const YAML::Node& node, std::string_view message) {
  return fail(fmt::format("compat.yaml:{}: {}", node.Mark().line + 1, message));
}

Result<Rule> row(const YAML::Node& node, const std::string& flag) {
  Rule rule;
  if (node.IsDefined() && node.size() > 0) {
    YAML::Node named = YAML::Clone(node);
    named["id"] = "compat." + flag;
    auto read = rule_from_yaml(named);
    if (!read) return fail(fmt::format("compat.yaml:{}: {}", read.error().line, read.error().message));
    rule = std::move(*read);
  }
  rule.id = "compat." + flag;
  return rule;
}

Result<std::vector<std::pair<std::string, Rule>>> rows(const YAML::Node& map, const std::string& flag) {
  std::vector<std::pair<std::string, Rule>> out;
  for (const auto& entry : map) {
    auto rule = row(entry.second, flag);
    if (!rule) return std::unexpected(rule.error());
    out.emplace_back(entry.first.Scalar(), std::move(*rule));
  }
  return out;
}

Result<CompatFlag> read_flag(const YAML::Node& node) {
  CompatFlag flag;
  flag.name = node["flag"].as<std::string>("");
  flag.meaning = node["meaning"].as<std::string>("");
  flag.idle = node["idle"].as<std::string>("");
  const std::string type = node["type"].as<std::string>("");
  const auto known = std::ranges::find_if(kTypes, [&](const auto& t) { return t.first == type; });
  if (flag.name.empty() || flag.meaning.empty() || known == std::end(kTypes))
    return at(node, "a flag needs flag, type and meaning");
  flag.type = known->second;
  auto values = rows(node["values"], flag.name);
  auto detected = rows(node["detected"], flag.name);
  YAML::Node shared;
  for (const char* key : {"set", "params"})
    if (node[key]) shared[key] = node[key];
  auto always = row(shared, flag.name);
  if (!values) return std::unexpected(values.error());
  if (!detected) return std::unexpected(detected.error());
  if (!always) return std::unexpected(always.error());
  flag.values = std::move(*values);
  flag.detected = std::move(*detected);
  flag.always = std::move(*always);
  const bool worded = flag.type == CompatType::boolean || flag.type == CompatType::word;
  if (!worded) flag.into = setting_named(node["into"].as<std::string>(""));
  if (worded ? flag.values.empty() : !flag.into) return at(node, flag.name + " sets nothing");
  return flag;
}

Result<std::vector<Rule>> read_defaults(const CompatTable& table, const YAML::Node& node) {
  std::vector<Rule> out;
  for (const auto& entry : node) {
    const CompatFlag* flag = table.find(entry.first.Scalar());
    CompatValue value;
    if (entry.second.IsSequence())
      value.entries = entry.second.as<std::vector<std::string>>();
    else
      value.word = entry.second.Scalar();
    const auto rule = flag ? flag->rule(value, true) : std::nullopt;
    if (!rule) return at(entry.first, entry.first.Scalar() + ": unknown flag or value");
    out.push_back(*rule);
  }
  return out;
}

}  // namespace

std::string_view name(CompatType type) { return kTypes[static_cast<std::size_t>(type)].first; }

std::optional<Rule> CompatFlag::rule(const CompatValue& value, bool by_host) const {
  Rule out = always;
  out.why = meaning;
  const auto lay = [&](const Rule& more) {
    out.settings.insert(out.settings.end(), more.settings.begin(), more.settings.end());
    out.params.insert(out.params.end(), more.params.begin(), more.params.end());
  };
  const auto named = [&](const auto& rows) {
    return std::ranges::find_if(rows, [&](const auto& r) { return r.first == value.word; });
  };
  switch (type) {
    case CompatType::boolean:
    case CompatType::word: {
      if (by_host) {
        if (const auto found = named(detected); found != detected.end()) {
          lay(found->second);
          return out;
        }
      }
      const auto found = named(values);
      if (found == values.end()) return {};
      lay(found->second);
      return out;
    }
    case CompatType::list:
    case CompatType::map:
      out.settings.emplace_back(*into, value.entries);
      return out;
    case CompatType::object:
      out.settings.emplace_back(*into, value.json);
      return out;
  }
  return {};
}

std::vector<std::string_view> CompatFlag::words() const {
  std::vector<std::string_view> out;
  for (const auto& [word, rule] : values) out.push_back(word);
  return out;
}

const CompatFlag* CompatTable::find(std::string_view flag) const {
  for (const CompatFlag& f : flags_)
    if (f.name == flag) return &f;
  return nullptr;
}

const EndpointClass& CompatTable::endpoint(std::string_view host) const {
  const std::string lower = lower_ascii(host);
  for (const EndpointClass& e : endpoints_)
    for (const std::string& glob : e.hosts)
      if (glob_match(glob, lower)) return e;
  return endpoints_.back();
}

std::string_view CompatTable::provider(std::string_view id) const {
  for (const auto& [theirs, ours] : providers_)
    if (theirs == id) return ours;
  return id;
}

Result<CompatTable> CompatTable::builtin() {
  CompatTable out;
  YAML::Node root;
  for (const DataFile& file : data_files()) {
    if (file.path != "compat.yaml") continue;
    try {
      root = YAML::Load(std::string(file.text));
    } catch (const YAML::Exception& e) {
      return fail(fmt::format("compat.yaml:{}: {}", e.mark.line + 1, e.msg));
    }
  }
  for (const YAML::Node& node : root["flags"]) {
    auto flag = read_flag(node);
    if (!flag) return std::unexpected(flag.error());
    out.flags_.push_back(std::move(*flag));
  }
  for (const YAML::Node& node : root["endpoints"]) {
    EndpointClass endpoint;
    endpoint.name = node["class"].as<std::string>("");
    endpoint.hosts = node["hosts"].as<std::vector<std::string>>(std::vector<std::string>{});
    endpoint.like = node["like"].as<std::string>("");
    endpoint.proxy_like = node["proxy_like"].as<bool>(false);
    auto compat = read_defaults(out, node["compat"]);
    auto reasoning = read_defaults(out, node["reasoning"]);
    if (!compat) return std::unexpected(compat.error());
    if (!reasoning) return std::unexpected(reasoning.error());
    endpoint.compat = std::move(*compat);
    endpoint.reasoning = std::move(*reasoning);
    if (endpoint.proxy_like) {
      // OpenClaw's request builder for endpoints it knows nothing of (section 1.3 of docs/openclaw.md).
      Rule rule;
      rule.id = "compat.proxy-like";
      rule.why = "an endpoint nothing is known of: auto is said, no effort when reasoning is off";
      rule.settings.emplace_back(Setting::choice_auto_said, true);
      rule.settings.emplace_back(Setting::effort_off, std::string("omit"));
      endpoint.compat.push_back(std::move(rule));
    }
    out.endpoints_.push_back(std::move(endpoint));
  }
  if (out.flags_.empty() || out.endpoints_.empty()) return fail("compat.yaml: no flags or no endpoints");
  for (const auto& entry : root["providers"])
    out.providers_.emplace_back(entry.first.Scalar(), entry.second.Scalar());
  return out;
}

}  // namespace dragoman::profile
