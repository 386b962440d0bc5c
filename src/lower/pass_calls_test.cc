// GEN-03, GEN-04, GEN-05, GEN-09: calls, results, ids and arguments of a history.
#include "lower/lower_case.h"

namespace dragoman::lower {
namespace {

using testing::expect_anthropic;
using testing::expect_openai;

// A conversation of a user, an assistant with calls, and whatever follows.
std::string history(std::string_view calls, std::string_view rest, std::string_view more = "") {
  return fmt::format(
      R"({{"messages":[{{"role":"user","content":"Go"}},{{"role":"assistant","content":null,"tool_calls":[{}]}}{}],
          "tools":[{{"type":"function","function":{{"name":"f","parameters":{{"type":"object","properties":{{"a":{{"type":"integer"}}}}}}}}}}]{}}})",
      calls, rest, more);
}
std::string call(std::string_view id, std::string_view arguments = "{}") {
  std::string text;
  json::write_string(text, arguments);
  return fmt::format(R"({{"id":"{}","type":"function","function":{{"name":"f","arguments":{}}}}})", id, text);
}
std::string result(std::string_view id, std::string_view text) {
  return fmt::format(R"(,{{"role":"tool","tool_call_id":"{}","content":"{}"}})", id, text);
}
constexpr std::string_view kUser = R"(,{"role":"user","content":"So?"})";

TEST(LowerCalls, PairsCallsWithResults) {
  const std::string two = call("x") + "," + call("y");
  expect_openai({
      {"GEN-03",
       "openai/gpt-4o",
       history(two, result("x", "1") + result("y", "2") + std::string(kUser)),
       {{"/messages/2/tool_call_id", "\"x\""}, {"/messages/3/tool_call_id", "\"y\""}},
       {},
       true},
      {"GEN-03-order",
       "openai/gpt-4o",
       history(two, result("y", "2") + result("x", "1")),
       {{"/messages/2/tool_call_id", "\"x\""}, {"/messages/3/tool_call_id", "\"y\""}},
       {"OAI-24 none /messages/2 tool_result"}},
      {"GEN-03-late",
       "openai/gpt-4o",
       history(call("x"), std::string(kUser) + result("x", "1")),
       {{"/messages/2/tool_call_id", "\"x\""}, {"/messages/3/role", "\"user\""}},
       {"OAI-24 none /messages/3 tool_result"}},
      {"GEN-03-missing",
       "anthropic/claude-sonnet-4-5",
       history(two, result("y", "2") + std::string(kUser), R"(,"max_tokens":9)"),
       {{"/messages/2/content/0/tool_use_id", "\"x\""},
        {"/messages/2/content/0/is_error", "true"},
        {"/messages/2/content/1/tool_use_id", "\"y\""},
        {"/messages/2/content/2/text", "\"So?\""}},
       {"ANT-10 narrowed /messages/1/tool_calls/0 tool_result"}},
      {"GEN-03-orphan",
       "openai/gpt-4o",
       history(call("x"), result("x", "1") + result("z", "9")),
       {{"/messages/3/role", "\"user\""}, {"/messages/3/content", R"("Result of an earlier tool call:\n9")"}},
       {"OAI-22 narrowed /messages/3 tool_result"}},
      {"ANT-13 behind Copilot",
       "copilot/claude-sonnet-4.5",
       history(call("a.b") + "," + call("a:b"), result("a.b", "1") + result("a:b", "2") + std::string(kUser)),
       {{"/messages/2/tool_call_id", "\"a_b_YyF6L4Gv\""}},
       {"ANT-13 none /messages/1/tool_calls/0 id", "ANT-13 none /messages/1/tool_calls/1 id"}},
      {"GEN-04-twice",
       "openai/gpt-4o",
       history(call("x"), result("x", "1") + R"(,{"role":"assistant","content":null,"tool_calls":[)" +
                              call("x") + "]}" + result("x", "2")),
       {{"/messages/2/tool_call_id", "\"x\""}, {"/messages/4/content", "\"2\""}},
       {"GEN-04 none /messages/3/tool_calls/0 id"}},
      {"GEN-04-twice, the first unanswered",
       "openai/gpt-4o",
       history(call("x"), std::string(kUser) + R"(,{"role":"assistant","content":null,"tool_calls":[)" +
                              call("x") + "]}" + result("x", "2")),
       {{"/messages/2/content", "\"Error: no result was recorded for this call.\""},
        {"/messages/3/role", "\"user\""},
        {"/messages/5/content", "\"2\""}},
       {"OAI-21 narrowed /messages/1/tool_calls/0 tool_result", "GEN-04 none /messages/3/tool_calls/0 id"}},
  });
  expect_anthropic({
      {"GEN-03-words between two results of one turn",
       "openai/gpt-4o",
       R"({"max_tokens":9,"messages":[{"role":"user","content":"Go"},{"role":"assistant","content":[
           {"type":"tool_use","id":"x","name":"f","input":{}},{"type":"tool_use","id":"y","name":"f","input":{}}]},
           {"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":"1"},{"type":"text","text":"see"},
           {"type":"tool_result","tool_use_id":"y","content":"2"}]}],
          "tools":[{"name":"f","input_schema":{"type":"object"}}]})",
       {{"/messages/2/content", "\"1\""},
        {"/messages/3/content", "\"2\""},
        {"/messages/4/content", "\"see\""},
        {"/messages/5", ""}},
       {"OAI-24 none /messages/2/content/2 tool_result"}},
  });
}

