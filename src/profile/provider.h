// A provider is a row of data: where it is, how it is spoken to, and the rules on top of its dialect's.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "canon/dialect_name.h"
#include "profile/compat.h"
#include "profile/profile.h"

namespace dragoman::profile {

enum class Auth : std::uint8_t {
  none,
  bearer,  // Authorization: Bearer KEY
  header,  // KEY in the header `auth_header`
  aws,     // SigV4, or a bearer key when there is one
};

struct Provider {
  std::string name;
  std::vector<std::string> aliases = {};  // other names for it, LiteLLM's prefixes among them
  std::string title = {};                 // for people: "Amazon Bedrock"
  canon::DialectName dialect = canon::DialectName::openai_chat;

  // URL = base_url + path. Both may hold {model} (percent-encoded as one path segment), {region}, {project},
  // {location}, {api_version}; base_url "" means the user has to give one (Azure).
  std::string base_url = {};
  std::string path = {};
  std::string stream_path = {};  // "" : as path
  std::string count_tokens_path = {};
  std::string query = {};         // "api-version={api_version}"
  std::string stream_query = {};  // "alt=sse"

  Auth auth = Auth::bearer;
  std::string auth_header = {};
  std::vector<std::pair<std::string, std::string>> headers = {};

  // The environment variables that make it work without a config: the key (any of), and others by placeholder
  // name
  // ("api_base", "region", "project", "location", "api_version").
  std::vector<std::string> key_env = {};
  std::vector<std::pair<std::string, std::vector<std::string>>> var_env = {};
  std::vector<std::pair<std::string, std::string>> var_defaults = {};
  bool local =
      false;  // a server of the user's own (Ollama …): used when its base URL is given, no key needed

  std::vector<std::string> families = {};  // data/families/*.yaml whose rows apply
  std::vector<std::string> models = {};    // well-known model names, for GET /v1/models
  std::vector<Rule> rules = {};

  // The host's other endpoint, OpenAI's Responses, as a row of its own under the same name; null: it has
  // none. Which of the two a request goes to is the setting `responses`.
  std::shared_ptr<const Provider> responses = {};
  // Its embeddings endpoint, likewise; null: it has none that is known. Its `models` are well-known embedding
  // models.
  std::shared_ptr<const Provider> embeddings = {};
};

// Another endpoint of the host as a row: its name, address and credentials, nothing of what its chat takes.
Provider other_endpoint(const Provider& host, canon::DialectName dialect, std::string path);

// Where an OpenAI-compatible host has its embeddings, beside its chat: "/v1/chat/completions" →
// "/v1/embeddings"; "" if the path is another. As a row; null without one.
std::string embeddings_path_beside(std::string_view chat_path);
std::shared_ptr<const Provider> usual_embeddings(const Provider& host);

// All rows that apply to one target, in the order they are laid: dialect, families, provider, then `extra`
// (the user's own). The catalogue must outlive what is resolved from it.
class Catalogue {
 public:
  // The rows built into the program (data/). Errors name the file and line: a test keeps this from failing.
  static Result<Catalogue> builtin();

  const Provider* find(std::string_view name_or_alias) const;
  std::span<const Provider> providers() const { return providers_; }

  const CompatTable& compat() const { return compat_; }

  Profile resolve(const Provider& provider, std::string_view model, Mode mode,
                  std::span<const Rule> extra = {}) const;

  // Every row that can apply to the provider, for documentation and `dragoman rules`.
  std::vector<const Rule*> rows(const Provider& provider) const;

  // The same rows in the files they come from, first laid first: the dialect, its families, its own.
  struct Layer {
    std::string file;  // "families/gpt.yaml", below data/
    std::span<const Rule> rules;
  };
  std::vector<Layer> layers(const Provider& provider) const;

 private:
  struct Group {
    std::string name;
    std::vector<Rule> rules;
  };
  const Group* family(std::string_view name) const;

  CompatTable compat_;
  std::vector<Provider> providers_;
  std::vector<Group> families_;
  std::array<std::vector<Rule>, canon::kDialects> dialects_;
};

}  // namespace dragoman::profile
