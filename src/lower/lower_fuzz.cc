// Any bytes that parse as a client's request, lowered to very different targets: no crash, the same bytes
// twice, and what goes out is JSON.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dialect/dialect.h"
#include "json/parse.h"
#include "lower/lower.h"
#include "profile/provider.h"

namespace {

using namespace dragoman;

constexpr std::pair<std::string_view, std::string_view> kTargets[] = {
    {"openai", "gpt-5-mini"},
    {"anthropic", "claude-sonnet-4-5"},
    {"anthropic", "claude-opus-5"},
    {"bedrock", "us.meta.llama4-maverick-17b-instruct-v1:0"},
    {"bedrock", "us.amazon.nova-pro-v1:0"},
    {"gemini", "gemini-3-pro-preview"},
    {"mistral", "mistral-large-latest"},
    {"deepseek", "deepseek-reasoner"},
    {"zai", "glm-4.6"},
};

std::string lowered_text(const canon::Request& request, const lower::Target& target, Arena& arena) {
  const auto lowered = lower::lower(request, target, arena);
  if (!lowered) {
    if (lowered.error().reason.find("This is a bug") != std::string::npos) std::abort();
    return lowered.error().rule + lowered.error().pointer + lowered.error().reason;
  }
  Arena check;
  if (!json::parse(check, lowered->body, {.depth = 1024})) std::abort();
  return lowered->body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const profile::Catalogue catalogue = *profile::Catalogue::builtin();
  Arena arena;
  const auto body = json::parse(arena, {reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  for (const auto client : {canon::DialectName::openai_chat, canon::DialectName::anthropic_messages}) {
    const auto request = dialect::get(client).parse(arena, *body);
    if (!request) continue;
    for (const auto& [name, model] : kTargets) {
      const profile::Provider* provider = catalogue.find(name);
      const profile::Profile rows = catalogue.resolve(*provider, model, lower::mode_of(*request));
      const lower::Target target{provider, model, &rows, {}};
      const std::string first = lowered_text(*request, target, arena);
      if (lowered_text(*request, target, arena) != first) std::abort();
    }
  }
  return 0;
}
