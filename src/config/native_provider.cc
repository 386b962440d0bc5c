// An entry of `providers`: a known provider changed, a second one like it, or a new server of a known
// dialect.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/strings.h"
#include "canon/dialect_name.h"
#include "config/field_maker.h"
#include "config/native_parts.h"
#include "config/readers.h"

namespace dragoman::config {
namespace {

class ProviderReader {
 public:
  ProviderReader(const Sources& sources, const profile::Catalogue& catalogue, Reader& reader, Reader& warn)
      : sources_(sources), catalogue_(catalogue), reader_(reader), warn_(warn), make_{reader} {}

  std::optional<Connection> read(const Entry& entry, const Place& place) {
    if (entry.value.is_null()) return {};  // "openai:" alone: as the environment has it
    if (!entry.value.is_map()) {
      reader_.fault(place, "expected a map, found " + shown(entry.value));
      return {};
    }
    auto row = base_row(entry, place);
    if (!row) return {};
    ProviderInput input;
    input.name = entry.key;
    // The variables of a known provider are not for its namesakes: their keys must not go to another host.
    const bool own_host = entry.value.find("like") != nullptr || catalogue_.find(entry.key) == nullptr;
    input.use_environment = !own_host || row->auth == profile::Auth::aws;
    Words said;
    fields(place, *row, input, said);
    set_endpoint(entry, place, said, *row);
    // Nothing says that a user's own server wants a key.
    if (own_host && input.keys.empty() && row->auth != profile::Auth::aws) row->local = true;
    set_embeddings(entry, place, said, *row);
    lay(said, *row);
    input.row = std::move(*row);
    auto connection = connect(std::move(input), sources_, false);
    if (!connection) {
      reader_.fault_at(entry.line, entry.column, place.path, connection.error().message,
                       connection.error().suggestion);
      return {};
    }
    return std::move(*connection);
  }

 private:
  // What of an entry is no member of the row or the input as it stands. "" and none: not said.
  struct Words {
    std::string dialect, auth, embeddings_path, embeddings_dialect;
    profile::Rule settings;
    std::vector<profile::Rule> rules, compat, model_rules;
  };

  void fields(const Place& place, profile::Provider& row, ProviderInput& input, Words& said) {
    const auto var = [&](std::string_view name) {
      return Reader::Field{name, [this, &input, name](const Place& p) {
                             std::string value;
                             reader_.text(p, value);
                             input.vars.emplace_back(name, std::move(value));
                           }};
    };
    std::string ignored;
    reader_.map(
        place,
        {make_.text("like", ignored),
         {"dialect",
          [&](const Place& p) {
            reader_.word(p,
                         {"openai_chat", "anthropic_messages", "bedrock_converse", "gemini_generate",
                          "openai_responses", "cohere_chat"},
                         said.dialect);
          }},
         make_.text("title", row.title),
         make_.text("base_url", input.base_url),
         make_.text("path", row.path),
         make_.text("stream_path", row.stream_path),
         make_.text("count_tokens_path", row.count_tokens_path),
         make_.text("embeddings_path", said.embeddings_path),
         {"embeddings_dialect",
          [&](const Place& p) {
            reader_.word(p,
                         {"openai_embeddings", "gemini_embed", "vertex_predict", "bedrock_invoke",
                          "cohere_embed", "ollama_embed"},
                         said.embeddings_dialect);
          }},
         make_.text("query", row.query),
         make_.text("stream_query", row.stream_query),
         {"auth", [&](const Place& p) { reader_.word(p, {"none", "bearer", "header", "aws"}, said.auth); }},
         make_.text("auth_header", row.auth_header),
         make_.named_texts("headers", input.headers),
         {"api_key", [&](const Place& p) { api_keys(p, input.keys); }},
         {"api_keys", [&](const Place& p) { api_keys(p, input.keys); }},
         {"aws",
          [&](const Place& p) {
            reader_.map(p, {make_.text("access_key_id", input.aws.access_key),
                            make_.text("secret_access_key", input.aws.secret_key),
                            make_.text("session_token", input.aws.session_token),
                            make_.text("profile", input.aws.profile)});
          }},
         var("region"),
         var("project"),
         var("location"),
         var("api_version"),
         make_.named_texts("vars", input.vars),
         {"families",
          [&](const Place& p) {
            row.families.clear();
            reader_.texts(p, row.families);
          }},
         {"models",
          [&](const Place& p) {
            row.models.clear();
            reader_.each(p, [&](const Place& item) { model(item, row.models, said.model_rules); });
          }},
         {"compat",
          [&](const Place& p) { said.compat = read_compat(p, catalogue_.compat(), reader_, warn_); }},
         {"settings", [&](const Place& p) { said.settings = read_settings(p, p.path, reader_); }},
         {"rules", [&](const Place& p) { said.rules = read_rules(p, reader_); }}});
  }

