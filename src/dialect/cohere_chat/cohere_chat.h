// Cohere's Chat API, version 2 (POST /v2/chat): the pieces of kCohereChat. Source: Cohere's OpenAPI document
// (chatv2, ChatStreamEventType and their parts) and its error page; rule ids (COH) are explained in
// docs/dialects/cohere_chat.md.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "dialect/dialect.h"

namespace dragoman::dialect::cohere {

void encode(const canon::Request& request, const WireOptions& options, std::string& out);

std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, json::Value body);
std::unique_ptr<StreamDecoder> decoder();

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view type_header);

// What the two decoders share.
canon::StopReason stop_reason(std::string_view finish_reason);
// A generation that failed after the 200 (finish_reason ERROR or TIMEOUT); nothing for the other reasons.
// `words` is the event's own `error` text, "" without one.
std::optional<canon::UpstreamError> failed_generation(std::string_view finish_reason, std::string_view words);
canon::Usage usage(json::Value value);
// LogprobItem, or a list of them, in OpenAI's shape; absent when there are none.
json::Value logprobs(Arena& arena, json::Value items);

}  // namespace dragoman::dialect::cohere
