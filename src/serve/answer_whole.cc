// An answer that comes in one piece, rendered whole or as the stream the client asked for.
#include <fmt/format.h>

#include "canon/call_ids.h"
#include "dialect/relayed_calls.h"
#include "json/parse.h"
#include "serve/exchange.h"
#include "serve/explain.h"
#include "serve/gather.h"

namespace dragoman::serve {
namespace {

// Bounds on what an upstream may make us hold. Answers with generated images are the largest there are.
constexpr std::size_t kAnswerLimit = 64u << 20;

}  // namespace

net::Task<Exchange::Attempted> Exchange::whole(net::ClientResponse& response, const Deployment& deployment,
                                               const lower::Lowered& lowered) {
  auto body = co_await response.read_all(kAnswerLimit);
  if (!body) co_return failed_network(deployment, body.error(), true);
  upstream_.add(*body);
  const dialect::Dialect& wire = dialect::get(deployment.provider().dialect);
  Arena arena(body->size() / 2 + 4096);
  const bool streamed = lowered.stream && !is_json(response);
  upstream_spoke_ = streamed;  // for all one knows
  const bool large = body->size() >= kLargeRequest;
  Result<json::Value> value;
  std::expected<canon::Response, canon::UpstreamError> decoded;
  co_await loop_.beside(large, [&] {
    if (!streamed) value = json::parse(arena, *body);
    if (value) decoded = streamed ? gather(wire, arena, *body) : wire.decode(arena, *value);
  });
  if (!value) {
    canon::UpstreamError error =
        no_answer(wire, *body,
                  fmt::format("the provider answered 200 with what is no JSON: {}", value.error().message));
    co_return failed_upstream(deployment, std::move(error), response.headers());
  }
  if (!decoded) {
    if (!streamed) decoded.error().body = *body;
    co_return failed_upstream(deployment, std::move(decoded.error()), response.headers());
  }
  if (decoded->choices.empty()) {
    canon::UpstreamError error = no_answer(wire, *body, "the provider answered 200 without an answer in it");
    co_return failed_upstream(deployment, std::move(error), response.headers());
  }
  upstream_spoke_ = true;
  note_usage(decoded->usage);
  lower::restore(*decoded, lowered.restore, arena);
  const bool renamed = canon::name_calls(*decoded, id_, arena);
  if (snapshot_->config().journal.keep_bodies) record_.attempts.back().response_body = *body;
  const std::size_t at = record_.attempts.size() - 1;
  Enforcement kept(request_, lowered, deployment.spec().promises, loop_.schemas);
  co_await compile(kept.schemas_of(*decoded));
  kept.judge(*decoded, arena);
  if (!kept.pending().empty()) co_await ask_again(kept, *decoded, deployment, arena);
  if (auto failed = settle(kept, deployment, at)) co_return failed;
  recall_.begin();
  recall_.add(*decoded);
  recall_.keep(request_, deployment, lowered.restore);
  pinning_.served();

  std::string out;
  if (request_.stream) {
    const auto renderer = client_.renderer(render_options());
    canon::unfold(*decoded, [&](const canon::Event& event) { renderer->render(event, out); });
    served();
    commit();
    record_.first_token_ms = elapsed_ms();
    if (snapshot_->config().journal.keep_bodies) record_.response_body = out;
    if (co_await begin_stream() && co_await http_.finish(out)) co_return std::nullopt;
    gone_ = true;
    co_return std::nullopt;
  }
  const bool own_words = !streamed && deployment.provider().dialect == client_.name &&
                         lowered.restore.empty() && !kept.changed();
  if (own_words) {  // nothing to translate: unknown fields and all
    if (renamed) body = dialect::RelayedCalls(client_.name, id_).whole(*value).value_or(*std::move(body));
    out = turn_ ? turn_->own_words(*body) : *std::move(body);
  } else {
    co_await loop_.beside(large, [&] { client_.render(*decoded, render_options(), out); });
  }
  if (explained_) add_edits(out, *explained_);
  if (turn_ && turn_->stores()) co_await loop_.helper.run([&] { turn_->see_whole(out, unix_ms()); });
  served();
  commit();
  if (snapshot_->config().journal.keep_bodies) record_.response_body = out;
  if (!co_await http_.respond(200, answer_headers("application/json"), std::move(out))) gone_ = true;
  co_return std::nullopt;
}

}  // namespace dragoman::serve
