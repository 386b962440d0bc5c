#include "profile/provider_yaml.h"

#include <array>
#include <memory>

#include "profile/yaml_words.h"

namespace dragoman::profile {
namespace {

// The member that a key of words or of one word fills; null for other keys.
std::vector<std::string>* list_of(Provider& p, std::string_view key) {
  return key == "aliases"    ? &p.aliases
         : key == "key_env"  ? &p.key_env
         : key == "families" ? &p.families
         : key == "models"   ? &p.models
                             : nullptr;
}

std::string* word_of(Provider& p, std::string_view key) {
  return key == "name"                ? &p.name
         : key == "title"             ? &p.title
         : key == "base_url"          ? &p.base_url
         : key == "path"              ? &p.path
         : key == "stream_path"       ? &p.stream_path
         : key == "count_tokens_path" ? &p.count_tokens_path
         : key == "query"             ? &p.query
         : key == "stream_query"      ? &p.stream_query
         : key == "header"            ? &p.auth_header
                                      : nullptr;
}

// {dialect, path, count_tokens_path, query, models, rules}: another endpoint of the host; everything else is
// the host's.
std::expected<std::shared_ptr<const Provider>, YamlError> endpoint_row(const Provider& host,
                                                                       canon::DialectName usual,
                                                                       const YAML::Node& node) {
  static constexpr std::array<std::string_view, 6> kKeys = {"dialect", "path",   "count_tokens_path",
                                                            "query",   "models", "rules"};
  if (!node.IsMap()) return bad(node, "expected a map with path, query, rules");
  Provider out = other_endpoint(host, usual, "");
  if (usual == canon::DialectName::openai_embeddings) out.path = embeddings_path_beside(host.path);
  for (const auto& entry : node) {
    const std::string key = entry.first.Scalar();
    if (key == "path" || key == "query" || key == "count_tokens_path") {
      (key == "path" ? out.path : key == "query" ? out.query : out.count_tokens_path) = entry.second.Scalar();
    } else if (key == "dialect") {
      const auto dialect = canon::dialect_named(entry.second.Scalar());
      if (!dialect) return bad(entry.second, "expected the name of a dialect");
      out.dialect = *dialect;
    } else if (key == "models") {
      auto names = strings(entry.second);
      if (!names) return std::unexpected(names.error());
      out.models = std::move(*names);
    } else if (key == "rules") {
      auto rules = rules_from_yaml(entry.second);
      if (!rules) return std::unexpected(rules.error());
      out.rules = std::move(*rules);
    } else {
      return unknown_key(entry.first, kKeys);
    }
  }
  if (out.path.empty()) return bad(node, "the endpoint needs a path");
  return std::make_shared<const Provider>(std::move(out));
}

}  // namespace

std::expected<Provider, YamlError> provider_from_yaml(const YAML::Node& node) {
  static constexpr std::array<std::string_view, 22> kKeys = {
      "name",        "aliases", "title",     "dialect",           "base_url", "path",
      "stream_path", "auth",    "header",    "count_tokens_path", "query",    "stream_query",
      "headers",     "key_env", "var_env",   "var_defaults",      "local",    "families",
      "models",      "rules",   "responses", "embeddings"};
  if (!node.IsMap()) return bad(node, "expected a provider: a map with name, dialect, base_url …");
  Provider p;
  YAML::Node responses;
  YAML::Node embeddings(YAML::NodeType::Undefined);
  for (const auto& entry : node) {
    const std::string key = entry.first.Scalar();
    const YAML::Node& value = entry.second;
    std::vector<std::string>* list = list_of(p, key);
    std::string* word = word_of(p, key);
    if (list) {
      auto words = strings(value);
      if (!words) return std::unexpected(words.error());
      *list = std::move(*words);
    } else if (word) {
      if (!value.IsScalar()) return bad(value, "expected a word");
      *word = value.Scalar();
    } else if (key == "dialect") {
      const auto dialect = canon::dialect_named(value.Scalar());
      if (!dialect)
        return bad(value,
                   "expected openai_chat, openai_responses, anthropic_messages, bedrock_converse, "
                   "gemini_generate or cohere_chat");
      p.dialect = *dialect;
    } else if (key == "auth") {
      const std::string how = value.Scalar();
      if (how != "none" && how != "bearer" && how != "header" && how != "aws")
        return bad(value, "expected none, bearer, header or aws");
      p.auth = how == "none"     ? Auth::none
               : how == "bearer" ? Auth::bearer
               : how == "header" ? Auth::header
                                 : Auth::aws;
    } else if (key == "local") {
      const auto truth = boolean(value);
      if (!truth) return std::unexpected(truth.error());
      p.local = *truth;
    } else if (key == "headers" || key == "var_defaults") {
      if (!value.IsMap()) return bad(value, "expected a map of words");
      for (const auto& item : value)
        (key == "headers" ? p.headers : p.var_defaults)
            .emplace_back(item.first.Scalar(), item.second.Scalar());
    } else if (key == "var_env") {
      if (!value.IsMap()) return bad(value, "expected a map of variable names");
      for (const auto& item : value) {
        auto names = strings(item.second);
        if (!names) return std::unexpected(names.error());
        p.var_env.emplace_back(item.first.Scalar(), std::move(*names));
      }
    } else if (key == "rules") {
      auto rules = rules_from_yaml(value);
      if (!rules) return std::unexpected(rules.error());
      p.rules = std::move(*rules);
    } else if (key == "responses") {
      responses = value;
    } else if (key == "embeddings") {
      embeddings = value;
    } else {
      return unknown_key(entry.first, kKeys);
    }
  }
  if (p.name.empty()) return bad(node, "a provider needs a name");
  if (responses.IsDefined() && !responses.IsNull()) {
    auto row = endpoint_row(p, canon::DialectName::openai_responses, responses);
    if (!row) return std::unexpected(row.error());
    p.responses = std::move(*row);
  }
  if (!embeddings.IsDefined()) {
    p.embeddings = usual_embeddings(p);
  } else if (!embeddings.IsNull() && !(embeddings.IsScalar() && embeddings.Scalar() == "none")) {
    auto row = endpoint_row(p, canon::DialectName::openai_embeddings, embeddings);
    if (!row) return std::unexpected(row.error());
    p.embeddings = std::move(*row);
  }
  return p;
}

}  // namespace dragoman::profile
