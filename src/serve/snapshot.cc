#include "serve/snapshot.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace dragoman::serve {
namespace {

constexpr std::size_t kRoutesKept = 4096;

Error unknown_model(const config::Config& config, std::string_view model) {
  const std::vector<std::string> names = config.model_names();
  const std::vector<std::string_view> views(names.begin(), names.end());
  std::string message = fmt::format("no model '{}'", model);
  if (const auto near = nearest(model, views)) {
    message += fmt::format(", did you mean '{}'?", *near);
  } else if (config.connections.empty()) {
    message +=
        ": no provider is configured; set a provider's key in the environment or name one in the config";
  } else {
    std::string providers;
    for (const auto& connection : config.connections)
      providers += fmt::format("{}{}/…", providers.empty() ? "" : ", ", connection->name);
    message += config.strict_models
                   ? "; GET /v1/models lists those there are"
                   : fmt::format("; GET /v1/models lists some, and {} reach any model of these providers",
                                 providers);
  }
  return {std::move(message), "/model"};
}

}  // namespace

Result<std::shared_ptr<const Snapshot>> Snapshot::make(config::Config config) {
  auto made = std::make_shared<Snapshot>();
  std::vector<store::ClientKey> keys;
  const auto add = [&](std::string name, std::string configured) -> Result<void> {
    auto key = store::parse_key(std::move(name), configured);
    if (!key) return std::unexpected(key.error());
    keys.push_back(*std::move(key));
    return {};
  };
  if (!config.auth.master_key.empty())
    if (auto done = add("master", config.auth.master_key.reveal()); !done)
      return std::unexpected(done.error());
  for (const config::ClientKeyEntry& entry : config.auth.keys)
    if (!entry.access_key_id.empty())
      continue;  // serve/aws_auth.cc
    else if (auto done = add(entry.name, entry.key.empty() ? entry.hash : entry.key.reveal()); !done)
      return std::unexpected(done.error());
  auto ring = store::KeyRing::make(std::move(keys));
  if (!ring) return std::unexpected(ring.error());
  made->keys_ = *std::move(ring);
  made->config_ = std::move(config);
  return made;
}

Result<std::shared_ptr<const Routed>> Snapshot::find(std::string_view model) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = routes_.find(model); known != routes_.end()) return known->second;
  }
  auto resolved = config_.find(model);
  if (!resolved || resolved->route.targets.empty()) return std::unexpected(unknown_model(config_, model));
  auto routed = std::make_shared<Routed>();
  for (const auto& spec : resolved->deployments) {
    auto deployment = Deployment::make(spec);
    if (!deployment) return std::unexpected(deployment.error());
    routed->deployments.push_back(*std::move(deployment));
  }
  routed->resolved = std::move(resolved);
  const std::lock_guard lock(mutex_);
  if (routes_.size() >= kRoutesKept) routes_.clear();
  routes_.emplace(model, routed);
  return routed;
}

}  // namespace dragoman::serve
