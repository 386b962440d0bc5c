// JSON against Protocol Buffers messages, as Google's front end parses it before any service code runs.
// Source of the tables: the protos of google.ai.generativelanguage.v1beta and google.cloud.aiplatform.v1 in
// googleapis.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "json/value.h"
#include "sandbox/gemini/refusal.h"

namespace dragoman::sandbox::gemini {

enum class Kind : std::uint8_t {
  text,
  bytes,
  integer,
  number,
  boolean,
  enumeration,
  message,
  map,
  structure,
  value
};

struct Message;

struct Field {
  std::string_view name;  // as in the proto, "function_declarations"; "functionDeclarations" is taken too
  Kind kind;
  const Message* of = nullptr;
  bool repeated = false;
  std::string_view values = {};  // of an enumeration, '|' between them; any letter case is taken
};

struct Message {
  std::string_view name;  // "google.ai.generativelanguage.v1beta.Schema"
  std::span<const Field> fields;
};

const Message& gemini_request();
const Message& gemini_count_request();
const Message& vertex_request();

// All faults at once, a line each, with google.rpc.BadRequest details (GEM-12, GEM-16, GEM-31, GEM-38,
// VTX-11).
Refused check_proto(json::Value body, const Message& message);

// The member under its proto name or its JSON name. Every reader of a request goes through this, since both
// spellings are legal.
json::Value get(json::Value object, std::string_view proto_name);

}  // namespace dragoman::sandbox::gemini
