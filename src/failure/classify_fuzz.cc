// Any status, labels, text and header value must be classified without a crash, and the same way twice.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "failure/classify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  if (size < 4) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::string_view rest = all.substr(4);
  const std::size_t cut = rest.empty() ? 0 : data[2] % rest.size();
  canon::UpstreamError error;
  error.status = data[0] * 3;
  error.in_stream = (data[1] & 1) != 0;
  error.type = rest.substr(0, cut);
  error.message = rest.substr(cut);
  error.body = (data[1] & 2) != 0 ? error.message : std::string();
  error.param = (data[1] & 4) != 0 ? error.type : std::string();
  const failure::HeaderField headers[] = {{"retry-after", error.type},
                                          {"retry-after-ms", error.message},
                                          {"x-ratelimit-reset-tokens", error.type},
                                          {"anthropic-ratelimit-tokens-reset", error.message}};
  const failure::Failure first = failure::classify("openai", error, headers, 1.7e9);
  const failure::Failure second = failure::classify("openai", error, headers, 1.7e9);
  if (first.cls != second.cls || first.rule != second.rule || first.likeness != second.likeness) std::abort();
  if (first.retry_after && *first.retry_after < 0) std::abort();
  return 0;
}
