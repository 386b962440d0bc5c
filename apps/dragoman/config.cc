#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "config_source.h"

namespace dragoman::app {
namespace {

int check(const std::string& file) {
  const auto catalogue = shared_catalogue();
  if (!catalogue) {
    fmt::print(stderr, "dragoman: {}\n", catalogue.error().message);
    return 1;
  }
  const auto config = load_config(file, *catalogue);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message);
    return 1;
  }
  if (!config->warnings.empty()) fmt::print("{}\n", format_all(config->warnings));
  fmt::print("{} is fine: {} providers, {} models, listening on {}:{}\n", file, config->connections.size(),
             config->models.size(), config->server.host, config->server.port);
  return 0;
}

}  // namespace

void add_config(CLI::App& app, int& status) {
  CLI::App* config = app.add_subcommand("config", "The configuration file")->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  CLI::App* command =
      config->add_subcommand("check", "Say what is wrong with a file, with line numbers; change nothing");
  command->add_option("FILE", *file, "the file")->required();
  command->callback([file, &status] { status = check(*file); });
}

}  // namespace dragoman::app
