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
    std::vector<Reader::Field> sections = server_sections(reader_, config_);
    sections.insert(sections.end(),
                    {{"providers", [](const Place&) {}},
                     {"models", [&](const Place& p) { models(p); }},
                     {"aliases", [&](const Place& p) { aliases(p); }},
                     {"defaults", [](const Place&) {}},
                     {"fallbacks", [&](const Place& p) { default_fallbacks(p); }},
                     {"strict_models", [&](const Place& p) { reader_.boolean(p, config_.strict_models); }}});
    reader_.map({&root, ""}, std::move(sections));
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
    if (place.value->is_map())
      target_fields(place, spec, target, name, name_place);
    else
      reader_.text(place, name);
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

  // A target's map; `name` and where it stands.
  void target_fields(const Place& place, const ModelSpec& spec, TargetSpec& target, std::string& name,
                     Place& name_place) {
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
