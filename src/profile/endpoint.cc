// A host's other endpoints, as rows made from its own.
#include "profile/provider.h"

namespace dragoman::profile {

Provider other_endpoint(const Provider& host, canon::DialectName dialect, std::string path) {
  Provider out = host;
  out.dialect = dialect;
  out.aliases.clear();
  out.stream_path = out.count_tokens_path = out.query = out.stream_query = {};
  out.path = std::move(path);
  out.rules.clear();
  out.responses.reset();
  out.embeddings.reset();
  // A model family's rows say what its chat takes.
  if (dialect != canon::DialectName::openai_responses) {
    out.models.clear();
    out.families.clear();
  }
  return out;
}

std::string embeddings_path_beside(std::string_view chat_path) {
  constexpr std::string_view kChat = "/chat/completions";
  if (!chat_path.ends_with(kChat)) return {};
  chat_path.remove_suffix(kChat.size());
  return std::string(chat_path) + "/embeddings";
}

std::shared_ptr<const Provider> usual_embeddings(const Provider& host) {
  std::string path =
      host.dialect == canon::DialectName::openai_chat ? embeddings_path_beside(host.path) : std::string();
  if (path.empty()) return nullptr;
  Provider out = other_endpoint(host, canon::DialectName::openai_embeddings, std::move(path));
  out.query = host.query;
  return std::make_shared<const Provider>(std::move(out));
}

}  // namespace dragoman::profile
