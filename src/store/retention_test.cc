#include "store/retention.h"

#include <gtest/gtest.h>

#include "store/journal.h"
#include "store/journal_writer.h"
#include "store/testing.h"

namespace dragoman::store {
namespace {

constexpr std::int64_t kNow = 1'790'000'000'000;

class RetentionTest : public testing::Test {
 protected:
  // `count` requests, each a minute later than the one before, the last at kNow.
  void fill(int count, std::size_t body) {
    auto writer = JournalWriter::open(path_);
    ASSERT_TRUE(writer) << writer.error().message;
    ASSERT_TRUE(writer->begin());
    for (int i = 0; i < count; ++i) {
      RequestRecord r = full_record(fmt::format("r{}", i));
      r.started_ms = kNow - std::int64_t{60'000} * (count - 1 - i);
      r.request_body = std::string(body, 'b');
      ASSERT_TRUE(writer->insert(r));
    }
    ASSERT_TRUE(writer->commit());
  }
  std::int64_t rows(const char* table) {
    return *database().integer(fmt::format("SELECT count(*) FROM {}", table));
  }
  Database& database() {
    if (!database_) database_ = std::move(*Database::open(path_, Database::Mode::kCreate));
    return *database_;
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("j.db");
  std::optional<Database> database_;
};

TEST_F(RetentionTest, OldRowsGoWithTheirAttempts) {
  fill(1200, 10);
  const auto gone = apply_retention(database(), {std::chrono::minutes(100), 0}, kNow);
  ASSERT_TRUE(gone) << gone.error().message;
  EXPECT_EQ(*gone, 1200 - 101);
  EXPECT_EQ(rows("requests"), 101);
  EXPECT_EQ(rows("attempts"), 202);
  EXPECT_EQ(*database().integer("SELECT min(started_ms) FROM requests"), kNow - 100 * 60'000);
  EXPECT_EQ(*apply_retention(database(), {std::chrono::minutes(100), 0}, kNow), 0);
}

TEST_F(RetentionTest, SizeIsHeldByDroppingTheOldest) {
  fill(400, 20'000);
  constexpr std::int64_t kLimit = 2'000'000;
  const auto gone = apply_retention(database(), {std::chrono::seconds(0), kLimit}, kNow);
  ASSERT_TRUE(gone) << gone.error().message;
  ASSERT_TRUE(database().run("PRAGMA wal_checkpoint(TRUNCATE)"));
  EXPECT_LE(std::filesystem::file_size(path_), static_cast<std::uintmax_t>(kLimit)) << "space is given back";
  EXPECT_GT(rows("requests"), 50) << "no more than needed";
  EXPECT_EQ(*database().integer("SELECT max(seq) FROM requests"), 400);
  EXPECT_EQ(rows("requests") * 2, rows("attempts"));
}

TEST_F(RetentionTest, ZeroMeansNoLimitAndChunksAreBounded) {
  fill(1200, 10);
  EXPECT_EQ(*apply_retention(database(), {std::chrono::seconds(0), 0}, kNow), 0);
  EXPECT_EQ(*apply_retention(database(), {std::chrono::seconds(1), 0}, kNow, 1), 500);
}

TEST_F(RetentionTest, TheJournalAppliesItByItself) {
  fill(10, 10);  // long past for the clock of the test
  auto journal = Journal::open({.path = path_, .retention = {std::chrono::hours(1), 0}});
  ASSERT_TRUE(journal);
  // The first round comes after the queue was looked at, so before the second flush is done at the latest.
  ASSERT_TRUE((*journal)->flush());
  ASSERT_TRUE((*journal)->flush());
  EXPECT_EQ(rows("requests"), 0);
  RequestRecord next = full_record("next");
  (*journal)->write(std::move(next));
  ASSERT_TRUE((*journal)->flush());
  EXPECT_EQ((*(*journal)->reader()->find("next"))->seq, 11) << "numbers are not given twice";
}

}  // namespace
}  // namespace dragoman::store
