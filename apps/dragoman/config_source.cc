#include "config_source.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace dragoman::app {
namespace {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

}  // namespace

config::Sources process_sources() {
  return {.environment = [](std::string_view name) -> std::optional<std::string> {
            const char* value = std::getenv(std::string(name).c_str());
            return value ? std::optional<std::string>(value) : std::nullopt;
          },
          .file = read_file};
}

Result<std::shared_ptr<const profile::Catalogue>> shared_catalogue() {
  auto catalogue = profile::Catalogue::builtin();
  if (!catalogue) return std::unexpected(catalogue.error());
  return std::make_shared<const profile::Catalogue>(*std::move(catalogue));
}

std::string format_all(const config::ConfigErrors& errors) {
  std::string out;
  for (const config::ConfigError& error : errors)
    out += fmt::format("{}{}", out.empty() ? "" : "\n", config::format(error));
  return out;
}

Result<config::Config> load_config(const std::string& file,
                                   std::shared_ptr<const profile::Catalogue> catalogue) {
  auto loaded = [&]() -> std::expected<config::Config, config::ConfigErrors> {
    if (file.empty()) return config::from_environment(process_sources(), std::move(catalogue));
    const auto text = read_file(file);
    if (!text) return std::unexpected(config::ConfigErrors{{.file = file, .message = "cannot be read"}});
    return config::load(*text, file, process_sources(), std::move(catalogue));
  }();
  if (!loaded) return fail(format_all(loaded.error()));
  return *std::move(loaded);
}

}  // namespace dragoman::app
