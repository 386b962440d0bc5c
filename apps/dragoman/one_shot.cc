#include "one_shot.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <thread>

#include "base/arena.h"
#include "config_source.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/blocking.h"

namespace dragoman::app {
namespace {

constexpr std::size_t kMostAnswer = 64u << 20;  // bytes

Result<config::Config> load(const std::string& file) {
  const auto catalogue = shared_catalogue();
  if (!catalogue) return std::unexpected(catalogue.error());
  auto config = load_config(file, *catalogue);
  if (!config) return config;
  config->server.host = "127.0.0.1";
  config->server.port = 0;
  config->server.threads = 1;
  config->auth = {};
  config->strict_models = false;
  config->journal.enabled = true;
  config->journal.path = ":memory:";
  config->journal.keep_bodies = true;
  config->vault.path = ":memory:";
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
    case canon::DialectName::cohere_chat:  // of providers alone: a client does not speak it
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

net::Task<Result<Answer>> ask(net::Client& client, net::Url url, std::string_view body) {
  net::ClientRequest request{.method = "POST", .url = std::move(url)};
  request.headers.add("Content-Type", "application/json");
  request.headers.add("anthropic-version", "2023-06-01");
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

Result<std::unique_ptr<OneShot>> OneShot::start(const std::string& config) {
  spdlog::set_level(spdlog::level::off);  // what happens is in the record
  auto gateway = serve::RunningGateway::start([config] { return load(config); });
  if (!gateway) return std::unexpected(gateway.error());
  auto made = std::make_unique<OneShot>();
  made->gateway_ = *std::move(gateway);
  made->config_ = made->gateway_->snapshot();
  if (!made->gateway_->journal()) return fail("no journal could be made in memory");
  made->client_ = std::make_unique<net::Client>(made->loops_[0], nullptr);
  made->loops_.start();
  return made;
}

OneShot::~OneShot() { loops_.stop(); }

Result<Shot> OneShot::send(canon::DialectName dialect, std::string_view body, std::string_view model,
                           bool stream) {
  std::string sent(body);
  if (dialect != canon::DialectName::gemini_generate && dialect != canon::DialectName::bedrock_converse) {
    auto renamed = with_model(body, model);
    if (!renamed) return std::unexpected(renamed.error());
    sent = *std::move(renamed);
  }
  auto url = net::Url::parse(
      fmt::format("http://127.0.0.1:{}{}", gateway_->port(), path_of(dialect, model, stream)));
  if (!url) return std::unexpected(url.error());
  auto answer = net::run_blocking(loops_[0], ask(*client_, *std::move(url), sent));
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
