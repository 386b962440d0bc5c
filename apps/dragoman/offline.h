// Lowering without sending: what `dragoman lower`, `check` and `diff` share. Credentials are placeholders
// where none are configured, and no secret leaves this file.
#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/error.h"
#include "canon/embedding.h"
#include "canon/request.h"
#include "command_io.h"
#include "json/write.h"
#include "lower/lower.h"
#include "profile/rule_sources.h"
#include "serve/snapshot.h"

namespace dragoman::app {

// The exit statuses of the three commands, besides 0.
inline constexpr int kLossy = 1;    // check: some target takes the request with semantic loss
inline constexpr int kRefused = 3;  // a target does not take the request

// One place a request could go. Keeps what it needs alive.
struct OfflineTarget {
  std::shared_ptr<const serve::Routed> routed;
  const serve::Deployment* deployment = nullptr;
  std::string model = {};  // the config's, whose `loss` and settings hold for it here; "" for provider/model
  const std::string& name() const { return deployment->name(); }
};

// What one target would receive, or why it would not.
struct Outcome {
  std::optional<lower::Refused> refused;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // secrets masked
  lower::Lowered lowered;
  std::vector<std::string> bodies;           // of several calls (embeddings), else empty
  std::vector<std::string> sources;          // of the edits, by index; "" where nothing is known
  bool forbidden = false;                    // refused for an edit that the config's `loss` forbids
  std::vector<config::LossPolicy> policies;  // of the edits, by index

  lower::Loss worst() const;  // `none` without edits
  int count(lower::Loss loss) const;
  bool warned() const;  // some edit is one to warn of
};

// What is said of a request before any target is asked.
struct Asked {
  std::string_view dialect = "";     // its name, short or not; "": the request itself tells
  std::optional<bool> stream = {};   // nothing: as the request says
  std::string_view model = "model";  // for a request that names none
};

// A client's request as it was read: a conversation, or texts to embed.
struct ClientRequest {
  canon::DialectName dialect = canon::DialectName::openai_chat;
  canon::Request conversation;
  std::optional<canon::EmbeddingRequest> texts;
  std::shared_ptr<const std::string> text = {};  // what they view, of a request that was read from a file
};

class Offline {
 public:
  // `config` "" : every provider the program knows. With a file: what it configures, and the known providers
  // for targets it does not name. Variables that are not set get placeholders, so that neither needs keys.
  static Result<Offline> make(const std::string& config);

  // A target by name: provider/model, or a model of the config (then its first target).
  Result<OfflineTarget> find(std::string_view name) const;

  // Everywhere a request for this name may go: the targets of a model of the config and of its fallbacks. A
  // name with '*' stands for the known names it matches.
  Result<std::vector<OfflineTarget>> reached(std::string_view name, bool embeddings) const;

  // All that are configured, or the well-known models of every known provider; for texts to embed, the
  // embedding models. A target comes once for each model of the config that leads to it.
  std::vector<OfflineTarget> all(bool embeddings) const;

  // Reads a request in the client's dialect. The arena keeps a copy of `text`, and must outlive the result.
  Result<ClientRequest> parse(Arena& arena, std::string_view text, const Asked& asked) const;
  // The same without a copy of the text, which may be large: it must outlive the request, and json::kPadding
  // bytes behind it can be read.
  Result<ClientRequest> parse_padded(Arena& arena, std::string_view text, const Asked& asked) const;
  // The same from a file, or standard input for "-"; a fault names the file.
  Result<ClientRequest> read(Arena& arena, const std::string& file, const Asked& asked) const;
  // `inside`: of a conversation, see lower::lower.
  Result<Outcome> lower(const ClientRequest& request, const OfflineTarget& target, Arena& arena,
                        canon::Request* inside = nullptr) const;
  const profile::Catalogue& catalogue() const { return snapshot_->catalogue(); }
  const config::Config& config() const { return snapshot_->config(); }
  // The provider of a name or of a "provider/model": the config's, else the program's own. Null for one that
  // neither knows; what such a one said can only be read as OpenAI Chat's.
  const profile::Provider* provider(std::string_view name) const;

 private:
  void add_reached(const std::shared_ptr<const serve::Routed>& routed, std::string_view name, bool embeddings,
                   std::vector<OfflineTarget>& out) const;
  Result<Outcome> lower_texts(const canon::EmbeddingRequest& request, const OfflineTarget& target,
                              Arena& arena) const;
  // Policies, URL, headers and sources of what was lowered; or that the config forbids it.
  Result<void> complete(Outcome& out, const serve::Deployment& deployment, profile::Mode mode,
                        const OfflineTarget& target) const;
  Result<ClientRequest> of_body(Arena& arena, Result<json::Value> body, const Asked& asked) const;
  std::string masked(std::string text) const;
  std::string source_of(const serve::Deployment& deployment, profile::Mode mode,
                        const lower::Edit& edit) const;

  std::shared_ptr<const serve::Snapshot> snapshot_;
  std::vector<std::string> names_, embedding_names_;  // what all() resolves
  std::vector<std::string> secrets_;
  std::shared_ptr<const profile::RuleSources> rules_;
};

// The members of `dragoman lower`'s answer, into an object that is already open.
void write_outcome(json::Writer& w, const Outcome& outcome);
void write_edits(json::Writer& w, const Outcome& outcome);           // "edits": [...]
void write_refused(json::Writer& w, const lower::Refused& refused);  // "refused": {...}

// The words of --from's help.
inline constexpr char kFromHelp[] =
    "the request's dialect: openai, responses, anthropic, gemini, bedrock or embeddings; without it, the one "
    "it looks like";

// On standard error: providers whose words could only be read as OpenAI Chat's, and what to do about it.
void warn_unknown(const std::set<std::string>& providers);

}  // namespace dragoman::app
