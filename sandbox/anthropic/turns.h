// The messages of a request as the API reads them: neighbours of one role are one turn (ANT-08).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace dragoman::sandbox::anthropic {

struct Block {
  std::string_view type;  // "text" also for content that is a plain string
  json::Value value;      // the block, or that string
  std::size_t message = 0;
  std::size_t index = 0;
  bool plain = false;  // content was a string

  std::string_view text() const { return plain ? value.text() : value["text"].text(); }
};

struct Turn {
  std::string_view role;
  std::size_t message = 0;  // index of its first message
  std::vector<Block> blocks;
};

// Views into the request; call after its shape was checked.
std::vector<Turn> read_turns(json::Value messages);

// What a tool_result, a system prompt or a document says, text only.
std::string text_of(json::Value content);

}  // namespace dragoman::sandbox::anthropic
