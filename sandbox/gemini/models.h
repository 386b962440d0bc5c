// What each Gemini family takes, as data (GEM-41, GEM-45 … GEM-48, GEM-65).
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dragoman::sandbox::gemini {

struct Model {
  std::string_view name;  // without "-preview" and the like
  int generation = 2;
  bool thinks = false;
  std::int64_t least_budget = 0;  // of thinkingBudget; 0 and 0: takes none
  std::int64_t most_budget = 0;
  bool can_stop_thinking = true;  // thinkingBudget 0
  std::string_view levels = "";   // of thinkingLevel, '|' between them
  bool system = true;             // systemInstruction
  bool signatures = false;        // function calls must come back with their thoughtSignature
  std::int64_t window = 1048576;
  std::int64_t max_output = 65536;
};

std::span<const Model> models();

// With or without "-preview…", "-latest", "-001" or a date; null for a name nobody offers.
const Model* find_model(std::string_view name);

}  // namespace dragoman::sandbox::gemini
