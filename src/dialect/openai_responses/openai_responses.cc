// OpenAI Responses: the row.
#include "dialect/openai_responses/wire.h"

namespace dragoman::dialect {

constinit const Dialect kOpenaiResponses = {
    .name = canon::DialectName::openai_responses,
    .framing = Framing::sse,
    .parse = openai_responses::parse,
    .render = openai_responses::render,
    .renderer = openai_responses::make_renderer,
    .render_error = openai_responses::render_error,
    .stream_content_type = "text/event-stream; charset=utf-8",
    .encode = openai_responses::encode,
    .decode = openai_responses::decode,
    .decoder = openai_responses::make_decoder,
    .decode_error = openai_responses::decode_error,
    .param_fields = openai_responses::kFieldNames,
};

}  // namespace dragoman::dialect
