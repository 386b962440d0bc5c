// The way back: renamed tools, custom tools and structured output in the client's words, whole and streamed.
#include "lower/restore.h"

#include <gtest/gtest.h>

#include "canon/fold.h"
#include "dialect/test_support.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::StopReason;
using canon::Text;
using canon::ToolCall;

struct RestoreCase {
  std::string_view what;
  Restore restore;
  std::string_view name, arguments;       // of the call the model made
  std::string_view want_name, want_text;  // of the call the client sees; "" name: a text block
  bool want_custom = false;
  StopReason want_stop = StopReason::tool_use;
  bool want_aside = false;  // what is said before the call is a thought
};

const RestoreCase kCases[] = {
    {"untouched", {}, "f", R"({"a":1})", "f", R"({"a":1})"},
    {"renamed", {.names = {{"a_b_1", "a.b"}}}, "a_b_1", R"({"a":1})", "a.b", R"({"a":1})"},
    {"another tool", {.names = {{"a_b_1", "a.b"}}}, "a_b", "{}", "a_b", "{}"},
    {"custom", {.custom_tools = {"sh"}}, "sh", R"({"input":"ls\n-l"})", "sh", "ls\n-l", true},
    {"custom renamed",
     {.names = {{"s_h", "s.h"}}, .custom_tools = {"s_h"}},
     "s_h",
     R"({"input":"ls"})",
     "s.h",
     "ls",
     true},
    {"custom, not as asked", {.custom_tools = {"sh"}}, "sh", R"({"cmd":1})", "sh", R"({"cmd":1})", true},
    {"output",
     {.structured_tool = "json_response", .aside_of = "json_response"},
     "json_response",
     R"({"a": 1})",
     "",
     R"({"a": 1})",
     false,
     StopReason::end_turn,
     true},
    {"a real call beside output",
     {.structured_tool = "json_response", .aside_of = "json_response"},
     "f",
     "{}",
     "f",
     "{}"},
    {"a forced call of a model that tells its plan",
     {.aside_of = "*"},
     "f",
     "{}",
     "f",
     "{}",
     false,
     StopReason::tool_use,
     true},
};

canon::Response response_of(Arena& arena, const RestoreCase& row) {
  canon::Response response;
  response.id = "r";
  canon::Choice choice;
  choice.stop = StopReason::tool_use;
  ToolCall call;
  call.id = "call_1";
  call.name = row.name;
  call.arguments_text = row.arguments;
  call.arguments = *json::parse(arena, row.arguments);
  choice.blocks.push_back({.body = Text{"Looking."}});
  choice.blocks.push_back({.body = call});
  response.choices.push_back(choice);
  return response;
}

void expect_restored(const canon::Response& response, const RestoreCase& row) {
  ASSERT_EQ(response.choices.size(), 1U);
  const canon::Choice& choice = response.choices.front();
  ASSERT_EQ(choice.blocks.size(), 2U);
  EXPECT_EQ(choice.stop, row.want_stop);
  if (row.want_aside) {
    const auto* thought = std::get_if<canon::Reasoning>(&choice.blocks[0].body);
    ASSERT_NE(thought, nullptr);
    EXPECT_EQ(thought->text, "Looking.");
  } else {
    const auto* text = std::get_if<Text>(&choice.blocks[0].body);
    ASSERT_NE(text, nullptr);
    EXPECT_EQ(text->text, "Looking.");
  }
  if (row.want_name.empty()) {
    const auto* text = std::get_if<Text>(&choice.blocks[1].body);
    ASSERT_NE(text, nullptr);
    EXPECT_EQ(text->text, row.want_text);
    return;
  }
  const auto* call = std::get_if<ToolCall>(&choice.blocks[1].body);
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->name, row.want_name);
  EXPECT_EQ(call->arguments_text, row.want_text);
  EXPECT_EQ(call->custom, row.want_custom);
}

TEST(Restore, WholeAnswers) {
  for (const RestoreCase& row : kCases) {
    SCOPED_TRACE(row.what);
    Arena arena;
    canon::Response response = response_of(arena, row);
    restore(response, row.restore, arena);
    expect_restored(response, row);
  }
}

// The same answer as a stream, its arguments cut at every place.
TEST(Restore, StreamsCutAnywhere) {
  for (const RestoreCase& row : kCases) {
    for (std::size_t cut = 0; cut <= row.arguments.size(); ++cut) {
      SCOPED_TRACE(fmt::format("{} cut at {}", row.what, cut));
      Arena arena;
      canon::Folder folder(arena);
      dialect::EventContract contract;
      EventRestorer restorer(row.restore);
      const canon::EventSink sink = [&](const canon::Event& event) {
        EXPECT_EQ(contract.add(event), "");
        folder.add(event);
      };
      canon::unfold(response_of(arena, row), [&](const canon::Event& event) {
        if (event.type != canon::EventType::tool_arguments) return restorer(event, sink);
        for (const std::string_view piece : {row.arguments.substr(0, cut), row.arguments.substr(cut)}) {
          canon::Event part = event;
          part.text = piece;
          if (!piece.empty()) restorer(part, sink);
        }
      });
      expect_restored(folder.take(), row);
    }
  }
}

