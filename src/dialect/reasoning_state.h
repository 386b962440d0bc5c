// Signed reasoning in clothes that other dialects can carry (GEN-12: it is opaque and bound to whoever issued
// it, so its issuer travels with it and is known again when it comes back).
#pragma once
#include <string>
#include <string_view>

namespace dragoman::dialect {

// OpenAI-style `reasoning_details[].format` and the issuer it stands for. The formats are OpenRouter's
// ("anthropic-claude-v1"); issuers it has no format for are written "dragoman-<issuer>-v1". A format that is
// no such word is its own issuer, so that it goes back as it came.
std::string issuer_format(std::string_view issuer);
std::string_view format_issuer(std::string_view format);

// A signature or redacted blob for an Anthropic client: bare when Anthropic issued it, else
// "dragoman.<issuer>.<signature>", also when there is no signature (the SDKs want one).
std::string tag_signature(std::string_view issuer, std::string_view signature);

struct TaggedSignature {
  std::string_view issuer, signature;
};
// The way back, by view.
TaggedSignature untag_signature(std::string_view text);

}  // namespace dragoman::dialect
