#include "dialect/bedrock_converse/bedrock_converse.h"

#include <array>

namespace dragoman::dialect {
namespace {

constexpr std::array<std::string_view, canon::kParams> fields() {
  using canon::Param;
  std::array<std::string_view, canon::kParams> table{};
  const auto set = [&](Param param, std::string_view field) {
    table[static_cast<std::size_t>(param)] = field;
  };
  set(Param::max_tokens, "inferenceConfig.maxTokens");
  set(Param::temperature, "inferenceConfig.temperature");
  set(Param::top_p, "inferenceConfig.topP");
  set(Param::top_k, "additionalModelRequestFields.top_k");
  set(Param::stop, "inferenceConfig.stopSequences");
  set(Param::metadata, "requestMetadata");
  set(Param::service_tier, "serviceTier.type");
  return table;
}

constexpr auto kFields = fields();

}  // namespace

const Dialect kBedrockConverse = {
    .name = canon::DialectName::bedrock_converse,
    .framing = Framing::aws_event_stream,
    .parse = bedrock::parse,
    .render = bedrock::render,
    .renderer = bedrock::renderer,
    .render_error = bedrock::render_error,
    .stream_content_type = "application/vnd.amazon.eventstream",
    .error_type = bedrock::error_type,
    .encode = bedrock::encode,
    .decode = bedrock::decode,
    .decoder = bedrock::decoder,
    .decode_error = bedrock::decode_error,
    .param_fields = kFields,
};

}  // namespace dragoman::dialect
