// One call of an attempt's target, and how what went wrong with it is read.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "failure/classify.h"
#include "serve/exchange.h"
#include "serve/upstream.h"
#include "store/redact.h"

namespace dragoman::serve {
namespace {

using namespace std::chrono;

constexpr std::size_t kErrorLimit = 1u << 20;  // bytes of a refusal

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

}  // namespace

net::Task<std::expected<net::ClientResponse, FailedAttempt>> Exchange::send(
    const Deployment& deployment, const std::string& body, bool stream,
    std::vector<std::pair<std::string, std::string>> headers) {
  store::AttemptRecord& record = record_.attempts.back();
  const auto begun = steady_clock::now();
  const bool same_dialect = deployment.provider().dialect == client_.name;
  auto request = upstream_request(deployment, deployment.url(stream), stream, body, http_.headers(),
                                  same_dialect, time_point_cast<seconds>(system_clock::now()));
  if (!request)
    co_return std::unexpected(FailedAttempt{deployment.name(),
                                            deployment.provider().dialect,
                                            failure::target_cannot(request.error().message),
                                            {}});
  for (const auto& [name, value] : headers) {
    const auto said = request->headers.find(name);  // anthropic-beta is a list
    request->headers.set(name, said && name == "anthropic-beta" ? fmt::format("{},{}", *said, value) : value);
  }
  request->timeouts = deployment.timeouts(stream);
  // Waiting for an answer to begin ends with the request's own time; an answer that has begun may go on.
  if (deadline_) {
    const net::milliseconds left = std::max(*deadline_ - now(), net::milliseconds(1));
    auto& wait = request->timeouts.first_byte;
    wait = wait.count() > 0 ? std::min(wait, left) : left;
  }
  request->cancel = &cancel_;
  auto response = co_await loop_.client.send(*std::move(request));
  if (!response) co_return std::unexpected(failed_network(deployment, response.error(), false));
  record.status = response->status();
  if (!record.first_byte_ms)
    record.first_byte_ms = duration_cast<milliseconds>(steady_clock::now() - begun).count();
  const net::Headers& answered = response->headers();
  for (const std::string_view name : {"x-request-id", "request-id", "x-amzn-requestid", "apim-request-id"})
    if (const auto value = answered.find(name); value && record.upstream_request_id.empty())
      record.upstream_request_id = *value;
  served_by_ = record.target;
  if (response->status() == 200) co_return *std::move(response);
  auto text = co_await response->read_all(kErrorLimit);
  auto error = dialect::get(deployment.provider().dialect)
                   .decode_error(response->status(), text ? std::string_view(*text) : std::string_view(),
                                 answered.get("x-amzn-errortype"));
  co_return std::unexpected(failed_upstream(deployment, std::move(error), answered));
}

FailedAttempt Exchange::refused(const lower::Refused& refused, const Deployment& deployment) const {
  return {deployment.name(),
          deployment.provider().dialect,
          failure::target_cannot(fmt::format("{} ({})", refused.reason, refused.rule), refused.pointer),
          {}};
}

FailedAttempt Exchange::failed_upstream(const Deployment& deployment, canon::UpstreamError error,
                                        const net::Headers& headers) {
  // A provider that echoes what it was called with must not tell the client, or the log, our keys.
  const store::Redactor redactor(snapshot_->config().secrets());
  for (std::string* text : {&error.message, &error.body, &error.param}) redactor.apply_known(*text);
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

}  // namespace dragoman::serve
