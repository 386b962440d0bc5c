#include "serve/exchange.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/id.h"
#include "failure/classify.h"
#include "json/parse.h"
#include "serve/edit_report.h"
#include "serve/explain.h"
#include "serve/large_schema.h"
#include "serve/repair.h"
#include "serve/wire_frames.h"

namespace dragoman::serve {
namespace {

using namespace std::chrono;

// Header values carry one line of visible text.
std::string header_safe(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 300)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return out;
}

}  // namespace

std::int64_t unix_ms() { return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count(); }

Exchange::Exchange(Gateway& gateway, net::ServerExchange& http, const dialect::Dialect& client,
                   std::string key_name, std::optional<ModelCall> call)
    : gateway_(gateway),
      loop_(gateway.on(http.loop())),
      http_(http),
      client_(client),
      snapshot_(gateway.snapshot.load()),
      call_(std::move(call)),
      id_(random_id("req_", 22)),
      large_(http.body().size() >= kLargeRequest),
      recall_(snapshot_->config().vault.enabled ? gateway.vault.get() : nullptr, key_name),
      pinning_(gateway.vault.get(), key_name) {
  record_.id = id_;
  record_.started_ms = unix_ms();
  record_.key_name = std::move(key_name);
  record_.dialect = canon::name(client.name);
  record_.endpoint = http.path();
  if (wants_edits(http.headers())) explained_.emplace();
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
  if (client_.name == canon::DialectName::bedrock_converse) headers.add("x-amzn-RequestId", id_);
  if (!served_by_.empty()) headers.add("x-dragoman-target", header_safe(served_by_));
  headers.add("x-dragoman-attempts", std::to_string(record_.attempts.size()));
  headers.add("x-dragoman-edits", edits_header_);
  if (explained_) headers.add("x-dragoman-edit-list", edit_list_header(*explained_));
  if (!violations_header_.empty()) headers.add("x-dragoman-violations", violations_header_);
  if (!repairs_header_.empty()) headers.add("x-dragoman-repaired", repairs_header_);
  if (!fallback_reason_.empty()) headers.add("x-dragoman-fallback-reason", header_safe(fallback_reason_));
  if (!pinning_.conversation().empty()) headers.add("x-dragoman-conversation", pinning_.conversation());
  if (!repair_header_.empty()) headers.add("x-dragoman-repair", header_safe(repair_header_));
  return headers;
}

dialect::RenderOptions Exchange::render_options() const {
  return {.id = id_,
          .model = request_.model,
          .created = record_.started_ms / 1000,
          .stream_usage = request_.stream_usage,
          .request = request_.source,
          .previous_response_id = turn_ ? turn_->previous() : std::string_view(),
          .store = turn_ && turn_->stores(),
          .json_array = call_ && call_->json_array,
          .frame = frame_for_aws,
          .latency_ms = [this] { return elapsed_ms(); }};
}

Result<json::Value> Exchange::read_body() {
  static_assert(net::PaddedBuffer::kPadding >= json::kPadding);
  auto body = json::parse_padded(arena_, http_.body(), json::kRequestLimits);
  if (!body) return std::unexpected(body.error());
  if (!body->is_object())
    return fail(fmt::format("expected a JSON object, found a {}", json::name(body->kind())));
  return body;
}

