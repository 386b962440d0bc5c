// What Cohere refuses about a request, and how it says so: {"id","message"}.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"

namespace dragoman::sandbox::cohere {

struct Refusal {
  int status = 400;
  std::string message;
  std::string error_type = {};  // "" where Cohere sends none
};
using Refused = std::optional<Refusal>;

inline Refused refuse(std::string message) { return Refusal{.message = std::move(message)}; }

struct Model {
  std::string_view name;  // as the caller wrote it
  bool vision = false;    // COH-09
  bool thinks = false;    // COH-17
  bool chooses = true;    // takes tool_choice: from Command R7B on (COH-07)
};
std::optional<Model> find_model(std::string_view name);

// The body of POST /v2/chat, in the order the API would notice: shape, turns, tools, parameters, size.
Refused check_request(json::Value body, const Model& model);

// Its parts.
Refused check_turns(json::Value body, const Model& model);  // turn_check.cc
Refused check_tools(json::Value body, const Model& model);  // tool_check.cc
// The schema of structured output and of strict tools (COH-11): "" when it is fine. Counts the fields into
// `fields`.
std::string structured_fault(std::string_view place, json::Value schema, int& fields);

std::int64_t request_tokens(json::Value body);

}  // namespace dragoman::sandbox::cohere
