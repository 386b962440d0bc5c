#include "offline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/strings.h"
#include "config_source.h"
#include "dialect/dialect.h"
#include "dialect/embedding.h"
#include "dialect/looks_like.h"
#include "json/parse.h"
#include "offline_names.h"
#include "placeholders.h"
#include "serve/loss.h"
#include "serve/upstream.h"

namespace dragoman::app {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kShortestSecret = 8;  // shorter ones are masked as headers, not looked for in text

bool is_secret(std::string_view name) {
  const std::string low = lower_ascii(name);
  return std::ranges::any_of(std::array{"auth", "key", "token", "secret", "cookie"},
                             [&](std::string_view part) { return low.contains(part); });
}

}  // namespace

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
  auto config = look_at_config(file, text, *catalogue);
  if (!config) return std::unexpected(config.error());

  Offline out;
  out.names_ = names_to_ask(*config, text, false);
  out.embedding_names_ = names_to_ask(*config, text, true);
  for (std::string& secret : config->secrets())
    if (secret.size() >= kShortestSecret) out.secrets_.push_back(std::move(secret));
  out.rules_ = std::make_shared<const profile::RuleSources>(*std::move(rules));
  auto snapshot = serve::Snapshot::make(*std::move(config));
  if (!snapshot) return std::unexpected(snapshot.error());
  out.snapshot_ = *std::move(snapshot);
  return out;
}

Result<OfflineTarget> Offline::find(std::string_view name) const {
  if (name.contains('*'))
    return fail(
        fmt::format("'{}' stands for several targets, expected one; `dragoman check --to` takes it", name));
  auto routed = snapshot_->find(name);
  if (!routed) return fail(unknown_target(name, snapshot_->config()));
  OfflineTarget out{*std::move(routed)};
  out.deployment = &out.routed->deployment(out.routed->route().targets.front());
  return out;
}

void Offline::add_reached(const std::shared_ptr<const serve::Routed>& routed, std::string_view name,
                          bool embeddings, std::vector<OfflineTarget>& out) const {
  const route::Route& route = routed->route();
  const auto is_own = [&](const config::ModelSpec& spec) { return spec.name == name; };
  const bool own = std::ranges::any_of(config().models, is_own);
  std::set<std::string> seen;
  const auto add = [&](const std::vector<route::Target>& targets) {
    for (const route::Target& target : targets) {
      const serve::Deployment& deployment = routed->deployment(target);
      if (seen.insert(deployment.name()).second)
        out.push_back({routed, &deployment, std::string(own ? name : std::string_view())});
    }
  };
  add(route.targets);
  if (!own) return;  // provider/model: this one is meant
  for (const route::Alternative& other : route.fallbacks) add(other.targets);
  if (embeddings) return;  // fallbacks meant for every model are of chat
  for (const route::Alternative& other : route.default_fallbacks) add(other.targets);
}

Result<std::vector<OfflineTarget>> Offline::reached(std::string_view name, bool embeddings) const {
  std::vector<OfflineTarget> out;
  if (name.contains('*')) {
    for (const std::string& known : embeddings ? embedding_names_ : names_)
      if (const auto routed = snapshot_->find(known); routed && glob_match(name, known))
        add_reached(*routed, known, embeddings, out);
    if (out.empty()) return fail(fmt::format("'{}' matches no known model; name one without '*'", name));
    return out;
  }
  const auto routed = snapshot_->find(name);
  if (!routed) return fail(unknown_target(name, config()));
  add_reached(*routed, name, embeddings, out);
  return out;
}

std::vector<OfflineTarget> Offline::all(bool embeddings) const {
  std::vector<OfflineTarget> out;
  for (const std::string& name : embeddings ? embedding_names_ : names_)
    if (const auto routed = snapshot_->find(name)) add_reached(*routed, name, embeddings, out);
  return out;
}

Result<ClientRequest> Offline::parse(Arena& arena, std::string_view text, const Asked& asked) const {
  return of_body(arena, json::parse(arena, text), asked);
}

Result<ClientRequest> Offline::parse_padded(Arena& arena, std::string_view text, const Asked& asked) const {
  return of_body(arena, json::parse_padded(arena, text), asked);
}

Result<ClientRequest> Offline::of_body(Arena& arena, Result<json::Value> body, const Asked& asked) const {
  if (!body) return std::unexpected(body.error());
  const auto name = asked.dialect.empty() ? dialect::looks_like(*body) : canon::dialect_called(asked.dialect);
  const bool embeddings = name == canon::DialectName::openai_embeddings;
  if (!name || (!embeddings && !dialect::get(*name).parse))
    return fail(fmt::format(
        "--from: expected openai, responses, anthropic, gemini, bedrock or embeddings, found '{}'",
        asked.dialect));
  ClientRequest out{.dialect = *name};
  // Of some the model and the stream are in the URL.
  const bool in_path =
      *name == canon::DialectName::gemini_generate || *name == canon::DialectName::bedrock_converse;
  if (!in_path) {
    // What is said beside the request becomes part of it, as if the client had written it there.
    const json::Builder builder(arena);
    json::Value complete = *body;
    if (complete.is_object() && !complete["model"])
      complete = builder.with(complete, "model", builder.string_copy(asked.model));
    if (complete.is_object() && !embeddings && asked.stream && complete["stream"].boolean() != *asked.stream)
      complete = builder.with(complete, "stream", builder.boolean(*asked.stream));
    if (complete.node() != body->node()) body = json::parse(arena, json::dump(complete));
    if (!body) return std::unexpected(body.error());
  }
  if (embeddings) {
    auto texts = dialect::get(*name).embeddings->parse(arena, *body);
    if (!texts) return std::unexpected(texts.error());
    out.texts = *std::move(texts);
    return out;
  }
  auto request = dialect::get(*name).parse(arena, *body);
  if (!request) return std::unexpected(request.error());
  out.conversation = *std::move(request);
  if (in_path) {
    if (out.conversation.model.empty()) out.conversation.model = arena.copy(asked.model);
    out.conversation.stream = asked.stream.value_or(false);
  }
  return out;
}

Result<ClientRequest> Offline::read(Arena& arena, const std::string& file, const Asked& asked) const {
  auto read = read_input(file);
  if (!read) return std::unexpected(read.error());
  read->reserve(read->size() + json::kPadding);
  const auto text = std::make_shared<const std::string>(*std::move(read));
  auto request = parse_padded(arena, *text, asked);
  if (!request) return std::unexpected(in_file(request.error(), file, *text));
  request->text = text;
  return request;
}

Result<Outcome> Offline::lower(const ClientRequest& asked, const OfflineTarget& target, Arena& arena,
                               canon::Request* inside) const {
  if (asked.texts) return lower_texts(*asked.texts, target, arena);
  const canon::Request& request = asked.conversation;
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
  for (const auto& [name, value] : lowered.headers) out.headers.emplace_back(name, masked(value));
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
  if (out.empty() && edit.rule.starts_with("SCHEMA-")) out = "no keyword that the target's schemas know";
  if (out.empty() && canon::dialect_named(edit.rule)) out = "the dialect has no word for it";
  return out;
}

}  // namespace dragoman::app
