// An answer that comes as a stream, put back into the client's words event by event.
#include <fmt/format.h>

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "canon/call_ids.h"
#include "dialect/relayed_calls.h"
#include "json/parse.h"
#include "serve/argument_gate.h"
#include "serve/exchange.h"
#include "serve/gather.h"
#include "serve/wire_frames.h"

namespace dragoman::serve {
namespace {

using canon::Event;
using canon::EventType;

// The last chunk of an OpenAI stream with include_usage: no choices, the usage.
bool is_usage_chunk(std::string_view data) {
  // Every chunk but that one says null; inside a string the quote before the colon would be escaped.
  if (data.find("\"usage\"") == std::string_view::npos ||
      data.find("\"usage\":null") != std::string_view::npos)
    return false;
  Arena arena(1024);
  const auto chunk = json::parse(arena, data);
  return chunk && (*chunk)["usage"].is_object() && (*chunk)["choices"].is_array() &&
         (*chunk)["choices"].items().empty();
}

bool starts_call(const Event& event) {
  return event.type == EventType::block_start && event.block_type == canon::BlockType::tool_call;
}

}  // namespace

// The way of one stream's bytes: frames, events, restored, calls with ids of their own, held where a promise
// wants it, rendered. What is to be sent gathers in `out`; stream() below sends it.
class Exchange::Streaming {
 public:
  Streaming(Exchange& exchange, const Deployment& deployment, const lower::Lowered& lowered)
      : kept(exchange.request_, lowered, deployment.spec().promises, exchange.loop_.schemas),
        gate(kept),
        x_(exchange),
        wire_(dialect::get(deployment.provider().dialect)),
        lowered_(lowered),
        own_words_(deployment.provider().dialect == exchange.client_.name && lowered.restore.empty() &&
                   !kept.holds() && !(exchange.call_ && exchange.call_->json_array)),
        decoder_(wire_.decoder()),
        restorer_(lowered.restore),
        frames_(wire_.framing),
        ids_(exchange.id_),
        relayed_(exchange.client_.name, exchange.id_) {}
  Streaming(const Streaming&) = delete;

  // The next bytes; none when the connection has ended.
  void take(std::string_view bytes) {
    over = bytes.empty();
    const auto one = [this](const dialect::Frame& frame) { push(frame); };
    const auto fed = over ? frames_.finish(one) : frames_.feed(bytes, one);
    if (!error && !fed)
      fail_with({}, fmt::format("the provider's stream cannot be read: {}", fed.error().message));
    if (over && !error) complete = decoder_->finish(restored_);
  }
  // Sends on what has waited for a verdict.
  void release() { gate.release(delivered_); }
  void fail_with(std::string_view body, std::string message) {
    error = no_answer(wire_, body, std::move(message));
    error->in_stream = true;
  }
  bool ended() const { return over && complete; }

  Enforcement kept;
  ArgumentGate gate;
  std::string out;                            // rendered, not yet sent
  bool content = false;                       // something in `out` cannot be taken back
  std::optional<canon::UpstreamError> error;  // what came before it is still good
  bool over = false;                          // the connection has ended
  bool complete = false;                      // and so had the stream
  std::set<std::string, std::less<>> called;  // the tools it calls

 private:
  void push(const dialect::Frame& frame) {
    if (error) return;
    if (auto pushed = decoder_->push(frame, restored_); !pushed) {
      error = std::move(pushed.error());
      error->body = std::string(frame.data);
      return;
    }
    // The usage chunk we asked for and the client did not is ours to keep.
    if (!own_words_ || (lowered_.added_usage && is_usage_chunk(frame.data))) return;
    dialect::Frame own = frame;
    const auto renamed = relayed_.frame(frame);
    if (renamed) own.data = *renamed;
    std::string kept_turn;
    if (x_.turn_) own.data = kept_turn = x_.turn_->own_event(own.data);
    append_frame(out, own, x_.client_.framing);
  }
  void name(const Event& event) {
    if (!starts_call(event)) return hold(event);
    const std::string id = ids_.next(event.choice, event.id);
    Event call = event;
    call.id = id;
    hold(call);
  }
  void hold(const Event& event) {
    if (starts_call(event)) called.emplace(event.name);
    x_.upstream_spoke_ |= canon::commits(event);
    if (event.type == EventType::usage || event.type == EventType::start) x_.note_usage(event.usage);
    gate.push(event, delivered_);
  }
  void deliver(const Event& event) {
    x_.recall_.add(event);
    if (!content && canon::commits(event)) {
      content = true;
      x_.record_.first_token_ms = x_.elapsed_ms();
    }
    if (!own_words_) {
      x_.renderer_->render(event, out);
    } else if (x_.client_.name == canon::DialectName::openai_responses) {
      // Its events are numbered and name their response: should the stream break off, the error goes on from
      // there.
      unseen_.clear();
      x_.renderer_->render(event, unseen_);
    }
  }

