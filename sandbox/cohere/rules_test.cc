// Every rule both ways: what must be refused, with the exact words, and what must pass. Rule ids are those of
// the provider contracts the emulators were written from.
#include <gtest/gtest.h>

#include "sandbox/call_fixture.h"
#include "sandbox/cohere/emulator.h"

namespace dragoman::sandbox::cohere {
namespace {

struct Row {
  std::string_view rule;
  std::string_view model;
  std::string body;       // members beside the model; "messages" is added where it is not among them
  std::string_view says;  // "" where the request must pass
  int status = 400;
};

constexpr std::string_view kA = "command-a-03-2025";
constexpr std::string_view kVision = "command-a-vision-07-2025";
constexpr std::string_view kThinks = "command-a-reasoning-08-2025";
constexpr std::string_view kOld = "command-r-08-2024";

std::string tool(std::string_view name, std::string_view schema, std::string_view more = "") {
  return R"("tools":[{"type":"function","function":{"name":")" + std::string(name) + R"(","parameters":)" +
         std::string(schema) + "}}]" + std::string(more);
}
std::string messages(std::string_view list) { return R"("messages":[)" + std::string(list) + "]"; }
std::string format(std::string_view schema) {
  return R"("response_format":{"type":"json_object","json_schema":)" + std::string(schema) + "}";
}
std::string wide(int fields) {
  std::string properties;
  for (int i = 0; i < fields; ++i)
    properties += (i ? ",\"p" : "\"p") + std::to_string(i) + R"(":{"type":"string"})";
  return R"({"type":"object","properties":{)" + properties + R"(},"required":["p0"]})";
}
std::string images(int count) {
  std::string parts;
  for (int i = 0; i < count; ++i)
    parts += std::string(i ? "," : "") +
             R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}})";
  return messages(R"({"role":"user","content":[)" + parts + "]}");
}

constexpr std::string_view kObject =
    R"({"type":"object","properties":{"x":{"type":"string"}},"required":["x"]})";
constexpr std::string_view kUser = R"({"role":"user","content":"Hi"},)";
constexpr std::string_view kCall =
    R"({"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]})";

std::vector<Row> rows() {
  const std::string user(kUser), call(kCall);
  return {
      {"plain", kA, "", ""},
      {"COH-01", kA, tool("a.b", kObject),
       "invalid request: tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a "
       "digit "
       "(provided name: 'a.b')."},
      {"COH-01", kA, tool("1a", kObject), "(provided name: '1a')."},
      {"COH-01", kA, tool("a_1", kObject), ""},
      {"COH-02", kA,
       messages(user + call + "," + call + R"(,{"role":"tool","tool_call_id":"a","content":"x"})"),
       "cannot have duplicate tool ids"},
      {"COH-03", kA, messages(user + call + R"(,{"role":"tool","tool_call_id":"b","content":"x"})"),
       "tool call id not found in previous tool calls"},
      {"COH-03", kA, messages(user + call + R"(,{"role":"tool","content":"x"})"),
       "tool call id must be provided with tool message"},
      {"COH-03", kA, messages(user + call + R"(,{"role":"tool","tool_call_id":"a","content":"x"})"), ""},
      {"COH-04", kA, messages(user + R"({"role":"system","content":"s"})"),
       "system turn must be the first in the list"},
      {"COH-04", kA, messages(R"({"role":"system","content":"s"},{"role":"user","content":"Hi"})"), ""},
      {"COH-05", kA, messages(R"({"role":"user","content":""})"), "message must not be empty in a turn"},
      {"COH-05", kA, messages(R"({"role":"user"})"),
       "invalid request: all elements in history must have a message."},
      {"COH-05", kA, messages(""), "message must be at least 1 token long"},
      {"COH-05", kA,
       messages(user +
                R"({"role":"assistant","tool_plan":"p","tool_calls":[{"id":"a","type":"function","function":)"
                R"({"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"x"})"),
       ""},
      {"COH-06", kA, tool("f", R"({"type":"array"})"), "schema must be an object"},
      {"COH-06", kA, tool("f", R"({"type":"object","properties":{"x":{}}})"), "property x must have a type"},
      {"COH-06", kA, tool("f", R"({"type":"object","properties":{},"required":["x"]})"),
       "required field name not found in properties"},
      {"COH-06", kA,
       messages(user +
                R"({"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]})"),
       "tool call must be of type function"},
      {"COH-07", kA, tool("f", kObject, R"(,"tool_choice":"auto")"), "tool_choice must be one of"},
      {"COH-07", kA, tool("f", kObject, R"(,"tool_choice":"REQUIRED")"), ""},
      {"COH-07", kA, R"("tool_choice":"REQUIRED")", "needs tools"},
      {"COH-07", kOld, tool("f", kObject, R"(,"tool_choice":"NONE")"), "tool_choice is not supported"},
      {"COH-08", kA, R"("temperature":1.5)",
       "invalid request: temperature must be between 0 and 1.0 inclusive."},
      {"COH-08", kA, R"("temperature":1)", ""},
      {"COH-08", kA, R"("p":1)", "p must be between 0.01 and 0.99"},
      {"COH-08", kA, R"("p":0.99,"k":500)", ""},
      {"COH-08", kA, R"("k":501)", "k must be between 0 and 500"},
      {"COH-08", kA, R"("presence_penalty":-1)",
       "invalid request: presence_penalty must be between 0 and 1 inclusive."},
      {"COH-08", kA, R"("presence_penalty":0,"frequency_penalty":1)",
       "invalid request: cannot specify both frequency_penalty and presence_penalty."},
      {"COH-08", kA, R"("stop_sequences":["a","b","c","d","e","f"])", "at most 5"},
      {"COH-08", kA, R"("stop_sequences":["a","b","c","d","e"])", ""},
      {"COH-09", kA, images(1), "image inputs are not supported"},
      {"COH-09", kVision, images(20), ""},
      {"COH-09", kVision, images(21), "at most 20 images"},
      {"COH-10", kA, tool("f", kObject, R"(,"response_format":{"type":"json_object"})"),
       "not supported with tools"},
      {"COH-10", kA, R"("documents":["d"],"response_format":{"type":"json_object"})",
       "invalid request: response_format is not supported with RAG."},
      {"COH-11", kA, format(kObject), ""},
      {"COH-11", kA, format(R"({"type":"array","items":{"type":"string"}})"), "schema must be an object"},
      {"COH-11", kA, format(R"({"type":"object","properties":{"x":{"type":"string"}}})"),
       "at least one required field"},
      {"COH-11", kA,
       format(R"({"type":"object","properties":{"x":{"type":"number","minimum":1}},"required":["x"]})"),
       "'minimum' is not supported"},
      {"COH-11", kA,
       format(R"({"type":"object","properties":{"x":{"type":"string","pattern":"^a"}},"required":["x"]})"),
       "'^' is not supported in a pattern"},
      {"COH-12", kA,
       tool("f", R"({"type":"object","properties":{"x":{"type":"string"}}})", R"(,"strict_tools":true)"),
       "at least one required parameter"},
      {"COH-12", kA, tool("f", wide(201), R"(,"strict_tools":true)"), "at most 200 fields, not 201"},
      {"COH-12", kA, tool("f", wide(200), R"(,"strict_tools":true)"), ""},
      {"COH-13", "command-nonexistent", "",
       "model 'command-nonexistent' not found, make sure the correct model ID was used and that you have "
       "access to the "
       "model.",
       404},
      {"COH-14", "command-a-ctx2",
       R"("messages":[{"role":"user","content":"Much more than two tokens of text."}])",
       R"("error_type":"TOO_MANY_TOKENS")"},
      {"COH-17", kA, R"("thinking":{"type":"enabled"})", "thinking is not supported"},
      {"COH-17", kThinks, R"("thinking":{"type":"enabled","token_budget":500})", ""},
      {"COH-17", kThinks, R"("thinking":{"type":"enabled","token_budget":0})", "must be a positive integer"},
      {"COH-18", kA,
       messages(
           user + call +
           R"(,{"role":"tool","tool_call_id":"a","content":[{"type":"document","document":{"data":{"t":1}}}]})"),
       ""},
      {"coh-spec", kA, R"("temperature":"hot")", "parameter temperature is of type string"},
      {"coh-spec", "", "", "a model parameter is required for this endpoint."},
      {"coh-spec", kA, messages(R"({"role":"developer","content":"s"})"), "Invalid role"},
  };
}

