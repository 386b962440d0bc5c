#include "serve/exchange.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/id.h"
#include "failure/classify.h"
#include "json/parse.h"
#include "json/write.h"
#include "serve/upstream.h"
#include "serve/wire_frames.h"

namespace dragoman::serve {
namespace {

using namespace std::chrono;
using failure::FailureClass;

// Bounds on what an upstream may make us hold. Answers with generated images are the largest there are.
constexpr std::size_t kAnswerLimit = 64u << 20;
constexpr std::size_t kErrorLimit = 1u << 20;

failure::NetKind kind_of(net::NetError::Kind kind, bool in_body) {
  using Kind = net::NetError::Kind;
  switch (kind) {
    case Kind::resolve:
      return failure::NetKind::resolve;
    case Kind::connect:
      return failure::NetKind::connect;
    case Kind::tls:
      return failure::NetKind::tls;
    case Kind::timeout_connect:
      return failure::NetKind::connect_timeout;
    case Kind::timeout_first_byte:
      return failure::NetKind::first_byte_timeout;
    case Kind::timeout_idle:
      return failure::NetKind::idle_timeout;
    case Kind::timeout_total:
      return failure::NetKind::total_timeout;
    case Kind::closed:
      return in_body ? failure::NetKind::cut : failure::NetKind::reset;
    case Kind::protocol:
    case Kind::too_large:
      return failure::NetKind::protocol;
    case Kind::cancelled:
      return failure::NetKind::reset;
  }
  return failure::NetKind::reset;
}

std::string edits_json(const std::vector<lower::Edit>& edits) {
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (const lower::Edit& edit : edits) {
    w.begin_object().field("rule", edit.rule).field("pointer", edit.pointer).field("keyword", edit.keyword);
    w.field("before", edit.before)
        .field("after", edit.after)
        .field("loss", lower::name(edit.loss))
        .end_object();
  }
  w.end_array();
  return out;
}

// "3; none=2, widened=1"
std::string edits_summary(const std::vector<lower::Edit>& edits) {
  std::array<int, lower::kLosses> counts{};
  for (const lower::Edit& edit : edits) ++counts[static_cast<std::size_t>(edit.loss)];
  std::string out = std::to_string(edits.size());
  std::string_view separator = "; ";
  for (int i = 0; i < lower::kLosses; ++i) {
    if (!counts[static_cast<std::size_t>(i)]) continue;
    out += fmt::format("{}{}={}", separator, lower::name(static_cast<lower::Loss>(i)),
                       counts[static_cast<std::size_t>(i)]);
    separator = ", ";
  }
  return out;
}

std::string loss_classes(const std::vector<lower::Edit>& edits) {
  std::string out;
  for (int i = 0; i < lower::kLosses; ++i) {
    const auto loss = static_cast<lower::Loss>(i);
    if (std::none_of(edits.begin(), edits.end(), [&](const lower::Edit& e) { return e.loss == loss; }))
      continue;
    out += fmt::format("{}{}", out.empty() ? "" : ",", lower::name(loss));
  }
  return out;
}

store::TokenUsage token_usage(const canon::Usage& usage) {
  const auto known = [](std::int64_t n) { return n < 0 ? std::optional<std::int64_t>() : n; };
  return {known(usage.input), known(usage.output), known(usage.cached), known(usage.cache_write),
          known(usage.reasoning)};
}

// Header values carry one line of visible text.
std::string header_safe(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 300)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return out;
}

// The last chunk of an OpenAI stream with include_usage: no choices, the usage.
bool is_usage_chunk(std::string_view data) {
  if (data.find("\"usage\"") == std::string_view::npos) return false;
  Arena arena(1024);
  const auto chunk = json::parse(arena, data);
  return chunk && (*chunk)["usage"].is_object() && (*chunk)["choices"].is_array() &&
         (*chunk)["choices"].items().empty();
}

bool is_json_content(std::string_view content_type) { return content_type.starts_with("application/json"); }

}  // namespace

std::int64_t unix_ms() { return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count(); }

Exchange::Exchange(Gateway& gateway, net::ServerExchange& http, const dialect::Dialect& client,
                   std::string key_name)
    : gateway_(gateway),
      loop_(gateway.on(http.loop())),
      http_(http),
      client_(client),
      snapshot_(gateway.snapshot.load()),
      id_(random_id("req_", 22)) {
  record_.id = id_;
  record_.started_ms = unix_ms();
  record_.key_name = std::move(key_name);
  record_.dialect = canon::name(client.name);
  record_.endpoint = http.path();
  loop_.metrics.request_started();
}

route::Time Exchange::now() const {
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch());
}

