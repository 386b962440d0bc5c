#include "canon/issued.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace dragoman::canon {
namespace {

Event start(BlockType type, int block, std::string_view id = {}, std::string_view name = {},
            std::string_view signature = {}) {
  Event e{.type = EventType::block_start, .block = block, .block_type = type};
  e.id = id;
  e.name = name;
  e.signature = signature;
  return e;
}
Event piece(EventType type, BlockType block, std::string_view text) {
  Event e{.type = type, .block_type = block};
  e.text = text;
  return e;
}
Event stop(BlockType type) { return {.type = EventType::block_stop, .block_type = type}; }

std::vector<Event> claude_turn() {
  Event redacted = start(BlockType::redacted_reasoning, 1);
  redacted.text = "sealed";
  redacted.issuer = "anthropic";
  Event signature = piece(EventType::signature, BlockType::reasoning, "sig==");
  signature.issuer = "anthropic";
  return {start(BlockType::reasoning, 0),
          piece(EventType::text, BlockType::reasoning, "Let me "),
          piece(EventType::text, BlockType::reasoning, "see \xF0\x9F\x99\x82"),
          signature,
          stop(BlockType::reasoning),
          redacted,
          stop(BlockType::redacted_reasoning),
          start(BlockType::text, 2),
          piece(EventType::text, BlockType::text, "Looking. "),
          stop(BlockType::text),
          start(BlockType::tool_call, 3, "toolu_01ABCDEFGH23", "read"),
          piece(EventType::tool_arguments, BlockType::tool_call, R"({"b":1.0,)"),
          piece(EventType::tool_arguments, BlockType::tool_call, R"("a":"x"})"),
          stop(BlockType::tool_call)};
}

TEST(Issued, ComesBackFromItsText) {
  IssuedCollector collector;
  for (const Event& event : claude_turn()) collector.add(event);
  const auto turns = collector.take();
  ASSERT_EQ(turns.size(), 1u);
  IssuedTurn kept = turns[0].issued;
  kept.issuer = "anthropic";
  kept.route = "bedrock";
  kept.account = "a1";
  kept.model = "claude";
  std::string text;
  write(text, kept);
  Arena arena;
  const auto read = read_issued(arena, text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->issuer, "anthropic");
  EXPECT_EQ(read->route, "bedrock");
  EXPECT_EQ(read->account, "a1");
  ASSERT_EQ(read->pieces.size(), 4u);
  EXPECT_EQ(read->pieces[0].reasoning.text, "Let me see \xF0\x9F\x99\x82");
  EXPECT_EQ(read->pieces[0].reasoning.signature, "sig==");
  EXPECT_EQ(read->pieces[0].reasoning.issuer, "anthropic");
  EXPECT_EQ(read->pieces[1].reasoning.redacted, "sealed");
  EXPECT_EQ(read->pieces[2].size, 9u);
  EXPECT_EQ(read->pieces[3].kind, IssuedPiece::Kind::call);
  std::string again;
  write(again, *read);
  EXPECT_EQ(again, text);
  for (const std::string_view broken : {"", "{}", R"({"v":2})", "[1]", "{\"v\":1"})
    EXPECT_FALSE(read_issued(arena, broken) && !broken.starts_with("{\"v\":1,")) << broken;
}

TEST(Issued, NothingIsKeptWhereNothingCanBeLost) {
  IssuedCollector collector;
  collector.add(start(BlockType::text, 0));
  collector.add(piece(EventType::text, BlockType::text, "Hi"));
  collector.add(stop(BlockType::text));
  EXPECT_TRUE(collector.take().empty());
}

TEST(Issued, ALongAnswerIsLetGo) {
  IssuedCollector collector(100);
  const std::string text(101, 'x');
  collector.add(start(BlockType::reasoning, 0));
  collector.add(piece(EventType::text, BlockType::reasoning, text));
  collector.add(stop(BlockType::reasoning));
  collector.add(start(BlockType::text, 1));
  collector.add(piece(EventType::text, BlockType::text, "Hi"));
  EXPECT_TRUE(collector.take().empty());
}

struct Same {
  std::string_view why;
  TurnFace (*a)();
  TurnFace (*b)();
  bool same;
};

TurnFace face(std::string_view text, std::string_view id = {}, std::string_view arguments = {},
              std::string_view name = "read") {
  TurnFace f;
  f.add_text(text);
  if (!id.empty()) f.add_call(id, name, arguments);
  return f;
}

TEST(Issued, AddressesOfTurns) {
  const Same rows[] = {
      {"white space at the ends is the client's to trim", [] { return face("a b \n"); },
       [] { return face(" a b"); }, true},
      {"other words are another turn", [] { return face("a"); }, [] { return face("b"); }, false},
      {"a provider's own id says it all: clients fill arguments in and drop texts",
       [] { return face("Looking.", "toolu_01ABCDEFGH23", "{}"); },
       [] { return face("", "toolu_01ABCDEFGH23", R"({"x":1})"); }, true},
      {"another call", [] { return face("", "toolu_01ABCDEFGH23", "{}"); },
       [] { return face("", "toolu_01ABCDEFGH24", "{}"); }, false},
      {"counted ids need the arguments, however they are written",
       [] { return face("", "functions.read:0", R"({"b":1.0,"a":"\u00e9"})"); },
       [] { return face("", "functions.read:0", "{\"a\": \"\xC3\xA9\", \"b\": 1}"); }, true},
      {"counted ids with other arguments", [] { return face("", "functions.read:0", R"({"a":1})"); },
       [] { return face("", "functions.read:0", R"({"a":2})"); }, false},
      {"no arguments are none", [] { return face("", "call_1", ""); },
       [] { return face("", "call_1", "{}"); }, true},
  };
  for (const Same& row : rows)
    EXPECT_EQ(row.a().material("before") == row.b().material("before"), row.same) << row.why;
  EXPECT_NE(face("OK").material("one question"), face("OK").material("another"))
      << "a short answer is many turns";
  EXPECT_TRUE(face(" ").empty());
}

}  // namespace
}  // namespace dragoman::canon
