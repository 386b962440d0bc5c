// The vault's part in an exchange: what is known of the history's turns is looked up before the first
// attempt, and what a provider issued with its answer is put away before the client has the last of it.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/arena.h"
#include "canon/issued.h"
#include "canon/request.h"
#include "canon/response.h"
#include "lower/lower.h"
#include "net/loop.h"
#include "serve/deployment.h"
#include "store/vault.h"

namespace dragoman::serve {

// On one loop, as long as its exchange.
class Recall {
 public:
  // `vault` may be null: then nothing is known and nothing kept. `scope`: the client key's name; what was
  // issued to one key is found by that key only.
  Recall(store::Vault* vault, std::string scope) : vault_(vault), scope_(std::move(scope)) {}

  // Looks the assistant turns of `request` up. Waits, without blocking the loop, if some are on disk only.
  net::Task<void> look_up(net::Loop& loop, const canon::Request& request);
  std::span<const lower::Recalled> turns() const { return turns_; }

  // An answer, as the client sees it: events one by one, or whole.
  void begin();
  void add(const canon::Event& event) {
    if (collector_) collector_->add(event);
  }
  void add(const canon::Response& response);
  // Puts away what begin() … add() gathered. Call when the answer has come to its proper end.
  void keep(const canon::Request& request, const Deployment& deployment, const lower::Restore& restore);

 private:
  store::Vault* vault_;
  std::string scope_;
  Arena arena_{1024};
  std::vector<lower::Recalled> turns_;
  std::optional<canon::IssuedCollector> collector_;
};

// The credential a deployment calls with, as reasoning that is bound to one names it.
std::string_view account_of(const Deployment& deployment);

// Brings `addresses` into the vault's memory without blocking the loop.
net::Task<void> load_from(store::Vault& vault, net::Loop& loop, std::vector<store::VaultAddress> addresses);

}  // namespace dragoman::serve
