#include "store/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "store/testing.h"

namespace dragoman::store {
namespace {

using testing::HasSubstr;

std::unique_ptr<Journal> open_or_fail(JournalOptions options) {
  auto journal = Journal::open(std::move(options));
  EXPECT_TRUE(journal) << journal.error().message;
  return journal ? std::move(*journal) : nullptr;
}

RequestRecord small(const std::string& id) {
  RequestRecord r;
  r.id = id;
  r.started_ms = 1'790'000'000'000;
  return r;
}

// Keeps rows whatever their age: the records of these tests have a fixed date.
constexpr Retention kAll{std::chrono::seconds(0), 0};

class JournalAt : public testing::TestWithParam<bool> {
 protected:
  std::string path() { return GetParam() ? directory_.file("journal.db") : ":memory:"; }
  TemporaryDirectory directory_;
};
INSTANTIATE_TEST_SUITE_P(FileAndMemory, JournalAt, testing::Bool());

TEST_P(JournalAt, GivesBackWhatWasWritten) {
  auto journal = open_or_fail({.path = path(), .retention = kAll});
  journal->write(full_record());
  ASSERT_TRUE(journal->flush());
  auto reader = journal->reader();
  ASSERT_TRUE(reader) << reader.error().message;
  const auto found = reader->find("req_1");
  ASSERT_TRUE(found && *found);
  RequestRecord expected = full_record();
  expected.seq = 1;
  EXPECT_EQ(**found, expected);
  EXPECT_FALSE(reader->find("req_2")->has_value());
  EXPECT_EQ(journal->written(), 1u);
  EXPECT_EQ(journal->dropped(), 0u);
}

TEST_P(JournalAt, ReadersWorkWhileItIsWritten) {
  auto journal = open_or_fail({.path = path(), .linger = std::chrono::milliseconds(0), .retention = kAll});
  constexpr int kWriters = 3, kEach = 400;
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      auto reader = journal->reader();
      ASSERT_TRUE(reader) << reader.error().message;
      std::int64_t seen = 0;
      bool last_round = false;
      while (!last_round) {
        last_round = done.load();
        const auto rows = reader->next({.limit = 100000, .since_id = seen});
        ASSERT_TRUE(rows) << rows.error().message;
        for (const RequestRecord& row : *rows) {
          ASSERT_EQ(row.seq, seen + 1) << "a gap";
          ASSERT_EQ(row.attempts.size(), 2u) << "a request without its attempts";
          seen = row.seq;
        }
      }
      EXPECT_EQ(seen, kWriters * kEach);
    });
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w)
    writers.emplace_back([&, w] {
      for (int i = 0; i < kEach; ++i) journal->write(full_record(fmt::format("req_{}_{}", w, i)));
    });
  for (auto& thread : writers) thread.join();
  EXPECT_TRUE(journal->flush());
  done = true;
  for (auto& thread : readers) thread.join();
  EXPECT_EQ(journal->written(), static_cast<std::uint64_t>(kWriters * kEach));
}

TEST(Journal, IsWrittenOutWhenItGoes) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("j.db");
  open_or_fail({.path = path, .retention = kAll})->write(small("last"));
  EXPECT_TRUE(JournalReader::open(path)->find("last")->has_value());
}

TEST(Journal, DropsTheOldestWhenTheQueueIsFull) {
  auto journal = open_or_fail({.path = ":memory:", .queue_records = 8, .retention = kAll});
  journal->pause(true);
  ASSERT_FALSE(journal->flush(std::chrono::milliseconds(1))) << "a paused writer writes nothing";
  std::vector<int> lost;
  for (int i = 0; i < 20; ++i)
    journal->write(small(fmt::format("r{}", i)), [&lost, i](bool committed) {
      if (!committed) lost.push_back(i);
    });
  EXPECT_EQ(journal->dropped(), 12u);
  EXPECT_THAT(lost, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  journal->pause(false);
  ASSERT_TRUE(journal->flush());
  EXPECT_EQ(journal->written(), 8u);
  const auto rows = journal->reader()->recent({});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 8u);
  EXPECT_EQ(rows->front().id, "r12");
  EXPECT_EQ(rows->back().id, "r19");
}