// Whether words are beside the answer or are it is known when the call comes, or does not.
TEST(Restore, WordsBesideTheOutput) {
  const Restore structured{.structured_tool = "json", .aside_of = "json"};
  const auto seen_of = [&](const std::vector<Block>& blocks) {
    canon::Response response;
    response.choices.push_back({.blocks = blocks, .stop = StopReason::end_turn});
    std::string seen;
    EventRestorer restorer(structured);
    dialect::EventContract contract;
    canon::unfold(response, [&](const canon::Event& event) {
      restorer(event, [&](const canon::Event& out) {
        EXPECT_EQ(contract.add(out), "");
        if (out.type == canon::EventType::text)
          seen += fmt::format("{}:{} ", out.block_type == canon::BlockType::reasoning ? "thought" : "text",
                              out.text);
      });
      if (event.type == canon::EventType::block_stop) seen += "| ";
    });
    return seen;
  };
  const Block call{ToolCall{.id = "c", .name = "json", .arguments_text = "{}"}};
  const Block other{ToolCall{.id = "c", .name = "f", .arguments_text = "{}"}};
  const auto said = [](std::string_view text) { return Block{Text{text}}; };
  EXPECT_EQ(seen_of({said("Now."), call}), "| thought:Now. text:{} | ");
  EXPECT_EQ(seen_of({call, said("Done.")}), "text:{} | thought:Done. | ");
  EXPECT_EQ(seen_of({said("No."), said("Never.")}), "| | text:No. text:Never. ");
  EXPECT_EQ(seen_of({said(" {\"a\":1}")}), "text: {\"a\":1} | ") << "JSON does not wait";
  EXPECT_EQ(seen_of({said("```json\n{}```"), said("So.")}), "text:```json\n{}``` | text:So. | ");
  EXPECT_EQ(seen_of({said("First f."), other, said("Then."), call}),
            "| text:First f. | | thought:Then. text:{} | ");
  EXPECT_EQ(seen_of({said("Hm."), Block{canon::Reasoning{.text = "why"}}, call}),
            "| | thought:Hm. thought:why text:{} | ");
}

// MIS-22: an answer that says the prefill again before it goes on, and one that does not, cut at every place.
TEST(Restore, AnswersGoOnFromThePrefill) {
  const Restore prefilled{.prefill = "{\"a\": "};
  for (const auto& [said, want] : {std::pair<std::string_view, std::string_view>{"{\"a\": 1}", "1}"},
                                   {"1}", "1}"},
                                   {"{\"b\": 1}", "{\"b\": 1}"},
                                   {"{\"a", "{\"a"},
                                   {"{\"a\": ", ""}}) {
    for (std::size_t cut = 0; cut <= said.size(); ++cut) {
      SCOPED_TRACE(fmt::format("{} cut at {}", said, cut));
      canon::Response answer;
      canon::Choice choice;
      choice.blocks.push_back({.body = Text{said}});
      answer.choices.push_back(choice);
      Arena arena;
      canon::Folder folder(arena);
      EventRestorer restorer(prefilled);
      const canon::EventSink sink = [&](const canon::Event& event) { folder.add(event); };
      canon::unfold(answer, [&](const canon::Event& event) {
        if (event.type != canon::EventType::text) return restorer(event, sink);
        for (const std::string_view piece : {said.substr(0, cut), said.substr(cut)}) {
          canon::Event part = event;
          part.text = piece;
          if (!piece.empty()) restorer(part, sink);
        }
      });
      const canon::Response streamed = folder.take();
      restore(answer, prefilled, arena);
      for (const canon::Response& response : {answer, streamed})
        EXPECT_EQ(std::get<Text>(response.choices.at(0).blocks.at(0).body).text, want);
    }
  }
}

// A tool whose arguments come as text is passed on as it comes, not held.
TEST(Restore, ForcedOutputIsNotHeld) {
  const Restore structured{.structured_tool = "json_response"};
  EventRestorer restorer(structured);
  std::string seen;
  const canon::EventSink sink = [&](const canon::Event& event) {
    seen += dialect::testing::describe(event) + "\n";
  };
  canon::Event event;
  event.type = canon::EventType::block_start;
  event.block_type = canon::BlockType::tool_call;
  event.id = "call_1";
  event.name = "json_response";
  restorer(event, sink);
  event = {};
  event.type = canon::EventType::tool_arguments;
  event.text = "{\"a";
  restorer(event, sink);
  EXPECT_EQ(seen, "0.0 open text\n0.0 text \"{\\\"a\"\n");
}

// Some streams have no piece of arguments for an object without members.
TEST(Restore, ForcedOutputWithoutAPiece) {
  const Restore forced{.structured_tool = "out", .aside_of = "out"};
  EventRestorer restorer(forced);
  std::string seen;
  const canon::EventSink sink = [&](const canon::Event& event) {
    seen += dialect::testing::describe(event) + "\n";
  };
  canon::Event event{.type = canon::EventType::block_start, .block_type = canon::BlockType::tool_call};
  event.name = "out";
  restorer(event, sink);
  event.type = canon::EventType::block_stop;
  event.name = {};
  restorer(event, sink);
  EXPECT_EQ(seen.substr(0, seen.rfind("0.0")), "0.0 open text\n0.0 text \"{}\"\n");
}

}  // namespace
}  // namespace dragoman::lower
