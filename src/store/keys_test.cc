#include "store/keys.h"

#include <gtest/gtest.h>

#include <set>

namespace dragoman::store {
namespace {

ClientKey key(std::string name, std::string text) { return parse_key(std::move(name), text).value(); }

TEST(HashKey, IsSha256) {
  // FIPS 180-4 example "abc".
  EXPECT_EQ(hash_text(hash_key("abc")),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ParseKey, BothFormsAreTheSameKey) {
  std::string plain = "sk-a-long-enough-key";
  std::string hashed = hash_text(hash_key(plain));
  const char* const buffer = plain.data();
  const auto a = parse_key("a", plain);
  const auto b = parse_key("b", hashed);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->hash, b->hash);
  EXPECT_TRUE(plain.empty());
  EXPECT_EQ(std::string_view(buffer, 3), std::string_view("\0\0\0", 3)) << "plain text left in memory";
}

TEST(ParseKey, UpperCaseHexIsTaken) {
  std::string text = "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
  EXPECT_EQ(parse_key("a", text)->hash, hash_key("abc"));
}

TEST(ParseKey, RefusesWhatCannotBeAKey) {
  for (const char* bad : {"", "  ", "sha256:", "sha256:12", "with space", "tab\there", "new\nline",
                          "sha256:zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}) {
    std::string text = bad;
    const auto result = parse_key("team", text);
    ASSERT_FALSE(result) << bad;
    EXPECT_NE(result.error().message.find("team"), std::string::npos);
    if (std::string_view(bad).size() > 9) EXPECT_EQ(result.error().message.find(bad), std::string::npos);
  }
  std::string text = "a-good-key-of-some-length";
  EXPECT_FALSE(parse_key(" ", text));
}

TEST(KeyRing, FindsTheNameOfEachKey) {
  const auto ring =
      KeyRing::make({key("first", "key-one-1"), key("second", "key-two-2"), key("third", "key-three-3")});
  ASSERT_TRUE(ring);
  EXPECT_EQ(ring->find("key-one-1"), "first");
  EXPECT_EQ(ring->find("key-two-2"), "second");
  EXPECT_EQ(ring->find("key-three-3"), "third");
  for (const char* wrong : {"", "key-one-", "key-one-11", "KEY-ONE-1", "first"})
    EXPECT_FALSE(ring->find(wrong)) << wrong;
  // A leaked hash is no key.
  EXPECT_FALSE(ring->find(hash_text(hash_key("key-one-1"))));
  EXPECT_FALSE(KeyRing().find("anything"));
}

TEST(KeyRing, HashesThatDifferInOneBitAreDifferent) {
  for (std::size_t byte : {0u, 15u, 31u})
    for (int bit : {0, 7}) {
      ClientKey near{"near", hash_key("the-presented-key")};
      near.hash[byte] ^= static_cast<std::uint8_t>(1 << bit);
      EXPECT_FALSE(KeyRing::make({near})->find("the-presented-key"));
    }
}

TEST(KeyRing, OneNameMayHaveTwoKeysButNotTheReverse) {
  const auto rotation = KeyRing::make({key("team", "old-key-1"), key("team", "new-key-2")});
  ASSERT_TRUE(rotation);
  EXPECT_EQ(rotation->find("old-key-1"), "team");
  EXPECT_EQ(rotation->find("new-key-2"), "team");
  EXPECT_FALSE(KeyRing::make({key("a", "same-key-1"), key("b", "same-key-1")}));
}

TEST(GenerateKey, IsLongRandomAndMatchesItsHash) {
  std::set<std::string> seen;
  std::set<char> letters;
  for (int i = 0; i < 200; ++i) {
    const auto fresh = generate_key();
    ASSERT_TRUE(fresh);
    EXPECT_TRUE(fresh->plain.starts_with("dk-"));
    EXPECT_EQ(fresh->plain.size(), 43u);
    EXPECT_EQ(fresh->hashed, hash_text(hash_key(fresh->plain)));
    seen.insert(fresh->plain);
    letters.insert(fresh->plain.begin() + 3, fresh->plain.end());
  }
  EXPECT_EQ(seen.size(), 200u);
  EXPECT_EQ(letters.size(), 62u);
}

}  // namespace
}  // namespace dragoman::store
