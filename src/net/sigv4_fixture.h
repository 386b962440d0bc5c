// For the tests of signing and of verifying: the time and scope of AWS's suite, and one client's key.
#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "net/sigv4.h"

namespace dragoman::net {

using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

inline const std::chrono::sys_seconds kNow = parse_amz_date("20150830T123600Z").value();
inline constexpr SigV4Scope kScope{"us-east-1", "service"};

inline SigV4Verdict verify_known(const SigV4Request& request, const AwsCredentials& keys,
                                 const SigV4Options& options = {}, std::chrono::sys_seconds now = kNow,
                                 const SigV4Scope& scope = kScope) {
  const auto find = [&](std::string_view key) -> std::optional<AwsCredentials> {
    if (key != keys.access_key) return std::nullopt;
    return keys;
  };
  return verify(request, find, scope, now, options);
}

}  // namespace dragoman::net
