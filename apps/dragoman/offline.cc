#include "offline.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

#include "base/strings.h"
#include "config/document.h"
#include "config_source.h"
#include "dialect/dialect.h"
#include "json/parse.h"
#include "lower/argument_plan.h"
#include "serve/loss.h"
#include "serve/upstream.h"

namespace dragoman::app {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::string_view kNoKey = "dragoman-has-no-key-here";
constexpr std::size_t kShortestSecret = 8;  // shorter ones are masked as headers, not looked for in text

// For `all()`: providers whose models are the user's own.
struct StandIn {
  std::string_view provider, model;
};
constexpr std::array<StandIn, 10> kStandIns = {{{"azure", "gpt-4o"},
                                                {"azure_v1", "gpt-4o"},
                                                {"vertex_anthropic", "claude-sonnet-4-5@20250929"},
                                                {"ollama", "llama3.2"},
                                                {"vllm", "meta-llama/Llama-3.1-8B-Instruct"},
                                                {"llamacpp", "default"},
                                                {"lmstudio", "default"},
                                                {"sglang", "default"},
                                                {"tgi", "tgi"},
                                                {"opencode", "kimi-k2"}}};

// The process's environment, with a placeholder for each variable without which a provider or the config
// could not be called. Nothing is called here.
class PlaceholderEnvironment {
 public:
  PlaceholderEnvironment(const profile::Catalogue& catalogue, std::string_view config)
      : real_(process_sources().environment) {
    for (const profile::Provider& row : catalogue.providers()) provider(row);
    references(config);
  }

  std::optional<std::string> operator()(std::string_view name) const {
    if (auto value = real_(name); value && !value->empty()) return value;
    const auto found = placeholders_.find(name);
    return found == placeholders_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  bool set(const std::string& name) const {
    const auto value = real_(name);
    return value && !is_blank(*value);
  }

  void provider(const profile::Provider& row) {
    const bool aws = row.auth == profile::Auth::aws &&
                     (set("AWS_ACCESS_KEY_ID") || set("AWS_PROFILE") || set("AWS_BEARER_TOKEN_BEDROCK"));
    if (!row.key_env.empty() && !aws && std::ranges::none_of(row.key_env, [&](auto& n) { return set(n); }))
      placeholders_.emplace(row.key_env.front(), kNoKey);
    for (const auto& [name, variables] : row.var_env) {
      const bool has_default =
          std::ranges::any_of(row.var_defaults, [&](const auto& d) { return d.first == name; });
      const bool base = name == "api_base";
      const bool used = base ? row.base_url.empty() || row.base_url.contains("{api_base}")
                             : (row.base_url + row.path + row.query).contains("{" + name + "}");
      if (!used || has_default || std::ranges::any_of(variables, [&](auto& n) { return set(n); })) continue;
      placeholders_.emplace(variables.front(), base ? fmt::format("https://{}.invalid", row.name) : name);
    }
  }

  // ${NAME} and os.environ/NAME stand for themselves; ${NAME:-default} has its own answer.
  void references(std::string_view config) {
    const auto word = [](std::string_view text) {
      return text.substr(
          0, std::min(text.size(), text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                          "abcdefghijklmnopqrstuvwxyz_0123456789")));
    };
    constexpr std::string_view kOsEnviron = "os.environ/";
    for (std::size_t at = 0; (at = config.find("${", at)) != std::string_view::npos; at += 2) {
      const std::string name(word(config.substr(at + 2)));
      if (config.substr(at + 2 + name.size()).starts_with(":-"))
        placeholders_.erase(name);
      else
        placeholders_.emplace(name, name);
    }
    for (std::size_t at = 0; (at = config.find(kOsEnviron, at)) != std::string_view::npos;
         at += kOsEnviron.size()) {
      const std::string name(word(config.substr(at + kOsEnviron.size())));
      placeholders_.emplace(name, name);
    }
  }

