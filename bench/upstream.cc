// The provider of the benchmark: one thread, epoll, fixed answers, nothing parsed that need not be. What it
// costs is the same whoever asks, so that differences in a run are the gateways' own.
//
//   bench_upstream PORT [EVENTS] [TICK_MS]
//
// POST …/chat/completions is answered as OpenAI does, POST …/messages as Anthropic does, POST …/converse as
// Bedrock does. A body below 64 KB that holds "stream":true, and POST …/converse-stream, gets a stream of
// EVENTS (100) content events, one write each, one at every tick (2 ms).
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

using std::string;
using std::string_view;

// About what 200 tokens of answer come to.
const string kText(1000, 'x');

string http(string_view type, const string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

string chunk(const string& data) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", data.size());
  return size + data + "\r\n";
}

string stream_head(string_view type) {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + string(type) +
         "\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";
}
const string kStreamHead = stream_head("text/event-stream");

// One dialect's answers, ready to send.
struct Answers {
  string whole;
  std::vector<string> events;  // chunks; the first holds the head of the answer, the last the end
};

Answers openai(int events) {
  Answers a;
  a.whole = http(
      "application/json",
      R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":")" +
          kText +
          R"(","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":200,"total_tokens":300}})");
  const auto event = [](string_view delta, string_view finish) {
    return chunk(
        string(
            R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"delta":)") +
        string(delta) + R"(,"logprobs":null,"finish_reason":)" + string(finish) + "}]}\n\n");
  };
  a.events.push_back(kStreamHead + event(R"({"role":"assistant","content":""})", "null"));
  for (int i = 0; i < events; ++i) a.events.push_back(event(R"({"content":" word"})", "null"));
  a.events.push_back(event("{}", R"("stop")") + chunk("data: [DONE]\n\n") + "0\r\n\r\n");
  return a;
}

Answers anthropic(int events) {
  Answers a;
  a.whole = http(
      "application/json",
      R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":")" +
          kText +
          R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":100,"output_tokens":200}})");
  const auto event = [](string_view name, string_view data) {
    return chunk("event: " + string(name) + "\ndata: " + string(data) + "\n\n");
  };
  a.events.push_back(
      kStreamHead +
      event(
          "message_start",
          R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":100,"output_tokens":1}}})") +
      event("content_block_start",
            R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"));
  for (int i = 0; i < events; ++i)
    a.events.push_back(
        event("content_block_delta",
              R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" word"}})"));
  a.events.push_back(
      event("content_block_stop", R"({"type":"content_block_stop","index":0})") +
      event(
          "message_delta",
          R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":200}})") +
      event("message_stop", R"({"type":"message_stop"})") + "0\r\n\r\n");
  return a;
}

// A message of Amazon's event stream: lengths and checksums, headers of strings, the payload.
string amazon_event(string_view type, string_view payload) {
  const auto number = [](std::size_t value) {
    string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
    return out;
  };
  const auto checksum = [&](const string& text) {
    return number(crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
  };
  string headers;
  for (const auto& [name, value] : {std::pair<string_view, string_view>{":event-type", type},
                                    {":content-type", "application/json"},
                                    {":message-type", "event"}}) {
    headers += static_cast<char>(name.size());
    headers += string(name) + '\x07' + number(value.size()).substr(2) + string(value);
  }
  string out = number(16 + headers.size() + payload.size()) + number(headers.size());
  out += checksum(out);
  out += headers + string(payload);
  return chunk(out + checksum(out));
}

Answers converse(int events) {
  Answers a = {
      http(
          "application/json",
          R"({"output":{"message":{"role":"assistant","content":[{"text":")" + kText +
              R"("}]}},"stopReason":"end_turn","usage":{"inputTokens":100,"outputTokens":200,"totalTokens":300}})"),
      {}};
  a.events.push_back(stream_head("application/vnd.amazon.eventstream") +
                     amazon_event("messageStart", R"({"role":"assistant"})"));
  for (int i = 0; i < events; ++i)
    a.events.push_back(
        amazon_event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":" word"}})"));
  a.events.push_back(
      amazon_event("contentBlockStop", R"({"contentBlockIndex":0})") +
      amazon_event("messageStop", R"({"stopReason":"end_turn"})") +
      amazon_event(
          "metadata",
          R"({"usage":{"inputTokens":100,"outputTokens":200,"totalTokens":300},"metrics":{"latencyMs":9}})") +
      "0\r\n\r\n");
  return a;
}

struct Connection {
  string in;
  string out;                       // not yet taken by the kernel
  const Answers* stream = nullptr;  // being streamed
  std::size_t next = 0;             // its next event
};

