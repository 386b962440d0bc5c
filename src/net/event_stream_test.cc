#include "net/event_stream.h"

#include <gtest/gtest.h>

#include <fstream>

namespace dragoman::net {
namespace {

struct Vector {
  std::string name, payload, bytes;
  std::vector<std::pair<std::string, std::string>> headers;
};

std::string from_hex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  }
  return out;
}

std::vector<Vector> load_vectors() {
  std::ifstream file(DRAGOMAN_SOURCE_DIR "/tests/vectors/event_stream/messages.txt");
  std::vector<Vector> out;
  for (std::string line; std::getline(file, line);) {
    const auto rest = [&](std::string_view word) -> std::string {
      return line.starts_with(word) ? line.substr(word.size()) : "";
    };
    if (line.starts_with("=== ")) {
      out.emplace_back().name = rest("=== ");
    } else if (line.starts_with("header ")) {
      const std::string pair = rest("header ");
      const std::size_t at = pair.find(' ');
      out.back().headers.emplace_back(pair.substr(0, at), pair.substr(at + 1));
    } else if (line.starts_with("payload ")) {
      out.back().payload = rest("payload ");
    } else if (line.starts_with("hex ")) {
      out.back().bytes = from_hex(rest("hex "));
    }
  }
  return out;
}

void expect_equal(const EventStreamMessage& got, const Vector& want) {
  EXPECT_EQ(got.payload, want.payload) << want.name;
  ASSERT_EQ(got.headers.size(), want.headers.size()) << want.name;
  for (std::size_t i = 0; i < want.headers.size(); ++i) {
    EXPECT_EQ(got.headers[i].name, want.headers[i].first);
    EXPECT_EQ(got.headers[i].type, HeaderType::kString);
    EXPECT_EQ(got.text(want.headers[i].first), want.headers[i].second);
  }
}

// Every message in pieces of `step` bytes, each from memory that is gone afterwards.
Result<int> count(std::string_view bytes, std::size_t step) {
  EventStreamDecoder decoder;
  int messages = 0;
  while (!bytes.empty()) {
    const std::string piece(bytes.substr(0, step));
    bytes.remove_prefix(piece.size());
    const auto fed = decoder.feed(piece, [&](const EventStreamMessage&) { ++messages; });
    if (!fed) return std::unexpected(fed.error());
  }
  if (decoder.partial()) return fail("cut");
  return messages;
}

TEST(EventStream, VectorsWholeAndByteByByte) {
  const std::vector<Vector> vectors = load_vectors();
  ASSERT_EQ(vectors.size(), 11u);
  std::string all;
  for (const Vector& v : vectors) all += v.bytes;
  for (std::size_t step = 1; step <= all.size(); ++step) {
    EventStreamDecoder decoder;
    std::size_t at = 0;
    for (std::size_t from = 0; from < all.size(); from += step) {
      const std::string piece = all.substr(from, step);
      ASSERT_TRUE(decoder.feed(piece, [&](const EventStreamMessage& m) {
        ASSERT_LT(at, vectors.size());
        expect_equal(m, vectors[at++]);
      }));
    }
    EXPECT_EQ(at, vectors.size()) << "step " << step;
    EXPECT_FALSE(decoder.partial());
  }
}

TEST(EventStream, VectorsEncodeToTheSameBytes) {
  for (const Vector& v : load_vectors()) {
    std::vector<EventStreamHeader> headers;
    for (const auto& [name, value] : v.headers) headers.push_back(EventStreamHeader::text(name, value));
    std::string out = "before";
    ASSERT_TRUE(append_event_stream(out, headers, v.payload));
    EXPECT_EQ(out, "before" + v.bytes) << v.name;
  }
}

