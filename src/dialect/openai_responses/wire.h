// The pieces of the openai_responses dialect, and the words they share. Only this folder includes it.
// Source of the shapes: OpenAI's openapi.yaml (CreateResponse, Response, ResponseStreamEvent, Item).
#pragma once
#include <array>
#include <optional>
#include <string>

#include "dialect/dialect.h"
#include "json/write.h"

namespace dragoman::dialect {
class Reader;
}

namespace dragoman::dialect::openai_responses {

// parse.cc
Result<canon::Request> parse(Arena& arena, json::Value body);
// parse_tools.cc
void parse_tools(Arena& arena, Reader& reader, json::Value body, canon::Request& out);
// The canonical name of what `v` calls by `name` and, inside one, `namespace`.
std::string_view spaced_name(Arena& arena, Reader& reader, json::Value v, std::string_view pointer,
                             bool required);
// encode_tools.cc
void write_tools(json::Writer& w, const canon::Request& request);
void write_tool_choice(json::Writer& w, const canon::Request& request);
void write_extras(json::Writer& w, const std::vector<canon::Extra>& extras);
// A call's `name`, and its `namespace` where it has one.
void write_name(json::Writer& w, std::string_view name);
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

inline constexpr std::string_view kDialect = "openai_responses";

// params.cc: the scalar parameters that are top-level members of the body.
enum class Want : std::uint8_t { number, integer, boolean, string, object };
struct ParamField {
  canon::Param param;
  std::string_view key;
  Want want;
};
std::span<const ParamField> param_fields();
extern const std::array<std::string_view, canon::kParams> kFieldNames;

// decode.cc, shared with the stream.
canon::Usage read_usage(json::Value usage);
canon::Reasoning read_reasoning(Arena& arena, json::Value item);
struct Ending {
  canon::StopReason stop = canon::StopReason::end_turn;
  std::string_view word;
};
Ending read_ending(json::Value response, bool calls);
canon::UpstreamError read_failed(json::Value response);
json::Value citation_of(Arena& arena, json::Value annotation, std::string_view text);

// Reasoning state of other issuers than OpenAI travels in `encrypted_content`, which clients hand back as it
// came: "dragoman.<issuer>.<kind>.<payload>".
//   s  the signature of the reasoning in `summary`
//   r  reasoning that its issuer encrypted whole
//   c  the signature of the call that follows (Gemini signs calls)
struct State {
  std::string_view issuer;
  char kind = 's';
  std::string_view payload;
};
std::string tag_state(const State& state);
// nullopt for content that somebody else made: OpenAI's own.
std::optional<State> untag_state(std::string_view encrypted_content);

// render.cc, shared with the stream.

// What every response object of one answer says beside its output.
struct Head {
  std::string id;
  std::string_view model;
  std::int64_t created = 0;
  json::Value request;  // the client's body
  std::string_view previous_response_id;
  bool store = true;
  std::string service_tier;
};
Head make_head(const RenderOptions& options, std::string_view provider_id, std::int64_t provider_created,
               std::string_view tier);
// Ids of items, made of the response's own: the same answer has the same ids whenever it is written down.
std::string item_id(std::string_view prefix, std::string_view response_id, int index);

// The members of a response object but for `output`, which `items` (JSON text of its array) is.
struct Outcome {
  std::string_view status = "in_progress";
  std::string_view incomplete_reason = {};  // "" none
  std::string_view error_code = {}, error_message = {};
  canon::Usage usage = {};
};
void write_response(json::Writer& w, const Head& head, const Outcome& outcome, std::string_view items);
Outcome outcome_of(canon::StopReason stop);

// One output item each, as JSON text.
std::string message_item(std::string_view id, std::string_view status, std::string_view parts);
std::string text_part(std::string_view text, std::string_view annotations, json::Value logprobs);
std::string refusal_part(std::string_view refusal);
std::string call_item(std::string_view id, std::string_view status, const canon::Event& call,
                      std::string_view arguments);
std::string reasoning_item(std::string_view id, std::string_view text, std::string_view encrypted);
std::string image_item(std::string_view id, std::string_view data);
std::string annotation_of(json::Value citation, std::size_t end);
// OpenAI's own state as it came, other issuers' tagged, also where it is bare text; "" for none.
std::string encrypted_content(std::string_view issuer, char kind, std::string_view payload);

// errors.cc
void render_error(const ClientError& error, std::string& out);
canon::UpstreamError decode_error(int status, std::string_view body, std::string_view type_header);
// A code of ResponseErrorCode for an error inside a stream.
std::string_view stream_error_code(const ClientError& error);

}  // namespace dragoman::dialect::openai_responses
