// Everything Anthropic refuses about a request, in the order the API would notice it: shape, then meaning.
#pragma once
#include <span>
#include <vector>

#include "json/value.h"
#include "sandbox/anthropic/models.h"
#include "sandbox/anthropic/refusal.h"
#include "sandbox/anthropic/turns.h"

namespace dragoman::sandbox::anthropic {

// Where the request came in. Vertex and Bedrock take the same body with smaller limits (VTX-13): the model
// stands in the URL and `version` in the body's anthropic_version; "" is Anthropic's own API.
struct Surface {
  bool paranoid = false;
  std::string_view version = {};
  bool counting = false;  // /v1/messages/count_tokens: no max_tokens, no sampling

  bool hosted() const { return !version.empty(); }
};

// The body of POST /v1/messages, of count_tokens, or of Vertex's rawPredict; the model has been found
// already.
Refused check_request(json::Value body, const Model& model, const Surface& surface);

// Its parts, one file each.
Refused check_shape(json::Value body, const Model& model, const Surface& surface);  // shape_check.cc
Refused check_blocks(json::Value system, std::span<const Turn> turns, const Model& model,
                     const Surface& surface);                                            // block_check.cc
Refused check_turns(json::Value body, std::span<const Turn> turns, const Model& model);  // turn_check.cc
Refused check_thinking(json::Value body, std::span<const Turn> turns,
                       const Model& model);                                         // thinking_check.cc
Refused check_tools(json::Value body, const Model& model, const Surface& surface);  // tool_check.cc
Refused check_parameters(json::Value body, const Model& model);                     // parameter_check.cc
Refused check_cache(json::Value body, std::span<const Turn> turns);                 // cache_check.cc

// Tokens the request counts as, by the sandbox's rule of thumb.
std::int64_t request_tokens(json::Value body);

}  // namespace dragoman::sandbox::anthropic