// The length of the first request in `in`, 0 while it is not all there.
std::size_t request_size(string_view in) {
  const std::size_t head = in.find("\r\n\r\n");
  if (head == string_view::npos) return 0;
  std::size_t length = 0;
  for (std::size_t at = in.find("\r\n"); at < head;) {
    const string_view line = in.substr(at + 2, in.find("\r\n", at + 2) - at - 2);
    if (line.size() > 15 && strncasecmp(line.data(), "content-length:", 15) == 0)
      length = std::strtoul(string(line.substr(15)).c_str(), nullptr, 10);
    if (line.size() > 18 && strncasecmp(line.data(), "transfer-encoding:", 18) == 0) {
      const std::size_t end = in.find("\r\n0\r\n\r\n", head);
      return end == string_view::npos ? 0 : end + 7;
    }
    at = in.find("\r\n", at + 2);
  }
  return in.size() >= head + 4 + length ? head + 4 + length : 0;
}

class Server {
 public:
  Server(int port, int events, int tick_ms)
      : openai_(openai(events)),
        anthropic_(anthropic(events)),
        converse_(converse(events)),
        epoll_(epoll_create1(0)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener_, 4096) != 0) {
      std::perror("bench_upstream");
      std::exit(1);
    }
    timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    const itimerspec every{{tick_ms / 1000, tick_ms % 1000 * 1000000L},
                           {tick_ms / 1000, tick_ms % 1000 * 1000000L}};
    timerfd_settime(timer_, 0, &every, nullptr);
    watch(listener_, EPOLLIN);
    watch(timer_, EPOLLIN);
  }

  [[noreturn]] void run() {
    std::vector<epoll_event> ready(512);
    for (;;) {
      const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int fd = ready[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_)
          accept_all();
        else if (fd == timer_)
          tick();
        else
          serve(fd, ready[static_cast<std::size_t>(i)].events);
      }
    }
  }

 private:
  void watch(int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept_all() {
    for (int fd; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections_[fd];
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLET);
    }
  }

  void drop(int fd) {
    connections_.erase(fd);
    std::erase(streaming_, fd);
    close(fd);
  }

  bool flush(int fd, Connection& c) {
    while (!c.out.empty()) {
      const ssize_t sent = send(fd, c.out.data(), c.out.size(), MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN;
      c.out.erase(0, static_cast<std::size_t>(sent));
    }
    return true;
  }

  void serve(int fd, std::uint32_t events) {
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    Connection& c = found->second;
    if (events & (EPOLLERR | EPOLLHUP)) return drop(fd);
    char buffer[65536];
    for (;;) {
      const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
      if (got == 0) return drop(fd);
      if (got < 0) {
        if (errno == EAGAIN) break;
        return drop(fd);
      }
      c.in.append(buffer, static_cast<std::size_t>(got));
    }
    while (c.stream == nullptr) {
      const std::size_t size = request_size(c.in);
      if (size == 0) break;
      answer(fd, c, string_view(c.in).substr(0, size));
      c.in.erase(0, size);
    }
    if (!flush(fd, c)) drop(fd);
  }

  void answer(int fd, Connection& c, string_view request) {
    const string_view target = request.substr(0, request.find("\r\n"));
    const auto asks = [&](string_view path) { return target.find(path) != string_view::npos; };
    const Answers& answers = asks("/messages") ? anthropic_ : asks("/converse") ? converse_ : openai_;
    const bool may = request.size() < 64 * 1024;
    if (asks("/converse-stream") || (may && request.find("\"stream\":true") != string_view::npos)) {
      c.stream = &answers;
      c.next = 0;
      streaming_.push_back(fd);
    } else {
      c.out += answers.whole;
    }
  }

  void tick() {
    std::uint64_t passed = 0;
    while (read(timer_, &passed, sizeof passed) > 0) {
    }
    for (std::size_t i = 0; i < streaming_.size();) {
      const int fd = streaming_[i];
      Connection& c = connections_[fd];
      c.out += c.stream->events[c.next++];
      if (!flush(fd, c)) {
        drop(fd);  // takes it off the list
        continue;
      }
      if (c.next == c.stream->events.size()) {
        c.stream = nullptr;
        streaming_[i] = streaming_.back();
        streaming_.pop_back();
        continue;
      }
      ++i;
    }
  }

  Answers openai_, anthropic_, converse_;
  int epoll_;
  int listener_ = -1;
  int timer_ = -1;
  std::unordered_map<int, Connection> connections_;
  std::vector<int> streaming_;
};

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto number = [&](int index, int fallback) {
    return argc > index ? std::atoi(argv[index]) : fallback;
  };
  const int port = number(1, 0);
  if (port <= 0) {
    std::fprintf(stderr, "bench_upstream PORT [EVENTS] [TICK_MS]\n");
    return 2;
  }
  Server(port, number(2, 100), std::max(1, number(3, 2))).run();
}
