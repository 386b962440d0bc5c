#include "config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/hash.h"
#include "base/strings.h"
#include "config/connect.h"

namespace dragoman::config {
namespace {

// What a '*' in `pattern` stands for in `name`; nothing if they do not match.
std::optional<std::string_view> wildcard_match(std::string_view pattern, std::string_view name) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return {};
  const std::string_view head = pattern.substr(0, star);
  const std::string_view tail = pattern.substr(star + 1);
  if (name.size() < head.size() + tail.size() || !name.starts_with(head) || !name.ends_with(tail)) return {};
  return name.substr(head.size(), name.size() - head.size() - tail.size());
}

class RouteBuilder {
 public:
  explicit RouteBuilder(Resolved& out, const Reliability& reliability)
      : out_(out), reliability_(reliability) {}

  std::vector<route::Target> add(const std::vector<TargetSpec>& specs) {
    // A list without weights is an order of preference; weights make its members equals.
    const bool weighted =
        std::ranges::any_of(specs, [](const TargetSpec& s) { return s.weight.has_value(); });
    std::vector<route::Target> targets;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      const TargetSpec& spec = specs[i];
      const int order = spec.order.value_or(weighted ? 1 : static_cast<int>(i) + 1);
      const auto& credentials = spec.connection->credentials;
      for (const auto& credential : credentials) {
        auto deployment = make_deployment(spec, credential, reliability_);
        if (!deployment) continue;  // the loader has said why
        route::Target target;
        target.name = deployment->name;
        target.deployment = out_.deployments.size();
        target.key = deployment->url + "|" + credential->id + "|" + deployment->model;
        if (credential->id != "none")
          target.credential_key = deployment->connection->name + "|" + credential->id;
        target.weight = spec.weight.value_or(1) / static_cast<double>(credentials.size());
        target.order = order;
        target.retries = spec.retries;
        target.context_window = spec.context_window;
        targets.push_back(std::move(target));
        out_.deployments.push_back(std::make_shared<const Deployment>(std::move(*deployment)));
      }
    }
    return targets;
  }

 private:
  Resolved& out_;
  const Reliability& reliability_;
};

struct Family {
  std::string_view pattern;
  std::string_view provider;
};

}  // namespace

