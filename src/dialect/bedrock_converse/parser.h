// Reads a ConverseRequest: parse.cc the turns, parse_config.cc what is asked of the model. Only those two
// include it.
#pragma once
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dialect/bedrock_converse/bedrock_converse.h"
#include "dialect/reader.h"

namespace dragoman::dialect::bedrock {

class Parser {
 public:
  Parser(Arena& arena, json::Value body) : arena_(arena), build_(arena), r_(arena), body_(body) {}

  Result<canon::Request> run();

 private:
  void system();
  void messages();
  void blocks(json::Value list, std::string_view pointer, std::vector<canon::Block>& out);
  void block(json::Value v, std::string_view pointer, std::vector<canon::Block>& out);
  void guarded(json::Value v, std::string_view pointer, canon::Block& out);
  void tool_use(json::Value v, std::string_view pointer, canon::Block& out);
  void tool_result(json::Value v, std::string_view pointer, canon::Block& out);
  void reasoning_block(json::Value v, std::string_view pointer, canon::Block& out);
  void cited(json::Value v, std::string_view pointer, canon::Block& out);
  canon::CacheMarker cache_point(json::Value v, std::string_view pointer);

  // parse_config.cc
  void inference();
  void tools();
  void tool_choice(json::Value v);
  void more_fields();
  void reasoning(const json::Member& field, std::string_view at);
  void output_config(json::Value v, std::string_view at);
  void output();

  Arena& arena_;
  json::Builder build_;
  Reader r_;
  json::Value body_;
  canon::Request out_;
  std::unordered_map<std::string_view, std::string_view> tool_of_;  // tool name by call id
};

}  // namespace dragoman::dialect::bedrock
