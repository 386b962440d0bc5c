#include "net/client.h"

#include <algorithm>

#include "net/client_call.h"
#include "net/http_writer.h"

namespace dragoman::net {
namespace {

using Kind = NetError::Kind;

bool is_target(std::string_view target) {
  return target.starts_with('/') && std::none_of(target.begin(), target.end(), [](char c) {
           const auto u = static_cast<unsigned char>(c);
           return u <= 0x20 || u >= 0x7F;
         });
}

NetResult<std::string> request_head(const ClientRequest& request) {
  const std::string target = request.url.target();
  if (!is_header_name(request.method)) return net_fail(Kind::protocol, "the method is not a token");
  if (!is_target(target)) return net_fail(Kind::protocol, "the request target is not a percent-encoded path");
  std::string head;
  head.reserve(1024);
  head.append(request.method).append(" ").append(target).append(" HTTP/1.1\r\n");
  if (!request.headers.contains("host")) head.append("Host: ").append(request.url.authority()).append("\r\n");
  if (!append_fields(head, request.headers))
    return net_fail(Kind::protocol,
                    "a request header's name or value holds a character that must not be sent");
  std::size_t size = 0;
  for (const std::string_view part : request.body) size += part.size();
  if (size > 0 || request.method == "POST" || request.method == "PUT" || request.method == "PATCH")
    head.append("Content-Length: ").append(std::to_string(size)).append("\r\n");
  head.append("\r\n");
  return head;
}

Task<NetResult<ClientResponse>> run(std::shared_ptr<ClientPool> pool, ClientRequest request) {
  auto head = request_head(request);
  if (!head) co_return std::unexpected(head.error());
  std::vector<std::string_view> parts{*head};
  for (const std::string_view part : request.body)
    if (!part.empty()) parts.push_back(part);

  auto call = std::make_unique<Call>(pool, request.url, request.timeouts, request.cancel);
  for (bool fresh = false;; fresh = true) {
    if (call->cancelled()) co_return net_fail(Kind::cancelled, "cancelled before it was sent");
    if (!fresh) call->upstream = pool->take(call->host);
    call->reused = call->upstream != nullptr;
    if (!call->reused)
      if (auto error = co_await call->connect(request.url)) co_return std::unexpected(*std::move(error));
    auto error = co_await call->exchange(parts, request.method == "HEAD");
    if (!error) co_return ClientResponse(std::move(call));
    // The peer closed an idle connection while our request was on its way: it cannot have acted on it.
    const bool stale = call->reused && !call->answered() && error->kind == Kind::closed;
    if (!stale) co_return std::unexpected(*std::move(error));
    call->upstream.reset();
  }
}

}  // namespace

ClientResponse::ClientResponse(std::unique_ptr<Call> call) : call_(std::move(call)) {}
ClientResponse::~ClientResponse() = default;
ClientResponse::ClientResponse(ClientResponse&&) noexcept = default;
ClientResponse& ClientResponse::operator=(ClientResponse&&) noexcept = default;

int ClientResponse::status() const { return call_->head.status; }
const Headers& ClientResponse::headers() const { return call_->head.headers; }
bool ClientResponse::reused_connection() const { return call_->reused; }
Task<NetResult<std::string_view>> ClientResponse::read() { return call_->read(); }

Task<NetResult<std::string>> ClientResponse::read_all(std::size_t limit) {
  std::string out;
  if (call_->head.framing == Framing::length) {
    if (call_->head.length > limit)
      co_return net_fail(Kind::too_large, "the response is " + std::to_string(call_->head.length) +
                                              " bytes, the limit is " + std::to_string(limit));
    out.reserve(static_cast<std::size_t>(call_->head.length));
  }
  for (;;) {
    auto piece = co_await call_->read();
    if (!piece) co_return std::unexpected(std::move(piece.error()));
    if (piece->empty()) co_return out;
    if (out.size() + piece->size() > limit)
      co_return net_fail(Kind::too_large, "the response is larger than " + std::to_string(limit) + " bytes");
    out.append(*piece);
  }
}

Client::Client(Loop& loop, std::shared_ptr<TlsContext> tls, ClientOptions options)
    : pool_(std::make_shared<ClientPool>(loop, std::move(tls), options)) {}

Client::~Client() {
  pool_->closed = true;
  close_idle();
}

Task<NetResult<ClientResponse>> Client::send(ClientRequest request) { return run(pool_, std::move(request)); }

std::size_t Client::idle_connections() const {
  std::size_t sum = 0;
  for (const auto& [key, host] : pool_->hosts) sum += host.idle.size();
  return sum;
}

void Client::close_idle() {
  for (auto& [key, host] : pool_->hosts) host.idle.clear();
}

}  // namespace dragoman::net
