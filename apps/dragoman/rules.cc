// `dragoman rules`: the rows that apply to a provider or model.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/strings.h"
#include "commands.h"
#include "config_source.h"
#include "offline.h"
#include "rules_words.h"

namespace dragoman::app {
namespace {

struct Options {
  std::string provider, model;
  bool json = false;
  bool markdown = false;
};

void print_list(const profile::Catalogue& catalogue, const profile::Provider& provider,
                std::string_view model, const profile::RuleSources& sources) {
  fmt::print("{} ({}), {}\n", provider.name, provider.title, canon::name(provider.dialect));
  const auto line = [](std::string_view name, const std::string& words) {
    if (!words.empty()) fmt::print("      {:<8}{}\n", name, words);
  };
  for (const auto& layer : catalogue.layers(provider)) {
    fmt::print("\ndata/{}\n", layer.file);
    for (const profile::Rule& rule : layer.rules) {
      if (!can_apply(rule, model)) continue;
      fmt::print("  {}{}{}\n", rule.id, rule.why.empty() ? "" : ": ", rule.why);
      line("when", when_words(rule));
      line("says", says_words(rule));
      line("source", source_words(sources, rule.id));
    }
  }
}

void write_words(json::Writer& w, std::string_view name, const std::vector<std::string>& items) {
  if (items.empty()) return;
  w.key(name).begin_array();
  for (const std::string& item : items) w.string(item);
  w.end_array();
}

void write_when(json::Writer& w, const profile::Rule& rule) {
  w.key("when").begin_object();
  write_words(w, "models", rule.models);
  write_words(w, "not_models", rule.not_models);
  const auto mode = [&](std::string_view name, const std::optional<bool>& value) {
    if (value) w.field(name, *value);
  };
  mode("stream", rule.stream);
  mode("tools", rule.tools);
  mode("thinking", rule.thinking);
  mode("thinking_off", rule.thinking_off);
  mode("structured", rule.structured);
  if (rule.dialect) w.field("dialect", canon::name(*rule.dialect));
  w.end_object();
}

struct WriteValue {
  json::Writer& w;
  void operator()(bool value) const { w.boolean(value); }
  void operator()(std::int64_t value) const { w.integer(value); }
  void operator()(const std::string& value) const { w.string(value); }
  void operator()(const std::vector<std::string>& value) const {
    w.begin_array();
    for (const std::string& item : value) w.string(item);
    w.end_array();
  }
};

// The form a row has in data/ and in a config.
void write_param(json::Writer& w, const profile::ParamSpec& spec) {
  const bool bare =
      !spec.min && !spec.max && !spec.only && !spec.max_items && !spec.max_length && !spec.max_key;
  if (bare && spec.values.empty()) {
    w.string(spec.support == profile::Support::ok     ? "ok"
             : spec.support == profile::Support::drop ? "drop"
                                                      : "reject");
    return;
  }
  w.begin_object();
  if (spec.min) w.key("min").number(*spec.min);
  if (spec.max) w.key("max").number(*spec.max);
  if (spec.only) w.key("only").number(*spec.only);
  if (spec.max_items) w.field("max_items", *spec.max_items);
  if (spec.max_length) w.field("max_length", *spec.max_length);
  if (spec.max_key) w.field("max_key", *spec.max_key);
  write_words(w, "values", spec.values);
  w.end_object();
}

void print_document(const profile::Catalogue& catalogue, const profile::Provider& provider,
                    std::string_view model, const profile::RuleSources& sources) {
  std::string out;
  json::Writer w(out);
  w.begin_object().field("provider", provider.name).field("title", provider.title);
  w.field("dialect", canon::name(provider.dialect)).key("layers").begin_array();
  for (const auto& layer : catalogue.layers(provider)) {
    w.begin_object().field("file", layer.file).key("rules").begin_array();
    for (const profile::Rule& rule : layer.rules) {
      if (!can_apply(rule, model)) continue;
      w.begin_object().field("id", rule.id).field("why", rule.why);
      write_when(w, rule);
      w.key("set").begin_object();
      for (const auto& [setting, value] : rule.settings) {
        w.key(profile::info(setting).name);
        std::visit(WriteValue{w}, value);
      }
      w.end_object().key("params").begin_object();
      for (const auto& [param, spec] : rule.params) {
        w.key(canon::name(param));
        write_param(w, spec);
      }
      w.end_object().field("source", source_words(sources, rule.id)).end_object();
    }
    w.end_array().end_object();
  }
  w.end_array().end_object();
  print_json(out);
}

Error unknown(const profile::Catalogue& catalogue, const std::string& name) {
  std::vector<std::string_view> names;
  for (const profile::Provider& p : catalogue.providers()) names.push_back(p.name);
  const auto near = nearest(name, names);
  return {near ? fmt::format("no provider '{}', did you mean '{}'?", name, *near)
               : fmt::format("no provider '{}'; there are {}", name, fmt::join(names, ", ")),
          ""};
}

int run(const Options& options) {
  const auto catalogue = shared_catalogue();
  if (!catalogue) return complain(catalogue.error());
  const auto sources = profile::RuleSources::builtin();
  if (!sources) return complain(sources.error());
  if (options.provider.empty()) {
    if (options.markdown)
      fmt::print("{}", providers_index(**catalogue));
    else
      for (const profile::Provider& p : (*catalogue)->providers()) fmt::print("{}\n", p.name);
    return 0;
  }
  const profile::Provider* provider = (*catalogue)->find(options.provider);
  if (!provider) return complain(unknown(**catalogue, options.provider));
  if (options.markdown) {
    const auto ledger = profile::Ledger::builtin();
    if (!ledger) return complain(ledger.error());
    fmt::print("{}", provider_page(**catalogue, *provider, *sources, *ledger));
  } else if (options.json)
    print_document(**catalogue, *provider, options.model, *sources);
  else
    print_list(**catalogue, *provider, options.model, *sources);
  return 0;
}

}  // namespace

void add_rules(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "rules", "Show the rows that apply to a provider: when, what they say, why, and who says so");
  command->add_option("PROVIDER", options->provider, "its name; without one, the names there are");
  command->add_option("MODEL", options->model, "only rows that can apply to this model");
  CLI::Option* as_json = command->add_flag("--json", options->json, "for machines");
  command->add_flag("--markdown", options->markdown, "the provider's page of docs/providers")
      ->excludes(as_json);
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
