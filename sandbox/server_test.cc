#include "sandbox/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "json/parse.h"
#include "sandbox/fault.h"

namespace dragoman::sandbox {
namespace {

// A blocking client, so that these tests stand on nothing but the kernel.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { close(); }

  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  bool send(std::string_view text) {
    return connected_ &&
           ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }

  // Everything until the server closes; `reset` tells a RST from a FIN.
  std::string read_all() {
    std::string out;
    char buffer[4096];
    for (;;) {
      const ssize_t n = recv(fd_, buffer, sizeof buffer, 0);
      if (n <= 0) {
        reset_ = n < 0;
        return out;
      }
      out.append(buffer, static_cast<std::size_t>(n));
    }
  }

  // Until `text` has come.
  std::string read_until(std::string_view text) {
    std::string out;
    char buffer[4096];
    while (out.find(text) == std::string::npos) {
      const ssize_t n = recv(fd_, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      out.append(buffer, static_cast<std::size_t>(n));
    }
    return out;
  }

  bool reset() const { return reset_; }

 private:
  int fd_;
  bool connected_ = false;
  bool reset_ = false;
};

std::string request(std::string_view method, std::string_view path, std::string_view body = "",
                    std::string_view headers = "") {
  return std::string(method) + " " + std::string(path) +
         " HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer k\r\n" + std::string(headers) +
         "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

struct Answer1 {
  int status = 0;
  std::string head;
  std::string body;    // decoded from chunks
  bool whole = false;  // the terminating chunk or all of Content-Length came
  bool reset = false;
};

Answer1 read_answer(const std::string& raw) {
  Answer1 out;
  const std::size_t end = raw.find("\r\n\r\n");
  if (end == std::string::npos) return out;
  out.head = raw.substr(0, end);
  out.status = std::stoi(raw.substr(9, 3));
  std::string rest = raw.substr(end + 4);
  if (out.head.find("hunked") == std::string::npos) {
    const std::size_t at = out.head.find("ontent-");
    out.whole = at != std::string::npos;
    out.body = std::move(rest);
    return out;
  }
  for (std::size_t at = 0; at < rest.size();) {
    const std::size_t line = rest.find("\r\n", at);
    if (line == std::string::npos) break;
    const std::size_t size = std::stoul(rest.substr(at, line - at), nullptr, 16);
    if (size == 0) {
      out.whole = true;
      break;
    }
    out.body += rest.substr(line + 2, size);
    at = line + 2 + size + 2;
  }
  return out;
}

constexpr std::string_view kChat = "/openai/v1/chat/completions";
constexpr std::string_view kHello =
    R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"héllo 🌍"}]})";
constexpr std::string_view kStream =
    R"({"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"héllo 🌍 one two three"}]})";

class SandboxServer : public testing::Test {
 protected:
  void SetUp() override {
    const auto port = server_.start();
    ASSERT_TRUE(port) << port.error().message;
  }

  Answer1 call(std::string_view method, std::string_view path, std::string_view body = "",
               std::string_view headers = "") {
    RawClient client(server_.port());
    EXPECT_TRUE(client.send(request(method, path, body, headers)));
    Answer1 out = read_answer(client.read_all());
    out.reset = client.reset();
    return out;
  }

  Answer1 with_fault(std::string_view fault, std::string_view body = kHello) {
    return call("POST", kChat, body, "x-sandbox-fault: " + std::string(fault) + "\r\n");
  }

  Server server_;
};

TEST_F(SandboxServer, AnswersAndRemembers) {
  const Answer1 a = call("POST", kChat, kHello);
  EXPECT_EQ(a.status, 200);
  EXPECT_NE(a.body.find("You said: héllo 🌍"), std::string::npos) << a.body;
  const auto received = server_.received();
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].provider, "openai");
  EXPECT_EQ(received[0].path, kChat);
  EXPECT_EQ(received[0].body, kHello);
  EXPECT_EQ(received[0].status, 200);
  EXPECT_FALSE(received[0].client_gone_ms);

  const Answer1 log = call("GET", "/_sandbox/received");
  Arena arena;
  const auto json_log = json::parse(arena, log.body);
  ASSERT_TRUE(json_log);
  EXPECT_EQ(json_log->at(0)["body"].text(), kHello);
  EXPECT_TRUE(json_log->at(0)["client_gone_ms"].is_null());
  EXPECT_EQ(call("DELETE", "/_sandbox/received").status, 200);
  EXPECT_TRUE(server_.received().empty());
  EXPECT_EQ(call("GET", "/_sandbox/health").status, 200);
  EXPECT_EQ(call("GET", "/_sandbox/nothing").status, 404);
  EXPECT_EQ(call("POST", "/nobody/v1/chat/completions", kHello).status, 404);
}

