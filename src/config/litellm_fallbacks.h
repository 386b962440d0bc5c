// LiteLLM's fallbacks: read where a section has them, applied once the models are known.
#pragma once
#include <string>
#include <vector>

#include "config/config.h"
#include "config/fields.h"

namespace dragoman::config {

// What one model falls back to; "*" is every model without its own.
struct LitellmFallbacks {
  std::string model;
  std::vector<std::string> to;
  Place place;
};

// By what they are for: any failure, a request too long for the model, one its content policy refuses.
struct LitellmFallbackLists {
  std::vector<LitellmFallbacks> any, context_window, content_policy;
};

// [{"model": ["other", …]}, …], or bare names for every model; a later section's list replaces an earlier
// one's.
void read_fallbacks(const Place& place, Reader& reader, Reader& warn, std::vector<LitellmFallbacks>& out);

// Appends; what is no name is warned about.
void read_model_names(const Place& place, Reader& reader, Reader& warn, std::vector<std::string>& out);

// Gives `config`'s models and aliases theirs. Warns about names that are no model's.
void apply_fallbacks(LitellmFallbackLists lists, Reader& warn, Config& config);

}  // namespace dragoman::config
