// The emulated Responses endpoint: what it refuses, in whose words, and what it answers. A row for each rule.
#include "sandbox/openai/responses.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sandbox/openai/rows.h"
#include "sandbox/openai/rules_case.h"

namespace dragoman::sandbox::openai {
namespace {

struct Row {
  std::string_view rule, members, message, param;
  std::string_view model = "gpt-5.6";
  int status = 400;
};

constexpr std::string_view kPath = "/v1/responses";

TEST(Responses, RefusesInTheServicesWords) {
  constexpr Row kRows[] = {
      {"OAIR-01", R"("input":"x","max_output_tokens":15)", "Expected a value >= 16, but got 15 instead.",
       "max_output_tokens"},
      {"OAIR-02", R"("input":"x","tools":[{"type":"function","name":"f"}])",
       "Missing required parameter: 'tools[0].parameters'.", "tools[0].parameters"},
      {"OAIR-02", R"("input":"x","tools":[{"type":"function","function":{"name":"f","parameters":{}}}])",
       "Missing required parameter: 'tools[0].name'.", "tools[0].name"},
      {"OAIR-06", R"("input":[{"type":"reasoning","id":"item_1","summary":[]}])",
       "Expected an ID that begins with 'rs'.", "input[0].id"},
      {"OAIR-07", R"("input":[{"type":"reasoning","id":"rs_1"}])",
       "Missing required parameter: 'input[0].summary'.", "input[0].summary"},
      {"OAIR-13", R"("input":[{"type":"reasoning","summary":[],"encrypted_content":"gAAAAABnot"}])",
       "could not be verified", ""},
      {"OAIR-14", R"("input":"x","previous_response_id":"resp_1")",
       "Previous response with id 'resp_1' not found.", "previous_response_id"},
      {"OAIR-15", R"("input":"x")", "The requested model 'nonexistent' does not exist.", "model",
       "nonexistent"},
      {"OAIR-16", R"("input":"a long input that needs more than five tokens, and then some more words")",
       "Your input exceeds the context window of this model.", "input", "gpt-5.6-ctx5"},
      {"OAIR-18", R"("input":[{"role":"assistant","content":[{"type":"input_text","text":"x"}]}])",
       "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
       "input[0].content[0]"},
      {"OAIR-18", R"("input":[{"role":"user","content":[{"type":"output_text","text":"x"}]}])",
       "Invalid value: 'output_text'.", "input[0].content[0]"},
      {"OAIR-19", R"("input":"x","top_p":0.5)", "Unsupported parameter: 'top_p'", "top_p"},
      {"OAIR-19", R"("input":"x","reasoning":{"effort":"minimal"})", "Unsupported value: 'minimal'",
       "reasoning.effort"},
      {"OAI-40", R"("input":"x","messages":[])", "Unknown parameter: 'messages'.", "messages"},
      {"OAI-40", R"("input":"x","stop":["a"])", "Unknown parameter: 'stop'.", "stop"},
      {"spec", R"("input":[{"role":"user","content":"x","name":"n"}])", "Unknown parameter: 'input[0].name'.",
       "input[0].name"},
      {"spec", R"("input":"x","include":["reasoning.encrypted_content"])",
       "Encrypted content is not supported with this model.", "include", "gpt-4.1"},
      {"OAI-52", R"("input":"x","text":{"format":{"type":"json_object"}})", "must contain the word 'json'",
       "input"},
      {"OAIS-01",
       R"("input":"x","tools":[{"type":"function","name":"f","strict":true,"parameters":{"type":"object","properties":{}}}])",
       "Invalid schema for function 'f'", "tools[0].parameters"},
      {"spec", R"("input":"x","tool_choice":{"type":"function","name":"f"})",
       "Tool choice 'f' not found in 'tools' parameter.", "tool_choice"},
      {"OAIR-12", R"("input":[{"type":"item_reference","id":"msg_1"}])", "Item with id 'msg_1' not found.",
       "input", "gpt-5.6", 404},
  };
  for (const Row& row : kRows) {
    CaseResult out;
    const std::string body = fmt::format(R"({{"model":"{}",{}}})", row.model, row.members);
    run_case(openai_row(), kPath, body, false, out);
    EXPECT_EQ(out.reply.status, row.status) << row.rule << body << out.reply.body;
    EXPECT_NE(out.body["error"]["message"].text().find(row.message), std::string_view::npos)
        << row.rule << " " << out.reply.body;
    EXPECT_EQ(out.body["error"]["param"].text(), row.param) << row.rule << " " << out.reply.body;
  }
}

// OAIR-21, MISC-03: ChatGPT's backend, which Codex calls.
TEST(Responses, ChatgptRefusesInItsOwn) {
  constexpr std::string_view kAll = R"("instructions":"i","store":false,"stream":true)";
  constexpr std::pair<std::string_view, std::string_view> kRows[] = {
      {R"("store":false,"stream":true)", "Instructions are required"},
      {R"("instructions":"","store":false,"stream":true)", "Instructions are required"},
      {R"("instructions":"i","stream":true)", "Store must be set to false"},
      {R"("instructions":"i","store":true,"stream":true)", "Store must be set to false"},
      {R"("instructions":"i","store":false)", "Stream must be set to true"},
      {R"("temperature":1)", "Unsupported parameter: temperature"},
      {R"("max_output_tokens":100)", "Unsupported parameter: max_output_tokens"},
      {R"("service_tier":"flex")", "Unsupported service_tier: flex"},
      {R"("instructions":"i","store":false,"stream":true,"input":[{"role":"system","content":"x"}])",
       "System messages are not allowed"},
      {kAll, ""},
  };
  for (const auto& [members, message] : kRows) {
    const bool asks = members.find("\"input\"") == std::string_view::npos;
    const std::string body = fmt::format(R"({{"model":"gpt-5.4",{}{}}})",
                                         asks ? R"("input":[{"role":"user","content":"Hi"}],)" : "", members);
    CaseResult out;
    run_case(chatgpt_row(), "/backend-api/codex/responses", body, false, out);
    EXPECT_EQ(out.reply.status, message.empty() ? 200 : 400) << body << out.reply.body;
    EXPECT_EQ(out.body["detail"].text(), message) << body;
  }
  CaseResult model, chat;
  run_case(chatgpt_row(), "/backend-api/codex/responses",
           fmt::format(R"({{"model":"gpt-4o","input":"x",{}}})", kAll), false, model);
  EXPECT_EQ(model.body["detail"].text(),
            "The 'gpt-4o' model is not supported when using Codex with a ChatGPT account.");
  run_case(chatgpt_row(), "/backend-api/codex/chat/completions", "{}", false, chat);
  EXPECT_EQ(chat.reply.status, 404);
}

json::Value ask(CaseResult& out, const std::string& body) {
  run_case(openai_row(), kPath, body, false, out);
  EXPECT_EQ(out.reply.status, 200) << body << out.reply.body;
  return out.body;
}

constexpr std::string_view kTools =
    R"("tools":[{"type":"function","name":"now","strict":false,"parameters":{"type":"object","properties":{}}},)"
    R"({"type":"custom","name":"shell"}],"store":false,"include":["reasoning.encrypted_content"])";

// OAIR-10, OAIR-11, OAIR-23: what it issued comes back whole or not at all.
TEST(Responses, KnowsItsOwnItemsAgain) {
  CaseResult first;
  const std::string head =
      fmt::format(R"({{"model":"gpt-5.6",{},"input":[{{"role":"user","content":"use now"}})", kTools);
  const json::Value output = ask(first, head + "]}")["output"];
  ASSERT_EQ(output.items().size(), 2U) << first.reply.body;
  const std::string thought = json::dump(output.at(0)), call = json::dump(output.at(1));
  const std::string result = fmt::format(
      R"({{"type":"function_call_output","call_id":"{}","output":"noon"}})", output.at(1)["call_id"].text());
  CaseResult whole;
  EXPECT_NE(
      json::dump(ask(whole, head + "," + thought + "," + call + "," + result + "]}")).find("Result: noon"),
      std::string::npos);
  std::string altered = thought;
  const std::size_t at = altered.find("gAAAAAB") + 12;
  altered[at] = altered[at] == 'x' ? 'y' : 'x';
  const std::pair<std::string, std::string_view> kBad[] = {
      {head + "," + call + "," + result + "]}", "without its required 'reasoning' item"},
      {head + "," + thought + R"(,{"role":"user","content":"x"}]})", "without its required following item"},
      {head + "," + altered + "," + call + "," + result + "]}", "could not be verified"},
      {head + "," + thought + "," + call + "]}", "No tool output found for function call"},
  };
  for (const auto& [body, message] : kBad) {
    CaseResult out;
    run_case(openai_row(), kPath, body, false, out);
    EXPECT_EQ(out.reply.status, 400) << out.reply.body;
    EXPECT_NE(out.reply.body.find(message), std::string::npos) << out.reply.body;
  }
  // Azure's account cannot open OpenAI's.
  CaseResult elsewhere;
  run_case(azure_row(), "/openai/v1/responses", head + "," + thought + "," + call + "," + result + "]}",
           false, elsewhere);
  EXPECT_NE(elsewhere.reply.body.find("could not be verified"), std::string::npos) << elsewhere.reply.body;
}

TEST(Responses, CountsTokens) {
  CaseResult counted, refused, unknown;
  const std::string_view path = "/v1/responses/input_tokens";
  run_case(openai_row(), path, R"({"model":"gpt-5.6","input":"hello"})", false, counted);
  EXPECT_EQ(counted.reply.body, R"({"object":"response.input_tokens","input_tokens":6})");
  run_case(openai_row(), path, R"({"model":"gpt-5.6","input":"hello","store":true})", false, refused);
  EXPECT_NE(refused.reply.body.find("Unknown parameter: 'store'."), std::string::npos) << refused.reply.body;
  run_case(openai_row(), path, R"({"model":"no-such-model","input":"hello"})", false, unknown);
  EXPECT_NE(unknown.reply.body.find("does not exist"), std::string::npos) << unknown.reply.body;
}

// The events say what the whole answer says, numbered and in order.
TEST(Responses, TheStreamEndsInTheWholeAnswer) {
  for (const std::string_view text :
       {"hello", "use now", "use shell", "[refuse]", "[filter] without tools"}) {
    const auto body = [&](bool stream) {
      return fmt::format(R"({{"model":"gpt-5.6",{},"stream":{},"input":"{}"}})", kTools, stream, text);
    };
    CaseResult streamed;
    run_case(openai_row(), kPath, body(true), false, streamed);
    ASSERT_TRUE(streamed.reply.streaming) << streamed.reply.body;
    std::int64_t number = 0;
    json::Value last;
    for (const std::string& frame : streamed.reply.frames) {
      const std::size_t data = frame.find("data: ");
      const auto event = json::parse(streamed.arena, std::string_view(frame).substr(data + 6));
      ASSERT_TRUE(event) << frame;
      EXPECT_EQ((*event)["sequence_number"].integer(), number++);
      EXPECT_EQ(frame.substr(0, data), fmt::format("event: {}\n", (*event)["type"].text()));
      last = *event;
    }
    const json::Value output = last["response"]["output"];
    EXPECT_GE(output.items().size(), 2U) << text;
    EXPECT_EQ(last["type"].text(),
              text.starts_with("[filter]") ? "response.incomplete" : "response.completed");
    EXPECT_EQ(output.at(0)["type"].text(), "reasoning");
    if (text == "use shell") EXPECT_EQ(output.at(1)["type"].text(), "custom_tool_call");
    if (text == "[refuse]") EXPECT_EQ(output.at(1)["content"].at(0)["type"].text(), "refusal");
  }
}

}  // namespace
}  // namespace dragoman::sandbox::openai
