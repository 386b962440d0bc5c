#include "serve/endpoints.h"

#include <fmt/format.h>

#include <memory>

#include "base/id.h"
#include "base/strings.h"
#include "base/version.h"
#include "json/write.h"
#include "serve/aws_auth.h"
#include "serve/count_tokens.h"
#include "serve/exchange.h"
#include "serve/model_path.h"
#include "serve/responses.h"

namespace dragoman::serve {
namespace {

using canon::DialectName;
using Endpoint = net::Task<void> (*)(Gateway&, net::ServerExchange&, std::string key_name);

bool speaks_anthropic(std::string_view path, const net::Headers& headers) {
  return path.find("/messages") != std::string_view::npos || headers.contains("anthropic-version");
}

DialectName dialect_of(std::string_view path) { return dialect_of_path(path); }

// /v1/models is also OpenAI's and Anthropic's; Google's clients bring their key in their own way.
bool speaks_gemini(const net::ServerExchange& http) {
  return dialect_of(http.path()) == DialectName::gemini_generate ||
         http.headers().contains("x-goog-api-key") || http.headers().contains("x-goog-api-client") ||
         net::query_value(http.query(), "key");
}

void write_gemini_model(json::Writer& w, const std::string& model) {
  w.begin_object().field("name", "models/" + model).field("displayName", model).field("version", "1");
  w.key("supportedGenerationMethods").begin_array();
  for (const char* method : {"generateContent", "countTokens"}) w.string(method);
  w.end_array().end_object();
}

net::Task<void> respond_json(net::ServerExchange& http, int status, std::string body) {
  co_await http.respond(status,
                        {{"Content-Type", "application/json"}, {"x-request-id", random_id("req_", 22)}},
                        std::move(body));
}

net::Task<void> respond_error(net::ServerExchange& http, DialectName dialect, int status,
                              std::string_view kind, std::string message, std::string_view code,
                              net::Headers headers = {}) {
  const std::string id = random_id("req_", 22);
  std::string body;
  const dialect::Dialect& words = dialect::get(dialect);
  const dialect::ClientError error = {
      .status = status, .kind = kind, .message = message, .code = code, .request_id = id};
  words.render_error(error, body);
  if (words.error_type && !headers.contains("x-amzn-ErrorType"))
    headers.set("x-amzn-ErrorType", words.error_type(error));
  if (words.error_type) headers.set("x-amzn-RequestId", id);
  headers.set("Content-Type", "application/json");
  headers.set("x-request-id", id);
  headers.set("x-dragoman-attempts", "0");
  headers.set("x-dragoman-edits", "0");
  co_await http.respond(status, std::move(headers), std::move(body));
}

net::Task<void> chat(Gateway& gateway, net::ServerExchange& http, std::string key_name) {
  // On the heap: the exchange is big and most connections are idle.
  const auto exchange =
      std::make_unique<Exchange>(gateway, http, dialect::get(dialect_of(http.path())), std::move(key_name));
  co_await exchange->run();
}

net::Task<void> call_model(Gateway& gateway, net::ServerExchange& http, std::string key_name,
                           ModelCall call) {
  const dialect::Dialect& client = dialect::get(call.dialect);
  const auto exchange =
      std::make_unique<Exchange>(gateway, http, client, std::move(key_name), std::move(call));
  co_await exchange->run();
}

net::Task<void> models(Gateway& gateway, net::ServerExchange& http, std::string) {
  const auto snapshot = gateway.snapshot.load();
  if (speaks_gemini(http)) {
    std::string list;
    json::Writer w(list);
    w.begin_object().key("models").begin_array();
    for (const std::string& model : snapshot->config().model_names()) write_gemini_model(w, model);
    w.end_array().end_object();
    co_return co_await respond_json(http, 200, std::move(list));
  }
  const bool anthropic = speaks_anthropic(http.path(), http.headers());
  std::string out;
  json::Writer w(out);
  w.begin_object();
  if (!anthropic) w.field("object", "list");
  w.key("data").begin_array();
  for (const std::string& model : snapshot->config().model_names()) {
    w.begin_object().field("id", model);
    if (anthropic)
      w.field("type", "model").field("display_name", model).field("created_at", "1970-01-01T00:00:00Z");
    else
      w.field("object", "model").field("created", 0).field("owned_by", model.substr(0, model.find('/')));
    w.end_object();
  }
  w.end_array();
  if (anthropic) w.field("has_more", false).key("first_id").null().key("last_id").null();
  w.end_object();
  co_await respond_json(http, 200, std::move(out));
}

net::Task<void> one_model(Gateway& gateway, net::ServerExchange& http, std::string) {
  const auto snapshot = gateway.snapshot.load();
  const std::string_view path = http.path();
  const std::size_t at = path.find("/models/");
  const std::string name = net::percent_decode(path.substr(at + 8)).value_or("");
  if (const auto routed = snapshot->find(name); !routed) {
    co_await respond_error(http, speaks_gemini(http) ? DialectName::gemini_generate : dialect_of(path), 404,
                           "not_found", routed.error().message, "model_not_found");
    co_return;
  }
  std::string out;
  json::Writer w(out);
  if (speaks_gemini(http)) {
    write_gemini_model(w, name);
    co_return co_await respond_json(http, 200, std::move(out));
  }
  const bool anthropic = speaks_anthropic(path, http.headers());
  w.begin_object().field("id", name);
  if (anthropic)
    w.field("type", "model").field("display_name", name).field("created_at", "1970-01-01T00:00:00Z");
  else
    w.field("object", "model").field("created", 0).field("owned_by", "dragoman");
  w.end_object();
  co_await respond_json(http, 200, std::move(out));
}

net::Task<void> health(Gateway&, net::ServerExchange& http, std::string) {
  co_await respond_json(http, 200, R"({"status":"ok"})");
}

net::Task<void> ready(Gateway& gateway, net::ServerExchange& http, std::string) {
  const auto snapshot = gateway.snapshot.load();
  const bool usable = snapshot && !gateway.draining.load();
  std::string out;
  json::Writer w(out);
  w.begin_object().field("status", usable ? "ready" : "draining").field("version", kVersion).end_object();
  co_await respond_json(http, usable ? 200 : 503, std::move(out));
}

net::Task<void> metrics(Gateway& gateway, net::ServerExchange& http, std::string) {
  Metrics::Gauges gauges;
  gauges.connections = gateway.server ? gateway.server->connections() : 0;
  if (gateway.journal) {
    gauges.journal_written = gateway.journal->written();
    gauges.journal_dropped = gateway.journal->dropped();
    gauges.journal_failed = gateway.journal->failed();
    gauges.journal_queued = gateway.journal->queued();
  }
  if (gateway.vault) {
    gauges.vault_entries = gateway.vault->size();
    gauges.vault_hits = gateway.vault->hits();
    gauges.vault_misses = gateway.vault->misses();
    gauges.vault_unreadable = gateway.vault->unreadable();
    gauges.vault_dropped = gateway.vault->dropped();
  }
  gauges.uptime_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - gateway.started).count();
  gauges.config_reloads = gateway.reloads.load();
  gauges.config_refusals = gateway.refusals.load();
  co_await http.respond(200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
                        gateway.metrics->scrape(gauges));
}

struct Row {
  std::string_view method;
  std::string_view path;  // a trailing '*' matches any rest
  bool needs_key;
  Endpoint serve;
};

// Base URLs differ by habit: with and without /v1, with a provider's name in front as other gateways have it.
constexpr Row kRows[] = {
    {"POST", "/v1/chat/completions", true, chat},
    {"POST", "/chat/completions", true, chat},
    {"POST", "/openai/v1/chat/completions", true, chat},
    {"POST", "/v1/embeddings", true, chat},
    {"POST", "/embeddings", true, chat},
    {"POST", "/openai/v1/embeddings", true, chat},
    {"POST", "/v1/responses", true, chat},
    {"POST", "/responses", true, chat},
    {"POST", "/openai/v1/responses", true, chat},
    {"POST", "/v1/responses/input_tokens", true, count_input_tokens},
    {"POST", "/responses/input_tokens", true, count_input_tokens},
    {"POST", "/openai/v1/responses/input_tokens", true, count_input_tokens},
    {"GET", "/v1/responses/*", true, kept_response},
    {"DELETE", "/v1/responses/*", true, kept_response},
    {"POST", "/v1/responses/*", true, kept_response},
    {"GET", "/openai/v1/responses/*", true, kept_response},
    {"DELETE", "/openai/v1/responses/*", true, kept_response},
    {"POST", "/openai/v1/responses/*", true, kept_response},
    {"POST", "/v1/messages", true, chat},
    {"POST", "/messages", true, chat},
    {"POST", "/anthropic/v1/messages", true, chat},
    {"POST", "/v1/messages/count_tokens", true, count_tokens},
    {"POST", "/anthropic/v1/messages/count_tokens", true, count_tokens},
    {"GET", "/v1/models", true, models},
    {"GET", "/models", true, models},
    {"GET", "/openai/v1/models", true, models},
    {"GET", "/anthropic/v1/models", true, models},
    {"GET", "/v1/models/*", true, one_model},
    {"GET", "/v1beta/models", true, models},
    {"GET", "/v1beta/models/*", true, one_model},
    {"GET", "/gemini/v1beta/models", true, models},
    {"GET", "/healthz", false, health},
    {"GET", "/readyz", false, ready},
    {"GET", "/metrics", true, metrics},
};

bool matches(std::string_view pattern, std::string_view path) {
  if (pattern.ends_with('*'))
    return path.starts_with(pattern.substr(0, pattern.size() - 1)) && path.size() >= pattern.size();
  return pattern == path;
}

// The key in whichever header the client's SDK puts it.
std::string_view presented_key(const net::Headers& headers) {
  const std::string_view authorization = headers.get("authorization");
  if (authorization.size() > 7 && equals_ignoring_case(authorization.substr(0, 7), "bearer "))
    return trim(authorization.substr(7));
  for (const std::string_view name : {"x-api-key", "api-key", "x-goog-api-key"})
    if (const auto key = headers.find(name)) return *key;
  return {};
}

// Google's clients may put it into the URL.
std::string key_in_query(const net::ServerExchange& http) {
  return speaks_gemini(http) ? net::query_value(http.query(), "key").value_or("") : std::string();
}

}  // namespace

