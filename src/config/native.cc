// dragoman's own format. dragoman.example.yaml documents every key.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/strings.h"
#include "canon/dialect_name.h"
#include "config/readers.h"

namespace dragoman::config {
namespace {

constexpr std::int64_t kMaxCount = 1'000'000;

class NativeReader {
 public:
  NativeReader(const Sources& sources, Reader& reader, Config& config)
      : sources_(sources), reader_(reader), config_(config) {}

  void read(const Document& root) {
    // Providers and defaults first, whatever their order in the file: models refer to both.
    if (const Document* defaults = root.find("defaults"))
      reliability({defaults, "defaults"}, config_.defaults, {});
    if (const Document* providers = root.find("providers")) {
      reader_.entries({providers, "providers"},
                      [&](const Entry& entry, const Place& place) { provider(entry, place); });
    }
    add_connections_from_environment(sources_, config_);
    reader_.map({&root, ""},
                {{"server", [&](const Place& p) { server(p); }},
                 {"auth", [&](const Place& p) { auth(p); }},
                 {"providers", [](const Place&) {}},
                 {"models", [&](const Place& p) { models(p); }},
                 {"aliases", [&](const Place& p) { aliases(p); }},
                 {"defaults", [](const Place&) {}},
                 {"fallbacks", [&](const Place& p) { default_fallbacks(p); }},
                 {"strict_models", [&](const Place& p) { reader_.boolean(p, config_.strict_models); }},
                 {"journal", [&](const Place& p) { journal(p); }},
                 {"log", [&](const Place& p) { log(p); }}});
    check_names();
    if (!config_.auth.required() && !is_loopback(config_.server.host)) {
      const Document* at = root.find("server");
      reader_.fault({at ? at : &root, "server.listen"},
                    fmt::format("'{}' can be reached from other machines, and no client key is required",
                                config_.server.host),
                    "set auth.master_key or auth.keys, or listen on 127.0.0.1");
    }
  }

 private:
  // --- small values
  // ------------------------------------------------------------------------------------------------
  Reader::Field count(std::string_view name, int& out, std::int64_t min = 0, std::int64_t max = kMaxCount) {
    return {name, [this, &out, min, max](const Place& p) {
              std::int64_t value = out;
              reader_.integer(p, min, max, value);
              out = static_cast<int>(value);
            }};
  }
  Reader::Field duration(std::string_view name, milliseconds& out) {
    return {name, [this, &out](const Place& p) { reader_.duration(p, out); }};
  }
  Reader::Field text(std::string_view name, std::string& out) {
    return {name, [this, &out](const Place& p) { reader_.text(p, out); }};
  }
  Reader::Field boolean(std::string_view name, bool& out) {
    return {name, [this, &out](const Place& p) { reader_.boolean(p, out); }};
  }
  Reader::Field secret(std::string_view name, Secret& out) {
    return {name, [this, &out](const Place& p) {
              std::string value;
              reader_.text(p, value);
              out = Secret(std::move(value));
            }};
  }
  Reader::Field named_texts(std::string_view name, NamedTexts& out) {
    return {name, [this, &out](const Place& p) {
              reader_.entries(p, [&](const Entry& entry, const Place& value) {
                std::string one;
                reader_.text(value, one);
                out.emplace_back(entry.key, std::move(one));
              });
            }};
  }
  Reader::Field params(std::string_view name, std::vector<DefaultParam>& out) {
    return {name, [this, &out](const Place& p) {
              reader_.entries(p, [&](const Entry& entry, const Place&) {
                out.push_back({entry.key, to_json(entry.value), canon::param_named(entry.key)});
              });
            }};
  }

  // --- sections
  // ----------------------------------------------------------------------------------------------------
  void server(const Place& place) {
    Server& s = config_.server;
    reader_.map(place, {{"listen", [&](const Place& p) { listen(p); }},
                        count("threads", s.threads, 0, 1024),
                        {"max_body", [&](const Place& p) { reader_.size(p, s.max_body); }},
                        {"max_connections",
                         [&](const Place& p) { reader_.integer(p, 1, 10'000'000, s.max_connections); }},
                        duration("head_timeout", s.head_timeout),
                        duration("body_timeout", s.body_timeout),
                        duration("write_timeout", s.write_timeout),
                        duration("idle_timeout", s.idle_timeout),
                        duration("drain", s.drain)});
  }

