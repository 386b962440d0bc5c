// Signatures of thinking blocks. The real ones are opaque ciphertext; these are a keyed digest over the model
// and the thinking, which gives the same behaviour: what another provider issued, or what was altered on the
// way, shows.
#pragma once
#include <string>
#include <string_view>

namespace dragoman::sandbox::anthropic {

enum class SignatureFault {
  none,
  foreign,   // not one of ours, or damaged
  edited,    // ours, but over other text
  of_other,  // ours, from a line (fable, mythos) whose thinking no other line takes
};

// `seed` tells apart what was issued with different answers: no two signatures are alike, as with the real
// ones.
std::string sign_thinking(std::string_view line, std::string_view thinking, std::string_view seed = {});
SignatureFault verify_thinking(std::string_view line, std::string_view thinking, std::string_view signature);

// The data of a redacted_thinking block.
std::string sign_redacted(std::string_view line, std::string_view seed);
bool verify_redacted(std::string_view data);

}  // namespace dragoman::sandbox::anthropic
