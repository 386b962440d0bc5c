#include "net/server_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include "net/chunked.h"

namespace dragoman::net {
namespace {

// Pipelined bytes taken in while a handler runs. Beyond it the client's end cannot be seen by reading.
constexpr std::size_t kReadAhead = 64 * 1024;
constexpr milliseconds kPollInterval{50};
// After a refusal the client may still be sending; closing at once would make the kernel drop the answer.
constexpr milliseconds kLinger{2'000};
// The first piece of a body is allocated on trust, the rest as it comes.
constexpr std::size_t kTrustedBody = 1024 * 1024;

}  // namespace

Connection::Connection(std::shared_ptr<ServerShared> shared, ServerLoop& home, std::shared_ptr<Socket> socket)
    : shared_(std::move(shared)), home_(home), socket_(std::move(socket)) {
  home_.connections.insert(this);
}

Connection::~Connection() {
  socket_->close();
  home_.connections.erase(this);
  shared_->open.fetch_sub(1);
  const std::lock_guard lock(shared_->mutex);
  shared_->closed.notify_all();
}

// Only this frame and the wait exist while the connection is idle.
Task<void> Connection::run() {
  milliseconds patience = shared_->options.limits.header_timeout;
  for (bool first = true; first || !home_.draining; first = false) {
    if (in_.empty()) {
      if (in_.capacity() > 64) std::string().swap(in_);
      if (co_await socket_->readable(after(patience)) != Wake::ready) break;
    }
    if (!co_await one_request()) break;
    asked_ = true;
    patience = shared_->options.limits.idle_timeout;
  }
  socket_->close();
}

void Connection::drain(bool all) {
  keep_alive_ = false;
  if (exchange_ || (!asked_ && !all)) return;
  char next = 0;
  if (::recv(socket_->fd(), &next, 1, MSG_PEEK | MSG_DONTWAIT) != 1) socket_->close();
}

Task<bool> Connection::one_request() {
  exchange_.reset(new ServerExchange(*this));
  if (auto refusal = co_await read_request()) {
    if (refusal->status == kNoRequest) {
      exchange_.reset();
      co_return true;
    }
    if (refusal->status != 0) co_await refuse(refusal->status, std::move(refusal->reason));
    co_return false;
  }
  keep_alive_ = exchange_->head_.keep_alive && !home_.draining;
  bool threw = false;
  try {
    co_await shared_->handler(*exchange_);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "dragoman: a request handler threw: %s\n", e.what());
    threw = true;
  }
  unwatch();
  if (exchange_->stage_ == ServerExchange::Stage::fresh && socket_->open())
    co_await refuse(500, threw ? "the server failed" : "the server gave no answer");
  const bool whole = exchange_->stage_ == ServerExchange::Stage::done;
  exchange_.reset();
  co_return whole&& keep_alive_ && socket_->open();
}

Task<std::optional<Connection::Refusal>> Connection::read_request() {
  if (auto refusal = co_await read_head()) co_return refusal;
  const RequestHead& head = exchange_->head_;
  if (head.framing == Framing::none) co_return std::nullopt;
  if (head.framing == Framing::length && head.length > shared_->options.limits.body_bytes)
    co_return Refusal{413, "the body is " + std::to_string(head.length) + " bytes, the limit is " +
                               std::to_string(shared_->options.limits.body_bytes)};
  if (head.expect_continue && in_.empty() && exchange_->body_.empty())
    if (!co_await send({"HTTP/1.1 100 Continue\r\n\r\n"})) co_return Refusal{0, {}};
  if (head.framing == Framing::length) co_return co_await read_body();
  co_return co_await read_chunked_body();
}

// The usual request is parsed where it was read, in the loop's buffer; only what is incomplete is kept in
// in_.
Task<std::optional<Connection::Refusal>> Connection::read_head() {
  const ServerLimits& limits = shared_->options.limits;
  const TimePoint due = after(limits.header_timeout);
  std::size_t scanned = 0;
  bool begun = !in_.empty();
  for (bool fresh = in_.empty();; fresh = true) {
    std::string_view bytes = in_;
    if (fresh) {
      const std::span<char> scratch = socket_->loop().scratch();
      const IoStep step = socket_->read(scratch);
      if (step.kind == IoStep::end || step.kind == IoStep::error) {
        if (step.kind == IoStep::end && !in_.empty())
          co_return Refusal{400, "the request's head is not complete"};
        co_return Refusal{0, {}};
      }
      if (step.kind == IoStep::again) {
        // The socket was told readable for bytes that the last request took: the connection is still idle,
        // and must look so to drain().
        if (!begun) co_return Refusal{kNoRequest, {}};
        const Wake wake = co_await socket_->readable(due);
        if (wake == Wake::timeout && !in_.empty())
          co_return Refusal{408, "the request's head did not arrive in time"};
        if (wake != Wake::ready) co_return Refusal{0, {}};
        continue;
      }
      begun = true;
      if (in_.empty()) {
        bytes = {scratch.data(), step.bytes};
      } else {
        in_.append(scratch.data(), step.bytes);
        bytes = in_;
      }
    }
    // RFC 9112 2.2: empty lines before a request are ignored; some clients end a body with one.
    while (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
    const std::size_t end = find_head_end(bytes, scanned);
    if (end == kNoHead && bytes.size() <= limits.header_bytes) {
      scanned = bytes.size();
      if (bytes.size() != in_.size() || bytes.data() != in_.data()) in_ = std::string(bytes);
      if (scanned == 0) in_.clear();
      continue;
    }
    if (end == kNoHead || end > limits.header_bytes)
      co_return Refusal{
          431, "the request's head is larger than " + std::to_string(limits.header_bytes) + " bytes"};
    if (auto refusal = parse_head(bytes.substr(0, end))) co_return refusal;

    bytes.remove_prefix(end);
    std::size_t mine = 0;
    if (exchange_->head_.framing == Framing::length && exchange_->head_.length <= limits.body_bytes) {
      const auto length = static_cast<std::size_t>(exchange_->head_.length);
      mine = std::min(bytes.size(), length);
      exchange_->body_.reserve(std::min(length, kTrustedBody));
      exchange_->body_.append(bytes.substr(0, mine));
    }
    in_ = std::string(bytes.substr(mine));
    co_return std::nullopt;
  }
}

std::optional<Connection::Refusal> Connection::parse_head(std::string_view head) {
  auto parsed = parse_request_head(head);
  if (!parsed) return Refusal{parsed.error().status, std::move(parsed.error().reason)};
  exchange_->head_ = *std::move(parsed);
  return std::nullopt;
}

TimePoint Connection::body_due(TimePoint began) const {
  const ServerLimits& limits = shared_->options.limits;
  if (limits.body_timeout.count() <= 0) return kNever;
  TimePoint due = after(limits.body_timeout);
  if (limits.body_bytes_per_second > 0)
    due = std::min(due, began + limits.body_timeout +
                            milliseconds(exchange_->body_.size() * 1000 / limits.body_bytes_per_second));
  return due;
}

// Straight into the body's own memory.
Task<std::optional<Connection::Refusal>> Connection::read_body() {
  const TimePoint began = SteadyClock::now();
  PaddedBuffer& body = exchange_->body_;
  const auto length = static_cast<std::size_t>(exchange_->head_.length);
  while (body.size() < length) {
    char* into = body.prepare(std::min(length - body.size(), std::size_t{16 * 1024}));
    const std::size_t room = std::min(body.capacity() - body.size(), length - body.size());
    const IoStep step = socket_->read({into, room});
    if (step.kind == IoStep::done) {
      body.commit(step.bytes);
    } else if (step.kind == IoStep::again) {
      const Wake wake = co_await socket_->readable(body_due(began));
      if (wake == Wake::timeout) co_return Refusal{408, "the request's body did not arrive in time"};
      if (wake != Wake::ready) co_return Refusal{0, {}};
    } else {
      co_return Refusal{0, {}};
    }
  }
  co_return std::nullopt;
}

Task<std::optional<Connection::Refusal>> Connection::read_chunked_body() {
  const TimePoint began = SteadyClock::now();
  const std::size_t limit = shared_->options.limits.body_bytes;
  PaddedBuffer& body = exchange_->body_;
  ChunkDecoder decoder;
  std::string first = std::exchange(in_, {});
  std::span<char> bytes = first;
  for (;;) {
    const ChunkDecoder::Step step = decoder.decode(bytes.data(), bytes.size());
    if (body.size() + step.data > limit)
      co_return Refusal{413, "the body is larger than " + std::to_string(limit) + " bytes"};
    body.append({bytes.data(), step.data});
    if (decoder.failed()) co_return Refusal{400, std::string("malformed chunked body: ") + decoder.reason()};
    if (decoder.done()) {
      in_.assign(bytes.data() + step.consumed, bytes.size() - step.consumed);
      co_return std::nullopt;
    }
    const std::span<char> scratch = socket_->loop().scratch();
    const IoStep read = socket_->read(scratch);
    bytes = scratch.first(read.bytes);
    if (read.kind == IoStep::done) continue;
    if (read.kind != IoStep::again) co_return Refusal{0, {}};
    const Wake wake = co_await socket_->readable(body_due(began));
    if (wake == Wake::timeout) co_return Refusal{408, "the request's body did not arrive in time"};
    if (wake != Wake::ready) co_return Refusal{0, {}};
  }
}

Task<void> Connection::refuse(int status, std::string reason) {
  keep_alive_ = false;
  ErrorReply reply = shared_->error_page(status, reason, exchange_->head_.path);
  if (co_await exchange_->respond(status, std::move(reply.headers), std::move(reply.body))) co_await linger();
}

Task<void> Connection::linger() {
  ::shutdown(socket_->fd(), SHUT_WR);
  const TimePoint due = after(kLinger);
  for (;;) {
    const IoStep step = socket_->read(socket_->loop().scratch());
    if (step.kind == IoStep::done && SteadyClock::now() < due) continue;
    if (step.kind != IoStep::again || co_await socket_->readable(due) != Wake::ready) co_return;
  }
}

Task<bool> Connection::send(Parts parts) {
  std::size_t left = 0;
  for (const std::string_view part : parts) left += part.size();
  const IoStep step = socket_->write(parts);
  if (step.kind == IoStep::error) return immediate(false);
  if (step.bytes == left) return immediate(true);
  std::size_t skip = step.bytes;
  for (std::string_view& part : parts) {
    const std::size_t n = std::min(skip, part.size());
    part.remove_prefix(n);
    skip -= n;
  }
  return send_rest(parts);
}

Task<bool> Connection::send_rest(Parts parts) {
  for (;;) {
    const Wake wake = co_await socket_->writable(after(shared_->options.limits.write_timeout));
    if (wake != Wake::ready) {
      if (wake == Wake::timeout) socket_->reset();  // what is queued would keep the kernel busy for minutes
      co_return false;
    }
    const IoStep step = socket_->write(parts);
    if (step.kind == IoStep::error) co_return false;
    std::size_t skip = step.bytes;
    bool more = false;
    for (std::string_view& part : parts) {
      const std::size_t n = std::min(skip, part.size());
      part.remove_prefix(n);
      skip -= n;
      more = more || !part.empty();
    }
    if (!more) co_return true;
  }
}

void Connection::watch(std::function<void()> gone) {
  gone_ = std::move(gone);
  if (!socket_->open()) return disconnect();
  socket_->watch([](void* self) { static_cast<Connection*>(self)->look(); }, this);
}

void Connection::unwatch() {
  gone_ = nullptr;
  socket_->watch(nullptr, nullptr);
  poll_.reset();
}

// The socket is readable while the handler runs: pipelined bytes, or the end.
void Connection::look() {
  for (;;) {
    if (in_.size() >= kReadAhead) {
      // The end is hidden behind bytes nobody reads yet: ask the kernel for it now and then.
      pollfd state{socket_->fd(), POLLRDHUP, 0};
      if (::poll(&state, 1, 0) > 0) return disconnect();
      socket_->watch(nullptr, nullptr);
      if (!poll_)
        poll_ = std::make_unique<Deadline>(
            socket_->loop().wheel(), [](void* self) { static_cast<Connection*>(self)->look(); }, this);
      return poll_->arm(after(kPollInterval));
    }
    const std::span<char> scratch = socket_->loop().scratch();
    const IoStep step = socket_->read(scratch.first(std::min(scratch.size(), kReadAhead)));
    if (step.kind == IoStep::again) return;
    if (step.kind != IoStep::done) return disconnect();
    in_.append(scratch.data(), step.bytes);
  }
}

void Connection::disconnect() {
  disconnected_ = true;
  socket_->close();
  if (auto gone = std::exchange(gone_, nullptr)) gone();
}

}  // namespace dragoman::net
