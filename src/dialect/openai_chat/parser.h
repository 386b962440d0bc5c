// Reads a chat completion request: parse.cc the messages, parse_settings.cc everything beside them. Only
// those two include it.
#pragma once
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dialect/openai_chat/wire.h"
#include "dialect/reader.h"

namespace dragoman::dialect::openai_chat {

// What one chat message needs from the ones before it.
struct Calls {
  std::unordered_map<std::string_view, std::string_view> name_of;  // tool name by call id
  std::unordered_map<std::string_view, std::string_view>
      legacy_id;  // the last id made for a legacy function's name
};

class Parser {
 public:
  Parser(Arena& arena, json::Value body) : arena_(arena), r_(arena), body_(body) {}

  Result<canon::Request> run();

 private:
  void messages();
  void message(json::Value v, std::string_view pointer, std::size_t index);
  void content(json::Value v, std::string_view pointer, std::vector<canon::Block>& out);
  void part(json::Value v, std::string_view pointer, std::vector<canon::Block>& out);
  canon::Media image(json::Value v, std::string_view pointer);
  canon::Media media_url(json::Value v, std::string_view pointer, std::string_view key,
                         canon::MediaKind kind);
  canon::Media file(json::Value v, std::string_view pointer);
  void tool_call(json::Value v, std::string_view pointer, std::vector<canon::Block>& out);
  void arguments(canon::ToolCall& call, json::Value function, std::string_view pointer);

  // parse_settings.cc
  void stream();
  void tools();
  void tool(json::Value v, std::string_view pointer);
  void function(json::Value v, std::string_view pointer, canon::Tool& tool);
  void tool_choice();
  std::string_view chosen_name(json::Value v, std::string_view pointer);
  void response_format();
  void params();
  void reasoning();
  void thinking(json::Value v);
  void extras();

  Arena& arena_;
  Reader r_;
  json::Value body_;
  canon::Request out_;
  Calls calls_;
};

}  // namespace dragoman::dialect::openai_chat