  Exchange& x_;
  const dialect::Dialect& wire_;
  const lower::Lowered& lowered_;
  bool own_words_;  // the client's dialect is the provider's, and nothing has to be put back
  std::unique_ptr<dialect::StreamDecoder> decoder_;
  lower::EventRestorer restorer_;
  WireFrames frames_;
  canon::CallIds ids_;
  dialect::RelayedCalls relayed_;
  std::string unseen_;
  const canon::EventSink delivered_ = [this](const Event& event) { deliver(event); };
  const canon::EventSink named_ = [this](const Event& event) { name(event); };
  const canon::EventSink restored_ = [this](const Event& event) { restorer_(event, named_); };
};

net::Task<bool> Exchange::begin_stream() {
  net::Headers headers = answer_headers(client_.stream_content_type);
  if (call_ && call_->json_array) headers.set("Content-Type", "application/json; charset=UTF-8");
  headers.add("Cache-Control", "no-cache");
  return http_.begin(200, std::move(headers), net::ServerExchange::Flush::hold);
}

// What is rendered so far; the last of a stream waits for its end. False: the client is gone.
net::Task<bool> Exchange::send_on(Streaming& answer) {
  if (record_.response_body) *record_.response_body += answer.out;
  if (!committed_) {
    commit();
    if (!co_await begin_stream()) gone_ = true;
  }
  if (answer.ended()) co_return !gone_;
  if (!gone_ && !co_await http_.write(answer.out)) gone_ = true;
  answer.out.clear();
  co_return !gone_;
}

// All of it has come: the calls that break their promise are asked for once more.
net::Task<Exchange::Attempted> Exchange::keep_streamed(Streaming& answer, const Deployment& deployment,
                                                       std::size_t attempt) {
  answer.gate.close();
  if (!answer.kept.pending().empty())
    co_await ask_again(answer.kept, answer.gate.answer(), deployment, answer.gate.arena());
  if (auto failed = settle(answer.kept, deployment, attempt)) co_return failed;
  answer.release();
  co_return std::nullopt;
}

net::Task<Exchange::Attempted> Exchange::stream(net::ClientResponse& response, const Deployment& deployment,
                                                const lower::Lowered& lowered) {
  const std::size_t at = record_.attempts.size() - 1;
  renderer_ = client_.renderer(render_options());
  recall_.begin();
  Streaming answer(*this, deployment, lowered);
  if (answer.kept.holds()) co_await compile(answer.kept.schemas());
  if (snapshot_->config().journal.keep_bodies) record_.response_body.emplace();
  while (!answer.over) {
    const auto bytes = co_await response.read();
    if (!bytes) co_return failed_network(deployment, bytes.error(), true);
    upstream_.add(*bytes);
    answer.take(*bytes);
    const bool broken = answer.gate.failed() && !answer.error;
    if (!broken && answer.complete && answer.kept.holds())
      if (auto failed = co_await keep_streamed(answer, deployment, at)) co_return failed;
    if (!broken && turn_ && !answer.error && turn_->ends_in(answer.out))
      co_await loop_.helper.run([&] { turn_->see_stream(answer.out, unix_ms()); });
    if (broken || answer.error) {
      // What came before it in the same read is still good.
      if (committed_ && !answer.out.empty()) co_await http_.write(answer.out);
      if (broken) co_return settle(answer.kept, deployment, at);
      co_return failed_upstream(deployment, *std::move(answer.error), response.headers());
    }
    if (!answer.content || answer.out.empty()) continue;
    if (!co_await send_on(answer)) {
      cancel_.cancel();
      co_return failed_network(deployment, {net::NetError::Kind::cancelled, "the client went away"}, true);
    }
  }
  if (!answer.complete)
    co_return failed_network(deployment, {net::NetError::Kind::closed, "the stream broke off before its end"},
                             true);
  if (!committed_) {  // a proper stream with nothing in it: as good as no answer
    answer.fail_with({}, "the provider's stream ended without an answer in it");
    co_return failed_upstream(deployment, *std::move(answer.error), response.headers());
  }
  served();
  recall_.keep(request_, deployment, lowered.restore);
  pinning_.served();
  if (!co_await http_.finish(answer.out)) gone_ = true;
  if (!answer.kept.holds()) {
    co_await compile(answer.kept.schemas_of(answer.called));
    answer.gate.close();
    settle(answer.kept, deployment, at);
  }
  co_return std::nullopt;
}

}  // namespace dragoman::serve
