#include "net/client_call.h"

#include <algorithm>

namespace dragoman::net {
namespace {

constexpr std::size_t kBuffer = 16 * 1024;

using Kind = NetError::Kind;

}  // namespace

Call::Call(std::shared_ptr<ClientPool> in, const Url& url, Timeouts timeouts, CancelToken* cancel)
    : pool(std::move(in)),
      host(pool->host(url)),
      timeouts_(timeouts),
      where_(url.scheme + "://" + url.authority()),
      total_due_(after(timeouts.total)),
      signal_(pool->loop) {
  hook_.attach(cancel, [](void* self) { static_cast<Call*>(self)->cancel(); }, this);
}

void Call::cancel() {
  if (complete_) return;
  cancelled_ = true;
  signal_.wake_later(Wake::closed);
  if (upstream) upstream->socket->close();
}

NetError Call::waited(Wake wake, Kind phase, TimePoint due, std::string_view doing) const {
  if (cancelled_ || wake == Wake::closed)
    return {Kind::cancelled, std::string(doing) + " " + where_ + ": cancelled"};
  if (total_due_ <= due)
    return {Kind::timeout_total, std::string(doing) + " " + where_ +
                                     ": the whole exchange took longer than " +
                                     std::to_string(timeouts_.total.count()) + " ms"};
  const milliseconds limit = phase == Kind::timeout_connect      ? timeouts_.connect
                             : phase == Kind::timeout_first_byte ? timeouts_.first_byte
                                                                 : timeouts_.between_reads;
  return {phase,
          std::string(doing) + " " + where_ + ": nothing for " + std::to_string(limit.count()) + " ms"};
}

NetError Call::broken(const IoStep& step, std::string_view doing) const {
  if (cancelled_) return {Kind::cancelled, std::string(doing) + " " + where_ + ": cancelled"};
  return {Kind::closed, std::string(doing) + " " + where_ + ": " + upstream->describe(step)};
}

std::span<char> Call::room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (!buffer_ || end_ == capacity_) {
    const std::size_t grown = buffer_ ? capacity_ * 2 : kBuffer;
    auto bigger = std::make_unique_for_overwrite<char[]>(grown);
    std::copy(buffer_.get() + begin_, buffer_.get() + end_, bigger.get());
    buffer_ = std::move(bigger);
    capacity_ = grown;
    end_ -= begin_;
    begin_ = 0;
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

// Sends while it may and reads as soon as something is there: a provider that refuses a large body answers
// before it has read all of it, and that answer is worth more than our broken pipe.
Task<std::optional<NetError>> Call::exchange(std::vector<std::string_view> parts, bool head_request) {
  const TimePoint due = std::min(after(timeouts_.first_byte), total_due_);
  std::size_t at = 0;  // the first part that is not sent
  bool pipe_broken = false;
  for (;;) {
    while (at < parts.size() && !pipe_broken) {
      const IoStep step = upstream->write(std::span(parts).subspan(at));
      if (step.kind == IoStep::again) break;
      pipe_broken = step.kind != IoStep::done;
      std::size_t left = step.bytes;
      while (at < parts.size() && left >= parts[at].size()) left -= parts[at++].size();
      if (left > 0) parts[at].remove_prefix(left);
    }
    if (!pipe_broken) {
      const Wake wake = co_await upstream->wait(at < parts.size(), due);
      if (wake != Wake::ready)
        co_return waited(wake, Kind::timeout_first_byte, due, "waiting for a response from");
    }
    for (;;) {
      const std::span<char> into = room();
      const IoStep step = upstream->read(into);
      if (step.kind == IoStep::again && !pipe_broken) break;
      if (step.kind != IoStep::done) co_return broken(step, "waiting for a response from");
      answered_ = true;
      end_ += step.bytes;
      const auto parsed = take_heads(head_request);
      if (!parsed) co_return parsed.error();
      if (*parsed == Parsed::head) {
        reusable_ = head.keep_alive && at == parts.size() && !pipe_broken;
        eager_ = step.bytes == into.size();
        begin_body();
        co_return std::nullopt;
      }
      if (!upstream->tls && step.bytes < into.size() && !pipe_broken) break;
    }
  }
}

std::expected<Call::Parsed, NetError> Call::take_heads(bool head_request) {
  for (;;) {
    const std::string_view bytes(buffer_.get() + begin_, end_ - begin_);
    const std::size_t size = find_head_end(bytes, scanned_);
    if (std::min(size, bytes.size()) > pool->options.response_header_bytes)
      return net_fail(Kind::too_large, "the response head from " + where_ + " is larger than " +
                                           std::to_string(pool->options.response_header_bytes) + " bytes");
    scanned_ = size == kNoHead ? bytes.size() : 0;
    if (size == kNoHead) return Parsed::more;
    auto parsed = parse_response_head(bytes.substr(0, size), head_request);
    if (!parsed) return net_fail(Kind::protocol, where_ + ": " + parsed.error());
    begin_ += size;
    if (parsed->status == 101) return net_fail(Kind::protocol, where_ + ": switched protocols unasked");
    if (parsed->status < 200) continue;
    head = *std::move(parsed);
    return Parsed::head;
  }
}

void Call::begin_body() {
  remaining_ = head.length;
  if (head.framing == Framing::none) finish();
}

// The exchange is whole: the connection may serve the next one, unless bytes follow that nobody asked for.
void Call::finish() {
  complete_ = true;
  hook_.detach();
  if (reusable_ && begin_ == end_) pool->give(host, std::move(upstream));
  upstream.reset();
}

std::unexpected<NetError> Call::give_up(NetError error) {
  failed_ = error;
  upstream.reset();
  hook_.detach();
  return std::unexpected(std::move(error));
}

// Decodes what is buffered; empty only if it was all framing, or the chunks are malformed.
std::string_view Call::take() {
  char* bytes = buffer_.get() + begin_;
  std::size_t size = end_ - begin_;
  if (head.framing == Framing::chunked) {
    const ChunkDecoder::Step step = chunks_.decode(bytes, size);
    begin_ += step.consumed;
    if (chunks_.done()) finish();
    return {bytes, step.data};
  }
  if (head.framing == Framing::length) {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, remaining_));
    remaining_ -= size;
  }
  begin_ += size;
  if (head.framing == Framing::length && remaining_ == 0) finish();
  return {bytes, size};
}

