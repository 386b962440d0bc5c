// `dragoman explain`: a refusal as a short report for a person. What was refused, by whom, in whose words,
// where in their own request, why, what to change, and whether a retry can help.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>

#include "base/strings.h"
#include "commands.h"
#include "dialect/dialect.h"
#include "failure/classify.h"
#include "failure/phrases.h"
#include "failure/repair.h"
#include "json/parse.h"
#include "lower/locate.h"
#include "offline.h"
#include "store/journal_reader.h"

namespace dragoman::app {
namespace {

struct Options {
  std::vector<std::string> words;  // a request id, or the error's text
  std::string request;
  std::string from;
  std::string provider;
  std::string config;
  std::string journal = "dragoman.db";
  bool json = false;
};

// One refusal, from the journal or from a text.
struct Refusal {
  std::string target;  // provider/model, or a provider, or ""
  int status = 0;
  std::string body;
  std::string headers;   // "name: value" a line
  std::string decision;  // what dragoman did next
};

struct Report {
  std::string provider;
  Refusal refusal;
  canon::UpstreamError error;
  failure::Failure failure;
  std::optional<failure::Repair> repair;
  lower::ClientPlace place;
  bool wrapper = false;  // the words are a gateway's own summary, the provider's are not in it
};

// Sentences by which gateways and agents stand in for what the provider said.
constexpr std::string_view kWrappers[] = {
    "provider rejected the request schema or tool payload",
    "provider returned error",
    "llm request failed",
    "upstream request failed",
    "bad_response_status_code",
    "status code (no body)",
};

bool is_wrapper(std::string_view message) {
  const std::string lower = lower_ascii(message);
  for (const std::string_view words : kWrappers)
    if (lower.find(words) != std::string::npos && message.size() < words.size() + 60) return true;
  return false;
}

void classify(Report& report, const Offline& offline) {
  const profile::Provider* provider = offline.provider(report.refusal.target);
  if (!provider && !report.refusal.target.empty())
    warn_unknown({report.refusal.target.substr(0, report.refusal.target.find('/'))});
  report.provider = provider ? provider->name
                             : std::string(report.refusal.target.substr(0, report.refusal.target.find('/')));
  if (report.refusal.status == 0) report.refusal.status = failure::status_in(report.refusal.body).value_or(0);
  std::vector<failure::HeaderField> headers;
  std::string_view type_header;
  for (const std::string_view line : split(report.refusal.headers, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    headers.push_back({trim(line.substr(0, colon)), trim(line.substr(colon + 1))});
    if (equals_ignoring_case(headers.back().name, "x-amzn-errortype")) type_header = headers.back().value;
  }
  const dialect::Dialect& wire = dialect::get(provider ? provider->dialect : canon::DialectName::openai_chat);
  report.error = wire.decode_error(report.refusal.status, report.refusal.body, type_header);
  report.failure =
      failure::classify(report.provider, report.error, headers, static_cast<double>(std::time(nullptr)));
  report.wrapper = is_wrapper(report.error.message);
  if (!report.wrapper) report.repair = failure::propose_repair(report.failure, report.error.message);
}

// Lowers the request as it was and looks for the place the provider means.
Result<void> locate(Report& report, const Offline& offline, std::string_view request_text,
                    std::string_view from) {
  const auto target = offline.find(report.refusal.target);
  if (!target) return std::unexpected(target.error());
  Arena arena;
  const auto request = offline.parse(arena, request_text, {.dialect = from});
  if (!request) return std::unexpected(request.error());
  canon::Request inside;
  if (request->texts) return {};
  const auto outcome = offline.lower(*request, *target, arena, &inside);
  if (!outcome) return std::unexpected(outcome.error());
  if (outcome->refused) return {};
  const canon::Request& mine = request->conversation;
  report.place = lower::locate(
      {mine, inside, outcome->lowered,
       dialect::get(target->deployment->speaking(mine, offline.catalogue()).provider().dialect)},
      report.failure.pointer, report.error.message);
  return {};
}

std::string retry_words(const failure::Failure& failure) {
  if (failure.retry_after)
    return fmt::format("Yes, after {:g} s: the provider says so.", *failure.retry_after);
  if (failure.retryable) return "Yes: the same request may pass soon.";
  return failure::is_deterministic(failure.cls) ? "No: the same request can only be refused again."
                                                : "No, not before the cause is removed.";
}

std::string code_block(std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return fmt::format("{}\n{}\n{}\n", fence, text, fence);
}

std::string_view without_last_line_end(std::string_view text) {
  return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
}

std::string wrapper_help(const Report& report) {
  return fmt::format(
      "These are a gateway's or an agent's own words for a 4xx; what the provider said is not in them. To "
      "get at it:\n\n"
      "1. Send the request through dragoman: its error carries the provider's words, and `dragoman logs show "
      "ID` keeps them.\n"
      "2. `dragoman check request.json` says which targets would refuse it, and where, without sending "
      "anything.\n"
      "3. `dragoman lower --to {} < request.json` shows the very bytes and every edit; `dragoman bisect "
      "request.json --to {}` finds the part that is refused by sending smaller requests.\n\n"
      "What it is most often, in this order: a tool's schema (a keyword the provider does not take, `type` "
      "missing, a union at "
      "the root), `tool_choice` or `parallel_tool_calls` sent without tools, tool results that do not follow "
      "their calls, "
      "reasoning state of another provider in the history.\n",
      report.refusal.target.empty() ? "PROVIDER/MODEL" : report.refusal.target,
      report.refusal.target.empty() ? "PROVIDER/MODEL" : report.refusal.target);
}

std::string markdown(const Report& r) {
  const failure::Failure& f = r.failure;
  std::string out = fmt::format(
      "# {}\n\n", r.wrapper ? std::string("Refused, without the provider's words")
                            : fmt::format("{}: {}", failure::name(f.cls), failure::describe(f.cls)));
  out += fmt::format("**Who:** {}{}{}\n\n",
                     r.refusal.target.empty()
                         ? (r.provider.empty() ? std::string("an unnamed provider") : r.provider)
                         : r.refusal.target,
                     r.refusal.status ? fmt::format(", HTTP {}", r.refusal.status) : "",
                     r.error.type.empty() && r.error.code.empty()
                         ? std::string()
                         : fmt::format(", `{}`", r.error.type.empty() ? r.error.code : r.error.type));
  out += "**Their words:**\n\n" +
         code_block(r.error.message.empty() ? "(none: the body was empty)" : r.error.message) + "\n";
  if (r.wrapper) return out + wrapper_help(r);

  if (r.place.found()) {
    out += fmt::format("**Where in your request:** `{}`{}\n\n", r.place.pointer,
                       r.place.tool.empty() ? std::string() : fmt::format(", tool `{}`", r.place.tool));
    out += code_block(r.place.text) + "\n";
    if (!f.pointer.empty()) out += fmt::format("The provider calls this place `{}`.\n\n", f.pointer);
    if (!r.place.edits.empty()) {
      out += "**What dragoman had changed there:**\n\n";
      for (const lower::Edit& e : r.place.edits)
        out += fmt::format("- {} at `{}`: {} `{}` → `{}` ({})\n", e.rule, e.pointer, e.keyword, e.before,
                           e.after.empty() ? "nothing" : e.after, lower::name(e.loss));
      out += "\n";
    }
  } else if (!f.pointer.empty()) {
    out += fmt::format(
        "**Where, in the provider's notation:** `{}` (with `--request` and `--provider` this is led back to "
        "your "
        "request)\n\n",
        f.pointer);
  }
  out += fmt::format("**Why:** {}.{}\n\n", f.why,
                     f.keyword.empty() ? std::string() : fmt::format(" What is refused is `{}`.", f.keyword));
  const failure::Advice advice = failure::advice_for(f);
  out += "**What to change:**\n\n";
  if (!advice.request.empty()) out += fmt::format("- In the request: {}\n", advice.request);
  if (!advice.operations.empty()) out += fmt::format("- Outside it: {}\n", advice.operations);
  if (advice.request.empty() && advice.operations.empty())
    out +=
        "- Nothing can be said from these words alone; `dragoman bisect` finds the part that is refused.\n";
  if (r.repair) {
    out += fmt::format("\nTell dragoman that {}:\n\n", r.repair->why);
    out += code_block(fmt::format("providers:\n  {}:\n{}", r.provider.empty() ? "NAME" : r.provider,
                                  without_last_line_end(r.repair->yaml("    "))));
  }
  out += fmt::format("\n**Can a retry help?** {}\n", retry_words(f));
  if (!r.refusal.decision.empty()) out += fmt::format("\n**What dragoman did:** {}\n", r.refusal.decision);
  return out;
}

void write_json(json::Writer& w, const Report& r) {
  const failure::Failure& f = r.failure;
  w.begin_object()
      .field("target", r.refusal.target)
      .field("provider", r.provider)
      .field("status", r.refusal.status);
  w.field("type", r.error.type)
      .field("code", r.error.code)
      .field("message", r.error.message)
      .field("wrapper", r.wrapper);
  w.field("class", failure::name(f.cls))
      .field("side", failure::name(f.side))
      .field("provider_pointer", f.pointer);
  w.field("keyword", f.keyword)
      .field("pointer", r.place.pointer)
      .field("tool", r.place.tool)
      .field("text", r.place.text);
  w.field("why", f.why).key("edits").begin_array();
  for (const lower::Edit& e : r.place.edits)
    w.begin_object()
        .field("rule", e.rule)
        .field("pointer", e.pointer)
        .field("keyword", e.keyword)
        .field("before", e.before)
        .field("after", e.after)
        .field("loss", lower::name(e.loss))
        .end_object();
  w.end_array();
  const failure::Advice advice = failure::advice_for(f);
  w.key("fix").begin_object().field("request", advice.request).field("operations", advice.operations);
  w.key("config");
  if (r.repair)
    w.string(fmt::format("providers:\n  {}:\n{}", r.provider, r.repair->yaml("    ")));
  else
    w.null();
  w.end_object().field("retryable", f.retryable).key("retry_after");
  if (f.retry_after)
    w.number(*f.retry_after);
  else
    w.null();
  w.field("decision", r.refusal.decision).end_object();
}

bool looks_like_id(const std::vector<std::string>& words) {
  return words.size() == 1 && words[0].starts_with("req_") && words[0].find(' ') == std::string::npos;
}

struct Found {
  std::vector<Refusal> refusals;
  std::string request_body, dialect;
};

Result<Found> from_journal(const Options& options) {
  auto reader = store::JournalReader::open(options.journal);
  if (!reader) return std::unexpected(reader.error());
  const auto record = reader->find(options.words[0]);
  if (!record) return std::unexpected(record.error());
  if (!*record)
    return fail(
        fmt::format("{} is not in {}; `dragoman logs` lists what is", options.words[0], options.journal));
  Found out;
  for (const store::AttemptRecord& attempt : (*record)->attempts)
    if (attempt.outcome != "ok")
      out.refusals.push_back(
          {attempt.target, attempt.status, attempt.error_body, attempt.error_headers, attempt.decision});
  if (out.refusals.empty())
    return fail(
        fmt::format("{} was served by {}; nothing refused it", options.words[0], (*record)->served_by));
  out.request_body = (*record)->request_body.value_or("");
  out.dialect = (*record)->dialect;
  return out;
}

Result<Found> from_text(const Options& options) {
  Found out;
  std::string text;
  for (const std::string& word : options.words) text += (text.empty() ? "" : " ") + word;
  if (text.empty() || text == "-") {
    auto read = read_input("-");
    if (!read) return std::unexpected(read.error());
    text = *std::move(read);
  }
  if (is_blank(text))
    return fail("expected a request id, or the text of an error (on the line or on standard input)");
  out.refusals.push_back({options.provider, 0, std::string(trim(text)), "", ""});
  out.dialect = options.from;
  return out;
}

int run(const Options& options) {
  auto found = looks_like_id(options.words) ? from_journal(options) : from_text(options);
  if (!found) return complain(found.error());
  if (!options.request.empty()) {
    auto text = read_input(options.request);
    if (!text) return complain(text.error());
    found->request_body = *std::move(text);
    found->dialect = options.from;
  }
  const auto offline = Offline::make(options.config);
  if (!offline) return complain(offline.error());
  std::string out;
  json::Writer w(out);
  if (options.json) w.begin_object().key("refusals").begin_array();
  for (Refusal& refusal : found->refusals) {
    if (refusal.target.empty()) refusal.target = options.provider;
    Report report{.refusal = std::move(refusal)};
    classify(report, *offline);
    const bool can_locate =
        !found->request_body.empty() && report.refusal.target.find('/') != std::string::npos;
    if (can_locate && !report.wrapper)
      if (const auto located = locate(report, *offline, found->request_body, found->dialect);
          !located && !options.request.empty())
        return complain(located.error());
    if (options.json)
      write_json(w, report);
    else
      out += (out.empty() ? "" : "\n---\n\n") + markdown(report);
  }
  if (options.json) {
    w.end_array().end_object();
    print_json(out);
  } else {
    fmt::print("{}", out);
  }
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "explain", "Explain a refusal: by request id from the journal, or pasted from anywhere");
  command->add_option("what", options->words,
                      "a request id (req_…), or the error's text; standard input without either");
  command->add_option("--request", options->request,
                      "the client's request, to lead the provider's pointer back to it");
  command->add_option("--from", options->from, kFromHelp);
  command->add_option("--provider,--to", options->provider, "who refused: provider, or provider/model");
  command
      ->add_option("-c,--config", options->config,
                   "the gateway's config file, for the providers it defines; no key has to be set")
      ->envname("DRAGOMAN_CONFIG");
  command->add_option("--journal", options->journal, "the journal's file")
      ->capture_default_str()
      ->envname("DRAGOMAN_JOURNAL");
  command->add_flag("--json", options->json, "for machines");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
