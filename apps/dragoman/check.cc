// `dragoman check`: who would take a request, and at what cost.
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <vector>

#include "commands.h"
#include "offline.h"
#include "table.h"

namespace dragoman::app {
namespace {

struct Options {
  std::string file = "-";
  std::string config;
  std::string from;
  std::vector<std::string> to;
  bool stream = false;
  bool json = false;
};

constexpr lower::Loss kLossClasses[] = {lower::Loss::none, lower::Loss::widened, lower::Loss::narrowed,
                                        lower::Loss::semantic};

struct Row {
  std::string target;
  std::string model;  // of the config, that leads there; ""
  Outcome outcome;

  bool same_outcome(const Row& other) const {
    const auto same = [](const lower::Edit& a, const lower::Edit& b) {
      return a.rule == b.rule && a.pointer == b.pointer && a.keyword == b.keyword && a.after == b.after;
    };
    const auto &a = outcome, &b = other.outcome;
    return verdict() == other.verdict() && a.policies == b.policies &&
           a.refused.has_value() == b.refused.has_value() &&
           (!a.refused || a.refused->reason == b.refused->reason) &&
           std::ranges::equal(a.lowered.edits, b.lowered.edits, same);
  }

  // fine, or the worst that happens to the request.
  std::string_view verdict() const {
    if (outcome.refused) return outcome.forbidden ? "forbidden" : "refused";
    const lower::Loss worst = outcome.worst();
    return worst == lower::Loss::none ? "fine" : lower::name(worst);
  }

