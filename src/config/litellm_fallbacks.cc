#include "config/litellm_fallbacks.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/strings.h"

namespace dragoman::config {
namespace {

bool is_model(const Config& config, const std::string& name) {
  const auto matches = [&](const ModelSpec& m) {
    return m.name == name || (m.name.contains('*') && glob_match(m.name, name));
  };
  return std::ranges::any_of(config.models, matches) ||
         std::ranges::any_of(config.aliases, [&](const auto& a) { return a.first == name; });
}

void apply(const std::vector<LitellmFallbacks>& all, std::vector<std::string> ModelSpec::* member,
           Reader& warn, Config& config) {
  for (const LitellmFallbacks& fallbacks : all) {
    for (const std::string& to : fallbacks.to) {
      if (!is_model(config, to))
        warn.fault(fallbacks.place, fmt::format("no usable model is called '{}'", to));
    }
    if (fallbacks.model == "*") {
      for (ModelSpec& spec : config.models) {
        if ((spec.*member).empty()) spec.*member = fallbacks.to;
      }
      continue;
    }
    const auto spec =
        std::ranges::find_if(config.models, [&](const ModelSpec& m) { return m.name == fallbacks.model; });
    if (spec == config.models.end()) {
      warn.fault(fallbacks.place, fmt::format("no usable model is called '{}'", fallbacks.model));
    } else {
      (*spec).*member = fallbacks.to;
    }
  }
}

}  // namespace

void read_model_names(const Place& place, Reader& reader, Reader& warn, std::vector<std::string>& out) {
  reader.each(place, [&](const Place& item) {
    if (item.value->is_scalar()) {
      out.push_back(item.value->text);
    } else {
      warn.fault(item, "not honoured: expected a model name");
    }
  });
}

void read_fallbacks(const Place& place, Reader& reader, Reader& warn, std::vector<LitellmFallbacks>& out) {
  out.clear();
  reader.each(place, [&](const Place& item) {
    if (item.value->is_scalar()) {  // a bare name: for every model
      std::vector<std::string> to{item.value->text};
      out.push_back({"*", std::move(to), item});
      return;
    }
    reader.entries(item, [&](const Entry& entry, const Place& value) {
      std::vector<std::string> to;
      read_model_names(value, reader, warn, to);
      out.push_back({entry.key, std::move(to), value});
    });
  });
}

void apply_fallbacks(LitellmFallbackLists lists, Reader& warn, Config& config) {
  // "*" last: it is for models without their own.
  for (auto* all : {&lists.any, &lists.context_window, &lists.content_policy})
    std::ranges::partition(*all, [](const LitellmFallbacks& f) { return f.model != "*"; });
  apply(lists.any, &ModelSpec::fallbacks, warn, config);
  apply(lists.context_window, &ModelSpec::context_window_fallbacks, warn, config);
  apply(lists.content_policy, &ModelSpec::content_policy_fallbacks, warn, config);
}

}  // namespace dragoman::config
