// What an emulated provider is: a pure function from one HTTP call to one reply. No sockets here; server.cc
// puts emulators on a port, plays scripted faults and remembers what was received.
//
// Emulators are written from the providers' published contracts and share no code with the gateway's
// lowering: where both were written from the same helper, both could be wrong together.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "json/value.h"

namespace dragoman::sandbox {

struct Say;
using HeaderList = std::vector<std::pair<std::string, std::string>>;

// One request as it arrived. Views are valid during the call.
struct Call {
  std::string_view method;     // "POST"
  std::string_view path;       // without the provider's prefix, still percent-encoded: "/v1/chat/completions"
  std::string_view full_path;  // as on the wire, for signatures
  std::string_view query;      // without '?'
  const HeaderList& headers;
  std::string_view body_text;
  json::Value body;  // absent when the body is not JSON
  Arena& arena;
  std::int64_t now_unix = 0;  // seconds; for signature dates and `created`
  const Say* say = nullptr;   // what a script has the model answer; see answer.h

  std::string_view header(std::string_view name) const;  // "" when missing; names ignore case
};

struct Options {
  bool paranoid = false;  // also enforce rules graded C and A
};

// A reply is either whole (`body`) or a stream: `frames` are the provider's own framing (SSE events,
// event-stream messages, pieces of a JSON array), sent one after another in chunks whose boundaries the
// server chooses freely.
struct Reply {
  int status = 200;
  HeaderList headers;
  std::string body;
  std::vector<std::string> frames;
  bool streaming = false;
};

// One provider. `handle` must be deterministic: the same call gives the same reply, ids included (derive ids
// from a hash of the body), so that tests can compare bytes.
struct Emulator {
  std::string_view prefix;  // "openai": the provider's calls arrive under /openai/…
  Reply (*handle)(const Call& call, const Options& options);
  // A reply with this status and text in the provider's own error shape, for faults such as 429 and 529.
  Reply (*error)(int status, std::string_view code, std::string_view message);
  // The model the call is for, so that faults can be scripted per model ("" when the call names none).
  std::string_view (*model_of)(const Call& call);

  // Optional. The frame that tells of an error inside a stream that began with 200; without it the server
  // sends the body that error() makes as an SSE event without a name.
  std::string (*stream_error)(int status, std::string_view code, std::string_view message) = nullptr;
  // Optional. A failure with this status in the provider's own words, headers included (429, 503, 529);
  // without it the server calls error() with general words.
  Reply (*failure)(int status) = nullptr;
};

// All of them; each provider's file defines one function returning its row(s), and registry.cc lists them.
const std::vector<Emulator>& emulators();

}  // namespace dragoman::sandbox
