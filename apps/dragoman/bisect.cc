// `dragoman bisect`: what in a request it is that a target refuses, and the least that has to go.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

#include "bisect_ask.h"
#include "bisect_report.h"
#include "commands.h"
#include "dialect/dialect.h"
#include "dialect/looks_like.h"
#include "failure/reduce.h"
#include "journal_option.h"
#include "journalled.h"
#include "json/parse.h"
#include "offline.h"
#include "one_shot.h"
#include "store/log_view.h"

namespace dragoman::app {
namespace {

constexpr double kBytesAToken = 4;

// What was found so far has been paid for: the first Ctrl-C ends the search, not the program.
volatile std::sig_atomic_t interrupted = 0;
void interrupt(int) {
  interrupted = 1;
  std::signal(SIGINT, SIG_DFL);
}

struct Options {
  std::string what, to, config, from, journal;
  std::size_t max_calls = 150;
  int max_wait = 60;  // seconds
  bool raw = false, learned = false, yes = false, json = false, stream = false;
};

struct Asked {
  Journalled request;
  std::string id;  // "" for a file
  std::string target;
};

bool is_file(const std::string& path) {
  struct stat about{};
  return path == "-" || ::stat(path.c_str(), &about) == 0;
}

Result<Asked> from_file(const Options& options) {
  auto text = read_input(options.what);
  if (!text) return std::unexpected(text.error());
  if (options.to.empty()) return fail("--to is missing: who refuses the request, as provider/model");
  Arena arena;
  const auto body = json::parse(arena, *text);
  if (!body) return std::unexpected(in_file(body.error(), options.what, *text));
  const auto dialect =
      options.from.empty() ? dialect::looks_like(*body) : canon::dialect_called(options.from);
  if (!dialect || (!dialect::get(*dialect).parse && *dialect != canon::DialectName::openai_embeddings))
    return fail(fmt::format(
        "--from: expected openai, responses, anthropic, gemini, bedrock or embeddings, found '{}'",
        options.from));
  Asked out{.target = options.to};
  out.request.dialect = *dialect;
  out.request.body = *std::move(text);
  out.request.stream = options.stream;
  return out;
}

Result<Asked> from_journal(const Options& options) {
  auto request = journalled_request(options.journal, options.what);
  if (!request) return std::unexpected(request.error());
  Asked out{*std::move(request), options.what, options.to};
  if (!out.target.empty()) return out;
  const auto record = journalled_record(options.journal, options.what);
  if (!record) return std::unexpected(record.error());
  for (const store::AttemptRecord& attempt : record->attempts)
    if (out.target.empty() && attempt.outcome != "ok") out.target = attempt.target;
  if (out.target.empty())
    return fail(fmt::format("{} was refused by nobody; name a target with --to", options.what));
  return out;
}

std::string thousands(double count) {
  return count < 10'000 ? fmt::format("{:.0f}", count) : fmt::format("{:.0f}k", count / 1000);
}

std::string dollars(double amount) {
  return amount >= 0.995    ? fmt::format("${:.2f}", amount)
         : amount >= 0.0095 ? fmt::format("{:.1f} cents", amount * 100)
                            : fmt::format("{:.2g} cents", amount * 100);
}

// True when it may go on.
bool confirmed(const Options& options, const BisectAsker& asker, const std::string& body,
               const failure::Estimate& cost) {
  const auto charge = asker.charge();
  const double tokens = static_cast<double>(cost.bytes) / kBytesAToken;
  fmt::print(
      stderr,
      "About {} calls to {} (never more than {}), the first with about {} tokens, all together about {} "
      "input tokens{}. Those that pass are answered, which costs output tokens too{}.{}\n",
      std::min(cost.requests, options.max_calls), asker.target(), options.max_calls,
      thousands(static_cast<double>(body.size()) / kBytesAToken), thousands(tokens),
      charge ? fmt::format(", about {}", dollars(tokens * charge->price.input / 1e6)) : "",
      charge ? fmt::format(" ({} a million)", dollars(charge->price.output)) : "",
      !charge ? " Its price is not known: `price: {input: 3, output: 15}` under the target in the config "
                "says it, in "
                "dollars per million tokens."
      : charge->listed
          ? " Refusals are charged by few. (List prices of data/prices.csv; `price` of a target in the "
            "config says otherwise.)"
          : " Refusals are charged by few. (Prices of the config.)");
  if (options.yes) return true;
  if (isatty(STDIN_FILENO) == 0) {
    fmt::print(stderr, "dragoman: nothing was sent; say --yes to go on\n");
    return false;
  }
  fmt::print(stderr, "Go on? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return true;
  fmt::print(stderr, "Nothing was sent.\n");
  return false;
}

int run(Options& options) {
  auto journal = journal_of(options.journal, options.config);
  if (!journal) return complain(journal.error());
  options.journal = *std::move(journal);
  const bool id = options.what.starts_with("req_") && !is_file(options.what);
  auto asked = id ? from_journal(options) : from_file(options);
  if (!asked) return complain(asked.error());
  Arena arena;
  const auto body = json::parse(arena, asked->request.body);
  if (!body) return complain(body.error());
  if (!body->is_object()) return complain({"expected a JSON object", ""});
  auto gateway =
      OneShot::start({.config = options.config,
                      .state = {.journal = options.journal,
                                .learned = options.learned,
                                .responses = asked->request.dialect == canon::DialectName::openai_responses},
                      .key_name = asked->request.key_name,
                      .once = true});
  if (!gateway) return complain(gateway.error());
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const auto say = [terminal](const std::string& line) {
    fmt::print(stderr, "{}{}{}", terminal ? "\r\x1b[K" : "", store::printable(line), terminal ? "" : "\n");
    std::fflush(stderr);
  };
  auto asker = BisectAsker::make(**gateway, asked->request.dialect, asked->request.body, asked->target,
                                 asked->request.stream, options.raw,
                                 {options.max_calls, std::chrono::seconds(options.max_wait)}, say,
                                 [] { return interrupted != 0; });
  if (!asker) return complain(asker.error());
  if (!confirmed(options, **asker, asked->request.body, failure::estimate(asked->request.dialect, *body)))
    return kBadInput;

  std::signal(SIGINT, interrupt);
  const failure::Reduction found = failure::reduce(asked->request.dialect, *body, std::ref(**asker));
  if (terminal) fmt::print(stderr, "\r\x1b[K");
  const failure::RequestParts parts(asked->request.dialect, *body);
  if (options.json)
    print_json(bisect_json(found, parts, **asker, asked->id));
  else
    fmt::print("{}", bisect_markdown(found, parts, **asker));
  if (found.first.kind == failure::Reply::Kind::passed) {
    if (!options.learned)
      fmt::print(stderr, "What refusals have taught was left out of this; --learned puts it in.\n");
    return 1;
  }
  return found.unfinished.empty() && !found.fixed.empty() ? 0 : kRefused;
}

}  // namespace

void add_bisect(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "bisect", "Find the smallest part of a request that a target refuses, by sending smaller ones");
  command
      ->add_option("what", options->what, "a request id (req_…), or a file with a request; -: standard input")
      ->required();
  command->add_option("--to", options->to,
                      "who refuses it: provider/model, or a model of the config (its first target); for an "
                      "id, who refused it first");
  command->add_option("--from", options->from, kFromHelp);
  command->add_flag("--stream", options->stream,
                    "a file whose dialect says so in the path is to be streamed");
  command->add_flag("--raw", options->raw, "send it as it is, without lowering");
  command->add_flag("--learned", options->learned, "with what refusals have taught, as the gateway would");
  command->add_option("--max-calls", options->max_calls, "never more calls than this")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  command->add_option("--max-wait", options->max_wait, "seconds to wait, in all, for a provider that is busy")
      ->capture_default_str()
      ->check(CLI::Range(0, 86'400));
  command->add_flag("-y,--yes", options->yes, "do not ask before the first call");
  command->add_flag("--json", options->json, "for machines");
  command->add_option("-c,--config", options->config, "config file; without one the environment")
      ->envname("DRAGOMAN_CONFIG");
  add_journal_option(*command, options->journal);
  command->footer(
      "Exit status: 0 found, with a fix that was tried; 1 the request passes; 2 it cannot be begun; 3 the "
      "search "
      "ended early.");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
