#include "dialect/dialect.h"

namespace dragoman::dialect {

const Dialect& get(canon::DialectName name) {
  switch (name) {
    case canon::DialectName::openai_chat:
      return kOpenaiChat;
    case canon::DialectName::anthropic_messages:
      return kAnthropicMessages;
    case canon::DialectName::bedrock_converse:
      return kBedrockConverse;
    case canon::DialectName::gemini_generate:
      return kGeminiGenerate;
    case canon::DialectName::openai_responses:
      return kOpenaiResponses;
    case canon::DialectName::cohere_chat:
      return kCohereChat;
    case canon::DialectName::openai_embeddings:
      return kOpenaiEmbeddings;
    case canon::DialectName::gemini_embed:
      return kGeminiEmbed;
    case canon::DialectName::vertex_predict:
      return kVertexPredict;
    case canon::DialectName::bedrock_invoke:
      return kBedrockInvoke;
    case canon::DialectName::cohere_embed:
      return kCohereEmbed;
    case canon::DialectName::ollama_embed:
      return kOllamaEmbed;
  }
  return kOpenaiChat;
}

}  // namespace dragoman::dialect
