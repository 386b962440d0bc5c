#include "serve/start.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "serve/endpoints.h"
#include "store/learned.h"

namespace dragoman::serve {

std::string journal_path(const config::Config& config) {
  return config.journal.path.empty() ? "dragoman.db" : config.journal.path;
}

std::string responses_path(const config::Config& config) {
  if (!config.responses.path.empty()) return config.responses.path;
  if (!config.journal.enabled || config.journal.path == ":memory:") return ":memory:";
  std::string path = journal_path(config);
  if (path.ends_with(".db")) path.resize(path.size() - 3);
  return path + "-responses.db";
}

namespace {

// Everything said aloud passes here first: no request may be served by a config that would serve it to
// strangers.
Result<void> check_access(const config::Config& config) {
  if (config.auth.required() || config::is_loopback(config.server.host)) return {};
  return fail(
      fmt::format("refusing to listen on {} without a key: anyone who reaches it could spend your providers' "
                  "credit. Set auth.master_key (or DRAGOMAN_MASTER_KEY), or listen on 127.0.0.1",
                  config.server.host));
}

net::ServerOptions server_options(const config::Server& server) {
  net::ServerOptions options;
  options.host = server.host;
  options.port = server.port;
  options.limits.body_bytes = server.max_body;
  options.limits.connections = static_cast<std::size_t>(server.max_connections);
  options.limits.header_timeout = server.head_timeout;
  options.limits.body_timeout = server.body_timeout;
  options.limits.write_timeout = server.write_timeout;
  options.limits.idle_timeout = server.idle_timeout;
  return options;
}

std::unique_ptr<store::Journal> open_journal(const config::Config& config, std::string& path) {
  if (!config.journal.enabled) return nullptr;
  store::JournalOptions options;
  options.path = path = journal_path(config);
  options.retention.max_age = std::chrono::duration_cast<std::chrono::seconds>(config.journal.max_age);
  options.retention.max_bytes = static_cast<std::int64_t>(config.journal.max_size);
  auto journal = store::Journal::open_or_rotate(options);
  if (!journal) {
    // The journal is worth having, not worth standing still for.
    spdlog::error("no journal is kept: {}", journal.error().message);
    return nullptr;
  }
  (*journal)->add_secrets(config.secrets());
  return *std::move(journal);
}

bool pins(const config::Config& config) {
  return config.defaults.pin != route::PinMode::none ||
         std::ranges::any_of(config.models, [](const config::ModelSpec& model) {
           return model.reliability.pin != route::PinMode::none;
         });
}

// Holds reasoning and pins.
std::unique_ptr<store::Vault> open_vault(const config::Config& config) {
  if (!config.vault.enabled && !pins(config)) return nullptr;
  store::VaultOptions options;
  options.path = config.vault.path.empty() ? "dragoman-vault.db" : config.vault.path;
  options.key = config.vault.key.reveal();
  options.max_age = std::chrono::duration_cast<std::chrono::seconds>(config.vault.max_age);
  options.max_bytes = static_cast<std::int64_t>(config.vault.max_size);
  auto vault = store::Vault::open(options);
  if (vault) return *std::move(vault);
  // Conversations go on; what they need does not outlive the process.
  spdlog::error("conversation state is kept in memory only: {}", vault.error().message);
  options.path = ":memory:";
  vault = store::Vault::open(options);
  return vault ? *std::move(vault) : nullptr;
}

// Beside the journal; without one what is learned goes with the process.
Result<std::unique_ptr<Repairs>> open_repairs(const config::Config& config, const std::string& journal_path) {
  auto compat = profile::CompatTable::builtin();
  if (!compat) return std::unexpected(compat.error());
  std::unique_ptr<store::Learned> store;
  if (config.journal.enabled && !journal_path.empty() && journal_path != ":memory:") {
    auto opened = store::Learned::open(store::learned_path(journal_path));
    if (opened)
      store = *std::move(opened);
    else
      spdlog::error("what is learned goes with this process: {}", opened.error().message);
  }
  return std::make_unique<Repairs>(std::move(store), *std::move(compat));
}

std::unique_ptr<store::ResponseStore> open_responses(const config::Config& config) {
  if (!config.responses.enabled) return nullptr;
  auto opened = store::ResponseStore::open(
      {.path = responses_path(config),
       .max_age = std::chrono::duration_cast<std::chrono::seconds>(config.responses.max_age),
       .max_bytes = static_cast<std::int64_t>(config.responses.max_size)});
  if (opened) {
    (*opened)->add_secrets(config.secrets());
    return *std::move(opened);
  }
  spdlog::error("no responses are kept, previous_response_id will be refused: {}", opened.error().message);
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<RunningGateway>> RunningGateway::start(LoadConfig load) {
  auto config = load();
  if (!config) return std::unexpected(config.error());
  if (auto done = check_access(*config); !done) return std::unexpected(done.error());
  auto snapshot = Snapshot::make(*std::move(config));
  if (!snapshot) return std::unexpected(snapshot.error());

  std::unique_ptr<RunningGateway> made(new RunningGateway(std::move(load)));
  Gateway& gateway = made->gateway_;
  const config::Config& settings = (*snapshot)->config();
  gateway.snapshot.store(*snapshot);
  gateway.journal = open_journal(settings, made->journal_path_);
  gateway.vault = open_vault(settings);
  auto repairs = open_repairs(settings, made->journal_path_);
  if (!repairs) return std::unexpected(repairs.error());
  gateway.repairs = *std::move(repairs);
  gateway.responses = open_responses(settings);
  made->loops_ = std::make_unique<net::Loops>(static_cast<std::size_t>(settings.server.threads));
  gateway.metrics = std::make_unique<Metrics>(made->loops_->size());
  const auto tls = std::make_shared<net::TlsContext>(net::TlsOptions{});
  for (std::size_t i = 0; i < made->loops_->size(); ++i)
    gateway.loops.push_back(std::make_unique<LoopState>((*made->loops_)[i], tls, gateway.metrics->loop(i)));
  made->loops_->start();
  auto server = net::Server::listen(
      *made->loops_, server_options(settings.server),
      [&gateway](net::ServerExchange& http) { return handle(gateway, http); }, error_page);
  if (!server) return std::unexpected(server.error());
  made->server_ = *std::move(server);
  gateway.server = made->server_.get();
  return made;
}

RunningGateway::~RunningGateway() {
  if (server_) server_->stop(net::milliseconds(0));
  if (loops_) loops_->stop();
  server_.reset();
  gateway_.loops.clear();  // the clients' sockets go before the loops they are registered with
}

std::uint16_t RunningGateway::port() const { return server_->port(); }

Result<void> RunningGateway::reload() {
  auto config = load_();
  auto snapshot = [&]() -> Result<std::shared_ptr<const Snapshot>> {
    if (!config) return std::unexpected(config.error());
    if (auto done = check_access(*config); !done) return std::unexpected(done.error());
    return Snapshot::make(*std::move(config));
  }();
  if (!snapshot) {
    ++gateway_.refusals;
    return std::unexpected(snapshot.error());
  }
  const config::Config& before = gateway_.snapshot.load()->config();
  const config::Config& after = (*snapshot)->config();
  if (before.server.host != after.server.host || before.server.port != after.server.port ||
      before.server.threads != after.server.threads || before.journal.path != after.journal.path ||
      before.vault != after.vault || (!gateway_.vault && pins(after)) ||
      before.responses.enabled != after.responses.enabled || responses_path(before) != responses_path(after))
    spdlog::warn(
        "server.listen, server.threads, journal.path, vault and responses change with the next start only");
  if (gateway_.journal) gateway_.journal->add_secrets(after.secrets());
  if (gateway_.responses) gateway_.responses->add_secrets(after.secrets());
  gateway_.snapshot.store(*snapshot);
  ++gateway_.reloads;
  return {};
}

void RunningGateway::stop() {
  gateway_.draining = true;
  server_->stop(gateway_.snapshot.load()->config().server.drain);
  loops_->stop();
  if (gateway_.journal)
    if (auto done = gateway_.journal->flush(); !done) spdlog::error("journal: {}", done.error().message);
  if (gateway_.vault)
    if (auto done = gateway_.vault->flush(); !done) spdlog::error("{}", done.error().message);
}

}  // namespace dragoman::serve
