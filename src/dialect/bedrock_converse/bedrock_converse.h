// AWS Bedrock Converse and ConverseStream: the pieces of kBedrockConverse.
// Source: the bedrock-runtime service model of 2023-09-30 (ConverseRequest, ConverseResponse,
// ConverseStreamOutput); rule ids (BR, BRM, BRW) are explained in docs/dialects/bedrock_converse.md.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dialect/dialect.h"
#include "json/write.h"

namespace dragoman::dialect::bedrock {

// parse.cc, render.cc, errors.cc: the client's side.
Result<canon::Request> parse(Arena& arena, json::Value body);
void render(const canon::Response& response, const RenderOptions& options, std::string& out);
std::unique_ptr<StreamRenderer> renderer(const RenderOptions& options);
void render_error(const ClientError& error, std::string& out);
std::string_view error_type(const ClientError& error);

void encode(const canon::Request& request, const WireOptions& options, std::string& out);

std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, json::Value body);
std::unique_ptr<StreamDecoder> decoder();

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view type_header);

// The HTTP status that goes with an exception (BRW-10); `name` in either spelling ("ThrottlingException" in
// headers, "throttlingException" in streams). 0 for a name that is not in the service model.
int exception_status(std::string_view name);

// What the decoders share.
//
// Only Claude signs or encrypts its reasoning here (BR-40), and Anthropic's signatures hold on all its
// platforms.
inline constexpr std::string_view kIssuer = "anthropic";
canon::StopReason stop_reason(std::string_view word);
canon::Usage usage(json::Value tokens);  // TokenUsage; cache reads and writes are added to input
json::Value citation(Arena& arena, json::Value source);  // in Anthropic's shape, as canonical citations are
void write_citation(json::Writer& w, json::Value citation);  // and back

// Media types and Bedrock's one-word formats (BR-26). An unlisted media type gives its subtype, so that
// Bedrock refuses it by name; an unlisted format gives "".
std::string_view format_of(canon::MediaKind kind, std::string_view media_type);
std::string_view media_type_of(canon::MediaKind kind, std::string_view format);

// An image, document, video or audio block's value, whole or from a tool result; false when it is none of
// them.
std::optional<canon::Media> read_media(std::string_view key, json::Value block);

}  // namespace dragoman::dialect::bedrock
