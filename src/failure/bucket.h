// A coarse view of a failure that desktop agents act on: is the provider overloaded, is the account out of
// credit, or is it anything else? It looks at the raw text, the status and the error type that came beside
// it, in that order of trust, with bounded spans, so that an unrelated 400 with the word "limit" is not
// money. Source: docs/sources.md, "How refusals read" (Fazm's sorting).
#pragma once
#include <cstdint>
#include <string_view>

namespace dragoman::failure {

enum class Bucket : std::uint8_t { other, overloaded, credit };
std::string_view name(Bucket bucket);

// `status` 0 and `type` "" where there are none. Linear in the text.
Bucket bucket_of(std::string_view text, int status, std::string_view type);

}  // namespace dragoman::failure
