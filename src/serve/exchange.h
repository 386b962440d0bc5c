// One client request, of chat or of embeddings, from its bytes to its answer: parse, plan, attempts, answer
// or error, journal.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "canon/embedding.h"
#include "canon/request.h"
#include "dialect/dialect.h"
#include "lower/lower.h"
#include "lower/restore.h"
#include "net/cancel.h"
#include "net/server.h"
#include "route/decide.h"
#include "serve/client_error.h"
#include "serve/enforce.h"
#include "serve/gateway.h"
#include "serve/kept_bytes.h"
#include "serve/model_path.h"
#include "serve/pinning.h"
#include "serve/recall.h"
#include "serve/repairs.h"
#include "serve/responses.h"
#include "store/record.h"

namespace dragoman::serve {

// The answer to one of an embedding request's calls.
struct EmbeddedPart {
  std::string body;
  std::int64_t tokens = -1;  // as a header counts them; -1: none does
  net::Headers headers = {};
};

class Exchange {
 public:
  // `call`: what the path says of the request, in dialects whose path names the model.
  Exchange(Gateway& gateway, net::ServerExchange& http, const dialect::Dialect& client, std::string key_name,
           std::optional<ModelCall> call = std::nullopt);

  // Serves it; returns when the answer is out or the client is gone. Once.
  net::Task<void> run();

 private:
  // How an attempt ended when it did not serve: what to decide on and what to tell.
  using Attempted = std::optional<FailedAttempt>;

  Result<json::Value> read_body();
  Result<void> read_request(json::Value body);
  // Does what takes long with a large request: beside the loop, which serves the others meanwhile; at once
  // with any other. `work` may use all that the exchange has but what belongs to the loop.
  net::Task<void> beside(std::move_only_function<void()> work) {
    return loop_.beside(large_, std::move(work));
  }
  lower::SchemaCache& schemas() { return large_ ? loop_.lowered_large : loop_.lowered; }  // for such work
  Result<void> read_embedding(json::Value body);
  // The answer is there, and the client is about to have it: the client's next request, which may come to
  // another loop, must find the target in the state that this leaves it in.
  void served();
  net::Task<void> chain();
  // `narrow`: rules of a repair that is tried with this attempt; null without one.
  net::Task<Attempted> attempt(const route::Step& step, NarrowingRules narrow);
  // What an attempt does of the one kind and of the other.
  net::Task<Attempted> converse(const Deployment& deployment, NarrowingRules narrow);
  net::Task<Attempted> embed(const Deployment& deployment, NarrowingRules narrow);
  // One call of the target: credentials, timeouts, the failure if it does not answer 200.
  net::Task<std::expected<net::ClientResponse, FailedAttempt>> send(
      const Deployment& deployment, const std::string& body, bool stream,
      std::vector<std::pair<std::string, std::string>> headers);
  struct EmbeddingCalls;  // of one attempt, some of them under way
  net::Task<void> ask_embeddings(EmbeddingCalls& calls);
  net::Task<void> answer_embedding(canon::EmbeddingResponse answer, std::string own_words);
  net::Task<Attempted> whole(net::ClientResponse& response, const Deployment& deployment,
                             const lower::Lowered& lowered);
  net::Task<Attempted> stream(net::ClientResponse& response, const Deployment& deployment,
                              const lower::Lowered& lowered);
  void keep_answer(store::AttemptRecord& record, const Attempted& failed) const;
  class Streaming;  // answer_stream.cc
  net::Task<bool> begin_stream();
  net::Task<bool> send_on(Streaming& answer);
  net::Task<Attempted> keep_streamed(Streaming& answer, const Deployment& deployment, std::size_t attempt);
  net::Task<void> refuse();
  net::Task<void> answer_error(int status, std::string_view kind, const Error& error, std::string_view code);
  net::Task<void> end_broken_stream(const FailedAttempt& failed);
  void finish();

