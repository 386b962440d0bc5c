#include "config_source.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace dragoman::app {
namespace {

std::optional<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return std::nullopt;  // it opens, and reads as empty
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

}  // namespace

std::string why_unreadable(const std::string& file) {
  std::error_code error;
  const auto type = std::filesystem::status(file, error).type();
  if (type == std::filesystem::file_type::not_found) return "there is no such file";
  if (type == std::filesystem::file_type::directory) return "is a directory, expected a file";
  return fmt::format("cannot be read: {}", std::strerror(errno));
}

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
    if (!text) return std::unexpected(config::ConfigErrors{{.file = file, .message = why_unreadable(file)}});
    return config::load(*text, file, process_sources(), std::move(catalogue));
  }();
  if (!loaded) return fail(format_all(loaded.error()));
  return *std::move(loaded);
}

}  // namespace dragoman::app
