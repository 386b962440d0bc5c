// What Bedrock refuses about a Converse request once its shape is right: service rules (BR), model family
// rules (BRM), and for Claude what Anthropic itself refuses.
#pragma once
#include <string_view>

#include "base/arena.h"
#include "json/value.h"
#include "sandbox/answer.h"
#include "sandbox/bedrock/families.h"
#include "sandbox/bedrock/refusal.h"

namespace dragoman::sandbox::bedrock {

struct Target {
  std::string_view bare;  // the model
  const Family* family = nullptr;
  std::string_view region;  // "" when a bearer key told none
  bool streaming = false;
  bool paranoid = false;
  const Say* say = nullptr;  // scripted
};

Refused check_request(json::Value body, const Target& target, Arena& arena);

// Its parts.
Refused check_messages(json::Value body, const Target& target);              // message_check.cc
Refused check_media(json::Value messages);                                   // media_check.cc
Refused check_family(json::Value body, const Target& target);                // family_check.cc
Refused check_claude(json::Value body, const Target& target, Arena& arena);  // claude_check.cc

std::int64_t request_tokens(json::Value body);

}  // namespace dragoman::sandbox::bedrock
