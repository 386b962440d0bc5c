// A wire dialect, as a row of functions. One folder per dialect; dialect.cc lists them.
//
// A dialect is syntax only. What a given provider and model accept is profile/'s business and making a
// request fit is lower/'s: encode() is handed a request that is already legal for the target and writes it
// down.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/error.h"
#include "canon/failure.h"
#include "canon/fold.h"
#include "canon/request.h"
#include "canon/response.h"

namespace dragoman::dialect {

// How this target wants the dialect spelled, from its profile. Views are the profile's.
struct WireOptions {
  std::string_view model;                // the upstream's model name
  bool stream = false;                   // of the upstream call
  bool model_in_body = true;             // false: it is in the URL (Azure deployments, Vertex)
  std::string_view max_tokens_field;     // openai_chat: "max_tokens" or "max_completion_tokens"
  std::string_view seed_field = "seed";  // openai_chat: "seed" or "random_seed" (Mistral)
  std::string_view system_role;  // openai_*: "system" or "developer"; openai_responses: "instructions"
  // How reasoning is asked for. openai_chat: the table in openai_chat/reasoning.cc. "" and "none": not at
  // all. bedrock_converse:
  //   "bedrock_claude"         additionalModelRequestFields.thinking {type, budget_tokens},
  //   outputConfig.effort "bedrock_effort"         additionalModelRequestFields.reasoning_effort "low"
  //   (gpt-oss) "bedrock_nested_effort"  additionalModelRequestFields.reasoning.effort "low" (GPT 5 and
  //   later, BRM-20) "bedrock_config"         additionalModelRequestFields.reasoning_config "low" (Qwen3)
  //   "bedrock_nova"           additionalModelRequestFields.reasoningConfig {type, maxReasoningEffort} (Nova
  //   2)
  // gemini_generate, one of the two (GEM-45):
  //   "gemini_budget"          thinkingConfig.thinkingBudget, tokens; 0 off, -1 as the model sees fit (2.5)
  //   "gemini_level"           thinkingConfig.thinkingLevel "LOW" (3 and later)
  // cohere_chat:
  //   "cohere"                 thinking {type, token_budget} (COH-17)
  std::string_view reasoning_style;
  std::string_view budget_field = "thinking_budget";  // openai_chat: name of a budget beside a switch
  std::string_view
      reasoning_replay;  // openai_chat, how history carries it: "", "reasoning_content", "reasoning"…
  std::string_view schema_field;  // gemini: "parametersJsonSchema" or "parameters"
  bool stream_usage = true;       // openai_chat: send stream_options.include_usage
  bool string_content = false;    // openai_chat: text-only content as one string, always
  bool send_signatures = true;    // reasoning signatures may be replayed to this target
  std::string_view version = {};  // anthropic_version in the body (Vertex: "vertex-2023-10-16")
  std::string_view top_k_path =
      {};                     // bedrock: where in additionalModelRequestFields top_k goes, parts separated by
                              // '.' ("top_k" Claude, "inferenceConfig.topK" Nova: BRM-08); "" nowhere
  bool json_blocks = true;    // bedrock: what a Converse client sent as {json} goes as it came
  bool json_results = false;  // bedrock: a tool result that is a JSON object goes as {json}, not as {text}
  bool one_tool = false;      // gemini: the service's own tools stand beside the functions, in one Tool
  bool call_ids = true;       // gemini: functionCall and functionResponse have an id (not in Vertex v1)
  bool encrypted_reasoning = false;  // openai_responses: reasoning is asked for encrypted, for a replay
  bool labels = false;               // gemini: `metadata` may be sent as labels (Vertex only)
  // What OpenClaw's compat flags ask of a host (data/compat.yaml).
  bool bare_messages = false;     // openai_chat: role and content alone, whatever else a message has
  bool null_content = true;       // openai_chat: content of a turn of calls alone is null, else ""
  bool result_name = false;       // openai_chat: tool messages carry the tool's name
  bool reasoning_always = false;  // openai_chat: the reasoning_replay field on every assistant turn
  bool openai_tools = false;      // anthropic_messages: tools and tool_choice in OpenAI's shape
};

// How the answer is to look to this client.
struct RenderOptions {
  std::string_view id;        // the answer's id when the provider gave none
  std::string_view model;     // the name the client asked for
  std::int64_t created = 0;   // unix seconds, when the provider gave none
  bool stream_usage = false;  // openai_chat: the client asked for the usage chunk
  // openai_responses: the answer repeats the request.
  json::Value request = {};                    // the client's body
  std::string_view previous_response_id = {};  // what it goes on from; "" nothing
  bool store = true;                           // the response can be asked for again
  bool json_array = false;  // gemini_generate: the stream is one JSON array, not server-sent events
  // bedrock_converse: how a message of its stream is framed. Null: as an event and its data in text, for
  // tests.
  void (*frame)(std::string& out, std::string_view event, std::string_view payload, bool exception) = nullptr;
  std::function<std::int64_t()> latency_ms = {};  // bedrock_converse: since the request came; empty: not told
};

// An error as the client is to see it.
struct ClientError {
  int status = 500;
  std::string_view kind;     // class: "invalid_request", "auth", "permission", "not_found", "rate_limit",
                             // "overloaded", "too_large", "timeout", "billing", "upstream", "internal"
  std::string_view message;  // for people
  std::string_view param;    // JSON pointer in the client's request, "" when none
  std::string_view code;     // provider's or dragoman's code, "" when none
  std::string_view request_id;
  std::string_view
      details;  // JSON text for the error object's extra member "dragoman" (attempts …), "" for none
};

// One framed piece of an upstream stream: an SSE event or an event-stream message, its framing already taken
// off.
struct Frame {
  std::string_view
      event;              // SSE event name; event stream: ":event-type" or, for exceptions, ":exception-type"
  std::string_view data;  // SSE data; event stream: payload
  // event stream: ":message-type" is exception or error. An error has no payload: `event` is its
  // ":error-code" then and `data` its ":error-message" (BRW-07).
  bool exception = false;
};

enum class Framing : std::uint8_t { sse, aws_event_stream };

// Turns an upstream's frames into events. One per attempt.
class StreamDecoder {
 public:
  virtual ~StreamDecoder() = default;
  // Delivers the frame's events to `sink`. A frame that carries the provider's error, or that cannot be
  // understood, is returned as an UpstreamError (in_stream set); nothing may be pushed after that.
  virtual std::expected<void, canon::UpstreamError> push(const Frame& frame,
                                                         const canon::EventSink& sink) = 0;
  // The connection ended. True when the stream had come to its proper end (an `end` event has been delivered,
  // here if need be); false when it was cut.
  virtual bool finish(const canon::EventSink& sink) = 0;
};

// Turns events into the client's stream. One per client request.
class StreamRenderer {
 public:
  virtual ~StreamRenderer() = default;
  virtual void render(const canon::Event& event, std::string& out) = 0;  // appends wire bytes
  virtual void render_error(const ClientError& error,
                            std::string& out) = 0;  // ends the stream with an error event
};

// An upstream's 200 (or a frame of it) that its dialect cannot read is an UpstreamError of this status and
// type: the provider broke its contract, as a bad gateway would.
inline constexpr int kUnreadableStatus = 502;
inline constexpr std::string_view kUnreadableType = "unreadable_response";

struct Embeddings;  // embedding.h

// In dialects that have no word for any parameter.
inline constexpr std::array<std::string_view, canon::kParams> kNoFields{};

// A dialect is of chat or of embeddings; of the other half its functions are null.
struct Dialect {
  canon::DialectName name;
  Framing framing;

