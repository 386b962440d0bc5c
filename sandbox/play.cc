#include "sandbox/play.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/strings.h"

namespace dragoman::sandbox {
namespace {

using net::Task;

constexpr std::string_view kNames[] = {
    "",    "hang",  "delay", "delay_event", "rate_limit", "overloaded", "quota", "status", "error_event",
    "cut", "stall", "reset", "html_502",    "empty_200",  "garbage",    "say"};

constexpr std::string_view kHtml =
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad "
    "Gateway</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

constexpr std::string_view kGarbage = "\x1f\x8b\x00\xff{\"choices\": [nul\n\ndata: {]\n\n\xc3(";

// Whether a frame brings the client something to show: what a failover after it could no longer hide.
bool has_content(std::string_view frame) {
  for (const std::string_view mark :
       {"\"content\":\"", "\"reasoning_content\":\"", "\"reasoning\":\"", "\"arguments\":\""}) {
    const std::size_t at = frame.find(mark);
    if (at != std::string_view::npos && frame.substr(at + mark.size(), 1) != "\"") return true;
  }
  return frame.find("_delta\"") != std::string_view::npos ||
         frame.find(".delta\"") != std::string_view::npos ||
         frame.find("contentBlockDelta") != std::string_view::npos ||
         frame.find("\"parts\":") != std::string_view::npos ||
         frame.find("\"parts\" :") != std::string_view::npos;
}

std::string_view general_words(int status) {
  switch (status) {
    case 401:
      return "Invalid authentication credentials";
    case 402:
      return "Insufficient credits";
    case 403:
      return "Permission denied";
    case 404:
      return "Not found";
    case 408:
      return "Request timeout";
    case 413:
      return "Request exceeds the maximum size";
    case 429:
      return "Rate limit reached. Please try again later.";
    case 529:
      return "Overloaded";
    case 503:
      return "Service unavailable: the model is overloaded. Please try again later.";
    default:
      return status >= 500 ? "Internal server error" : "Bad request";
  }
}

}  // namespace

std::string_view fault_name(FaultKind kind) { return kNames[static_cast<int>(kind)]; }

// Named coroutines with members of an object that outlives them: see net/task.h.
Task<int> Player::run(const Call& call, const Options& options) {
  if (fault_.delay_ms > 0) co_await wait(fault_.delay_ms);
  if (gone_.cancelled()) co_return 0;
  switch (fault_.kind) {
    case FaultKind::hang:
      co_await hold();
      co_return 0;
    case FaultKind::reset:
      if (fault_.after) break;
      exchange_.reset();
      co_return 0;
    case FaultKind::rate_limit:
    case FaultKind::overloaded:
    case FaultKind::quota:
    case FaultKind::status:
    case FaultKind::html_502:
    case FaultKind::empty_200:
    case FaultKind::garbage:
      co_return co_await send_whole(faulty_reply());
    default:
      break;
  }
  co_return co_await send(emulator_.handle(call, options));
}

Reply Player::faulty_reply() const {
  Reply out;
  if (fault_.kind == FaultKind::html_502) {
    return {.status = 502, .headers = {{"content-type", "text/html"}}, .body = std::string(kHtml)};
  }
  if (fault_.kind == FaultKind::empty_200) return {.headers = {{"content-type", "application/json"}}};
  if (fault_.kind == FaultKind::garbage) {
    return {.headers = {{"content-type", "application/json"}}, .body = std::string(kGarbage)};
  }
  int status = fault_.status;
  if (status == 0 && fault_.kind == FaultKind::rate_limit) status = 429;
  if (status == 0 && fault_.kind == FaultKind::overloaded)
    status = emulator_.prefix == "anthropic" ? 529 : 503;
  if (status == 0) status = fault_.kind == FaultKind::quota ? 402 : 500;
  if (fault_.message.empty() && fault_.code.empty() && emulator_.failure != nullptr) {
    out = emulator_.failure(status);
  } else {
    out =
        emulator_.error(status, fault_.code, fault_.message.empty() ? general_words(status) : fault_.message);
  }
  if (fault_.kind != FaultKind::quota) out.status = status;
  if (!fault_.body.empty()) out.body = fault_.body;
  if (!fault_.retry_after.empty()) {
    std::erase_if(out.headers, [](const auto& h) { return lower_ascii(h.first).starts_with("retry-after"); });
    out.headers.emplace_back("retry-after", fault_.retry_after);
  }
  return out;
}

std::string Player::error_frame() const {
  const int status = fault_.status == 0 ? 500 : fault_.status;
  if (!fault_.body.empty()) return fault_.body;
  const std::string_view message = fault_.message.empty() ? general_words(status) : fault_.message;
  if (emulator_.stream_error != nullptr) return emulator_.stream_error(status, fault_.code, message);
  return "data: " + emulator_.error(status, fault_.code, message).body + "\n\n";
}

// How many events leave before the fault strikes.
std::size_t Player::event_limit(const Reply& reply) const {
  const std::size_t all = std::numeric_limits<std::size_t>::max();
  const auto after = [&](std::size_t otherwise) {
    return fault_.after ? static_cast<std::size_t>(*fault_.after) : otherwise;
  };
  switch (fault_.kind) {
    case FaultKind::error_event: {
      if (!fault_.at_token) return after(0);
      const auto first = std::find_if(reply.frames.begin(), reply.frames.end(), has_content);
      return after(static_cast<std::size_t>(first - reply.frames.begin()) + 1);
    }
    case FaultKind::cut:
      return fault_.bytes ? all : after(1);
    case FaultKind::stall:
    case FaultKind::reset:
      return after(1);
    default:
      return all;
  }
}

Task<void> Player::wait(std::int64_t ms) { co_await exchange_.loop().sleep(net::milliseconds(ms), &gone_); }

Task<void> Player::hold() {
  while (co_await exchange_.loop().sleep(net::milliseconds(60'000), &gone_)) {
  }
}

Task<int> Player::send(Reply reply) {
  if (reply.streaming) co_return co_await send_stream(std::move(reply));
  // An answer that is whole: the fault strikes inside its body.
  switch (fault_.kind) {
    case FaultKind::error_event:
      if (reply.status == 200) {
        reply.body = fault_.body.empty()
                         ? emulator_
                               .error(fault_.status == 0 ? 500 : fault_.status, fault_.code,
                                      fault_.message.empty() ? general_words(500) : fault_.message)
                               .body
                         : fault_.body;
      }
      break;
    case FaultKind::cut:
    case FaultKind::stall:
    case FaultKind::reset: {
      const std::size_t keep = std::min(
          reply.body.size(),
          static_cast<std::size_t>(fault_.bytes.value_or(static_cast<std::int64_t>(reply.body.size() / 2))));
      reply.streaming = true;
      reply.frames = {reply.body.substr(0, keep), reply.body.substr(keep)};
      fault_.after = 1;
      fault_.bytes.reset();
      co_return co_await send_stream(std::move(reply));
    }
    default:
      break;
  }
  co_return co_await send_whole(std::move(reply));
}

Task<int> Player::send_whole(Reply reply) {
  net::Headers headers;
  for (const auto& [name, value] : reply.headers) headers.add(name, value);
  const int status = reply.status;
  co_await exchange_.respond(status, std::move(headers), std::move(reply.body));
  co_return status;
}

Task<int> Player::send_stream(Reply reply) {
  net::Headers headers;
  for (const auto& [name, value] : reply.headers) headers.add(name, value);
  if (!co_await exchange_.begin(reply.status, std::move(headers))) co_return reply.status;
  const std::size_t limit = event_limit(reply);
  std::string pending;
  for (std::size_t i = 0; i < reply.frames.size() && i < limit; ++i) {
    if (i > 0 && fault_.event_delay_ms > 0) {
      co_await wait(fault_.event_delay_ms);
      if (gone_.cancelled()) co_return reply.status;
    }
    pending += reply.frames[i];
    // Up to 15 bytes stay back, so that a piece may hold the end of one event and the start of the next.
    const std::size_t keep = fault_.event_delay_ms > 0 ? 0 : random_() % 16;
    if (!co_await send_pieces(pending, keep)) co_return reply.status;
    if (fault_.bytes && sent_ >= *fault_.bytes) break;
  }
  if (!co_await send_pieces(pending, 0)) co_return reply.status;
  if (fault_.gap_ms > 0) co_await wait(fault_.gap_ms);
  switch (fault_.kind) {
    case FaultKind::error_event:
      pending = error_frame();
      if (co_await send_pieces(pending, 0)) co_await exchange_.finish();
      break;
    case FaultKind::cut:
    case FaultKind::stall:
    case FaultKind::reset:
      co_await end_early();
      break;
    default:
      co_await exchange_.finish();
  }
  co_return reply.status;
}

// Sends all of `pending` but the last `keep` bytes, in pieces of any size.
Task<bool> Player::send_pieces(std::string& pending, std::size_t keep) {
  std::size_t at = 0;
  while (pending.size() - at > keep) {
    // Mostly a few events at once, often a handful of bytes: what TCP makes of a stream on a bad day.
    std::size_t size = random_() % 3 == 0 ? 1 + random_() % 7 : 16 + random_() % 240;
    size = std::min(size, pending.size() - at - keep);
    if (fault_.bytes) {
      if (sent_ >= *fault_.bytes) break;
      size = std::min(size, static_cast<std::size_t>(*fault_.bytes - sent_));
    }
    if (!co_await exchange_.write(std::string_view(pending).substr(at, size))) {
      write_failed_ = true;
      co_return false;
    }
    sent_ += static_cast<std::int64_t>(size);
    at += size;
  }
  pending.erase(0, at);
  co_return true;
}

Task<void> Player::end_early() {
  if (fault_.kind == FaultKind::stall) {
    co_await hold();
  } else if (fault_.kind == FaultKind::reset) {
    exchange_.reset();
  } else if (fault_.clean) {
    co_await exchange_.finish();
  } else {
    exchange_.abort();
  }
}

}  // namespace dragoman::sandbox