TEST_F(SandboxServer, StreamsInPieces) {
  const Answer1 a = call("POST", kChat, kStream);
  EXPECT_EQ(a.status, 200);
  EXPECT_TRUE(a.whole);
  EXPECT_NE(a.head.find("text/event-stream"), std::string::npos);
  EXPECT_TRUE(a.body.starts_with("data: {"));
  EXPECT_TRUE(a.body.ends_with("data: [DONE]\n\n"));
}

TEST_F(SandboxServer, FaultsByHeader) {
  Answer1 a = with_fault("rate_limit;retry_after=7");
  EXPECT_EQ(a.status, 429);
  EXPECT_NE(a.head.find("retry-after: 7"), std::string::npos);
  EXPECT_NE(a.body.find("rate_limit"), std::string::npos) << a.body;
  EXPECT_EQ(with_fault("overloaded").status, 503);
  a = with_fault("status;code=418;body={\"teapot\":true}");
  EXPECT_EQ(a.status, 418);
  EXPECT_EQ(a.body, "{\"teapot\":true}");
  a = with_fault("400;message=no%3B no");
  EXPECT_EQ(a.status, 400);
  EXPECT_NE(a.body.find("\"message\":\"no; no\""), std::string::npos);
  a = with_fault("html_502");
  EXPECT_EQ(a.status, 502);
  EXPECT_TRUE(a.body.starts_with("<html>"));
  a = with_fault("empty_200");
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a.body, "");
  EXPECT_EQ(with_fault("garbage").status, 200);
  EXPECT_EQ(with_fault("delay;ms=1").status, 200);
  EXPECT_EQ(with_fault("delay_event;ms=1", kStream).status, 200);
  EXPECT_EQ(with_fault("none").status, 200);
  a = with_fault("no_such_kind");
  EXPECT_EQ(a.status, 400);
  EXPECT_NE(a.body.find("unknown fault kind"), std::string::npos);
}

TEST_F(SandboxServer, BrokenBodies) {
  Answer1 a = with_fault("cut;bytes=20");
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a.body.size(), 20u);
  EXPECT_FALSE(a.whole);
  a = with_fault("cut;after=2", kStream);
  EXPECT_FALSE(a.whole);
  EXPECT_EQ(a.body.find("[DONE]"), std::string::npos);
  a = with_fault("cut;after=2;clean", kStream);
  EXPECT_TRUE(a.whole);
  EXPECT_EQ(a.body.find("[DONE]"), std::string::npos);
  a = with_fault("reset");
  EXPECT_EQ(a.status, 0);
  EXPECT_TRUE(a.reset);
  a = with_fault("error_event;status=500", kStream);
  EXPECT_TRUE(a.whole);
  EXPECT_TRUE(a.body.starts_with("data: {\"error\":")) << a.body;
  EXPECT_EQ(a.body.find("choices"), std::string::npos);
  a = with_fault("error_event;at=token;message=broke", kStream);
  EXPECT_NE(a.body.find("\"content\":\"You\""), std::string::npos) << a.body;
  EXPECT_EQ(a.body.find("\"content\":\" said"), std::string::npos);
  EXPECT_NE(a.body.find("broke"), std::string::npos);
}

TEST_F(SandboxServer, ScriptsAreConsumedOneByOne) {
  ASSERT_TRUE(server_.script(
      R"({"model":"gpt-4o*","provider":"openai","faults":[{"kind":"rate_limit","retry_after":1},{"kind":"none"},{"kind":500}]})"));
  EXPECT_EQ(call("POST", kChat, R"({"model":"gpt-4.1","messages":[{"role":"user","content":"x"}]})").status,
            200);
  EXPECT_EQ(call("POST", kChat, kHello).status, 429);
  EXPECT_EQ(call("POST", kChat, kHello).status, 200);
  EXPECT_EQ(call("POST", kChat, kHello).status, 500);
  EXPECT_EQ(call("POST", kChat, kHello).status, 200);
  EXPECT_EQ(call("POST", "/_sandbox/faults", R"({"faults":[{"kind":"429"}],"repeat":true})").status, 200);
  EXPECT_EQ(call("POST", kChat, kHello).status, 429);
  EXPECT_EQ(call("POST", kChat, kHello).status, 429);
  EXPECT_EQ(call("DELETE", "/_sandbox/faults").status, 200);
  EXPECT_EQ(call("POST", kChat, kHello).status, 200);
  EXPECT_EQ(call("POST", "/_sandbox/faults", R"({"faults":[{"kind":"nope"}]})").status, 400);
}

