#include "dialect/openai_chat/wire.h"

namespace dragoman::dialect::openai_chat {
namespace {

using canon::Param;

// top_k, min_p and repetition_penalty are not OpenAI's: vLLM, OpenRouter, Together, Fireworks and others take
// them under these names. max_tokens, stop, parallel_tool_calls are read and written by hand.
constexpr std::array kFields = {
    ParamField{Param::temperature, "temperature", Want::number},
    ParamField{Param::top_p, "top_p", Want::number},
    ParamField{Param::top_k, "top_k", Want::integer},
    ParamField{Param::min_p, "min_p", Want::number},
    ParamField{Param::frequency_penalty, "frequency_penalty", Want::number},
    ParamField{Param::presence_penalty, "presence_penalty", Want::number},
    ParamField{Param::repetition_penalty, "repetition_penalty", Want::number},
    ParamField{Param::seed, "seed", Want::integer},
    ParamField{Param::n, "n", Want::integer},
    ParamField{Param::logprobs, "logprobs", Want::boolean},
    ParamField{Param::top_logprobs, "top_logprobs", Want::integer},
    ParamField{Param::logit_bias, "logit_bias", Want::object},
    ParamField{Param::user, "user", Want::string},
    ParamField{Param::metadata, "metadata", Want::object},
    ParamField{Param::service_tier, "service_tier", Want::string},
    ParamField{Param::store, "store", Want::boolean},
    ParamField{Param::verbosity, "verbosity", Want::string},
    ParamField{Param::prompt_cache_key, "prompt_cache_key", Want::string},
    ParamField{Param::prompt_cache_retention, "prompt_cache_retention", Want::string},
    ParamField{Param::safety_identifier, "safety_identifier", Want::string},
    ParamField{Param::modalities, "modalities", Want::array},
    ParamField{Param::audio, "audio", Want::object},
    ParamField{Param::prediction, "prediction", Want::object},
    ParamField{Param::web_search_options, "web_search_options", Want::object},
};

constexpr std::array<std::string_view, canon::kParams> names() {
  std::array<std::string_view, canon::kParams> out{};
  for (const ParamField& field : kFields) out[static_cast<std::size_t>(field.param)] = field.key;
  out[static_cast<std::size_t>(Param::max_tokens)] = "max_tokens";
  out[static_cast<std::size_t>(Param::stop)] = "stop";
  out[static_cast<std::size_t>(Param::parallel_tool_calls)] = "parallel_tool_calls";
  return out;
}
}  // namespace

std::span<const ParamField> param_fields() { return kFields; }
constinit const std::array<std::string_view, canon::kParams> kFieldNames = names();

}  // namespace dragoman::dialect::openai_chat
