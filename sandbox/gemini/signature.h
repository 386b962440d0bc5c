// Thought signatures. The real ones are opaque ciphertext bound to the service that made them; these are a
// keyed digest over the service and the answer, so that a foreign or altered one shows.
#pragma once
#include <string>
#include <string_view>

namespace dragoman::sandbox::gemini {

std::string sign_thought(bool vertex, std::string_view answer_id);
// One of this service's own, or one of the sentinels Google documents for calls it never made.
bool is_thought_signature(bool vertex, std::string_view signature);

}  // namespace dragoman::sandbox::gemini
