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
// The request's wish, in the style of WireOptions::reasoning_style. Unknown styles write nothing.
void write_reasoning_config(json::Writer& w, const canon::ReasoningConfig& reasoning, std::string_view style);
bool is_reasoning_style(std::string_view style);

// decode.cc, shared with the stream.
canon::Usage read_usage(json::Value usage);
canon::StopReason read_finish_reason(std::string_view word);
bool is_broken_finish(std::string_view word);  // the host gave up: an error without an error object

// render.cc
std::string_view finish_reason(canon::StopReason stop);

}  // namespace dragoman::dialect::openai_chat
