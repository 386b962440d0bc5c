#include "sandbox/anthropic/emulator.h"
#include "sandbox/bedrock/emulator.h"
#include "sandbox/emulator.h"
#include "sandbox/gemini/emulator.h"
#include "sandbox/openai/rows.h"

namespace dragoman::sandbox {

const std::vector<Emulator>& emulators() {
  static const std::vector<Emulator> all = {
      anthropic::emulator(), bedrock::emulator(), gemini::emulator(),    gemini::vertex_emulator(),
      openai::openai_row(),  openai::azure_row(), openai::mistral_row(), openai::deepseek_row(),
  };
  return all;
}

}  // namespace dragoman::sandbox
