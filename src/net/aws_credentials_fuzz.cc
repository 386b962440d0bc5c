// The profile file parser: what it read, written out again, reads as the same; and resolving over any file
// ends.
#include <cstdlib>

#include "net/aws_credentials.h"

namespace {

using namespace dragoman::net;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const AwsFile kind : {AwsFile::kCredentials, AwsFile::kConfig}) {
    const auto first = parse_aws_profiles(text, kind, "file");
    if (!first) {
      require(first.error().message.starts_with("file:"));
      continue;
    }
    std::string written;
    for (const auto& [name, profile] : *first) {
      require(!name.empty());
      const bool bare = kind == AwsFile::kCredentials || name == "default";
      written += (bare ? "[" : "[profile ") + name + "]\n";
      for (const auto& [key, value] : profile) written += key + " = " + value + "\n";
    }
    const auto second = parse_aws_profiles(written, kind, "file");
    require(second.has_value() && *second == *first);
  }
  const AwsSources sources{[](std::string_view) { return std::nullopt; },
                           [&](const std::string&) { return std::optional<std::string>(text); }};
  if (const auto got = resolve_aws({}, sources)) {
    require(!got->credentials.access_key.empty() && !got->credentials.secret_key.empty() &&
            !got->region.empty());
  }
  return 0;
}
