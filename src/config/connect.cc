#include "config/connect.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/strings.h"
#include "net/url.h"

namespace dragoman::config {
namespace {

const std::string* find_var(const NamedTexts& vars, std::string_view name) {
  for (const auto& [key, value] : vars) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::optional<std::string> from_environment_of(const std::vector<std::string>& names,
                                               const Environment& environment) {
  if (!environment) return {};
  for (const std::string& name : names) {
    auto value = environment(name);
    if (value && !is_blank(*value)) return value;
  }
  return {};
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " or ") + word;
  return out;
}

std::string identity_of(const Secret& key, const std::optional<net::AwsIdentity>& aws) {
  // A short one-way tag: enough to tell a few keys apart in a journal, useless to whoever reads it there.
  const std::string& text = aws && key.empty() ? aws->credentials.access_key : key.reveal();
  return text.empty() ? "none" : fmt::format("{:08x}", stable_hash(text) & 0xffffffffu);
}

// Of a base URL without one: OLLAMA_HOST=127.0.0.1:11434 is a server of one's own. A key that goes to
// api.openai.com must not go there for everybody to read.
std::string guessed_scheme(std::string_view base) {
  const std::string_view host = base.substr(0, base.find('/'));
  const bool v6 = host.starts_with('[');
  const std::size_t colon = host.find(':', v6 ? host.find(']') : 0);
  const std::string_view name = host.substr(0, colon);
  const bool own = colon != std::string_view::npos ||
                   is_loopback(v6 ? name.substr(1, name.find(']') - 1) : name) || name == "0.0.0.0";
  return own ? "http://" : "https://";
}

// People give a base URL with or without the version, or the whole endpoint. What the path repeats is cut
// off: "https://h/v1" + "/v1/messages" and "https://h/v1/messages" + "/v1/messages" both mean "https://h".
std::string fit_base(std::string base, std::string_view path) {
  while (base.ends_with('/')) base.pop_back();
  for (std::size_t size = std::min(path.size(), base.size()); size > 1; --size) {
    const bool border = size == path.size() || path[size] == '/';
    if (border && std::string_view(base).ends_with(path.substr(0, size))) {
      base.resize(base.size() - size);
      break;
    }
  }
  if (base.find("://") == std::string::npos && !base.empty()) base = guessed_scheme(base) + base;
  return base;
}

std::expected<std::vector<std::shared_ptr<const Credential>>, ConnectError> aws_credentials(
    ProviderInput& input, NamedTexts& vars, const Sources& sources) {
  net::AwsSources aws_sources;
  aws_sources.environment = [&](std::string_view name) -> std::optional<std::string> {
    if (!input.use_environment || !sources.environment) return {};
    return sources.environment(name);
  };
  aws_sources.file = [&](const std::string& path) -> std::optional<std::string> {
    if (!sources.file) return {};
    return sources.file(path);
  };
  std::vector<Secret> keys = input.keys;
  if (keys.empty()) keys.emplace_back();
  std::vector<std::shared_ptr<const Credential>> out;
  const std::string* default_region = find_var(input.row.var_defaults, "region");
  for (const Secret& key : keys) {
    net::AwsSettings settings = input.aws;
    if (!key.empty()) settings.bearer_token = key.reveal();
    if (const std::string* region = find_var(vars, "region")) settings.region = *region;
    auto identity = net::resolve_aws(settings, aws_sources);
    if (!identity && settings.region.empty() && default_region) {
      settings.region = *default_region;  // it may have been the only thing missing
      identity = net::resolve_aws(settings, aws_sources);
    }
    if (!identity) {
      return std::unexpected(
          ConnectError{identity.error().message,
                       "set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", true});
    }
    if (find_var(vars, "region") == nullptr && !identity->region.empty())
      vars.emplace_back("region", identity->region);
    auto credential = std::make_shared<Credential>();
    credential->key = Secret(identity->bearer_token);
    credential->id = identity_of(credential->key, *identity);
    credential->aws = std::move(*identity);
    out.push_back(std::move(credential));
  }
  return out;
}

}  // namespace

std::expected<Connection, ConnectError> connect(ProviderInput input, const Sources& sources,
                                                bool allow_no_key) {
  Connection connection;
  connection.name = input.name;
  const Environment environment = input.use_environment ? sources.environment : Environment{};

  connection.vars = input.vars;
  for (const auto& [name, names] : input.row.var_env) {
    if (find_var(connection.vars, name) != nullptr || (name == "api_base" && !input.base_url.empty()))
      continue;
    // AWS has its own order, of which the environment is only a part.
    if (input.row.auth == profile::Auth::aws && name == "region" && !input.aws.profile.empty()) continue;
    if (auto value = from_environment_of(names, environment))
      connection.vars.emplace_back(name, std::move(*value));
  }

  std::optional<ConnectError> no_key;
  if (input.row.auth == profile::Auth::aws) {
    auto credentials = aws_credentials(input, connection.vars, sources);
    if (credentials) {
      connection.credentials = std::move(*credentials);
    } else {
      no_key = std::move(credentials.error());
    }
  } else {
    std::vector<Secret> keys = std::move(input.keys);
    if (keys.empty()) {
      if (auto key = from_environment_of(input.row.key_env, environment))
        keys.emplace_back(std::string(trim(*key)));
    }
    if (keys.empty() && input.row.auth != profile::Auth::none && !input.row.local) {
      no_key = ConnectError{fmt::format("there is no key for '{}'", input.name),
                            input.row.key_env.empty() ? fmt::format("set providers.{}.api_key", input.name)
                                                      : fmt::format("set {}, or providers.{}.api_key",
                                                                    joined(input.row.key_env), input.name),
                            true};
    }
    if (keys.empty()) keys.emplace_back();
    for (Secret& key : keys) {
      auto credential = std::make_shared<Credential>();
      credential->id = identity_of(key, {});
      credential->key = std::move(key);
      connection.credentials.push_back(std::move(credential));
    }
  }
  for (const auto& [name, value] : input.row.var_defaults) {
    if (find_var(connection.vars, name) == nullptr) connection.vars.emplace_back(name, value);
  }

  if (input.base_url.empty()) {
    if (const std::string* base = find_var(connection.vars, "api_base")) input.base_url = *base;
  }
  if (!input.base_url.empty()) input.row.base_url = fit_base(std::move(input.base_url), input.row.path);
  if (input.row.base_url.empty() || input.row.base_url.contains("{api_base}")) {
    std::string suggestion = fmt::format("set providers.{}.base_url", input.name);
    for (const auto& [name, names] : input.row.var_env) {
      if (name == "api_base")
        suggestion = fmt::format("set {}, or providers.{}.base_url", joined(names), input.name);
    }
    return std::unexpected(
        ConnectError{fmt::format("there is no base URL for '{}'", input.name), suggestion});
  }
  // Vertex's endpoint for the location "global" has no location in its host name.
  if (const std::string* location = find_var(connection.vars, "location");
      location && *location == "global") {
    if (const auto at = input.row.base_url.find("{location}-"); at != std::string::npos) {
      input.row.base_url.erase(at, std::string_view("{location}-").size());
    }
  }
  if (no_key && !allow_no_key) return std::unexpected(std::move(*no_key));
  if (connection.credentials.empty())
    connection.credentials.push_back(std::make_shared<const Credential>(Credential{.key = {}, .id = "none"}));

  connection.headers = input.row.headers;
  for (auto& [name, value] : input.headers) {
    std::erase_if(connection.headers, [&](const auto& h) { return equals_ignoring_case(h.first, name); });
    connection.headers.emplace_back(std::move(name), std::move(value));
  }
  for (auto* endpoint : {&input.row.responses, &input.row.embeddings}) {
    if (!*endpoint) continue;
    auto other = std::make_shared<profile::Provider>(**endpoint);
    other->base_url = input.row.base_url;
    *endpoint = std::move(other);
  }
  connection.row = std::make_shared<const profile::Provider>(std::move(input.row));

  const auto url = make_url(connection, connection.row->path, connection.row->query, "model");
  if (!url) return std::unexpected(ConnectError{url.error().message, ""});
  return connection;
}

Result<std::string> make_url(const Connection& connection, std::string_view path, std::string_view query,
                             std::string_view model) {
  std::string text = connection.row->base_url;
  text += path;
  if (!query.empty()) {
    text += '?';
    text += query;
  }
  std::string out;
  std::string_view rest = text;
  for (;;) {
    const std::size_t open = rest.find('{');
    const std::size_t close = open == std::string_view::npos ? open : rest.find('}', open);
    if (close == std::string_view::npos) {
      out += rest;
      break;
    }
    out += rest.substr(0, open);
    const std::string_view name = rest.substr(open + 1, close - open - 1);
    rest.remove_prefix(close + 1);
    if (name == "model") {
      out += net::percent_encode(model);
    } else if (const std::string* value = find_var(connection.vars, name)) {
      out += net::percent_encode(*value, ".");
    } else {
      std::string remedy = fmt::format("set providers.{}.{}", connection.name, name);
      for (const auto& [var, names] : connection.row->var_env) {
        if (var == name) remedy += ", or " + joined(names);
      }
      return fail(fmt::format("the URL of '{}' needs a value for '{}': {}", connection.name, name, remedy));
    }
  }
  const auto url = net::Url::parse(out);
  if (!url) return fail(fmt::format("the URL of '{}' is no URL: {}", connection.name, url.error().message));
  return out;
}

std::optional<Deployment> make_deployment(const TargetSpec& spec,
                                          std::shared_ptr<const Credential> credential,
                                          const Reliability& reliability) {
  const profile::Provider& row = *spec.connection->row;
  Deployment out;
  out.name = spec.connection->name + "/" + spec.model;
  out.connection = spec.connection;
  out.credential = std::move(credential);
  out.model = spec.model;
  auto url = make_url(*spec.connection, row.path, row.query, spec.model);
  auto stream_url = make_url(*spec.connection, row.stream_path.empty() ? row.path : row.stream_path,
                             row.stream_query.empty() ? row.query : row.stream_query, spec.model);
  if (!url || !stream_url) return {};
  out.url = std::move(*url);
  out.stream_url = std::move(*stream_url);
  if (!row.count_tokens_path.empty()) {
    if (auto count = make_url(*spec.connection, row.count_tokens_path, row.query, spec.model)) {
      out.count_tokens_url = std::move(*count);
    }
  }
  if (row.responses && row.dialect != row.responses->dialect) {
    if (auto other = make_url(*spec.connection, row.responses->path, row.responses->query, spec.model))
      out.responses_url = std::move(*other);
    if (const std::string& path = row.responses->count_tokens_path; !path.empty())
      if (auto count = make_url(*spec.connection, path, row.responses->query, spec.model))
        out.responses_count_url = std::move(*count);
  }
  if (row.embeddings) {
    if (auto other = make_url(*spec.connection, row.embeddings->path, row.embeddings->query, spec.model))
      out.embeddings_url = std::move(*other);
  }
  out.headers = spec.headers;
  out.defaults = spec.defaults;
  out.rules = spec.rules;
  if (spec.context_window > 0) {
    profile::Rule& window = out.rules.emplace_back();
    window.id = "context_window";
    window.why = "the model's window, as the config says it";
    window.settings = {{profile::Setting::context_window, spec.context_window}};
  }
  out.price = spec.price;
  out.timeouts = spec.timeouts.value_or(reliability.timeouts);
  out.stream_timeouts = spec.stream_timeouts.value_or(
      spec.timeouts.value_or(reliability.stream_timeouts.value_or(reliability.timeouts)));
  out.promises = spec.promises.over(reliability.promises).resolved();
  return out;
}

}  // namespace dragoman::config