  void listen(const Place& place) {
    std::string value;
    reader_.text(place, value);
    const std::size_t colon = value.rfind(':');
    std::int64_t port = 0;
    Document number = *place.value;
    number.text = colon == std::string::npos ? "" : value.substr(colon + 1);
    ConfigErrors ignored;
    Reader(reader_.file(), ignored).integer({&number, place.path}, 0, 65535, port);
    std::string host = value.substr(0, colon == std::string::npos ? 0 : colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (!ignored.empty() || host.empty()) {
      reader_.fault(place, "expected HOST:PORT, found " + shown(*place.value),
                    "like 127.0.0.1:4000 or [::1]:4000");
      return;
    }
    config_.server.host = host;
    config_.server.port = static_cast<std::uint16_t>(port);
  }

  void auth(const Place& place) {
    reader_.map(
        place,
        {secret("master_key", config_.auth.master_key),
         {"keys", [&](const Place& p) { reader_.each(p, [&](const Place& item) { client_key(item); }); }}});
  }

  void client_key(const Place& place) {
    ClientKeyEntry entry;
    reader_.map(place, {text("name", entry.name), secret("key", entry.key), text("hash", entry.hash)});
    if (!place.value->is_map()) return;
    if (entry.name.empty()) reader_.fault(place, "a client key needs a name");
    if (entry.key.empty() == entry.hash.empty()) {
      reader_.fault(place, "expected either key or hash", "`dragoman keys new` makes one of each");
    }
    const auto is_hex = [](std::string_view t) {
      return t.size() == 64 && t.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    };
    if (!entry.hash.empty() &&
        !(entry.hash.starts_with("sha256:") && is_hex(std::string_view(entry.hash).substr(7)))) {
      reader_.fault(place, "expected a hash of the form sha256:<64 hexadecimal digits>");
    }
    config_.auth.keys.push_back(std::move(entry));
  }

  void journal(const Place& place) {
    Journal& j = config_.journal;
    reader_.map(place, {boolean("enabled", j.enabled),
                        text("path", j.path),
                        boolean("keep_bodies", j.keep_bodies),
                        duration("max_age", j.max_age),
                        {"max_size", [&](const Place& p) { reader_.size(p, j.max_size); }}});
  }

  void log(const Place& place) {
    reader_.map(place,
                {{"level",
                  [&](const Place& p) {
                    reader_.word(p, {"trace", "debug", "info", "warn", "error", "off"}, config_.log.level);
                  }},
                 {"format", [&](const Place& p) { reader_.word(p, {"text", "json"}, config_.log.format); }}});
  }

  // --- reliability
  // -------------------------------------------------------------------------------------------------
  void timeouts(const Place& place, Timeouts& out) {
    reader_.map(place, {duration("connect", out.connect), duration("first_byte", out.first_byte),
                        duration("between_events", out.between_events), duration("total", out.total)});
  }

  void backoff(const Place& place, route::Backoff& out) {
    reader_.map(place, {duration("initial", out.initial),
                        duration("max", out.max),
                        {"multiplier", [&](const Place& p) { reader_.number(p, 1, 100, out.multiplier); }},
                        {"jitter", [&](const Place& p) { reader_.number(p, 0, 1, out.jitter); }}});
  }

  void cooldown(const Place& place, route::CooldownPolicy& out) {
    reader_.map(place,
                {boolean("enabled", out.enabled), count("allowed_fails", out.allowed_fails),
                 duration("window", out.window), duration("time", out.time),
                 duration("credential_time", out.credential_time), duration("max_time", out.max_time)});
  }

  void retries_for(const Place& place, std::vector<std::pair<failure::FailureClass, int>>& out) {
    std::vector<std::string_view> names;
    for (int i = 0; i < failure::kFailureClasses; ++i)
      names.push_back(failure::name(static_cast<failure::FailureClass>(i)));
    reader_.entries(place, [&](const Entry& entry, const Place& value) {
      const auto cls = failure::class_named(entry.key);
      if (!cls) {
        reader_.fault_at(entry.line, entry.column, value.path,
                         fmt::format("unknown failure class '{}'", entry.key), suggest(entry.key, names));
        return;
      }
      std::int64_t retries = 0;
      reader_.integer(value, 0, 100, retries);
      std::erase_if(out, [&](const auto& item) { return item.first == *cls; });
      out.emplace_back(*cls, static_cast<int>(retries));
    });
  }

  // The keys shared by `defaults` and each model, and `more` besides.
  void reliability(const Place& place, Reliability& out, std::vector<Reader::Field> more) {
    std::vector<Reader::Field> fields{
        count("retries", out.policy.retries, 0, 100),
        {"retries_per_model",
         [&](const Place& p) {
           std::int64_t value = 0;
           reader_.integer(p, 0, 1000, value);
           out.policy.retries_per_model = static_cast<int>(value);
         }},
        {"retries_for", [&](const Place& p) { retries_for(p, out.policy.retries_for); }},
        {"backoff", [&](const Place& p) { backoff(p, out.policy.backoff); }},
        duration("max_wait", out.policy.max_wait),
        count("max_fallbacks", out.policy.max_fallbacks, 0, 100),
        count("same_refusals", out.policy.same_refusals, 0, 100),
        {"timeouts", [&](const Place& p) { timeouts(p, out.timeouts); }},
        {"stream_timeouts",
         [&](const Place& p) {
           out.stream_timeouts = out.stream_timeouts.value_or(out.timeouts);
           timeouts(p, *out.stream_timeouts);
         }},
        duration("deadline", out.deadline),
        {"cooldown", [&](const Place& p) { cooldown(p, out.cooldown); }}};
    fields.insert(fields.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    reader_.map(place, fields);
  }

  // --- providers
  // ---------------------------------------------------------------------------------------------------
  std::vector<std::string_view> provider_names() const {
    std::vector<std::string_view> names;
    for (const profile::Provider& row : config_.catalogue->providers()) names.push_back(row.name);
    for (const auto& connection : config_.connections) names.push_back(connection->name);
    return names;
  }

  // The row to start from: `like`, the known provider of that name, or a bare one of the given dialect.
  std::optional<profile::Provider> base_row(const Entry& entry, const Place& place) {
    const Document* like = entry.value.find("like");
    const Document* dialect = entry.value.find("dialect");
    if (like != nullptr && like->is_scalar()) {
      if (const profile::Provider* known = config_.catalogue->find(like->text)) {
        profile::Provider row = *known;
        row.aliases.clear();  // the known one keeps its names
        row.name = entry.key;
        return row;
      }
      reader_.fault({like, place.path + ".like"}, "no provider is called " + shown(*like),
                    suggest(like->text, provider_names()));
      return {};
    }
    if (const profile::Provider* known = config_.catalogue->find(entry.key)) {
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
          suggest(entry.key, provider_names()));
      return {};
    }
    // A dialect's usual paths, so that a base URL is all a compatible server needs.
    const auto usual = canon::dialect_named(dialect->text);
    if (usual == canon::DialectName::openai_chat) row.path = "/chat/completions";
    if (usual == canon::DialectName::anthropic_messages) row.path = "/v1/messages";
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

  void provider(const Entry& entry, const Place& place) {
    if (entry.value.is_null()) return;  // "openai:" alone: as the environment has it
    if (!entry.value.is_map()) {
      reader_.fault(place, "expected a map, found " + shown(entry.value));
      return;
    }
    auto row = base_row(entry, place);
    if (!row) return;
    ProviderInput input;
    input.name = entry.key;
    // The variables of a known provider are not for its namesakes: their keys must not go to another host.
    const bool own_host =
        entry.value.find("like") != nullptr || config_.catalogue->find(entry.key) == nullptr;
    input.use_environment = !own_host || row->auth == profile::Auth::aws;
    const auto var = [&](std::string_view name) {
      return Reader::Field{name, [this, &input, name](const Place& p) {
                             std::string value;
                             reader_.text(p, value);
                             input.vars.emplace_back(name, std::move(value));
                           }};
    };
    std::string dialect, auth, ignored;
    profile::Rule settings;
    std::vector<profile::Rule> rules;
    reader_.map(
        place, {text("like", ignored),
                {"dialect",
                 [&](const Place& p) {
                   reader_.word(p,
                                {"openai_chat", "anthropic_messages", "bedrock_converse", "gemini_generate"},
                                dialect);
                 }},
                text("title", row->title),
                text("base_url", input.base_url),
                text("path", row->path),
                text("stream_path", row->stream_path),
                text("count_tokens_path", row->count_tokens_path),
                text("query", row->query),
                text("stream_query", row->stream_query),
                {"auth", [&](const Place& p) { reader_.word(p, {"none", "bearer", "header", "aws"}, auth); }},
                text("auth_header", row->auth_header),
                named_texts("headers", input.headers),
                {"api_key", [&](const Place& p) { api_keys(p, input.keys); }},
                {"api_keys", [&](const Place& p) { api_keys(p, input.keys); }},
                {"aws",
                 [&](const Place& p) {
                   reader_.map(p, {text("access_key_id", input.aws.access_key),
                                   text("secret_access_key", input.aws.secret_key),
                                   text("session_token", input.aws.session_token),
                                   text("profile", input.aws.profile)});
                 }},
                var("region"),
                var("project"),
                var("location"),
                var("api_version"),
                named_texts("vars", input.vars),
                {"families",
                 [&](const Place& p) {
                   row->families.clear();
                   reader_.texts(p, row->families);
                 }},
                {"models",
                 [&](const Place& p) {
                   row->models.clear();
                   reader_.texts(p, row->models);
                 }},
                {"settings", [&](const Place& p) { settings = read_settings(p, p.path, reader_); }},
                {"rules", [&](const Place& p) { rules = read_rules(p, reader_); }}});
    if (!dialect.empty()) row->dialect = *canon::dialect_named(dialect);
    if (!auth.empty()) {
      row->auth = auth == "none"     ? profile::Auth::none
                  : auth == "bearer" ? profile::Auth::bearer
                  : auth == "header" ? profile::Auth::header
                                     : profile::Auth::aws;
    }
    if (row->auth == profile::Auth::header && row->auth_header.empty()) {
      reader_.fault(place, "auth: header needs auth_header, the name of the header");
    }
    // Nothing says that a user's own server wants a key.
    if (own_host && input.keys.empty() && row->auth != profile::Auth::aws) row->local = true;
    std::ranges::move(rules, std::back_inserter(row->rules));
    if (!settings.settings.empty()) row->rules.push_back(std::move(settings));
    input.row = std::move(*row);
    auto connection = connect(std::move(input), sources_, false);
    if (!connection) {
      reader_.fault_at(entry.line, entry.column, place.path, connection.error().message,
                       connection.error().suggestion);
      broken_.insert(entry.key);
      return;
    }
    config_.connections.push_back(std::make_shared<const Connection>(std::move(*connection)));
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

  // --- models
  // ------------------------------------------------------------------------------------------------------
  void models(const Place& place) {
    reader_.entries(place, [&](const Entry& entry, const Place& model_place) { model(entry, model_place); });
  }

  void model(const Entry& entry, const Place& place) {
    ModelSpec spec;
    spec.name = entry.key;
    spec.reliability = config_.defaults;
    if (std::ranges::count(spec.name, '*') > 1) reader_.fault(place, "a model name may hold one '*'");
    const auto targets = [&](const Place& p) {
      reader_.each(p, [&](const Place& item) { target(item, spec); });
    };
    if (entry.value.is_map()) {
      const auto names = [&](std::string_view key, std::vector<std::string>& out) {
        return Reader::Field{key, [this, &out](const Place& p) { name_list(p, out); }};
      };
      reliability(place, spec.reliability,
                  {{"targets", targets},
                   names("fallbacks", spec.fallbacks),
                   names("context_window_fallbacks", spec.context_window_fallbacks),
                   names("content_policy_fallbacks", spec.content_policy_fallbacks)});
    } else {
      targets(place);  // short form: `fast: openai/gpt-4o-mini` or a list
    }
    if (spec.targets.empty() && !had_target_fault_)
      reader_.fault_at(entry.line, entry.column, place.path, "a model needs targets",
                       "like targets: [openai/gpt-4o]");
    had_target_fault_ = false;
    config_.models.push_back(std::move(spec));
  }

  void target(const Place& place, ModelSpec& spec) {
    TargetSpec target;
    target.timeouts.reset();
    Place name_place = place;
    std::string name;
    if (place.value->is_map()) {
      std::string named;
      reader_.map(place,
                  {{"target",
                    [&](const Place& p) {
                      name_place = p;
                      reader_.text(p, name);
                    }},
                   {"weight",
                    [&](const Place& p) {
                      double v = 1;
                      reader_.number(p, 0, 1e9, v);
                      target.weight = v;
                    }},
                   {"order",
                    [&](const Place& p) {
                      std::int64_t v = 1;
                      reader_.integer(p, 0, kMaxCount, v);
                      target.order = static_cast<int>(v);
                    }},
                   {"retries",
                    [&](const Place& p) {
                      std::int64_t v = 0;
                      reader_.integer(p, 0, 100, v);
                      target.retries = static_cast<int>(v);
                    }},
                   {"timeouts",
                    [&](const Place& p) {
                      target.timeouts = spec.reliability.timeouts;
                      timeouts(p, *target.timeouts);
                    }},
                   {"stream_timeouts",
                    [&](const Place& p) {
                      target.stream_timeouts =
                          spec.reliability.stream_timeouts.value_or(spec.reliability.timeouts);
                      timeouts(p, *target.stream_timeouts);
                    }},
                   {"context_window",
                    [&](const Place& p) { reader_.integer(p, 1, 1'000'000'000, target.context_window); }},
                   named_texts("headers", target.headers),
                   params("params", target.defaults),
                   {"settings",
                    [&](const Place& p) {
                      profile::Rule rule = read_settings(p, p.path, reader_);
                      if (!rule.settings.empty()) target.rules.push_back(std::move(rule));
                    }},
                   {"rules", [&](const Place& p) {
                      for (profile::Rule& rule : read_rules(p, reader_))
                        target.rules.push_back(std::move(rule));
                    }}});
    } else {
      reader_.text(place, name);
    }
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == name.size()) {
      reader_.fault(name_place, "expected provider/model, found " +
                                    (name.empty() ? "nothing" : shown(*name_place.value)));
      had_target_fault_ = true;
      return;
    }
    const std::string provider = name.substr(0, slash);
    target.model = name.substr(slash + 1);
    const Connection* connection = config_.connection(provider);
    if (connection == nullptr) {
      had_target_fault_ = true;
      if (broken_.contains(provider)) return;  // said where it is defined
      missing_provider(name_place, provider);
      return;
    }
    for (const auto& shared : config_.connections) {
      if (shared.get() == connection) target.connection = shared;
    }
    spec.targets.push_back(std::move(target));
  }

  void missing_provider(const Place& place, const std::string& provider) {
    const profile::Provider* row = config_.catalogue->find(provider);
    if (row == nullptr) {
      reader_.fault(place, fmt::format("no provider is called '{}'", provider),
                    suggest(provider, provider_names()));
      return;
    }
    // Known, but the environment does not make it work: connect() knows why.
    ProviderInput input;
    input.name = row->name;
    input.row = *row;
    const auto why = connect(std::move(input), sources_, false);
    reader_.fault(place, why ? fmt::format("'{}' is not configured", provider) : why.error().message,
                  why ? "" : why.error().suggestion);
  }

  void name_list(const Place& place, std::vector<std::string>& out) {
    reader_.each(place, [&](const Place& item) {
      std::string name;
      reader_.text(item, name);
      if (name.empty()) return;
      out.push_back(name);
      references_.push_back({item.value->line, item.value->column, item.path, name});
    });
  }

  void default_fallbacks(const Place& place) {
    reader_.map(place, {{"default", [&](const Place& p) { name_list(p, config_.default_fallbacks); }}});
  }

  void aliases(const Place& place) {
    reader_.entries(place, [&](const Entry& entry, const Place& value) {
      std::string name;
      reader_.text(value, name);
      config_.aliases.emplace_back(entry.key, name);
      references_.push_back({value.value->line, value.value->column, value.path, name});
    });
  }

  // Fallbacks and aliases may name models defined later in the file.
  void check_names() {
    std::vector<std::string_view> names;
    for (const ModelSpec& spec : config_.models) names.push_back(spec.name);
    for (const Reference& reference : references_) {
      const bool listed = std::ranges::any_of(names, [&](std::string_view name) {
        return name == reference.name || (name.contains('*') && glob_match(name, reference.name));
      });
      const bool alias =
          std::ranges::any_of(config_.aliases, [&](const auto& a) { return a.first == reference.name; });
      const std::size_t slash = reference.name.find('/');
      const bool direct =
          slash != std::string::npos && config_.connection(reference.name.substr(0, slash)) != nullptr;
      if (listed || alias || direct) continue;
      reader_.fault_at(
          reference.line, reference.column, reference.path,
          fmt::format("no model is called '{}'", reference.name),
          names.empty() ? "a model of this file, or provider/model" : suggest(reference.name, names));
    }
  }

  struct Reference {
    int line;
    int column;
    std::string path;
    std::string name;
  };

  const Sources& sources_;
  Reader& reader_;
  Config& config_;
  std::vector<Reference> references_;
  std::set<std::string> broken_;  // providers whose own error has been reported
  bool had_target_fault_ = false;
};

}  // namespace

void read_native(const Document& root, const Sources& sources, Reader& reader, Config& config) {
  NativeReader(sources, reader, config).read(root);
}

void add_connections_from_environment(const Sources& sources, Config& config) {
  for (const profile::Provider& row : config.catalogue->providers()) {
    if (config.connection(row.name) != nullptr) continue;
    ProviderInput input;
    input.name = row.name;
    input.row = row;
    if (auto connection = connect(std::move(input), sources, false)) {
      config.connections.push_back(std::make_shared<const Connection>(std::move(*connection)));
    }
  }
}

}  // namespace dragoman::config
