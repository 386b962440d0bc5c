// What a model's answer is held to and how much a request may lose on the way to its target:
// `arguments:` and `loss:` of the YAML. docs/kept-promises.md says what each does.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dragoman::config {

// What happens to a tool call (or structured output) that breaks the schema the client wrote.
enum class ArgumentsPolicy : std::uint8_t {
  report,  // it is delivered as it came, and said
  repair,  // coerced where that is unambiguous, else the model is asked once more
  fail,    // the attempt has failed
  off,     // nobody looks
};
inline constexpr std::array<std::string_view, 4> kArgumentsPolicies = {"report", "repair", "fail", "off"};

// What happens to a request that cannot reach its target without an edit of some class.
enum class LossPolicy : std::uint8_t { allow, warn, forbid };
inline constexpr std::array<std::string_view, 3> kLossPolicies = {"allow", "warn", "forbid"};

// In the order of lower::Loss, which this room does not know.
inline constexpr std::array<std::string_view, 4> kLossClasses = {"none", "widened", "narrowed", "semantic"};

struct Promises {
  ArgumentsPolicy arguments = ArgumentsPolicy::report;
  // Bounds of `repair`'s second question: tokens of the conversation it would have to send and of the answer
  // together, and its time.
  std::int64_t repair_tokens = 200'000;
  std::chrono::milliseconds repair_time{30'000};
  bool repair_or_fail = false;  // what `repair` could not repair: the attempt has failed, not reported
  std::array<LossPolicy, 4> loss = {};  // by kLossClasses
};

// As written in one place of the file; what it leaves open is inherited.
struct PromiseSettings {
  std::optional<ArgumentsPolicy> arguments;
  std::optional<std::int64_t> repair_tokens;
  std::optional<std::chrono::milliseconds> repair_time;
  std::optional<bool> repair_or_fail;
  std::array<std::optional<LossPolicy>, 4> loss = {};

  // These where they are set, else `outer`'s.
  PromiseSettings over(const PromiseSettings& outer) const;
  Promises resolved() const;
};

}  // namespace dragoman::config
