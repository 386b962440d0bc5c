// The rows of the OpenAI-compatible hosts, one function each, for registry.cc.
#pragma once
#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

extern const std::span<const Model> kOpenAiModelTable;  // Azure serves the same models

Emulator openai_row();
Emulator azure_row();
Emulator mistral_row();
Emulator deepseek_row();
Emulator moonshot_row();
Emulator zai_row();
Emulator qwen_row();
Emulator minimax_row();
Emulator xai_row();
Emulator groq_row();
Emulator cerebras_row();
Emulator fireworks_row();
Emulator together_row();
Emulator openrouter_row();
Emulator ollama_row();
Emulator vllm_row();
Emulator llamacpp_row();
Emulator sambanova_row();
Emulator perplexity_row();
Emulator nvidia_row();
Emulator chatgpt_row();
Emulator copilot_row();
Emulator doubleword_row();
Emulator venice_row();
Emulator mimo_row();
Emulator writer_row();
Emulator tgi_row();
Emulator meta_row();
Emulator sglang_row();

}  // namespace dragoman::sandbox::openai
