// What the sandbox received: every call to a provider, byte for byte, so that tests can compare.
#pragma once
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sandbox/emulator.h"

namespace dragoman::sandbox {

// Times are milliseconds since the server started.
struct Received {
  std::uint64_t seq = 0;  // from 1, never reused
  std::string provider;
  std::string method;
  std::string path;  // as on the wire, with the provider's prefix
  std::string query;
  HeaderList headers;
  std::string body;
  std::string fault;  // the kind of fault played, "" for none
  int status = 0;     // 0: none was sent
  std::int64_t started_ms = 0;
  std::optional<std::int64_t> ended_ms;        // the answer is out, or given up
  std::optional<std::int64_t> client_gone_ms;  // the client closed first
};

// Keeps the last calls, at most kMaxCalls and about kMaxBytes of bodies. Thread-safe.
class ReceivedLog {
 public:
  static constexpr std::size_t kMaxCalls = 2000;
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

  std::uint64_t begin(Received call);  // sets and returns seq
  void end(std::uint64_t seq, int status, std::int64_t ms);
  void gone(std::uint64_t seq, std::int64_t ms);
  void played(std::uint64_t seq, std::string_view fault);
  std::vector<Received> all() const;
  void clear();

 private:
  template <class F>
  void change(std::uint64_t seq, F&& f);

  mutable std::mutex mutex_;
  std::deque<Received> calls_;
  std::size_t bytes_ = 0;
  std::uint64_t next_ = 1;
};

// The newest `last` of the log as GET /_sandbox/received gives them, oldest first.
std::string received_json(std::span<const Received> calls, std::size_t last = ReceivedLog::kMaxCalls);

}  // namespace dragoman::sandbox
