// AWS Signature Version 4 in the Authorization header (AWS4-HMAC-SHA256): signing for Bedrock, and verifying
// for the sandbox. Sources: BRW-02, BRW-03, BRW-04 and the test suite of aws-c-auth (tests/vectors/sigv4).
// Pure functions: no clock, no environment. Thread-safe.
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace dragoman::net {

// Secret: never log one.
struct AwsCredentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  // "" for long-term keys
  bool operator==(const AwsCredentials&) const = default;
};

// A request as it is on the wire. All are views; a header may occur several times.
struct SigV4Request {
  std::string_view method;
  std::string_view path;   // percent-encoded as sent: "/model/x%3A0/converse"
  std::string_view query;  // percent-encoded as sent, without '?'
  std::span<const std::pair<std::string_view, std::string_view>> headers;  // Host must be among them
  std::string_view body;
};

struct SigV4Scope {
  std::string_view region;
  std::string_view service;  // "bedrock" for bedrock-runtime (BRW-02)
};

// The defaults are what every service but S3 wants.
struct SigV4Options {
  bool normalize_path = true;   // "." and ".." segments and double slashes go
  bool double_encode = true;    // the sent path's own '%' is encoded again: "%3A" to "%253A"
  bool content_sha256 = false;  // also send and sign X-Amz-Content-SHA256; Bedrock does not need it (BRW-04)
  bool sign_session_token = true;  // false: the token is sent but left out of the signature
};

using SigV4Headers = std::vector<std::pair<std::string, std::string>>;

// The headers to add to the request: X-Amz-Date, X-Amz-Security-Token with temporary credentials,
// X-Amz-Content-SHA256 if wanted, and last Authorization. Every header of the request is signed but those
// that BRW-03 lists as changing on the way. Errors: no Host, an empty key, or one of the above already
// present.
Result<SigV4Headers> sign(const SigV4Request& request, const AwsCredentials& credentials,
                          const SigV4Scope& scope, std::chrono::sys_seconds now,
                          const SigV4Options& options = {});

// The steps, for tests and for explaining a refused signature. `signed_headers` are lower case and sorted.
std::string canonical_request(const SigV4Request& request, std::span<const std::string_view> signed_headers,
                              const SigV4Options& options);
std::string string_to_sign(std::string_view canonical, const SigV4Scope& scope, std::chrono::sys_seconds now);
std::string signature(std::string_view string_to_sign, std::string_view secret_key, const SigV4Scope& scope,
                      std::chrono::sys_seconds now);  // 64 lower-case hex digits

std::string amz_date(std::chrono::sys_seconds time);  // 20150830T123600Z
std::optional<std::chrono::sys_seconds> parse_amz_date(std::string_view text);

// The parts of "AWS4-HMAC-SHA256 Credential=…/date/region/service/aws4_request, SignedHeaders=…,
// Signature=…".
struct SigV4Authorization {
  std::string_view access_key, date, region, service;
  std::vector<std::string_view> signed_headers;
  std::string_view signature;
};

// Views into `value`. Parts may come in any order, each once; header names must be lower case and sorted.
Result<SigV4Authorization> parse_authorization(std::string_view value);

// Why AWS would refuse, under the name of its exception.
enum class SigV4Verdict {
  kOk,
  kMissingToken,  // MissingAuthenticationTokenException: no Authorization, or another scheme
  kIncomplete,    // IncompleteSignatureException: malformed, no date, or a required header is not signed
  kWrongScope,    // InvalidSignatureException: another date, region or service in the credential
  kUnknownKey,    // UnrecognizedClientException: no such access key, or the wrong session token
  kExpired,       // InvalidSignatureException, "Signature expired" or "not yet current"
  kBadSignature,  // InvalidSignatureException: the signature does not match
};

// Recomputes the signature of a request which carries its Authorization header and compares in constant time.
// `find` gives the credentials of an access key. Host, X-Amz-Date and a session token must be signed
// (BRW-03).
SigV4Verdict verify(const SigV4Request& request,
                    const std::function<std::optional<AwsCredentials>(std::string_view access_key)>& find,
                    const SigV4Scope& scope, std::chrono::sys_seconds now, const SigV4Options& options = {},
                    std::chrono::seconds max_skew = std::chrono::minutes(5));

}  // namespace dragoman::net
