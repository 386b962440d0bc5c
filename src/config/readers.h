// The two file formats' readers; load() chooses between them.
#pragma once
#include <string_view>

#include "config/config.h"
#include "config/connect.h"
#include "config/document.h"
#include "config/fields.h"

namespace dragoman::config {

// Both fill `config`, whose catalogue is set, and report what is wrong to `reader`. References to the
// environment are replaced already.
void read_native(const Document& root, const Sources& sources, Reader& reader, Config& config);

// `warn` takes what LiteLLM would honour and dragoman does not.
void read_litellm(const Document& root, const Sources& sources, Reader& reader, Reader& warn, Config& config);

// Adds a connection for each row of the catalogue that the environment alone makes work and that is not there
// yet.
void add_connections_from_environment(const Sources& sources, Config& config);

// The words of a `settings:` map as one rule; `id` is what its edits will name.
profile::Rule read_settings(const Place& place, std::string_view id, Reader& reader);
std::vector<profile::Rule> read_rules(const Place& place, Reader& reader);

// A `compat:` map, one rule a flag, in the order they are laid. An unknown flag or value is an error; one
// that changes nothing is a warning.
std::vector<profile::Rule> read_compat(const Place& place, const profile::CompatTable& table, Reader& reader,
                                       Reader& warn);

}  // namespace dragoman::config
