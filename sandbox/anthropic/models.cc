#include "sandbox/anthropic/models.h"

#include <algorithm>
#include <array>

namespace dragoman::sandbox::anthropic {
namespace {

constexpr std::string_view kBudget = "enabled|disabled";
constexpr std::string_view kEveryType = "adaptive|enabled|disabled";
constexpr std::string_view kAdaptive = "adaptive|disabled";
constexpr std::string_view kToMax = "high, low, max, medium";
constexpr std::string_view kToXhigh = "high, low, max, medium, xhigh";

// Designated initialisers, so that each row says only what differs from the plainest model.
constexpr std::array kModels = {
    Model{.name = "claude-3-haiku",
          .line = "haiku",
          .display_name = "Claude Haiku 3",
          .max_output = 4096,
          .window = 200000,
          .structured_output = false},
    Model{.name = "claude-3-5-haiku",
          .line = "haiku",
          .display_name = "Claude Haiku 3.5",
          .max_output = 8192,
          .window = 200000,
          .structured_output = false},
    Model{.name = "claude-3-5-sonnet",
          .line = "sonnet",
          .display_name = "Claude Sonnet 3.5",
          .max_output = 8192,
          .window = 200000,
          .structured_output = false},
    Model{.name = "claude-3-7-sonnet",
          .line = "sonnet",
          .display_name = "Claude Sonnet 3.7",
          .max_output = 64000,
          .window = 200000,
          .thinking = kBudget,
          .structured_output = false},
    Model{.name = "claude-sonnet-4",
          .line = "sonnet",
          .display_name = "Claude Sonnet 4",
          .max_output = 64000,
          .window = 200000,
          .sampling = Sampling::one_of,
          .thinking = kBudget,
          .structured_output = false},
    Model{.name = "claude-opus-4",
          .line = "opus",
          .display_name = "Claude Opus 4",
          .max_output = 32000,
          .window = 200000,
          .sampling = Sampling::one_of,
          .thinking = kBudget,
          .structured_output = false},
    Model{.name = "claude-opus-4-1",
          .line = "opus",
          .display_name = "Claude Opus 4.1",
          .max_output = 32000,
          .window = 200000,
          .sampling = Sampling::one_of,
          .thinking = kBudget},
    Model{.name = "claude-sonnet-4-5",
          .line = "sonnet",
          .display_name = "Claude Sonnet 4.5",
          .max_output = 64000,
          .window = 200000,
          .sampling = Sampling::one_of,
          .thinking = kBudget},
    Model{.name = "claude-haiku-4-5",
          .line = "haiku",
          .display_name = "Claude Haiku 4.5",
          .max_output = 64000,
          .window = 200000,
          .sampling = Sampling::one_of,
          .thinking = kBudget},
    Model{.name = "claude-opus-4-5",
          .line = "opus",
          .display_name = "Claude Opus 4.5",
          .max_output = 64000,
          .window = 200000,
          .sampling = Sampling::one_of,
          .thinking = kBudget,
          .efforts = "high, low, medium"},
    Model{.name = "claude-sonnet-4-6",
          .line = "sonnet",
          .display_name = "Claude Sonnet 4.6",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::one_of,
          .thinking = kEveryType,
          .efforts = kToMax,
          .prefill = false},
    Model{.name = "claude-opus-4-6",
          .line = "opus",
          .display_name = "Claude Opus 4.6",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::one_of,
          .thinking = kEveryType,
          .efforts = kToMax,
          .prefill = false},
    Model{.name = "claude-opus-4-7",
          .line = "opus",
          .display_name = "Claude Opus 4.7",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = kAdaptive,
          .efforts = kToXhigh,
          .prefill = false},
    Model{.name = "claude-opus-4-8",
          .line = "opus",
          .display_name = "Claude Opus 4.8",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = kAdaptive,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
    Model{.name = "claude-sonnet-5",
          .line = "sonnet",
          .display_name = "Claude Sonnet 5",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = kAdaptive,
          .thinks_by_default = true,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true,
          .edited_thinking = true},
    Model{.name = "claude-opus-5",
          .line = "opus",
          .display_name = "Claude Opus 5",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = kAdaptive,
          .disabled_needs_low_effort = true,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
    Model{.name = "claude-haiku-5-5",
          .line = "haiku",
          .display_name = "Claude Haiku 5.5",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = kAdaptive,
          .disabled_needs_low_effort = true,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
    Model{.name = "claude-sonnet-5-5",
          .line = "sonnet",
          .display_name = "Claude Sonnet 5.5",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = "adaptive|between_tools",
          .thinks_by_default = true,
          .forced_choice = false,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
    Model{.name = "claude-opus-5-5",
          .line = "opus",
          .display_name = "Claude Opus 5.5",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = "adaptive",
          .thinks_by_default = true,
          .forced_choice = false,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
    Model{.name = "claude-fable-5",
          .line = "fable",
          .display_name = "Claude Fable 5",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = "adaptive",
          .thinks_by_default = true,
          .forced_choice = false,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
    Model{.name = "claude-fable-5-1",
          .line = "fable",
          .display_name = "Claude Fable 5.1",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = "adaptive",
          .thinks_by_default = true,
          .forced_choice = false,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
    Model{.name = "claude-fable-5-2",
          .line = "fable",
          .display_name = "Claude Fable 5.2",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = "adaptive",
          .thinks_by_default = true,
          .forced_choice = false,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
    Model{.name = "claude-mythos-5",
          .line = "mythos",
          .display_name = "Claude Mythos 5",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = "adaptive",
          .thinks_by_default = true,
          .forced_choice = false,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
    Model{.name = "claude-mythos-5-1",
          .line = "mythos",
          .display_name = "Claude Mythos 5.1",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = "adaptive",
          .thinks_by_default = true,
          .forced_choice = false,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
    Model{.name = "claude-mythos-5-2",
          .line = "mythos",
          .display_name = "Claude Mythos 5.2",
          .max_output = 128000,
          .window = 1000000,
          .sampling = Sampling::refused,
          .thinking = "adaptive",
          .thinks_by_default = true,
          .forced_choice = false,
          .efforts = kToXhigh,
          .prefill = false,
          .system_turns = true},
};

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// What may follow a family's name: nothing, "-0", "-latest", a date after '-' or '@', and Bedrock's "-v1:0".
bool is_version(std::string_view rest) {
  if (const std::size_t at = rest.find("-v"); at != std::string_view::npos) {
    std::string_view number = rest.substr(at + 2);
    if (const std::size_t colon = number.find(':'); colon != std::string_view::npos) {
      if (!all_digits(number.substr(colon + 1))) return false;
      number = number.substr(0, colon);
    }
    if (!all_digits(number)) return false;
    rest = rest.substr(0, at);
  }
  if (rest.empty() || rest == "-latest" || rest == "-0" || rest == "@default") return true;
  return (rest[0] == '-' || rest[0] == '@') && rest.size() == 9 && all_digits(rest.substr(1));
}

// Models yet to come, claude-<line>-<generation>[-<minor>]: they do as the newest of their line, and what is
// between 5 and 5.5 as 5 does.
const Model* find_successor(std::string_view name) {
  struct Line {
    std::string_view prefix, five, newest;
  };
  static constexpr Line kLines[] = {{"claude-opus-", "claude-opus-5", "claude-opus-5-5"},
                                    {"claude-sonnet-", "claude-sonnet-5", "claude-sonnet-5-5"},
                                    {"claude-haiku-", "claude-haiku-5-5", "claude-haiku-5-5"},
                                    {"claude-fable-", "claude-fable-5-2", "claude-fable-5-2"},
                                    {"claude-mythos-", "claude-mythos-5-2", "claude-mythos-5-2"}};
  for (const Line& line : kLines) {
    if (!name.starts_with(line.prefix)) continue;
    std::string_view rest = name.substr(line.prefix.size());
    const auto digit = [&](char least) { return !rest.empty() && rest[0] >= least && rest[0] <= '9'; };
    if (!digit('5')) return nullptr;
    bool five = rest[0] == '5';
    rest.remove_prefix(1);
    if (rest.size() > 1 && rest[0] == '-' && rest[1] >= '0' && rest[1] <= '9' &&
        (rest.size() == 2 || rest[2] == '-' || rest[2] == '@')) {
      five = five && rest[1] < '5';
      rest.remove_prefix(2);
    }
    if (!is_version(rest)) return nullptr;
    return std::ranges::find(kModels, five ? line.five : line.newest, &Model::name);
  }
  return nullptr;
}

}  // namespace

std::span<const Model> models() { return kModels; }

const Model* find_model(std::string_view name) {
  for (const Model& model : kModels) {
    if (name.starts_with(model.name) && is_version(name.substr(model.name.size()))) return &model;
  }
  return find_successor(name);
}

bool lists(std::string_view alternatives, std::string_view word) {
  while (!alternatives.empty()) {
    const std::size_t end = alternatives.find_first_of("|,");
    std::string_view item = alternatives.substr(0, end);
    if (!item.empty() && item[0] == ' ') item.remove_prefix(1);
    if (item == word) return true;
    if (end == std::string_view::npos) break;
    alternatives.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace dragoman::sandbox::anthropic
