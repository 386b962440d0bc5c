// An environment for what is only looked at: a placeholder for each variable without which a provider or the
// config could not be called.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "config/config.h"
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

// The config of a file that has been read as `text`, with placeholders for what is not set; `file` "": what
// the environment says. Errors are all of them, a line each.
Result<config::Config> look_at_config(const std::string& file, std::string_view text,
                                      std::shared_ptr<const profile::Catalogue> catalogue);

}  // namespace dragoman::app
