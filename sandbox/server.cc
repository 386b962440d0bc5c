#include "sandbox/server.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <ctime>

#include "base/strings.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/loop.h"
#include "net/server.h"
#include "sandbox/emulator.h"
#include "sandbox/fault.h"
#include "sandbox/play.h"
#include "sandbox/script.h"

namespace dragoman::sandbox {
namespace {

using net::ServerExchange;
using net::Task;

const Emulator* find_emulator(std::string_view prefix) {
  for (const Emulator& e : emulators()) {
    if (e.prefix == prefix) return &e;
  }
  return nullptr;
}

std::string known_providers() {
  std::string out;
  for (const Emulator& e : emulators()) out += (out.empty() ? "" : ", ") + std::string(e.prefix);
  return out;
}

std::string error_json(std::string_view message) {
  std::string out;
  json::Writer(out).begin_object().field("error", message).end_object();
  return out;
}

// `body` with the fault taken off its model's name.
json::Value clean_body(Arena& arena, json::Value body) {
  const json::Value model = body["model"];
  if (!model.is_string() || model.text().find('!') == std::string_view::npos) return body;
  const json::Builder build(arena);
  return build.with(body, "model", build.string_copy(real_model(model.text())));
}

// The same for a path that carries the model: the fault ends at the next '/' or ':' (Gemini's
// ":generateContent").
struct CleanPath {
  std::string path;
  std::string fault;
};
CleanPath clean_path(std::string_view path) {
  const std::size_t mark = std::min(path.find('!'), path.find("%21"));
  if (mark == std::string_view::npos) return {std::string(path), ""};
  const std::size_t skip = path[mark] == '!' ? 1 : 3;
  const std::size_t end = std::min(path.find_first_of("/:", mark), path.size());
  std::string fault(path.substr(mark + skip, end - mark - skip));
  for (const auto& [from, to] : {std::pair<std::string_view, std::string_view>{"%3B", ";"}, {"%3D", "="}}) {
    for (std::size_t at = 0; (at = fault.find(from)) != std::string::npos;)
      fault.replace(at, from.size(), to);
  }
  return {std::string(path.substr(0, mark)) + std::string(path.substr(end)), std::move(fault)};
}

}  // namespace

struct Server::State {
  ServerOptions options;
  net::Loops loops;
  std::unique_ptr<net::Server> server;
  FaultBook faults;
  PlayBook plays;
  ReceivedLog log;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();

  explicit State(ServerOptions o) : options(std::move(o)), loops(options.threads) {}

  std::int64_t now_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start)
        .count();
  }

  Task<void> serve(ServerExchange& exchange);
  Task<void> control(ServerExchange& exchange, std::string_view what);
  Task<void> provider(ServerExchange& exchange, const Emulator& emulator);
  std::optional<Fault> choose_fault(const Call& call, const Emulator& emulator, std::string_view from_path,
                                    std::string_view from_model, std::string& problem);
};

Task<void> Server::State::serve(ServerExchange& exchange) {
  std::string_view path = exchange.path();
  if (path.starts_with("/_sandbox/")) {
    co_await control(exchange, path.substr(10));
    co_return;
  }
  const std::string_view prefix = path.size() < 2 ? "" : path.substr(1, path.find('/', 1) - 1);
  const Emulator* emulator = find_emulator(prefix);
  if (emulator == nullptr) {
    co_await exchange.respond(
        404, {{"content-type", "application/json"}},
        error_json(fmt::format("no emulated provider '{}'; there are {}, each under its own "
                               "prefix, and /_sandbox/health",
                               prefix, known_providers())));
    co_return;
  }
  co_await provider(exchange, *emulator);
}

// `last=N`: only the newest N, for tests that ask after every call.
std::size_t last_asked(std::string_view query) {
  std::size_t last = ReceivedLog::kMaxCalls;
  if (query.starts_with("last=")) query.remove_prefix(5);
  std::from_chars(query.data(), query.data() + query.size(), last);
  return last;
}

Task<void> Server::State::control(ServerExchange& exchange, std::string_view what) {
  const std::string& method = exchange.method();
  int status = 200;
  std::string body = R"({"ok":true})";
  if (what == "health" && method == "GET") {
    body.clear();
    json::Writer w(body);
    w.begin_object().field("ok", true).key("providers").begin_array();
    for (const Emulator& e : emulators()) w.string(e.prefix);
    w.end_array().end_object();
  } else if (what == "faults" && method == "POST") {
    Arena arena;
    const auto spec = json::parse(arena, exchange.body());
    const Result<void> ok = spec ? faults.script(*spec) : fail(spec.error().message);
    if (!ok) {
      status = 400;
      body = error_json(ok.error().pointer.empty() ? ok.error().message
                                                   : ok.error().pointer + ": " + ok.error().message);
    }
  } else if (what == "faults" && method == "DELETE") {
    faults.clear();
  } else if (what == "plays" && method == "POST") {
    Arena arena;
    const auto spec = json::parse(arena, exchange.body());
    const Result<void> ok = spec ? plays.script(*spec) : fail(spec.error().message);
    if (!ok) {
      status = 400;
      body = error_json(ok.error().pointer.empty() ? ok.error().message
                                                   : ok.error().pointer + ": " + ok.error().message);
    }
  } else if (what == "plays" && method == "DELETE") {
    plays.clear();
  } else if (what == "received" && method == "GET") {
    body = received_json(log.all(), last_asked(exchange.query()));
  } else if (what == "received" && method == "DELETE") {
    log.clear();
  } else {
    status = 404;
    body = error_json(fmt::format("no {} /_sandbox/{}", method, what));
  }
  co_await exchange.respond(status, {{"content-type", "application/json"}}, std::move(body));
}