net::ErrorReply error_page(int status, std::string_view reason, std::string_view path) {
  const std::string_view kind = status == 413   ? "too_large"
                                : status == 408 ? "timeout"
                                : status >= 500 ? "internal"
                                                : "invalid_request";
  net::ErrorReply reply;
  const std::string id = random_id("req_", 22);
  dialect::get(dialect_of(path))
      .render_error({.status = status, .kind = kind, .message = reason, .request_id = id}, reply.body);
  reply.headers.add("Content-Type", "application/json");
  reply.headers.add("x-request-id", id);
  reply.headers.add("x-dragoman-attempts", "0");
  reply.headers.add("x-dragoman-edits", "0");
  return reply;
}

net::Task<void> handle(Gateway& gateway, net::ServerExchange& http) {
  const std::string_view path = http.path();
  std::string_view method = http.method();
  if (method == "HEAD") method = "GET";
  const Row* row = nullptr;
  std::string other_methods;
  for (const Row& candidate : kRows) {
    if (!matches(candidate.path, path)) continue;
    if (candidate.method == method) {
      row = &candidate;
      break;
    }
    if (!other_methods.contains(candidate.method))
      other_methods += fmt::format("{}{}", other_methods.empty() ? "" : ", ", candidate.method);
  }
  const DialectName dialect = dialect_of(path);
  std::optional<ModelCall> call;
  if (!row && method == "POST") call = model_call(path, http.query());
  if (!row && !call) {
    if (method == "POST" && dialect == DialectName::gemini_generate && path.contains("/models/")) {
      co_await respond_error(
          http, dialect, 404, "not_found",
          fmt::format(
              "there is no {}; models take :generateContent, :streamGenerateContent and :countTokens, "
              "and embeddings are made at POST /v1/embeddings in OpenAI's words",
              path),
          "unknown_url");
    } else if (!other_methods.empty()) {
      co_await respond_error(http, dialect, 405, "invalid_request",
                             fmt::format("{} takes {}, not {}", path, other_methods, method),
                             "method_not_allowed", {{"Allow", other_methods}});
    } else {
      co_await respond_error(
          http, dialect, 404, "not_found",
          fmt::format(
              "there is no {}; try POST /v1/chat/completions, POST /v1/responses, POST /v1/messages, POST "
              "/v1/embeddings, POST /v1beta/models/MODEL:generateContent, POST /model/MODEL/converse or GET "
              "/v1/models",
              path),
          "unknown_url");
    }
    co_return;
  }
  const auto snapshot = gateway.snapshot.load();
  std::string key_name;
  const bool signs = call && call->dialect == DialectName::bedrock_converse;
  if (signs && !snapshot->open()) {
    AwsAdmission admission = admit_aws(
        *snapshot, http, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    if (!admission.key_name) {
      // AWS says 403 to all of these.
      co_await respond_error(http, dialect, 403, "auth", std::move(admission.refusal.message), {},
                             {{"x-amzn-ErrorType", admission.refusal.exception}});
      co_return;
    }
    key_name = *std::move(admission.key_name);
  } else if ((call || row->needs_key) && !snapshot->open()) {
    const std::string in_query = key_in_query(http);
    const std::string_view in_headers = presented_key(http.headers());
    const std::string_view presented = in_headers.empty() ? std::string_view(in_query) : in_headers;
    const auto name = snapshot->keys().find(presented);
    if (!name) {
      co_await respond_error(
          http, dialect, 401, "auth",
          presented.empty()
              ? "no key given: send the gateway's key as 'Authorization: Bearer …' or 'x-api-key'"
              : "this key is not known to the gateway",
          "invalid_api_key");
      co_return;
    }
    key_name = *name;
  }
  if (!call) co_return co_await row->serve(gateway, http, std::move(key_name));
  if (call->action == ModelCall::Action::count_tokens)
    co_return co_await count_tokens_of(gateway, http, *std::move(call));
  co_await call_model(gateway, http, std::move(key_name), *std::move(call));
}

}  // namespace dragoman::serve
