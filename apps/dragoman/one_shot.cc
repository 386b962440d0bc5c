#include "one_shot.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/arena.h"
#include "base/id.h"
#include "config_source.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/blocking.h"
#include "net/tls.h"

namespace dragoman::app {
namespace {

constexpr std::size_t kMostAnswer = 64u << 20;  // bytes

void ask_once(config::Reliability& reliability) {
  reliability.policy.retries = 0;
  reliability.policy.retries_per_model = 0;
  reliability.policy.retries_for.clear();
  reliability.policy.max_fallbacks = 0;
  reliability.policy.repair = false;
  reliability.cooldown.enabled = false;
  reliability.pin = route::PinMode::none;
  reliability.promises.arguments = config::ArgumentsPolicy::off;
}

void ask_once(config::Config& config) {
  ask_once(config.defaults);
  config.default_fallbacks.clear();
  for (config::ModelSpec& model : config.models) {
    ask_once(model.reliability);
    const auto first = std::ranges::min_element(
        model.targets, {}, [](const config::TargetSpec& target) { return target.order.value_or(1); });
    if (first != model.targets.end()) model.targets = {*first};
    for (config::TargetSpec& target : model.targets) {
      target.retries.reset();
      target.promises.arguments.reset();
    }
    model.fallbacks.clear();
    model.context_window_fallbacks.clear();
    model.content_policy_fallbacks.clear();
  }
}

Result<config::Config> load(const OneShotOptions& options, const std::string& key, TryOut& source,
                            LiveState& state) {
  const auto catalogue = shared_catalogue();
  if (!catalogue) return std::unexpected(catalogue.error());
  auto config = source.load(options.config, *catalogue);
  if (!config) return config;
  config->server.host = "127.0.0.1";
  config->server.port = 0;
  config->server.threads = 1;
  config->auth = {};
  if (!options.key_name.empty())
    config->auth.keys.push_back({.name = options.key_name, .key = config::Secret(key)});
  config->strict_models = false;
  auto copied = LiveState::copy(*config, options.state);
  if (!copied) return std::unexpected(copied.error());
  state = *std::move(copied);
  if (options.once) ask_once(*config);
  config->prepare();
  return config;
}

std::string path_of(canon::DialectName dialect, std::string_view model, bool stream) {
  const std::string encoded = net::percent_encode(model);
  switch (dialect) {
    case canon::DialectName::openai_chat:
      return "/v1/chat/completions";
    case canon::DialectName::openai_responses:
      return "/v1/responses";
    case canon::DialectName::anthropic_messages:
      return "/v1/messages";
    case canon::DialectName::gemini_generate:
      return fmt::format("/v1beta/models/{}:{}", encoded,
                         stream ? "streamGenerateContent?alt=sse" : "generateContent");
    case canon::DialectName::openai_embeddings:
      return "/v1/embeddings";
    case canon::DialectName::cohere_chat:  // of providers alone: a client does not speak it
    case canon::DialectName::gemini_embed:
    case canon::DialectName::vertex_predict:
    case canon::DialectName::bedrock_invoke:
    case canon::DialectName::cohere_embed:
    case canon::DialectName::ollama_embed:
      break;
    case canon::DialectName::bedrock_converse:
      return fmt::format("/model/{}/{}", encoded, stream ? "converse-stream" : "converse");
  }
  return "";
}

struct Answer {
  int status = 0;
  std::string id, body;
};

net::Task<Result<Answer>> ask(net::Client& client, net::Url url, std::string_view key,
                              std::string_view body) {
  net::ClientRequest request{.method = "POST", .url = std::move(url)};
  request.headers.add("Content-Type", "application/json");
  request.headers.add("anthropic-version", "2023-06-01");
  request.headers.add("Authorization", fmt::format("Bearer {}", key));
  request.body.push_back(body);
  auto response = co_await client.send(std::move(request));
  if (!response) co_return fail(response.error().message);
  Answer answer{.status = response->status()};
  if (const auto id = response->headers().find("x-request-id")) answer.id = *id;
  auto read = co_await response->read_all(kMostAnswer);
  if (!read) co_return fail(read.error().message);
  answer.body = *std::move(read);
  co_return answer;
}

}  // namespace

Result<std::string> with_model(std::string_view body, std::string_view model) {
  Arena arena;
  const auto value = json::parse(arena, body);
  if (!value) return std::unexpected(value.error());
  if (!value->is_object()) return fail("expected a JSON object");
  const json::Builder builder(arena);
  return json::dump(builder.with(*value, "model", builder.string(model)));
}

Result<std::unique_ptr<OneShot>> OneShot::start(const OneShotOptions& options) {
  spdlog::set_level(spdlog::level::off);  // what happens is in the record
  auto made = std::make_unique<OneShot>();
  made->key_ = random_id("replay-", 40);
  auto gateway =
      serve::RunningGateway::start([&] { return load(options, made->key_, made->source_, made->state_); });
  if (!gateway) return std::unexpected(gateway.error());
  if (made->source_.started())
    fmt::print(stderr, "No provider key in the environment: the sandbox's emulators are asked.\n");
  made->gateway_ = *std::move(gateway);
  made->config_ = made->gateway_->snapshot();
  if (!made->gateway_->journal()) return fail("no journal could be made");
  made->client_ = std::make_unique<net::Client>(made->loops_[0], nullptr);
  made->loops_.start();
  return made;
}

OneShot::~OneShot() { loops_.stop(); }

net::Client& OneShot::upstreams() {
  if (!upstreams_)
    upstreams_ =
        std::make_unique<net::Client>(loops_[0], std::make_shared<net::TlsContext>(net::TlsOptions{}));
  return *upstreams_;
}

Result<const serve::Deployment*> OneShot::first_target(std::string_view model) const {
  const auto routed = config_->find(model);
  if (!routed) return std::unexpected(routed.error());
  const route::Route& route = (*routed)->route();
  const auto first =
      std::ranges::min_element(route.targets, {}, [](const route::Target& target) { return target.order; });
  return &(*routed)->deployment(*first);  // the snapshot keeps it
}

Result<Shot> OneShot::send(canon::DialectName dialect, std::string_view body, std::string_view model,
                           bool stream) {
  std::string sent(body);
  // A request that could not be read has no model in the journal, but may have one in its body.
  if (!model.empty() && dialect != canon::DialectName::gemini_generate &&
      dialect != canon::DialectName::bedrock_converse) {
    auto renamed = with_model(body, model);
    if (!renamed) return std::unexpected(renamed.error());
    sent = *std::move(renamed);
  }
  auto url = net::Url::parse(
      fmt::format("http://127.0.0.1:{}{}", gateway_->port(), path_of(dialect, model, stream)));
  if (!url) return std::unexpected(url.error());
  auto answer = net::run_blocking(loops_[0], ask(*client_, *std::move(url), key_, sent));
  if (!answer) return std::unexpected(answer.error());
  Shot shot{.status = answer->status, .body = std::move(answer->body)};
  // The record is written when the exchange has ended, which is shortly after its last byte.
  for (int i = 0; i < 100; ++i) {
    if (const auto done = gateway_->journal()->flush(); !done) return std::unexpected(done.error());
    auto reader = gateway_->journal()->reader();
    if (!reader) return std::unexpected(reader.error());
    auto found = reader->find(answer->id);
    if (!found) return std::unexpected(found.error());
    if (*found) {
      shot.record = **std::move(found);
      return shot;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return shot;  // refused before it was an exchange (size, path)
}

}  // namespace dragoman::app
