#include "journal_option.h"

#include "command_io.h"
#include "config_source.h"
#include "placeholders.h"
#include "serve/start.h"

namespace dragoman::app {

void add_journal_option(CLI::App& command, std::string& into, const std::string& help) {
  command.add_option("--journal", into, help + "; without it the config's, else dragoman.db")
      ->envname("DRAGOMAN_JOURNAL");
}

Result<std::string> journal_of(const std::string& given, const std::string& config) {
  if (!given.empty()) return given;
  if (config.empty()) return serve::journal_path({});
  const auto text = read_input(config);
  if (!text) return std::unexpected(text.error());
  auto catalogue = shared_catalogue();
  if (!catalogue) return std::unexpected(catalogue.error());
  const auto loaded = look_at_config(config, *text, *std::move(catalogue));
  if (!loaded) return std::unexpected(loaded.error());
  return serve::journal_path(*loaded);
}

}  // namespace dragoman::app