std::optional<Fault> Server::State::choose_fault(const Call& call, const Emulator& emulator,
                                                 std::string_view from_path, std::string_view from_model,
                                                 std::string& problem) {
  for (const std::string_view text : {call.header("x-sandbox-fault"), from_path, from_model}) {
    if (text.empty()) continue;
    auto fault = parse_fault(text);
    if (fault) return *fault;
    problem = fault.error().message;
    return std::nullopt;
  }
  return faults.take(emulator.prefix, real_model(emulator.model_of(call)));
}

Task<void> Server::State::provider(ServerExchange& exchange, const Emulator& emulator) {
  HeaderList headers;
  for (const net::Header h : exchange.headers()) headers.emplace_back(h.name, h.value);
  const std::uint64_t seq = log.begin({.provider = std::string(emulator.prefix),
                                       .method = exchange.method(),
                                       .path = exchange.path(),
                                       .query = exchange.query(),
                                       .headers = headers,
                                       .body = std::string(exchange.body()),
                                       .started_ms = now_ms()});
  net::CancelToken gone;
  exchange.on_disconnect([this, seq, &gone] {
    log.gone(seq, now_ms());
    gone.cancel();
  });

  Arena arena;
  const auto parsed = json::parse(arena, exchange.body());
  const json::Value body = parsed ? *parsed : json::Value();
  const CleanPath path = clean_path(std::string_view(exchange.path()).substr(1 + emulator.prefix.size()));
  Call call{.method = exchange.method(),
            .path = path.path,
            .full_path = exchange.path(),
            .query = exchange.query(),
            .headers = headers,
            .body_text = exchange.body(),
            .body = clean_body(arena, body),
            .arena = arena,
            .now_unix = static_cast<std::int64_t>(std::time(nullptr))};
  std::optional<PlayBook::Turn> turn;
  std::string problem;
  std::optional<Fault> fault =
      choose_fault(call, emulator, path.fault, model_fault(body["model"].text()), problem);
  int status = 400;
  if (!problem.empty()) {
    co_await exchange.respond(400, {{"content-type", "application/json"}},
                              error_json("x-sandbox-fault: " + problem));
  } else {
    if (fault) log.played(seq, fault_name(fault->kind));
    if (fault && fault->say) call.say = &*fault->say;
    if (!call.say) {
      turn = plays.take(emulator.prefix, real_model(emulator.model_of(call)), call.body_text);
      if (turn) call.say = &turn->say;
    }
    Player player(exchange, gone, emulator, fault.value_or(Fault{}), options.seed + seq);
    status = co_await player.run(call, Options{.paranoid = options.paranoid});
    if (player.write_failed() && !gone.cancelled()) log.gone(seq, now_ms());
  }
  if (turn && status != 200) plays.give_back(*std::move(turn));
  log.end(seq, status, now_ms());
}

Server::Server() = default;
Server::~Server() { stop(); }

Result<std::uint16_t> Server::start(ServerOptions options) {
  stop();
  auto state = std::make_unique<State>(std::move(options));
  State* raw = state.get();
  state->loops.start();
  auto server = net::Server::listen(
      state->loops,
      {.host = state->options.host, .port = state->options.port, .limits = {.body_bytes = 64u << 20}},
      [raw](ServerExchange& exchange) { return raw->serve(exchange); },
      [](int, std::string_view reason, std::string_view) {
        return net::ErrorReply{{{"content-type", "application/json"}}, error_json(reason)};
      });
  if (!server) return std::unexpected(server.error());
  state->server = std::move(*server);
  state_ = std::move(state);
  return state_->server->port();
}

void Server::stop() {
  if (!state_) return;
  state_->server->stop(net::milliseconds(0));
  state_->loops.stop();
  state_.reset();
}

std::uint16_t Server::port() const { return state_ ? state_->server->port() : 0; }

std::string Server::url(std::string_view provider) const {
  return fmt::format("http://127.0.0.1:{}{}{}", port(), provider.empty() ? "" : "/", provider);
}

Result<void> Server::script(std::string_view faults_json) {
  Arena arena;
  const auto spec = json::parse(arena, faults_json);
  if (!spec) return std::unexpected(spec.error());
  return state_ ? state_->faults.script(*spec) : fail("the sandbox is not running");
}

std::vector<Received> Server::received() const {
  return state_ ? state_->log.all() : std::vector<Received>();
}

void Server::clear_received() {
  if (state_) state_->log.clear();
}

}  // namespace dragoman::sandbox
