// Any text as a configuration, of either format: a Config or errors with lines, never a crash, and no secret
// of the environment in what is said about it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "config/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  static const auto catalogue = [] {
    auto built = profile::Catalogue::builtin();
    if (!built) std::abort();
    return std::make_shared<const profile::Catalogue>(std::move(*built));
  }();
  constexpr std::string_view kSecret = "planted-secret-value";
  const config::Sources sources{.environment = [&](std::string_view name) -> std::optional<std::string> {
    if (name.ends_with("KEY") || name.ends_with("TOKEN")) return std::string(kSecret);
    return {};
  }};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto check = [&](const config::ConfigErrors& errors) {
    for (const config::ConfigError& error : errors) {
      if (error.line < 0 || error.column < 0) std::abort();
      if (!text.contains(kSecret) && config::format(error).contains(kSecret)) std::abort();
    }
  };
  const auto loaded = config::load(text, "fuzz.yaml", sources, catalogue);
  if (!loaded) {
    if (loaded.error().empty()) std::abort();
    check(loaded.error());
    return 0;
  }
  check(loaded->warnings);
  for (const std::string& name : loaded->model_names()) {
    const auto resolved = loaded->find(name);
    if (!resolved) continue;
    for (const route::Target& target : resolved->route.targets) {
      if (target.deployment >= resolved->deployments.size()) std::abort();
    }
  }
  (void)loaded->find("openai/gpt-4o");
  (void)loaded->secrets();
  return 0;
}
