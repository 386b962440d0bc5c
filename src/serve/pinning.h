// An exchange's place in its conversation: which target that is held on, and telling of every switch.
// docs/conversation-state.md has what a user sees; route/pin.h decides.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "canon/request.h"
#include "net/headers.h"
#include "net/loop.h"
#include "route/pin.h"
#include "store/vault.h"

namespace dragoman::serve {

// What a conversation is known by, the first of: a header of the client, prompt_cache_key, Anthropic's
// metadata.user_id, its system text and first user turn.
struct ConversationId {
  std::string_view
      source;  // "x-dragoman-conversation", "prompt_cache_key", "metadata.user_id", "first turns"
  std::string value;
};
ConversationId conversation_of(const canon::Request& request, const net::Headers& headers);

// On one loop, as long as its exchange. Does nothing for routes that do not pin.
class Pinning {
 public:
  // `vault` may be null: then a conversation is held within one request only.
  Pinning(store::Vault* vault, std::string scope) : vault_(vault), scope_(std::move(scope)) {}

  // Finds the conversation's pin. The error is the client's: a switch to what is no target of the route.
  net::Task<Result<void>> look_up(net::Loop& loop, const canon::Request& request, const net::Headers& headers,
                                  const route::Route& route);
  route::Plan apply(route::Plan plan, const route::Route& route);

  // Before each attempt. When the conversation leaves the target it is on, that is told, and what is
  // remembered of it ends, before anything is sent to the next one. `why`: of the failure that led here; ""
  // for the first attempt.
  void attempting(const route::Step& step, std::string_view why);
  // The attempt serves. Call before the client has the last of the answer: its next request may come at once.
  void served();

  // For the answer's headers: a short name of the conversation; "" when it is not pinned.
  const std::string& conversation() const { return shown_; }

 private:
  store::Vault* vault_;
  std::string scope_;
  route::PinMode mode_ = route::PinMode::none;
  store::VaultAddress address_{};
  std::string shown_;
  std::optional<route::Pin> pin_;
  bool wished_ = false;
  std::string wish_;
  bool home_in_route_ = false;
  std::string why_;                        // why the first attempt goes elsewhere
  std::string current_;                    // target the conversation is on, by name
  const route::Target* target_ = nullptr;  // of the attempt that is being made
};

}  // namespace dragoman::serve
