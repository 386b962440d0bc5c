// `dragoman lower`: one request to one target, or lines of them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

#include "base/strings.h"
#include "commands.h"
#include "json/fault.h"
#include "json/parse.h"
#include "offline.h"

namespace dragoman::app {
namespace {

constexpr std::size_t kRoom = 64 << 10;  // bytes for what is said beside the body, mostly

struct Options {
  std::string config;
  std::string from;
  std::string to;
  bool stream = false;
  bool jsonl = false;

  Asked asked() const {
    return {.dialect = from, .stream = stream ? std::optional(true) : std::nullopt, .model = to};
  }
};

int fail_with(const Error& error) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  write_error(w, error);
  w.end_object();
  print_json(out);
  return complain(error);
}

// Behind the text json::kPadding bytes can be read.
Result<Outcome> lower_text(const Offline& offline, std::string_view text, const Asked& asked,
                           std::string_view to, Arena& arena) {
  const auto target = offline.find(to);
  if (!target) return std::unexpected(target.error());
  const auto request = offline.parse_padded(arena, text, asked);
  if (!request) return std::unexpected(request.error());
  return offline.lower(*request, *target, arena);
}

int one(const Offline& offline, const Options& options) {
  auto text = read_input("-");
  if (!text) return fail_with(text.error());
  text->reserve(text->size() + json::kPadding);
  Arena arena;
  const auto outcome = lower_text(offline, *text, options.asked(), options.to, arena);
  if (!outcome)
    return fail_with(json::parse(arena, *text) ? outcome.error() : in_file(outcome.error(), "-", *text));
  std::string out;
  out.reserve(outcome->lowered.body.size() + kRoom);
  json::Writer w(out);
  w.begin_object();
  write_outcome(w, *outcome);
  w.end_object();
  print_json(out);
  return outcome->refused ? kRefused : 0;
}

// The members of a line. One that begins with `_` or `x-` is the user's own and not looked at.
constexpr std::array<std::string_view, 5> kMembers = {"id", "from", "to", "stream", "request"};

// What other programs call them: OpenAI's batches, logs.
struct OtherName {
  std::string_view said, meant;
};
constexpr std::array<OtherName, 6> kOtherNames = {{{"custom_id", "id"},
                                                   {"dialect", "from"},
                                                   {"target", "to"},
                                                   {"model", "to"},
                                                   {"body", "request"},
                                                   {"streaming", "stream"}}};

Result<void> known_members(json::Value line) {
  for (const json::Member& member : line.members()) {
    const std::string_view key = member.key;
    if (std::ranges::find(kMembers, key) != kMembers.end() || key.starts_with('_') || key.starts_with("x-"))
      continue;
    const auto other = std::ranges::find(kOtherNames, key, &OtherName::said);
    const auto near = other != kOtherNames.end() ? std::optional(other->meant) : nearest(key, kMembers);
    return fail(
        fmt::format("unknown member '{}' ({}a note of your own goes into a member that begins with '_')", key,
                    near ? fmt::format("did you mean '{}'? ", *near) : ""),
        json::pointer_join("", key));
  }
  return {};
}

// A line's own from, to and stream, else the command line's. Views into `line`.
Result<Outcome> lower_line(const Offline& offline, json::Value line, const Options& options, Arena& arena) {
  if (const auto known = known_members(line); !known) return std::unexpected(known.error());
  Asked asked = options.asked();
  std::string_view to = options.to;
  const auto text = [&](std::string_view name, std::string_view& into) -> Result<void> {
    const json::Value value = line[name];
    if (!value.present()) return {};
    if (!value.is_string()) return fail("expected a string", fmt::format("/{}", name));
    into = value.text();
    return {};
  };
  if (const auto read = text("from", asked.dialect); !read) return std::unexpected(read.error());
  if (const auto read = text("to", to); !read) return std::unexpected(read.error());
  if (to.empty()) return fail("required, expected provider/model", "/to");
  // What the line says of itself is wrong at its place in the line.
  if (line["from"] && !canon::dialect_called(asked.dialect))
    return fail(
        fmt::format("expected openai, responses, anthropic, gemini, bedrock or embeddings, found '{}'",
                    asked.dialect),
        "/from");
  if (const auto target = offline.find(to); line["to"] && !target) return fail(target.error().message, "/to");
  asked.model = to;
  if (const json::Value stream = line["stream"]; stream.present()) {
    if (!stream.is_bool()) return fail("expected true or false", "/stream");
    asked.stream = stream.boolean();
  }
  const json::Value request = line["request"];
  if (!request) return fail("required, expected the client's request", "/request");
  return lower_text(offline, request.raw(), asked, to, arena);  // within the line, and its padding
}

int lines(const Offline& offline, const Options& options) {
  std::ios::sync_with_stdio(false);
  std::string line;
  std::string out;
  for (std::int64_t number = 1; std::getline(std::cin, line); ++number) {
    if (is_blank(line)) continue;
    Arena arena;
    out.clear();
    json::Writer w(out);
    w.begin_object().key("id");
    if (number == 1) line = without_mark(line);
    line.reserve(line.size() + json::kPadding);
    const auto read = json::parse_padded(arena, line);
    if (!read || !read->is_object()) {
      Error error = read ? Error{"expected an object", ""} : read.error();
      if (const auto fault = json::find_fault(line); fault && !read)
        error = {fmt::format("column {}: {}", fault->column, fault->what), ""};
      w.null().field("line", number);
      write_error(w, error);
    } else {
      const json::Value id = (*read)["id"];
      if (id)
        w.value(id);
      else
        w.null();
      const auto outcome = lower_line(offline, *read, options, arena);
      if (outcome) {
        write_outcome(w, *outcome);
      } else {
        w.field("line", number);
        write_error(w, outcome.error());
      }
    }
    w.end_object();
    out += '\n';
    std::fwrite(out.data(), 1, out.size(), stdout);
    std::fflush(stdout);  // whoever writes the next line may wait for this one
  }
  return 0;
}

int run(const Options& options) {
  if (options.to.empty() && !options.jsonl)
    return fail_with({"--to is required: provider/model, or a model of the config", ""});
  const auto offline = Offline::make(options.config);
  if (!offline) return fail_with(offline.error());
  return options.jsonl ? lines(*offline, options) : one(*offline, options);
}

}  // namespace

void add_lower(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "lower", "Show what a target would receive for the request on standard input; send nothing");
  command->add_option("--from", options->from, kFromHelp);
  command->add_option("--to", options->to, "provider/model, or a model of the config (its first target)");
  command->add_flag("--stream", options->stream, "as a streaming request");
  command->add_option("-c,--config", options->config, "config file; no key has to be set")
      ->envname("DRAGOMAN_CONFIG");
  command->add_flag(
      "--jsonl", options->jsonl,
      "a line of {\"id\", \"from\", \"to\", \"stream\", \"request\"} for each request, members that "
      "begin with _ being your own; answers a line for each, in order");
  command->footer("Exit status: 0 lowered (with --jsonl: every line answered), 2 bad input, 3 refused.");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
