// The pieces of the openai_chat dialect, and the words they share. Only this folder includes it.
// Source of the shapes: OpenAI's openapi.yaml (CreateChatCompletion*), and the compatible hosts' own words as
// listed in docs/dialects/openai_chat.md.
#pragma once
#include <array>
#include <span>

#include "dialect/dialect.h"
#include "json/write.h"

namespace dragoman::dialect::openai_chat {

// parse.cc
Result<canon::Request> parse(Arena& arena, json::Value body);
// encode.cc
void encode(const canon::Request& request, const WireOptions& options, std::string& out);
// decode.cc
std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, json::Value body);
// stream_decoder.cc
std::unique_ptr<StreamDecoder> make_decoder();
// render.cc
void render(const canon::Response& response, const RenderOptions& options, std::string& out);
// stream_renderer.cc
std::unique_ptr<StreamRenderer> make_renderer(const RenderOptions& options);
// errors.cc
void render_error(const ClientError& error, std::string& out);
void write_error_object(json::Writer& w, const ClientError& error);
canon::UpstreamError decode_error(int status, std::string_view body, std::string_view type_header);

// params.cc: the scalar parameters, each with its field and the kind of value it takes.
enum class Want : std::uint8_t { number, integer, boolean, string, object, array };
struct ParamField {
  canon::Param param;
  std::string_view key;
  Want want;
};
std::span<const ParamField>
param_fields();  // those read and written as they are, in the order they are written
extern const std::array<std::string_view, canon::kParams> kFieldNames;

// reasoning.cc: reasoning in messages and the ways a host is asked for it.
// Appends the blocks of `reasoning_details`, `reasoning_content` or `reasoning` of a message or a whole
// answer.
void read_reasoning(Arena& arena, json::Value message, std::string_view pointer,
                    std::vector<canon::Block>& out);
canon::Reasoning read_detail(json::Value detail);
// One `reasoning_details` item.
void write_detail(json::Writer& w, const canon::Reasoning& reasoning, int index, bool signatures);
// The request's wish, in the style of WireOptions::reasoning_style, with its budget_field. Unknown styles
// write nothing.
void write_reasoning_config(json::Writer& w, const canon::ReasoningConfig& reasoning, std::string_view style,
                            std::string_view budget_field);

// logprobs.cc: those of an answer's or a chunk's choice in OpenAI's shape; absent where it has none. `text`
// is the chunk's.
json::Value read_logprobs(Arena& arena, json::Value choice, std::string_view text);

// decode.cc, shared with the stream.
canon::Usage read_usage(json::Value usage);
canon::StopReason read_finish_reason(std::string_view word);
bool is_broken_finish(std::string_view word);  // the host gave up: an error without an error object

// encode_tools.cc
void write_cache(json::Writer& w, const canon::CacheMarker& cache);
void write_tools(json::Writer& w, const canon::Request& request);
void write_tool_choice(json::Writer& w, const canon::Request& request);
void write_response_format(json::Writer& w, const canon::ResponseFormat& format);

// render.cc, shared with the stream. What the provider did not say is given, or made here.
std::string_view finish_reason(canon::StopReason stop);
std::string answer_id(std::string_view provider, std::string_view given);
std::string call_id(std::string_view id);
void write_usage(json::Writer& w, const canon::Usage& usage);
// A tool call's signature, as Google's OpenAI-compatible endpoint places it. "" writes nothing.
void write_signature(json::Writer& w, std::string_view signature);
// `media_type` "": `data` is a URL.
void write_image(json::Writer& w, std::string_view media_type, std::string_view data);
bool ours(std::string_view dialect);

}  // namespace dragoman::dialect::openai_chat
