// The answer in Anthropic's words: one message, whole or as the events of a stream.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "sandbox/answer.h"
#include "sandbox/anthropic/models.h"
#include "sandbox/anthropic/turns.h"

namespace dragoman::sandbox::anthropic {

struct OutBlock {
  enum class Kind { thinking, redacted, text, tool_use } kind = Kind::text;
  std::string text;       // thinking, text, or the call's arguments as compact JSON
  std::string signature;  // of thinking; the data of redacted thinking
  std::string id;         // of a call
  std::string name;
};

struct OutMessage {
  std::string id;
  std::string model;
  std::vector<OutBlock> blocks;
  std::string_view stop_reason;
  std::string stop_sequence;
  bool refused = false;
  Usage usage;
};

// `id_prefix` is "msg_01", on Vertex "msg_vrtx_01".
OutMessage compose(json::Value body, std::string_view body_text, std::string_view model_name,
                   const Model& model, std::span<const Turn> turns, std::string_view id_prefix,
                   const Say* say = nullptr);

std::string message_json(const OutMessage& message);
std::vector<std::string> message_frames(const OutMessage& message);  // stream.cc: one SSE event each

void write_usage(std::string& out, const Usage& usage, std::int64_t output_tokens);

}  // namespace dragoman::sandbox::anthropic
