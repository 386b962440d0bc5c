// A gateway to try out: where neither a config nor the environment names a provider, our own emulators stand
// in for them, in this process.
#pragma once
#include <memory>
#include <string>

#include "base/error.h"
#include "config_source.h"
#include "sandbox/server.h"

namespace dragoman::app {

class TryOut {
 public:
  // load_config(), or the emulators' config when `file` is "" and no provider has a key. They are started
  // with the first call that needs them. One thread at a time.
  Result<config::Config> load(const std::string& file, std::shared_ptr<const profile::Catalogue> catalogue);
  bool started() const { return started_; }
  void stop() { emulators_.stop(); }

 private:
  sandbox::Server emulators_;
  bool started_ = false;
};

}  // namespace dragoman::app
