// What an emulated model says. Emulators translate their provider's request into an Ask, and the Answer back
// into their provider's words; the plan is the same for all, so a test may expect the same content whoever
// answered.
//
// The rules a test can rely on:
//   * With tools, a choice that allows it, and a user turn last, the answer calls a tool: the named one, else
//   one
//     whose name stands in the user's text, else the first. The words "without tools" in that text prevent it
//     under `automatic`. Where parallel calls are allowed, "both" or "parallel" in that text makes it two
//     calls.
//   * Arguments are valid under the schema that was sent (instance.h).
//   * Tool results last: the text quotes every result whole, "Result: <text>" a line each, in the order of
//   arrival.
//   * Otherwise the text is "You said: <last user text>", with " [2 images]" / " [1 document]" after it.
//   * With an output schema the text is JSON valid under it; with plain JSON mode it is {"answer": "You said:
//   …"}.
//   * max_tokens cuts text (Stop::length), a stop sequence ends it before the sequence (Stop::sequence).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace dragoman::sandbox {

enum class Choice { automatic, none, required, named };
enum class LastTurn { user, tool_results, assistant };
enum class Stop { end, length, sequence, tool_calls };

// What a script has the model say instead of what the rules above would give (fault.h, kind `say`).
struct Say {
  struct Call {
    std::string name;                    // "": the tool the rules would choose
    std::string arguments;               // JSON text; anything where the provider carries it in a string
    std::optional<std::string> id = {};  // as the host names it, good or bad; none: as it names its calls
  };
  std::string text;
  std::vector<Call> calls;
};

struct ToolView {
  std::string_view name;
  json::Value schema;  // absent: takes no arguments
};

struct Ask {
  LastTurn last = LastTurn::user;
  std::string user_text;             // of the last user turn, text parts joined by '\n'
  std::vector<std::string> results;  // texts of the tool results after the last assistant turn
  int images = 0;                    // in the last user turn and in those results
  int documents = 0;

  std::vector<ToolView> tools;
  Choice choice = Choice::automatic;
  std::string_view named;  // with Choice::named
  bool parallel = true;    // more than one call is allowed

  json::Value output_schema;  // structured output wanted
  bool json_object = false;   // JSON mode without a schema

  bool reasoning = false;       // the model thinks, and the provider shows it
  std::int64_t max_tokens = 0;  // 0: no limit
  std::vector<std::string_view> stop;

  std::size_t request_bytes = 0;  // usage is derived from sizes
  bool cached = false;            // report half of the prompt as read from a cache
  int index = 0;                  // of several answers to one request (n)
  const Say* say = nullptr;       // scripted
};

struct ToolCall {
  std::string name;
  std::string arguments;               // compact JSON object
  std::optional<std::string> id = {};  // scripted
};

// Token counts. cached is part of prompt, reasoning part of completion; providers that count otherwise
// convert.
struct Usage {
  std::int64_t prompt = 0;
  std::int64_t completion = 0;
  std::int64_t cached = 0;
  std::int64_t reasoning = 0;
};

struct Answer {
  std::string reasoning;  // "" unless asked for
  std::string text;       // "" when it calls tools
  std::vector<ToolCall> calls;
  Stop stop = Stop::end;
  std::string stop_sequence;  // with Stop::sequence
  Usage usage;
};

Answer plan(const Ask& ask);

// The `id` of a scripted call.
std::optional<std::string> scripted_id(json::Value call);

// `text` in pieces as a stream would bring them: about a word each, never inside a character. The views point
// into `text`. Empty text gives no piece.
std::vector<std::string_view> pieces(std::string_view text);

// A count that grows with size the way a tokenizer's does (about four bytes a token); 0 for "".
std::int64_t count_tokens(std::string_view text);

// `prefix` and `length` characters of [0-9A-Za-z], a pure function of `seed_text` and `salt`: ids that are
// the same whenever the same request comes.
std::string stable_id(std::string_view prefix, std::string_view seed_text, std::uint64_t salt = 0,
                      std::size_t length = 24);

}  // namespace dragoman::sandbox