  void set_endpoint(const Entry& entry, const Place& place, const Words& said, profile::Provider& row) {
    if (!said.dialect.empty()) row.dialect = *canon::dialect_named(said.dialect);
    // A known host's other endpoint, asked for by its dialect.
    if (row.responses && row.dialect == row.responses->dialect) {
      if (entry.value.find("path") == nullptr) row.path = row.responses->path;
      row.query = row.responses->query;
      row.rules = row.responses->rules;
    }
    if (!said.auth.empty()) {
      row.auth = said.auth == "none"     ? profile::Auth::none
                 : said.auth == "bearer" ? profile::Auth::bearer
                 : said.auth == "header" ? profile::Auth::header
                                         : profile::Auth::aws;
    }
    if (row.auth == profile::Auth::header && row.auth_header.empty())
      reader_.fault(place, "auth: header needs auth_header, the name of the header");
  }

  void set_embeddings(const Entry& entry, const Place& place, const Words& said, profile::Provider& row) {
    const bool moved = entry.value.find("path") != nullptr || !said.dialect.empty();
    if (moved) {
      row.responses.reset();  // where its other endpoint would be is not known
      row.embeddings = profile::usual_embeddings(row);
    }
    if (said.embeddings_path.empty() && said.embeddings_dialect.empty()) return;
    profile::Provider other = row.embeddings
                                  ? *row.embeddings
                                  : profile::other_endpoint(row, canon::DialectName::openai_embeddings, "");
    if (!said.embeddings_path.empty()) other.path = said.embeddings_path;
    if (!said.embeddings_dialect.empty()) other.dialect = *canon::dialect_named(said.embeddings_dialect);
    if (other.path.empty())
      reader_.fault(place, "embeddings_dialect needs embeddings_path, where its embeddings are");
    row.embeddings = std::make_shared<const profile::Provider>(std::move(other));
  }

  // Rules of the entry over the row's own, those for a model over those for all; its other endpoints have
  // them too.
  static void lay(Words& said, profile::Provider& row) {
    std::vector<profile::Rule> laid = std::move(said.compat);
    std::ranges::move(said.rules, std::back_inserter(laid));
    if (!said.settings.settings.empty()) laid.push_back(std::move(said.settings));
    std::ranges::move(said.model_rules, std::back_inserter(laid));
    row.rules.insert(row.rules.end(), laid.begin(), laid.end());
    for (auto* endpoint : {&row.responses, &row.embeddings}) {
      if (!*endpoint) continue;
      auto other = std::make_shared<profile::Provider>(**endpoint);
      other->name = row.name;
      if (endpoint == &row.responses) other->families = row.families;
      other->auth = row.auth;
      other->auth_header = row.auth_header;
      other->local = row.local;
      other->rules.insert(other->rules.end(), laid.begin(), laid.end());
      *endpoint = std::move(other);
    }
  }

  std::vector<std::string_view> known_names() const {
    std::vector<std::string_view> names;
    for (const profile::Provider& row : catalogue_.providers()) names.push_back(row.name);
    return names;
  }

