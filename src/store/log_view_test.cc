#include "store/log_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "store/journal.h"
#include "store/testing.h"

namespace dragoman::store {
namespace {

using testing::HasSubstr;
using testing::Not;
constexpr Retention kAll{std::chrono::seconds(0), 0};
const LogStyle kPlain{.utc = true};

TEST(LogView, OneLineARequestAndOneAnAttempt) {
  RequestRecord r = full_record();
  r.attempts[0].error_body =
      R"({"error":{"message":"The security token\nincluded is \"expired\"","code":1}})";
  EXPECT_EQ(
      LogView(kPlain).format(std::vector{r}),
      "2026-09-21 14:13:20.123  req_1  200  gpt-4o → azure/gpt-4o-mini  61234 ms  120(100 cached)+56(11 "
      "reasoning) tok  first token 60200 ms  key team-a  3 edits (widened,semantic)  fallback: timeout of "
      "bedrock/gpt-oss  error: late error\n"
      "    1. bedrock/gpt-oss    ---  timeout  60000 ms  -                                     next: timeout "
      " "
      "The security token included is \"expired\"\n"
      "    2. azure/gpt-4o-mini  200  ok        1200 ms  120(100 cached)+56(11 reasoning) tok  next: "
      "timeout  1 violation: pattern search /city (reported)\n");
}

TEST(LogView, ColumnsStayAlignedFromCallToCall) {
  RequestRecord a, b;
  a.id = "short";
  a.model = "a-model-with-a-long-name";
  a.total_ms = 12345;
  b.id = "a-longer-id";
  b.model = "m";
  b.status = 404;
  LogView view(kPlain);
  const std::string first = view.format(std::vector{b, a});
  const std::string second = view.format(std::vector{b});
  const auto lines = split(first, '\n');
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].find(" ms"), lines[1].find(" ms"));
  EXPECT_EQ(second, std::string(lines[0]) + "\n");
  EXPECT_EQ(view.format({}), "");
}

TEST(LogView, ColoursOnlyWhenAsked) {
  const std::vector rows{full_record()};
  EXPECT_THAT(LogView({.color = true, .utc = true}).format(rows), HasSubstr("\x1b[32m200\x1b[0m"));
  EXPECT_THAT(LogView(kPlain).format(rows), Not(HasSubstr("\x1b")));
}

TEST(LogView, NothingInARecordSteersTheTerminal) {
  const std::string evil =
      "a\x1b[2J\r\nb\x7f\xc2\x9b\xff\xe2\x80\xae"
      "c";
  RequestRecord r = full_record();
  for_each_text(r, [&](std::string& text) { text = evil; });
  const std::string out = LogView(kPlain).format(std::vector{r});
  EXPECT_EQ(std::ranges::count(out, '\n'), 3);
  for (const char* bad : {"\x1b", "\r", "\x7f", "\xc2\x9b", "\xff", "\xe2\x80\xae"})
    EXPECT_THAT(out, Not(HasSubstr(bad)));
  EXPECT_TRUE(is_utf8(out));
}

TEST(ErrorWords, FindsTheMessage) {
  struct Case {
    const char* body;
    const char* words;
  };
  for (const Case& c : {
           Case{R"({"error":{"message":"Bad  thing","type":"x"}})", "Bad thing"},
           Case{R"([{"error":{"code":400,"message":"Invalid JSON payload"}}])",
                "Invalid JSON payload"},                                               // Gemini
           Case{R"({"Message":"User is not authorized"})", "User is not authorized"},  // AWS
           Case{R"({"message":"","detail":"Not Found"})", "Not Found"},
           Case{R"({"error":"model 'x' not found"})", "model 'x' not found"},  // Ollama
           Case{R"({"message":null,"code":7})", R"({"message":null,"code":7})"},
           Case{R"({"message":"\u0041\u00e9\u4"})", "A??"},
           Case{"<html><head><title>502 Bad Gateway</title></head></html>", "502 Bad Gateway"},
           Case{"plain\n text", "plain text"},
           Case{"", ""},
           Case{R"({"message":"cut of)", "cut of"},
       })
    EXPECT_EQ(error_words(c.body, 100), c.words) << c.body;
  EXPECT_EQ(error_words("äöüäöü", 4), "äöü…");
  EXPECT_EQ(error_words("äöüä", 4), "äöüä");
}

TEST(LogFollower, GivesTheLastRowsThenEachNewOneOnce) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("j.db");
  EXPECT_FALSE(LogFollower::open(path, {})) << "no file yet";
  auto journal = std::move(*Journal::open({.path = path, .retention = kAll}));
  const auto add = [&](const std::string& id, const std::string& key) {
    RequestRecord r;
    r.id = id;
    r.key_name = key;
    journal->write(std::move(r));
    ASSERT_TRUE(journal->flush());
  };
  for (const char* id : {"a", "b", "c"}) add(id, "k");
  auto follower = LogFollower::open(path, {.limit = 2, .key = "k"});
  ASSERT_TRUE(follower) << follower.error().message;
  const auto poll = [&] {
    std::string ids;
    const auto rows = follower->poll();
    EXPECT_TRUE(rows) << rows.error().message;
    for (const auto& row : *rows) ids += row.id;
    return ids;
  };
  EXPECT_EQ(poll(), "bc");
  EXPECT_EQ(poll(), "");
  for (const char* id : {"d", "e", "f"}) add(id, "k");
  add("x", "other");
  EXPECT_EQ(poll(), "def");
  add("g", "k");
  EXPECT_EQ(poll(), "g");

  // The gateway stopped, and began a new file under the same name.
  journal.reset();
  std::filesystem::rename(path, path + ".old");
  EXPECT_EQ(poll(), "");
  journal = std::move(*Journal::open({.path = path, .retention = kAll}));
  add("h", "k");
  EXPECT_EQ(poll(), "h");
}

}  // namespace
}  // namespace dragoman::store
