// An exchange of embeddings: texts lowered to one target's calls, their vectors put back in order.
#include <fmt/format.h>

#include <charconv>

#include "dialect/embedding.h"
#include "json/parse.h"
#include "lower/embedding.h"
#include "lower/locate_texts.h"
#include "net/together.h"
#include "serve/edit_report.h"
#include "serve/exchange.h"
#include "serve/explain.h"

namespace dragoman::serve {
namespace {

constexpr std::size_t kFewVectors = 4;           // are written at once, others beside the loop
constexpr std::size_t kAtOnce = 8;               // calls of one attempt (Titan takes one text a call)
constexpr std::size_t kAnswerLimit = 64u << 20;  // bytes an upstream may make us hold for one call

// Bedrock's count of tokens, where the body has none (Cohere's).
std::int64_t tokens_in(const net::Headers& headers) {
  const std::string_view text = headers.get("x-amzn-bedrock-input-token-count");
  std::int64_t count = -1;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

// One call's answer, checked: as many vectors as texts, of the length that was asked for.
std::expected<canon::EmbeddingResponse, canon::UpstreamError> read_part(
    const dialect::Dialect& wire, Arena& arena, const std::string& text, std::size_t inputs,
    std::optional<std::int64_t> dimensions) {
  const auto failed = [&](canon::UpstreamError error) {
    error.body = text;
    return std::unexpected(std::move(error));
  };
  const auto value = json::parse(arena, text);
  if (!value)
    return failed(dialect::unreadable({}, fmt::format("the provider answered 200 with what is no JSON: {}",
                                                      value.error().message))
                      .error());
  auto part = wire.embeddings->decode(arena, *value);
  if (!part) return failed(std::move(part.error()));
  if (auto sound = dialect::check_vectors(part->vectors, inputs, dimensions); !sound)
    return failed(dialect::unreadable(*value, std::move(sound.error().message)).error());
  return part;
}

// Where in the client's request stands what the provider's own path or words name; "" when that is not told.
std::string place_of(const FailedAttempt& failed, const canon::EmbeddingRequest& request) {
  if (failed.failure.source != failure::Source::upstream || !failure::is_deterministic(failed.failure.cls))
    return "";
  if (failed.failure.cls == failure::FailureClass::not_found) return "/model";
  const std::string& path = failed.failure.pointer.empty() ? failed.error.param : failed.failure.pointer;
  return lower::locate(request, path, failed.error.message);
}

}  // namespace

Result<void> Exchange::read_embedding(json::Value body) {
  auto request = client_.embeddings->parse(arena_, body);
  if (!request) return std::unexpected(std::move(request.error()));
  embedding_ = *std::move(request);
  request_.dialect = embedding_->dialect;
  request_.model = record_.model = embedding_->model;
  request_.source = body;
  return {};
}

struct Exchange::EmbeddingCalls {
  const Deployment& deployment;
  const lower::LoweredEmbedding& lowered;
  std::size_t next = 0;
  std::optional<FailedAttempt> failed = {};

