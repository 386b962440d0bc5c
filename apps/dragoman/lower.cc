#include "lower/lower.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <iterator>

#include "commands.h"
#include "config_source.h"
#include "dialect/dialect.h"
#include "json/parse.h"
#include "json/write.h"
#include "serve/snapshot.h"
#include "serve/upstream.h"

namespace dragoman::app {
namespace {

struct Options {
  std::string config;
  std::string from = "openai_chat";
  std::string to;
  bool stream = false;
};

constexpr int kRefused = 3;

int complain(const Error& error) {
  fmt::print(stderr, "dragoman: {}{}{}\n", error.message, error.pointer.empty() ? "" : " at ", error.pointer);
  return 1;
}

// Headers whose values are credentials, and what is shown for them.
bool is_secret(std::string_view name) {
  return name == "Authorization" || name == "x-api-key" || name == "api-key" || name == "x-goog-api-key" ||
         name == "X-Amz-Security-Token";
}

void print_edits(json::Writer& w, const std::vector<lower::Edit>& edits) {
  w.key("edits").begin_array();
  for (const lower::Edit& e : edits) {
    w.begin_object().field("rule", e.rule).field("pointer", e.pointer).field("keyword", e.keyword);
    w.field("before", e.before).field("after", e.after).field("loss", lower::name(e.loss)).end_object();
  }
  w.end_array();
}

void print_restore(json::Writer& w, const lower::Restore& restore) {
  w.key("restore").begin_object().key("names").begin_object();
  for (const auto& [wire, client] : restore.names) w.field(wire, client);
  w.end_object();
  if (!restore.structured_tool.empty()) w.field("structured_tool", restore.structured_tool);
  w.end_object();
}

// The config, or the known providers with a key that says it is none.
Result<config::Config> settings(const Options& options, std::shared_ptr<const profile::Catalogue> catalogue) {
  if (!options.config.empty()) return load_config(options.config, std::move(catalogue));
  const std::string provider = options.to.substr(0, options.to.find('/'));
  const profile::Provider* row = catalogue->find(provider);
  if (!row) return fail(fmt::format("no provider '{}'", provider));
  std::string text = fmt::format("providers:\n  {}:\n    api_key: KEY\n", row->name);
  if (row->base_url.find("{api_base}") != std::string::npos)
    text += fmt::format("    base_url: https://{}.invalid\n", row->name);
  for (const auto& [name, values] : row->var_env)
    if (name != "api_base" &&
        row->base_url.find("{" + name + "}") + row->path.find("{" + name + "}") != 2 * std::string::npos &&
        std::none_of(row->var_defaults.begin(), row->var_defaults.end(),
                     [&](const auto& d) { return d.first == name; }))
      text += fmt::format("    {}: {}\n", name, name);
  auto made = config::load(text, "known providers", process_sources(), std::move(catalogue));
  if (!made) return fail(format_all(made.error()));
  return *std::move(made);
}

int run(const Options& options) {
  const auto catalogue = shared_catalogue();
  if (!catalogue) return complain(catalogue.error());
  auto config = settings(options, *catalogue);
  if (!config) return complain(config.error());
  const auto snapshot = serve::Snapshot::make(*std::move(config));
  if (!snapshot) return complain(snapshot.error());

  const auto dialect_name = canon::dialect_named(options.from);
  if (!dialect_name || !dialect::get(*dialect_name).parse)
    return complain(
        {fmt::format("--from: expected openai_chat or anthropic_messages, found '{}'", options.from), ""});
  const dialect::Dialect& client = dialect::get(*dialect_name);

  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  Arena arena;
  const auto body = json::parse(arena, text);
  if (!body) return complain(body.error());
  auto request = client.parse(arena, *body);
  if (!request) return complain(request.error());
  if (options.stream) request->stream = true;

  const auto routed = (*snapshot)->find(options.to);
  if (!routed) return complain(routed.error());
  const serve::Deployment& deployment = (*routed)->deployment((*routed)->route().targets.front());
  const auto& profile = deployment.profile((*snapshot)->catalogue(), lower::mode_of(*request));
  const auto lowered = lower::lower(
      *request, {&deployment.provider(), deployment.model(), &profile, deployment.defaults()}, arena);
  std::string out;
  json::Writer w(out);
  w.begin_object();
  if (!lowered) {
    w.key("refused")
        .begin_object()
        .field("rule", lowered.error().rule)
        .field("pointer", lowered.error().pointer);
    w.field("reason", lowered.error().reason).end_object().end_object();
    fmt::print("{}\n", out);
    return kRefused;
  }
  const auto call = serve::upstream_request(deployment, deployment.url(lowered->stream), lowered->stream,
                                            lowered->body, {}, false, std::chrono::sys_seconds{});
  if (!call) return complain(call.error());
  w.field("method", call->method).field("url", call->url.text()).key("headers").begin_object();
  for (const net::Header header : call->headers)
    w.field(header.name, is_secret(header.name) ? std::string_view("***") : header.value);
  w.end_object().key("body").raw(lowered->body);
  print_edits(w, lowered->edits);
  print_restore(w, lowered->restore);
  w.end_object();
  fmt::print("{}\n", out);
  return 0;
}

}  // namespace

void add_lower(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "lower", "Show what a target would receive for the request on standard input; send nothing");
  command->add_option("--from", options->from, "the request's dialect")->capture_default_str();
  command->add_option("--to", options->to, "provider/model, or a model of the config")->required();
  command->add_flag("--stream", options->stream, "as a streaming request");
  command->add_option("-c,--config", options->config, "config file");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
