// Reasoning state as a thought signature. The field is bytes: the SDKs decode it and encode it again, in
// whichever base64 alphabet they like, so another issuer's state goes in as base64 of a tagged text (GEN-12).
#include <algorithm>
#include <string>

#include "base/base64.h"
#include "dialect/gemini_generate/gemini_generate.h"

namespace dragoman::dialect::gemini {
namespace {

constexpr std::string_view kSigned = "dragoman.", kRedacted = "dragoman!";
// Words Google documents for calls that have no signature; they look like base64 and are none (GEM-16).
constexpr std::string_view kSentinels[] = {"skip_thought_signature_validator",
                                           "context_engineering_is_the_way_to_go"};

}  // namespace

std::string pack_signature(std::string_view issuer, std::string_view signature, std::string_view redacted) {
  if (issuer == "gemini") return std::string(signature);
  if (issuer.empty() && signature.empty() && redacted.empty()) return {};
  std::string text(redacted.empty() ? kSigned : kRedacted);
  std::string clean(issuer);
  std::replace(clean.begin(), clean.end(), '.', '_');  // the dot ends the issuer
  return base64_encode(text.append(clean).append(".").append(redacted.empty() ? signature : redacted));
}

canon::Reasoning unpack_signature(Arena& arena, std::string_view text) {
  canon::Reasoning out;
  if (text.empty()) return out;
  out.issuer = "gemini";
  out.signature = text;
  for (const std::string_view word : kSentinels)
    if (text == word) return out;
  const auto bytes = base64_decode(text);
  if (!bytes) return out;
  const bool redacted = bytes->starts_with(kRedacted);
  if (redacted || bytes->starts_with(kSigned)) {
    const std::string_view kept = arena.copy(std::string_view(*bytes)).substr(kSigned.size());
    if (const std::size_t dot = kept.find('.'); dot != std::string_view::npos) {
      out.issuer = kept.substr(0, dot);
      (redacted ? out.redacted : out.signature) = kept.substr(dot + 1);
      if (redacted) out.signature = {};
      return out;
    }
  }
  // As Google wrote it: Python's SDK sends the URL-safe alphabet back.
  if (text.find_first_of("-_") != std::string_view::npos || text.size() % 4 != 0)
    out.signature = arena.copy(std::string_view(base64_encode(*bytes)));
  return out;
}

}  // namespace dragoman::dialect::gemini
