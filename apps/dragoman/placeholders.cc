#include "placeholders.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "config_source.h"

namespace dragoman::app {
namespace {

constexpr std::string_view kNoKey = "dragoman-has-no-key-here";

}  // namespace

PlaceholderEnvironment::PlaceholderEnvironment(const profile::Catalogue& catalogue, std::string_view config)
    : real_(process_sources().environment) {
  for (const profile::Provider& row : catalogue.providers()) provider(row);
  references(config);
}

std::optional<std::string> PlaceholderEnvironment::operator()(std::string_view name) const {
  if (auto value = real_(name); value && !value->empty()) return value;
  const auto found = placeholders_.find(name);
  return found == placeholders_.end() ? std::nullopt : std::optional(found->second);
}

bool PlaceholderEnvironment::set(const std::string& name) const {
  const auto value = real_(name);
  return value && !is_blank(*value);
}

void PlaceholderEnvironment::provider(const profile::Provider& row) {
  const bool aws = row.auth == profile::Auth::aws &&
                   (set("AWS_ACCESS_KEY_ID") || set("AWS_PROFILE") || set("AWS_BEARER_TOKEN_BEDROCK"));
  if (!row.key_env.empty() && !aws && std::ranges::none_of(row.key_env, [&](auto& n) { return set(n); }))
    placeholders_.emplace(row.key_env.front(), kNoKey);
  for (const auto& [name, variables] : row.var_env) {
    const bool has_default =
        std::ranges::any_of(row.var_defaults, [&](const auto& d) { return d.first == name; });
    const bool base = name == "api_base";
    const bool used = base ? row.base_url.empty() || row.base_url.contains("{api_base}")
                           : (row.base_url + row.path + row.query).contains("{" + name + "}");
    if (!used || has_default || std::ranges::any_of(variables, [&](auto& n) { return set(n); })) continue;
    placeholders_.emplace(variables.front(), base ? fmt::format("https://{}.invalid", row.name) : name);
  }
}

// ${NAME} and os.environ/NAME stand for themselves; ${NAME:-default} has its own answer.
void PlaceholderEnvironment::references(std::string_view config) {
  const auto word = [](std::string_view text) {
    return text.substr(
        0, std::min(text.size(), text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                        "abcdefghijklmnopqrstuvwxyz_0123456789")));
  };
  constexpr std::string_view kOsEnviron = "os.environ/";
  for (std::size_t at = 0; (at = config.find("${", at)) != std::string_view::npos; at += 2) {
    const std::string name(word(config.substr(at + 2)));
    if (config.substr(at + 2 + name.size()).starts_with(":-"))
      placeholders_.erase(name);
    else
      placeholders_.emplace(name, name);
  }
  for (std::size_t at = 0; (at = config.find(kOsEnviron, at)) != std::string_view::npos;
       at += kOsEnviron.size()) {
    const std::string name(word(config.substr(at + kOsEnviron.size())));
    placeholders_.emplace(name, name);
  }
}

Result<config::Config> look_at_config(const std::string& file, std::string_view text,
                                      std::shared_ptr<const profile::Catalogue> catalogue) {
  config::Sources sources = process_sources();
  sources.environment = PlaceholderEnvironment(*catalogue, text);
  auto config = file.empty() ? config::from_environment(sources, std::move(catalogue))
                             : config::load(text, file, sources, std::move(catalogue));
  if (!config) return fail(format_all(config.error()));
  return *std::move(config);
}

}  // namespace dragoman::app
