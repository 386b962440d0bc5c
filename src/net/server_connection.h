// One client connection: reads requests, runs the handler, writes answers. Internal to the server.
#pragma once
#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "net/server.h"
#include "net/socket.h"

namespace dragoman::net {

// What one loop has of a server; touched on that loop only.
struct ServerLoop {
  Loop* loop = nullptr;
  std::weak_ptr<Socket> listener;  // owned by the coroutine that accepts, so that it ends on its loop
  std::unordered_set<Connection*> connections;
  bool draining = false;
};

struct ServerShared {
  ServerOptions options;
  Handler handler;
  ErrorPage error_page;
  std::vector<ServerLoop> loops;
  std::atomic<std::size_t> open = 0;  // connections
  std::mutex mutex;                   // for `closed` only
  std::condition_variable closed;     // some connection ended
};

class Connection {
 public:
  Connection(std::shared_ptr<ServerShared> shared, ServerLoop& home, std::shared_ptr<Socket> socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Task<void> run();
  // Ends after the current exchange, or the request that has come already; at once if there is neither. One
  // that was never asked anything is only closed if `all`: its first request is on its way.
  void drain(bool all);
  void disconnect();  // closes at once and tells the handler

 private:
  friend class ServerExchange;
  using Parts = std::array<std::string_view, 4>;
  static constexpr int kNoRequest = -1;
  struct Refusal {
    int status;  // 0: close in silence; kNoRequest: there was none
    std::string reason;
  };

  Task<bool> one_request();  // false: close
  Task<std::optional<Refusal>> read_request();
  Task<std::optional<Refusal>> read_head();
  Task<std::optional<Refusal>> read_body();
  Task<std::optional<Refusal>> read_chunked_body();
  std::optional<Refusal> parse_head(std::string_view head);
  TimePoint body_due(TimePoint began) const;
  Task<void> refuse(int status, std::string reason);
  Task<void> linger();
  Task<bool> send(Parts parts);
  Task<bool> send_rest(Parts parts);

  void watch(std::function<void()> gone);
  void unwatch();
  void look();

  std::shared_ptr<ServerShared> shared_;
  ServerLoop& home_;
  std::shared_ptr<Socket> socket_;
  std::string in_;  // bytes beyond the current request, or of a head that is not whole yet
  std::unique_ptr<ServerExchange> exchange_;  // none while idle
  std::function<void()> gone_;
  std::unique_ptr<Deadline> poll_;  // looks for the client's end behind pipelined bytes
  bool disconnected_ = false;
  bool keep_alive_ = true;
  bool asked_ = false;  // has had a request
};

}  // namespace dragoman::net
