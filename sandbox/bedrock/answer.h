// The answer in Converse's words, whole or as event-stream messages (BRW-06 … BRW-11).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "sandbox/answer.h"
#include "sandbox/bedrock/check.h"

namespace dragoman::sandbox::bedrock {

struct OutBlock {
  enum class Kind { reasoning, text, tool_use } kind = Kind::text;
  std::string text;       // or the call's arguments as compact JSON
  std::string signature;  // of Claude's reasoning
  std::string id;
  std::string name;
};

struct OutMessage {
  std::vector<OutBlock> blocks;
  std::string_view stop_reason;
  Usage usage;
};

OutMessage compose(json::Value body, std::string_view body_text, const Target& target, Arena& arena);

std::string message_json(const OutMessage& message);
std::vector<std::string> message_frames(const OutMessage& message);  // stream.cc
std::string exception_frame(std::string_view exception, std::string_view message);

void write_usage(std::string& out, const Usage& usage);

}  // namespace dragoman::sandbox::bedrock
