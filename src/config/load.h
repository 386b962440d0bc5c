// From a file's text, or from the environment alone, to a Config. Pure: files and environment come as
// functions.
#pragma once
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "config/config.h"
#include "config/connect.h"
#include "config/error.h"

namespace dragoman::config {

// Reads dragoman's own format (dragoman.example.yaml), with OpenClaw's `models.providers` in it or around it
// (JSON5 too), or, if there is a `model_list`, LiteLLM's. All errors
// at once, in the order of their lines. `catalogue` must not be null.
std::expected<Config, ConfigErrors> load(std::string_view text, std::string_view file, const Sources& sources,
                                         std::shared_ptr<const profile::Catalogue> catalogue);

// With no file: every provider whose key (or, for local servers, base URL) is in the environment. Without
// any, the Config has no connections; that is no error here. DRAGOMAN_MASTER_KEY is the master key.
std::expected<Config, ConfigErrors> from_environment(const Sources& sources,
                                                     std::shared_ptr<const profile::Catalogue> catalogue);

}  // namespace dragoman::config
