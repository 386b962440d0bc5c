#include "sandbox/anthropic/emulator.h"
#include "sandbox/bedrock/emulator.h"
#include "sandbox/cohere/emulator.h"
#include "sandbox/emulator.h"
#include "sandbox/gemini/emulator.h"
#include "sandbox/openai/rows.h"

namespace dragoman::sandbox {

const std::vector<Emulator>& emulators() {
  static const std::vector<Emulator> all = {
      anthropic::emulator(),  bedrock::emulator(),      gemini::emulator(),       gemini::vertex_emulator(),
      openai::openai_row(),   openai::azure_row(),      openai::mistral_row(),    openai::deepseek_row(),
      openai::moonshot_row(), openai::zai_row(),        openai::qwen_row(),       openai::minimax_row(),
      openai::xai_row(),      openai::groq_row(),       openai::cerebras_row(),   openai::fireworks_row(),
      openai::together_row(), openai::openrouter_row(), openai::ollama_row(),     openai::vllm_row(),
      openai::llamacpp_row(), cohere::emulator(),       openai::sambanova_row(),  openai::perplexity_row(),
      openai::nvidia_row(),   openai::copilot_row(),    openai::doubleword_row(), openai::venice_row(),
      openai::mimo_row(),     openai::writer_row(),     openai::tgi_row(),        openai::meta_row(),
      openai::sglang_row(),   openai::chatgpt_row(),
  };
  return all;
}

}  // namespace dragoman::sandbox
