// What Gemini and Vertex refuse about a request whose shape is right.
#pragma once
#include <cstdint>
#include <string_view>

#include "json/value.h"
#include "sandbox/answer.h"
#include "sandbox/gemini/models.h"
#include "sandbox/gemini/refusal.h"

namespace dragoman::sandbox::gemini {

struct Target {
  std::string_view name;  // as the caller wrote it
  const Model* model = nullptr;
  bool vertex = false;
  bool paranoid = false;
  const Say* say = nullptr;  // scripted
};

Refused check_request(json::Value body, const Target& target);

// Its parts.
Refused check_contents(json::Value contents, const Target& target);  // content_check.cc
Refused check_tools(json::Value body, const Target& target);         // tool_check.cc
Refused check_config(json::Value body, const Target& target);        // config_check.cc

// The OpenAPI subset of `parameters` and `responseSchema` (GEM-32 … GEM-39): one "* path: fault" line each.
Refused check_schema(json::Value schema, const std::string& path);  // schema_check.cc

std::int64_t request_tokens(json::Value body);

inline constexpr std::string_view kSkipSignature = "skip_thought_signature_validator";
inline constexpr std::string_view kContextSignature = "context_engineering_is_the_way_to_go";

}  // namespace dragoman::sandbox::gemini
