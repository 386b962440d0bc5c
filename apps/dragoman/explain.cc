// `dragoman explain`: a refusal as a short report for a person. What was refused, by whom, in whose words,
// where in their own request, why, what to change, and whether a retry can help.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "base/strings.h"
#include "commands.h"
#include "dialect/dialect.h"
#include "explain_read.h"
#include "explain_report.h"
#include "failure/classify.h"
#include "failure/own.h"
#include "journal_option.h"
#include "json/parse.h"
#include "lower/locate_texts.h"

namespace dragoman::app {
namespace {

constexpr std::size_t kShown = 400;  // bytes of what stands at a place

// Sentences by which gateways and agents stand in for what the provider said.
constexpr std::array<std::string_view, 12> kWrappers = {
    "provider rejected the request schema or tool payload",
    "provider returned error",
    "llm request failed",
    "upstream request failed",
    "upstream error",
    "bad_response_status_code",
    "status code (no body)",
    "the request was rejected by the provider",
    "unsuccessful response",
    "request failed with status code",
    "failed to get response from the ai model",
    "an error occurred while calling the model",
};

bool is_wrapper(std::string_view message) {
  const std::string lower = lower_ascii(message);
  return std::ranges::any_of(kWrappers, [&](std::string_view words) {
    return lower.find(words) != std::string::npos && message.size() < words.size() + 60;
  });
}

void classify(Report& report, const Offline& offline) {
  Refusal& refusal = report.refusal;
  const std::string name = refusal.provider_name();
  const profile::Provider* provider = offline.provider(name);
  if (!provider && !refusal.target.empty()) warn_unknown({name});
  report.provider = name;
  if (refusal.outcome == "local_fault" && refusal.target.empty()) {
    // "expected a number, found string (at /seed)"
    std::string_view pointer = refusal.body;
    const std::size_t at = pointer.rfind("(at /");
    pointer = at == std::string_view::npos || !pointer.ends_with(')')
                  ? ""
                  : pointer.substr(at + 4, pointer.size() - at - 5);
    report.failure = failure::local_fault(
        "dragoman reads a request as its dialect has it, and this one is not so", std::string(pointer));
    report.error.message = refusal.body;
    report.place.pointer = pointer;
    return;
  }
  if (auto own = failure::own_refusal(refusal.body)) {
    report.failure = *std::move(own);
    report.error.message = refusal.body;
    report.place.pointer = refusal.schema.empty() ? report.failure.pointer : refusal.schema;
    return;
  }
  std::vector<failure::HeaderField> headers;
  std::string_view type_header;
  for (const auto& [key, value] : refusal.headers) {
    headers.push_back({key, value});
    if (equals_ignoring_case(key, "x-amzn-errortype")) type_header = value;
  }
  const dialect::Dialect& wire = dialect::get(provider ? provider->dialect : canon::DialectName::openai_chat);
  report.error = wire.decode_error(refusal.status, refusal.body, type_header);
  report.failure =
      failure::classify(report.provider, report.error, headers, static_cast<double>(std::time(nullptr)));
  // The gateway knew more than the answer says: a cut stream, a timeout, its own refusal.
  if (const auto cls = failure::class_named(refusal.outcome); cls && *cls != report.failure.cls) {
    report.failure.cls = *cls;
    report.failure.why = fmt::format("{}: {}", name.empty() ? "upstream" : name, failure::describe(*cls));
    if (*cls == failure::FailureClass::local_fault) report.failure.source = failure::Source::us;
  }
  const bool says_nothing =
      report.failure.cls == failure::FailureClass::other || report.failure.rule.starts_with("status_");
  report.wrapper = is_wrapper(report.error.message) && (says_nothing || report.failure.pointer.empty());
  if (!report.wrapper) report.repair = failure::propose_repair(report.failure, report.error.message);
}

// A model of that provider for a request that names none of it: what is known of the provider's notation does
// not hang on it.
std::string some_target(const Offline& offline, std::string_view provider, std::string_view model) {
  const profile::Provider* row = offline.provider(provider);
  if (!row) return "";
  if (const std::size_t slash = model.find('/');
      slash != std::string_view::npos && model.substr(0, slash) == provider)
    return std::string(model);
  const bool kin = std::ranges::any_of(row->models, [&](const std::string& one) {
    return one == model || (model.size() > 4 && one.starts_with(model.substr(0, 4)));
  });
  if (kin || row->models.empty()) return fmt::format("{}/{}", provider, model.empty() ? "model" : model);
  return fmt::format("{}/{}", provider, row->models.front());
}

// The targets by whose notation the refusal may be read, the likeliest first.
std::vector<std::string> notations(const Report& report, const Offline& offline,
                                   const ClientRequest& request) {
  std::vector<std::string> out;
  const std::string_view model = request.texts ? request.texts->model : request.conversation.model;
  const auto add = [&](std::string target) {
    if (!target.empty() && std::ranges::find(out, target) == out.end()) out.push_back(std::move(target));
  };
  if (report.refusal.target.find('/') != std::string::npos ||
      (!report.refusal.target.empty() && offline.find(report.refusal.target)))
    add(report.refusal.target);
  std::string behind = lower_ascii(report.refusal.issuer.upstream);
  if (behind == "google ai studio") behind = "gemini";
  if (behind == "amazon bedrock") behind = "bedrock";
  add(some_target(offline, behind, ""));
  add(some_target(offline, report.provider, model));
  if (!out.empty()) return out;
  // Nobody knows whose words these are: whoever sent it spoke the dialect of the host.
  switch (request.dialect) {
    case canon::DialectName::anthropic_messages:
      return {"anthropic/claude-sonnet-4-5"};
    case canon::DialectName::gemini_generate:
      return {"gemini/gemini-2.5-flash"};
    case canon::DialectName::bedrock_converse:
      return {"bedrock/us.amazon.nova-pro-v1:0"};
    default:
      return {"openai/gpt-4o"};
  }
}

// Lowers the request as it was and looks for the place the provider means.
Result<void> locate(Report& report, const Offline& offline, const ClientRequest& request,
                    const std::string& name) {
  if (request.texts) {
    report.place.pointer = lower::locate(*request.texts, report.failure.pointer, report.error.message);
    if (report.place.found())
      report.place.text = to_utf8(
          json::dump_compact(json::resolve(request.texts->source, report.place.pointer)).substr(0, kShown));
    return {};
  }
  const auto target = offline.find(name);
  if (!target) return std::unexpected(target.error());
  Arena arena;
  canon::Request inside;
  const auto outcome = offline.lower(request, *target, arena, &inside);
  if (!outcome) return std::unexpected(outcome.error());
  if (outcome->refused) return {};
  const canon::Request& mine = request.conversation;
  report.place = lower::locate(
      {mine, inside, outcome->lowered,
       dialect::get(target->deployment->speaking(mine, offline.catalogue()).provider().dialect)},
      report.failure.pointer, report.error.message);
  return {};
}

Result<void> look_into(Report& report, const Offline& offline, const ClientRequest& request) {
  report.has_request = true;
  const bool mute = report.wrapper ||
                    (report.failure.cls == failure::FailureClass::other && report.failure.pointer.empty());
  if (mute) {
    const bool known = !report.refusal.target.empty() || !report.provider.empty();
    report.suspects = find_suspects(
        offline, request, known ? notations(report, offline, request).front() : "", !report.id.empty());
    return {};
  }
  if (report.failure.source == failure::Source::us) return {};
  for (const std::string& name : notations(report, offline, request)) {
    if (report.place.found()) break;
    if (auto located = locate(report, offline, request, name); !located) return located;
  }
  return {};
}

int run(ExplainOptions& options) {
  const auto offline = Offline::make(options.config);
  if (!offline) return complain(offline.error());
  auto journal = journal_of(options.journal, options.config);
  if (!journal) return complain(journal.error());
  options.journal = *std::move(journal);
  auto found = read_refusals(options, *offline);
  if (!found) return complain(found.error());
  Arena arena;
  std::string text = found->request_body;
  std::optional<ClientRequest> request;
  const auto read_place = [&](Report& report) {  // of a request that cannot be read as one
    const auto body = json::parse(arena, text);
    if (body && report.place.found() && report.place.text.empty())
      report.place.text =
          to_utf8(json::dump_compact(json::resolve(*body, report.place.pointer)).substr(0, kShown));
  };
  if (!options.request.empty()) {
    auto read = read_input(options.request);
    if (!read) return complain(read.error());
    text = *std::move(read);
    found->dialect = options.from;
  }
  if (!text.empty()) {
    auto parsed = offline->parse(arena, text, {.dialect = found->dialect});
    if (parsed)
      request = *std::move(parsed);
    else if (!options.request.empty())
      return complain(in_file(parsed.error(), options.request, text));
  }
  std::string out;
  json::Writer w(out);
  if (options.json) w.begin_object().key("refusals").begin_array();
  for (Refusal& refusal : found->list) {
    if (refusal.target.empty()) refusal.target = options.provider;
    Report report{.id = found->id, .refusal = std::move(refusal)};
    classify(report, *offline);
    if (request)
      if (const auto looked = look_into(report, *offline, *request); !looked && !options.request.empty())
        return complain(looked.error());
    read_place(report);
    if (options.json)
      write_report(w, report);
    else
      out += (out.empty() ? "" : "\n---\n\n") + explain_markdown(report);
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
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = app.add_subcommand(
      "explain", "Explain a refusal: by request id from the journal, or pasted from anywhere");
  command->add_option(
      "what", options->words,
      "a request id (req_…), the error's text, or a file with it; standard input without any");
  command->add_option("--request", options->request,
                      "file with the client's request, to lead the provider's pointer back to it; - for "
                      "standard input");
  command->add_option("--from", options->from, kFromHelp);
  command->add_option("--provider,--to", options->provider,
                      "who refused: provider, or provider/model; without it a text's own signs decide");
  command
      ->add_option("-c,--config", options->config,
                   "the gateway's config file, for the providers it defines; no key has to be set")
      ->envname("DRAGOMAN_CONFIG");
  add_journal_option(*command, options->journal);
  command->add_flag("--json", options->json, "for machines");
  command->footer(
      "The text may be a provider's JSON, an SDK's traceback, curl -i, a line of a log, a quoted mail, or "
      "cut off.\n"
      "Exit status: 0 explained, 2 nothing to explain, or something cannot be read.");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