  // Client side; its function pointers are null in a dialect that no client speaks to us. parse() reads the
  // client's body (already JSON) into the canonical request; errors carry the pointer and say what was
  // expected. Gemini and Bedrock have the model and `stream` in the URL: whoever knows it sets them
  // (serve/model_path.h).
  Result<canon::Request> (*parse)(Arena& arena, json::Value body);
  void (*render)(const canon::Response& response, const RenderOptions& options, std::string& out);
  std::unique_ptr<StreamRenderer> (*renderer)(const RenderOptions& options);
  void (*render_error)(const ClientError& error, std::string& out);
  std::string_view stream_content_type;
  // The name of an error that goes into the header x-amzn-errortype; null in dialects without one.
  std::string_view (*error_type)(const ClientError& error) = nullptr;

  // Provider side.
  void (*encode)(const canon::Request& request, const WireOptions& options, std::string& out);
  // A 200 body. Providers also put errors there: those come back as UpstreamError.
  std::expected<canon::Response, canon::UpstreamError> (*decode)(Arena& arena, json::Value body);
  std::unique_ptr<StreamDecoder> (*decoder)();
  // Fills type, code, message, param, request_id, retry_after from a non-200 body; body may be anything.
  // `type_header` is the answer's x-amzn-errortype header, "" without one: Bedrock names the error nowhere
  // else.
  canon::UpstreamError (*decode_error)(int status, std::string_view body, std::string_view type_header);

  // The field each parameter is written to, for messages and for knowing what the dialect has a word for;
  // path parts separated by '.', "" = the dialect has no field for it (encode() ignores the parameter then).
  // Indexed by Param.
  std::span<const std::string_view, canon::kParams> param_fields;

  const Embeddings* embeddings = nullptr;
};

const Dialect& get(canon::DialectName name);

// Each folder's row.
extern const Dialect kOpenaiChat;
extern const Dialect kAnthropicMessages;
extern const Dialect kBedrockConverse;
extern const Dialect kGeminiGenerate;
extern const Dialect kOpenaiResponses;
extern const Dialect kCohereChat;
extern const Dialect kOpenaiEmbeddings;
extern const Dialect kGeminiEmbed;
extern const Dialect kVertexPredict;
extern const Dialect kBedrockInvoke;
extern const Dialect kCohereEmbed;
extern const Dialect kOllamaEmbed;

}  // namespace dragoman::dialect
