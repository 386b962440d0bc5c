// The pieces of the anthropic_messages dialect, and the words they share. Only this folder includes it.
// Source of the shapes: the TypeScript definitions of Anthropic's SDK (messages.d.ts).
#pragma once
#include <array>
#include <span>

#include "dialect/dialect.h"
#include "json/write.h"

namespace dragoman::dialect::anthropic_messages {

// parse.cc. `max_tokens` is required here as it is at Anthropic; for bodies of count_tokens, which have none,
// put one in with json::Builder::with first.
Result<canon::Request> parse(Arena& arena, json::Value body);
// encode.cc
void encode(const canon::Request& request, const WireOptions& options, std::string& out);
// decode.cc
std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, json::Value body);
// stream_decoder.cc
std::unique_ptr<StreamDecoder> make_decoder();
// render.cc
void render(const canon::Response& response, const RenderOptions& options, std::string& out);
std::unique_ptr<StreamRenderer> make_renderer(const RenderOptions& options);
// errors.cc
void render_error(const ClientError& error, std::string& out);
canon::UpstreamError decode_error(int status, std::string_view body, std::string_view type_header);

// encode.cc: scalar parameters read and written as they are.
enum class Want : std::uint8_t { number, integer, string };
struct ParamField {
  canon::Param param;
  std::string_view key;
  Want want;
};
std::span<const ParamField> param_fields();
extern const std::array<std::string_view, canon::kParams> kFieldNames;

// Members of an otherwise known object that nobody has named travel as extras under these prefixes.
inline constexpr std::string_view kOutputConfigPrefix = "output_config.";
inline constexpr std::string_view kThinkingPrefix = "thinking.";
inline constexpr std::string_view kMetadataPrefix = "metadata.";

// decode.cc, shared with the stream.
canon::Usage read_usage(json::Value usage);
// Of a call's input that is no object: the text of one, from hosts that do not parse what their models write.
std::string_view input_text(Arena& arena, json::Value input);
// `called`: the answer has tool calls. Hosts of other models end a turn that calls like one that does not.
canon::StopReason read_stop_reason(std::string_view word, bool called);

}  // namespace dragoman::dialect::anthropic_messages
