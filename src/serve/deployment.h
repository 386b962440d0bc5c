// One place a request can go, ready to be called: the config's deployment with its URLs parsed, its defaults
// read and its profiles at hand. Never changed after it is made.
#pragma once
#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/error.h"
#include "canon/request.h"
#include "config/config.h"
#include "net/client.h"
#include "net/url.h"
#include "profile/provider.h"

namespace dragoman::serve {

class Deployment {
 public:
  static Result<std::shared_ptr<const Deployment>> make(std::shared_ptr<const config::Deployment> spec);

  const std::string& name() const { return spec_->name; }
  const std::string& model() const { return spec_->model; }
  const config::Deployment& spec() const { return *spec_; }
  const profile::Provider& provider() const { return *provider_; }
  // The same model at the host's endpoint for this request: Chat Completions or Responses, as its profile's
  // setting `responses` says. Itself where the host has but one.
  const Deployment& speaking(const canon::Request& request, const profile::Catalogue& catalogue) const;
  // The same model at the host's embeddings endpoint; null where none is known.
  const Deployment* embeddings() const { return embeddings_.get(); }
  const net::Url& url(bool stream) const { return stream ? stream_url_ : url_; }
  const std::optional<net::Url>& count_tokens_url() const { return count_tokens_url_; }
  net::Timeouts timeouts(bool stream) const;
  // Body fields to add where the client said nothing. They live as long as this.
  std::span<const canon::Extra> defaults() const { return defaults_; }

  // The profile for a mode; resolved on first use, then kept. Thread-safe.
  const profile::Profile& profile(const profile::Catalogue& catalogue, profile::Mode mode) const;

 private:
  Deployment() = default;
  Result<void> read_defaults();
  std::shared_ptr<const config::Deployment> spec_;
  const profile::Provider* provider_ = nullptr;  // the connection's row, or that of another endpoint
  std::shared_ptr<const Deployment> responses_, embeddings_;
  net::Url url_, stream_url_;
  std::optional<net::Url> count_tokens_url_;
  Arena arena_;  // holds the defaults
  std::vector<canon::Extra> defaults_;
  mutable std::mutex mutex_;
  mutable std::array<std::optional<profile::Profile>, 32> profiles_;
};

}  // namespace dragoman::serve
