#include "serve/kept_bytes.h"

#include <gtest/gtest.h>

#include <random>

namespace dragoman::serve {
namespace {

TEST(KeptBytes, AllUpToTheBound) {
  const std::string bytes("data: \x00\xff{}\n\n", 13);
  EXPECT_EQ(kept(bytes, bytes.size()), bytes);
  EXPECT_EQ(kept("", 10), "");
  EXPECT_EQ(kept("something", 0), "");
}

TEST(KeptBytes, BeginningAndEndBeyondIt) {
  std::string long_one;
  for (int i = 0; i < 1000; ++i) long_one += "word ";
  long_one += "the end";
  const std::string text = kept(long_one, 40);
  EXPECT_TRUE(text.starts_with("word word word word \n[")) << text;
  EXPECT_TRUE(text.ends_with("]\n word word the end")) << text;
  EXPECT_NE(text.find("journal.max_answer is 40"), std::string::npos) << text;
}

TEST(KeptBytes, NoHalfKeyAtTheGap) {
  const std::string key = "sk-live-0123456789abcdefghij";
  for (std::size_t at = 0; at < 120; ++at) {
    std::string bytes(200, ' ');
    bytes.replace(at, key.size(), key);
    std::string text = kept(bytes, 100);
    if (const std::size_t whole = text.find(key); whole != std::string::npos) text.erase(whole, key.size());
    EXPECT_EQ(text.find("0123"), std::string::npos) << at << text;
    EXPECT_EQ(text.find("hij\n"), std::string::npos) << at << text;
    EXPECT_EQ(text.find("ghij"), std::string::npos) << at << text;
  }
}

// However the bytes come in.
TEST(KeptBytesProperty, PiecesMakeNoDifference) {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (unsigned i = 0; i < random() % 300; ++i) bytes += "ab \n"[random() % 4];
    const std::size_t limit = random() % 120;
    KeptBytes pieces(limit);
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = 1 + random() % 60;
      pieces.add(std::string_view(bytes).substr(at, size));
      at += size;
    }
    ASSERT_EQ(pieces.text(), kept(bytes, limit));
    ASSERT_LE(pieces.text().size(), limit + 80);
  }
}

}  // namespace
}  // namespace dragoman::serve
