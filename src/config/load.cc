#include "config/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/document.h"
#include "config/expand.h"
#include "config/fields.h"
#include "config/json5.h"
#include "config/openclaw.h"
#include "config/readers.h"

namespace dragoman::config {
namespace {

void sort_by_line(ConfigErrors& errors) {
  std::ranges::sort(errors, [](const ConfigError& a, const ConfigError& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
}

// The variable that every command reads it from; a file that names a path outranks it.
void journal_from_environment(const Sources& sources, Config& config) {
  if (!config.journal.path.empty() || !sources.environment) return;
  config.journal.path = sources.environment("DRAGOMAN_JOURNAL").value_or("");
}

}  // namespace

std::expected<Config, ConfigErrors> load(std::string_view text, std::string_view file, const Sources& sources,
                                         std::shared_ptr<const profile::Catalogue> catalogue) {
  const auto from_json5 = json5_to_yaml(text);
  auto root = parse_document(from_json5 ? std::string_view(*from_json5) : text, file);
  if (!root) {
    // What YAML's reader says of JSON5 with a slip in it leads nowhere.
    if (const auto fault = json5_fault(text))
      return std::unexpected(
          ConfigErrors{{std::string(file), fault->line, fault->column, "",
                        fault->found.empty() ? "the text ends inside of an object or a list"
                                             : fmt::format("expected JSON5, found '{}'", fault->found),
                        ""}});
    return std::unexpected(std::move(root.error()));
  }
  Config config;
  config.file = file;
  config.catalogue = std::move(catalogue);
  ConfigErrors errors;
  Reader reader(file, errors);
  if (root->is_map() && root->find("model_list") != nullptr) {
    Reader warn(file, config.warnings);
    read_litellm(*root, sources, reader, warn, config);
  } else {
    Reader warn(file, config.warnings);
    auto openclaw = take_openclaw(*root, warn);
    Sources all = sources;
    if (openclaw) {
      // Its own variables stand in for those that the process does not have.
      all.environment = [&openclaw, &sources](std::string_view name) -> std::optional<std::string> {
        if (sources.environment)
          if (auto value = sources.environment(name)) return value;
        const auto own = openclaw->env.find(name);
        return own == openclaw->env.end() ? std::nullopt : std::optional(own->second);
      };
      for (auto& [path, block] : openclaw->blocks)
        expand_references(block, file, all.environment, errors, path);
      expand_references(openclaw->secrets, file, all.environment, errors, "secrets.providers");
    }
    expand_references(*root, file, all.environment, errors);
    if (!errors.empty()) {
      sort_by_line(errors);
      return std::unexpected(std::move(errors));  // what follows from a missing value would only be noise
    }
    if (openclaw) read_openclaw(*openclaw, all, reader, warn, config);
    read_native(*root, all, reader, config);
    if (openclaw) finish_openclaw(*openclaw, warn, config);
  }
  if (!errors.empty()) {
    sort_by_line(errors);
    return std::unexpected(std::move(errors));
  }
  sort_by_line(config.warnings);
  journal_from_environment(sources, config);
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
  journal_from_environment(sources, config);
  config.prepare();
  return config;
}

}  // namespace dragoman::config
