// From a provider's row and what a user gave to a connection, and from a connection to the URL to call.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/config.h"
#include "config/expand.h"

namespace dragoman::config {

// Where values come from that are not in the file; functions, so that this room touches no system.
struct Sources {
  Environment environment;
  std::function<std::optional<std::string>(const std::string& path)> file = {};  // AWS profile files
};

struct ProviderInput {
  std::string name;
  profile::Provider row;  // with what the user overrode already in it
  std::string base_url;   // "" : the row's, or from the environment
  std::vector<Secret> keys;
  net::AwsSettings aws;
  NamedTexts vars;  // by placeholder name; these outrank the environment
  NamedTexts headers;
  bool use_environment = true;
};

// Missing pieces are taken from the environment variables the row names, then from its defaults. The error
// says what is missing and where to put it; it holds no secret.
struct ConnectError {
  std::string message;
  std::string suggestion;
  bool missing_key = false;  // all but the credential is there: the connection could be made without one
};
std::expected<Connection, ConnectError> connect(ProviderInput input, const Sources& sources,
                                                bool allow_no_key);

// The complete URL for one of the row's paths. An error names the placeholder that has no value.
Result<std::string> make_url(const Connection& connection, std::string_view path, std::string_view query,
                             std::string_view model);

// Nothing if a URL cannot be made.
std::optional<Deployment> make_deployment(const TargetSpec& spec,
                                          std::shared_ptr<const Credential> credential,
                                          const Reliability& reliability);

}  // namespace dragoman::config
