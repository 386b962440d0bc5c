// Where this process gets its config: a file, or the environment.
#pragma once
#include <memory>
#include <string>

#include "base/error.h"
#include "config/load.h"
#include "profile/provider.h"

namespace dragoman::app {

config::Sources process_sources();

Result<std::shared_ptr<const profile::Catalogue>> shared_catalogue();

// `file` "" means the environment. Errors are all of them, a line each.
Result<config::Config> load_config(const std::string& file,
                                   std::shared_ptr<const profile::Catalogue> catalogue);

// Of a file that could not be read just now: what is wrong with it, without its name.
std::string why_unreadable(const std::string& file);

std::string format_all(const config::ConfigErrors& errors);

}  // namespace dragoman::app
