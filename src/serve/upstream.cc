#include "serve/upstream.h"

#include <fmt/format.h>

#include "base/version.h"
#include "net/sigv4.h"

namespace dragoman::serve {
namespace {

using profile::Auth;

// Client headers that mean something to a provider of the same dialect, and nothing secret.
constexpr std::string_view kHandedThrough[] = {"anthropic-beta", "openai-beta"};

Result<void> sign_for_aws(net::ClientRequest& request, const net::AwsIdentity& identity,
                          std::string_view body, std::chrono::sys_seconds now) {
  request.headers.set("Host", request.url.authority());
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  for (const net::Header header : request.headers) headers.emplace_back(header.name, header.value);
  const auto added = net::sign({.method = request.method,
                                .path = request.url.path,
                                .query = request.url.query,
                                .headers = headers,
                                .body = body},
                               identity.credentials, {identity.region, "bedrock"}, now);
  if (!added) return std::unexpected(added.error());
  for (const auto& [name, value] : *added) request.headers.set(name, value);
  return {};
}

Result<void> authorize(net::ClientRequest& request, const Deployment& deployment, std::string_view body,
                       std::chrono::sys_seconds now) {
  const profile::Provider& provider = deployment.provider();
  const config::Credential& credential = *deployment.spec().credential;
  const std::string& key = credential.key.reveal();
  switch (provider.auth) {
    case Auth::none:
      return {};
    case Auth::bearer:
      if (!key.empty()) request.headers.set("Authorization", fmt::format("Bearer {}", key));
      return {};
    case Auth::header:
      if (!key.empty()) request.headers.set(provider.auth_header, key);
      return {};
    case Auth::aws:
      break;
  }
  const std::string& bearer = !key.empty() || !credential.aws ? key : credential.aws->bearer_token;
  if (!bearer.empty()) {
    request.headers.set("Authorization", fmt::format("Bearer {}", bearer));
    return {};
  }
  if (!credential.aws || credential.aws->credentials.access_key.empty())
    return fail(
        fmt::format("{} has no credentials: set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and "
                    "AWS_SECRET_ACCESS_KEY, or a profile",
                    provider.name));
  return sign_for_aws(request, *credential.aws, body, now);
}

}  // namespace

Result<net::ClientRequest> upstream_request(const Deployment& deployment, const net::Url& url, bool stream,
                                            std::string_view body, const net::Headers& client_headers,
                                            bool same_dialect, std::chrono::sys_seconds now) {
  const profile::Provider& provider = deployment.provider();
  net::ClientRequest request;
  request.method = "POST";
  request.url = url;
  request.headers.add("Content-Type", "application/json");
  request.headers.add("User-Agent", fmt::format("dragoman/{}", kVersion));
  const bool aws_stream = provider.dialect == canon::DialectName::bedrock_converse;
  request.headers.add("Accept", !stream      ? "application/json"
                                : aws_stream ? "application/vnd.amazon.eventstream"
                                             : "text/event-stream");
  for (const auto& [name, value] : provider.headers) request.headers.set(name, value);
  for (const auto& [name, value] : deployment.spec().connection->headers) request.headers.set(name, value);
  for (const auto& [name, value] : deployment.spec().headers) request.headers.set(name, value);
  if (same_dialect)
    for (const std::string_view name : kHandedThrough)
      if (const auto value = client_headers.find(name)) request.headers.set(name, *value);
  if (auto done = authorize(request, deployment, body, now); !done) return std::unexpected(done.error());
  request.body.push_back(body);
  return request;
}

}  // namespace dragoman::serve
