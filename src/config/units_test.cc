#include "config/units.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

namespace dragoman::config {
namespace {

TEST(Units, Durations) {
  struct Row {
    std::string_view text;
    std::optional<std::int64_t> ms;
  };
  const Row rows[] = {{"500ms", 500},      {"30s", 30'000},     {"2m", 120'000}, {"1h30m", 5'400'000},
                      {"0.5s", 500},       {"7d", 604'800'000}, {"0", 0},        {" 1s ", 1000},
                      {"1m500ms", 60'500}, {"30", {}},          {"", {}},        {"s", {}},
                      {"-1s", {}},         {"1 s", {}},         {"1x", {}},      {"1e9d", {}},
                      {"99999999d", {}},   {"1..5s", {}}};
  for (const Row& row : rows) {
    const auto got = parse_duration(row.text);
    ASSERT_EQ(got.has_value(), row.ms.has_value()) << row.text;
    if (got) {
      EXPECT_EQ(got->count(), *row.ms) << row.text;
    }
  }
}

TEST(Units, Sizes) {
  struct Row {
    std::string_view text;
    std::optional<std::uint64_t> bytes;
  };
  const Row rows[] = {{"512", 512},         {"512B", 512},     {"64KiB", 65536}, {"32MiB", 33554432},
                      {"1GiB", 1073741824}, {"1 MB", 1000000}, {"1.5kib", 1536}, {"", {}},
                      {"MiB", {}},          {"-1", {}},        {"1TiB", {}},     {"99999999999GiB", {}}};
  for (const Row& row : rows) EXPECT_EQ(parse_size(row.text), row.bytes) << row.text;
}

}  // namespace
}  // namespace dragoman::config
