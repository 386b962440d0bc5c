// `dragoman replay`: a request of the journal, sent once more.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "commands.h"
#include "journal_option.h"
#include "journalled.h"
#include "offline.h"
#include "one_shot.h"
#include "refusal.h"
#include "store/log_view.h"

namespace dragoman::app {
namespace {

struct Options {
  std::string id, to, config, journal;
};

int run(Options& options) {
  auto journal = journal_of(options.journal, options.config);
  if (!journal) return complain(journal.error());
  options.journal = *std::move(journal);
  const auto asked = journalled_request(options.journal, options.id);
  if (!asked) return complain(asked.error());
  auto gateway =
      OneShot::start({.config = options.config,
                      .state = {.journal = options.journal,
                                .responses = asked->dialect == canon::DialectName::openai_responses},
                      .key_name = asked->key_name});
  if (!gateway) return complain(gateway.error());
  const auto shot = (*gateway)->send(asked->dialect, asked->body,
                                     options.to.empty() ? asked->model : options.to, asked->stream);
  if (!shot) return complain(shot.error());
  const bool served = shot->status == 200 && shot->record.error.empty();
  fmt::print(stderr, "{} {}\n", shot->status, served ? "served by " + shot->record.served_by : "refused");
  store::LogView view({.fix = [&](const store::AttemptRecord& attempt) {
    const config::Connection* connection = (*gateway)->config().connection(attempt.provider);
    return read_refusal(attempt, connection ? connection->row.get() : nullptr).fix();
  }});
  if (!shot->record.id.empty()) fmt::print(stderr, "{}", view.format({&shot->record, 1}));
  if (asked->stream)
    fmt::print("{}", shot->body);
  else
    print_json(shot->body);
  return served ? 0 : kRefused;
}

}  // namespace

void add_replay(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "replay", "Send a request of the journal again, here or to another target, and show what comes of it");
  command->add_option("id", options->id, "the request's id (req_…)")->required();
  command->add_option("--to", options->to,
                      "provider/model, or a model of the config; else the one it asked for");
  command->add_option("-c,--config", options->config, "config file; without one the environment")
      ->envname("DRAGOMAN_CONFIG");
  add_journal_option(*command, options->journal);
  command->footer(
      "The answer is on standard output, the attempts on standard error.\n"
      "Exit status: 0 served, 2 it cannot be sent (not in the journal, or its body was not kept), 3 "
      "refused.");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