TEST(EventStream, EveryCorruptByteIsAnError) {
  for (const Vector& v : load_vectors()) {
    for (std::size_t i = 0; i < v.bytes.size(); ++i) {
      for (const unsigned flip : {0x01u, 0x80u, 0xffu}) {
        std::string bytes = v.bytes;
        bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ flip);
        EXPECT_FALSE(count(bytes, bytes.size()).has_value()) << v.name << " byte " << i;
        EXPECT_FALSE(count(bytes, 1).has_value()) << v.name << " byte " << i;
      }
    }
  }
}

TEST(EventStream, ACutStreamIsPartial) {
  const Vector v = load_vectors().back();
  EXPECT_EQ(count(v.bytes + v.bytes, 7).value(), 2);
  for (std::size_t size = 1; size < v.bytes.size(); ++size) {
    EXPECT_EQ(count(v.bytes.substr(0, size), 5).error().message, "cut");
    EXPECT_EQ(count(v.bytes + v.bytes.substr(0, size), 1000).error().message, "cut");
  }
}

TEST(EventStream, AWholeMessageIsNotCopied) {
  const Vector v = load_vectors().back();
  EventStreamDecoder decoder;
  ASSERT_TRUE(decoder.feed(v.bytes, [&](const EventStreamMessage& m) {
    EXPECT_EQ(m.payload.data(), v.bytes.data() + v.bytes.size() - 4 - m.payload.size());
  }));
}

TEST(EventStream, AllHeaderTypes) {
  const std::string uuid = "0123456789abcdef";
  const EventStreamHeader headers[] = {
      {"t", HeaderType::kTrue},
      {"f", HeaderType::kFalse},
      {"i8", HeaderType::kInt8, -128},
      {"i16", HeaderType::kInt16, -32768},
      {"i32", HeaderType::kInt32, 2147483647},
      {"i64", HeaderType::kInt64, std::numeric_limits<std::int64_t>::min()},
      {"b", HeaderType::kBytes, 0, std::string_view("\0\xff", 2)},
      {"s", HeaderType::kString, 0, "h\xc3\xa9"},
      {"ts", HeaderType::kTimestamp, 1440938160000},
      {"u", HeaderType::kUuid, 0, uuid},
      {"empty", HeaderType::kString, 0, ""},
  };
  std::string bytes;
  ASSERT_TRUE(append_event_stream(bytes, headers, "p"));
  for (const std::size_t step : {std::size_t{1}, bytes.size()}) {
    EventStreamDecoder decoder;
    int messages = 0;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      const auto fed =
          decoder.feed(std::string_view(bytes).substr(at, step), [&](const EventStreamMessage& m) {
            ++messages;
            ASSERT_EQ(m.headers.size(), std::size(headers));
            for (std::size_t i = 0; i < std::size(headers); ++i) {
              EXPECT_EQ(m.headers[i].name, headers[i].name);
              EXPECT_EQ(m.headers[i].type, headers[i].type) << headers[i].name;
              EXPECT_EQ(m.headers[i].number, headers[i].number) << headers[i].name;
              EXPECT_EQ(m.headers[i].bytes, headers[i].bytes) << headers[i].name;
            }
            EXPECT_EQ(m.text("s"), "h\xc3\xa9");
            EXPECT_EQ(m.text("b"), "");  // not a string
            EXPECT_EQ(m.text("none"), "");
          });
      ASSERT_TRUE(fed) << fed.error().message;
    }
    EXPECT_EQ(messages, 1);
  }
}