Task<NetResult<std::string_view>> Call::read() {
  for (;;) {
    if (failed_) co_return std::unexpected(*failed_);
    if (complete_) co_return std::string_view();
    if (begin_ < end_) {
      const std::string_view data = take();
      if (!data.empty()) co_return data;
      if (chunks_.failed())
        co_return give_up({Kind::protocol, where_ + ": malformed chunked body: " + chunks_.reason()});
      continue;
    }
    if (total_due_ != kNever && SteadyClock::now() >= total_due_)
      co_return give_up(waited(Wake::timeout, Kind::timeout_total, kNever, "reading from"));
    // TLS may hold decrypted bytes for which the socket never becomes readable.
    if (!eager_ && !upstream->tls) {
      const TimePoint due = std::min(after(timeouts_.between_reads), total_due_);
      const Wake wake = co_await upstream->wait(false, due);
      if (wake != Wake::ready) co_return give_up(waited(wake, Kind::timeout_idle, due, "reading from"));
    }
    const std::span<char> into = room();
    const IoStep step = upstream->read(into);
    eager_ = step.kind == IoStep::done && step.bytes == into.size();
    if (step.kind == IoStep::done) {
      end_ += step.bytes;
    } else if (step.kind == IoStep::again) {
      if (!upstream->tls) continue;
      const TimePoint due = std::min(after(timeouts_.between_reads), total_due_);
      const Wake wake = co_await upstream->wait(false, due);
      if (wake != Wake::ready) co_return give_up(waited(wake, Kind::timeout_idle, due, "reading from"));
    } else if (step.kind == IoStep::end && head.framing == Framing::until_close) {
      finish();
    } else {
      co_return give_up(broken(step, "reading from"));
    }
  }
}

}  // namespace dragoman::net