CallFixture call(const Row& row, std::string_view more = "") {
  std::string body = R"({"model":")" + std::string(row.model) + "\"";
  if (!row.body.empty()) body += "," + row.body;
  if (row.body.find("\"messages\"") == std::string::npos)
    body += R"(,"messages":[{"role":"user","content":"Use it both ways"}])";
  return {"POST", "/v2/chat", {{"authorization", "Bearer key"}}, body + std::string(more) + "}"};
}

TEST(CohereSandbox, Rules) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(std::string(row.rule) + " " + row.body);
    const Reply reply = call(row).play(emulator());
    if (row.says.empty()) {
      EXPECT_EQ(reply.status, 200) << reply.body;
      continue;
    }
    EXPECT_EQ(reply.status, row.status);
    EXPECT_NE(reply.body.find(row.says), std::string::npos) << reply.body;
  }
}

TEST(CohereSandbox, Keys) {
  for (const auto& [key, words] : {std::pair("", "no api key supplied"),
                                   std::pair("Bearer bad", "Incorrect API key provided: ***********.")}) {
    CallFixture asked("POST", "/v2/chat", {{"authorization", key}}, "{}");
    const Reply reply = asked.play(emulator());
    EXPECT_EQ(reply.status, 401);
    EXPECT_NE(reply.body.find(words), std::string::npos) << reply.body;  // COH-15
  }
}

TEST(CohereSandbox, Answers) {
  const Row plain{"", kA, "", ""}, tools{"", kThinks, tool("f", kObject), ""};
  const Reply said = call(plain).play(emulator());
  EXPECT_NE(said.body.find(R"("content":[{"type":"text","text":"You said: )"), std::string::npos)
      << said.body;
  EXPECT_NE(said.body.find(R"("finish_reason":"COMPLETE")"), std::string::npos);
  const Reply called = call(tools).play(emulator());
  EXPECT_NE(called.body.find(R"("tool_plan":)"), std::string::npos) << called.body;
  EXPECT_NE(called.body.find(R"("type":"thinking")"), std::string::npos);
  EXPECT_NE(called.body.find(R"("finish_reason":"TOOL_CALL")"), std::string::npos);

  const Reply streamed = call(tools, R"(,"stream":true)").play(emulator());
  ASSERT_TRUE(streamed.streaming);
  std::string all;
  for (const std::string& frame : streamed.frames) all += frame;
  for (const std::string_view event :
       {"message-start", "content-start", "content-delta", "content-end", "tool-plan-delta",
        "tool-call-start", "tool-call-delta", "tool-call-end", "message-end"})
    EXPECT_NE(all.find("event: " + std::string(event) + "\n"), std::string::npos) << event;
  EXPECT_TRUE(all.ends_with("data: [DONE]\n\n"));
  for (const int status : {402, 429, 500, 503}) EXPECT_EQ(emulator().failure(status).status, status);
}

}  // namespace
}  // namespace dragoman::sandbox::cohere
