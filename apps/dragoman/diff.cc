// `dragoman diff`: what two targets would receive for one request.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <set>

#include "commands.h"
#include "diff_lines.h"
#include "json/parse.h"
#include "offline.h"
#include "table.h"

namespace dragoman::app {
namespace {

struct Options {
  std::string file;
  std::string a, b;
  std::string config;
  std::string from;
  bool stream = false;
  bool json = false;
  std::size_t width = 0;
  bool full = false;
};

struct Side {
  std::string name;
  Outcome outcome;
  json::Value body;  // absent when refused
};

constexpr std::size_t kWidth = 120;  // where there is no terminal
constexpr std::size_t kMost = 600;   // bytes of a line that are shown

// A side as it is compared: the call's head, then its body.
std::string text_of(const Side& side) {
  if (side.outcome.refused)
    return fmt::format("refused by {}\nat {}\n{}", side.outcome.refused->rule, side.outcome.refused->pointer,
                       side.outcome.refused->reason);
  std::string out = fmt::format("POST {}\n", side.outcome.url);
  for (const auto& [name, value] : side.outcome.headers) out += fmt::format("{}: {}\n", name, value);
  return out + "\n" + json::dump_pretty(side.body);
}

// `width`: of the page, 0 for any.
void print_edits(const Side& side, std::size_t width) {
  const std::size_t count = side.outcome.lowered.edits.size();
  fmt::print("\n{}: {}\n", side.name,
             side.outcome.refused ? "refused"
             : count == 0         ? "no edits"
             : count == 1         ? "1 edit"
                                  : fmt::format("{} edits", count));
  if (side.outcome.lowered.edits.empty()) return;
  Table table({"loss", "rule", "pointer", "keyword", "before", "after"});
  for (const lower::Edit& e : side.outcome.lowered.edits)
    table.add({std::string(lower::name(e.loss)), std::string(e.rule), std::string(e.pointer),
               std::string(e.keyword), one_line(std::string(e.before)), one_line(std::string(e.after))});
  fmt::print("{}", table.text(width));
}

struct Difference {
  std::string pointer;
  json::Value a, b;  // absent: not there
};

void compare(json::Value a, json::Value b, const std::string& at, std::vector<Difference>& out) {
  if (a.is_object() && b.is_object()) {
    for (const json::Member& member : a.members())
      compare(member.value, b[member.key], json::pointer_join(at, member.key), out);
    for (const json::Member& member : b.members())
      if (!a[member.key]) out.push_back({json::pointer_join(at, member.key), {}, member.value});
  } else if (a.is_array() && b.is_array()) {
    for (std::size_t i = 0; i < std::max(a.items().size(), b.items().size()); ++i)
      compare(a.at(i), b.at(i), json::pointer_join(at, i), out);
  } else if (static_cast<bool>(a) != static_cast<bool>(b) || !json::equal(a, b)) {
    out.push_back({at, a, b});
  }
}

void print_document(const Side& a, const Side& b) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  for (const auto& [key, side] : {std::pair{"a", &a}, {"b", &b}}) {
    w.key(key).begin_object().field("target", side->name);
    write_outcome(w, side->outcome);
    w.end_object();
  }
  // Of the bodies; a body that was not made is null.
  std::vector<Difference> differences;
  if (!a.outcome.refused && !b.outcome.refused) compare(a.body, b.body, "", differences);
  w.key("differences").begin_array();
  for (const Difference& d : differences) {
    w.begin_object().field("pointer", d.pointer);
    if (d.a) w.field("a", d.a);
    if (d.b) w.field("b", d.b);
    w.end_object();
  }
  w.end_array().end_object();
  print_json(out);
}

Result<Side> side_of(const Offline& offline, const ClientRequest& request, const std::string& name,
                     Arena& arena) {
  const auto target = offline.find(name);
  if (!target) return std::unexpected(target.error());
  auto outcome = offline.lower(request, *target, arena);
  if (!outcome) return std::unexpected(outcome.error());
  Side side{target->name(), *std::move(outcome), {}};
  if (side.outcome.refused) return side;
  // Of several calls the list of their bodies.
  const std::string& one = side.outcome.lowered.body;
  const auto body = json::parse(
      arena, side.outcome.bodies.empty() ? one : fmt::format("[{}]", fmt::join(side.outcome.bodies, ",")),
      {.depth = 1024});
  if (!body) return std::unexpected(body.error());
  side.body = *body;
  return side;
}

int run(const Options& options) {
  const auto offline = Offline::make(options.config);
  if (!offline) return complain(offline.error());
  Arena arena;
  const auto request =
      offline->read(arena, options.file,
                    {.dialect = options.from, .stream = options.stream ? std::optional(true) : std::nullopt});
  if (!request) return complain(request.error());
  const auto a = side_of(*offline, *request, options.a, arena);
  if (!a) return complain(a.error());
  const auto b = side_of(*offline, *request, options.b, arena);
  if (!b) return complain(b.error());
  if (options.json) {
    print_document(*a, *b);
  } else {
    const std::string left = a->name + "\n" + text_of(*a), right = b->name + "\n" + text_of(*b);
    const std::size_t width = options.width != 0 ? options.width : terminal_width(0);
    fmt::print("{}",
               side_by_side(diff_lines(left, right), width != 0 ? width : kWidth, options.full ? 0 : kMost));
    print_edits(*a, width);
    print_edits(*b, width);
  }
  return a->outcome.refused || b->outcome.refused ? kRefused : 0;
}

}  // namespace

void add_diff(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "diff", "Show side by side what two targets would receive for a request; send nothing");
  command->add_option("REQUEST", options->file, "file with the request; - for standard input")->required();
  command->add_option("A", options->a, "provider/model, or a model of the config")->required();
  command->add_option("B", options->b, "the other one")->required();
  command->add_option("--from", options->from, kFromHelp);
  command->add_option("-c,--config", options->config, "config file; no key has to be set")
      ->envname("DRAGOMAN_CONFIG");
  command->add_flag("--stream", options->stream, "as a streaming request");
  command->add_flag("--json", options->json, "for machines: both calls, and where their bodies differ");
  command->add_flag("--full", options->full, "show long strings whole, not only where they differ");
  command->add_option("--width", options->width, "columns to fill; the terminal's by default, else 120");
  command->footer(
      "Marks: | differs, < only A, > only B.\n"
      "Exit status: 0 both take it (the same or not), 2 bad input, 3 one of them refuses.");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
