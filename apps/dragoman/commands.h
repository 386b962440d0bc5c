// The subcommands of the one binary. Each adds itself to the command line; what it does runs when the line is
// parsed and leaves its exit status in `status`.
#pragma once

namespace CLI {
class App;
}

namespace dragoman::app {

void add_serve(CLI::App& app, int& status);
void add_sandbox(CLI::App& app, int& status);
void add_config(CLI::App& app, int& status);
void add_keys(CLI::App& app, int& status);
void add_logs(CLI::App& app, int& status);
void add_replay(CLI::App& app, int& status);
void add_bisect(CLI::App& app, int& status);
void add_lower(CLI::App& app, int& status);
void add_classify(CLI::App& app, int& status);
void add_explain(CLI::App& app, int& status);
void add_learned(CLI::App& app, int& status);
void add_doctor(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_diff(CLI::App& app, int& status);
void add_settings(CLI::App& app, int& status);
void add_rules(CLI::App& app, int& status);

}  // namespace dragoman::app