std::int64_t Exchange::elapsed_ms() const {
  return duration_cast<milliseconds>(steady_clock::now() - started_).count();
}

net::Headers Exchange::answer_headers(std::string_view content_type) const {
  net::Headers headers;
  headers.add("Content-Type", content_type);
  headers.add("x-request-id", id_);
  if (client_.name == canon::DialectName::anthropic_messages)
    headers.add("request-id", id_);  // its SDKs read this one
  if (!served_by_.empty()) headers.add("x-dragoman-target", header_safe(served_by_));
  headers.add("x-dragoman-attempts", std::to_string(record_.attempts.size()));
  headers.add("x-dragoman-edits", edits_header_);
  if (!fallback_reason_.empty()) headers.add("x-dragoman-fallback-reason", header_safe(fallback_reason_));
  return headers;
}

dialect::RenderOptions Exchange::render_options() const {
  return {.id = id_,
          .model = request_.model,
          .created = record_.started_ms / 1000,
          .stream_usage = request_.stream_usage};
}

Result<void> Exchange::read_request() {
  static_assert(net::PaddedBuffer::kPadding >= json::kPadding);
  const auto body = json::parse_padded(arena_, http_.body());
  if (!body) return std::unexpected(body.error());
  if (!body->is_object())
    return fail(fmt::format("expected a JSON object, found a {}", json::name(body->kind())));
  auto request = client_.parse(arena_, *body);
  if (!request) return std::unexpected(std::move(request.error()));
  request_ = *std::move(request);
  record_.model = request_.model;
  record_.stream = request_.stream;
  return {};
}

net::Task<void> Exchange::run() {
  http_.on_disconnect([this] {
    gone_ = true;
    cancel_.cancel();
  });
  if (snapshot_->config().journal.keep_bodies) record_.request_body = std::string(http_.body());

  if (auto read = read_request(); !read) {
    co_await answer_error(400, "invalid_request", read.error(), "invalid_request");
  } else if (auto routed = snapshot_->find(request_.model); !routed) {
    co_await answer_error(404, "not_found", routed.error(), "model_not_found");
  } else {
    routed_ = *std::move(routed);
    co_await chain();
    if (!served_ && !gone_) co_await refuse();
  }
  finish();
}

// Attempts until one serves, the decision is to stop, or the client leaves.
net::Task<void> Exchange::chain() {
  const route::Route& route = routed_->route();
  const route::Plan plan = gateway_.cooldowns.plan(route, now(), [this] { return loop_.random01(); });
  if (plan.steps.empty()) co_return;
  std::optional<route::Time> deadline;
  if (const auto total = routed_->resolved->deadline; total.count() > 0) deadline = now() + total;
  route::AttemptState state = route::begin(plan, deadline);

  for (;;) {
    const route::Step& step = plan.steps[state.at];
    Attempted failed = co_await attempt(step);
    if (!failed) {
      if (!gone_) gateway_.cooldowns.succeeded(step.target->key);
      co_return;
    }
    const failure::Failure failure = failed->failure;
    failures_.push_back(*std::move(failed));
    if (gone_) co_return;
    gateway_.cooldowns.failed(step.target->key, failure, route.cooldown, now());
    if (committed_) {
      co_await end_broken_stream(failures_.back());
      co_return;
    }
    const route::Decision decision =
        route::decide(plan, state, failure, route.policy, now(), loop_.random01());
    record_.attempts.back().decision = decision.reason;
    if (decision.action == route::Action::stop) co_return;

    const route::Step& to = plan.steps[decision.step];
    if (decision.action == route::Action::next) {
      fallback_reason_ =
          fmt::format("{} {}: {}", step.target->name, failure::name(failure.cls), decision.reason);
      loop_.metrics.fallback(step.target->name, to.target->name, failure::name(failure.cls));
      const std::string& words =
          failures_.back().error.message.empty() ? failure.why : failures_.back().error.message;
      if (decision.loud)
        spdlog::warn("{} {} refused the request ({}), going on to {}: {}", id_, step.target->name,
                     failure::name(failure.cls), to.target->name, words.substr(0, 300));
      else
        spdlog::info("{} {} failed ({}), going on to {}", id_, step.target->name, failure::name(failure.cls),
                     to.target->name);
    }
    if (decision.delay.count() > 0 && !co_await loop_.loop.sleep(decision.delay, &cancel_)) co_return;
    state = route::advance(std::move(state), plan, failure, decision);
  }
}

