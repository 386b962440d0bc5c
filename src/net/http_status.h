// Reason phrases (RFC 9110 section 15, and 529 as Anthropic uses it). "Unknown" for others: nobody may depend
// on them.
#pragma once
#include <string_view>

namespace dragoman::net {
std::string_view reason_phrase(int status);
}
