// The Authorization parser and what runs on its result: verify() must never accept a fuzzed request, and
// whatever sign() makes of fuzzed parts must parse and verify.
#include <cstdlib>

#include "net/sigv4.h"

namespace {

using namespace dragoman::net;

void require(bool condition) {
  if (!condition) std::abort();
}

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'440'938'160)};
constexpr SigV4Scope kScope{"us-east-1", "bedrock"};

std::optional<AwsCredentials> find(std::string_view key) {
  if (key != "AKID") return std::nullopt;
  return AwsCredentials{"AKID", "a secret the fuzzer cannot sign with", ""};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto parsed = parse_authorization(input)) {
    require(!parsed->access_key.empty() && parsed->signature.size() == 64 && !parsed->signed_headers.empty());
  }
  const std::pair<std::string_view, std::string_view> fuzzed[] = {
      {"Host", "h"}, {"X-Amz-Date", "20150830T123600Z"}, {"Authorization", input}};
  require(verify({"POST", "/", "", fuzzed, ""}, find, kScope, kNow) != SigV4Verdict::kOk);

  // Cut into path, query, a header's value and the body.
  std::string_view rest = input;
  std::string_view parts[3];
  for (std::string_view& part : parts) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    part = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  std::vector<std::pair<std::string_view, std::string_view>> headers = {{"Host", "h"}, {"x-fuzz", parts[2]}};
  SigV4Request request{"POST", parts[0], parts[1], headers, rest};
  const auto added = sign(request, *find("AKID"), kScope, kNow);
  require(added.has_value());
  for (const auto& [name, value] : *added) headers.emplace_back(name, value);
  request.headers = headers;
  require(verify(request, find, kScope, kNow) == SigV4Verdict::kOk);
  return 0;
}
