#include <CLI/CLI.hpp>

#include "base/version.h"
#include "commands.h"

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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;  // --help and --version are no errors
  }
  return status;
}
