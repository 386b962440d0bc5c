// One choice's blocks of a chat stream, whole and one after the other, of pieces in whatever order the host
// sends them. Blocks queue: the front one is live, its pieces go out as they come; those behind it wait. A
// text or reasoning block ends when something else begins; a tool call ends when its arguments are a whole
// JSON object (or the answer ends), so that hosts which interleave parallel calls, or send an id late, still
// give whole blocks.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "canon/fold.h"
#include "canon/response.h"

namespace dragoman::dialect::openai_chat {

// What one chunk says of a tool call.
struct CallPiece {
  std::optional<std::int64_t> index = {};  // the host's own number of the call
  std::string_view id = {}, name = {}, signature = {};
  std::string_view arguments = {};  // JSON text, or a custom tool's input
  bool custom = false;
};

// Views given to the members need to live for the call only. Events go to `sink` before the call returns;
// their views live as long.
class BlockQueue {
 public:
  // `choice` numbers the events; `arena` takes what they point to.
  BlockQueue(int choice, Arena& arena) : choice_(choice), arena_(arena) {}

  // A piece of text for the last block, where that is an open one of this type and name, or of a new one.
  void text(canon::BlockType type, std::string_view text, const canon::EventSink& sink,
            std::string_view name = {});
  // The reasoning block's last word.
  void signature(std::string_view signature, std::string_view issuer, const canon::EventSink& sink);
  void call(const CallPiece& piece, const canon::EventSink& sink);

  // Blocks that come whole.
  void redacted(std::string_view data, std::string_view issuer, const canon::EventSink& sink);
  void media(std::string_view media_type, std::string_view data, const canon::EventSink& sink);
  void foreign(std::string_view type, std::string json, const canon::EventSink& sink);  // of this dialect

  // The answer is over: all that waits goes out.
  void end(const canon::EventSink& sink) { advance(sink, true); }

  // The number of the block that is live, or will be.
  int live() const { return next_block_; }

 private:
  // Follows JSON text just far enough to know when the object that it is has ended.
  class ObjectEnd {
   public:
    void feed(std::string_view text);
    bool ended() const { return begun_ && depth_ == 0 && !quoted_; }

   private:
    int depth_ = 0;
    bool begun_ = false, quoted_ = false, escaped_ = false;
  };

  struct Item {
    canon::BlockType type = canon::BlockType::text;
    std::string id, name, signature, issuer;  // tool call, or the reasoning block's state
    std::string text;  // pieces not delivered yet; for redacted, media and foreign the whole
    ObjectEnd arguments;
    bool custom = false;
    bool started = false, done = false;
  };

  Item& tail(canon::BlockType type, const canon::EventSink& sink, std::string_view name = {});
  Item& add(canon::BlockType type, const canon::EventSink& sink);
  void whole(canon::BlockType type, std::string name, std::string text, std::string issuer,
             const canon::EventSink& sink);
  Item& call_for(const CallPiece& piece, const canon::EventSink& sink);
  void advance(const canon::EventSink& sink, bool ending = false);
  bool deliver(Item& item, const canon::EventSink& sink);
  void begin(const Item& item, const canon::EventSink& sink);
  canon::Event at(const Item& item, canon::EventType type) const;

  int choice_;
  Arena& arena_;
  std::deque<Item> items_;                             // the front one is live
  std::vector<std::pair<std::int64_t, Item*>> calls_;  // by the host's own index; deque references stay valid
  Item* last_call_ = nullptr;
  int next_block_ = 0;
};

}  // namespace dragoman::dialect::openai_chat
