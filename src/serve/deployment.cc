#include "serve/deployment.h"

#include <fmt/format.h>

#include "json/parse.h"
#include "lower/lower.h"

namespace dragoman::serve {

Result<std::shared_ptr<const Deployment>> Deployment::make(std::shared_ptr<const config::Deployment> spec) {
  std::shared_ptr<Deployment> made(new Deployment);
  made->spec_ = std::move(spec);
  const config::Deployment& from = *made->spec_;
  made->provider_ = from.connection->row.get();
  const auto parse = [&](const std::string& text, net::Url& into) -> Result<void> {
    auto url = net::Url::parse(text);
    if (!url) return fail(fmt::format("{}: {}", from.name, url.error().message));
    into = *std::move(url);
    return {};
  };
  if (auto done = parse(from.url, made->url_); !done) return std::unexpected(done.error());
  if (auto done = parse(from.stream_url.empty() ? from.url : from.stream_url, made->stream_url_); !done)
    return std::unexpected(done.error());
  const auto parse_count = [&](const std::string& text, std::optional<net::Url>& into) -> Result<void> {
    if (text.empty()) return {};
    return parse(text, into.emplace());
  };
  if (auto done = parse_count(from.count_tokens_url, made->count_tokens_url_); !done)
    return std::unexpected(done.error());
  const auto endpoint = [&](const std::string& url, const std::string& count_url,
                            const profile::Provider* row,
                            std::shared_ptr<const Deployment>& into) -> Result<void> {
    if (url.empty()) return {};
    std::shared_ptr<Deployment> other(new Deployment);
    other->spec_ = made->spec_;
    other->provider_ = row;
    if (auto done = parse(url, other->url_); !done) return done;
    other->stream_url_ = other->url_;
    if (auto done = parse_count(count_url, other->count_tokens_url_); !done) return done;
    if (auto done = other->read_defaults(); !done) return done;
    into = std::move(other);
    return {};
  };
  const profile::Provider& row = *from.connection->row;
  if (auto done =
          endpoint(from.responses_url, from.responses_count_url, row.responses.get(), made->responses_);
      !done)
    return std::unexpected(done.error());
  if (auto done = endpoint(from.embeddings_url, "", row.embeddings.get(), made->embeddings_); !done)
    return std::unexpected(done.error());
  if (auto done = made->read_defaults(); !done) return std::unexpected(done.error());
  return made;
}

Result<void> Deployment::read_defaults() {
  for (const config::DefaultParam& param : spec_->defaults) {
    const auto value = json::parse(arena_, param.json);
    if (!value)
      return fail(fmt::format("{}: default for '{}': {}", name(), param.name, value.error().message));
    defaults_.push_back({arena_.copy(std::string_view(param.name)), *value, {}});
  }
  return {};
}

const Deployment& Deployment::speaking(const canon::Request& request,
                                       const profile::Catalogue& catalogue) const {
  if (!responses_) return *this;
  const std::string& when = profile(catalogue, lower::mode_of(request)).text(profile::Setting::responses);
  const bool client = request.dialect == canon::DialectName::openai_responses && when != "never";
  return client || when == "always" ? *responses_ : *this;
}

net::Timeouts Deployment::timeouts(bool stream) const {
  const config::Timeouts& t = stream ? spec_->stream_timeouts : spec_->timeouts;
  return {
      .connect = t.connect, .first_byte = t.first_byte, .between_reads = t.between_events, .total = t.total};
}

const profile::Profile& Deployment::profile(const profile::Catalogue& catalogue, profile::Mode mode) const {
  const std::size_t slot = (mode.stream ? 1u : 0u) | (mode.tools ? 2u : 0u) | (mode.thinking ? 4u : 0u) |
                           (mode.structured ? 8u : 0u) | (mode.thinking_off ? 16u : 0u);
  const std::lock_guard lock(mutex_);
  auto& kept = profiles_[slot];
  if (!kept) kept = catalogue.resolve(provider(), model(), mode, spec_->rules);
  return *kept;
}

}  // namespace dragoman::serve
