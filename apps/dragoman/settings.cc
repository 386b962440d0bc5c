// `dragoman settings`: what a provider's row, or `settings:` of a config, can say.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "commands.h"
#include "json/write.h"
#include "offline.h"
#include "profile/compat.h"
#include "profile/setting.h"
#include "table.h"

namespace dragoman::app {
namespace {

std::string_view type_name(profile::SettingType type) {
  switch (type) {
    case profile::SettingType::boolean:
      return "boolean";
    case profile::SettingType::integer:
      return "integer";
    case profile::SettingType::text:
      return "text";
    case profile::SettingType::list:
      break;
  }
  return "list";
}

const profile::SettingInfo& setting(std::size_t i) { return profile::info(static_cast<profile::Setting>(i)); }

void print_table() {
  Table table({"setting", "type", "default", "meaning"});
  for (std::size_t i = 0; i < profile::kSettings; ++i) {
    const profile::SettingInfo& s = setting(i);
    table.add({std::string(s.name), std::string(type_name(s.type)),
               s.default_text.empty() ? "\"\"" : std::string(s.default_text), std::string(s.meaning)});
  }
  fmt::print("{}", table.text());
}

// OpenClaw's words for the same, `compat:` of a provider, model or target.
std::string values_of(const profile::CompatFlag& flag) {
  if (flag.type == profile::CompatType::boolean || flag.values.empty()) return std::string(name(flag.type));
  return fmt::format("{}", fmt::join(flag.words(), " | "));
}

void print_flags(const profile::CompatTable& flags) {
  Table table({"compat flag", "values", "meaning"});
  for (const profile::CompatFlag& flag : flags.flags())
    table.add(
        {flag.name, values_of(flag),
         flag.idle.empty() ? flag.meaning : fmt::format("{} (nothing here: {})", flag.meaning, flag.idle)});
  fmt::print("\n{}", table.text());
}

void print_document(const profile::CompatTable& flags) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("settings").begin_array();
  for (std::size_t i = 0; i < profile::kSettings; ++i) {
    const profile::SettingInfo& s = setting(i);
    w.begin_object().field("name", s.name).field("type", type_name(s.type));
    w.field("default", s.default_text).field("meaning", s.meaning).end_object();
  }
  w.end_array().key("compat").begin_array();
  for (const profile::CompatFlag& flag : flags.flags()) {
    w.begin_object().field("name", flag.name).field("type", name(flag.type)).key("values").begin_array();
    for (const std::string_view word : flag.words()) w.string(word);
    w.end_array().field("meaning", flag.meaning);
    if (!flag.idle.empty()) w.field("changes_nothing", flag.idle);
    w.end_object();
  }
  w.end_array().end_object();
  print_json(out);
}

}  // namespace

void add_settings(CLI::App& app, int& status) {
  auto as_json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("settings",
                                         "List what `settings:` and `compat:` of a provider, model or target "
                                         "can say: type, default and meaning");
  command->add_flag("--json", *as_json, "for machines");
  command->callback([as_json, &status] {
    const auto flags = profile::CompatTable::builtin();
    if (!flags) {
      fmt::print(stderr, "{}\n", flags.error().message);
      status = 1;
      return;
    }
    if (*as_json) {
      print_document(*flags);
    } else {
      print_table();
      print_flags(*flags);
    }
    status = 0;
  });
}

}  // namespace dragoman::app
