// The canonical request: what a client asked for, in no dialect. Parsed once, then const for good; each
// attempt lowers a copy of these cheap values (views into the client's body and its arena) to one target.
//
// Lifetime: every string_view and json::Value points into the client's body, its Arena, or static text.
// `pointer` members are RFC 6901 pointers into the client's own body, so that every edit and refusal can say
// where.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "canon/dialect_name.h"
#include "canon/params.h"
#include "canon/words.h"
#include "json/value.h"

namespace dragoman::canon {

enum class Role : std::uint8_t { system, developer, user, assistant };
std::string_view name(Role role);

// A prompt-cache breakpoint after the block or tool that carries it (Anthropic cache_control, Bedrock
// cachePoint).
struct CacheMarker {
  bool set = false;
  std::string_view ttl = {};  // "" the provider's default, else "5m" / "1h"
};

struct Text {
  Words text;
};

// The model's own words for declining (OpenAI `refusal`).
struct Refusal {
  std::string_view text;
};

enum class MediaKind : std::uint8_t { image, document, audio, video };
enum class MediaSource : std::uint8_t { base64, url, file_id, text };
std::string_view name(MediaKind kind);

struct Media {
  MediaKind kind = MediaKind::image;
  MediaSource source = MediaSource::base64;
  std::string_view media_type = {};  // "image/png"; "" when the client did not say (a URL)
  std::string_view data = {};        // base64 text, URL, file id, or plain text, as `source` says
  std::string_view name = {};        // a document's title or file name
  std::string_view detail = {};      // OpenAI image detail
  json::Value citations = {};        // Anthropic document citations setting
  std::string_view context = {};     // Anthropic document context
};

// A call the assistant made. `id`s are the client's.
struct ToolCall {
  std::string_view id = {};
  std::string_view name = {};
  json::Value arguments = {};            // the parsed object; absent when `arguments_text` is no JSON object
  std::string_view arguments_text = {};  // as the client wrote it, where its dialect carries text
  std::string_view signature = {};       // Gemini thought signature that came with this call
  bool custom = false;                   // OpenAI custom tool: arguments_text is free text
};

struct Block;

struct ToolResult {
  std::string_view call_id = {};
  std::string_view name = {};  // of the tool, where the dialect says it or the call is found
  std::vector<Block> content;
  bool is_error = false;
};

// Reasoning is opaque and bound to whoever issued it (GEN-12). `issuer` is the family that made signature or
// redacted: "anthropic", "gemini", "bedrock", "openai", …, or "" for bare text that anybody may have
// produced.
struct Reasoning {
  std::string_view text = {};
  std::string_view signature = {};
  std::string_view redacted = {};  // encrypted whole; text is empty then
  std::string_view issuer = {};
  json::Value source = {};  // OpenAI-style `reasoning_details` item as written, for a replay byte for byte
};

// Something only the client's dialect knows (a server tool's result, a citation block). Kept verbatim: it can
// go to a target of the same dialect and is an edit with loss `semantic` elsewhere.
struct Foreign {
  std::string_view type = {};
  json::Value source = {};
  std::string_view dialect = {};  // whose word it is: name(DialectName)
};

// A key of the client's object that this program has no name for. Keys of a nested object that is otherwise
// known are written as a path ("output_config.task_budget", a tool's "function.x"), as in
// Dialect::param_fields.
struct Extra {
  std::string_view key;
  json::Value value;
  std::string_view pointer;
};

struct Block {
  std::variant<Text, Refusal, Media, ToolCall, ToolResult, Reasoning, Foreign> body;
  std::string_view pointer = {};
  CacheMarker cache = {};
  json::Value citations = {};  // Anthropic text citations, kept for the same dialect
  std::vector<Extra> extra = {};
};

// Tool results are blocks of user messages, in every dialect (OpenAI's role "tool" becomes one).
struct Message {
  Role role = Role::user;
  std::vector<Block> blocks = {};
  std::string_view name = {};  // participant name (OpenAI)
  std::string_view pointer = {};
  std::vector<Extra> extra = {};
};

enum class ToolKind : std::uint8_t { function, custom, server };

struct Tool {
  ToolKind kind = ToolKind::function;
  std::string_view name = {};
  std::string_view description = {};
  json::Value schema = {};  // of the parameters; absent when the client gave none
  std::optional<bool> strict = {};
  CacheMarker cache = {};
  std::string_view pointer = {};         // of the tool
  std::string_view schema_pointer = {};  // of its schema
  json::Value source = {};               // the tool as written; what server and custom tools are
  std::vector<Extra> extra = {};
};

enum class ChoiceMode : std::uint8_t { unset, automatic, none, required, named };
std::string_view name(ChoiceMode mode);

struct ToolChoice {
  ChoiceMode mode = ChoiceMode::unset;
  std::string_view tool = {};                  // named
  std::vector<std::string_view> allowed = {};  // a subset to choose from ("allowed_tools"); empty: all
  std::string_view pointer = {};
};

enum class FormatKind : std::uint8_t { unset, text, json_object, json_schema };

struct ResponseFormat {
  FormatKind kind = FormatKind::unset;
  std::string_view name = {};
  std::string_view description = {};
  json::Value schema = {};
  std::optional<bool> strict = {};
  std::string_view pointer = {};
  std::string_view schema_pointer = {};
};

struct ReasoningConfig {
  enum class Mode : std::uint8_t { unset, off, on, adaptive };
  Mode mode = Mode::unset;
  std::string_view effort = {};             // "none" … "max", as the client spelled it; "" not set
  std::optional<std::int64_t> budget = {};  // tokens
  std::optional<bool> include = {};         // whether the client wants to see the reasoning text
  std::string_view summary = {};            // OpenAI Responses: how it wants it summed up, "auto" …
  std::string_view pointer = {};            // of `mode`/`budget`
  std::string_view effort_pointer = {};
  std::string_view include_pointer = {};  // "" where `summary` says it
  std::string_view summary_pointer = {};
  // Where the client said it before, in another field.
  std::vector<std::string_view> overruled = {};

  // What is said last counts.
  void say(Mode value, std::string_view at) {
    if (mode != Mode::unset && mode != value && pointer != at) overruled.push_back(pointer);
    mode = value;
    pointer = at;
  }
  void say_effort(std::string_view word, std::string_view at) {
    if (!effort.empty()) overruled.push_back(effort_pointer);
    effort = word;
    effort_pointer = at;
  }
};

struct Request {
  DialectName dialect = DialectName::openai_chat;
  std::string_view model = {};
  bool stream = false;
  bool stream_usage = false;  // the client asked for usage in the stream (always true where it always comes)
  std::vector<Message> messages = {};  // system and developer turns included, in order
  std::vector<Tool> tools = {};
  ToolChoice tool_choice = {};
  ResponseFormat response_format = {};
  ReasoningConfig reasoning = {};
  Params params = {};
  std::vector<Extra> extra = {};
  json::Value source = {};  // the client's body
};

// The first user/assistant text is `message`; helpers used by several rooms.
inline bool is_system(const Message& m) { return m.role == Role::system || m.role == Role::developer; }
bool has_tool_blocks(const Request& request);  // any tool call or result in the history

}  // namespace dragoman::canon
