// api.cohere.com, version 2 of the Chat API: the COH section of the provider contracts.
#pragma once
#include "sandbox/emulator.h"

namespace dragoman::sandbox::cohere {

Emulator emulator();

}  // namespace dragoman::sandbox::cohere
