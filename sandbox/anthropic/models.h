// What each Claude family takes, as data. Sources: contract rules ANT-02, ANT-25, ANT-29, ANT-39, ANT-44 and
// the capability table below them.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dragoman::sandbox::anthropic {

enum class Sampling : std::uint8_t { free, one_of, refused };  // one_of: temperature or top_p, not both

struct Model {
  std::string_view name;  // without date
  std::string_view line;  // "opus"; thinking of fable and mythos does not pass to other lines
  std::string_view display_name;
  std::int64_t max_output = 0;
  std::int64_t window = 0;  // tokens
  Sampling sampling = Sampling::free;
  // thinking types, '|' between them; "" means no thinking at all
  std::string_view thinking;
  bool disabled_needs_low_effort = false;  // thinking:disabled only with effort up to high
  bool thinks_by_default = false;
  bool forced_choice = true;      // tool_choice any and tool
  std::string_view efforts;       // as the refusal lists them, alphabetically; "" means no effort parameter
  bool prefill = true;            // may end with an assistant turn
  bool system_turns = false;      // role "system" inside messages
  bool edited_thinking = false;   // a true signature over changed text passes
  bool structured_output = true;  // strict tools and output_config.format
};

std::span<const Model> models();

// The model behind a name with or without its date ("claude-opus-4-5-20251101", "…@20251101", "…-latest",
// "…-20251101-v1:0"); null for a name nobody offers.
const Model* find_model(std::string_view name);

bool lists(std::string_view alternatives, std::string_view word);  // "a|b|c" or "a, b, c" holds word

}  // namespace dragoman::sandbox::anthropic
