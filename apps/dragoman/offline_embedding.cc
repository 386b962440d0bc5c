// Lowering of embedding requests without sending.
#include <fmt/format.h>

#include "lower/embedding.h"
#include "offline.h"
#include "serve/loss.h"

namespace dragoman::app {

Result<Outcome> Offline::lower_texts(const canon::EmbeddingRequest& request, const OfflineTarget& target,
                                     Arena& arena) const {
  const serve::Deployment* deployment = target.deployment->embeddings();
  Outcome out;
  if (!deployment) {
    out.refused = lower::Refused{"EMB-endpoint", "/model",
                                 fmt::format("{} has no embeddings endpoint that is known", target.name())};
    return out;
  }
  const profile::Mode mode{};
  const auto& profile = deployment->profile(catalogue(), mode);
  auto lowered = lower::lower(
      request, {&deployment->provider(), deployment->model(), &profile, deployment->defaults()}, arena);
  if (!lowered) {
    out.refused = std::move(lowered.error());
    return out;
  }
  out.lowered.edits = std::move(lowered->edits);
  out.lowered.body = lowered->calls.front().body;
  if (lowered->calls.size() > 1)
    for (lower::EmbeddingCall& call : lowered->calls) out.bodies.push_back(std::move(call.body));
  if (auto failed = complete(out, *deployment, mode, target); !failed) return std::unexpected(failed.error());
  return out;
}

}  // namespace dragoman::app
