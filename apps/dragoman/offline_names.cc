#include "offline_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "config/document.h"

namespace dragoman::app {
namespace {

// Providers whose models are the user's own.
struct StandIn {
  std::string_view provider, model;
};
constexpr std::array<StandIn, 10> kStandIns = {{{"azure", "gpt-4o"},
                                                {"azure_v1", "gpt-4o"},
                                                {"vertex_anthropic", "claude-sonnet-4-5@20250929"},
                                                {"ollama", "llama3.2"},
                                                {"vllm", "meta-llama/Llama-3.1-8B-Instruct"},
                                                {"llamacpp", "default"},
                                                {"lmstudio", "default"},
                                                {"sglang", "default"},
                                                {"tgi", "tgi"},
                                                {"opencode", "kimi-k2"}}};

// Names of the entries under `providers` in one of dragoman's own files.
std::vector<std::string> providers_named(std::string_view text, std::string_view file) {
  std::vector<std::string> out;
  const auto document = config::parse_document(text, file);
  if (!document) return out;
  if (const config::Document* providers = document->find("providers"))
    for (const config::Entry& entry : providers->entries) out.push_back(entry.key);
  return out;
}

// Models of the config's own that somebody can ask for by name.
void add_models(const config::Config& config, std::vector<std::string>& out) {
  for (const config::ModelSpec& spec : config.models)
    if (!spec.name.contains('*') && std::ranges::any_of(spec.targets, [](const config::TargetSpec& target) {
          return !target.model.contains('*');
        }))
      out.push_back(spec.name);
}

}  // namespace

std::vector<std::string> names_to_ask(const config::Config& config, std::string_view text, bool embeddings) {
  std::vector<std::string> out;
  const bool known = config.file.empty();
  const std::vector<std::string> named = providers_named(text, config.file);
  add_models(config, out);
  if (config.strict_models) return out;
  for (const auto& connection : config.connections) {
    if (!known && std::ranges::find(named, connection->name) == named.end()) continue;
    const profile::Provider* row = embeddings ? connection->row->embeddings.get() : connection->row.get();
    if (!row) continue;
    for (const std::string& model : row->models) out.push_back(connection->name + "/" + model);
    if (!known || embeddings) continue;
    for (const StandIn& own : kStandIns)
      if (own.provider == connection->name) out.push_back(fmt::format("{}/{}", own.provider, own.model));
  }
  return out;
}

std::string unknown_target(std::string_view name, const config::Config& config) {
  std::vector<std::string> names;
  add_models(config, names);
  const std::string_view provider = name.substr(0, name.find('/'));
  const bool has_model = provider.size() < name.size();
  std::vector<std::string_view> near(names.begin(), names.end());
  for (const auto& connection : config.connections) {
    if (provider.size() + 1 >= name.size() && equals_ignoring_case(connection->name, provider))
      return fmt::format("'{}' is a provider: a target is provider/model, such as {}/{}", name,
                         connection->name,
                         connection->row->models.empty() ? "MODEL" : connection->row->models.front());
    near.push_back(connection->name);
  }
  std::string out = fmt::format("there is no target '{}'", name);
  if (has_model && config.strict_models && config.connection(provider) != nullptr)
    out += ": strict_models lets only listed names through";
  else if (const auto close = nearest(provider, near))
    out += fmt::format(" (did you mean '{}{}'?)", *close, has_model ? name.substr(provider.size()) : "");
  else
    out += has_model ? fmt::format(": no provider is called '{}'", provider)
                     : std::string(": a target is provider/model");
  if (config.file.empty()) return out + "; models and providers of your own need --config FILE";
  names.resize(std::min<std::size_t>(names.size(), 12));
  return out + fmt::format("; {} has {}", config.file,
                           names.empty() ? std::string("no models of its own")
                                         : fmt::format("{}", fmt::join(names, ", ")));
}

}  // namespace dragoman::app
