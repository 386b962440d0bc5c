#include "net/chunked.h"

#include <gtest/gtest.h>

namespace dragoman::net {
namespace {

struct Outcome {
  std::string data;
  bool done = false;
  bool failed = false;
  std::size_t consumed = 0;
};

// Decodes in pieces of `piece` bytes.
Outcome decode(std::string_view text, std::size_t piece) {
  ChunkDecoder decoder;
  Outcome out;
  while (!text.empty() && !decoder.done() && !decoder.failed()) {
    std::string bytes(text.substr(0, piece));
    const auto step = decoder.decode(bytes.data(), bytes.size());
    out.data.append(bytes, 0, step.data);
    out.consumed += step.consumed;
    text.remove_prefix(step.consumed);
  }
  out.done = decoder.done();
  out.failed = decoder.failed();
  return out;
}

TEST(Chunked, decodes_at_every_split) {
  struct Row {
    const char* wire;
    const char* data;
    const char* rest;
  };
  const Row rows[] = {
      {"0\r\n\r\n", "", ""},
      {"5\r\nhello\r\n0\r\n\r\n", "hello", ""},
      {"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET", "hello world", "GET"},
      {"00000000000000A\r\n0123456789\r\n0\r\n\r\n", "0123456789", ""},
      {"3;a=b;c=\"d\"\r\nabc\r\n0;x\r\nTrailer: 1\r\nOther: 2\r\n\r\n", "abc", ""},
      {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n", ""},
  };
  for (const Row& row : rows)
    for (std::size_t piece = 1; piece <= std::string_view(row.wire).size(); ++piece) {
      const Outcome out = decode(row.wire, piece);
      EXPECT_TRUE(out.done) << row.wire << " by " << piece;
      EXPECT_EQ(out.data, row.data) << row.wire << " by " << piece;
      EXPECT_EQ(std::string_view(row.wire).substr(out.consumed), row.rest);
    }
}

TEST(Chunked, refuses) {
  const std::string long_extension = "1;" + std::string(20000, 'x') + "\r\na\r\n0\r\n\r\n";
  const std::string_view rows[] = {"\r\n",
                                   "x\r\n",
                                   "-1\r\na",
                                   " 5\r\nhello\r\n",
                                   "5 \r\nhello\r\n",
                                   "5\nhello\r\n0\r\n\r\n",
                                   "5\r\nhellox",
                                   "5\r\nhello\n0",
                                   "0x5\r\n",
                                   "5\rx",
                                   "0\r\n\rx",
                                   "0\r\nA: b\n\r\n",
                                   "0\r\n\n",
                                   "11111111111111111\r\n",
                                   "1;\x01\r\na\r\n",
                                   long_extension};
  for (const std::string_view row : rows) {
    EXPECT_TRUE(decode(row, row.size()).failed) << row.substr(0, 40);
    EXPECT_TRUE(decode(row, 1).failed) << row.substr(0, 40);
  }
}

TEST(Chunked, writes_the_line_before_a_chunk) {
  char buffer[20];
  EXPECT_EQ(chunk_line(0x1f4, buffer), "1f4\r\n");
  EXPECT_EQ(chunk_line(SIZE_MAX, buffer), "ffffffffffffffff\r\n");
}

}  // namespace
}  // namespace dragoman::net
