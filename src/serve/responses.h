// What the Responses API keeps between two requests: the responses themselves (`store`,
// `previous_response_id`), whichever provider gave them. One ResponseTurn belongs to one request.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "json/value.h"
#include "net/server.h"
#include "serve/gateway.h"

namespace dragoman::serve {

// In OpenAI's own words (OAIR-12, OAIR-14).
struct TurnRefusal {
  int status = 400;
  std::string message;
  std::string param;
  std::string code;
};

class ResponseTurn {
 public:
  // `most`: bytes that a conversation may have, and with it the request that it becomes.
  ResponseTurn(store::ResponseStore* store, std::string key_name, std::size_t most)
      : store_(store), key_name_(std::move(key_name)), most_(most) {}

  // Whether begin() of this body asks the store, for what may be much longer than the body.
  static bool asks_store(json::Value body);
  // Reads what the client's body says of this. When it goes on from an earlier response, `body` becomes the
  // request it stands for: the whole conversation as its input. The new body lives in `arena`.
  std::optional<TurnRefusal> begin(Arena& arena, json::Value& body, std::int64_t now_ms);

  std::string_view previous() const { return previous_; }
  bool stores() const { return store_ != nullptr && wanted_; }
  // Items of the input that come from earlier turns.
  std::size_t history() const { return history_; }

  // A pointer into the request as it was made into one into the client's own body.
  std::string own_pointer(std::string_view pointer) const;

  // The provider's own response object as this client is to see it: it is dragoman that keeps it.
  std::string own_words(std::string_view response) const;
  // The same for one event of its stream: its data.
  std::string own_event(std::string_view data) const;

  // Whether there is something to keep of these bytes on their way to the client, whole events.
  bool ends_in(std::string_view events) const { return stores() && !last_of(events).empty(); }
  // Keeps the response that such bytes end in, or a whole answer. Takes as long as the disk does.
  void see_stream(std::string_view events, std::int64_t now_ms);
  void see_whole(std::string_view response, std::int64_t now_ms);

 private:
  static std::string_view last_of(std::string_view events);
  std::optional<TurnRefusal> recall(std::int64_t now_ms, std::string& items) const;
  std::optional<TurnRefusal> resolve(json::Value input);
  std::optional<TurnRefusal> go_on(Arena& arena, std::string items, json::Value& body);

  store::ResponseStore* store_;
  std::string key_name_;
  std::size_t most_;
  std::string previous_;
  std::string input_;  // the client's own items
  std::size_t history_ = 0;
  bool text_input_ = false;
  bool wanted_ = false;
};

// GET and DELETE /v1/responses/{id}, GET …/input_items, POST …/cancel.
net::Task<void> kept_response(Gateway& gateway, net::ServerExchange& http, std::string key_name);

}  // namespace dragoman::serve
