// Scalar request parameters: one list, so that parsing, lowering and encoding are tables over it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "json/value.h"

namespace dragoman::canon {

// Canonical names are OpenAI Chat's where it has one. Units are the providers': tokens, probabilities,
// counts.
enum class Param : std::uint8_t {
  max_tokens,  // the cap on output tokens, whatever the field is called
  temperature,
  top_p,
  top_k,
  min_p,
  frequency_penalty,
  presence_penalty,
  repetition_penalty,
  seed,
  stop,  // always an array of strings here
  n,
  logprobs,  // boolean
  top_logprobs,
  logit_bias,
  parallel_tool_calls,  // boolean
  user,                 // end-user id: OpenAI `user`, Anthropic `metadata.user_id`
  metadata,             // object of strings
  service_tier,
  store,
  verbosity,
  prompt_cache_key,
  prompt_cache_retention,
  safety_identifier,
  modalities,
  audio,
  prediction,
  web_search_options,
};
inline constexpr std::size_t kParams = static_cast<std::size_t>(Param::web_search_options) + 1;

std::string_view name(Param param);
std::optional<Param> param_named(std::string_view name);

struct ParamValue {
  json::Value value;         // absent: the client did not set it (an explicit null counts as not set)
  std::string_view pointer;  // where the client set it
};

// Indexed by Param.
class Params {
 public:
  const ParamValue& operator[](Param p) const { return values_[static_cast<std::size_t>(p)]; }
  ParamValue& operator[](Param p) { return values_[static_cast<std::size_t>(p)]; }
  bool has(Param p) const { return static_cast<bool>((*this)[p].value); }

 private:
  std::array<ParamValue, kParams> values_{};
};

}  // namespace dragoman::canon
