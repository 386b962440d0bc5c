// OpenAI Chat Completions: the row.
#include "dialect/openai_chat/wire.h"

namespace dragoman::dialect {

constinit const Dialect kOpenaiChat = {
    .name = canon::DialectName::openai_chat,
    .framing = Framing::sse,
    .parse = openai_chat::parse,
    .render = openai_chat::render,
    .renderer = openai_chat::make_renderer,
    .render_error = openai_chat::render_error,
    .stream_content_type = "text/event-stream; charset=utf-8",
    .encode = openai_chat::encode,
    .decode = openai_chat::decode,
    .decoder = openai_chat::make_decoder,
    .decode_error = openai_chat::decode_error,
    .param_fields = openai_chat::kFieldNames,
};

}  // namespace dragoman::dialect
