// Answers relayed in the provider's bytes: only ids that a client could not answer by are changed.
#include "dialect/relayed_calls.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace dragoman::dialect {
namespace {

using D = canon::DialectName;

// "%": one id, the same throughout the row, that no frame had before. Other bytes are as they were.
std::string with(std::string text, std::string_view id) {
  for (std::size_t at = 0; (at = text.find('%', at)) != std::string::npos; at += id.size())
    text.replace(at, 1, id);
  return text;
}
std::string id_for(std::string_view got, std::string_view pattern) {
  const std::size_t at = pattern.find('%');
  return at == std::string_view::npos ? "" : std::string(got.substr(at, got.find('"', at) - at));
}

struct Row {
  std::string_view what;
  D dialect;
  std::vector<std::string_view> in, out;  // a frame each; out "=": as it was
  std::string_view event = {};
};
const Row kStreams[] = {
    {"Chat: the second call's, wherever the host says it",
     D::openai_chat,
     {R"({"id":"c", "x":1.0,"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}}]})",
      R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]})",
      R"({"id":"c", "x":1.0,"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"a","function":{"name":"f"}}]}}]})",
      R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"a","function":{"arguments":"{}"}}]}}]})",
      R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"arguments":""}}]}}]})",
      R"({"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"tool_calls"}]})"},
     {"=", "=",
      R"({"id":"c","x":1.0,"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"%","function":{"name":"f"}}]}}]})",
      R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"%","function":{"arguments":"{}"}}]}}]})",
      "=", "="}},
    {"Chat: an empty one",
     D::openai_chat,
     {R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"","function":{"name":"f","arguments":"{}"}}]}}]})",
      R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"","function":{"arguments":""}}]}}]})"},
     {R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"%","function":{"name":"f","arguments":"{}"}}]}}]})",
      "="}},
    {"Chat: none, and one that comes late",
     D::openai_chat,
     {R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]}}]})",
      R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"late","function":{}}]}}]})"},
     {R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"},"id":"%"}]}}]})",
      R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{}}]}}]})"}},
    {"Chat: every call under index 0",
     D::openai_chat,
     {R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}}]})",
      R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}]}}]})"},
     {"=", "="}},
    {"Chat: choices are answers of their own",
     D::openai_chat,
     {R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}}]})",
      R"({"choices":[{"index":1,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}}]})"},
     {"=", "="}},
    {"Messages",
     D::anthropic_messages,
     {R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}})",
      R"({"type":"content_block_start","index":1,"content_block":{"type":"server_tool_use","id":"t","name":"web_search","input":{}}})",
      R"({"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}})"},
     {"=", "=",
      R"({"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"%","name":"f","input":{}}})"}},
    {"Responses: beginning, end and the whole say the same",
     D::openai_responses,
     {R"({"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f"}})",
      R"({"type":"response.function_call_arguments.delta","output_index":0,"delta":"{}"})",
      R"({"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f"}})",
      R"({"type":"response.output_item.added","output_index":1,"item":{"type":"custom_tool_call","call_id":"c","name":"f"}})",
      R"({"type":"response.output_item.done","output_index":1,"item":{"type":"custom_tool_call","call_id":"c","name":"f"}})",
      R"({"type":"response.completed","response":{"output":[{"type":"function_call","call_id":"c","name":"f"},{"type":"custom_tool_call","call_id":"c","name":"f"}]}})"},
     {"=", "=", "=",
      R"({"type":"response.output_item.added","output_index":1,"item":{"type":"custom_tool_call","call_id":"%","name":"f"}})",
      R"({"type":"response.output_item.done","output_index":1,"item":{"type":"custom_tool_call","call_id":"%","name":"f"}})",
      R"({"type":"response.completed","response":{"output":[{"type":"function_call","call_id":"c","name":"f"},{"type":"custom_tool_call","call_id":"%","name":"f"}]}})"}},
    {"Responses: an empty one",
     D::openai_responses,
     {R"({"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","call_id":"","name":"f"}})",
      R"({"type":"response.output_item.done","output_index":3,"item":{"type":"function_call","call_id":"","name":"f"}})"},
     {R"({"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","call_id":"%","name":"f"}})",
      R"({"type":"response.output_item.done","output_index":3,"item":{"type":"function_call","call_id":"%","name":"f"}})"}},
    {"Gemini: each part is a call; one without an id is as its clients know them",
     D::gemini_generate,
     {R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}},{"functionCall":{"name":"f","args":{},"id":"g"}}]}}]})",
      R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}},{"text":"x"},{"functionCall":{"name":"f","args":{},"id":"g"}}]}}]})"},
     {"=",
      R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}},{"text":"x"},{"functionCall":{"name":"f","args":{},"id":"%"}}]}}]})"}},
    {"Converse",
     D::bedrock_converse,
     {R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"u","name":"f"}}})",
      R"({"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"u","name":"f"}}})"},
     {"=", R"({"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"%","name":"f"}}})"},
     "contentBlockStart"},
};
const Row kWhole[] = {
    {"Chat",
     D::openai_chat,
     {R"({"choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"a","function":{"name":"f"}},{"id":"a","function":{"name":"f"}}]}}],"x_new": [1.0]})"},
     {R"({"choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"a","function":{"name":"f"}},{"id":"%","function":{"name":"f"}}]}}],"x_new":[1.0]})"}},
    {"Messages",
     D::anthropic_messages,
     {R"({"content":[{"type":"text","text":"t"},{"type":"tool_use","id":"t"},{"type":"tool_use","id":"t"}]})"},
     {R"({"content":[{"type":"text","text":"t"},{"type":"tool_use","id":"t"},{"type":"tool_use","id":"%"}]})"}},
    {"Responses",
     D::openai_responses,
     {R"({"output":[{"type":"shell_call","call_id":"c"},{"type":"function_call","call_id":"c"},{"type":"function_call","call_id":"c"}]})"},
     {R"({"output":[{"type":"shell_call","call_id":"c"},{"type":"function_call","call_id":"c"},{"type":"function_call","call_id":"%"}]})"}},
    {"Gemini",
     D::gemini_generate,
     {R"({"candidates":[{"content":{"parts":[{"functionCall":{"id":"g"}},{"functionCall":{"id":"g"}}]}}]})"},
     {R"({"candidates":[{"content":{"parts":[{"functionCall":{"id":"g"}},{"functionCall":{"id":"%"}}]}}]})"}},
    {"Converse",
     D::bedrock_converse,
     {R"({"output":{"message":{"content":[{"toolUse":{"toolUseId":"u"}},{"toolUse":{"toolUseId":"u"}}]}}})"},
     {R"({"output":{"message":{"content":[{"toolUse":{"toolUseId":"u"}},{"toolUse":{"toolUseId":"%"}}]}}})"}},
};

