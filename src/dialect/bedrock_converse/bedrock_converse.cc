#include "dialect/bedrock_converse/bedrock_converse.h"

#include "dialect/param_table.h"

namespace dragoman::dialect {
namespace {

using canon::Param;

constexpr ParamTable kFields = param_table({
    {Param::max_tokens, "inferenceConfig.maxTokens"},
    {Param::temperature, "inferenceConfig.temperature"},
    {Param::top_p, "inferenceConfig.topP"},
    {Param::top_k, "additionalModelRequestFields.top_k"},
    {Param::stop, "inferenceConfig.stopSequences"},
    {Param::metadata, "requestMetadata"},
    {Param::service_tier, "serviceTier.type"},
});

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
