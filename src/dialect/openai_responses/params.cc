#include "dialect/openai_responses/wire.h"

namespace dragoman::dialect::openai_responses {
namespace {

using canon::Param;

// `store` is not among them: for this dialect's clients dragoman keeps responses itself.
constexpr std::array kFields = {
    ParamField{Param::temperature, "temperature", Want::number},
    ParamField{Param::top_p, "top_p", Want::number},
    ParamField{Param::top_logprobs, "top_logprobs", Want::integer},
    ParamField{Param::parallel_tool_calls, "parallel_tool_calls", Want::boolean},
    ParamField{Param::user, "user", Want::string},
    ParamField{Param::metadata, "metadata", Want::object},
    ParamField{Param::service_tier, "service_tier", Want::string},
    ParamField{Param::prompt_cache_key, "prompt_cache_key", Want::string},
    ParamField{Param::prompt_cache_retention, "prompt_cache_retention", Want::string},
    ParamField{Param::safety_identifier, "safety_identifier", Want::string},
    ParamField{Param::max_tokens, "max_output_tokens", Want::integer},
};

constexpr std::array<std::string_view, canon::kParams> names() {
  std::array<std::string_view, canon::kParams> out{};
  for (const ParamField& field : kFields) out[static_cast<std::size_t>(field.param)] = field.key;
  out[static_cast<std::size_t>(Param::verbosity)] = "text.verbosity";
  out[static_cast<std::size_t>(Param::logprobs)] = "include";
  out[static_cast<std::size_t>(Param::store)] = "store";
  return out;
}

}  // namespace

std::span<const ParamField> param_fields() { return kFields; }
constinit const std::array<std::string_view, canon::kParams> kFieldNames = names();

}  // namespace dragoman::dialect::openai_responses