TEST(LowerCalls, IdsFitTheTarget) {
  const std::string long_id(70, 'q');
  expect_openai({
      {"MIS-10",
       "mistral/mistral-large-latest",
       history(call("call_1"), result("call_1", "1")),
       {{"/messages/1/tool_calls/0/id", "\"Gue3Dg5mQ\""}, {"/messages/2/tool_call_id", "\"Gue3Dg5mQ\""}},
       {"MIS-10 none /messages/1/tool_calls/0 id"}},
      {"MIS-10-fits",
       "mistral/mistral-large-latest",
       history(call("abcDEF123"), result("abcDEF123", "1")),
       {{"/messages/1/tool_calls/0/id", "\"abcDEF123\""}},
       {},
       true},
      {"ANT-13",
       "anthropic/claude-sonnet-4-5",
       history(call("a.b|c"), result("a.b|c", "1"), R"(,"max_tokens":9)"),
       {},
       {"ANT-13 none /messages/1/tool_calls/0 id"}},
      {"OAI-20",
       "openai/gpt-4o",
       history(call(long_id), result(long_id, "1")),
       {},
       {"OAI-20 none /messages/1/tool_calls/0 id"}},
      {"KIMI-33",
       "moonshot/kimi-k2-0905-preview",
       history(call("functions.f:0"), result("functions.f:0", "1")),
       {{"/messages/1/tool_calls/0/id", "\"functions.f:0\""}},
       {},
       true},
  });
}

TEST(LowerCalls, ArgumentsAreObjects) {
  expect_openai({
      {"GEN-05",
       "bedrock/us.amazon.nova-pro-v1:0",
       history(call("x", R"({"a":1})"), result("x", "1")),
       {{"/messages/1/content/0/toolUse/input", R"({"a":1})"}}},
      {"GEN-05-empty",
       "openai/gpt-4o",
       history(call("x", ""), result("x", "1")),
       {{"/messages/1/tool_calls/0/function/arguments", "\"{}\""}},
       {"GEN-05 none /messages/1/tool_calls/0 arguments"}},
      {"GEN-05-array",
       "openai/gpt-4o",
       history(call("x", "[1]"), result("x", "1")),
       {{"/messages/1/tool_calls/0/function/arguments", R"("{\"arguments\":[1]}")"}},
       {"GEN-05 none /messages/1/tool_calls/0 arguments"}},
      {"GEN-05-cut",
       "gemini/gemini-2.5-flash",
       history(call("x", R"({"a":)"), result("x", "1")),
       {{"/contents/1/parts/0/functionCall/args", R"({"arguments":"{\"a\":"})"}},
       {"GEM-12 none /messages/1/tool_calls/0 arguments"}},
  });
}

TEST(LowerCalls, HistoryWithoutTools) {
  const std::string bare =
      R"({"messages":[{"role":"user","content":"Go"},{"role":"assistant","content":null,"tool_calls":[)" +
      call("x", R"({"a":1})") + R"(]},{"role":"tool","tool_call_id":"x","content":"1"}]})";
  expect_openai({
      {"GEN-09", "openai/gpt-4o", bare, {{"/tools", ""}}, {}, true},
      {"BR-01",
       "bedrock/us.amazon.nova-pro-v1:0",
       bare,
       {{"/toolConfig/tools/0/toolSpec/name", "\"f\""}},
       {"BR-01 none - tools"}},
      {"BRM-05",
       "bedrock/us.deepseek.r1-v1:0",
       bare,
       {{"/toolConfig", ""}, {"/messages/1/content/0/text", R"("[called f with {\"a\":1}]")"}},
       {"BR-01 narrowed /messages/1/tool_calls/0 tool_call", "BR-01 narrowed /messages/2 tool_result"}},
  });
}

TEST(LowerCalls, FailedAndEmptyResults) {
  const auto body = [](std::string_view result) {
    return fmt::format(
        R"({{"messages":[{{"role":"user","content":"Go"}},{{"role":"assistant","content":[{{"type":"tool_use","id":"x","name":"f","input":{{}}}}]}},
            {{"role":"user","content":[{{"type":"tool_result","tool_use_id":"x"{}}}]}}],"tools":[{{"name":"f","input_schema":{{"type":"object","properties":{{}}}}}}]}})",
        result);
  };
  expect_anthropic({
      {"ANT", "anthropic/claude-sonnet-4-5", body(""), {{"/messages/2/content/0/content", ""}}, {}, true},
      {"BR-14",
       "bedrock/us.amazon.nova-pro-v1:0",
       body(""),
       {{"/messages/2/content/0/toolResult/content/0/text", "\"(no output)\""}},
       {"BR-14 none /messages/2/content/0 content"}},
      {"BR-41",
       "bedrock/us.meta.llama4-scout-17b-instruct-v1:0",
       body(R"(,"is_error":true,"content":"no")"),
       {{"/messages/2/content/0/toolResult/content/0/text", "\"Error: no\""},
        {"/messages/2/content/0/toolResult/status", ""}},
       {"BR-41 none /messages/2/content/0 is_error"}},
      {"BR-41-nova",
       "bedrock/us.amazon.nova-pro-v1:0",
       body(R"(,"is_error":true,"content":"no")"),
       {{"/messages/2/content/0/toolResult/content/0/text", "\"no\""},
        {"/messages/2/content/0/toolResult/status", "\"error\""}}},
      {"OAI-error",
       "openai/gpt-4o",
       body(R"(,"is_error":true,"content":"Error: no")"),
       {{"/messages/2/content", "\"Error: no\""}}},
  });
}

}  // namespace
}  // namespace dragoman::lower
