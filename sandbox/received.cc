#include "sandbox/received.h"

#include <algorithm>

#include "base/base64.h"
#include "base/strings.h"
#include "json/write.h"

namespace dragoman::sandbox {

std::uint64_t ReceivedLog::begin(Received call) {
  const std::lock_guard lock(mutex_);
  call.seq = next_++;
  bytes_ += call.body.size();
  calls_.push_back(std::move(call));
  while (calls_.size() > kMaxCalls || (bytes_ > kMaxBytes && calls_.size() > 1)) {
    bytes_ -= calls_.front().body.size();
    calls_.pop_front();
  }
  return calls_.back().seq;
}

template <class F>
void ReceivedLog::change(std::uint64_t seq, F&& f) {
  const std::lock_guard lock(mutex_);
  const auto at = std::find_if(calls_.begin(), calls_.end(), [&](const Received& c) { return c.seq == seq; });
  if (at != calls_.end()) f(*at);
}

void ReceivedLog::end(std::uint64_t seq, int status, std::int64_t ms) {
  change(seq, [&](Received& c) {
    c.status = status;
    c.ended_ms = ms;
  });
}

void ReceivedLog::gone(std::uint64_t seq, std::int64_t ms) {
  change(seq, [&](Received& c) { c.client_gone_ms = ms; });
}

void ReceivedLog::played(std::uint64_t seq, std::string_view fault) {
  change(seq, [&](Received& c) { c.fault = fault; });
}

std::vector<Received> ReceivedLog::all() const {
  const std::lock_guard lock(mutex_);
  return {calls_.begin(), calls_.end()};
}

void ReceivedLog::clear() {
  const std::lock_guard lock(mutex_);
  calls_.clear();
  bytes_ = 0;
}

std::string received_json(std::span<const Received> calls, std::size_t last) {
  std::string out;
  json::Writer w(out);
  const auto time = [&](std::string_view name, const std::optional<std::int64_t>& ms) {
    w.key(name);
    ms ? w.integer(*ms) : w.null();
  };
  w.begin_array();
  for (const Received& c : calls.last(std::min(last, calls.size()))) {
    w.begin_object().field("seq", static_cast<std::int64_t>(c.seq)).field("provider", c.provider);
    w.field("method", c.method).field("path", c.path).field("query", c.query).key("headers").begin_array();
    for (const auto& [name, value] : c.headers) w.begin_array().string(name).string(value).end_array();
    w.end_array().field("body_base64", base64_encode(c.body)).key("body");
    is_utf8(c.body) ? w.string(c.body) : w.null();
    w.field("fault", c.fault).field("status", c.status).field("started_ms", c.started_ms);
    time("ended_ms", c.ended_ms);
    time("client_gone_ms", c.client_gone_ms);
    w.end_object();
  }
  w.end_array();
  return out;
}

}  // namespace dragoman::sandbox
