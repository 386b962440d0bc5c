// Whatever is pasted: no crash, and UTF-8 comes out.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/strings.h"
#include "failure/issuer.h"
#include "failure/pasted.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const failure::Pasted pasted = failure::read_pasted(text);
  if (!is_utf8(pasted.text) || !is_utf8(pasted.whole)) std::abort();
  if (pasted.status < 0 || pasted.status > 599) std::abort();
  const failure::Host hosts[] = {{"api.openai.com", "openai"}};
  const failure::Issuer issuer = failure::guess_issuer(pasted.whole, hosts);
  if (issuer.provider.empty() != issuer.sign.empty()) std::abort();
  return 0;
}
