// One attempt of an exchange: lower, send, decode, put back into the client's words.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "canon/call_ids.h"
#include "dialect/relayed_calls.h"
#include "failure/classify.h"
#include "json/parse.h"
#include "serve/argument_gate.h"
#include "serve/edit_report.h"
#include "serve/exchange.h"
#include "serve/explain.h"
#include "serve/gather.h"
#include "serve/upstream.h"
#include "serve/wire_frames.h"

namespace dragoman::serve {
namespace {

using namespace std::chrono;

// Bounds on what an upstream may make us hold. Answers with generated images are the largest there are.
constexpr std::size_t kAnswerLimit = 64u << 20;

// Of this thread: what others run meanwhile does not count.
double thread_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

store::TokenUsage token_usage(const canon::Usage& usage) {
  const auto known = [](std::int64_t n) { return n < 0 ? std::optional<std::int64_t>() : n; };
  return {known(usage.input), known(usage.output), known(usage.cached), known(usage.cache_write),
          known(usage.reasoning)};
}

// The last chunk of an OpenAI stream with include_usage: no choices, the usage.
bool is_usage_chunk(std::string_view data) {
  // Every chunk but that one says null; inside a string the quote before the colon would be escaped.
  if (data.find("\"usage\"") == std::string_view::npos ||
      data.find("\"usage\":null") != std::string_view::npos)
    return false;
  Arena arena(1024);
  const auto chunk = json::parse(arena, data);
  return chunk && (*chunk)["usage"].is_object() && (*chunk)["choices"].is_array() &&
         (*chunk)["choices"].items().empty();
}

bool is_json_content(std::string_view content_type) { return content_type.starts_with("application/json"); }

}  // namespace

const Deployment* Exchange::endpoint_of(const route::Step& step) const {
  const Deployment& deployment = routed_->deployment(*step.target);
  return embedding_ ? deployment.embeddings() : &deployment.speaking(request_, snapshot_->catalogue());
}

net::Task<Exchange::Attempted> Exchange::attempt(const route::Step& step, NarrowingRules narrow) {
  const Deployment* endpoint = endpoint_of(step);
  const Deployment& deployment = endpoint ? *endpoint : routed_->deployment(*step.target);
  const std::size_t at = record_.attempts.size();  // an attempt may ask again, which is a record of its own
  record_.attempts.emplace_back();
  store::AttemptRecord& record = record_.attempts.back();
  record.number = static_cast<int>(record_.attempts.size());
  record.target = step.target->name;
  record.provider = deployment.provider().name;
  record.model = deployment.model();
  record.started_ms = unix_ms();
  const auto begun = steady_clock::now();
  upstream_ = KeptBytes(snapshot_->config().journal.max_answer);
  upstream_spoke_ = false;
  violations_header_.clear();
  repairs_header_.clear();

  Attempted failed;
  if (!endpoint)
    failed =
        refused({"EMB-endpoint", "/model",
                 fmt::format("{} has no embeddings endpoint that is known; `providers.{}.embeddings_path` "
                             "says where it is",
                             deployment.spec().connection->name, deployment.spec().connection->name)},
                deployment);
  else if (embedding_)
    failed = co_await embed(deployment, std::move(narrow));
  else
    failed = co_await converse(deployment, std::move(narrow));

  store::AttemptRecord& done = record_.attempts[at];
  done.total_ms = duration_cast<milliseconds>(steady_clock::now() - begun).count();
  done.outcome = failed ? failure::name(failed->failure.cls) : "ok";
  if (failed) {
    failed->target = step.target->name;
    if (failed->error.status) done.status = failed->error.status;
    if (!committed_) served_by_.clear();
  }
  keep_answer(done, failed);
  if (!gone_) loop_.metrics.attempt(step.target->name, done.outcome);
  co_return failed;
}

net::Task<Exchange::Attempted> Exchange::converse(const Deployment& deployment, NarrowingRules narrow) {
  // Everything of this attempt lives here and goes with it; only request_ and the snapshot are shared, and
  // both const.
  Arena arena(8 * 1024);
  std::vector<profile::Rule> rows;
  const NarrowingRules learned = learned_about(deployment);
  const profile::Profile profile = profile_of(deployment, learned, narrow, rows);
  const lower::Target target{&deployment.provider(), deployment.model(),     &profile,  deployment.defaults(),
                             recall_.turns(),        account_of(deployment), &schemas()};
  std::expected<lower::Lowered, lower::Refused> lowered;
  std::string edits;
  double spent = 0;
  co_await beside([&] {
    const double begun = thread_cpu_seconds();
    lowered = lower::lower(request_, target, arena);
    spent = thread_cpu_seconds() - begun;
    if (turn_ && lowered)
      for (lower::Edit& edit : lowered->edits) edit.pointer = turn_->own_pointer(edit.pointer);
    if (turn_ && lowered && lowered->unseen)
      lowered->unseen->pointer = turn_->own_pointer(lowered->unseen->pointer);
    if (turn_ && !lowered) lowered.error().pointer = turn_->own_pointer(lowered.error().pointer);
    if (lowered) edits = edits_json(lowered->edits);
  });
  loop_.metrics.lowering(record_.attempts.back().target, spent);
  if (!lowered) co_return refused(lowered.error(), deployment);
  if (lowered->unseen && !ahead_.empty()) {
    bool better = false;
    co_await beside([&] { better = seen_ahead(); });
    if (better) co_return refused(*lowered->unseen, deployment);
  }
  note_edits(lowered->edits, std::move(edits));
  if (snapshot_->config().journal.keep_bodies) record_.attempts.back().request_body = lowered->body;
  if (auto failed = judge_loss(lowered->edits, deployment)) co_return failed;
  auto response = co_await send(deployment, lowered->body, lowered->stream, lowered->headers);
  Attempted failed;
  if (!response)
    failed = std::move(response.error());
  else if (lowered->stream && request_.stream && !is_json_content(response->headers().get("content-type")))
    failed = co_await stream(*response, deployment, *lowered);
  else
    failed = co_await whole(*response, deployment, *lowered);
  if (failed) co_await beside([&] { point_back(*failed, target); });
  co_return failed;
}

// Refusals and failures are kept whatever the config says of bodies, for they are what one looks for; words
// of the model, in a stream that broke off, are the conversation's.
void Exchange::keep_answer(store::AttemptRecord& record, const Attempted& failed) const {
  const config::Journal& journal = snapshot_->config().journal;
  if (failed) {
    record.error_body = kept(failed->error.body, journal.max_answer);
    if (record.error_body.empty()) record.error_body = failed->failure.why;
  }
  if (record.response_body || upstream_.empty()) return;
  if (journal.keep_bodies || (failed && !upstream_spoke_)) record.response_body = upstream_.text();
}

// An answer in one piece, rendered whole or as the stream the client asked for.
net::Task<Exchange::Attempted> Exchange::whole(net::ClientResponse& response, const Deployment& deployment,
                                               const lower::Lowered& lowered) {
  auto body = co_await response.read_all(kAnswerLimit);
  if (!body) co_return failed_network(deployment, body.error(), true);
  upstream_.add(*body);
  const dialect::Dialect& wire = dialect::get(deployment.provider().dialect);
  Arena arena(body->size() / 2 + 4096);
  const bool streamed = lowered.stream && !is_json_content(response.headers().get("content-type"));
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
    served_ = true;
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
  served_ = true;
  commit();
  if (snapshot_->config().journal.keep_bodies) record_.response_body = out;
  if (!co_await http_.respond(200, answer_headers("application/json"), std::move(out))) gone_ = true;
  co_return std::nullopt;
}

net::Task<bool> Exchange::begin_stream() {
  net::Headers headers = answer_headers(client_.stream_content_type);
  if (call_ && call_->json_array) headers.set("Content-Type", "application/json; charset=UTF-8");
  headers.add("Cache-Control", "no-cache");
  return http_.begin(200, std::move(headers), net::ServerExchange::Flush::hold);
}

net::Task<Exchange::Attempted> Exchange::stream(net::ClientResponse& response, const Deployment& deployment,
                                                const lower::Lowered& lowered) {
  const dialect::Dialect& wire = dialect::get(deployment.provider().dialect);
  const std::size_t at = record_.attempts.size() - 1;
  Enforcement kept(request_, lowered, deployment.spec().promises, loop_.schemas);
  ArgumentGate gate(kept);
  const bool own_words = deployment.provider().dialect == client_.name && lowered.restore.empty() &&
                         !kept.holds() && !(call_ && call_->json_array);
  const auto decoder = wire.decoder();
  renderer_ = client_.renderer(render_options());
  lower::EventRestorer restorer(lowered.restore);
  WireFrames frames(wire.framing);

  // Responses' events are numbered and name their response: should the stream break off, its error goes on
  // from there.
  const bool numbered = client_.name == canon::DialectName::openai_responses;
  std::string unseen;
  std::string out;       // rendered, not yet sent
  bool content = false;  // something in `out` cannot be taken back
  recall_.begin();
  const canon::EventSink deliver = [&](const canon::Event& event) {
    recall_.add(event);
    if (!content && canon::commits(event)) {
      content = true;
      record_.first_token_ms = elapsed_ms();
    }
    if (!own_words) {
      renderer_->render(event, out);
    } else if (numbered) {
      unseen.clear();
      renderer_->render(event, unseen);
    }
  };
  std::set<std::string, std::less<>> called;
  if (kept.holds()) co_await compile(kept.schemas());
  const canon::EventSink held = [&](const canon::Event& event) {
    if (event.type == canon::EventType::block_start && event.block_type == canon::BlockType::tool_call)
      called.emplace(event.name);
    upstream_spoke_ |= canon::commits(event);
    if (event.type == canon::EventType::usage || event.type == canon::EventType::start)
      note_usage(event.usage);
    gate.push(event, deliver);
  };
  canon::CallIds ids(id_);
  const canon::EventSink named = [&](const canon::Event& event) {
    if (event.type != canon::EventType::block_start || event.block_type != canon::BlockType::tool_call)
      return held(event);
    const std::string id = ids.next(event.choice, event.id);
    canon::Event call = event;
    call.id = id;
    held(call);
  };
  const canon::EventSink sink = [&](const canon::Event& event) { restorer(event, named); };
  dialect::RelayedCalls relayed(client_.name, id_);

  if (snapshot_->config().journal.keep_bodies) record_.response_body.emplace();
  for (;;) {
    const auto bytes = co_await response.read();
    if (!bytes) co_return failed_network(deployment, bytes.error(), true);
    upstream_.add(*bytes);
    std::optional<canon::UpstreamError> error;
    const bool over = bytes->empty();
    const auto one = [&](const dialect::Frame& frame) {
      if (error) return;
      auto pushed = decoder->push(frame, sink);
      if (!pushed) {
        error = std::move(pushed.error());
        error->body = std::string(frame.data);
        return;
      }
      // The usage chunk we asked for and the client did not is ours to keep.
      if (!own_words || (lowered.added_usage && is_usage_chunk(frame.data))) return;
      dialect::Frame own = frame;
      const auto renamed = relayed.frame(frame);
      if (renamed) own.data = *renamed;
      std::string kept_turn;
      if (turn_) own.data = kept_turn = turn_->own_event(own.data);
      append_frame(out, own, client_.framing);
    };
    const auto fed = over ? frames.finish(one) : frames.feed(*bytes, one);
    if (!error && !fed) {
      error =
          no_answer(wire, {}, fmt::format("the provider's stream cannot be read: {}", fed.error().message));
      error->in_stream = true;
    }
    bool complete = false;
    if (over && !error) complete = decoder->finish(sink);
    if (gate.failed() && !error) {
      if (committed_ && !out.empty()) co_await http_.write(out);
      co_return settle(kept, deployment, at);
    }
    if (complete && kept.holds()) {
      gate.close();
      if (!kept.pending().empty()) co_await ask_again(kept, gate.answer(), deployment, gate.arena());
      if (auto failed = settle(kept, deployment, at)) co_return failed;
      gate.release(deliver);
    }

    if (turn_ && !error && turn_->ends_in(out))
      co_await loop_.helper.run([&] { turn_->see_stream(out, unix_ms()); });
    if (content && !out.empty() && !error) {
      if (record_.response_body) *record_.response_body += out;
      if (!committed_) {
        commit();
        if (!co_await begin_stream()) gone_ = true;
      }
      if (!gone_ && !(over && complete) && !co_await http_.write(out)) gone_ = true;
      if (gone_) {
        cancel_.cancel();
        co_return failed_network(deployment, {net::NetError::Kind::cancelled, "the client went away"}, true);
      }
      if (!(over && complete)) out.clear();
    }
    if (error) {
      // What came before the error in the same read is still good.
      if (committed_ && !out.empty()) co_await http_.write(out);
      co_return failed_upstream(deployment, *std::move(error), response.headers());
    }
    if (!over) continue;
    if (!complete)
      co_return failed_network(deployment,
                               {net::NetError::Kind::closed, "the stream broke off before its end"}, true);
    if (!committed_) {
      // A proper stream with nothing in it: as good as no answer.
      canon::UpstreamError empty = no_answer(wire, {}, "the provider's stream ended without an answer in it");
      empty.in_stream = true;
      co_return failed_upstream(deployment, std::move(empty), response.headers());
    }
    served_ = true;
    recall_.keep(request_, deployment, lowered.restore);
    pinning_.served();
    if (!co_await http_.finish(out)) gone_ = true;
    if (!kept.holds()) {
      co_await compile(kept.schemas_of(called));
      gate.close();
      settle(kept, deployment, at);
    }
    co_return std::nullopt;
  }
}

void Exchange::note_usage(const canon::Usage& usage) {
  if (!usage.known()) return;
  store::AttemptRecord& record = record_.attempts.back();
  const store::TokenUsage seen = token_usage(usage);
  const auto take = [](std::optional<std::int64_t>& mine, const std::optional<std::int64_t>& theirs) {
    if (theirs) mine = theirs;
  };
  take(record.usage.input, seen.input);
  take(record.usage.output, seen.output);
  take(record.usage.cached, seen.cached);
  take(record.usage.cache_write, seen.cache_write);
  take(record.usage.reasoning, seen.reasoning);
  record_.usage = record.usage;
}

void Exchange::note_edits(const std::vector<lower::Edit>& edits, std::string json) {
  edits_header_ = edits_summary(edits);
  if (explained_) *explained_ = edits;
  record_.attempts.back().edits = std::move(json);
  record_.edit_count = static_cast<int>(edits.size());
  record_.loss_classes = loss_classes(edits);
  for (const lower::Edit& edit : edits)
    loop_.metrics.edit(edit.rule, lower::name(edit.loss), record_.attempts.back().target);
}

}  // namespace dragoman::serve
