#include "serve/recall.h"

#include <memory>

#include "canon/fold.h"
#include "net/signal.h"

namespace dragoman::serve {
namespace {

// A disk that does not answer costs the reasoning of old turns, not the request.
constexpr std::chrono::milliseconds kPatience{500};

}  // namespace

std::string_view account_of(const Deployment& deployment) { return deployment.spec().credential->id; }

net::Task<void> load_from(store::Vault& vault, net::Loop& loop, std::vector<store::VaultAddress> addresses) {
  // Shared with the vault's thread, which may be done after this has given up.
  struct Shared {
    net::Signal* waiting = nullptr;
  };
  net::Signal signal(loop);
  const auto shared = std::make_shared<Shared>(&signal);
  vault.load(std::move(addresses), [shared, &loop] {
    loop.post([shared] {
      if (shared->waiting) shared->waiting->wake_later(net::Wake::ready);
    });
  });
  co_await signal.wait(net::SteadyClock::now() + kPatience);
  shared->waiting = nullptr;
}

net::Task<void> Recall::look_up(net::Loop& loop, const canon::Request& request) {
  turns_.clear();
  if (!vault_ || vault_->size() == 0) co_return;
  struct Asked {
    std::size_t message;
    store::VaultAddress address;
  };
  std::vector<Asked> found;
  std::vector<store::VaultAddress> on_disk;
  std::string value;
  const auto& messages = request.messages;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].role != canon::Role::assistant) continue;
    const canon::TurnFace face = canon::face_of(messages[i]);
    if (face.empty()) continue;
    const std::string before = face.needs_before() ? canon::said_before(messages, i) : std::string();
    const store::VaultAddress address = vault_->address(scope_, face.material(before));
    const auto where = vault_->find(address, value);
    if (where == store::Vault::Found::nothing) continue;
    found.push_back({i, address});
    if (where == store::Vault::Found::on_disk) on_disk.push_back(address);
  }
  if (!on_disk.empty()) co_await load_from(*vault_, loop, std::move(on_disk));
  for (const Asked& asked : found) {
    if (vault_->find(asked.address, value) != store::Vault::Found::here) continue;
    if (auto turn = canon::read_issued(arena_, value)) turns_.push_back({asked.message, *std::move(turn)});
  }
}

void Recall::begin() {
  collector_.reset();
  if (vault_) collector_.emplace();
}

void Recall::add(const canon::Response& response) {
  if (!collector_) return;
  canon::unfold(response, [this](const canon::Event& event) { collector_->add(event); });
}

void Recall::keep(const canon::Request& request, const Deployment& deployment,
                  const lower::Restore& restore) {
  if (!collector_ || restore.issuer.empty()) return;
  const auto issued = collector_->take();
  if (issued.empty()) return;
  std::optional<std::string> before;
  for (const auto& turn : issued) {
    canon::IssuedTurn kept = turn.issued;
    kept.issuer = restore.issuer;
    kept.route = deployment.provider().name;
    kept.account = account_of(deployment);
    kept.model = deployment.model();
    if (turn.face.needs_before() && !before)
      before = canon::said_before(request.messages, request.messages.size());
    std::string text;
    canon::write(text, kept);
    vault_->put(vault_->address(scope_, turn.face.material(before.value_or(""))), std::move(text));
  }
  collector_.reset();
}

}  // namespace dragoman::serve
