#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "base/version.h"
#include "commands.h"

namespace {

bool is_command(const CLI::App& app, const std::string& word) {
  const auto all = app.get_subcommands({});
  return std::ranges::any_of(all, [&](const CLI::App* command) { return command->check_name(word); });
}

int unknown_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const std::vector<std::string_view> known(names.begin(), names.end());
  const auto near = dragoman::nearest(word, known);
  fmt::print(stderr, "dragoman: no command is called '{}'{}; dragoman --help lists them\n", word,
             near ? fmt::format(" (did you mean '{}'?)", *near) : "");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("dragoman: an LLM gateway whose requests are not refused", "dragoman");
  app.set_version_flag("--version", std::string("dragoman ") + std::string(dragoman::kVersion));
  app.require_subcommand(1);
  int status = 0;
  dragoman::app::add_serve(app, status);
  dragoman::app::add_sandbox(app, status);
  dragoman::app::add_config(app, status);
  dragoman::app::add_keys(app, status);
  dragoman::app::add_logs(app, status);
  dragoman::app::add_replay(app, status);
  dragoman::app::add_bisect(app, status);
  dragoman::app::add_lower(app, status);
  dragoman::app::add_classify(app, status);
  dragoman::app::add_explain(app, status);
  dragoman::app::add_learned(app, status);
  dragoman::app::add_doctor(app, status);
  dragoman::app::add_check(app, status);
  dragoman::app::add_diff(app, status);
  dragoman::app::add_settings(app, status);
  dragoman::app::add_rules(app, status);
  if (argc > 1 && *argv[1] != '-' && !is_command(app, argv[1])) return unknown_command(app, argv[1]);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;  // --help and --version are no errors
  }
  return status;
}
