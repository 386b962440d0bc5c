// Anthropic's Messages API under /anthropic: POST /v1/messages, POST /v1/messages/count_tokens, GET
// /v1/models. Test keys: any but those that begin with "bad" (401) or "broke" (ANT-48, no credit left).
#pragma once
#include <string_view>

#include "sandbox/anthropic/check.h"
#include "sandbox/emulator.h"

namespace dragoman::sandbox::anthropic {

Emulator emulator();

// Answers a body of the Messages API once its caller is known: the part Vertex shares (VTX-13). `request_id`
// is the provider's, `id_prefix` that of message ids.
Reply answer_messages(const Call& call, std::string_view model_name, const Surface& surface, bool streaming,
                      std::string_view request_id, std::string_view id_prefix);

}  // namespace dragoman::sandbox::anthropic
