// One place a request can go: a provider, an upstream model, credentials and manners. Made from the config
// once per snapshot (or on the fly for an unlisted provider/model) and never changed.
#pragma once
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "canon/request.h"
#include "net/client.h"
#include "net/sigv4.h"
#include "profile/provider.h"

namespace dragoman::serve {

struct Deployment {
  std::string name;  // "provider/model", or the name the config gave it
  const profile::Provider* provider = nullptr;
  std::string model;                                     // upstream name
  std::string base_url;                                  // "" : the provider row's
  std::map<std::string, std::string, std::less<>> vars;  // region, project, api_version …
  std::string api_key;                                   // secret: never printed
  net::AwsCredentials aws;                               // secret
  std::vector<std::pair<std::string, std::string>> headers;
  net::Timeouts timeouts;
  net::milliseconds stream_first_byte{0};  // instead of timeouts.first_byte for streams; 0: the same
  std::vector<profile::Rule> rules;        // the user's own, on top
  std::vector<canon::Extra> defaults;      // body fields added where the client said nothing; live in `text`
  std::shared_ptr<Arena> text;             // holds the defaults

  // The profile for a mode; resolved on first use, then kept. Thread-safe.
  const profile::Profile& profile(const profile::Catalogue& catalogue, profile::Mode mode) const;

 private:
  mutable std::mutex mutex_;
  mutable std::array<std::optional<profile::Profile>, 16> profiles_;
};

}  // namespace dragoman::serve
