#include "bisect_ask.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "dialect/dialect.h"
#include "dialect/embedding.h"
#include "failure/classify.h"
#include "json/parse.h"
#include "net/blocking.h"
#include "refusal.h"
#include "serve/upstream.h"
#include "serve/wire_frames.h"

namespace dragoman::app {
namespace {

using failure::FailureClass;
using failure::Reply;
using std::chrono::milliseconds;

constexpr std::size_t kMostAnswer = 64u << 20;  // bytes
constexpr milliseconds kLook{100};              // how often a wait looks whether it is to end

// It says nothing about the request: asked again, the answer may be another.
bool is_busy(FailureClass cls) {
  using enum FailureClass;
  return cls == rate_limit || cls == overloaded || cls == server_error || cls == network || cls == timeout ||
         cls == stream_interrupted;
}

// No other request of this account fares better.
bool is_shut(FailureClass cls) {
  using enum FailureClass;
  return cls == auth || cls == permission || cls == quota_billing || cls == not_found;
}

struct RawAnswer {
  int status = 0;
  net::Headers headers;
  std::string body;
};

net::Task<Result<RawAnswer>> ask(net::Client& client, net::ClientRequest request) {
  auto response = co_await client.send(std::move(request));
  if (!response) co_return fail(response.error().message);
  RawAnswer answer{response->status(), response->headers(), {}};
  auto body = co_await response->read_all(kMostAnswer);
  if (!body) co_return fail(body.error().message);
  answer.body = *std::move(body);
  co_return answer;
}

// The error an answer is, or carries inside a 200.
std::optional<canon::UpstreamError> error_in(const RawAnswer& answer, const dialect::Dialect& wire) {
  if (answer.status != 200)
    return wire.decode_error(answer.status, answer.body, answer.headers.get("x-amzn-errortype"));
  Arena arena;
  if (answer.headers.get("content-type").starts_with("application/json")) {
    const auto value = json::parse(arena, answer.body);
    if (!value) return wire.decode_error(502, answer.body, {});
    if (wire.embeddings) {
      auto vectors = wire.embeddings->decode(arena, *value);
      return vectors ? std::optional<canon::UpstreamError>() : std::move(vectors.error());
    }
    auto decoded = wire.decode(arena, *value);
    return decoded ? std::optional<canon::UpstreamError>() : std::move(decoded.error());
  }
  const auto decoder = wire.decoder();
  serve::WireFrames frames(wire.framing);
  std::optional<canon::UpstreamError> error;
  const auto one = [&](const dialect::Frame& frame) {
    if (error) return;
    if (auto pushed = decoder->push(frame, [](const canon::Event&) {}); !pushed)
      error = std::move(pushed.error());
  };
  if (!frames.feed(answer.body, one) || !frames.finish(one)) return wire.decode_error(502, {}, {});
  return error;
}

}  // namespace

BisectAsker::BisectAsker(OneShot& gateway, BisectBounds bounds, Say say, Stopped stopped)
    : gateway_(gateway),
      bounds_(bounds),
      say_(std::move(say)),
      stopped_(std::move(stopped)),
      redactor_(gateway.config().secrets()) {}
BisectAsker::~BisectAsker() = default;

Result<std::unique_ptr<BisectAsker>> BisectAsker::make(OneShot& gateway, canon::DialectName dialect,
                                                       std::string_view request, std::string model,
                                                       bool stream, bool raw, BisectBounds bounds, Say say,
                                                       Stopped stopped) {
  auto target = gateway.first_target(model);
  if (!target) return std::unexpected(target.error());
  std::unique_ptr<BisectAsker> made(new BisectAsker(gateway, bounds, std::move(say), std::move(stopped)));
  made->dialect_ = dialect;
  made->model_ = std::move(model);
  made->target_ = (*target)->name();
  if (const auto& own = (*target)->spec().price)
    made->charge_ = {*own, false};
  else if (const auto listed = profile::list_price((*target)->provider().name, (*target)->model()))
    made->charge_ = {*listed, true};
  made->stream_ = stream;
  if (!raw) return made;
  Arena arena;
  const auto body = json::parse(arena, request);
  if (!body) return std::unexpected(body.error());
  // A request that cannot be read has no say in which of the host's endpoints it goes to.
  const dialect::Dialect& spoken = dialect::get(dialect);
  const serve::Deployment* beside = spoken.embeddings ? (*target)->embeddings() : nullptr;
  if (spoken.embeddings && !beside)
    return fail(fmt::format("{} has no embeddings endpoint that is known", made->target_));
  auto parsed = spoken.parse ? spoken.parse(arena, *body) : fail("");
  const serve::Deployment& speaking = beside   ? *beside
                                      : parsed ? (*target)->speaking(*parsed, gateway.snapshot().catalogue())
                                               : **target;
  if (speaking.provider().dialect != dialect)
    return fail(fmt::format("--raw sends the request as it is, and {} speaks {}, not {}; leave --raw out",
                            made->target_, canon::name(speaking.provider().dialect), canon::name(dialect)));
  made->raw_ = &speaking;
  return made;
}

Result<BisectAsker::Told> BisectAsker::through_gateway(const std::string& request) {
  auto shot = gateway_.send(dialect_, request, model_, stream_);
  if (!shot) return std::unexpected(shot.error());
  Told told;
  told.reply.status = shot->status;
  if (shot->record.attempts.empty()) {  // dragoman itself could not read it
    told.reply = {Reply::Kind::refused, FailureClass::local_fault, shot->record.error, shot->status};
    return told;
  }
  const store::AttemptRecord& attempt = shot->record.attempts.front();
  if (attempt.outcome == "ok") {
    told.reply.kind = Reply::Kind::passed;
    told.sent = true;
    return told;
  }
  const config::Connection* connection = gateway_.config().connection(attempt.provider);
  ReadRefusal read = read_refusal(attempt, connection ? connection->row.get() : nullptr);
  told.sent = attempt.status != 0 || is_busy(read.failure.cls);
  told.reply = {Reply::Kind::refused, read.failure.cls, read.message, attempt.status};
  told.failure = read.failure;
  if (read.repair) repairs_.emplace_back(told.reply, *std::move(read.repair));
  return told;
}

Result<BisectAsker::Told> BisectAsker::as_it_is(const std::string& request) {
  std::string body = request;
  Arena arena;
  const auto value = json::parse(arena, body);
  if (!value) return std::unexpected(value.error());
  if ((*value)["model"]) {
    auto renamed = with_model(body, raw_->model());
    if (!renamed) return std::unexpected(renamed.error());
    body = *std::move(renamed);
  }
  const bool in_path =
      dialect_ == canon::DialectName::gemini_generate || dialect_ == canon::DialectName::bedrock_converse;
  const bool stream = in_path ? stream_ : (*value)["stream"].boolean();
  const auto now = std::chrono::system_clock::now();
  auto made = serve::upstream_request(*raw_, raw_->url(stream), stream, body, {}, true,
                                      std::chrono::time_point_cast<std::chrono::seconds>(now));
  if (!made) return std::unexpected(made.error());
  made->timeouts = raw_->timeouts(stream);
  Told told{.sent = true};
  const auto answer = net::run_blocking(gateway_.loop(), ask(gateway_.upstreams(), *std::move(made)));
  if (!answer) {
    told.reply = {Reply::Kind::refused, FailureClass::network, answer.error().message, 0};
    told.failure.cls = FailureClass::network;
    return told;
  }
  const dialect::Dialect& wire = dialect::get(raw_->provider().dialect);
  const auto error = error_in(*answer, wire);
  told.reply.status = answer->status;
  if (!error) {
    told.reply.kind = Reply::Kind::passed;
    return told;
  }
  const auto fields = failure::header_fields(answer->headers);
  told.failure = failure::classify(raw_->provider().name, *error, fields,
                                   std::chrono::duration<double>(now.time_since_epoch()).count());
  const std::string words = redactor_(error->message.empty() ? answer->body : error->message);
  told.reply = {Reply::Kind::refused, told.failure.cls, words, answer->status};
  if (auto repair = failure::propose_repair(told.failure, error->message))
    repairs_.emplace_back(told.reply, *std::move(repair));
  return told;
}

// False when that would take longer than it may.
bool BisectAsker::wait(const Told& told) {
  const double asked = told.failure.retry_after.value_or(static_cast<double>(1 << std::min(waits_, 5)));
  const milliseconds pause(static_cast<std::int64_t>(std::clamp(asked, 0.1, 1e6) * 1000));
  if (waited_ + pause > bounds_.waiting) return false;
  say_(fmt::format("{} ({}): waiting {:g} s, this says nothing about the request",
                   failure::name(told.reply.cls), told.reply.status, asked));
  for (milliseconds left = pause; left.count() > 0 && !stopped_(); left -= kLook)
    std::this_thread::sleep_for(std::min(left, kLook));
  waited_ += pause;
  ++waits_;
  return true;
}

failure::Reply BisectAsker::operator()(const std::string& request, const failure::Step& step) {
  for (;;) {
    if (stopped_()) return {.message = "it was interrupted"};
    if (calls_ >= bounds_.calls)
      return {.message = fmt::format("the bound of {} calls is reached (--max-calls)", bounds_.calls)};
    auto told = raw_ ? as_it_is(request) : through_gateway(request);
    if (!told) return {.message = told.error().message};
    calls_ += told->sent;
    Reply& reply = told->reply;
    if (reply.kind == Reply::Kind::refused && is_busy(reply.cls)) {
      if (wait(*told)) continue;
      return {.message = fmt::format("{} is busy ({}: {}); try later, or allow more with --max-wait", target_,
                                     failure::name(reply.cls), reply.message.substr(0, 200))};
    }
    if (reply.kind == Reply::Kind::refused && is_shut(reply.cls))
      return {.message = fmt::format("{} lets nothing through ({}): {}", target_, failure::name(reply.cls),
                                     reply.message.substr(0, 300))};
    if (reply.kind == Reply::Kind::refused && reply.cls == FailureClass::context_length)
      return {.message = fmt::format("the request is too long as a whole, no part of it is to blame: {}",
                                     reply.message.substr(0, 300))};
    // The provider took the request; what it did not take is its own model's words.
    if (reply.kind == Reply::Kind::refused && reply.cls == FailureClass::generation_failed)
      reply = {.kind = Reply::Kind::passed, .status = reply.status};
    say_(fmt::format("call {} of at most {}, {} bytes, {}{}: {}", calls_, bounds_.calls, request.size(),
                     step.looking_at, step.of ? fmt::format(", {} of {} kept", step.kept, step.of) : "",
                     reply.kind == Reply::Kind::passed
                         ? "passes"
                         : fmt::format("{}: {}", failure::name(reply.cls), reply.message.substr(0, 80))));
    return std::move(reply);
  }
}

std::optional<failure::Repair> BisectAsker::repair_for(const failure::Reply& refusal) const {
  for (const auto& [reply, repair] : repairs_)
    if (failure::same_refusal(reply, refusal)) return repair;
  return std::nullopt;
}

}  // namespace dragoman::app
