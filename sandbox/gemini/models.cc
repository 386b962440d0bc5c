#include "sandbox/gemini/models.h"

#include <algorithm>
#include <array>

namespace dragoman::sandbox::gemini {
namespace {

constexpr std::string_view kEveryLevel = "MINIMAL|LOW|MEDIUM|HIGH";
constexpr std::string_view kNoMinimal = "LOW|MEDIUM|HIGH";

constexpr std::array kModels = {
    Model{.name = "gemini-2.0-flash", .max_output = 8192},
    Model{.name = "gemini-2.0-flash-lite", .max_output = 8192},
    Model{.name = "gemini-2.5-flash", .thinks = true, .least_budget = 1, .most_budget = 24576},
    Model{.name = "gemini-2.5-flash-lite", .least_budget = 512, .most_budget = 24576},
    Model{.name = "gemini-2.5-pro",
          .thinks = true,
          .least_budget = 128,
          .most_budget = 32768,
          .can_stop_thinking = false},
    Model{.name = "gemini-3-pro",
          .generation = 3,
          .thinks = true,
          .least_budget = 1,
          .most_budget = 32768,
          .can_stop_thinking = false,
          .levels = kNoMinimal,
          .signatures = true},
    Model{.name = "gemini-3-flash",
          .generation = 3,
          .thinks = true,
          .least_budget = 1,
          .most_budget = 24576,
          .levels = kEveryLevel,
          .signatures = true},
    Model{.name = "gemini-3.1-pro",
          .generation = 3,
          .thinks = true,
          .least_budget = 1,
          .most_budget = 32768,
          .can_stop_thinking = false,
          .levels = kNoMinimal,
          .signatures = true},
    Model{.name = "gemini-3.1-flash-lite",
          .generation = 3,
          .thinks = true,
          .least_budget = 1,
          .most_budget = 24576,
          .levels = kEveryLevel,
          .signatures = true},
    Model{.name = "gemini-3.5-flash",
          .generation = 3,
          .thinks = true,
          .least_budget = 1,
          .most_budget = 24576,
          .levels = kEveryLevel,
          .signatures = true},
    Model{.name = "gemini-3.7-flash",
          .generation = 3,
          .thinks = true,
          .least_budget = 1,
          .most_budget = 24576,
          .levels = kNoMinimal,
          .signatures = true},
    Model{.name = "gemini-3.8-flash",
          .generation = 3,
          .thinks = true,
          .least_budget = 1,
          .most_budget = 24576,
          .levels = kNoMinimal,
          .signatures = true},
    Model{.name = "gemma-3-4b-it", .system = false, .window = 32768, .max_output = 8192},
    Model{.name = "gemma-3-12b-it", .system = false, .window = 32768, .max_output = 8192},
    Model{.name = "gemma-3-27b-it", .system = false, .window = 131072, .max_output = 8192},
};

bool is_suffix(std::string_view rest) {
  if (rest.empty() || rest == "-latest" || rest == "-exp" || rest.starts_with("-preview")) return true;
  return rest.size() == 4 && rest[0] == '-' &&
         rest.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

// Generations yet to come, gemini-<number>-pro or -flash, and the aliases of today's: they do as the newest.
const Model* find_successor(std::string_view name) {
  constexpr std::string_view kStart = "gemini-";
  if (!name.starts_with(kStart)) return nullptr;
  name.remove_prefix(kStart.size());
  std::size_t number = 0;
  while (number < name.size() && ((name[number] >= '0' && name[number] <= '9') || name[number] == '.'))
    ++number;
  const bool later = number > 0 && name[0] >= '3' && number < name.size() && name[number] == '-';
  if (number > 0 && !later) return nullptr;
  if (later) name.remove_prefix(number + 1);
  for (const auto& [line, newest] : {std::pair<std::string_view, std::string_view>{"pro", "gemini-3.1-pro"},
                                     {"flash-lite", "gemini-3.8-flash"},
                                     {"flash", "gemini-3.8-flash"}}) {
    if (!name.starts_with(line)) continue;
    const std::string_view rest = name.substr(line.size());
    if (later ? is_suffix(rest) : rest == "-latest") return std::ranges::find(kModels, newest, &Model::name);
  }
  return nullptr;
}

}  // namespace

std::span<const Model> models() { return kModels; }

const Model* find_model(std::string_view name) {
  for (const Model& model : kModels) {
    if (name.starts_with(model.name) && is_suffix(name.substr(model.name.size()))) return &model;
  }
  return find_successor(name);
}

}  // namespace dragoman::sandbox::gemini
