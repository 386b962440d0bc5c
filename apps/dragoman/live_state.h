// What a running gateway knows besides its config, copied so that a request sent again meets the same: the
// vault, what refusals have taught, kept responses. Nothing of it is changed.
#pragma once
#include <string>

#include "base/error.h"
#include "config/config.h"

namespace dragoman::app {

class LiveState {
 public:
  struct Parts {
    std::string journal;  // the gateway's: what was learned stands beside it
    bool learned = true;
    bool responses = true;
  };
  // Copies what there is into a private folder and points `config` at the copies; what is missing is left
  // out. The folder goes with this.
  static Result<LiveState> copy(config::Config& config, const Parts& parts);
  LiveState() = default;
  LiveState(LiveState&& other) noexcept : folder_(std::move(other.folder_)) { other.folder_.clear(); }
  LiveState& operator=(LiveState&& other) noexcept;
  ~LiveState();

 private:
  std::string folder_;
};

}  // namespace dragoman::app