net::Task<Exchange::Attempted> Exchange::attempt(const route::Step& step) {
  const Deployment& deployment = routed_->deployment(*step.target);
  record_.attempts.emplace_back();
  store::AttemptRecord& record = record_.attempts.back();
  record.number = static_cast<int>(record_.attempts.size());
  record.target = step.target->name;
  record.provider = deployment.provider().name;
  record.model = deployment.model();
  record.started_ms = unix_ms();
  const auto begun = steady_clock::now();

  // Everything of this attempt lives here and goes with it; only request_ and the snapshot are shared, and
  // both const.
  Arena arena(8 * 1024);
  Attempted failed;
  const profile::Profile& profile = deployment.profile(snapshot_->catalogue(), lower::mode_of(request_));
  auto lowered = lower::lower(
      request_, {&deployment.provider(), deployment.model(), &profile, deployment.defaults()}, arena);
  if (!lowered) {
    const lower::Refused& refused = lowered.error();
    failed = FailedAttempt{
        step.target->name,
        deployment.provider().dialect,
        failure::target_cannot(fmt::format("{} ({})", refused.reason, refused.rule), refused.pointer),
        {}};
  } else {
    note_edits(*lowered);
    record.edits = edits_json(lowered->edits);
    if (snapshot_->config().journal.keep_bodies) record.request_body = lowered->body;
    const bool same_dialect = deployment.provider().dialect == request_.dialect;
    auto request =
        upstream_request(deployment, deployment.url(lowered->stream), lowered->stream, lowered->body,
                         http_.headers(), same_dialect, time_point_cast<seconds>(system_clock::now()));
    if (!request) {
      failed = FailedAttempt{step.target->name,
                             deployment.provider().dialect,
                             failure::target_cannot(request.error().message),
                             {}};
    } else {
      request->timeouts = deployment.timeouts(lowered->stream);
      request->cancel = &cancel_;
      auto response = co_await loop_.client.send(*std::move(request));
      if (!response) {
        failed = failed_network(deployment, response.error(), false);
      } else {
        record.status = response->status();
        record.first_byte_ms = duration_cast<milliseconds>(steady_clock::now() - begun).count();
        const net::Headers& headers = response->headers();
        for (const std::string_view name :
             {"x-request-id", "request-id", "x-amzn-requestid", "apim-request-id"})
          if (const auto value = headers.find(name); value && record.upstream_request_id.empty())
            record.upstream_request_id = *value;
        served_by_ = step.target->name;
        if (response->status() != 200) {
          auto body = co_await response->read_all(kErrorLimit);
          auto error =
              dialect::get(deployment.provider().dialect)
                  .decode_error(response->status(), body ? std::string_view(*body) : std::string_view(),
                                headers.get("x-amzn-errortype"));
          failed = failed_upstream(deployment, std::move(error), headers);
        } else if (lowered->stream && !is_json_content(headers.get("content-type"))) {
          failed = co_await stream(*response, deployment, *lowered);
        } else {
          failed = co_await whole(*response, deployment, *lowered);
        }
      }
    }
  }

  store::AttemptRecord& done = record_.attempts.back();
  done.total_ms = duration_cast<milliseconds>(steady_clock::now() - begun).count();
  done.outcome = failed ? failure::name(failed->failure.cls) : "ok";
  if (failed) {
    failed->target = step.target->name;
    done.error_body = failed->error.body.empty() ? failed->failure.why : failed->error.body;
    if (failed->error.status) done.status = failed->error.status;
    if (!committed_) served_by_.clear();
  }
  if (!gone_) loop_.metrics.attempt(step.target->name, done.outcome);
  co_return failed;
}