Result<void> Exchange::read_request(json::Value body) {
  if (client_.name == canon::DialectName::openai_responses) {
    turn_.emplace(gateway_.responses.get(), record_.key_name, snapshot_->config().server.max_body);
    turn_refusal_ = turn_->begin(arena_, body, record_.started_ms);
    if (turn_refusal_) return fail(turn_refusal_->message);
  }
  if (client_.embeddings) return read_embedding(body);
  auto request = client_.parse(arena_, body);
  if (!request) {
    if (turn_) request.error().pointer = turn_->own_pointer(request.error().pointer);
    return std::unexpected(std::move(request.error()));
  }
  request_ = *std::move(request);
  if (call_) {
    request_.model = call_->model;
    request_.stream = call_->stream;
  }
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

  Result<void> read;
  Result<json::Value> body;
  bool later = false;  // a small request, and what it goes on from may be large
  co_await beside([&] {
    body = read_body();
    if (!body) read = std::unexpected(body.error());
    later = body && !large_ && client_.name == canon::DialectName::openai_responses &&
            ResponseTurn::asks_store(*body);
    if (body && !later) read = read_request(*body);
  });
  if (later) {
    large_ = true;
    co_await beside([&] { read = read_request(*body); });
  }
  large_ = large_ || has_large_schema(request_);
  if (turn_refusal_) {
    co_await answer_error(turn_refusal_->status, "invalid_request",
                          {turn_refusal_->message, turn_refusal_->param}, turn_refusal_->code);
  } else if (!read) {
    co_await answer_error(400, "invalid_request", read.error(), "invalid_request");
  } else if (auto routed = snapshot_->find(request_.model); !routed) {
    co_await answer_error(404, "not_found", routed.error(), "model_not_found");
  } else {
    routed_ = *std::move(routed);
    // Texts to embed have neither a history to recall nor a conversation to hold.
    Result<void> held;
    if (!embedding_) {
      co_await recall_.look_up(loop_.loop, request_);
      held = co_await pinning_.look_up(loop_.loop, request_, http_.headers(), routed_->route());
    }
    if (!held) {
      co_await answer_error(400, "invalid_request", held.error(), "invalid_switch");
    } else {
      co_await chain();
      if (!served_ && !gone_) co_await refuse();
    }
  }
  finish();
}

void Exchange::served() {
  served_ = true;
  gateway_.cooldowns.succeeded(*asked_);
}

// Attempts until one serves, the decision is to stop, or the client leaves.
net::Task<void> Exchange::chain() {
  // Fallbacks meant for every model are of chat: another model's vectors do not go with those of this one.
  std::optional<route::Route> own_fallbacks_only;
  if (embedding_ && !routed_->route().default_fallbacks.empty()) {
    own_fallbacks_only = routed_->route();
    own_fallbacks_only->default_fallbacks.clear();
  }
  const route::Route& route = own_fallbacks_only ? *own_fallbacks_only : routed_->route();
  const route::Plan plan =
      pinning_.apply(gateway_.cooldowns.plan(route, now(), [this] { return loop_.random01(); }), route);
  if (plan.steps.empty()) co_return;
  if (const auto total = routed_->resolved->deadline; total.count() > 0) deadline_ = now() + total;
  route::AttemptState state = route::begin(plan, deadline_);
  std::string why;  // of the last failure

  std::optional<failure::Repair> repair;  // tried with the attempt at hand
  for (;;) {
    const route::Step& step = plan.steps[state.at];
    asked_ = step.target;
    pinning_.attempting(step, why);
    repair_header_ = repair ? fmt::format("{}: {}", step.target->name, repair->why) : "";
    trying_.reset();
    if (repair) trying_ = Trying{&step, *repair, failures_.size() - 1};
    ahead_ = route::ahead(plan, state);
    Attempted failed = co_await attempt(step, repair ? gateway_.repairs->rules_of(*repair) : nullptr);
    if (!failed) co_return;
    const failure::Failure failure = failed->failure;
    failures_.push_back(*std::move(failed));
    if (gone_) co_return;
    gateway_.cooldowns.failed(*step.target, failure, route.cooldown, now());
    if (committed_) {
      co_await end_broken_stream(failures_.back());
      co_return;
    }
    // What the refusal names is left out once, at the same target, before the next is asked.
    if (repair)
      repair.reset();
    else
      repair = co_await repair_for(step);
    if (repair) {
      record_.attempts.back().decision = fmt::format("repair: {}", repair->why);
      continue;
    }
    const route::Decision decision =
        route::decide(plan, state, failure, route.policy, now(), loop_.random01(),
                      gateway_.cooldowns.may_retry(route.name));
    record_.attempts.back().decision = decision.reason;
    if (decision.action == route::Action::stop) co_return;
    why = fmt::format("{}: {}", failure::name(failure.cls), decision.reason);

    const route::Step& to = plan.steps[decision.step];
    if (decision.retry) gateway_.cooldowns.retried(route.name);
    if (decision.action == route::Action::next) {
      fallback_reason_ =
          fmt::format("{} {}: {}", step.target->name, failure::name(failure.cls), decision.reason);
      loop_.metrics.fallback(step.target->name, to.target->name, failure::name(failure.cls));
      if (decision.loud) {
        loop_.metrics.refusal(failure.rule, step.target->name);
        warn_of(id_, step.target->name, failures_.back(), fmt::format("going on to {}", to.target->name));
      } else {
        spdlog::info("{} {} failed ({}), going on to {}", id_, step.target->name, failure::name(failure.cls),
                     to.target->name);
      }
    }
    if (decision.delay.count() > 0 && !co_await loop_.loop.sleep(decision.delay, &cancel_)) co_return;
    state = route::advance(std::move(state), plan, failure, decision);
  }
}

