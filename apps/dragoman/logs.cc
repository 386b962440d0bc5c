#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "commands.h"
#include "store/log_view.h"

namespace dragoman::app {
namespace {

struct Options {
  std::string path = "dragoman.db";
  bool follow = false;
  store::LogFilter filter;
};

int complain(const Error& error) {
  fmt::print(stderr, "dragoman: {}\n", error.message);
  return 1;
}

int follow(const Options& options, store::LogView& view) {
  auto follower = store::LogFollower::open(options.path, options.filter);
  if (!follower) return complain(follower.error());
  for (;;) {
    const auto records = follower->poll();
    if (!records) return complain(records.error());
    if (fmt::print("{}", view.format(*records)); std::fflush(stdout) != 0)
      return 0;  // the reader of a pipe has left
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
}

int run(const Options& options) {
  store::LogView view({.color = isatty(STDOUT_FILENO) != 0});
  if (options.follow) return follow(options, view);
  auto reader = store::JournalReader::open(options.path);
  if (!reader) return complain(reader.error());
  const auto records = reader->recent(options.filter);
  if (!records) return complain(records.error());
  fmt::print("{}", view.format(*records));
  return 0;
}

}  // namespace

void add_logs(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("logs", "List the requests in the journal, with every attempt");
  command->add_option("--journal", options->path, "the journal's file")
      ->capture_default_str()
      ->envname("DRAGOMAN_JOURNAL");
  command->add_flag("-f,--follow", options->follow, "go on as requests come");
  command->add_option("-n,--limit", options->filter.limit, "how many")->capture_default_str();
  command->add_option("--model", options->filter.model, "only this model, * and ? match anything");
  command->add_option("--target", options->filter.target, "only requests with an attempt at this target");
  command->add_option("--key", options->filter.key, "only this client key's");
  command->add_option("--class", options->filter.outcome,
                      "only with an attempt that ended so: ok, rate_limit, timeout …");
  command->add_option("--status", options->filter.status_class, "only answers of this class: 2, 4, 5");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
