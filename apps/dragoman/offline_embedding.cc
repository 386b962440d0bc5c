// Lowering of embedding requests without sending, for `dragoman lower`.
#include <fmt/format.h>

#include "dialect/dialect.h"
#include "dialect/embedding.h"
#include "json/parse.h"
#include "lower/embedding.h"
#include "offline.h"
#include "serve/loss.h"

namespace dragoman::app {

bool is_embeddings(std::string_view dialect) {
  return dialect == "openai-embeddings" || dialect == canon::name(canon::DialectName::openai_embeddings);
}

Result<Outcome> Offline::lower_embedding(std::string_view text, const Asked& asked,
                                         const OfflineTarget& target, Arena& arena) const {
  auto body = json::parse(arena, text);
  if (!body) return std::unexpected(body.error());
  const json::Builder builder(arena);
  if (body->is_object() && !(*body)["model"])
    body = json::parse(arena, arena.copy(std::string_view(json::dump(
                                  builder.with(*body, "model", builder.string_copy(asked.model))))));
  if (!body) return std::unexpected(body.error());
  const auto request = dialect::get(canon::DialectName::openai_embeddings).embeddings->parse(arena, *body);
  if (!request) return std::unexpected(request.error());
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
      *request, {&deployment->provider(), deployment->model(), &profile, deployment->defaults()}, arena);
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
