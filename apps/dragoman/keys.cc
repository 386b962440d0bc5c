#include "store/keys.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "commands.h"

namespace dragoman::app {
namespace {

int run(const std::string& name) {
  const auto key = store::generate_key();
  if (!key) {
    fmt::print(stderr, "dragoman: {}\n", key.error().message);
    return 1;
  }
  fmt::print(
      "key:  {}\n      shown once; give it to the client\n\nFor the config, under auth.keys:\n  - name: {}\n "
      "   hash: \"{}\"\n",
      key->plain, name, key->hashed);
  return 0;
}

}  // namespace

void add_keys(CLI::App& app, int& status) {
  CLI::App* keys = app.add_subcommand("keys", "Client keys")->require_subcommand(1);
  auto name = std::make_shared<std::string>("client");
  CLI::App* make =
      keys->add_subcommand("new", "Make a client key and the line for the config that admits it");
  make->add_option("name", *name, "who will use it")->capture_default_str();
  make->callback([name, &status] { status = run(*name); });
}

}  // namespace dragoman::app