// An answer in one piece, rendered whole or as the stream the client asked for.
net::Task<Exchange::Attempted> Exchange::whole(net::ClientResponse& response, const Deployment& deployment,
                                               const lower::Lowered& lowered) {
  auto body = co_await response.read_all(kAnswerLimit);
  if (!body) co_return failed_network(deployment, body.error(), true);
  const dialect::Dialect& wire = dialect::get(deployment.provider().dialect);
  Arena arena(body->size() / 2 + 4096);
  const auto value = json::parse(arena, *body);
  if (!value) {
    canon::UpstreamError error = wire.decode_error(502, *body, {});
    error.message = fmt::format("the provider answered 200 with what is no JSON: {}", value.error().message);
    co_return failed_upstream(deployment, std::move(error), response.headers());
  }
  auto decoded = wire.decode(arena, *value);
  if (!decoded) {
    decoded.error().body = *body;
    co_return failed_upstream(deployment, std::move(decoded.error()), response.headers());
  }
  if (decoded->choices.empty()) {
    canon::UpstreamError error = wire.decode_error(502, *body, {});
    error.message = "the provider answered 200 without an answer in it";
    co_return failed_upstream(deployment, std::move(error), response.headers());
  }
  note_usage(decoded->usage);
  lower::restore(*decoded, lowered.restore, arena);
  if (snapshot_->config().journal.keep_bodies) record_.attempts.back().response_body = *body;

  std::string out;
  if (request_.stream) {
    const auto renderer = client_.renderer(render_options());
    canon::unfold(*decoded, [&](const canon::Event& event) { renderer->render(event, out); });
    served_ = committed_ = true;
    record_.status = 200;
    record_.first_token_ms = elapsed_ms();
    if (co_await begin_stream() && co_await http_.finish(out)) co_return std::nullopt;
    gone_ = true;
    co_return std::nullopt;
  }
  const bool own_words = deployment.provider().dialect == client_.name && lowered.restore.empty();
  if (own_words)
    out = *std::move(body);  // nothing to translate: unknown fields and all
  else
    client_.render(*decoded, render_options(), out);
  served_ = committed_ = true;
  record_.status = 200;
  if (snapshot_->config().journal.keep_bodies) record_.response_body = out;
  if (!co_await http_.respond(200, answer_headers("application/json"), std::move(out))) gone_ = true;
  co_return std::nullopt;
}

net::Task<bool> Exchange::begin_stream() {
  net::Headers headers = answer_headers(client_.stream_content_type);
  headers.add("Cache-Control", "no-cache");
  return http_.begin(200, std::move(headers), net::ServerExchange::Flush::hold);
}

net::Task<Exchange::Attempted> Exchange::stream(net::ClientResponse& response, const Deployment& deployment,
                                                const lower::Lowered& lowered) {
  const dialect::Dialect& wire = dialect::get(deployment.provider().dialect);
  const bool own_words = deployment.provider().dialect == client_.name && lowered.restore.empty();
  const auto decoder = wire.decoder();
  const auto renderer = client_.renderer(render_options());
  lower::EventRestorer restorer(lowered.restore);
  WireFrames frames(wire.framing);

  std::string out;         // rendered, not yet sent
  bool content = false;    // something in `out` cannot be taken back
  const canon::EventSink deliver = [&](const canon::Event& event) {
    if (event.type == canon::EventType::usage || event.type == canon::EventType::start)
      note_usage(event.usage);
    if (!content && canon::commits(event)) {
      content = true;
      record_.first_token_ms = elapsed_ms();
    }
    if (!own_words) renderer->render(event, out);
  };
  const canon::EventSink sink = [&](const canon::Event& event) { restorer(event, deliver); };

  for (;;) {
    const auto bytes = co_await response.read();
    if (!bytes) co_return failed_network(deployment, bytes.error(), true);
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
      if (own_words && !(lowered.added_usage && is_usage_chunk(frame.data))) append_frame(out, frame);
    };
    const auto fed = over ? frames.finish(one) : frames.feed(*bytes, one);
    if (!error && !fed) {
      error = wire.decode_error(502, {}, {});
      error->message = fmt::format("the provider's stream cannot be read: {}", fed.error().message);
      error->in_stream = true;
    }
    bool complete = false;
    if (over && !error) complete = decoder->finish(sink);

    if (content && !out.empty() && !error) {
      if (!committed_) {
        committed_ = true;
        record_.status = 200;
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
      canon::UpstreamError empty = wire.decode_error(502, {}, {});
      empty.message = "the provider's stream ended without an answer in it";
      empty.in_stream = true;
      co_return failed_upstream(deployment, std::move(empty), response.headers());
    }
    served_ = true;
    if (!co_await http_.finish(out)) gone_ = true;
    co_return std::nullopt;
  }
}

FailedAttempt Exchange::failed_upstream(const Deployment& deployment, canon::UpstreamError error,
                                        const net::Headers& headers) {
  const auto fields = failure::header_fields(headers);
  const double unix_now = static_cast<double>(unix_ms()) / 1000.0;
  auto verdict = failure::classify(deployment.provider().name, error, fields, unix_now);
  for (const std::string_view name : {"retry-after", "retry-after-ms", "x-should-retry"})
    if (const auto value = headers.find(name))
      record_.attempts.back().error_headers += fmt::format("{}: {}\n", name, *value);
  return {deployment.name(), deployment.provider().dialect, std::move(verdict), std::move(error)};
}

