#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "commands.h"
#include "sandbox/server.h"
#include "signals.h"

namespace dragoman::app {
namespace {

int run(const sandbox::ServerOptions& options) {
  const sigset_t signals = block_signals({SIGINT, SIGTERM});
  sandbox::Server server;
  const auto port = server.start(options);
  if (!port) {
    fmt::print(stderr, "dragoman: {}\n", port.error().message);
    return 1;
  }
  fmt::print("listening on {}\n", server.url());
  fmt::print(
      "Each provider is emulated under its own prefix, for example {}/openai/v1/chat/completions.\n"
      "Any key that does not begin with \"bad\" is accepted. docs/sandbox.md says how to script faults.\n",
      server.url());
  std::fflush(stdout);
  wait_for_signal(signals);
  // At once, whatever an emulator is computing: it has nothing to keep, and stop() would wait for it.
  std::_Exit(0);
}

}  // namespace

void add_sandbox(CLI::App& app, int& status) {
  auto options = std::make_shared<sandbox::ServerOptions>();
  options->port = 4100;
  CLI::App* command = app.add_subcommand("sandbox", "Start strict emulators of every provider on loopback");
  command->add_option("--host", options->host, "address to listen on")->capture_default_str();
  command->add_option("--port", options->port, "port to listen on; 0: any free one")->capture_default_str();
  command->add_flag("--paranoid", options->paranoid,
                    "also enforce rules known from other programs' workarounds only");
  command->add_option("--seed", options->seed, "of where streams are cut into pieces")->capture_default_str();
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
