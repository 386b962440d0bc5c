// The Gemini API under /gemini and Vertex AI under /vertex.
//
//   gemini  POST /v1beta/models/{m}:generateContent | :streamGenerateContent[?alt=sse] | :countTokens
//           GET  /v1beta/models, /v1beta/models/{m}          key: x-goog-api-key or ?key=
//   vertex  POST /v1/projects/{p}/locations/{l}/publishers/google/models/{m}:… (the same methods)
//           POST /v1/projects/{p}/locations/{l}/publishers/anthropic/models/{m}:rawPredict |
//           :streamRawPredict
//                                                            key: Authorization: Bearer, or x-goog-api-key
//
// Keys beginning with "bad" are refused; "broke…" has no credit left (GEM-57).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "sandbox/emulator.h"
#include "sandbox/gemini/check.h"

namespace dragoman::sandbox::gemini {

Emulator emulator();
Emulator vertex_emulator();  // vertex.cc

// "models/{m}:method" taken apart. Views into `path`.
struct Route {
  std::string_view model;
  std::string_view method;
};
std::optional<Route> read_route(std::string_view path, std::string_view before_model);

// The part both share: a checked call to one of the three generate methods.
Reply generate(const Call& call, const Route& route, Target target);

}  // namespace dragoman::sandbox::gemini
