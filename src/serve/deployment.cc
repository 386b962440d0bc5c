#include "serve/deployment.h"

namespace dragoman::serve {

const profile::Profile& Deployment::profile(const profile::Catalogue& catalogue, profile::Mode mode) const {
  const std::size_t slot = (mode.stream ? 1u : 0u) | (mode.tools ? 2u : 0u) | (mode.thinking ? 4u : 0u) |
                           (mode.structured ? 8u : 0u);
  const std::lock_guard lock(mutex_);
  auto& kept = profiles_[slot];
  if (!kept) kept = catalogue.resolve(*provider, model, mode, rules);
  return *kept;
}

}  // namespace dragoman::serve
