#include "net/sse.h"

#include <gtest/gtest.h>

#include <vector>

namespace dragoman::net {
namespace {

struct Event {
  std::string event, data, id;
  bool operator==(const Event&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Event& e) {
  return out << "{" << e.event << "|" << e.data << "|" << e.id << "}";
}

Event owned(const SseEvent& e) { return {std::string(e.event), std::string(e.data), std::string(e.id)}; }

// Feeds `text` in pieces of `step` bytes, each from memory that is gone afterwards.
std::vector<Event> parse(SseParser& parser, std::string_view text, std::size_t step) {
  std::vector<Event> out;
  while (!text.empty()) {
    const std::string piece(text.substr(0, step));
    text.remove_prefix(piece.size());
    const auto done = parser.feed(piece, [&](const SseEvent& e) { out.push_back(owned(e)); });
    EXPECT_TRUE(done.has_value());
  }
  return out;
}

struct Row {
  const char* why;
  std::string text;
  std::vector<Event> want;
};

// WHATWG HTML 9.2.6, its examples, and the shapes providers send.
const Row kRows[] = {
    {"OpenAI", "data: {\"a\":1}\n\ndata: [DONE]\n\n", {{"", "{\"a\":1}", ""}, {"", "[DONE]", ""}}},
    {"Anthropic", "event: ping\ndata: {\"type\":\"ping\"}\n\n", {{"ping", "{\"type\":\"ping\"}", ""}}},
    {"Gemini, CRLF", "data: {}\r\n\r\ndata: []\r\n\r\n", {{"", "{}", ""}, {"", "[]", ""}}},
    {"CR only", "data: a\rdata: b\r\rdata: c\r\r", {{"", "a\nb", ""}, {"", "c", ""}}},
    {"mixed line ends",
     "data: a\r\ndata: b\ndata: c\r\n\ndata: d\n\r\n",
     {{"", "a\nb\nc", ""}, {"", "d", ""}}},
    {"several data lines", "data: YHOO\ndata: +2\ndata: 10\n\n", {{"", "YHOO\n+2\n10", ""}}},
    {"comments, ids, empty id, no data",
     ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
     {{"", "first event", "1"}, {"", "second event", ""}, {"", " third event", ""}}},
    {"empty data lines", "data\n\ndata\ndata\n\ndata:", {{"", "", ""}, {"", "\n", ""}}},
    {"one space is dropped", "data:test\n\ndata: test\n\n", {{"", "test", ""}, {"", "test", ""}}},
    {"the id stays, the event name does not",
     "id: 7\nevent: x\ndata: a\n\ndata: b\n\n",
     {{"x", "a", "7"}, {"", "b", "7"}}},
    {"an event without data is dropped with its name", "event: x\n\ndata: a\n\n", {{"", "a", ""}}},
    {"the last event name counts", "event: x\nevent: y\ndata: a\n\n", {{"y", "a", ""}}},
    {"unknown fields and case", "Data: no\nfoo: bar\n data: no\ndata: yes\n\n", {{"", "yes", ""}}},
    {"an id with NUL is ignored", std::string("id: a\nid: b\0c\ndata: x\n\n", 23), {{"", "x", "a"}}},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "data: a\n\n\xEF\xBB\xBF"
     "data: b\n\n",
     {{"", "a", ""}}},
    {"a mark alone on the first line", "\xEF\xBB\xBF\ndata: a\n\n", {{"", "a", ""}}},
    {"keep-alive comments", ":\n\n:\n\n: ping\ndata: a\n: ping\ndata: b\n\n", {{"", "a\nb", ""}}},
    {"colons in data", "data: a:b: c\n\n", {{"", "a:b: c", ""}}},
    {"pending at the end is not an event", "data: a\n\ndata: b\n", {{"", "a", ""}}},
    {"nothing", "\n\r\n\r\n\n", {}},
};

TEST(SseParser, AnySplitGivesTheSameEvents) {
  for (const Row& row : kRows) {
    for (std::size_t step = 1; step <= row.text.size(); ++step) {
      SseParser parser;
      EXPECT_EQ(parse(parser, row.text, step), row.want) << row.why << ", step " << step;
    }
    for (std::size_t cut = 0; cut <= row.text.size(); ++cut) {
      SseParser parser;
      const std::string_view text = row.text;
      std::vector<Event> got = parse(parser, text.substr(0, cut), text.size());
      for (Event& e : parse(parser, text.substr(cut), text.size())) got.push_back(std::move(e));
      EXPECT_EQ(got, row.want) << row.why << ", cut at " << cut;
    }
  }
}

TEST(SseParser, AWholeEventIsNotCopied) {
  const std::string bytes = "event: delta\ndata: {\"x\":1}\n\n";
  SseParser parser;
  int events = 0;
  ASSERT_TRUE(parser.feed(bytes, [&](const SseEvent& e) {
    ++events;
    EXPECT_EQ(e.data.data(), bytes.data() + bytes.find('{'));
    EXPECT_EQ(e.event.data(), bytes.data() + 7);
  }));
  EXPECT_EQ(events, 1);
}

TEST(SseParser, PullsOneEventAtATime) {
  std::string_view bytes = "data: a\n\ndata: b\n\ndata";
  SseParser parser;
  SseEvent event;
  ASSERT_EQ(parser.next(bytes, event).value(), true);
  EXPECT_EQ(event.data, "a");
  EXPECT_EQ(bytes, "data: b\n\ndata");
  ASSERT_EQ(parser.next(bytes, event).value(), true);
  EXPECT_EQ(event.data, "b");
  ASSERT_EQ(parser.next(bytes, event).value(), false);
  EXPECT_EQ(bytes, "");
}

TEST(SseParser, FinishGivesWhatIsPending) {
  struct FinishRow {
    const char* text;
    std::optional<Event> want;
  };
  const FinishRow rows[] = {
      {"", std::nullopt},
      {"data: a\n\n", std::nullopt},
      {"data: a\n\n\r\n", std::nullopt},
      {"data: a\n\n: bye", std::nullopt},
      {"data: [DONE]\n", Event{"", "[DONE]", ""}},
      {"data: [DONE]", Event{"", "[DONE]", ""}},
      {"event: e\nid: 3\ndata: {\"cut", Event{"e", "{\"cut", "3"}},
      {"data: a\n\nevent: message_stop\n", Event{"message_stop", "", ""}},
  };
  for (const FinishRow& row : rows) {
    for (const std::size_t step : {1u, 100u}) {
      SseParser parser;
      parse(parser, row.text, step);
      const std::optional<SseEvent> pending = parser.finish();
      ASSERT_EQ(pending.has_value(), row.want.has_value()) << row.text;
      if (pending) {
        EXPECT_EQ(owned(*pending), *row.want);
      }
      EXPECT_FALSE(parser.finish().has_value());
      // As new: no id, no half event, and a byte order mark is taken again.
      EXPECT_EQ(parse(parser,
                      "\xEF\xBB\xBF"
                      "data: n\n\n",
                      step),
                (std::vector<Event>{{"", "n", ""}}));
    }
  }
}

TEST(SseParser, Retry) {
  SseParser parser;
  parse(parser, "retry: x\nretry: -1\n", 3);
  EXPECT_EQ(parser.retry(), std::nullopt);
  parse(parser, "retry: 1500\nretry: 99999999999999999999999\nretry: 2 s\nretry:\n", 3);
  EXPECT_EQ(parser.retry(), 1500u);
}

TEST(SseParser, BoundsAnEvent) {
  struct LimitRow {
    std::string text;
    bool good;
  };
  const LimitRow rows[] = {
      {"data: 0123456789\n\n", true},                   // exactly 16 bytes
      {"data: 0123456789a\n\n", false},                 // 17
      {"data: 0123456789a", false},                     // the same, no end in sight
      {"data: 0\ndata: 1\ndata:\n\n", false},           // 7 + 7 + 5
      {"data: 0\ndata: 1\n\ndata: 2\n\n", true},        // each event counts alone
      {": 0123456789ab\n: 0123456789ab\n: c\n", true},  // comments are forgotten
      {": 0123456789abcdef", false},
  };
  for (const LimitRow& row : rows) {
    for (std::size_t step = 1; step <= row.text.size(); ++step) {
      SseParser parser(16);
      bool good = true;
      for (std::size_t at = 0; at < row.text.size(); at += step) {
        good = parser.feed(std::string_view(row.text).substr(at, step), [](const SseEvent&) {}).has_value();
        if (!good) break;
      }
      EXPECT_EQ(good, row.good) << row.text << " step " << step;
      if (!good) {
        EXPECT_FALSE(parser.feed("\n\n", [](const SseEvent&) { FAIL(); }).has_value());
        EXPECT_FALSE(parser.finish().has_value());
      }
    }
  }
}

TEST(AppendSse, Writes) {
  struct WriteRow {
    std::string_view event, data, want;
  };
  const WriteRow rows[] = {
      {"", "{}", "data: {}\n\n"},
      {"ping", "{}", "event: ping\ndata: {}\n\n"},
      {"", "", "data: \n\n"},
      {"", "a\nb\r\nc\rd", "data: a\ndata: b\ndata: c\ndata: d\n\n"},
      {"", "a\n", "data: a\ndata: \n\n"},
      {"x\ndata: forged", "a", "event: x\ndata: a\n\n"},
  };
  for (const WriteRow& row : rows) {
    std::string out = "before;";
    append_sse(out, row.event, row.data);
    EXPECT_EQ(out, "before;" + std::string(row.want));
  }
}

}  // namespace
}  // namespace dragoman::net
