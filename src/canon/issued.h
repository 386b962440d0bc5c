// What a provider gave with an assistant turn besides the words a client sees: reasoning with its signatures,
// signatures of calls. Opaque, bound to whoever issued it, and to be returned exactly and in its place
// (GEN-12). Clients whose dialect has no field for it lose it; the vault keeps it under an address made of
// what they do send back.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "canon/request.h"
#include "canon/response.h"

namespace dragoman::canon {

// One block of the turn, in the order the provider wrote it.
struct IssuedPiece {
  enum class Kind : std::uint8_t { text, call, reasoning };
  Kind kind = Kind::text;
  std::size_t size = 0;             // text: bytes, so that joined texts can be taken apart again
  std::string_view signature = {};  // call: its thought signature
  Reasoning reasoning = {};
};

// Views live as long as the arena it was read into, or the collector it was taken from.
struct IssuedTurn {
  std::string_view issuer = {};   // the family whose state this is: setting reasoning_issuer
  std::string_view route = {};    // provider it came through
  std::string_view account = {};  // credential it came with, where that matters
  std::string_view model = {};    // upstream's name, for people
  std::vector<IssuedPiece> pieces = {};

  bool any_state() const;  // is there anything a client could lose?
};

// JSON text, the form the vault keeps. read() gives nothing for what is no such text.
void write(std::string& out, const IssuedTurn& turn);
std::optional<IssuedTurn> read_issued(Arena& arena, std::string_view text);

// What identifies an assistant turn when it comes back: the id of its first call where providers make ids
// nobody else makes; else its calls with their arguments, or its text, together with what was said before it.
// The same for an answer as it went out and for the history a client sends. Nothing for a turn that says
// nothing.
class TurnFace {
 public:
  void add_text(std::string_view text) { text_ += text; }
  void add_call(std::string_view id, std::string_view name, std::string_view arguments);
  // `before`: said_before() of the turn, if it needs_before().
  std::string material(std::string_view before) const;
  bool needs_before() const;
  bool empty() const;

 private:
  struct Call {
    std::string id, name, arguments;  // arguments canonical
  };
  std::string text_;
  std::vector<Call> calls_;
};

TurnFace face_of(const Message& message);
// The user's words and tool results between the assistant turn before message `at` and it, cut to a bounded
// size; `at` may be the number of messages, for the turn that is being answered.
std::string said_before(const std::vector<Message>& messages, std::size_t at);

// Gathers issued turns from the events of an answer, as the client sees them. Bounded: an answer of more than
// `limit` bytes is let go, for it is worth less than the memory of every stream.
class IssuedCollector {
 public:
  static constexpr std::size_t kLimit = std::size_t{2} << 20;
  explicit IssuedCollector(std::size_t limit = kLimit) : limit_(limit) {}
  void add(const Event& event);

  struct Turn {
    IssuedTurn issued;  // issuer, route … are the caller's to set
    TurnFace face;
  };
  // One for each choice that holds state. Views point into this object.
  std::vector<Turn> take();

 private:
  struct Block {
    IssuedPiece::Kind kind = IssuedPiece::Kind::text;
    bool redacted = false;
    std::string text, signature, issuer, id, name, source;
  };
  struct Choice {
    std::vector<Block> blocks;
    bool open = false;
  };
  Choice& choice(int index);

  std::size_t limit_, held_ = 0;
  bool over_ = false;
  std::vector<Choice> choices_;
  Arena arena_{1024};
};

}  // namespace dragoman::canon