FailedAttempt Exchange::failed_network(const Deployment& deployment, const net::NetError& error,
                                       bool in_body) {
  if (error.kind == net::NetError::Kind::cancelled)
    return {deployment.name(), deployment.provider().dialect, failure::cancelled(), {}};
  auto verdict = failure::classify(deployment.provider().name,
                                   failure::NetFailure{kind_of(error.kind, in_body), error.message});
  return {deployment.name(), deployment.provider().dialect, std::move(verdict), {}};
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

void Exchange::note_edits(const lower::Lowered& lowered) {
  edits_header_ = edits_summary(lowered.edits);
  record_.edit_count = static_cast<int>(lowered.edits.size());
  record_.loss_classes = loss_classes(lowered.edits);
  for (const lower::Edit& edit : lowered.edits)
    loop_.metrics.edit(edit.rule, lower::name(edit.loss), record_.attempts.back().target);
}

dialect::ClientError Exchange::client_error(const FailedAttempt& failed, const std::string& details) const {
  return {
      .status = client_status(failed),
      .kind = client_kind(failed.failure.cls),
      .message = failed.error.message.empty() ? std::string_view(failed.failure.why) : failed.error.message,
      .param = failed.failure.source == failure::Source::us ? std::string_view(failed.failure.pointer)
                                                            : std::string_view(failed.error.param),
      .code =
          failed.error.code.empty() ? failure::name(failed.failure.cls) : std::string_view(failed.error.code),
      .request_id = id_,
      .details = details};
}

// Nothing served it: the most useful refusal, in the client's words or, where the dialects agree, the
// provider's.
net::Task<void> Exchange::refuse() {
  if (failures_.empty()) {
    co_await answer_error(503, "upstream", {"no target of this model can be tried now", ""}, "no_target");
    co_return;
  }
  const FailedAttempt& told = most_useful(failures_);
  const int status = client_status(told);
  net::Headers headers = answer_headers("application/json");
  if (told.failure.retry_after)
    headers.add("Retry-After",
                std::to_string(static_cast<std::int64_t>(std::ceil(*told.failure.retry_after))));
  std::string body;
  const bool verbatim = told.dialect == client_.name && !told.error.body.empty() &&
                        told.error.status == status && !told.error.in_stream &&
                        told.failure.source == failure::Source::upstream;
  if (verbatim) {
    body = told.error.body;
    Arena arena;
    if (!json::parse(arena, body)) headers.set("Content-Type", "text/plain; charset=utf-8");
  } else {
    const std::string details = attempts_json(failures_);
    client_.render_error(client_error(told, details), body);
  }
  record_.status = status;
  record_.error = told.error.message.empty() ? told.failure.why : told.error.message;
  if (!co_await http_.respond(status, std::move(headers), std::move(body))) gone_ = true;
}

// After the commit: the client's dialect's error event, never a silent end.
net::Task<void> Exchange::end_broken_stream(const FailedAttempt& failed) {
  const std::string details = attempts_json(failures_);
  std::string out;
  client_.renderer(render_options())->render_error(client_error(failed, details), out);
  record_.error = failed.error.message.empty() ? failed.failure.why : failed.error.message;
  served_ = true;
  if (!co_await http_.finish(out)) gone_ = true;
}

net::Task<void> Exchange::answer_error(int status, std::string_view kind, const Error& error,
                                       std::string_view code) {
  std::string message = error.message;
  if (!error.pointer.empty()) message = fmt::format("{} (at {})", error.message, error.pointer);
  std::string body;
  client_.render_error({.status = status,
                        .kind = kind,
                        .message = message,
                        .param = error.pointer,
                        .code = code,
                        .request_id = id_},
                       body);
  record_.status = status;
  record_.error = message;
  if (!co_await http_.respond(status, answer_headers("application/json"), std::move(body))) gone_ = true;
}

void Exchange::finish() {
  record_.served_by = served_by_;
  record_.fallback_reason = fallback_reason_;
  record_.attempt_count = static_cast<int>(record_.attempts.size());
  record_.total_ms = elapsed_ms();
  if (gone_ && !served_) record_.status = committed_ ? 200 : 0;
  loop_.metrics.request_done(record_.dialect, record_.served_by, gone_ && !served_ ? 499 : record_.status,
                             static_cast<double>(record_.total_ms) / 1000.0);
  if (record_.first_token_ms)
    loop_.metrics.first_token(record_.served_by, static_cast<double>(*record_.first_token_ms) / 1000.0);
  loop_.metrics.tokens(record_.served_by, "input", record_.usage.input.value_or(0));
  loop_.metrics.tokens(record_.served_by, "output", record_.usage.output.value_or(0));
  loop_.metrics.tokens(record_.served_by, "cached", record_.usage.cached.value_or(0));
  if (gateway_.journal) gateway_.journal->write(std::move(record_));
}

}  // namespace dragoman::serve