TEST(RelayedCalls, OfAStream) {
  for (const Row& row : kStreams) {
    RelayedCalls calls(row.dialect, "req_1");
    std::string id;
    for (std::size_t i = 0; i < row.in.size(); ++i) {
      SCOPED_TRACE(std::string(row.what) + ": " + std::to_string(i));
      const auto got = calls.frame({row.event, row.in[i]});
      if (row.out[i] == "=") {
        EXPECT_FALSE(got) << *got;
        continue;
      }
      ASSERT_TRUE(got);
      if (id.empty()) id = id_for(*got, row.out[i]);
      EXPECT_EQ(*got, with(std::string(row.out[i]), id));
      EXPECT_GE(id.size(), 10u) << id;
    }
  }
}

TEST(RelayedCalls, OfAWholeAnswer) {
  for (const Row& row : kWhole) {
    SCOPED_TRACE(row.what);
    Arena arena;
    const auto body = json::parse(arena, row.in[0]);
    ASSERT_TRUE(body);
    const auto got = RelayedCalls(row.dialect, "req_1").whole(*body);
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, with(std::string(row.out[0]), id_for(*got, row.out[0])));
    const auto fine = json::parse(arena, arena.copy(std::string_view(*got)));
    EXPECT_FALSE(RelayedCalls(row.dialect, "req_1").whole(*fine)) << "nothing is left to do";
  }
}

TEST(RelayedCalls, FramesThatCannotBeReadGoAsTheyAre) {
  for (const D dialect : {D::openai_chat, D::anthropic_messages, D::openai_responses, D::gemini_generate,
                          D::bedrock_converse, D::cohere_chat})
    for (
        const std::string_view data :
        {R"({"name" "tool_use" _call" "functionCall" "toolUse")", R"(["name","toolUse","_call"])",
         R"({"choices":[1,{"delta":{"tool_calls":["name",null]}}],"content_block":7,"output":{},"item":[]})"})
      EXPECT_FALSE(RelayedCalls(dialect, "req_1").frame({"", data})) << data;
}

}  // namespace
}  // namespace dragoman::dialect
