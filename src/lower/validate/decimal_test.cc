#include "lower/validate/decimal.h"

#include <gtest/gtest.h>

namespace dragoman::validate {
namespace {

TEST(Decimal, HasOneFormForOneValue) {
  const struct {
    const char *a, *b;
    bool same;
  } cases[] = {
      {"1", "1.0", true},        {"1", "10e-1", true},
      {"0", "-0", true},         {"0", "0.000e99", true},
      {"100", "1E+2", true},     {"0.5", "5e-1", true},
      {"1", "-1", false},        {"9007199254740993", "9007199254740992", false},
      {"1e400", "1e401", false}, {"0.1", "0.10000000000000000001", false},
      {"12e1", "120.000", true},
  };
  for (const auto& [a, b, same] : cases)
    EXPECT_EQ(Decimal::parse(a) == Decimal::parse(b), same) << a << " " << b;
}

TEST(Decimal, OrdersByValue) {
  const char* ascending[] = {"-1e400", "-100", "-99.5", "-1e-400", "0",    "1e-400", "0.099",
                             "0.1",    "0.11", "1",     "9",       "10",   "10.5",   "11",
                             "1e2",    "101",  "1e308", "1e309",   "2e309"};
  for (std::size_t i = 0; i < std::size(ascending); ++i)
    for (std::size_t j = 0; j < std::size(ascending); ++j)
      EXPECT_EQ(Decimal::parse(ascending[i]) <=> Decimal::parse(ascending[j]), i <=> j)
          << ascending[i] << " " << ascending[j];
}

TEST(Decimal, KnowsWholeNumbers) {
  for (const char* text : {"0", "1.0", "1e2", "1.5e1", "1e400", "-3"})
    EXPECT_TRUE(Decimal::parse(text).whole()) << text;
  for (const char* text : {"0.5", "1e-1", "-1.25e1", "1e-400"})
    EXPECT_FALSE(Decimal::parse(text).whole()) << text;
}

TEST(Decimal, ClampsCounts) {
  EXPECT_EQ(Decimal::parse("2.0").clamped(), 2U);
  EXPECT_EQ(Decimal::parse("1.2e3").clamped(), 1200U);
  EXPECT_EQ(Decimal::parse("-4").clamped(), 0U);
  EXPECT_EQ(Decimal::parse("9999999999999999999").clamped(), 9999999999999999999U);
  EXPECT_EQ(Decimal::parse("1e20").clamped(), UINT64_MAX);
  EXPECT_EQ(Decimal::parse("1e999999999999999999999").clamped(), UINT64_MAX);
}

TEST(Decimal, DividesExactly) {
  const struct {
    const char *value, *divisor;
    bool multiple;
  } cases[] = {
      {"0", "7", true},
      {"10", "5", true},
      {"7", "2", false},
      {"0.3", "0.1", true},        // 0.30000000000000004 in binary
      {"19.99", "0.01", true},     // 1998.9999999999998
      {"0.0075", "0.0001", true},  // the suite's own
      {"0.00751", "0.0001", false},
      {"1e308", "0.5", true},
      {"1e308", "0.123456789", false},
      {"1e308", "7", false},
      {"1e999999999", "1024", true},
      {"-9", "3", true},
      {"5", "50", false},
      {"1", "1e400", false},
      {"123456789012345678901234567890", "12345678901234567890123456789", true},
      {"123456789012345678901234567891", "12345678901234567890123456789", false},
      {"1e60", "1048576000000000000000000001", false},
      {"1e60", "1152921504606846976", true},  // 2^60
  };
  for (const auto& [value, divisor, multiple] : cases)
    EXPECT_EQ(is_multiple(Decimal::parse(value), Decimal::parse(divisor)), multiple)
        << value << " " << divisor;
}

}  // namespace
}  // namespace dragoman::validate
