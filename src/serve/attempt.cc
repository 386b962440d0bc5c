// One attempt of an exchange: lower and send. answer_whole.cc and answer_stream.cc take what comes back.
#include <fmt/format.h>
#include <time.h>

#include <chrono>
#include <string>
#include <utility>

#include "failure/classify.h"
#include "serve/edit_report.h"
#include "serve/exchange.h"
#include "serve/gather.h"
#include "serve/upstream.h"

namespace dragoman::serve {
namespace {

using namespace std::chrono;

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
      for (lower::Edit& edit : lowered->edits)
        edit.pointer = lowered->edits.keep(turn_->own_pointer(edit.pointer));
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
    if (better) {
      if (trying_) passed_over_ = std::exchange(trying_, std::nullopt);
      co_return refused(*lowered->unseen, deployment);
    }
  }
  note_edits(lowered->edits, std::move(edits));
  if (snapshot_->config().journal.keep_bodies) record_.attempts.back().request_body = lowered->body;
  if (auto failed = judge_loss(lowered->edits, deployment)) co_return failed;
  auto response = co_await send(deployment, lowered->body, lowered->stream, lowered->headers);
  Attempted failed;
  if (!response)
    failed = std::move(response.error());
  else if (lowered->stream && request_.stream && !is_json(*response))
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

void Exchange::note_edits(const lower::EditList& edits, std::string json) {
  edits_header_ = edits_summary(edits);
  if (explained_) *explained_ = edits;
  record_.attempts.back().edits = std::move(json);
  record_.edit_count = static_cast<int>(edits.size());
  record_.loss_classes = loss_classes(edits);
  for (const lower::Edit& edit : edits)
    loop_.metrics.edit(edit.rule, lower::name(edit.loss), record_.attempts.back().target);
}

}  // namespace dragoman::serve