// Checksums right, contents wrong: made with the zlib.crc32 of Python, so that they are not of our own
// making.
TEST(EventStream, BadMessages) {
  struct Row {
    const char* hex;
    const char* message;
  };
  const Row rows[] = {
      {"00000011000000014fa551cd00bf78b4da", "event stream: a header without a name"},
      {"0000001300000003db6b6381056162bbcbd794", "event stream: a header's name is cut short"},
      {"0000001200000002910c7aa70161586f5691", "event stream: a header's name is cut short"},
      {"0000001300000003db6b638101ff00f0bcd8a8", "event stream: a header's name is not UTF-8"},
      {"0000001300000003db6b638101610affab9622", "event stream: header 'a' has the unknown type 10"},
      {"0000001400000004f72f2a3201610700ca8c1f30", "event stream: header 'a' is cut short"},
      {"000000160000000663e1187e0161070002787393cbed", "event stream: header 'a' is cut short"},
      {"000000160000000663e1187e0161040000000dceff8f", "event stream: header 'a' is cut short"},
      {"000000160000000663e1187e0161070001ff2b628ead", "event stream: header 'a' is not UTF-8"},
      {"0000001500000005bd48331401610680000ebc3407",
       "event stream: header 'a' has 32768 bytes, at most 32767 are allowed"},
      {"000000160000000663e1187e016100016101888f689f", "event stream: header 'a' is given twice"},
      {"0000000f00000000e77248b845ab32b2",
       "event stream: a message of 15 bytes cannot hold 0 bytes of headers"},
      {"000000140000000580281aa4f888662b",
       "event stream: a message of 20 bytes cannot hold 5 bytes of headers"},
      {"0002001100020001dbbe948a1428d9a7",
       "event stream: 131073 bytes of headers, at most 131072 are allowed"},
      {"01800011000000007c1e8b377bb19c7c",
       "event stream: a payload of 25165825 bytes, at most 25165824 are allowed"},
      {"ffffffff00000000ffffffff2144df1c",
       "event stream: a payload of 4294967279 bytes, at most 25165824 are allowed"},
  };
  for (const Row& row : rows) {
    const Result<int> got = count(from_hex(row.hex), 3);
    ASSERT_FALSE(got.has_value()) << row.message;
    EXPECT_EQ(got.error().message, row.message);
  }
}

TEST(EventStream, AnErrorStays) {
  EventStreamDecoder decoder;
  const auto ignore = [](const EventStreamMessage&) { FAIL(); };
  ASSERT_FALSE(decoder.feed("HTTP/1.1 502 Bad Gateway", ignore));
  EXPECT_EQ(decoder.feed(load_vectors()[0].bytes, ignore).error().message,
            "event stream: the prelude's checksum does not match");
  EXPECT_TRUE(decoder.partial());
}

TEST(EventStream, TheEncoderRefuses) {
  const std::string long_name(256, 'n');
  const std::string long_value(32768, 'v');
  struct Row {
    std::vector<EventStreamHeader> headers;
    const char* message;
  };
  const Row rows[] = {
      {{EventStreamHeader::text("", "v")}, "event stream: a header name of 0 bytes, 1 to 255 are allowed"},
      {{EventStreamHeader::text(long_name, "v")},
       "event stream: a header name of 256 bytes, 1 to 255 are allowed"},
      {{EventStreamHeader::text("n", long_value)},
       "event stream: header 'n' has 32768 bytes, at most 32767 are allowed"},
      {{EventStreamHeader::text("n", "1"), EventStreamHeader::text("n", "2")},
       "event stream: header 'n' is given twice"},
      {{{"u", HeaderType::kUuid, 0, "short"}}, "event stream: the uuid 'u' has 5 bytes instead of 16"},
      {{{"i", HeaderType::kInt8, 128}}, "event stream: 128 does not fit in header 'i' of 1 bytes"},
      {{{"i", static_cast<HeaderType>(10)}}, "event stream: header 'i' has no type"},
  };
  for (const Row& row : rows) {
    std::string out = "as before";
    const Result<void> got = append_event_stream(out, row.headers, "");
    ASSERT_FALSE(got.has_value()) << row.message;
    EXPECT_EQ(got.error().message, row.message);
    EXPECT_EQ(out, "as before");
  }
  std::string out;
  EXPECT_FALSE(append_event_stream(out, {}, std::string(kMaxEventStreamPayload + 1, 'p')));
  EXPECT_TRUE(append_event_stream(out, {}, std::string(kMaxEventStreamPayload, 'p')));
  EXPECT_EQ(count(out, 100'000).value(), 1);
}

}  // namespace
}  // namespace dragoman::net
