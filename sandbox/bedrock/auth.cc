#include "sandbox/bedrock/auth.h"

#include <chrono>
#include <vector>

#include "base/strings.h"
#include "net/sigv4.h"

namespace dragoman::sandbox::bedrock {
namespace {

constexpr std::string_view kAccessKey = "AKIDEXAMPLE";
constexpr std::string_view kSecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr std::string_view kSession = "sandbox-session";
constexpr std::string_view kExpiredSession = "expired-session";

Refusal no(std::string_view exception, std::string message) {
  return {403, std::string(exception), std::move(message)};
}

Refused explain(net::SigV4Verdict verdict) {
  switch (verdict) {
    case net::SigV4Verdict::kOk:
      return std::nullopt;
    case net::SigV4Verdict::kMissingToken:
      return no("MissingAuthenticationTokenException", "Missing Authentication Token");
    case net::SigV4Verdict::kIncomplete:
      return no(
          "IncompleteSignatureException",
          "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' "
          "parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires "
          "existence of either a 'X-Amz-Date' or a 'Date' header.");
    case net::SigV4Verdict::kWrongScope:
      return no("InvalidSignatureException", "Credential should be scoped to correct service: 'bedrock'. ");
    case net::SigV4Verdict::kUnknownKey:
      return no("UnrecognizedClientException", "The security token included in the request is invalid.");
    case net::SigV4Verdict::kExpired:
      return no("InvalidSignatureException",
                "Signature expired: the request's date is too far from the server's.");
    case net::SigV4Verdict::kBadSignature:
      break;
  }
  return no(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
      "Access Key and signing method. Consult the service documentation for details.");
}

}  // namespace

Caller authenticate(const Call& call) {
  const std::string_view given = call.header("authorization");
  if (given.size() > 7 && equals_ignoring_case(given.substr(0, 7), "bearer ")) {
    if (!given.substr(7).starts_with("bad")) return {};
    return {no("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid."),
            ""};
  }
  const Result<net::SigV4Authorization> parts = net::parse_authorization(given);
  if (!parts) {
    const bool other_scheme = !given.starts_with("AWS4-HMAC-SHA256");
    return {explain(other_scheme ? net::SigV4Verdict::kMissingToken : net::SigV4Verdict::kIncomplete), ""};
  }
  const std::string_view session = call.header("x-amz-security-token");
  if (session == kExpiredSession) {
    return {no("ExpiredTokenException", "The security token included in the request is expired"), ""};
  }
  const auto find = [session](std::string_view access_key) -> std::optional<net::AwsCredentials> {
    if (access_key != kAccessKey) return std::nullopt;
    return net::AwsCredentials{std::string(kAccessKey), std::string(kSecretKey),
                               session.empty() ? std::string() : std::string(kSession)};
  };
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  for (const auto& [name, value] : call.headers) headers.emplace_back(name, value);
  const net::SigV4Request request{call.method, call.full_path, call.query, headers, call.body_text};
  const std::chrono::sys_seconds now{std::chrono::seconds(call.now_unix)};
  return {explain(net::verify(request, find, {parts->region, "bedrock"}, now)), std::string(parts->region)};
}

}  // namespace dragoman::sandbox::bedrock
