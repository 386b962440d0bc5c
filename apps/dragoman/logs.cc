#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <set>
#include <thread>

#include "base/strings.h"
#include "commands.h"
#include "failure/failure.h"
#include "journal_option.h"
#include "journalled.h"
#include "logs_show.h"
#include "store/log_view.h"

namespace dragoman::app {
namespace {

struct Options {
  std::string path;  // of the journal
  bool follow = false;
  bool raw = false;
  std::string id;  // of `show`
  std::string config;
  std::string status;
  store::LogFilter filter;
};

int failed(const Error& error) { return complain(error); }

// "4", "4xx", "429".
Result<void> read_status(std::string_view text, store::LogFilter& filter) {
  const bool hundreds = text.size() == 1 || (text.size() == 3 && equals_ignoring_case(text.substr(1), "xx"));
  int number = 0;
  const std::string_view digits = hundreds ? text.substr(0, 1) : text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (!whole || number < 1 || number > 599 || (!hundreds && number < 100))
    return fail(fmt::format("--status: expected 4, 4xx or 429, found '{}'", text));
  (hundreds ? filter.status_class : filter.status) = number;
  return {};
}

// A class nobody has filters everything away, which looks like silence.
Result<void> check_class(const std::string& name) {
  if (name.empty() || name == "ok" || failure::class_named(name)) return {};
  std::vector<std::string_view> classes = {"ok"};
  for (int i = 0; i < failure::kFailureClasses; ++i)
    classes.push_back(failure::name(static_cast<failure::FailureClass>(i)));
  const auto near = nearest(name, classes);
  return fail(fmt::format("--class: there is no class '{}'{}; they are {}", name,
                          near ? fmt::format(" (did you mean '{}'?)", *near) : "", fmt::join(classes, ", ")));
}

// Says which refusals of these were read by the wrong book.
void warn_unknown_in(const std::vector<store::RequestRecord>& records, const Offline& offline) {
  std::set<std::string> unknown;
  for (const store::RequestRecord& record : records)
    for (const store::AttemptRecord& attempt : record.attempts)
      if (attempt.outcome != "ok" && attempt.status != 0 && !offline.provider(attempt.provider))
        unknown.insert(attempt.provider);
  warn_unknown(unknown);
}

// What is listed: lines, or with --raw the providers' own words, of which a list has only the beginning.
Result<std::string> text_of(const Options& options, store::LogView& view, store::JournalReader& reader,
                            const std::vector<store::RequestRecord>& records) {
  if (!options.raw) return view.format(records);
  std::string out;
  for (const store::RequestRecord& listed : records) {
    const auto whole = reader.find(listed.id);
    if (!whole) return std::unexpected(whole.error());
    if (*whole) out += raw_answers(**whole, isatty(STDOUT_FILENO) != 0);
  }
  return out;
}

int show(Options& options) {
  auto journal = journal_of(options.path, options.config);
  if (!journal) return failed(journal.error());
  options.path = *std::move(journal);
  const auto record = journalled_record(options.path, options.id);
  if (!record) return failed(record.error());
  if (options.raw) {
    fmt::print("{}", raw_answers(*record, isatty(STDOUT_FILENO) != 0));
    return 0;
  }
  const auto offline = Offline::make(options.config);
  if (!offline) return failed(offline.error());
  warn_unknown_in({*record}, *offline);
  fmt::print("{}", show_record(*record, *offline));
  return 0;
}

int follow(const Options& options, store::LogView& view) {
  auto whole = store::JournalReader::open(options.path);
  if (!whole) return failed(whole.error());
  auto follower = store::LogFollower::open(options.path, options.filter);
  if (!follower) return failed(follower.error());
  for (;;) {
    const auto records = follower->poll();
    if (!records) return failed(records.error());
    if (!records->empty() && options.raw)
      if (auto again = store::JournalReader::open(options.path))
        whole = std::move(again);  // may be a new file
    const auto text = text_of(options, view, *whole, *records);
    if (!text) return failed(text.error());
    if (fmt::print("{}", *text); std::fflush(stdout) != 0) return 0;  // the reader of a pipe has left
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
}

int run(Options& options) {
  if (const auto known = check_class(options.filter.outcome); !known) return failed(known.error());
  if (!options.status.empty())
    if (const auto read = read_status(options.status, options.filter); !read) return failed(read.error());
  auto journal = journal_of(options.path, options.config);
  if (!journal) return failed(journal.error());
  options.path = *std::move(journal);
  const auto offline = Offline::make(options.config);
  if (!offline) return failed(offline.error());
  store::LogView view(
      {.color = isatty(STDOUT_FILENO) != 0,
       .fix = [&offline](const store::AttemptRecord& attempt) { return fix_of(attempt, *offline); }});
  if (options.follow) return follow(options, view);
  auto reader = store::JournalReader::open(options.path);
  if (!reader) return failed(reader.error());
  const auto records = reader->recent(options.filter);
  if (!records) return failed(records.error());
  const auto text = text_of(options, view, *reader, *records);
  if (!text) return failed(text.error());
  if (!options.raw) warn_unknown_in(*records, *offline);
  fmt::print("{}", *text);
  return 0;
}

}  // namespace

void add_logs(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("logs", "List the requests in the journal, with every attempt");
  add_journal_option(*command, options->path);
  command->add_flag("-f,--follow", options->follow, "go on as requests come");
  command->add_option("-n,--limit", options->filter.limit, "how many")->capture_default_str();
  command->add_option("--model", options->filter.model, "only this model, * and ? match anything");
  command->add_option("--target", options->filter.target, "only requests with an attempt at this target");
  command->add_option("--key", options->filter.key, "only this client key's");
  command->add_option("--class", options->filter.outcome,
                      "only with an attempt that ended so: ok, rate_limit, timeout …");
  command->add_option("--status", options->status, "only answers with this status: 429, or 4 for all 4xx");
  command->add_flag("--raw", options->raw, "the providers' own words, to the byte");
  CLI::App* one = command->add_subcommand(
      "show",
      "All of one request: the original, each attempt's changes, edits, raw answer, decision and fix");
  one->add_option("id", options->id, "the request's id (req_…)")->required();
  one->add_flag("--raw", options->raw, "only the providers' own words, to the byte");
  // Of both, and no variable of the inner one over what the line says before it.
  one->fallthrough();
  one->footer("--journal and --config as for `dragoman logs`, before or after `show`.");
  command
      ->add_option("-c,--config", options->config,
                   "the gateway's config file, for the providers it defines; no key has to be set")
      ->envname("DRAGOMAN_CONFIG");
  command->footer(
      "Exit status: 0 listed (also when nothing matches), 2 the journal, the config or a filter cannot be "
      "used.");
  command->callback([options, one, &status] { status = one->parsed() ? show(*options) : run(*options); });
}

}  // namespace dragoman::app
