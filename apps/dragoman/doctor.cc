// `dragoman doctor`: deterministic refusals that fallbacks and repairs have papered over, and what to put
// into the config.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>
#include <set>
#include <tuple>

#include "base/strings.h"
#include "commands.h"
#include "failure/repair.h"
#include "journal_option.h"
#include "json/write.h"
#include "offline.h"
#include "refusal.h"
#include "store/journal_reader.h"

namespace dragoman::app {
namespace {

struct Options {
  std::string journal;  // "": the config's
  std::string config;
  int days = 7;
  bool json = false;
};

struct Finding {
  std::string target;
  failure::Failure failure;
  std::string words, first_id, last_id, decision;
  std::int64_t last_ms = 0;
  int count = 0;
  std::optional<failure::Repair> repair;
};

constexpr int kPage = 1000;

bool worth_telling(std::string_view outcome) {
  const auto cls = failure::class_named(outcome);
  return cls && (failure::is_deterministic(*cls) || failure::is_credential(*cls) ||
                 *cls == failure::FailureClass::quota_billing);
}

Result<std::vector<Finding>> examine(const Options& options) {
  const auto journal = journal_of(options.journal, options.config);
  if (!journal) return std::unexpected(journal.error());
  auto reader = store::JournalReader::open(*journal);
  if (!reader) return std::unexpected(reader.error());
  const auto offline = Offline::make(options.config);
  if (!offline) return std::unexpected(offline.error());
  std::set<std::string> unknown;
  const auto now = static_cast<std::int64_t>(std::time(nullptr)) * 1000;
  store::LogFilter filter{.limit = kPage, .started_from_ms = now - std::int64_t{options.days} * 86'400'000};
  std::map<std::tuple<std::string, std::string, std::uint64_t>, Finding> found;
  for (;;) {
    const auto page = reader->next(filter);
    if (!page) return std::unexpected(page.error());
    for (const store::RequestRecord& record : *page) {
      filter.since_id = record.seq;
      for (const store::AttemptRecord& attempt : record.attempts) {
        if (!worth_telling(attempt.outcome) || attempt.error_body.empty()) continue;
        const profile::Provider* provider = offline->provider(attempt.provider);
        if (!provider) unknown.insert(attempt.provider);
        ReadRefusal read = read_refusal(attempt, provider);
        Finding& finding = found[{attempt.target, attempt.outcome, read.failure.likeness}];
        if (finding.count++ == 0) {
          finding.target = attempt.target;
          finding.failure = read.failure;
          finding.words = read.message.substr(0, 300);
          finding.first_id = record.id;
          finding.repair = std::move(read.repair);
        }
        finding.last_id = record.id;
        finding.last_ms = record.started_ms;
        finding.decision = attempt.decision;
      }
    }
    if (page->size() < static_cast<std::size_t>(kPage)) break;
  }
  warn_unknown(unknown);
  std::vector<Finding> out;
  for (auto& [key, finding] : found) out.push_back(std::move(finding));
  std::stable_sort(out.begin(), out.end(),
                   [](const Finding& a, const Finding& b) { return a.count > b.count; });
  return out;
}

std::string config_lines(const Finding& f) {
  return f.repair ? fmt::format("providers:\n  {}:\n{}", f.target.substr(0, f.target.find('/')),
                                f.repair->yaml("    "))
                  : "";
}

void print_report(const std::vector<Finding>& findings, int days) {
  if (findings.empty()) {
    fmt::print("No deterministic refusal in the last {} days.\n", days);
    return;
  }
  for (const Finding& f : findings) {
    fmt::print("{}  {}×  {}  last {:%Y-%m-%d %H:%M} UTC ({})\n", f.target, f.count,
               failure::name(f.failure.cls), fmt::gmtime(static_cast<std::time_t>(f.last_ms / 1000)),
               f.last_id);
    fmt::print("    said: {}\n", f.words);
    if (!f.decision.empty()) fmt::print("    then: {}\n", f.decision);
    if (const std::string lines = config_lines(f); !lines.empty()) {
      fmt::print("    put into the config:\n");
      for (const std::string_view line : split(lines, '\n'))
        if (!line.empty()) fmt::print("        {}\n", line);
    } else {
      const failure::Advice advice = failure::advice_for(f.failure);
      if (!advice.request.empty()) fmt::print("    request: {}\n", advice.request);
      if (!advice.operations.empty()) fmt::print("    outside: {}\n", advice.operations);
    }
  }
}

void print_document(const std::vector<Finding>& findings) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("findings").begin_array();
  for (const Finding& f : findings) {
    w.begin_object()
        .field("target", f.target)
        .field("class", failure::name(f.failure.cls))
        .field("count", f.count);
    w.field("words", f.words).field("keyword", f.failure.keyword).field("pointer", f.failure.pointer);
    w.field("first_request", f.first_id).field("last_request", f.last_id).field("last_ms", f.last_ms);
    w.field("decision", f.decision).field("config", config_lines(f)).end_object();
  }
  w.end_array().end_object();
  print_json(out);
}

}  // namespace

void add_doctor(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "doctor",
      "List the refusals that repairs and fallbacks have papered over, with what to put into the config");
  add_journal_option(*command, options->journal);
  command
      ->add_option("-c,--config", options->config,
                   "the gateway's config file, for the providers it defines; no key has to be set")
      ->envname("DRAGOMAN_CONFIG");
  command->add_option("--days", options->days, "how far back")
      ->capture_default_str()
      ->check(CLI::Range(1, 3650));
  command->add_flag("--json", options->json, "for machines");
  command->footer(
      "Exit status: 0 nothing found, 1 something was, 2 the journal or the config cannot be read.");
  command->callback([options, &status] {
    const auto findings = examine(*options);
    if (!findings) {
      status = complain(findings.error());
      return;
    }
    if (options->json)
      print_document(*findings);
    else
      print_report(*findings, options->days);
    status = findings->empty() ? 0 : 1;
  });
}

}  // namespace dragoman::app
