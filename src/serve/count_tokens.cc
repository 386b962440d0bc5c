#include "serve/count_tokens.h"

#include <algorithm>
#include <chrono>

#include "base/id.h"
#include "canon/tokens.h"
#include "dialect/dialect.h"
#include "json/parse.h"
#include "json/write.h"
#include "lower/lower.h"
#include "serve/exchange.h"
#include "serve/large_schema.h"
#include "serve/responses.h"
#include "serve/upstream.h"

namespace dragoman::serve {
namespace {

net::Task<void> respond(net::ServerExchange& http, int status, std::string body, bool estimated,
                        std::string_view error_type = {}) {
  net::Headers headers{{"Content-Type", "application/json"}};
  const std::string id = random_id("req_", 22);
  headers.add("x-request-id", id);
  headers.add("request-id", id);
  if (estimated) headers.add("x-dragoman-estimated", "true");
  if (!error_type.empty()) headers.add("x-amzn-ErrorType", error_type);
  co_await http.respond(status, std::move(headers), std::move(body));
}

// The request a provider counts, in its own words; nothing if it has no such call or does not take the
// request.
std::optional<std::string> counting_body(const canon::Request& request, json::Value original,
                                         const Deployment& deployment, const Snapshot& snapshot,
                                         Arena& arena) {
  const profile::Profile& profile = deployment.profile(snapshot.catalogue(), lower::mode_of(request));
  const std::string& how = profile.text(profile::Setting::count_tokens_body);
  const json::Builder build(arena);
  if (how.empty()) return std::nullopt;
  const auto lowered = lower::lower(
      request, {&deployment.provider(), deployment.model(), &profile, deployment.defaults()}, arena);
  if (!lowered) return std::nullopt;
  const auto body = json::parse(arena, lowered->body);
  if (!body) return std::nullopt;
  const auto pick = [&](std::initializer_list<std::string_view> keys) {
    std::vector<json::Member> kept;
    for (const json::Member& member : body->members())
      if (std::find(keys.begin(), keys.end(), member.key) != keys.end()) kept.push_back(member);
    return build.object(kept);
  };
  const auto wrap = [&](std::string_view key, json::Value value) {
    const json::Member member{key, value};
    return build.object({&member, 1});
  };
  if (how == "anthropic") {
    // Untouched, the client's own words are the best there are; only the model's name differs.
    if (lowered->edits.empty() && request.dialect == canon::DialectName::anthropic_messages)
      return json::dump(build.with(original, "model", build.string(deployment.model())));
    return json::dump(pick({"model", "messages", "system", "tools", "tool_choice", "thinking"}));
  }
  if (how == "responses")
    return json::dump(pick({"model", "input", "instructions", "tools", "tool_choice", "text", "reasoning",
                            "parallel_tool_calls", "truncation"}));
  if (how == "converse")
    return json::dump(wrap("input", wrap("converse", pick({"messages", "system", "toolConfig"}))));
  // A Gemini client's own body goes out as it wrote it, in either spelling.
  const json::Value contents = pick({"contents", "systemInstruction", "system_instruction", "tools"});
  if (how == "contents") return json::dump(contents);
  const std::string name = "models/" + std::string(deployment.model());
  return json::dump(wrap("generateContentRequest", build.with(contents, "model", build.string_copy(name))));
}

// Anthropic's, Bedrock's and Gemini's word for it.
std::optional<std::int64_t> counted(std::string_view answer) {
  Arena arena;
  const auto body = json::parse(arena, answer);
  if (!body) return std::nullopt;
  for (const std::string_view key : {"input_tokens", "inputTokens", "totalTokens"})
    if (const auto count = (*body)[key].integer()) return count;
  return std::nullopt;
}

// The part of the body that is a request to be counted, as the dialect's parser wants it.
Result<json::Value> to_count(canon::DialectName dialect, json::Value body, Arena& arena) {
  if (!body.is_object()) return fail("expected a JSON object");
  const json::Builder build(arena);
  switch (dialect) {
    case canon::DialectName::gemini_generate:
      for (const std::string_view key : {"generateContentRequest", "generate_content_request"})
        if (body[key].is_object()) return build.without(body[key], "model");
      return body;
    case canon::DialectName::bedrock_converse:
      if (body["input"]["converse"].is_object()) return body["input"]["converse"];
      return fail("expected a converse request; nothing else can be counted here", "/input/converse");
    case canon::DialectName::openai_responses:
      // Instructions, or what went before, may be all there is.
      return body["input"] && !body["input"].is_null() ? body : build.with(body, "input", build.array({}));
    default:
      // This call has no output cap, which the dialect otherwise requires.
      return body["max_tokens"] ? body : build.with(body, "max_tokens", build.integer(1));
  }
}

// What is to be counted; or why it cannot be.
struct Counting {
  std::optional<canon::Request> request;  // nothing: see `problem`
  json::Value original;
  Error problem = {};
  std::string code = {};
  int status = 400;
};

// `key_name`: whose earlier responses the request may go on from.
Counting read_counting(Gateway& gateway, const Snapshot& snapshot, const net::ServerExchange& http,
                       const ModelCall& asked_for, const std::string& key_name, Arena& arena) {
  auto body = json::parse_padded(arena, http.body(), json::kRequestLimits);
  if (!body) return {.problem = body.error()};
  auto part = to_count(asked_for.dialect, *body, arena);
  if (!part) return {.problem = part.error()};
  if (asked_for.dialect == canon::DialectName::openai_responses) {
    ResponseTurn turn(gateway.responses.get(), key_name, snapshot.config().server.max_body);
    if (const auto refused = turn.begin(arena, *part, unix_ms()))
      return {
          .problem = {refused->message, refused->param}, .code = refused->code, .status = refused->status};
  }
  auto parsed = dialect::get(asked_for.dialect).parse(arena, *part);
  if (!parsed) return {.problem = parsed.error()};
  if (!asked_for.model.empty()) parsed->model = asked_for.model;
  return {.request = *std::move(parsed), .original = *body};
}

std::string count_answer(canon::DialectName dialect, std::int64_t count, bool estimated) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  if (dialect == canon::DialectName::openai_responses) w.field("object", "response.input_tokens");
  w.field(dialect == canon::DialectName::gemini_generate    ? "totalTokens"
          : dialect == canon::DialectName::bedrock_converse ? "inputTokens"
                                                            : "input_tokens",
          count);
  if (estimated) w.key("dragoman").begin_object().field("estimated", true).end_object();
  w.end_object();
  return out;
}

}  // namespace

