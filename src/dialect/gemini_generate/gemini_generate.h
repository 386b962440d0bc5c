// Google's generateContent and streamGenerateContent, on the Gemini API and on Vertex: the pieces of
// kGeminiGenerate. Source: google.ai.generativelanguage.v1beta and google.cloud.aiplatform.v1 protobuf
// definitions (GenerateContentRequest, GenerateContentResponse, Part); rule ids (GEM, VTX) are explained in
// docs/dialects/gemini_generate.md.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "dialect/dialect.h"

namespace dragoman::dialect::gemini {

// parse.cc, render.cc, errors.cc: the client's side.
Result<canon::Request> parse(Arena& arena, json::Value body);
void render(const canon::Response& response, const RenderOptions& options, std::string& out);
std::unique_ptr<StreamRenderer> renderer(const RenderOptions& options);
void render_error(const ClientError& error, std::string& out);

void encode(const canon::Request& request, const WireOptions& options, std::string& out);

std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, json::Value body);
std::unique_ptr<StreamDecoder> decoder();

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view type_header);

// openapi_schema.cc: a Schema message as ordinary JSON Schema, the same value where it is that already. Keys
// of subschemas stay, so that pointers into one are pointers into the other.
json::Value json_schema_of(Arena& arena, json::Value schema);

// schema_message.cc: whether Google takes it as it is in `parameters` or `responseSchema`, which know fewer
// words than JSON Schema and refuse the others. In doubt it does not.
bool is_schema_message(json::Value schema);

// signature.cc: reasoning state in the one field there is for it, `thoughtSignature` (base64). Gemini's own
// goes as it is. unpack gives signature, redacted and issuer; no text.
std::string pack_signature(std::string_view issuer, std::string_view signature, std::string_view redacted);
canon::Reasoning unpack_signature(Arena& arena, std::string_view text);

// What the decoders share. `called`: the candidate made a tool call, which Gemini also finishes with STOP.
canon::StopReason stop_reason(std::string_view word, bool called);
// logprobsResult in OpenAI's shape: {"content":[{token, logprob, bytes, top_logprobs}]}.
json::Value logprobs(Arena& arena, json::Value result);
// RFC 3339 in UTC to unix seconds; 0 for anything else.
std::int64_t unix_seconds(std::string_view time);

}  // namespace dragoman::dialect::gemini
