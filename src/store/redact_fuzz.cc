// No input may crash the redactor, and a known secret never comes out of it.
#include <cstdlib>

#include "store/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::string> secrets = {"planted/secret+1", "shorty"};
  static const dragoman::store::Redactor redactor(secrets);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string half(text.substr(0, size / 2));
  const std::string out = redactor(half + secrets[0] + std::string(text.substr(size / 2)));
  if (out.find(secrets[0]) != std::string::npos) std::abort();
  return 0;
}