  // Why: the refusal, or the first of the worst edits.
  std::string why() const {
    if (outcome.refused)
      return fmt::format("{} {}{}{}", outcome.refused->rule, outcome.refused->pointer,
                         outcome.refused->pointer.empty() ? "" : ": ", outcome.refused->reason);
    const lower::Loss worst = outcome.worst();
    if (worst == lower::Loss::none) return "";
    const lower::Edit& first = *std::ranges::find(outcome.lowered.edits, worst, &lower::Edit::loss);
    const std::string place = first.pointer.empty() ? "" : fmt::format(" {}", first.pointer);
    const bool said = first.pointer.ends_with(fmt::format("/{}", first.keyword));
    const int more = outcome.count(worst) - 1;
    return fmt::format("{}{}{}{}{}", first.rule, place, said ? "" : fmt::format(" ({})", first.keyword),
                       more > 0 ? fmt::format(", {} more", more) : "", outcome.warned() ? " (warned)" : "");
  }
};

int status_of(const std::vector<Row>& rows) {
  if (std::ranges::any_of(rows, [](const Row& row) { return row.outcome.refused.has_value(); }))
    return kRefused;
  const bool lossy =
      std::ranges::any_of(rows, [](const Row& row) { return row.outcome.worst() == lower::Loss::semantic; });
  return lossy ? kLossy : 0;
}

void print_table(const std::vector<Row>& rows) {
  // Where models of the config ask different things of one target, their names stand beside it.
  const auto name = [&](const Row& row) {
    const bool several = std::ranges::count(rows, row.target, &Row::target) > 1;
    return several && !row.model.empty() ? fmt::format("{} ({})", row.target, row.model) : row.target;
  };
  Table table({"target", "verdict", "none", "widened", "narrowed", "semantic", "why"});
  for (const Row& row : rows) {
    std::vector<std::string> cells = {name(row), std::string(row.verdict())};
    for (const lower::Loss loss : kLossClasses) {
      const int count = row.outcome.count(loss);
      cells.push_back(row.outcome.refused || count == 0 ? "" : fmt::format("{}", count));
    }
    cells.push_back(row.why());
    table.add(std::move(cells));
  }
  fmt::print("{}", table.text(terminal_width(0)));
}

void write_summary(json::Writer& w, const std::vector<Row>& rows) {
  w.key("summary").begin_object().field("targets", static_cast<std::int64_t>(rows.size()));
  for (const std::string_view verdict : {"fine", "widened", "narrowed", "semantic", "forbidden", "refused"})
    w.field(verdict, std::int64_t{std::ranges::count(rows, verdict, &Row::verdict)});
  w.end_object();
}

void print_document(const std::vector<Row>& rows) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("targets").begin_array();
  for (const Row& row : rows) {
    w.begin_object().field("target", row.target);
    if (!row.model.empty()) w.field("model", row.model);
    w.field("verdict", row.verdict());
    w.key("losses").begin_object();
    for (const lower::Loss loss : kLossClasses) w.field(lower::name(loss), row.outcome.count(loss));
    w.end_object();
    if (row.outcome.refused)
      write_refused(w, *row.outcome.refused);
    else
      write_edits(w, row.outcome);
    w.end_object();
  }
  w.end_array();
  write_summary(w, rows);
  w.end_object();
  print_json(out);
}

Result<std::vector<OfflineTarget>> targets(const Offline& offline, const std::vector<std::string>& names,
                                           bool embeddings) {
  if (names.empty()) return offline.all(embeddings);
  std::vector<OfflineTarget> out;
  for (const std::string& name : names) {
    auto found = offline.reached(name, embeddings);
    if (!found) return std::unexpected(found.error());
    std::ranges::move(*found, std::back_inserter(out));
  }
  return out;
}

// `check --to A B request.json`: the file came last, where --to took it for a target.
void find_request(Options& options) {
  struct stat about{};
  if (options.file != "-" || options.to.size() < 2 || ::stat(options.to.back().c_str(), &about) != 0) return;
  options.file = options.to.back();
  options.to.pop_back();
}

int run(Options& options) {
  find_request(options);
  const auto offline = Offline::make(options.config);
  if (!offline) return complain(offline.error());
  Arena arena;
  const auto request =
      offline->read(arena, options.file,
                    {.dialect = options.from, .stream = options.stream ? std::optional(true) : std::nullopt});
  if (!request) return complain(request.error());
  const auto asked = targets(*offline, options.to, request->texts.has_value());
  if (!asked) return complain(asked.error());
  if (asked->empty())
    return complain({"there is no target to ask: the config lists no model; name some with --to", ""});
  std::vector<Row> rows;
  for (const OfflineTarget& target : *asked) {
    auto outcome = offline->lower(*request, target, arena);
    if (!outcome) return complain(outcome.error());
    Row row{target.name(), target.model, *std::move(outcome)};
    const auto known = [&](const Row& other) {
      return other.target == row.target && other.same_outcome(row);
    };
    if (std::ranges::none_of(rows, known)) rows.push_back(std::move(row));
  }
  if (options.json)
    print_document(rows);
  else
    print_table(rows);
  return status_of(rows);
}

}  // namespace

void add_check(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "check", "Ask all targets, without sending, whether they would take a request, and at what cost");
  command->add_option("REQUEST", options->file, "file with the request; - for standard input");
  command->add_option("--from", options->from, kFromHelp);
  command->add_option("--to", options->to,
                      "only these: provider/model, models of the config (their targets and fallbacks), or "
                      "patterns as openai/*");
  command
      ->add_option("-c,--config", options->config,
                   "ask what this file configures, else all known providers; no key has to be set")
      ->envname("DRAGOMAN_CONFIG");
  command->add_flag("--stream", options->stream, "as a streaming request");
  command->add_flag("--json", options->json, "for machines, with every edit");
  command->footer(
      "Verdict: fine, or the worst class of loss (widened: enforced on the answer instead; narrowed: less\n"
      "freedom than asked for; semantic: something does not arrive), forbidden by the config's `loss`, or "
      "refused.\n"
      "Exit status: 0 every target takes it without semantic loss, 1 some target takes it with semantic "
      "loss\n"
      "and none refuses, 2 bad input, 3 some target refuses.");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
