// The Responses dialect beside its goldens (tests/golden/dialect/openai_responses): errors of parsing, what
// encode() must and must not write, and streams cut anywhere.
#include <filesystem>

#include "dialect/openai_responses/wire.h"
#include "dialect/request_text.h"
#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

using namespace testing;

struct Bad {
  std::string_view body, pointer, message;
};

TEST(ResponsesParse, SaysWhatIsWrongAndWhere) {
  constexpr Bad kRows[] = {
      {R"({"input":"x"})", "/model", "required"},
      {R"({"model":"m"})", "/input", "required"},
      {R"({"model":"m","input":3})", "/input", "expected a string or an array of items"},
      {R"({"model":"m","input":[]})", "/input", "at least one item"},
      {R"({"model":"m","input":[{"role":"tool","content":"x"}]})", "/input/0/role", "\"user\""},
      {R"({"model":"m","input":[{"role":"user"}]})", "/input/0/content", "required"},
      {R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image"}]}]})", "/input/0/content/0",
       "image_url"},
      {R"({"model":"m","input":[{"type":"function_call","name":"f","arguments":"{}"}]})", "/input/0/call_id",
       "required"},
      {R"({"model":"m","input":[{"type":"function_call_output","call_id":"c"}]})", "/input/0/output",
       "required"},
      {R"({"model":"m","input":[{"type":"reasoning","id":"rs_1","summary":"x"}]})", "/input/0/summary",
       "array"},
      {R"({"model":"m","input":[{"type":"item_reference","id":"msg_9"}]})", "/input/0", "msg_9"},
      {R"({"model":"m","input":"x","background":true})", "/background", "stream"},
      {R"({"model":"m","input":"x","conversation":"conv_1"})", "/conversation", "previous_response_id"},
      {R"({"model":"m","input":"x","tools":[{"type":"function"}]})", "/tools/0/name", "required"},
      {R"({"model":"m","input":"x","tool_choice":"any"})", "/tool_choice", "\"auto\""},
      {R"({"model":"m","input":"x","tool_choice":{"type":"function"}})", "/tool_choice/name", "required"},
      {R"({"model":"m","input":"x","text":{"format":{"type":"json_schema","name":"n"}}})",
       "/text/format/schema", "required"},
      {R"({"model":"m","input":"x","max_output_tokens":"9"})", "/max_output_tokens", "number"},
      {R"({"model":"m","input":"x","store":"yes"})", "/store", "boolean"},
  };
  for (const Bad& row : kRows) {
    Arena arena;
    const auto body = json::parse(arena, row.body);
    ASSERT_TRUE(body) << row.body;
    const auto request = kOpenaiResponses.parse(arena, *body);
    ASSERT_FALSE(request) << row.body;
    EXPECT_EQ(request.error().pointer, row.pointer) << row.body;
    EXPECT_NE(request.error().message.find(row.message), std::string::npos)
        << row.body << ": " << request.error().message;
  }
}

std::string encoded(std::string_view body, const Dialect& from = kOpenaiResponses,
                    const WireOptions& options = {.model = "wire"}) {
  Arena arena;
  const auto parsed = json::parse(arena, body);
  if (!parsed) return parsed.error().message;
  const auto request = from.parse(arena, *parsed);
  if (!request) return request.error().message;
  std::string out;
  kOpenaiResponses.encode(*request, options, out);
  return out;
}

// OAIR-07.
TEST(ResponsesEncode, ReasoningHasASummary) {
  const std::string out = encoded(
      R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y",)"
      R"("reasoning_details":[{"type":"reasoning.encrypted","data":"gAAA","format":"openai-responses-v1"}]}]})",
      kOpenaiChat);
  EXPECT_NE(out.find(R"({"type":"reasoning","summary":[],"encrypted_content":"gAAA"})"), std::string::npos)
      << out;
}

// OAIR-18.
TEST(ResponsesEncode, PartsByRole) {
  const std::string out =
      encoded(R"({"model":"m","input":[{"role":"assistant","content":[{"type":"input_text","text":"mine"}]},)"
              R"({"role":"user","content":[{"type":"output_text","text":"yours"}]}]})");
  EXPECT_NE(out.find(R"({"type":"output_text","text":"mine"})"), std::string::npos) << out;
  EXPECT_NE(out.find(R"({"type":"input_text","text":"yours"})"), std::string::npos) << out;
}

// OAIR-06, OAIR-12: stateless, and no ids.
TEST(ResponsesEncode, KeepsNothingThere) {
  const std::string out = encoded(
      R"({"model":"m","store":true,"input":[{"type":"message","id":"msg_1","role":"assistant","content":"a"},)"
      R"({"type":"function_call","id":"fc_1","call_id":"c","name":"f","arguments":"{}"},)"
      R"({"type":"function_call_output","id":"fco_1","call_id":"c","output":"o"}]})",
      kOpenaiResponses, {.model = "wire", .encrypted_reasoning = true});
  EXPECT_EQ(out.find("\"id\""), std::string::npos) << out;
  EXPECT_NE(out.find(R"("store":false,"include":["reasoning.encrypted_content"])"), std::string::npos) << out;
}

// OAIR-21: a host that takes system turns as instructions only.
TEST(ResponsesEncode, SystemTurnsAsInstructions) {
  const std::string out = encoded(
      R"({"model":"m","messages":[{"role":"system","content":"one"},{"role":"developer","content":"two"},)"
      R"({"role":"user","content":"x"},{"role":"system","content":"later"}]})",
      kOpenaiChat, {.model = "wire", .system_role = "instructions"});
  EXPECT_NE(out.find(R"("instructions":"one\n\ntwo")"), std::string::npos) << out;
  EXPECT_EQ(out.find(R"("role":"system")"), std::string::npos) << out;
}

