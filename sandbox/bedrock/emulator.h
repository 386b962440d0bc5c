// Bedrock's runtime under /bedrock: POST /model/{id}/converse, /model/{id}/converse-stream and
// /model/{id}/count-tokens, the id percent-encoded as one label (BRW-01).
#pragma once
#include "sandbox/emulator.h"

namespace dragoman::sandbox::bedrock {

// Its error(200, "throttlingException", text) is a stream that holds one exception: what a 200 that fails
// looks like.
Emulator emulator();

}  // namespace dragoman::sandbox::bedrock
