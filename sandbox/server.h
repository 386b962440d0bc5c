// The sandbox on a port: every emulated provider under its own prefix, http://127.0.0.1:PORT/openai/v1/…
//
// Any key that does not begin with "bad" is accepted. Streams leave in pieces whose boundaries fall anywhere,
// also inside events and characters; the same seed gives the same boundaries. Faults are fault.h's.
//
// Control, under /_sandbox/:
//   GET    health     {"ok":true,"providers":[…]}
//   POST   faults     {"provider": glob, "model": glob, "faults": [{"kind": …}, …], "repeat": bool}: one
//   fault a
//                     call, then normal answers again; several scripts are asked in the order they came
//   DELETE faults
//   GET    received   [{"seq","provider","method","path","query","headers":[[name,value],…],"body_base64",
//                     "body" (null unless
//                     UTF-8),"fault","status","started_ms","ended_ms","client_gone_ms"},…]
//   DELETE received
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sandbox/received.h"

namespace dragoman::sandbox {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  bool paranoid = false;   // also enforce rules graded C and A
  std::size_t threads = 1;
  std::uint64_t seed = 1;  // of the chunk boundaries
};

// Runs on threads of its own. All members may be called from any thread but the server's own.
class Server {
 public:
  Server();
  ~Server();  // stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Result<std::uint16_t> start(ServerOptions options = {});  // the port
  void stop();                                              // cuts what is running; safe to call twice

  std::uint16_t port() const;
  std::string url(
      std::string_view provider = {}) const;  // "http://127.0.0.1:PORT/openai", no slash at the end

  // The control API, for tests in the same process.
  Result<void> script(std::string_view faults_json);
  std::vector<Received> received() const;
  void clear_received();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dragoman::sandbox
