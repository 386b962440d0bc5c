#include "config/load.h"

#include <algorithm>
#include <utility>

#include "config/document.h"
#include "config/expand.h"
#include "config/fields.h"
#include "config/readers.h"

namespace dragoman::config {
namespace {

void sort_by_line(ConfigErrors& errors) {
  std::ranges::sort(errors, [](const ConfigError& a, const ConfigError& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
}

}  // namespace

std::expected<Config, ConfigErrors> load(std::string_view text, std::string_view file, const Sources& sources,
                                         std::shared_ptr<const profile::Catalogue> catalogue) {
  auto root = parse_document(text, file);
  if (!root) return std::unexpected(std::move(root.error()));
  Config config;
  config.file = file;
  config.catalogue = std::move(catalogue);
  ConfigErrors errors;
  Reader reader(file, errors);
  if (root->is_map() && root->find("model_list") != nullptr) {
    Reader warn(file, config.warnings);
    read_litellm(*root, sources, reader, warn, config);
  } else {
    expand_references(*root, file, sources.environment, errors);
    if (!errors.empty()) {
      sort_by_line(errors);
      return std::unexpected(std::move(errors));  // what follows from a missing value would only be noise
    }
    read_native(*root, sources, reader, config);
  }
  if (!errors.empty()) {
    sort_by_line(errors);
    return std::unexpected(std::move(errors));
  }
  sort_by_line(config.warnings);
  config.prepare();
  return config;
}

std::expected<Config, ConfigErrors> from_environment(const Sources& sources,
                                                     std::shared_ptr<const profile::Catalogue> catalogue) {
  Config config;
  config.catalogue = std::move(catalogue);
  if (sources.environment) {
    if (auto key = sources.environment("DRAGOMAN_MASTER_KEY"))
      config.auth.master_key = Secret(std::move(*key));
  }
  add_connections_from_environment(sources, config);
  config.prepare();
  return config;
}

}  // namespace dragoman::config