// A script puts words into the model's mouth, in every provider's own form, streamed or not.
TEST_F(SandboxServer, ScriptsSayWhatTheModelAnswers) {
  struct Row {
    std::string_view path;
    std::string_view body;
    std::string_view want;
  };
  const Row rows[] = {
      {kChat,
       R"({"model":"gpt-4o","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]})",
       R"("arguments":"{\"n\":\"three\"}")"},
      {"/gemini/v1beta/models/gemini-2.5-flash:generateContent?key=k",
       R"({"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"f","description":"d"}]}]})",
       R"("args":{"n":"three"})"},
  };
  for (const Row& row : rows) {
    ASSERT_TRUE(server_.script(
        R"({"faults":[{"kind":"say","text":"Calling.","calls":[{"arguments":{"n":"three"}}]},{"kind":"say","text":"Hm."}]})"));
    const auto first = call("POST", row.path, row.body);
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_NE(first.body.find(row.want), std::string::npos) << first.body;
    EXPECT_NE(first.body.find("Calling."), std::string::npos) << first.body;
    EXPECT_NE(call("POST", row.path, row.body).body.find("Hm."), std::string::npos);
    EXPECT_EQ(call("POST", row.path, row.body).body.find("three"), std::string::npos) << "the script is over";
  }
}

TEST_F(SandboxServer, FaultsByModelName) {
  const Answer1 a =
      call("POST", kChat,
           R"({"model":"gpt-4o-mini!429;retry_after=1","messages":[{"role":"user","content":"x"}]})");
  EXPECT_EQ(a.status, 429);
  const Answer1 b =
      call("POST", kChat, R"({"model":"gpt-4o-mini!delay;ms=1","messages":[{"role":"user","content":"x"}]})");
  EXPECT_EQ(b.status, 200);
  EXPECT_NE(b.body.find("\"model\":\"gpt-4o-mini\""), std::string::npos);
}

TEST_F(SandboxServer, HangsAndStallsEndWhenTheClientGoes) {
  for (const std::string_view fault : {"hang", "stall"}) {
    server_.clear_received();
    RawClient client(server_.port());
    ASSERT_TRUE(
        client.send(request("POST", kChat, kStream, "x-sandbox-fault: " + std::string(fault) + "\r\n")));
    if (fault == "stall") EXPECT_NE(client.read_until("\"role\"").find("\"role\""), std::string::npos);
    while (server_.received().empty()) usleep(1000);
    EXPECT_FALSE(server_.received()[0].client_gone_ms);
    client.close();
    while (!server_.received()[0].ended_ms) usleep(1000);
    EXPECT_TRUE(server_.received()[0].client_gone_ms);
  }
}

TEST_F(SandboxServer, StopsWhileACallHangs) {
  RawClient client(server_.port());
  ASSERT_TRUE(client.send(request("POST", kChat, kHello, "x-sandbox-fault: hang\r\n")));
  while (server_.received().empty()) usleep(1000);
  server_.stop();
  server_.stop();
  EXPECT_EQ(client.read_all(), "");
}

TEST(Fault, ModelNames) {
  EXPECT_EQ(real_model("a!429;retry_after=1"), "a");
  EXPECT_EQ(model_fault("a!429;retry_after=1"), "429;retry_after=1");
  EXPECT_EQ(model_fault("a"), "");
}

TEST(Fault, BadParametersAreNamed) {
  EXPECT_EQ(parse_fault("delay;ms=x").error().message, "ms must be a whole number, not 'x'");
  EXPECT_EQ(parse_fault("cut;afterwards=1").error().message, "unknown fault parameter 'afterwards'");
  EXPECT_EQ(parse_fault("error_event;at=end").error().message, "at must be start or token, not 'end'");
  EXPECT_EQ(parse_fault("").error().message, "unknown fault kind ''");
}

}  // namespace
}  // namespace dragoman::sandbox
