// The names OpenClaw gives models: bare ids, `default` with its fallbacks, aliases.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "config/openclaw.h"
#include "profile/compat.h"

namespace dragoman::config {
namespace {

struct Name {
  std::string provider, model;
};
std::optional<Name> split(std::string_view ref) {
  const std::size_t slash = ref.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == ref.size()) return {};
  return Name{std::string(ref.substr(0, slash)), std::string(ref.substr(slash + 1))};
}

class Naming {
 public:
  Naming(Reader& warn, Config& config) : warn_(warn), config_(config), table_(config.catalogue->compat()) {}

  // A model's id alone names it, where no other has that id.
  void bare_ids() {
    std::map<std::string, std::vector<std::string>> by_id;
    for (ModelSpec& spec : config_.models) {
      if (!spec.pasted) continue;
      spec.reliability = config_.defaults;
      if (const auto name = split(spec.name)) by_id[name->model].push_back(spec.name);
    }
    for (const auto& [id, names] : by_id)
      if (names.size() == 1 && !exists(id)) config_.aliases.emplace_back(id, names.front());
  }

  // agents.defaults
  void agents(const Document& agents) {
    for (const Entry& entry : agents.entries) {
      const std::string path = "agents.defaults." + entry.key;
      if (entry.key == "model")
        default_model(entry.value, path);
      else if (entry.key == "models" && entry.value.is_map())
        models(entry.value, path);
      else
        warn_.fault_at(entry.line, entry.column, path, "not honoured: it configures OpenClaw's agents");
    }
  }

 private:
  bool exists(std::string_view name) const {
    return std::ranges::any_of(config_.models, [&](const ModelSpec& m) { return m.name == name; }) ||
           std::ranges::any_of(config_.aliases, [&](const auto& a) { return a.first == name; });
  }

  // Makes a model of the catalogue's, which no block lists, if there is none of that name. OpenClaw has names
  // of its own for some providers.
  bool known(const std::string& ref) {
    if (exists(ref)) return true;
    const auto name = split(ref);
    if (!name) return false;
    const Connection* serving = config_.connection(name->provider);
    if (serving == nullptr) serving = config_.connection(table_.provider(name->provider));
    for (const auto& connection : config_.connections) {
      if (connection.get() != serving) continue;
      ModelSpec spec;
      spec.name = ref;
      spec.reliability = config_.defaults;
      TargetSpec target;
      target.connection = connection;
      target.model = name->model;
      spec.targets.push_back(std::move(target));
      config_.models.push_back(std::move(spec));
      return true;
    }
    return false;
  }

  void missing(const Document& at, const std::string& path) {
    const auto name = split(at.text);
    const profile::Provider* row = name ? config_.catalogue->find(table_.provider(name->provider)) : nullptr;
    warn_.fault_at(at.line, at.column, path, fmt::format("no provider here serves {}", shown(at)),
                   row == nullptr || row->key_env.empty() ? "" : fmt::format("set {}", row->key_env.front()));
  }

  // "provider/id", or {primary, fallbacks}.
  void default_model(const Document& value, const std::string& path) {
    const bool map = value.is_map();
    const Document* primary = map ? value.find("primary") : &value;
    if (primary == nullptr || !primary->is_scalar() || exists("default")) return;
    if (!known(primary->text)) return missing(*primary, path);
    ModelSpec spec;
    for (const ModelSpec& model : config_.models)
      if (model.name == primary->text) spec = model;
    if (spec.targets.empty()) {
      config_.aliases.emplace_back("default", primary->text);
      return;
    }
    spec.name = "default";
    const Document* fallbacks = map ? value.find("fallbacks") : nullptr;
    if (fallbacks != nullptr && fallbacks->is_list()) {
      for (const Document& fallback : fallbacks->items) {
        if (known(fallback.text))
          spec.fallbacks.push_back(fallback.text);
        else
          missing(fallback, path + ".fallbacks");
      }
    }
    config_.models.push_back(std::move(spec));
  }

  // {"provider/id": {alias}}
  void models(const Document& value, const std::string& path) {
    for (const Entry& model : value.entries) {
      const Document* alias = model.value.is_map() ? model.value.find("alias") : nullptr;
      if (alias == nullptr || !alias->is_scalar() || alias->text.empty() || exists(alias->text)) {
        if (!model.key.contains('*')) known(model.key);  // by OpenClaw's name for it
        continue;
      }
      if (known(model.key))
        config_.aliases.emplace_back(alias->text, model.key);
      else
        warn_.fault_at(model.line, model.column, path + "." + model.key,
                       "no provider here serves this model");
    }
  }

  Reader& warn_;
  Config& config_;
  const profile::CompatTable& table_;
};

}  // namespace

void finish_openclaw(const Openclaw& openclaw, Reader& warn, Config& config) {
  Naming naming(warn, config);
  naming.bare_ids();
  if (openclaw.agents.is_map()) naming.agents(openclaw.agents);
}

}  // namespace dragoman::config
