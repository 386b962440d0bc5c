// The gateway as a running thing: loops, server, journal, reload.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "serve/gateway.h"

namespace dragoman::serve {

// Makes a Config anew, for the start and each reload. The error is for people: all lines of it.
using LoadConfig = std::function<Result<config::Config>()>;

// The journal's file; relative to where the gateway was started.
std::string journal_path(const config::Config& config);

// The file responses are kept in: beside the journal, under a name of its own; ":memory:" when nothing is
// kept on disk.
std::string responses_path(const config::Config& config);

class RunningGateway {
 public:
  // Binds, opens the journal and starts serving. The first config comes from `load`.
  static Result<std::unique_ptr<RunningGateway>> start(LoadConfig load);
  ~RunningGateway();

  std::uint16_t port() const;
  std::shared_ptr<const Snapshot> snapshot() const { return gateway_.snapshot.load(); }
  const std::string& journal_path() const { return journal_path_; }
  store::Journal* journal() { return gateway_.journal.get(); }  // null: none is kept

  // Loads again; on success requests that begin from now on see the new config, on failure nothing changes
  // and the error says why. What only a restart can change (address, threads, journal file) is named in the
  // log.
  Result<void> reload();

  // No new requests; running ones finish within the config's drain time.
  void stop();

 private:
  explicit RunningGateway(LoadConfig load) : load_(std::move(load)) {}

  LoadConfig load_;
  std::unique_ptr<net::Loops> loops_;  // outlives the gateway, whose pooled sockets are its loops'
  Gateway gateway_;
  std::string journal_path_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace dragoman::serve
