// The canonical answer: whole (Response) or piece by piece (Event). Both say the same; fold.h turns one into
// the other, which is what lets a client stream from a provider that does not, and the other way round.
//
// Lifetime: views point into the upstream's bytes and an Arena; an Event's views are valid only during the
// call that delivers it.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "canon/request.h"

namespace dragoman::canon {

enum class StopReason : std::uint8_t {
  unknown,
  end_turn,
  max_tokens,
  stop_sequence,
  tool_use,
  content_filter,       // a filter judged the words
  refusal,              // the model declined
  pause_turn,           // Anthropic: continue the turn
  context_window,       // ran into the window's end
  malformed_tool_call,  // the provider refused its own model's call
};
std::string_view name(StopReason reason);

// Tokens. `input` counts the whole prompt, cached parts included (OpenAI's way; Anthropic and Bedrock report
// the parts, their decoders add them up). -1: the provider did not say.
struct Usage {
  std::int64_t input = -1;
  std::int64_t output = -1;       // reasoning included
  std::int64_t cached = -1;       // part of input read from a cache
  std::int64_t cache_write = -1;  // part of input written to a cache
  std::int64_t reasoning = -1;    // part of output
  bool known() const { return input >= 0 || output >= 0; }
  void merge(const Usage& later);  // a later report overrides what it knows
};

struct Choice {
  std::vector<Block> blocks = {};  // Text, Refusal, Reasoning, ToolCall, Media (generated), Foreign
  StopReason stop = StopReason::unknown;
  std::string_view stop_text = {};      // the provider's own word
  std::string_view stop_sequence = {};  // the one that was hit
  json::Value logprobs = {};            // OpenAI shape
};

struct Response {
  std::string_view id = {};
  std::string_view model = {};  // as the provider names it
  std::int64_t created = 0;     // unix seconds; 0 when the provider does not say
  std::vector<Choice> choices = {};
  Usage usage = {};
  std::string_view service_tier = {};
  std::string_view fingerprint = {};
  json::Value source = {};
};

enum class BlockType : std::uint8_t {
  text,
  reasoning,
  redacted_reasoning,
  tool_call,
  refusal,
  media,
  foreign
};

enum class EventType : std::uint8_t {
  start,        // id, model, usage (what is known so far)
  block_start,  // block_type; tool_call: id, name, signature, custom; redacted_reasoning: text is the data;
                // reasoning: name is the provider's own word for words of another kind, usually "";
                // media: media type in name, base64 in text; foreign: type in name, the whole block in value,
                // dialect in issuer
  text,         // text: a piece of a text, reasoning, refusal block
  tool_arguments,  // text: a piece of the arguments' JSON text
  signature,       // text: the signature of the reasoning block
  citation,        // value: one citation of the text block (Anthropic's shape)
  logprobs,        // value
  foreign,         // value: a stream event only the same dialect understands; type in name, dialect in issuer
  block_stop,
  stop,   // of this choice: stop, stop_text, stop_sequence
  usage,  // usage
  end,    // the stream came to its proper end
  ping,   // keep-alive
};

// A decoder promises: start first; blocks of one choice do not overlap, and indices count up from 0 within
// the choice; every block_start has its block_stop; stop once a choice; end last. Failures are not events:
// see StreamDecoder::push.
struct Event {
  EventType type = EventType::ping;
  int choice = 0;
  int block = 0;
  BlockType block_type = BlockType::text;
  std::string_view text = {};
  std::string_view id = {};
  std::string_view name = {};
  std::string_view signature = {};
  std::string_view issuer = {};
  std::string_view model = {};
  std::int64_t created = 0;
  bool custom = false;
  StopReason stop = StopReason::unknown;
  std::string_view stop_text = {};
  std::string_view stop_sequence = {};
  Usage usage = {};
  json::Value value = {};
  std::string_view service_tier = {};
  std::string_view fingerprint = {};
};

// Does this event show the client something that cannot be taken back? Until then a stream may still fail
// over.
bool commits(const Event& event);

}  // namespace dragoman::canon
