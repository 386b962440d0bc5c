#include "canon/params.h"

namespace dragoman::canon {
namespace {
constexpr std::array<std::string_view, kParams> kNames = {"max_tokens",
                                                          "temperature",
                                                          "top_p",
                                                          "top_k",
                                                          "min_p",
                                                          "frequency_penalty",
                                                          "presence_penalty",
                                                          "repetition_penalty",
                                                          "seed",
                                                          "stop",
                                                          "n",
                                                          "logprobs",
                                                          "top_logprobs",
                                                          "logit_bias",
                                                          "parallel_tool_calls",
                                                          "user",
                                                          "metadata",
                                                          "service_tier",
                                                          "store",
                                                          "verbosity",
                                                          "prompt_cache_key",
                                                          "prompt_cache_retention",
                                                          "safety_identifier",
                                                          "modalities",
                                                          "audio",
                                                          "prediction",
                                                          "web_search_options"};
static_assert(!kNames.back().empty());
}  // namespace

std::string_view name(Param param) { return kNames[static_cast<std::size_t>(param)]; }

std::optional<Param> param_named(std::string_view text) {
  for (std::size_t i = 0; i < kParams; ++i)
    if (kNames[i] == text) return static_cast<Param>(i);
  return std::nullopt;
}

}  // namespace dragoman::canon
