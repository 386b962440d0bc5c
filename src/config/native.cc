// dragoman's own format. dragoman.example.yaml documents every key.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/strings.h"
#include "config/field_maker.h"
#include "config/native_parts.h"
#include "config/readers.h"

namespace dragoman::config {
namespace {

constexpr std::size_t kVaultKey = 32;  // characters, as store/vault_seal.h has it

class NativeReader {
 public:
  NativeReader(const Sources& sources, Reader& reader, Config& config)
      : sources_(sources),
        reader_(reader),
        warn_(reader.file(), config.warnings),
        make_{reader},
        config_(config) {}

  void read(const Document& root) {
    // Providers and defaults first, whatever their order in the file: models refer to both.
    if (const Document* defaults = root.find("defaults"))
      read_reliability({defaults, "defaults"}, reader_, config_.defaults, {});
    if (const Document* providers = root.find("providers")) {
      reader_.entries({providers, "providers"}, [&](const Entry& entry, const Place& place) {
        if (std::ranges::any_of(config_.connections, [&](const auto& c) { return c->name == entry.key; })) {
          reader_.fault_at(entry.line, entry.column, place.path,
                           fmt::format("a provider '{}' stands in this file already", entry.key));
          return;
        }
        auto connection = read_provider(entry, place, sources_, *config_.catalogue, reader_, warn_);
        if (connection) {
          config_.connections.push_back(std::make_shared<const Connection>(std::move(*connection)));
        } else if (!entry.value.is_null()) {
          broken_.insert(entry.key);
        }
      });
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
                 {"vault", [&](const Place& p) { vault(p); }},
                 {"responses", [&](const Place& p) { responses(p); }},
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
  // --- sections
  // ----------------------------------------------------------------------------------------------------
  void server(const Place& place) {
    Server& s = config_.server;
    reader_.map(place, {{"listen", [&](const Place& p) { listen(p); }},
                        make_.count("threads", s.threads, 0, 1024),
                        {"max_body", [&](const Place& p) { reader_.size(p, s.max_body); }},
                        {"max_connections",
                         [&](const Place& p) { reader_.integer(p, 1, 10'000'000, s.max_connections); }},
                        make_.duration("head_timeout", s.head_timeout),
                        make_.duration("body_timeout", s.body_timeout),
                        make_.duration("write_timeout", s.write_timeout),
                        make_.duration("idle_timeout", s.idle_timeout),
                        make_.duration("drain", s.drain)});
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
        {make_.secret("master_key", config_.auth.master_key),
         {"keys", [&](const Place& p) { reader_.each(p, [&](const Place& item) { client_key(item); }); }}});
  }

  void client_key(const Place& place) {
    ClientKeyEntry entry;
    reader_.map(place, {make_.text("name", entry.name), make_.secret("key", entry.key),
                        make_.text("hash", entry.hash), make_.text("access_key_id", entry.access_key_id),
                        make_.secret("secret_access_key", entry.secret_access_key)});
    if (!place.value->is_map()) return;
    if (entry.name.empty()) reader_.fault(place, "a client key needs a name");
    const bool pair = !entry.access_key_id.empty();
    if (pair == entry.secret_access_key.empty())
      reader_.fault(place, "access_key_id and secret_access_key go together");
    if (pair && !(entry.key.empty() && entry.hash.empty())) {
      reader_.fault(place, "expected a key, a hash or a key pair, found two of them",
                    "one entry each; they may have the same name");
    } else if (!pair && entry.key.empty() == entry.hash.empty()) {
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
    reader_.map(place, {make_.boolean("enabled", j.enabled),
                        make_.text("path", j.path),
                        make_.boolean("keep_bodies", j.keep_bodies),
                        {"max_answer", [&](const Place& p) { reader_.size(p, j.max_answer); }},
                        make_.duration("max_age", j.max_age),
                        {"max_size", [&](const Place& p) { reader_.size(p, j.max_size); }}});
  }

  void vault(const Place& place) {
    Vault& v = config_.vault;
    reader_.map(place, {make_.boolean("enabled", v.enabled),
                        make_.text("path", v.path),
                        {"key",
                         [&](const Place& p) {
                           std::string key;
                           reader_.text(p, key);
                           if (!key.empty() && key.size() < kVaultKey)
                             reader_.fault(p,
                                           fmt::format("expected at least {} random characters", kVaultKey),
                                           "`openssl rand -base64 32` makes them");
                           v.key = Secret(std::move(key));
                         }},
                        make_.duration("max_age", v.max_age),
                        {"max_size", [&](const Place& p) { reader_.size(p, v.max_size); }}});
  }

  void responses(const Place& place) {
    Responses& r = config_.responses;
    reader_.map(place, {make_.boolean("enabled", r.enabled),
                        make_.text("path", r.path),
                        make_.duration("max_age", r.max_age),
                        {"max_size", [&](const Place& p) { reader_.size(p, r.max_size); }}});
  }

  void log(const Place& place) {
    reader_.map(place,
                {{"level",
                  [&](const Place& p) {
                    reader_.word(p, {"trace", "debug", "info", "warn", "error", "off"}, config_.log.level);
                  }},
                 {"format", [&](const Place& p) { reader_.word(p, {"text", "json"}, config_.log.format); }}});
  }

  // --- providers
  // ---------------------------------------------------------------------------------------------------
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
    std::vector<profile::Rule> compat;
    if (entry.value.is_map()) {
      const auto names = [&](std::string_view key, std::vector<std::string>& out) {
        return Reader::Field{key, [this, &out](const Place& p) { name_list(p, out); }};
      };
      read_reliability(place, reader_, spec.reliability,
                       {{"targets", targets},
                        {"compat", [&](const Place& p) { compat = compat_rules(p); }},
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
    for (TargetSpec& target : spec.targets)
      target.rules.insert(target.rules.begin(), compat.begin(), compat.end());
    config_.models.push_back(std::move(spec));
  }

  void target(const Place& place, ModelSpec& spec) {
    TargetSpec target;
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
                      read_timeouts(p, reader_, *target.timeouts);
                    }},
                   {"stream_timeouts",
                    [&](const Place& p) {
                      target.stream_timeouts =
                          spec.reliability.stream_timeouts.value_or(spec.reliability.timeouts);
                      read_timeouts(p, reader_, *target.stream_timeouts);
                    }},
                   {"context_window",
                    [&](const Place& p) { reader_.integer(p, 1, 1'000'000'000, target.context_window); }},
                   price_field(reader_, target.price),
                   arguments_field(reader_, target.promises),
                   loss_field(reader_, target.promises),
                   make_.named_texts("headers", target.headers),
                   make_.params("params", target.defaults),
                   {"compat",
                    [&](const Place& p) {
                      auto rules = compat_rules(p);
                      target.rules.insert(target.rules.begin(), rules.begin(), rules.end());
                    }},
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
    for (const ModelSpec& pasted : config_.models)
      if (pasted.pasted && pasted.name == name) inherit(pasted.targets.front(), target);
    spec.targets.push_back(std::move(target));
  }

  // What an OpenClaw block says of this model holds here too, where the target says nothing of its own.
  static void inherit(const TargetSpec& from, TargetSpec& to) {
    to.connection = from.connection;
    if (to.context_window == 0) to.context_window = from.context_window;
    if (!to.timeouts) to.timeouts = from.timeouts;
    if (!to.stream_timeouts) to.stream_timeouts = from.stream_timeouts;
    to.rules.insert(to.rules.begin(), from.rules.begin(), from.rules.end());
    for (const DefaultParam& param : from.defaults)
      if (std::ranges::none_of(to.defaults, [&](const DefaultParam& p) { return p.name == param.name; }))
        to.defaults.push_back(param);
    for (const auto& header : from.headers)
      if (std::ranges::none_of(to.headers, [&](const auto& h) { return h.first == header.first; }))
        to.headers.push_back(header);
  }

  std::vector<profile::Rule> compat_rules(const Place& place) {
    return read_compat(place, config_.catalogue->compat(), reader_, warn_);
  }

  void missing_provider(const Place& place, const std::string& provider) {
    const profile::Provider* row = config_.catalogue->find(provider);
    if (row == nullptr) {
      reader_.fault(place, fmt::format("no provider is called '{}'", provider),
                    suggest(provider, provider_names(config_)));
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
  Reader warn_;
  FieldMaker make_;
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
