#include "dialect/cohere_chat/cohere_chat.h"

#include "dialect/param_table.h"

namespace dragoman::dialect {
namespace {

using canon::Param;

constexpr ParamTable kFields = param_table({
    {Param::max_tokens, "max_tokens"},
    {Param::temperature, "temperature"},
    {Param::top_p, "p"},
    {Param::top_k, "k"},
    {Param::frequency_penalty, "frequency_penalty"},
    {Param::presence_penalty, "presence_penalty"},
    {Param::seed, "seed"},
    {Param::stop, "stop_sequences"},
    {Param::logprobs, "logprobs"},
});

}  // namespace

const Dialect kCohereChat = {
    .name = canon::DialectName::cohere_chat,
    .framing = Framing::sse,
    .parse = nullptr,
    .render = nullptr,
    .renderer = nullptr,
    .render_error = nullptr,
    .stream_content_type = "text/event-stream",
    .encode = cohere::encode,
    .decode = cohere::decode,
    .decoder = cohere::decoder,
    .decode_error = cohere::decode_error,
    .param_fields = kFields,
};

}  // namespace dragoman::dialect
