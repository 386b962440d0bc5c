// LiteLLM's model_list: entries of one model_name are one model's targets. Source of the keys:
// docs/sources.md.
#pragma once
#include "config/config.h"
#include "config/connect.h"
#include "config/fields.h"

namespace dragoman::config {

// Adds the models, each with `config`'s defaults, which are set. Entries that cannot be called are left out,
// with a warning as LiteLLM gives one.
void read_litellm_models(const Place& place, const Sources& sources, Reader& reader, Reader& warn,
                         Config& config);

}  // namespace dragoman::config