  config::Environment real_;
  std::map<std::string, std::string, std::less<>> placeholders_;
};

bool is_secret(std::string_view name) {
  const std::string low = lower_ascii(name);
  return std::ranges::any_of(std::array{"auth", "key", "token", "secret", "cookie"},
                             [&](std::string_view part) { return low.contains(part); });
}

// Names of the entries under `providers` in one of dragoman's own files.
std::vector<std::string> providers_named(std::string_view text, std::string_view file) {
  std::vector<std::string> out;
  const auto document = config::parse_document(text, file);
  if (!document) return out;
  if (const config::Document* providers = document->find("providers"))
    for (const config::Entry& entry : providers->entries) out.push_back(entry.key);
  return out;
}

std::vector<std::string> names_of(const config::Config& config, const std::vector<std::string>& named) {
  std::vector<std::string> out;
  const bool known = config.file.empty();
  for (const config::ModelSpec& spec : config.models)
    for (const config::TargetSpec& target : spec.targets)
      if (!target.model.contains('*') && !spec.name.contains('*')) {
        out.push_back(spec.name);
        break;
      }
  if (config.strict_models) return out;
  for (const auto& connection : config.connections) {
    if (!known && std::ranges::find(named, connection->name) == named.end()) continue;
    for (const std::string& model : connection->row->models) out.push_back(connection->name + "/" + model);
    if (!known) continue;
    for (const StandIn& own : kStandIns)
      if (own.provider == connection->name) out.push_back(fmt::format("{}/{}", own.provider, own.model));
  }
  return out;
}

}  // namespace

std::optional<canon::DialectName> dialect_called(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kShort = {{
      {"openai", "openai_chat"},
      {"chat", "openai_chat"},
      {"responses", "openai_responses"},
      {"anthropic", "anthropic_messages"},
      {"messages", "anthropic_messages"},
      {"gemini", "gemini_generate"},
      {"google", "gemini_generate"},
      {"bedrock", "bedrock_converse"},
      {"converse", "bedrock_converse"},
  }};
  std::string name(text);
  std::ranges::replace(name, '-', '_');
  const auto* known = std::ranges::find(kShort, name, &std::pair<std::string_view, std::string_view>::first);
  return canon::dialect_named(known == kShort.end() ? std::string_view(name) : known->second);
}

lower::Loss Outcome::worst() const {
  lower::Loss worst = lower::Loss::none;
  for (const lower::Edit& edit : lowered.edits) worst = std::max(worst, edit.loss);
  return worst;
}

int Outcome::count(lower::Loss loss) const {
  return static_cast<int>(std::ranges::count(lowered.edits, loss, &lower::Edit::loss));
}

bool Outcome::warned() const {
  return std::ranges::find(policies, config::LossPolicy::warn) != policies.end();
}

Result<Offline> Offline::make(const std::string& file) {
  auto catalogue = shared_catalogue();
  if (!catalogue) return std::unexpected(catalogue.error());
  auto rules = profile::RuleSources::builtin();
  if (!rules) return std::unexpected(rules.error());

  std::string text;
  if (!file.empty()) {
    auto read = read_input(file);
    if (!read) return std::unexpected(read.error());
    text = *std::move(read);
  }
  config::Sources sources = process_sources();
  sources.environment = PlaceholderEnvironment(**catalogue, text);
  auto config = file.empty() ? config::from_environment(sources, *catalogue)
                             : config::load(text, file, sources, *catalogue);
  if (!config) return fail(format_all(config.error()));

  Offline out;
  out.names_ = names_of(*config, providers_named(text, file));
  for (std::string& secret : config->secrets())
    if (secret.size() >= kShortestSecret) out.secrets_.push_back(std::move(secret));
  out.rules_ = std::make_shared<const profile::RuleSources>(*std::move(rules));
  auto snapshot = serve::Snapshot::make(*std::move(config));
  if (!snapshot) return std::unexpected(snapshot.error());
  out.snapshot_ = *std::move(snapshot);
  return out;
}

Result<OfflineTarget> Offline::find(std::string_view name) const {
  auto routed = snapshot_->find(name);
  if (!routed) return fail(routed.error().message);
  OfflineTarget out{*std::move(routed)};
  out.deployment = &out.routed->deployment(out.routed->route().targets.front());
  return out;
}

std::vector<OfflineTarget> Offline::all() const {
  std::vector<OfflineTarget> out;
  std::set<std::string> seen;
  for (const std::string& name : names_) {
    const auto routed = snapshot_->find(name);
    if (!routed) continue;
    for (const route::Target& target : (*routed)->route().targets) {
      const serve::Deployment& deployment = (*routed)->deployment(target);
      if (seen.insert(deployment.name()).second) out.push_back({*routed, &deployment});
    }
  }
  return out;
}

