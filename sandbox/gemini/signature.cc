#include "sandbox/gemini/signature.h"

#include "base/base64.h"
#include "net/digest.h"
#include "sandbox/gemini/check.h"

namespace dragoman::sandbox::gemini {
namespace {

constexpr std::string_view kKey = "sandbox thought key";
constexpr std::size_t kDigest = 24;

std::string digest(bool vertex, std::string_view id) {
  const std::string text = std::string(vertex ? "vertex " : "gemini ") + std::string(id);
  return net::hex(net::hmac_sha256(kKey, text)).substr(0, kDigest);
}

}  // namespace

std::string sign_thought(bool vertex, std::string_view answer_id) {
  return base64_encode("sandbox thought of " + std::string(answer_id) + "|" + digest(vertex, answer_id));
}

bool is_thought_signature(bool vertex, std::string_view signature) {
  if (signature == kSkipSignature || signature == kContextSignature) return true;
  constexpr std::string_view kHead = "sandbox thought of ";
  const auto text = base64_decode(signature);
  if (!text || !text->starts_with(kHead)) return false;
  const std::size_t bar = text->rfind('|');
  if (bar == std::string::npos) return false;
  return text->substr(bar + 1) ==
         digest(vertex, std::string_view(*text).substr(kHead.size(), bar - kHead.size()));
}

}  // namespace dragoman::sandbox::gemini