  // The place too: the same text sent twice is asked for, and counted, twice.
  std::pair<const Deployment*, std::string> key(std::size_t i) const {
    return {&deployment, fmt::format("{}\n{}", i, lowered.calls[i].body)};
  }
};

// One of those that ask at once: the next call that has no answer, until there is none or one has failed.
net::Task<void> Exchange::ask_embeddings(EmbeddingCalls& calls) {
  while (!calls.failed && calls.next < calls.lowered.calls.size()) {
    const std::size_t i = calls.next++;
    auto key = calls.key(i);
    if (embedded_.contains(key)) continue;
    auto response = co_await send(calls.deployment, calls.lowered.calls[i].body, false, {});
    if (!response) {
      response.error().place = place_of(response.error(), *embedding_);
      if (!calls.failed) calls.failed = std::move(response.error());
      co_return;
    }
    auto body = co_await response->read_all(kAnswerLimit);
    if (!body) {
      if (!calls.failed) calls.failed = failed_network(calls.deployment, body.error(), true);
      co_return;
    }
    embedded_.emplace(std::move(key),
                      EmbeddedPart{*std::move(body), tokens_in(response->headers()), response->headers()});
  }
}

// Several calls, where the target takes fewer texts than there are, are one attempt: it serves when all have
// been answered. What the target has answered is not asked of it again when the attempt is repeated: the
// bytes of a call are a function of the request and the target, so its answer is as good as a new one.
net::Task<Exchange::Attempted> Exchange::embed(const Deployment& deployment, NarrowingRules narrow) {
  Arena arena;
  std::vector<profile::Rule> rows;
  const profile::Profile profile = profile_of(deployment, learned_about(deployment), narrow, rows);
  const auto lowered = lower::lower(
      *embedding_, {&deployment.provider(), deployment.model(), &profile, deployment.defaults()}, arena);
  if (!lowered) co_return refused(lowered.error(), deployment);
  note_edits(lowered->edits, edits_json(lowered->edits));
  if (snapshot_->config().journal.keep_bodies)  // of several calls, a line each
    record_.attempts.back().request_body = lower::wire_bytes(*lowered);
  if (auto failed = judge_loss(lowered->edits, deployment)) co_return failed;

  EmbeddingCalls calls{deployment, *lowered};
  std::vector<net::Task<void>> asking;
  for (std::size_t i = 0; i < std::min(kAtOnce, lowered->calls.size()); ++i)
    asking.push_back(ask_embeddings(calls));
  co_await net::together(loop_.loop, std::move(asking));
  if (calls.failed) co_return std::move(*calls.failed);

  canon::EmbeddingResponse all;
  std::string own_words;
  for (std::size_t i = 0; i < lowered->calls.size(); ++i) {
    const lower::EmbeddingCall& call = lowered->calls[i];
    const auto at = embedded_.find(calls.key(i));
    if (at == embedded_.end())  // a worker that an exception ended
      co_return failed_network(deployment, {net::NetError::Kind::closed, "the call was given up"}, true);
    const std::string& text = at->second.body;  // what the vectors point into
    if (!upstream_.empty()) upstream_.add("\n");
    upstream_.add(text);
    std::expected<canon::EmbeddingResponse, canon::UpstreamError> part;
    co_await loop_.beside(text.size() >= kLargeRequest, [&] {
      part = read_part(dialect::get(deployment.provider().dialect), arena, text, call.inputs,
                       lowered->dimensions);
    });
    if (!part) {
      const net::Headers headers = at->second.headers;
      auto failed = failed_upstream(deployment, std::move(part.error()), headers);
      embedded_.erase(at);
      co_return failed;
    }
    upstream_spoke_ = true;
    if (part->tokens < 0) part->tokens = at->second.tokens;
    if (part->tokens >= 0) all.tokens = std::max<std::int64_t>(all.tokens, 0) + part->tokens;
    all.vectors.insert(all.vectors.end(), part->vectors.begin(), part->vectors.end());
    if (lowered->same_bytes) own_words = text;
  }
  note_usage({.input = all.tokens});
  co_await answer_embedding(std::move(all), std::move(own_words));
  co_return std::nullopt;
}

// `own_words`: the provider's answer where there is nothing to translate; else "".
net::Task<void> Exchange::answer_embedding(canon::EmbeddingResponse answer, std::string own_words) {
  std::string out = std::move(own_words);
  const bool large = answer.vectors.size() > kFewVectors;
  if (out.empty())
    co_await loop_.beside(
        large, [&] { client_.embeddings->render(answer, embedding_->model, embedding_->encoding, out); });
  if (explained_) add_edits(out, *explained_);
  served();
  commit();
  if (snapshot_->config().journal.keep_bodies) record_.response_body = out;
  if (!co_await http_.respond(200, answer_headers("application/json"), std::move(out))) gone_ = true;
}

}  // namespace dragoman::serve