TEST(ResponsesState, TravelsAndComesBack) {
  using openai_responses::tag_state, openai_responses::untag_state;
  const std::string tagged = tag_state({"anthropic", 's', "Eq.QB=="});
  const auto back = untag_state(tagged);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->issuer, "anthropic");
  EXPECT_EQ(back->kind, 's');
  EXPECT_EQ(back->payload, "Eq.QB==");
  EXPECT_FALSE(untag_state("gAAAAABopaque"));
  // Bare thoughts say whose they are; OpenAI's own need no word of ours.
  const std::string bare = openai_responses::encrypted_content("deepseek", 's', "");
  ASSERT_TRUE(untag_state(bare)) << bare;
  EXPECT_EQ(untag_state(bare)->issuer, "deepseek");
  EXPECT_EQ(openai_responses::encrypted_content("openai", 's', ""), "");
  EXPECT_EQ(openai_responses::encrypted_content("", 's', ""), "");
  EXPECT_FALSE(untag_state("dragoman."));
  EXPECT_FALSE(untag_state("dragoman.x.s"));
}

// Whatever streams as pieces is in the end the whole answer, for every stream recorded.
TEST(ResponsesStream, TheWholeAnswerIsWhatTheStreamEndsIn) {
  int streams = 0;
  for (const auto& folder : std::filesystem::directory_iterator(golden_folder() + "openai_responses")) {
    const std::string text = read_file(folder.path() / "stream.txt");
    if (text.empty()) continue;
    const Frames frames(text);
    Arena arena;
    canon::Folder fold(arena);
    const RenderOptions options{.id = "req_given", .model = "m", .created = 1700000000};
    const auto renderer = kOpenaiResponses.renderer(options);
    std::string streamed;
    const canon::EventSink sink = [&](const canon::Event& event) {
      fold.add(event);
      streamed.clear();
      renderer->render(event, streamed);
    };
    const auto decoder = kOpenaiResponses.decoder();
    bool good = true;
    for (const Frame& frame : frames.list) good = good && decoder->push(frame, sink).has_value();
    if (!good || !decoder->finish(sink)) continue;
    ++streams;
    std::string whole;
    kOpenaiResponses.render(fold.take(), options, whole);
    EXPECT_NE(streamed.find("\"response\":" + whole), std::string::npos)
        << folder.path() << streamed << whole;
  }
  EXPECT_GE(streams, 4);
}

// Gemini 3 ends an answer with a signature and no words: whether the message before it was cut off is said by
// the stop behind it.
TEST(ResponsesStream, ASealBehindTheMessage) {
  const canon::Block said{canon::Text{.text = "Hello"}};
  const canon::Block seal{canon::Reasoning{.signature = "c2ln", .issuer = "gemini"}};
  const canon::Block thought{canon::Reasoning{.text = "Hm.", .signature = "c2ln", .issuer = "gemini"}};
  const canon::Block call{canon::ToolCall{.id = "call_1", .name = "f"}};
  const RenderOptions options{.id = "req_given", .model = "m", .created = 1700000000};
  for (const auto& blocks : std::initializer_list<std::vector<canon::Block>>{{said, seal},
                                                                             {said, thought},
                                                                             {said, seal, said},
                                                                             {said, seal, call},
                                                                             {seal, said},
                                                                             {said, seal, seal}})
    for (const auto stop :
         {canon::StopReason::end_turn, canon::StopReason::max_tokens, canon::StopReason::tool_use}) {
      canon::Response response;
      response.id = "r";
      response.choices.push_back({.blocks = blocks, .stop = stop});
      const auto renderer = kOpenaiResponses.renderer(options);
      std::string streamed, whole;
      canon::unfold(response, [&](const canon::Event& event) { renderer->render(event, streamed); });
      kOpenaiResponses.render(response, options, whole);
      EXPECT_NE(streamed.find("\"response\":" + whole), std::string::npos) << streamed << "\n" << whole;
    }
}

// Every value of every kind in an event: refused or read, never more.
TEST(ResponsesStream, OddEventsAreNoTrouble) {
  constexpr std::string_view kOdd[] = {
      "{}",
      "[]",
      "null",
      "3",
      R"({"type":7})",
      R"({"type":"response.output_item.done"})",
      R"({"type":"response.output_item.added","output_index":-5,"item":null})",
      R"({"type":"response.output_text.delta","output_index":99999999999,"delta":"x"})",
      R"({"type":"response.function_call_arguments.delta","output_index":4,"delta":"{"})",
      R"({"type":"response.completed"})",
      R"({"type":"response.completed","response":[]})"};
  for (const std::string_view first : kOdd)
    for (const std::string_view second : kOdd) {
      const auto decoder = kOpenaiResponses.decoder();
      EventContract contract;
      const canon::EventSink sink = [&](const canon::Event& event) {
        EXPECT_EQ(contract.add(event), "") << first << second;
      };
      if (!decoder->push({.data = first}, sink)) continue;
      if (!decoder->push({.data = second}, sink)) continue;
      EXPECT_EQ(decoder->finish(sink), contract.ended()) << first << second;
    }
}

}  // namespace
}  // namespace dragoman::dialect
