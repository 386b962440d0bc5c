#include "lower/html_entities.h"

#include <gtest/gtest.h>

#include "base/arena.h"
#include "json/parse.h"

namespace dragoman::lower {
namespace {

struct Case {
  std::string_view in, out;
};

// xAI's answers: entities in string values, and whole argument lists escaped.
constexpr Case kCases[] = {
    {R"({"cmd":"a &amp;&amp; b"})", R"({"cmd":"a && b"})"},
    {R"({"a":"&lt;p&gt; it&#39;s &#x27;x&#x27;"})", R"({"a":"<p> it's 'x'"})"},
    {R"({"a":"say &quot;hi&quot;"})", R"({"a":"say \"hi\""})"},
    {R"({"a":"&#92;n &#10; &#233; &#128512;"})", R"({"a":"\\n \u000a é 😀"})"},
    {R"({&quot;a&quot;:&quot;x &amp; &lt;y&gt;&quot;})", R"({"a":"x & <y>"})"},
    {R"({&quot;a&quot;:&quot;say \&quot;hi\&quot;&quot;,&quot;b&quot;:1})", R"({"a":"say \"hi\"","b":1})"},
    {R"({"a":"&amp;lt; stays once decoded"})", R"({"a":"&lt; stays once decoded"})"},
    {R"({"a":"R&D, a&b;, &nosuch; &#xD800; &#0; &; &"})",
     R"({"a":"R&D, a&b;, &nosuch; &#xD800; &#0; &; &"})"},
    {R"({"url":"?a=1&b=2&amp;c=3"})", R"({"url":"?a=1&b=2&c=3"})"},
    {R"({"a":"&&amp;"})", R"({"a":"&&"})"},
    {R"({"a":"\"&amp;"})", R"({"a":"\"&"})"},
    {"{}", "{}"},
    {"", ""},
    {"&am", "&am"},
};

TEST(HtmlArguments, Cases) {
  for (const Case& c : kCases) {
    EXPECT_EQ(html_arguments(c.in), c.out) << c.in;
    if (!c.out.starts_with('{')) continue;
    Arena arena;
    EXPECT_TRUE(json::parse(arena, c.out)) << c.out;
  }
}

TEST(HtmlArguments, AnySplitGivesTheSame) {
  for (const Case& c : kCases) {
    for (std::size_t at = 0; at <= c.in.size(); ++at) {
      HtmlArguments decoder;
      std::string out;
      decoder.feed(c.in.substr(0, at), out);
      decoder.feed(c.in.substr(at), out);
      decoder.finish(out);
      EXPECT_EQ(out, c.out) << c.in << " cut at " << at;
    }
  }
}

}  // namespace
}  // namespace dragoman::lower
