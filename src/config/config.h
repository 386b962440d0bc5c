// The configuration as an immutable snapshot: built once, shared by pointer, pinned by each request.
//
// Thread-safe: nothing in it changes after load(). Secrets are of type Secret, and secrets() lists them for
// redaction.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "canon/params.h"
#include "config/error.h"
#include "config/promises.h"
#include "config/secret.h"
#include "net/aws_credentials.h"
#include "profile/prices.h"
#include "profile/provider.h"
#include "route/route.h"

namespace dragoman::config {

using std::chrono::milliseconds;
using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// Of one attempt; 0 is no limit.
struct Timeouts {
  milliseconds connect{10'000};
  milliseconds first_byte{
      300'000};  // until the head of the answer; without streaming, that is the whole thinking
  milliseconds between_events{120'000};
  milliseconds total{0};
};

struct Credential {
  Secret key;                                // API key or bearer token; empty: none
  std::optional<net::AwsIdentity> aws = {};  // for Auth::aws; nothing: requests cannot be authenticated
  std::string id = {};                       // tells two credentials apart without telling either
};

// A provider with everything it takes to call it.
struct Connection {
  std::string name;                              // as the config calls it
  std::shared_ptr<const profile::Provider> row;  // with the config's own settings and rules laid on top
  NamedTexts vars;                               // values of the placeholders in its URLs
  NamedTexts headers;                            // to send with every request
  std::vector<std::shared_ptr<const Credential>> credentials;  // at least one
};

// A parameter of the call where the client said nothing.
struct DefaultParam {
  std::string name;  // OpenAI Chat's name where `param` is set, else a field of the provider's body
  std::string json;  // its value, JSON text
  std::optional<canon::Param> param = {};  // the parameter it is, if this program has a name for it
};

// One thing to call: a provider, a credential, a model.
struct Deployment {
  std::string name;  // "provider/model"
  std::shared_ptr<const Connection> connection;
  std::shared_ptr<const Credential> credential;
  std::string model;  // upstream name
  std::string url;    // complete, with the model percent-encoded where it stands in the path
  std::string stream_url;
  std::string count_tokens_url;     // "" if the provider has none
  std::string responses_count_url;  // where its Responses endpoint counts tokens; "" if it does not
  std::string responses_url;        // of its Responses endpoint beside this one; "" if it has none
  std::string embeddings_url;       // the same for embeddings
  NamedTexts headers;               // besides the connection's
  std::vector<DefaultParam> defaults;
  std::vector<profile::Rule> rules;  // of this target alone, laid over the provider's
  Timeouts timeouts;                 // when the client does not stream
  Timeouts stream_timeouts;
  Promises promises;
  std::optional<profile::Price> price;  // what the config says of it; nothing: the list price holds
};

// A model name's route and what its targets' `deployment` numbers mean.
struct Resolved {
  route::Route route;
  std::vector<std::shared_ptr<const Deployment>> deployments;
  milliseconds deadline{0};  // for all attempts together; 0: none
};

struct Server {
  std::string host = "127.0.0.1";
  std::uint16_t port = 4000;
  int threads = 0;  // loops; 0: one for each core
  std::uint64_t max_body = 32u << 20;
  std::int64_t max_connections = 10'000;
  milliseconds head_timeout{15'000};   // from the first byte of a request to the end of its head
  milliseconds body_timeout{60'000};   // silence inside a request's body
  milliseconds write_timeout{60'000};  // a client that does not read its answer
  milliseconds idle_timeout{75'000};   // an idle connection
  milliseconds drain{30'000};          // for requests under way when it is told to stop
};

struct ClientKeyEntry {
  std::string name;
  Secret key;        // in plain text, or
  std::string hash;  // "sha256:<64 hex digits>", or
  std::string
      access_key_id;  // a key pair that Bedrock clients sign with: the secret must be known to verify it
  Secret secret_access_key;
};

struct Auth {
  Secret master_key;
  std::vector<ClientKeyEntry> keys;
  bool required() const { return !master_key.empty() || !keys.empty(); }
};

struct Journal {
  bool enabled = true;
  std::string path;  // "": the program's own place
  bool keep_bodies = false;
  std::uint64_t max_answer =
      64u << 10;  // bytes of a refused or failed attempt's raw answer, and of any stream
  milliseconds max_age{std::chrono::hours(24 * 30)};
  std::uint64_t max_size = std::uint64_t{1} << 30;
};

// What conversations need again and clients do not send back: docs/conversation-state.md.
struct Vault {
  bool enabled = true;
  std::string path;  // "": the program's own place; ":memory:" nothing outlives the process
  Secret key;        // empty: a key file beside the database
  milliseconds max_age{std::chrono::hours(24 * 30)};
  std::uint64_t max_size = std::uint64_t{256} << 20;
  friend bool operator==(const Vault&, const Vault&) = default;
};

// Responses kept for clients of the Responses API (`store`, `previous_response_id`).
struct Responses {
  bool enabled = true;
  std::string path;                                   // "": beside the journal; in memory when there is none
  milliseconds max_age{std::chrono::hours(24 * 30)};  // since it was last used
  std::uint64_t max_size = std::uint64_t{1} << 30;
};

struct Log {
  std::string level = "info";
  std::string format = "text";  // or "json"
};

// How patient to be with a model; a model starts from the defaults'.
struct Reliability {
  route::Policy policy;
  route::CooldownPolicy cooldown;
  Timeouts timeouts;
  std::optional<Timeouts> stream_timeouts;  // as `timeouts` if not given
  milliseconds deadline{600'000};
  PromiseSettings promises;
  route::PinMode pin = route::PinMode::none;
};

struct TargetSpec {
  std::shared_ptr<const Connection> connection;
  std::string model;  // may hold the '*' of a wildcard name
  std::optional<double> weight;
  std::optional<int> order;
  std::optional<int> retries;
  std::optional<Timeouts> timeouts, stream_timeouts;
  std::int64_t context_window = 0;
  NamedTexts headers;
  std::vector<DefaultParam> defaults;
  std::vector<profile::Rule> rules;
  PromiseSettings promises;  // instead of the model's
  std::optional<profile::Price> price = {};
};

// A model name as the config defines it, before its fallbacks are written out. `name` may hold one '*'.
struct ModelSpec {
  std::string name;
  std::vector<TargetSpec> targets;
  Reliability reliability;
  std::vector<std::string> fallbacks, context_window_fallbacks, content_policy_fallbacks;
  bool pasted = false;              // from an OpenClaw block: the file's defaults are laid on it at the end
  bool own_fallbacks_only = false;  // LiteLLM: the default fallbacks are for models without their own
};

class Config {
 public:
  std::string file;  // "" if made from the environment
  Server server;
  Auth auth;
  Journal journal;
  Vault vault;
  Responses responses;
  Log log;
  bool strict_models = false;  // only listed names
  std::shared_ptr<const profile::Catalogue> catalogue;
  std::vector<std::shared_ptr<const Connection>> connections;
  std::vector<ModelSpec> models;
  std::vector<std::pair<std::string, std::string>> aliases;  // name → model name
  Reliability defaults;
  std::vector<std::string> default_fallbacks;
  std::vector<ConfigError> warnings;  // what the file names and dragoman does not honour, each with its line

  // The route for a name a client asked for: a listed model, an alias, the longest wildcard that matches,
  // then, unless strict_models, "provider/model" and bare names of well-known families. Null if there is
  // none. The result does not depend on the Config's lifetime.
  std::shared_ptr<const Resolved> find(std::string_view model) const;

  // For GET /v1/models: the listed names and, unless strict_models, the well-known models of each provider.
  std::vector<std::string> model_names() const;

  const Connection* connection(std::string_view provider) const;

  // Every secret it holds, for redaction.
  std::vector<std::string> secrets() const;

  // Builds the listed models' routes, so that find() only looks them up. The loader's last step.
  void prepare();

 private:
  std::vector<TargetSpec> targets_of(std::string_view model, bool listed_only) const;
  const ModelSpec* spec_of(std::string_view model) const;
  std::shared_ptr<const Resolved> build(std::string_view model) const;

  std::map<std::string, std::shared_ptr<const Resolved>, std::less<>> prepared_;
};

// The provider that a bare model name belongs to ("claude-…" → "anthropic"); "" if it is of no well-known
// family.
std::string_view provider_of_family(std::string_view model);

bool is_loopback(std::string_view host);

}  // namespace dragoman::config
