// Everything a request needs to know of the configuration, immutable. A request pins the snapshot it began
// with; a reload publishes a new one and the old goes when its last request does.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/config.h"
#include "profile/provider.h"
#include "route/plan.h"
#include "serve/deployment.h"
#include "store/keys.h"

namespace dragoman::serve {

// Where a model name leads. `route` and the deployments live as long as this value and its snapshot.
struct Routed {
  std::shared_ptr<const route::Route> route;
  std::vector<std::shared_ptr<const Deployment>> deployments;  // by Target::deployment
  std::optional<net::milliseconds> total;                      // deadline of the whole request

  const Deployment& deployment(const route::Target& target) const { return *deployments[target.deployment]; }
};

class Snapshot {
 public:
  // The catalogue must outlive every snapshot.
  static Result<std::shared_ptr<const Snapshot>> make(config::Config config,
                                                      const profile::Catalogue& catalogue);

  const profile::Catalogue& catalogue() const { return *catalogue_; }
  const config::Config& config() const { return config_; }
  const store::KeyRing& keys() const { return keys_; }
  bool open() const { return keys_.empty(); }  // no key configured: loopback only, the start-up sees to it

  // The route of a model name: as configured, else "provider/model" of a configured provider. The error says
  // what is near.
  Result<Routed> find(std::string_view model) const;

  // What GET /v1/models lists.
  struct Listed {
    std::string id;
    std::string owner;
  };
  std::vector<Listed> models() const;

 private:
  config::Config config_;
  const profile::Catalogue* catalogue_ = nullptr;
  store::KeyRing keys_;
  std::vector<std::shared_ptr<const Deployment>> deployments_;
};

}  // namespace dragoman::serve
