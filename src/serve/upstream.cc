#include "serve/upstream.h"

#include <fmt/format.h>

#include "base/version.h"
#include "net/sigv4.h"
#include "net/url.h"

namespace dragoman::serve {
namespace {

using profile::Auth;
using profile::Provider;

// Client headers that mean something to a provider of the same dialect, and nothing secret.
constexpr std::string_view kHandedThrough[] = {"anthropic-beta", "openai-beta"};

Result<void> authorize(net::ClientRequest& request, const Deployment& d, std::string_view body,
                       std::chrono::sys_seconds now) {
  const Provider& provider = *d.provider;
  switch (provider.auth) {
    case Auth::none:
      return {};
    case Auth::bearer:
      if (!d.api_key.empty()) request.headers.set("Authorization", fmt::format("Bearer {}", d.api_key));
      return {};
    case Auth::header:
      if (!d.api_key.empty()) request.headers.set(provider.auth_header, d.api_key);
      return {};
    case Auth::aws:
      break;
  }
  if (!d.api_key.empty()) {
    request.headers.set("Authorization", fmt::format("Bearer {}", d.api_key));
    return {};
  }
  if (d.aws.access_key.empty())
    return fail(
        fmt::format("{} has no credentials: set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and "
                    "AWS_SECRET_ACCESS_KEY, or a profile",
                    provider.name));
  request.headers.set("Host", request.url.authority());
  std::vector<std::pair<std::string_view, std::string_view>> signed_headers;
  for (const net::Header header : request.headers) signed_headers.emplace_back(header.name, header.value);
  const auto region = d.vars.find("region");
  auto added = net::sign(
      {.method = request.method,
       .path = request.url.path,
       .query = request.url.query,
       .headers = signed_headers,
       .body = body},
      d.aws, {region == d.vars.end() ? std::string_view("us-east-1") : region->second, "bedrock"}, now);
  if (!added) return std::unexpected(added.error());
  for (const auto& [name, value] : *added) request.headers.set(name, value);
  return {};
}

}  // namespace

Result<std::string> expand(std::string_view pattern, const Deployment& deployment) {
  std::string out;
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == std::string_view::npos) return out;
    const std::size_t close = pattern.find('}', open);
    if (close == std::string_view::npos) return fail("a '{' without '}' in a URL");
    const std::string_view name = pattern.substr(open + 1, close - open - 1);
    pattern.remove_prefix(close + 1);
    if (name == "model") {
      out += net::percent_encode(deployment.model);
      continue;
    }
    const auto value = deployment.vars.find(name);
    if (value == deployment.vars.end() || value->second.empty())
      return fail(
          fmt::format("{} needs '{}': give it in the provider's config", deployment.provider->name, name));
    out += value->second;
  }
  return out;
}

Result<net::ClientRequest> upstream_request(const Deployment& d, Call call, bool stream,
                                            std::string_view body, const net::Headers& client_headers,
                                            bool same_dialect, std::chrono::sys_seconds now) {
  const Provider& provider = *d.provider;
  const std::string_view path_pattern = call == Call::count_tokens                ? provider.count_tokens_path
                                        : stream && !provider.stream_path.empty() ? provider.stream_path
                                                                                  : provider.path;
  const std::string_view query_pattern =
      stream && !provider.stream_query.empty() ? provider.stream_query : provider.query;
  auto base =
      expand(d.base_url.empty() ? std::string_view(provider.base_url) : std::string_view(d.base_url), d);
  if (!base) return std::unexpected(base.error());
  auto path = expand(path_pattern, d);
  if (!path) return std::unexpected(path.error());
  auto query = expand(query_pattern, d);
  if (!query) return std::unexpected(query.error());
  while (base->ends_with('/')) base->pop_back();
  auto url = net::Url::parse(*base + *path + (query->empty() ? "" : "?" + *query));
  if (!url) return std::unexpected(url.error());

  net::ClientRequest request;
  request.method = "POST";
  request.url = *std::move(url);
  request.headers.add("Content-Type", "application/json");
  request.headers.add("User-Agent", fmt::format("dragoman/{}", kVersion));
  request.headers.add("Accept", !stream ? "application/json"
                                : provider.dialect == canon::DialectName::bedrock_converse
                                    ? "application/vnd.amazon.eventstream"
                                    : "text/event-stream");
  for (const auto& [name, value] : provider.headers) request.headers.set(name, value);
  for (const auto& [name, value] : d.headers) request.headers.set(name, value);
  if (same_dialect)
    for (const std::string_view name : kHandedThrough)
      if (const auto value = client_headers.find(name)) request.headers.set(name, *value);
  if (auto done = authorize(request, d, body, now); !done) return std::unexpected(done.error());
  request.body.push_back(body);
  return request;
}

}  // namespace dragoman::serve
