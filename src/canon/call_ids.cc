#include "canon/call_ids.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/id.h"

namespace dragoman::canon {
namespace {

// Bedrock and Anthropic take 64 characters.
constexpr std::size_t kMost = 64, kHash = 8;

// "functions.read:12" → "functions.read:" and 12.
struct Numbered {
  std::string_view form;
  std::uint64_t number = 0;
};
std::optional<Numbered> numbered(std::string_view id) {
  const std::size_t colon = id.rfind(':');
  if (!id.starts_with("functions.") || colon == std::string_view::npos) return std::nullopt;
  Numbered out{id.substr(0, colon + 1)};
  const auto [end, error] = std::from_chars(id.data() + colon + 1, id.data() + id.size(), out.number);
  if (error != std::errc() || end != id.data() + id.size() || out.number >= 1'000'000'000)
    return std::nullopt;
  return out;
}

}  // namespace

std::string CallIds::next(int choice, std::string_view id) {
  const int times = times_[{choice, std::string(id)}]++;
  if (times == 0 && !id.empty()) return std::string(id);
  std::string made = another(choice, id, times);
  ++times_[{choice, made}];
  return made;
}

std::string CallIds::another(int choice, std::string_view id, int times) const {
  const std::string what = fmt::format("{}/{}/{}", seed_, choice, id);
  const auto salt = static_cast<std::uint64_t>(times);
  if (id.empty()) return "call_" + stable_id(what, salt, 24);
  if (const auto kimi = numbered(id)) {
    for (std::uint64_t number = kimi->number + 1;; ++number)
      if (std::string made = fmt::format("{}{}", kimi->form, number); !shown(choice, made)) return made;
  }
  return fmt::format("{}_{}", id.substr(0, kMost - kHash - 1), stable_id(what, salt, kHash));
}

bool name_calls(Response& response, std::string_view seed, Arena& arena) {
  CallIds ids(seed);
  bool changed = false;
  for (std::size_t i = 0; i < response.choices.size(); ++i) {
    for (Block& block : response.choices[i].blocks) {
      auto* call = std::get_if<ToolCall>(&block.body);
      if (!call) continue;
      const std::string id = ids.next(static_cast<int>(i), call->id);
      if (id == call->id) continue;
      call->id = arena.copy(std::string_view(id));
      changed = true;
    }
  }
  return changed;
}

}  // namespace dragoman::canon
