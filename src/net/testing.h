// A loopback server with handlers for every test, and a raw client that sends exactly the bytes it is given.
// For the tests of this room only.
#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include "net/blocking.h"
#include "net/server.h"

namespace dragoman::net::testing {

inline ErrorReply plain_error(int status, std::string_view reason, std::string_view path) {
  ErrorReply reply;
  reply.headers.add("Content-Type", "text/plain");
  reply.body = std::to_string(status) + " " + std::string(reason) + " " + std::string(path) + "\n";
  return reply;
}

// Blocking, with a bound on every wait.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0) ADD_FAILURE() << "cannot connect";
  }
  ~RawClient() { close(); }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  // Reads until `wanted` has come, the peer closes, or the time is up. Returns everything read so far.
  std::string until(std::string_view wanted, int timeout_ms = 5000) {
    std::string found;
    while (in_.find(wanted) == std::string::npos && fill(timeout_ms)) {
    }
    const std::size_t at = in_.find(wanted);
    if (at == std::string::npos) return std::exchange(in_, {});
    found = in_.substr(0, at + wanted.size());
    in_.erase(0, at + wanted.size());
    return found;
  }

  std::string until_close(int timeout_ms = 5000) {
    while (fill(timeout_ms)) {
    }
    return std::exchange(in_, {});
  }

  bool saw_end() const { return end_; }
  bool saw_reset() const { return reset_; }
  void half_close() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    close();
  }

 private:
  bool fill(int timeout_ms) {
    pollfd state{fd_, POLLIN, 0};
    if (::poll(&state, 1, timeout_ms) <= 0) return false;
    char buffer[65536];
    const ssize_t n = ::recv(fd_, buffer, sizeof(buffer), 0);
    if (n <= 0) {
      end_ = true;
      reset_ = n < 0;
      return false;
    }
    in_.append(buffer, static_cast<std::size_t>(n));
    return true;
  }

  int fd_ = -1;
  std::string in_;
  bool end_ = false;
  bool reset_ = false;
};

// Waits for another thread's effect, for at most five seconds.
template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return false;
}

}  // namespace dragoman::net::testing