dialect::ClientError Exchange::client_error(const FailedAttempt& failed, const std::string& details) const {
  return {
      .status = client_status(failed),
      .kind = client_kind(failed),
      .message = failed.error.message.empty() ? std::string_view(failed.failure.why) : failed.error.message,
      .param = client_param(failed, client_.name),
      .code =
          failed.error.code.empty() ? failure::name(failed.failure.cls) : std::string_view(failed.error.code),
      .request_id = id_,
      .details = details};
}

// What an error's "dragoman" member holds.
std::string Exchange::error_details() const {
  std::string details = attempts_json(failures_);
  if (explained_) add_member(details, "edits", edits_json(*explained_));
  return details;
}

std::string Exchange::error_body(const dialect::ClientError& error) const {
  std::string body;
  client_.render_error(error, body);
  // Where a stream would have been an array, its error is an item of one (as Google answers).
  return call_ && call_->json_array ? "[" + body + "]" : body;
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
  // What is no answer is no error of the dialect's either.
  const bool verbatim = told.dialect == client_.name && !told.error.body.empty() &&
                        told.error.status == status && !told.error.in_stream &&
                        told.error.type != dialect::kUnreadableType &&
                        told.failure.source == failure::Source::upstream;
  if (verbatim) {
    body = told.error.body;
    Arena arena;
    if (!json::parse(arena, body)) headers.set("Content-Type", "text/plain; charset=utf-8");
  } else {
    const std::string details = error_details();
    const dialect::ClientError error = client_error(told, details);
    body = error_body(error);
    if (client_.error_type) headers.add("x-amzn-ErrorType", client_.error_type(error));
  }
  if (verbatim && client_.error_type) headers.add("x-amzn-ErrorType", told.error.type);
  record_.status = status;
  record_.error = told.error.message.empty() ? told.failure.why : told.error.message;
  if (!co_await http_.respond(status, std::move(headers), std::move(body))) gone_ = true;
}

// After the commit: the client's dialect's error event, never a silent end.
net::Task<void> Exchange::end_broken_stream(const FailedAttempt& failed) {
  const std::string details = error_details();
  std::string out;
  if (!renderer_) renderer_ = client_.renderer(render_options());
  renderer_->render_error(client_error(failed, details), out);
  record_.error = failed.error.message.empty() ? failed.failure.why : failed.error.message;
  served_ = true;
  if (!co_await http_.finish(out)) gone_ = true;
}

net::Task<void> Exchange::answer_error(int status, std::string_view kind, const Error& error,
                                       std::string_view code) {
  std::string message = error.message;
  if (!error.pointer.empty() && !turn_refusal_)
    message = fmt::format("{} (at {})", error.message, error.pointer);
  const dialect::ClientError told = {.status = status,
                                     .kind = kind,
                                     .message = message,
                                     .param = error.pointer,
                                     .code = code,
                                     .request_id = id_};
  record_.status = status;
  record_.error = message;
  net::Headers headers = answer_headers("application/json");
  if (client_.error_type) headers.add("x-amzn-ErrorType", client_.error_type(told));
  if (!co_await http_.respond(status, std::move(headers), error_body(told))) gone_ = true;
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