TEST(Journal, DropsTheOldestWhenBodiesFillTheMemory) {
  auto journal = open_or_fail({.path = ":memory:", .queue_bytes = 100'000, .retention = kAll});
  journal->pause(true);
  ASSERT_FALSE(journal->flush(std::chrono::milliseconds(1)));
  for (int i = 0; i < 5; ++i) {
    RequestRecord r = small(fmt::format("r{}", i));
    r.request_body = std::string(40'000, 'x');
    journal->write(std::move(r));
  }
  EXPECT_EQ(journal->dropped(), 3u);
  RequestRecord huge = small("huge");  // larger than all that may wait: it waits alone
  huge.request_body = std::string(200'000, 'x');
  journal->write(std::move(huge));
  EXPECT_EQ(journal->dropped(), 5u);
  journal->pause(false);
  ASSERT_TRUE(journal->flush());
  EXPECT_EQ(journal->written(), 1u);
}

TEST(Journal, AcknowledgesAfterTheCommit) {
  const TemporaryDirectory directory;
  auto journal = open_or_fail({.path = directory.file("j.db"), .retention = kAll});
  std::atomic<int> there{-1};
  auto reader = journal->reader();
  journal->write(small("a"), [&](bool committed) { there = committed && reader->find("a")->has_value(); });
  ASSERT_TRUE(journal->flush());
  EXPECT_EQ(there.load(), 1);
}

TEST(Journal, OneRowThatCannotBeWrittenDoesNotCostTheOthers) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("j.db");
  auto journal = open_or_fail({.path = path, .retention = kAll});
  {
    auto other = Database::open(path, Database::Mode::kCreate);
    ASSERT_TRUE(
        other->run("CREATE TRIGGER no BEFORE INSERT ON requests WHEN NEW.id = 'bad' "
                   "BEGIN SELECT RAISE(ABORT, 'refused by a test'); END"));
  }
  journal->pause(true);
  for (const char* id : {"good1", "bad", "good2"}) journal->write(small(id));
  journal->pause(false);
  const auto flushed = journal->flush();
  if (!flushed) EXPECT_THAT(flushed.error().message, HasSubstr("refused by a test"));
  EXPECT_EQ(journal->written(), 2u);
  EXPECT_EQ(journal->failed(), 1u);
  EXPECT_TRUE(journal->reader()->find("good2")->has_value());
}

TEST(Journal, FilterRows) {
  auto journal = open_or_fail({.path = ":memory:", .retention = kAll});
  const auto add = [&](const char* id, const char* key, const char* model, const char* target, int status) {
    RequestRecord r = small(id);
    r.key_name = key;
    r.model = model;
    r.status = status;
    r.attempts.push_back(
        {.target = target, .model = "up-[x]", .outcome = status == 200 ? "ok" : "overloaded"});
    journal->write(std::move(r));
  };
  add("a", "alice", "gpt-4o", "openai/gpt-4o", 200);
  add("b", "bob", "gpt-4o", "azure/gpt-4o", 503);
  add("c", "alice", "claude", "anthropic/claude", 404);
  add("d", "alice", "claude", "bedrock/claude", 200);
  ASSERT_TRUE(journal->flush());
  struct Case {
    LogFilter filter;
    std::string ids;
  };
  const std::vector<Case> cases = {
      {{}, "abcd"},
      {{.limit = 2}, "cd"},
      {{.limit = 0}, ""},
      {{.since_id = 2}, "cd"},
      {{.key = "alice"}, "acd"},
      {{.key = "alice' OR '1'='1"}, ""},
      {{.model = "gpt-*"}, "ab"},
      {{.model = "up-[x]"}, "abcd"},
      {{.target = "azure/*"}, "b"},
      {{.target = "?edrock/claude"}, "d"},
      {{.outcome = "overloaded"}, "bc"},
      {{.status_class = 5}, "b"},
      {{.status = 200}, "ad"},
      {{.key = "alice", .status_class = 2}, "ad"},
      {{.started_from_ms = 1'790'000'000'001}, ""},
  };
  auto reader = journal->reader();
  for (const Case& c : cases) {
    const auto rows = reader->recent(c.filter);
    ASSERT_TRUE(rows) << rows.error().message;
    std::string ids;
    for (const auto& row : *rows) ids += row.id;
    EXPECT_EQ(ids, c.ids);
  }
  EXPECT_EQ(reader->next({.limit = 2})->front().id, "a");
}

TEST(Journal, ListsLeaveBodiesOutAndCutErrors) {
  auto journal = open_or_fail({.path = ":memory:", .retention = kAll});
  RequestRecord r = full_record();
  r.attempts[0].error_body.assign(100'000, 'e');
  journal->write(std::move(r));
  ASSERT_TRUE(journal->flush());
  auto reader = journal->reader();
  const auto rows = reader->recent({});
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_FALSE(rows->front().request_body || rows->front().attempts[0].request_body);
  EXPECT_EQ(rows->front().attempts[0].error_body.size(), static_cast<std::size_t>(kListedErrorBytes));
  EXPECT_EQ((*reader->find("req_1"))->attempts[0].error_body.size(), 100'000u);
}

// A secret planted in every text of a record is in no byte of the file, known or only shaped like one.
TEST(Journal, SecretsReachNoByteOfTheFile) {
  const std::string known = "very/secret+config=value", shaped = "sk-proj-0123456789abcdefXYZ";
  const TemporaryDirectory directory;
  auto journal = open_or_fail({.path = directory.file("j.db"), .retention = kAll});
  journal->add_secrets(std::vector{known});
  journal->add_secrets(std::vector<std::string>{"another-one"});  // a reload does not forget the first
  RequestRecord r = full_record();
  int planted = 0;
  for_each_text(r, [&](std::string& text) { text = fmt::format("{}<{}|{}>", ++planted, known, shaped); });
  EXPECT_EQ(planted, 11 + (10 + 1) + (10 + 2)) << "members that hold text";
  journal->write(std::move(r));
  ASSERT_TRUE(journal->flush());
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
    all += contents(entry.path());
  EXPECT_THAT(all, HasSubstr("<[redacted]|[redacted]>")) << "the texts are there";
  EXPECT_EQ(all.find("very/secret"), std::string::npos);
  EXPECT_EQ(all.find("0123456789abcdef"), std::string::npos);
}

TEST(Journal, FileIsForItsOwnerOnly) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("j.db");
  auto journal = open_or_fail({.path = path, .retention = kAll});
  journal->write(small("a"));
  ASSERT_TRUE(journal->flush());
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat info{};
    ASSERT_EQ(::stat((path + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
  }
}

TEST(Journal, OpenErrorsNameFileAndRemedy) {
  const TemporaryDirectory directory;
  const auto missing = Journal::open({.path = directory.file("no/such/dir/j.db")});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("no/such/dir/j.db"));
  EXPECT_THAT(missing.error().message, HasSubstr("check that the directory exists"));
  EXPECT_FALSE(Journal::open({.path = ""}));
  const auto none = JournalReader::open(directory.file("none.db"));
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("none.db: no such journal"));
  EXPECT_FALSE(std::filesystem::exists(directory.file("none.db"))) << "a reader makes no file";
}

}  // namespace
}  // namespace dragoman::store
