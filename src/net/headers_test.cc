#include "net/headers.h"

#include <gtest/gtest.h>

namespace dragoman::net {
namespace {

std::string dump(const Headers& headers) {
  std::string out;
  for (const Header& h : headers) out.append(h.name).append("=").append(h.value).append(";");
  return out;
}

TEST(Headers, keeps_order_and_case_and_repeats) {
  Headers h{{"Accept", "a"}, {"X-One", "1"}, {"accept", "b"}};
  EXPECT_EQ(dump(h), "Accept=a;X-One=1;accept=b;");
  EXPECT_EQ(h.get("ACCEPT"), "a");
  EXPECT_EQ(h.count("accept"), 2u);
  EXPECT_FALSE(h.find("x-two"));
}

TEST(Headers, set_replaces_the_first_and_removes_the_others) {
  Headers h{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  h.set("a", "4");
  EXPECT_EQ(dump(h), "a=4;B=2;");
  h.set("C", "5");
  EXPECT_EQ(dump(h), "a=4;B=2;C=5;");
}

TEST(Headers, takes_views_of_itself) {
  Headers h{{"A", std::string(100, 'x')}};
  for (int i = 0; i < 50; ++i) h.add("B", h.get("A"));
  h.set("C", h.get("B"));
  for (const Header& field : h) EXPECT_EQ(field.value, std::string(100, 'x'));
}

TEST(Headers, copies_are_independent) {
  Headers a{{"A", "1"}};
  Headers b = a;
  b.set("A", "2");
  EXPECT_EQ(a.get("A"), "1");
}

TEST(Headers, tokens_in_lists) {
  EXPECT_TRUE(has_token("keep-alive, Close", "close"));
  EXPECT_FALSE(has_token("closed", "close"));
  EXPECT_FALSE(has_token("", "close"));
}

TEST(Headers, names_and_values_that_may_be_sent) {
  EXPECT_TRUE(is_header_name("x-api-key"));
  for (const char* bad : {"", "a b", "a:", "a\r\n", "\xc3\xa4"}) EXPECT_FALSE(is_header_name(bad)) << bad;
  EXPECT_TRUE(is_header_value("a\tb \xc3\xa4"));
  for (const char* bad : {"a\r\nb: c", "\n", "\x7f"}) EXPECT_FALSE(is_header_value(bad)) << bad;
}

}  // namespace
}  // namespace dragoman::net
