// Anthropic Messages: the row.
#include "dialect/anthropic_messages/wire.h"

namespace dragoman::dialect {

constinit const Dialect kAnthropicMessages = {
    .name = canon::DialectName::anthropic_messages,
    .framing = Framing::sse,
    .parse = anthropic_messages::parse,
    .render = anthropic_messages::render,
    .renderer = anthropic_messages::make_renderer,
    .render_error = anthropic_messages::render_error,
    .stream_content_type = "text/event-stream; charset=utf-8",
    .encode = anthropic_messages::encode,
    .decode = anthropic_messages::decode,
    .decoder = anthropic_messages::make_decoder,
    .decode_error = anthropic_messages::decode_error,
    .param_fields = anthropic_messages::kFieldNames,
};

}  // namespace dragoman::dialect
