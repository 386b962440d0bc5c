// One request and its response on one upstream connection. Internal to the client.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/chunked.h"
#include "net/client_pool.h"
#include "net/http_head.h"

namespace dragoman::net {

struct Call {
  Call(std::shared_ptr<ClientPool> pool, const Url& url, Timeouts timeouts, CancelToken* cancel);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Each returns what went wrong, if anything. They run one after the other.
  Task<std::optional<NetError>> connect(Url url);
  Task<std::optional<NetError>> exchange(std::vector<std::string_view> parts, bool head_request);
  Task<NetResult<std::string_view>> read();

  void cancel();
  bool cancelled() const { return cancelled_; }
  bool answered() const { return answered_; }

  std::shared_ptr<ClientPool> pool;
  ClientHost& host;
  std::unique_ptr<Upstream> upstream;
  ResponseHead head;
  bool reused = false;

 private:
  Task<std::optional<NetError>> connect_one(Endpoint endpoint, TimePoint due);
  Task<std::optional<NetError>> handshake(std::string name, TimePoint due);
  // After a failed wait or step:
  NetError waited(Wake wake, NetError::Kind phase, TimePoint due, std::string_view doing) const;
  NetError broken(const IoStep& step, std::string_view doing) const;

  std::span<char> room();            // free space at the buffer's end, at least 1 byte
  enum class Parsed { more, head };  // of take_heads
  std::expected<Parsed, NetError> take_heads(bool head_request);
  void begin_body();
  std::string_view take();
  void finish();
  std::unexpected<NetError> give_up(NetError error);

  Timeouts timeouts_;
  const std::string where_;  // "http://host:port", for messages
  const TimePoint total_due_;
  Signal signal_;  // for waits that are not on the socket
  CancelToken::Hook hook_;
  bool cancelled_ = false;
  bool answered_ = false;  // at least one byte came back
  bool reusable_ = false;
  bool complete_ = false;
  bool eager_ = false;  // the last read filled the buffer: more is likely there
  std::optional<NetError> failed_;

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  // the unread bytes
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;
  std::uint64_t remaining_ = 0;
  ChunkDecoder chunks_;
};

}  // namespace dragoman::net