  // repair.cc
  profile::Profile profile_of(const Deployment& deployment, const NarrowingRules& learned,
                              const NarrowingRules& narrow, std::vector<profile::Rule>& rows) const;
  NarrowingRules learned_about(const Deployment& deployment);
  net::Task<std::optional<failure::Repair>> repair_for(const route::Step& step);
  // What would be sent to the target under its profile with these rules on top; nothing if it refuses.
  std::optional<std::string> bytes_under(const Deployment& deployment, const NarrowingRules& rules);
  struct Trying {
    const route::Step* step;  // of the plan, which outlives the attempt
    failure::Repair repair;
    std::size_t refusal;  // in failures_: what the repair answers
  };
  void learn(const Trying& tried);
  // The upstream has answered with content: no other target can serve the request any more, and a repair that
  // was tried has worked, whatever becomes of the rest of the answer or of the client.
  void commit();

  // keep_promises.cc
  net::Task<void> compile(std::vector<json::Value> schemas);
  net::Task<void> ask_again(Enforcement& kept, canon::Response& answer, const Deployment& deployment,
                            Arena& answer_arena);
  Attempted settle(Enforcement& kept, const Deployment& deployment, std::size_t attempt);
  Attempted judge_loss(std::span<const lower::Edit> edits, const Deployment& deployment);

  // point_back.cc
  void point_back(FailedAttempt& failed, const lower::Target& target) const;

  // seen_ahead.cc: does a target that is still to come see all that the user's last words show?
  bool seen_ahead();

  FailedAttempt refused(const lower::Refused& refused, const Deployment& deployment) const;
  FailedAttempt failed_upstream(const Deployment& deployment, canon::UpstreamError error,
                                const net::Headers& headers);
  FailedAttempt failed_network(const Deployment& deployment, const net::NetError& error, bool in_body);
  net::Headers answer_headers(std::string_view content_type) const;
  dialect::RenderOptions render_options() const;
  dialect::ClientError client_error(const FailedAttempt& failed, const std::string& details) const;
  std::string error_details() const;
  // The body of an error before any of the answer is out.
  std::string error_body(const dialect::ClientError& error) const;
  void note_usage(const canon::Usage& usage);
  void note_edits(const lower::EditList& edits, std::string json);
  // The endpoint of this target that takes a request of this kind; null: its host has none.
  const Deployment* endpoint_of(const route::Step& step) const;
  route::Time now() const;
  std::int64_t elapsed_ms() const;

  Gateway& gateway_;
  LoopState& loop_;
  net::ServerExchange& http_;
  const dialect::Dialect& client_;
  std::shared_ptr<const Snapshot> snapshot_;
  const std::optional<ModelCall> call_;
  net::CancelToken cancel_;
  Arena arena_{16 * 1024};
  canon::Request request_;  // of an embedding request only the model and the source
  std::optional<canon::EmbeddingRequest> embedding_;
  // What targets have answered of several calls, by target and place and bytes of the call: a retry goes on
  // from there.
  std::map<std::pair<const Deployment*, std::string>, EmbeddedPart> embedded_;
  std::shared_ptr<const Routed> routed_;
  std::string id_;
  bool large_;  // or goes on from a conversation that may be
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();

  std::optional<ResponseTurn> turn_;  // of a client of the Responses API
  std::optional<TurnRefusal> turn_refusal_;
  std::unique_ptr<dialect::StreamRenderer> renderer_;  // of the attempt that streams, or streamed last
  std::vector<FailedAttempt> failures_;
  std::vector<const route::Step*> ahead_;  // of the plan, behind the step at hand
  store::RequestRecord record_;
  KeptBytes upstream_{0};        // of the attempt at hand: the raw answer
  bool upstream_spoke_ = false;  // the model's words are in it
  Recall recall_;
  Pinning pinning_;
  std::optional<route::Time> deadline_;  // of all attempts together
  std::string edits_header_ = "0";
  std::string violations_header_, repairs_header_;
  std::optional<lower::EditList> explained_;  // the last attempt's, if the client asked for them
  std::string served_by_;
  std::string fallback_reason_;
  std::string repair_header_;  // what the serving target was refused for at first, and sent again without
  bool committed_ = false;     // the client has been sent content
  std::optional<Trying> trying_ = {};  // with the attempt at hand
  // A repair that was not tried, since a target behind it sees what it would have left out: nobody has to ask
  // for that again.
  std::optional<Trying> passed_over_ = {};
  const route::Target* asked_ = nullptr;  // by the attempt at hand
  bool served_ = false;
  bool gone_ = false;
};

std::int64_t unix_ms();

}  // namespace dragoman::serve
