// The gateway inside this process, for a request or a few: `dragoman replay` and `dragoman bisect` send
// through the very code that serves. It listens on a free port of 127.0.0.1, works on copies of what the
// running gateway keeps, and asks for no key.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "canon/dialect_name.h"
#include "live_state.h"
#include "net/client.h"
#include "net/loop.h"
#include "serve/start.h"
#include "store/record.h"
#include "try_out.h"

namespace dragoman::app {

struct Shot {
  int status = 0;
  std::string body;             // as a client would get it
  store::RequestRecord record;  // with every attempt and all bodies
};

struct OneShotOptions {
  std::string config;      // file; "": the environment, or with no provider in it our emulators (TryOut)
  LiveState::Parts state;  // of the gateway whose journal it is
  std::string key_name;    // the client key in whose name requests go: what was kept for it is found
  // Every request goes once to the first target of its model and nowhere else: no retry, repair or fallback,
  // nothing asked again.
  bool once = false;
};

// One thread at a time.
class OneShot {
 public:
  static Result<std::unique_ptr<OneShot>> start(const OneShotOptions& options);
  ~OneShot();

  // `body` in the client's dialect, its model replaced by `model`. An error when no answer came at all.
  Result<Shot> send(canon::DialectName dialect, std::string_view body, std::string_view model, bool stream);

  const config::Config& config() const { return config_->config(); }
  // Where requests for `model` go first; an error that says what is near when there is no such model.
  Result<const serve::Deployment*> first_target(std::string_view model) const;
  const serve::Snapshot& snapshot() const { return *config_; }
  // For calls of providers past the gateway. It lives here, as its sockets go when their loop has stopped.
  net::Client& upstreams();
  net::Loop& loop() { return loops_[0]; }

 private:
  TryOut source_;    // its emulators outlive the gateway that asks them
  LiveState state_;  // outlives the gateway
  std::unique_ptr<serve::RunningGateway> gateway_;
  std::shared_ptr<const serve::Snapshot> config_;
  net::Loops loops_{1};
  std::unique_ptr<net::Client> client_, upstreams_;
  std::string key_;
};

// `body` with that model; gemini_generate and bedrock_converse name it in the path, which this leaves alone.
Result<std::string> with_model(std::string_view body, std::string_view model);

}  // namespace dragoman::app
