// `dragoman learned`: what refusals have taught, to look at, pin into the config, or forget.
#include "store/learned.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>
#include <memory>

#include "commands.h"
#include "failure/repair.h"
#include "journal_option.h"
#include "json/write.h"
#include "offline.h"
#include "table.h"

namespace dragoman::app {
namespace {

struct Options {
  std::string journal;  // "": the config's
  std::string config;
  bool json = false, yaml = false, all = false;
  std::string target, name;
};

std::int64_t now_ms() { return static_cast<std::int64_t>(std::time(nullptr)) * 1000; }

std::string day(std::int64_t ms) {
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(static_cast<std::time_t>(ms / 1000)));
}

failure::Repair repair_of(const store::LearnedRepair& row) {
  return {row.compat, row.settings, row.params, row.why};
}

void print_rows(const std::vector<store::LearnedRepair>& rows) {
  if (rows.empty()) {
    fmt::print("Nothing has been learned.\n");
    return;
  }
  Table table({"target", "repair", "because", "learned (UTC)", "until", "times"});
  for (const store::LearnedRepair& row : rows)
    table.add(
        {row.target, row.name, row.why, day(row.learned_ms), day(row.expires_ms), std::to_string(row.times)});
  fmt::print("{}", table.text());
}

// The lines for the config, under each provider.
void print_yaml(const std::vector<store::LearnedRepair>& rows) {
  std::map<std::string, std::vector<const store::LearnedRepair*>> by_target;
  for (const store::LearnedRepair& row : rows) by_target[row.target].push_back(&row);
  if (by_target.empty()) {
    fmt::print("# nothing has been learned\n");
    return;
  }
  fmt::print("providers:\n");
  std::map<std::string, failure::Repair> merged;
  for (const auto& [target, learned] : by_target) {
    failure::Repair& into = merged[target.substr(0, target.find('/'))];
    for (const store::LearnedRepair* row : learned) {
      const auto add = [](auto& to, const auto& from) {
        for (const auto& item : from) {
          const auto same = std::find_if(to.begin(), to.end(),
                                         [&](const auto& other) { return other.first == item.first; });
          if (same == to.end())
            to.push_back(item);
          else if (same->second != item.second && same->second.ends_with(']') && item.second.starts_with('['))
            same->second = same->second.substr(0, same->second.size() - 1) + ", " + item.second.substr(1);
        }
      };
      add(into.compat, row->compat);
      add(into.settings, row->settings);
      add(into.params, row->params);
      into.why = row->why;
    }
  }
  for (const auto& [provider, repair] : merged) fmt::print("  {}:\n{}", provider, repair.yaml("    "));
  std::fflush(stdout);
  fmt::print(
      stderr,
      "To go under the provider that the config has already; there it holds for all of its models. Under a "
      "model's target the same lines hold for that target alone.\n");
}

void print_document(const std::vector<store::LearnedRepair>& rows) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("learned").begin_array();
  for (const store::LearnedRepair& row : rows) {
    w.begin_object()
        .field("target", row.target)
        .field("repair", row.name)
        .field("why", row.why)
        .field("words", row.words);
    w.field("learned_ms", row.learned_ms).field("expires_ms", row.expires_ms).field("times", row.times);
    w.field("yaml", repair_of(row).yaml("")).end_object();
  }
  w.end_array().end_object();
  print_json(out);
}

// Beside a journal that is not there, "nothing has been learned" would be said of the wrong place.
Result<std::unique_ptr<store::Learned>> open_store(const Options& options) {
  const auto journal = journal_of(options.journal, options.config);
  if (!journal) return std::unexpected(journal.error());
  const std::string path = store::learned_path(*journal);
  if (!std::filesystem::exists(*journal) && !std::filesystem::exists(path))
    return fail(
        fmt::format("{}: no such journal; --config names the gateway's config, --journal (or "
                    "DRAGOMAN_JOURNAL) the file itself",
                    *journal));
  return store::Learned::open(path);
}

int list(const Options& options) {
  auto store = open_store(options);
  if (!store) return complain(store.error());
  const auto rows = (*store)->all(now_ms());
  if (!rows) return complain(rows.error());
  if (options.json)
    print_document(*rows);
  else if (options.yaml)
    print_yaml(*rows);
  else
    print_rows(*rows);
  return 0;
}

int forget(const Options& options) {
  if (options.target.empty() && !options.all)
    return complain({"name a target (and, to forget one thing, its repair), or say --all", ""});
  auto store = open_store(options);
  if (!store) return complain(store.error());
  const auto gone = (*store)->forget(options.target, options.name);
  if (!gone) return complain(gone.error());
  fmt::print("{} forgotten; a running gateway notices within a second\n", *gone);
  return *gone > 0 || options.all ? 0 : 1;
}

}  // namespace

void add_learned(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "learned", "Show what refusals have taught about each target; forget it; print it as config");
  add_journal_option(*command, options->journal, "the journal's file; what is learned stands beside it");
  command
      ->add_option("-c,--config", options->config,
                   "the gateway's config file, for where its journal is; no key has to be set")
      ->envname("DRAGOMAN_CONFIG");
  command->add_flag("--json", options->json, "for machines");
  command->add_flag("--yaml", options->yaml, "as lines for the config file, to pin it");
  CLI::App* drop = command->add_subcommand("forget", "Forget a target's repairs, one of them, or all");
  drop->add_option("target", options->target, "provider/model");
  drop->add_option("repair", options->name, "as the list names it");
  drop->add_flag("--all", options->all, "everything");
  drop->fallthrough();
  drop->footer("--journal and --config as for `dragoman learned`, before or after `forget`.");
  command->footer("Exit status: 0 done, 1 there was nothing to forget, 2 bad input.");
  command->callback(
      [options, drop, &status] { status = drop->parsed() ? forget(*options) : list(*options); });
}

}  // namespace dragoman::app