net::Task<void> count_tokens(Gateway& gateway, net::ServerExchange& http, std::string) {
  ModelCall call;
  call.dialect = canon::DialectName::anthropic_messages;
  return count_tokens_of(gateway, http, std::move(call));
}

net::Task<void> count_input_tokens(Gateway& gateway, net::ServerExchange& http, std::string key_name) {
  ModelCall call;
  call.dialect = canon::DialectName::openai_responses;
  return count_tokens_of(gateway, http, std::move(call), std::move(key_name));
}

net::Task<void> count_tokens_of(Gateway& gateway, net::ServerExchange& http, ModelCall asked_for,
                                std::string key_name) {
  const dialect::Dialect& client = dialect::get(asked_for.dialect);
  const auto snapshot = gateway.snapshot.load();
  LoopState& loop = gateway.on(http.loop());
  // A conversation that is gone on from may be much longer than the body.
  bool large =
      http.body().size() >= kLargeRequest || asked_for.dialect == canon::DialectName::openai_responses;
  Arena arena;
  Counting counting;
  co_await loop.beside(
      large, [&] { counting = read_counting(gateway, *snapshot, http, asked_for, key_name, arena); });
  auto& [request, original, problem, code, status] = counting;
  std::shared_ptr<const Routed> routed;
  if (request) {
    if (auto found = snapshot->find(request->model)) {
      routed = *std::move(found);
    } else {
      problem = found.error();
      status = 404;
    }
  }
  if (!routed) {
    const dialect::ClientError error = {.status = status,
                                        .kind = status == 404 ? "not_found" : "invalid_request",
                                        .message = problem.message,
                                        .param = problem.pointer,
                                        .code = code};
    std::string body;
    client.render_error(error, body);
    co_await respond(http, status, std::move(body), false,
                     client.error_type ? client.error_type(error) : std::string_view());
    co_return;
  }

  const Deployment& first = routed->deployment(routed->route().targets.front());
  const Deployment& deployment = first.speaking(*request, snapshot->catalogue());
  large = large || has_large_schema(*request);
  std::optional<std::string> asked;
  co_await loop.beside(large,
                       [&] { asked = counting_body(*request, original, deployment, *snapshot, arena); });
  if (deployment.count_tokens_url() && asked) {
    const bool same_dialect = deployment.provider().dialect == client.name;
    auto call = upstream_request(
        deployment, *deployment.count_tokens_url(), false, *asked, http.headers(), same_dialect,
        std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now()));
    if (call) {
      call->timeouts = deployment.timeouts(false);
      auto response = co_await loop.client.send(*std::move(call));
      if (response) {
        const int upstream_status = response->status();
        auto answer = co_await response->read_all(1u << 20);
        const auto its_type = std::string(response->headers().get("x-amzn-errortype"));
        const bool theirs = upstream_status >= 400 && upstream_status < 500 && same_dialect;
        if (answer && theirs) {
          co_await respond(http, upstream_status, *std::move(answer), false, its_type);
          co_return;
        }
        if (const auto count = answer && upstream_status == 200 ? counted(*answer) : std::nullopt) {
          co_await respond(http, 200, count_answer(asked_for.dialect, *count, false), false);
          co_return;
        }
      }
    }
  }
  std::int64_t estimate = 0;
  co_await loop.beside(large, [&] { estimate = canon::estimate_tokens(*request); });
  co_await respond(http, 200, count_answer(asked_for.dialect, estimate, true), true);
}

}  // namespace dragoman::serve