Result<canon::Request> Offline::parse(Arena& arena, std::string_view text, const Asked& asked) const {
  const auto name = dialect_called(asked.dialect);
  if (!name || !dialect::get(*name).parse)
    return fail(fmt::format("from: expected openai, responses, anthropic, gemini or bedrock, found '{}'",
                            asked.dialect));
  auto body = json::parse(arena, text);
  if (!body) return std::unexpected(body.error());
  if (*name == canon::DialectName::gemini_generate || *name == canon::DialectName::bedrock_converse) {
    // Their wire has the model and the stream in the URL.
    auto request = dialect::get(*name).parse(arena, *body);
    if (!request) return std::unexpected(request.error());
    if (request->model.empty()) request->model = arena.copy(asked.model);
    request->stream = asked.stream.value_or(false);
    return request;
  }
  // What is said beside the request becomes part of it, as if the client had written it there.
  const json::Builder builder(arena);
  json::Value complete = *body;
  if (complete.is_object() && !complete["model"])
    complete = builder.with(complete, "model", builder.string_copy(asked.model));
  if (complete.is_object() && asked.stream && complete["stream"].boolean() != *asked.stream)
    complete = builder.with(complete, "stream", builder.boolean(*asked.stream));
  if (complete.node() != body->node()) body = json::parse(arena, json::dump(complete));
  if (!body) return std::unexpected(body.error());
  auto request = dialect::get(*name).parse(arena, *body);
  if (!request) return std::unexpected(request.error());
  return request;
}

Result<Outcome> Offline::lower(const canon::Request& request, const OfflineTarget& target, Arena& arena,
                               canon::Request* inside) const {
  const serve::Deployment& deployment = target.deployment->speaking(request, snapshot_->catalogue());
  const profile::Mode mode = lower::mode_of(request);
  const auto& profile = deployment.profile(snapshot_->catalogue(), mode);
  auto lowered = lower::lower(
      request, {&deployment.provider(), deployment.model(), &profile, deployment.defaults()}, arena, inside);
  Outcome out;
  if (!lowered) {
    out.refused = lowered.error();
    return out;
  }
  out.lowered = *std::move(lowered);
  if (auto done = complete(out, deployment, mode, target); !done) return std::unexpected(done.error());
  return out;
}

Result<void> Offline::complete(Outcome& out, const serve::Deployment& deployment, profile::Mode mode,
                               const OfflineTarget& target) const {
  const lower::Lowered& lowered = out.lowered;
  const config::Promises& promises = deployment.spec().promises;
  if (const lower::Edit* edit = serve::forbidden_edit(lowered.edits, promises)) {
    out.refused = serve::forbidden(*edit, target.name());
    out.forbidden = true;
    out.lowered = {};
    return {};
  }
  for (const lower::Edit& edit : lowered.edits) out.policies.push_back(serve::policy_of(edit, promises));
  const auto call = serve::upstream_request(deployment, deployment.url(lowered.stream), lowered.stream,
                                            lowered.body, {}, false, std::chrono::sys_seconds{});
  if (!call) return std::unexpected(call.error());
  out.url = masked(call->url.text());
  for (const net::Header header : call->headers)
    out.headers.emplace_back(header.name,
                             is_secret(header.name) ? std::string(kMask) : masked(std::string(header.value)));
  for (const lower::Edit& edit : lowered.edits) out.sources.push_back(source_of(deployment, mode, edit));
  return {};
}

std::string Offline::masked(std::string text) const {
  for (const std::string& secret : secrets_)
    for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += kMask.size())
      text.replace(at, secret.size(), kMask);
  return text;
}

std::string Offline::source_of(const serve::Deployment& deployment, profile::Mode mode,
                               const lower::Edit& edit) const {
  std::string out;
  const auto look = [&](std::span<const profile::Rule> rows) {
    for (const profile::Rule& row : rows)  // a later row outranks an earlier one
      if (row.id == edit.rule && row.applies(deployment.model(), mode)) out = row.why;
  };
  for (const auto& layer : snapshot_->catalogue().layers(deployment.provider())) look(layer.rules);
  look(deployment.spec().rules);
  if (const profile::RuleSource* fact = rules_->find(edit.rule)) {
    if (out.empty()) out = fact->what;
    if (!fact->source.empty()) out += fmt::format(" ({})", fact->source);
  }
  if (out.empty() && canon::dialect_named(edit.rule)) out = "the dialect has no word for it";
  return out;
}

