// What can be left out of a client's request so that the rest is still a request: tools and what their
// schemas are made of, turns of the conversation and what is in them (a tool call and its result go
// together), parameters. Works on the client's own JSON, whatever its dialect; every place is a JSON pointer
// into it.
#pragma once
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "canon/dialect_name.h"
#include "failure/failure.h"
#include "json/value.h"

namespace dragoman::failure {

// Left out as one.
struct Part {
  enum class Kind : std::uint8_t {
    turn,  // of the conversation: from one question to the next
    unit,  // of a turn: a message, or calls with their results
    node,  // one value of the body, with what depends on it
  };
  Kind kind = Kind::node;
  std::string pointer;
  std::vector<std::string> also = {};  // goes with it: results of a call, a property's entry in `required`

  bool operator==(const Part&) const = default;
};

// Keeps views of the body, which must outlive it.
class RequestParts {
 public:
  RequestParts(canon::DialectName dialect, json::Value body);

  // The largest parts there are of one side (`tools`, `body`: the conversation, `params`).
  std::vector<Part> top(Side side) const;
  // What a part is made of; empty when it can only be left out whole.
  std::vector<Part> inside(const Part& part) const;

  // Everything that is gone when these are left out: an array with nothing left in it goes too, tool_choice
  // goes with the last tool, a message with its last block. No pointer of the answer lies within another one.
  std::vector<std::string> gone(const std::set<std::string>& left_out) const;
  // The request without them, JSON text. Nothing else changes; what is untouched keeps its bytes.
  std::string without(const std::set<std::string>& left_out) const;

  // For people: "`exclusiveMinimum` at tool `search_37`", "message 4 (user)", "parameter `seed`".
  std::string words(std::string_view pointer) const;
  json::Value body() const { return body_; }
  const std::string& messages_at() const { return messages_at_; }  // "" where there is no conversation
  const std::string& tools_at() const { return tools_at_; }
  // Every tool's pointer and name.
  std::vector<std::pair<std::string, std::string>> tool_names() const;
  // The conversation or the choice names the tool at `pointer`.
  bool is_used(std::string_view pointer) const;

 private:
  struct Link;  // a call or a result
  struct Tool {
    std::string pointer, name;
    json::Value value;
  };

  std::vector<Tool> tools() const;
  std::vector<Link> links() const;
  std::vector<std::size_t> units(const std::vector<Link>& links) const;
  bool asks(json::Value message) const;
  std::vector<Part> turns() const;
  std::vector<Part> units_of(const Part& turn) const;
  std::vector<Part> pieces_of(const Part& unit) const;
  void children(std::string_view pointer, json::Value value, std::vector<Part>& out) const;
  std::size_t message_of(std::string_view pointer) const;
  bool collect(json::Value value, const std::string& pointer, const std::set<std::string>& left_out,
               std::vector<std::string>& out) const;

  canon::DialectName dialect_;
  json::Value body_;
  std::string messages_at_, tools_at_;  // pointers
  json::Value messages_;
};

}  // namespace dragoman::failure
