// Which targets `dragoman check` asks, and what to say of one that is not there.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace dragoman::app {

// What the config lists, or without one the well-known models of every known provider; `embeddings`: those
// of the embeddings endpoints. `text`: the config's file, which tells its own providers from the known ones.
std::vector<std::string> names_to_ask(const config::Config& config, std::string_view text, bool embeddings);

// One sentence: what is near, and how to name a target.
std::string unknown_target(std::string_view name, const config::Config& config);

}  // namespace dragoman::app
