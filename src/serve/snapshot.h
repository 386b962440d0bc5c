// Everything a request needs to know of the configuration, immutable to it. A request pins the snapshot it
// began with; a reload publishes a new one and the old goes when its last request does.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "config/config.h"
#include "serve/deployment.h"
#include "store/keys.h"

namespace dragoman::serve {

// Where a model name leads.
struct Routed {
  std::shared_ptr<const config::Resolved> resolved;
  std::vector<std::shared_ptr<const Deployment>> deployments;  // by route::Target::deployment

  const route::Route& route() const { return resolved->route; }
  const Deployment& deployment(const route::Target& target) const { return *deployments[target.deployment]; }
};

class Snapshot {
 public:
  static Result<std::shared_ptr<const Snapshot>> make(config::Config config);

  const config::Config& config() const { return config_; }
  const profile::Catalogue& catalogue() const { return *config_.catalogue; }
  const store::KeyRing& keys() const { return keys_; }
  bool open() const {
    return !config_.auth.required();
  }  // no key configured: start-up allows that on loopback only

  // The route of a model name. The error says what is near. Thread-safe.
  Result<std::shared_ptr<const Routed>> find(std::string_view model) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  config::Config config_;
  store::KeyRing keys_;
  // Names asked for so far. Names come from clients, so their number is bounded.
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::shared_ptr<const Routed>, Hash, std::equal_to<>> routes_;
};

}  // namespace dragoman::serve
