#include "serve/aws_auth.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/strings.h"
#include "net/sigv4.h"

namespace dragoman::serve {
namespace {

constexpr std::string_view kUnknown = "UnrecognizedClientException";

AwsAdmission refused(std::string_view exception, std::string message) {
  return {std::nullopt, {exception, std::move(message)}};
}

}  // namespace

AwsAdmission admit_aws(const Snapshot& snapshot, const net::ServerExchange& http,
                       std::chrono::sys_seconds now) {
  const std::string_view authorization = http.headers().get("authorization");
  if (authorization.size() > 7 && equals_ignoring_case(authorization.substr(0, 7), "bearer ")) {
    if (const auto name = snapshot.keys().find(trim(authorization.substr(7))))
      return {std::string(*name), {}};
    return refused(kUnknown, "this bearer key is not known to the gateway");
  }
  if (const auto key = http.headers().find("x-api-key"))
    if (const auto name = snapshot.keys().find(*key)) return {std::string(*name), {}};
  if (authorization.empty())
    return refused(
        "MissingAuthenticationTokenException",
        "no credentials given: sign the request with an access key of the gateway's, or send its key as "
        "AWS_BEARER_TOKEN_BEDROCK");
  const auto parts = net::parse_authorization(authorization);
  if (!parts) return refused("IncompleteSignatureException", parts.error().message);
  if (const auto name = snapshot.keys().find(parts->access_key)) return {std::string(*name), {}};

  std::vector<std::pair<std::string_view, std::string_view>> headers;
  for (const net::Header header : http.headers()) headers.emplace_back(header.name, header.value);
  std::string name;
  const auto find = [&](std::string_view access_key) -> std::optional<net::AwsCredentials> {
    for (const config::ClientKeyEntry& entry : snapshot.config().auth.keys) {
      if (entry.access_key_id.empty() || entry.access_key_id != access_key) continue;
      name = entry.name;
      return net::AwsCredentials{entry.access_key_id, entry.secret_access_key.reveal(), {}};
    }
    return std::nullopt;
  };
  const net::SigV4Verdict verdict = net::verify({.method = http.method(),
                                                 .path = http.path(),
                                                 .query = http.query(),
                                                 .headers = headers,
                                                 .body = http.body()},
                                                find, {parts->region, "bedrock"}, now);
  switch (verdict) {
    case net::SigV4Verdict::kOk:
      return {std::move(name), {}};
    case net::SigV4Verdict::kMissingToken:
      return refused("MissingAuthenticationTokenException", "the Authorization header is not a signature");
    case net::SigV4Verdict::kIncomplete:
      return refused("IncompleteSignatureException",
                     "the signature does not cover Host and X-Amz-Date, or one of them is missing");
    case net::SigV4Verdict::kWrongScope:
      return refused("InvalidSignatureException",
                     "the credential's scope is not of the request's date, or its service is not bedrock");
    case net::SigV4Verdict::kUnknownKey:
      if (!name.empty() && http.headers().find("x-amz-security-token"))
        return refused(kUnknown,
                       "the gateway's key pairs have no session token: leave AWS_SESSION_TOKEN out");
      return refused(kUnknown, fmt::format("the gateway knows no access key {}; give a pair of its auth.keys",
                                           parts->access_key.substr(0, 128)));
    case net::SigV4Verdict::kExpired:
      return refused("InvalidSignatureException", "signature expired or not yet current: the clocks differ");
    case net::SigV4Verdict::kBadSignature:
      return refused("InvalidSignatureException",
                     "the request signature does not match: check the secret access key and signing method");
  }
  return refused(kUnknown, "not admitted");
}

}  // namespace dragoman::serve