  // The row to start from: `like`, the known provider of that name, or a bare one of the given dialect.
  std::optional<profile::Provider> base_row(const Entry& entry, const Place& place) {
    const Document* like = entry.value.find("like");
    const Document* dialect = entry.value.find("dialect");
    if (like != nullptr && like->is_scalar()) {
      if (const profile::Provider* known = catalogue_.find(like->text)) {
        profile::Provider row = *known;
        row.aliases.clear();  // the known one keeps its names
        row.name = entry.key;
        return row;
      }
      reader_.fault({like, place.path + ".like"}, "no provider is called " + shown(*like),
                    suggest(like->text, known_names()));
      return {};
    }
    if (const profile::Provider* known = catalogue_.find(entry.key)) {
      profile::Provider row = *known;
      if (row.name != entry.key) row.aliases.push_back(row.name);  // it keeps answering to the row's own name
      row.name = entry.key;
      return row;
    }
    profile::Provider row;
    row.name = entry.key;
    if (dialect == nullptr) {
      reader_.fault_at(
          entry.line, entry.column, place.path,
          fmt::format("'{}' is no known provider: say which one it is like, or its dialect", entry.key),
          suggest(entry.key, known_names()));
      return {};
    }
    // A dialect's usual paths, so that a base URL is all a compatible server needs.
    const auto usual = canon::dialect_named(dialect->text);
    if (usual == canon::DialectName::openai_chat) row.path = "/chat/completions";
    if (usual == canon::DialectName::openai_responses) row.path = "/responses";
    if (usual == canon::DialectName::anthropic_messages) row.path = "/v1/messages";
    if (usual == canon::DialectName::cohere_chat) row.path = "/v2/chat";
    if (usual == canon::DialectName::bedrock_converse) {
      row.path = "/model/{model}/converse";
      row.stream_path = "/model/{model}/converse-stream";
      row.auth = profile::Auth::aws;
    }
    if (usual == canon::DialectName::gemini_generate) {
      row.path = "/v1beta/models/{model}:generateContent";
      row.stream_path = "/v1beta/models/{model}:streamGenerateContent";
      row.stream_query = "alt=sse";
    }
    return row;
  }

  // A name, or {id, compat, settings} for what holds for that model alone.
  void model(const Place& place, std::vector<std::string>& names, std::vector<profile::Rule>& rules) {
    std::string id;
    if (!place.value->is_map()) {
      reader_.text(place, id);
      if (!id.empty()) names.push_back(std::move(id));
      return;
    }
    std::vector<profile::Rule> own;
    reader_.map(place, {make_.text("id", id),
                        {"compat",
                         [&](const Place& p) { own = read_compat(p, catalogue_.compat(), reader_, warn_); }},
                        {"settings", [&](const Place& p) {
                           if (auto rule = read_settings(p, p.path, reader_); !rule.settings.empty())
                             own.push_back(std::move(rule));
                         }}});
    if (id.empty()) {
      reader_.fault(place, "a model needs its id");
      return;
    }
    for (profile::Rule& rule : own) {
      rule.models = {id};
      rules.push_back(std::move(rule));
    }
    names.push_back(std::move(id));
  }

  void api_keys(const Place& place, std::vector<Secret>& out) {
    std::vector<std::string> keys;
    reader_.texts(place, keys);
    for (std::string& key : keys) {
      if (is_blank(key)) {
        reader_.fault(place, "an empty key");
      } else {
        out.emplace_back(std::string(trim(key)));
      }
    }
  }

  const Sources& sources_;
  const profile::Catalogue& catalogue_;
  Reader& reader_;
  Reader& warn_;
  FieldMaker make_;
};

}  // namespace

std::optional<Connection> read_provider(const Entry& entry, const Place& place, const Sources& sources,
                                        const profile::Catalogue& catalogue, Reader& reader, Reader& warn) {
  return ProviderReader(sources, catalogue, reader, warn).read(entry, place);
}

std::vector<std::string_view> provider_names(const Config& config) {
  std::vector<std::string_view> names;
  for (const profile::Provider& row : config.catalogue->providers()) names.push_back(row.name);
  for (const auto& connection : config.connections) names.push_back(connection->name);
  return names;
}

}  // namespace dragoman::config
