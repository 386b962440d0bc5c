// The gateway inside this process, for a request or a few: `dragoman replay` and `dragoman bisect` send
// through the very code that serves. It listens on a free port of 127.0.0.1, writes no file and asks for no
// key.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "canon/dialect_name.h"
#include "net/client.h"
#include "net/loop.h"
#include "serve/start.h"
#include "store/record.h"

namespace dragoman::app {

struct Shot {
  int status = 0;
  std::string body;             // as a client would get it
  store::RequestRecord record;  // with every attempt and all bodies
};

// One thread at a time.
class OneShot {
 public:
  static Result<std::unique_ptr<OneShot>> start(const std::string& config);  // file; "": the environment
  ~OneShot();

  // `body` in the client's dialect, its model replaced by `model`. An error when no answer came at all.
  Result<Shot> send(canon::DialectName dialect, std::string_view body, std::string_view model, bool stream);

  const config::Config& config() const { return config_->config(); }

 private:
  std::unique_ptr<serve::RunningGateway> gateway_;
  std::shared_ptr<const serve::Snapshot> config_;
  net::Loops loops_{1};
  std::unique_ptr<net::Client> client_;
};

// `body` with that model; gemini_generate and bedrock_converse name it in the path, which this leaves alone.
Result<std::string> with_model(std::string_view body, std::string_view model);

}  // namespace dragoman::app