std::string_view provider_of_family(std::string_view model) {
  constexpr std::array<Family, 29> kFamilies{{{"text-embedding-3-*", "openai"},
                                              {"text-embedding-ada-*", "openai"},
                                              {"embed-english-*", "cohere"},
                                              {"embed-multilingual-*", "cohere"},
                                              {"embed-v4*", "cohere"},
                                              {"gpt-*", "openai"},
                                              {"chatgpt-*", "openai"},
                                              {"o1*", "openai"},
                                              {"o3*", "openai"},
                                              {"o4-*", "openai"},
                                              {"codex-*", "openai"},
                                              {"claude-*", "anthropic"},
                                              {"gemini-*", "gemini"},
                                              {"deepseek-*", "deepseek"},
                                              {"mistral-*", "mistral"},
                                              {"ministral-*", "mistral"},
                                              {"codestral-*", "mistral"},
                                              {"magistral-*", "mistral"},
                                              {"devstral-*", "mistral"},
                                              {"pixtral-*", "mistral"},
                                              {"grok-*", "xai"},
                                              {"glm-*", "zai"},
                                              {"kimi-*", "moonshot"},
                                              {"moonshot-*", "moonshot"},
                                              {"qwen-*", "qwen"},
                                              {"qwen3-*", "qwen"},
                                              {"qwq-*", "qwen"},
                                              {"minimax-*", "minimax"},
                                              {"MiniMax-*", "minimax"}}};
  for (const Family& family : kFamilies) {
    if (glob_match(family.pattern, model)) return family.provider;
  }
  return {};
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

const Connection* Config::connection(std::string_view provider) const {
  for (const auto& c : connections) {
    if (c->name == provider) return c.get();
  }
  for (const auto& c : connections) {
    if (std::ranges::find(c->row->aliases, provider) != c->row->aliases.end()) return c.get();
  }
  return nullptr;
}

const ModelSpec* Config::spec_of(std::string_view model) const {
  for (const ModelSpec& spec : models) {
    if (spec.name == model) return &spec;
  }
  for (const auto& [alias, name] : aliases) {
    if (alias != model || name == model) continue;
    for (const ModelSpec& spec : models) {
      if (spec.name == name) return &spec;
    }
  }
  const ModelSpec* best = nullptr;
  for (const ModelSpec& spec : models) {
    if (wildcard_match(spec.name, model) && (best == nullptr || spec.name.size() > best->name.size()))
      best = &spec;
  }
  return best;
}

std::vector<TargetSpec> Config::targets_of(std::string_view model, bool listed_only) const {
  if (const ModelSpec* spec = spec_of(model)) {
    std::vector<TargetSpec> targets = spec->targets;
    const auto star = spec->name == model ? std::nullopt : wildcard_match(spec->name, model);
    for (TargetSpec& target : targets) {
      const std::size_t at = target.model.find('*');
      if (at != std::string::npos && star) target.model.replace(at, 1, *star);
    }
    return targets;
  }
  if (listed_only) return {};
  const auto only = [&](std::string_view provider, std::string_view upstream) -> std::vector<TargetSpec> {
    for (const auto& c : connections) {
      if (c.get() != connection(provider) || upstream.empty()) continue;
      TargetSpec target;
      target.connection = c;
      target.model = upstream;
      return {target};
    }
    return {};
  };
  if (const std::size_t slash = model.find('/'); slash != std::string_view::npos) {
    return only(model.substr(0, slash), model.substr(slash + 1));
  }
  if (const std::string_view provider = provider_of_family(model); !provider.empty())
    return only(provider, model);
  return {};
}

std::shared_ptr<const Resolved> Config::build(std::string_view model) const {
  const ModelSpec* spec = spec_of(model);
  const Reliability& reliability = spec ? spec->reliability : defaults;
  auto resolved = std::make_shared<Resolved>();
  RouteBuilder builder(*resolved, reliability);
  resolved->deadline = reliability.deadline;
  route::Route& route = resolved->route;
  route.name = model;
  route.policy = reliability.policy;
  route.cooldown = reliability.cooldown;
  route.pin = reliability.pin;
  route.targets = builder.add(targets_of(model, strict_models));
  if (route.targets.empty()) return nullptr;

  const auto alternatives = [&](const std::vector<std::string>& names) {
    std::vector<route::Alternative> out;
    for (const std::string& name : names) {
      if (name == model) continue;
      // The config's own word: an unlisted target is fine here even when clients may not name one.
      auto targets = builder.add(targets_of(name, false));
      if (!targets.empty()) out.push_back({name, std::move(targets)});
    }
    return out;
  };
  if (spec) {
    route.fallbacks = alternatives(spec->fallbacks);
    route.context_window_fallbacks = alternatives(spec->context_window_fallbacks);
    route.content_policy_fallbacks = alternatives(spec->content_policy_fallbacks);
  }
  if (!spec || !spec->own_fallbacks_only || spec->fallbacks.empty()) {
    route.default_fallbacks = alternatives(default_fallbacks);
  }
  return resolved;
}

void Config::prepare() {
  prepared_.clear();
  const auto add = [&](const std::string& name) {
    if (name.find('*') != std::string::npos) return;
    if (auto resolved = build(name)) prepared_.insert_or_assign(name, std::move(resolved));
  };
  for (const ModelSpec& spec : models) add(spec.name);
  for (const auto& [alias, name] : aliases) add(alias);
}

std::shared_ptr<const Resolved> Config::find(std::string_view model) const {
  const auto found = prepared_.find(model);
  if (found != prepared_.end()) return found->second;
  return build(model);
}

std::vector<std::string> Config::model_names() const {
  std::set<std::string> seen;
  std::vector<std::string> out;
  const auto add = [&](std::string name) {
    if (name.find('*') == std::string::npos && seen.insert(name).second) out.push_back(std::move(name));
  };
  for (const ModelSpec& spec : models) add(spec.name);
  for (const auto& [alias, name] : aliases) add(alias);
  if (strict_models) return out;
  for (const auto& c : connections) {
    for (const std::string& model : c->row->models) add(c->name + "/" + model);
    if (!c->row->embeddings) continue;
    for (const std::string& model : c->row->embeddings->models) add(c->name + "/" + model);
  }
  return out;
}

namespace {

bool sounds_secret(std::string_view name) {
  const std::string lower = lower_ascii(name);
  for (const std::string_view word : {"key", "token", "auth", "secret", "sig", "password", "code"})
    if (lower.contains(word)) return true;
  return false;
}

}  // namespace

std::vector<std::string> Config::secrets() const {
  std::set<std::string> all;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) all.insert(text);
  };
  add(auth.master_key.reveal());
  add(vault.key.reveal());
  for (const ClientKeyEntry& entry : auth.keys) {
    add(entry.key.reveal());
    add(entry.secret_access_key.reveal());
  }
  const auto add_connection = [&](const Connection& connection) {
    for (const auto& credential : connection.credentials) {
      add(credential->key.reveal());
      if (!credential->aws) continue;
      add(credential->aws->bearer_token);
      add(credential->aws->credentials.secret_key);
      add(credential->aws->credentials.session_token);
    }
    // Headers set by hand often carry a key of another kind, and so do URLs.
    for (const auto& [name, value] : connection.headers)
      if (sounds_secret(name)) add(value);
    for (const std::string* query : {&connection.row->query, &connection.row->stream_query}) {
      for (const std::string_view pair : split(*query, '&')) {
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && sounds_secret(pair.substr(0, equals)))
          add(std::string(pair.substr(equals + 1)));
      }
    }
    const std::string& base = connection.row->base_url;
    const std::size_t user = base.find("://");
    if (const std::size_t at = base.find('@');
        user != std::string::npos && at != std::string::npos && at < base.find('/', user + 3))
      if (const std::size_t colon = base.find(':', user + 3); colon < at)
        add(base.substr(colon + 1, at - colon - 1));
  };
  for (const auto& connection : connections) add_connection(*connection);
  for (const ModelSpec& spec : models) {
    for (const TargetSpec& target : spec.targets) {
      if (target.connection) add_connection(*target.connection);
    }
  }
  return {all.begin(), all.end()};
}

}  // namespace dragoman::config
