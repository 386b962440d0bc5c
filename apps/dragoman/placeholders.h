// An environment for what is only looked at: a placeholder for each variable without which a provider or the
// config could not be called.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/expand.h"
#include "profile/provider.h"

namespace dragoman::app {

// The process's own variables come first. Copied by value into config::Sources.
class PlaceholderEnvironment {
 public:
  // `config`: the file's text, for the variables it names.
  PlaceholderEnvironment(const profile::Catalogue& catalogue, std::string_view config);
  std::optional<std::string> operator()(std::string_view name) const;

 private:
  bool set(const std::string& name) const;
  void provider(const profile::Provider& row);
  void references(std::string_view config);

  config::Environment real_;
  std::map<std::string, std::string, std::less<>> placeholders_;
};

}  // namespace dragoman::app