void write_refused(json::Writer& w, const lower::Refused& refused) {
  w.key("refused").begin_object().field("rule", refused.rule);
  w.field("pointer", refused.pointer).field("reason", refused.reason).end_object();
}

void write_edits(json::Writer& w, const Outcome& outcome) {
  w.key("edits").begin_array();
  for (std::size_t i = 0; i < outcome.lowered.edits.size(); ++i) {
    const lower::Edit& e = outcome.lowered.edits[i];
    w.begin_object().field("rule", e.rule).field("pointer", e.pointer).field("keyword", e.keyword);
    w.field("before", e.before).field("after", e.after).field("loss", lower::name(e.loss));
    w.field("source", outcome.sources[i]);
    if (outcome.policies[i] != config::LossPolicy::allow)
      w.field("policy", config::kLossPolicies[static_cast<std::size_t>(outcome.policies[i])]);
    w.end_object();
  }
  w.end_array();
}

// What is undone in arguments or in a JSON answer.
void write_plan(json::Writer& w, const lower::ArgumentPlan& plan) {
  std::map<std::string, std::string> keys;
  std::set<std::string> nulls;
  for (const lower::ArgumentPlan::Node& node : plan.nodes) {
    for (const auto& [wire, property] : node.properties) {
      if (property.client != wire) keys.emplace(wire, property.client);
      if (property.drop_null) nulls.insert(property.client);
    }
  }
  w.begin_object();
  if (!plan.wrapped.empty()) w.field("unwrap", plan.wrapped);
  if (!keys.empty()) {
    w.key("keys").begin_object();
    for (const auto& [wire, client] : keys) w.field(wire, client);
    w.end_object();
  }
  if (!nulls.empty()) {
    w.key("drop_null").begin_array();
    for (const std::string& name : nulls) w.string(name);
    w.end_array();
  }
  w.end_object();
}

void write_outcome(json::Writer& w, const Outcome& outcome) {
  if (outcome.refused) {
    write_refused(w, *outcome.refused);
    return;
  }
  w.field("method", "POST").field("url", outcome.url).key("headers").begin_object();
  for (const auto& [name, value] : outcome.headers) w.field(name, value);
  w.end_object();
  if (outcome.bodies.empty()) {
    w.key("body").raw(outcome.lowered.body);
  } else {
    w.key("bodies").begin_array();
    for (const std::string& body : outcome.bodies) w.raw(body);
    w.end_array();
  }
  write_edits(w, outcome);
  const lower::Restore& restore = outcome.lowered.restore;
  w.key("restore").begin_object().key("names").begin_object();
  for (const auto& [wire, client] : restore.names) w.field(wire, client);
  w.end_object();
  if (!restore.custom_tools.empty()) {
    w.key("custom_tools").begin_array();
    for (const std::string& name : restore.custom_tools) w.string(name);
    w.end_array();
  }
  if (!restore.structured_tool.empty()) w.field("structured_tool", restore.structured_tool);
  if (!restore.arguments.empty()) {
    w.key("arguments").begin_object();
    for (const auto& [tool, plan] : restore.arguments) write_plan(w.key(tool), *plan);
    w.end_object();
  }
  if (restore.output) write_plan(w.key("output"), *restore.output);
  w.end_object();
}

void write_error(json::Writer& w, const Error& error) {
  w.key("error").begin_object().field("message", error.message).field("pointer", error.pointer).end_object();
}

Result<std::string> read_input(const std::string& file) {
  if (file.empty() || file == "-") return std::string{std::istreambuf_iterator<char>(std::cin), {}};
  auto text = process_sources().file(file);
  if (!text) return fail(fmt::format("{} cannot be read", file));
  return *std::move(text);
}

int complain(const Error& error) {
  fmt::print(stderr, "dragoman: {}{}{}\n", error.message, error.pointer.empty() ? "" : " at ", error.pointer);
  return kBadInput;
}

void print_json(const std::string& document) {
  Arena arena;
  if (isatty(STDOUT_FILENO))
    if (const auto value = json::parse(arena, document, {.depth = 1024})) {
      fmt::print("{}\n", json::dump_pretty(*value));
      return;
    }
  fmt::print("{}\n", document);
}

}  // namespace dragoman::app
