#include "lower/validate/uri.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace dragoman::validate {
namespace {

TEST(Uri, ResolvesReferences) {
  const struct {
    const char *base, *reference, *whole;
  } cases[] = {
      // RFC 3986, section 5.4.
      {"http://a/b/c/d;p?q", "g:h", "g:h"},
      {"http://a/b/c/d;p?q", "g", "http://a/b/c/g"},
      {"http://a/b/c/d;p?q", "./g/", "http://a/b/c/g/"},
      {"http://a/b/c/d;p?q", "/g", "http://a/g"},
      {"http://a/b/c/d;p?q", "//g", "http://g"},
      {"http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"},
      {"http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q#s"},
      {"http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"},
      {"http://a/b/c/d;p?q", "../../../g", "http://a/g"},
      {"http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y"},
      {"http://a", "g", "http://a/g"},
      // Bases of schemas.
      {"", "#/$defs/a", "#/$defs/a"},
      {"", "item.json", "item.json"},
      {"tree.json", "#node", "tree.json#node"},
      {"urn:example:root", "#node", "urn:example:root#node"},
  };
  for (const auto& [base, reference, whole] : cases)
    EXPECT_EQ(resolve_uri(base, reference), whole) << base << " + " << reference;
}

TEST(Uri, DecodesPercents) { EXPECT_EQ(percent_decoded("/a%25b%22%zz%4"), "/a%b\"%zz%4"); }

}  // namespace
}  // namespace dragoman::validate
