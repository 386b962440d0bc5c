#include "store/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/journal.h"
#include "store/testing.h"

namespace dragoman::store {
namespace {

using testing::HasSubstr;

// A file as the first version made it, with one row. Written out, not taken from schema.cc: this is what lies
// on people's disks and must stay readable whatever becomes of the code.
constexpr const char* kVersionOne = R"(
  PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = 0x4452474d; PRAGMA user_version = 1;
  CREATE TABLE requests (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, started_ms INTEGER NOT NULL, key_name TEXT NOT NULL, dialect TEXT NOT NULL,
    endpoint TEXT NOT NULL, model TEXT NOT NULL, stream INTEGER NOT NULL, status INTEGER NOT NULL,
    served_by TEXT NOT NULL, attempt_count INTEGER NOT NULL, edit_count INTEGER NOT NULL,
    loss_classes TEXT NOT NULL, fallback_reason TEXT NOT NULL, total_ms INTEGER NOT NULL,
    first_token_ms INTEGER, input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER,
    cache_write_tokens INTEGER, reasoning_tokens INTEGER, error TEXT NOT NULL,
    request_body BLOB, response_body BLOB);
  CREATE INDEX requests_id ON requests(id);
  CREATE TABLE attempts (
    request_seq INTEGER NOT NULL REFERENCES requests(seq), number INTEGER NOT NULL,
    target TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, status INTEGER NOT NULL,
    outcome TEXT NOT NULL, error_body BLOB NOT NULL, error_headers TEXT NOT NULL, edits TEXT NOT NULL,
    decision TEXT NOT NULL, started_ms INTEGER NOT NULL, connect_ms INTEGER, first_byte_ms INTEGER,
    total_ms INTEGER NOT NULL, upstream_request_id TEXT NOT NULL, input_tokens INTEGER,
    output_tokens INTEGER, cached_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER);
  CREATE INDEX attempts_request ON attempts(request_seq);
  INSERT INTO requests VALUES (7, 'old', 5, 'k', 'd', '/v1', 'm', 0, 200, 't', 1, 0, '', '', 9, NULL, 1, 2, NULL,
                               NULL, NULL, '', NULL, NULL);
  INSERT INTO attempts VALUES (7, 1, 't', 'p', 'm', 200, 'ok', '', '', '[]', '', 5, 1, 2, 9, 'u', 1, 2, NULL, NULL,
                               NULL);)";

constexpr Retention kAll{std::chrono::seconds(0), 0};

void make(const std::string& path, const char* sql) {
  auto database = Database::open(path, Database::Mode::kCreate);
  ASSERT_TRUE(database);
  const auto done = database->run(sql);
  ASSERT_TRUE(done) << done.error().message;
}

TEST(Schema, EmptyFileBecomesTheNewest) {
  const TemporaryDirectory directory;
  auto database = Database::open(directory.file("j.db"), Database::Mode::kCreate);
  ASSERT_TRUE(database);
  EXPECT_FALSE(check_readable(*database));
  for (int i = 0; i < 2; ++i) {
    const auto done = migrate(*database);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(*database->integer("PRAGMA user_version"), kSchemaVersion);
    EXPECT_EQ(*database->integer("PRAGMA application_id"), kApplicationId);
    EXPECT_EQ(*database->integer("PRAGMA auto_vacuum"), 2);
  }
  EXPECT_TRUE(check_readable(*database));
}

TEST(Schema, VersionOneKeepsItsRows) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("j.db");
  make(path, kVersionOne);
  const auto too_early = JournalReader::open(path);
  ASSERT_FALSE(too_early);
  EXPECT_THAT(too_early.error().message, HasSubstr("older dragoman"));

  auto journal = Journal::open({.path = path, .retention = kAll});
  ASSERT_TRUE(journal) << journal.error().message;
  (*journal)->write(full_record("new"));
  ASSERT_TRUE((*journal)->flush());
  auto reader = (*journal)->reader();
  const auto old = reader->find("old");
  ASSERT_TRUE(old && *old);
  EXPECT_EQ((*old)->seq, 7);
  EXPECT_EQ((*old)->usage.output, 2);
  ASSERT_EQ((*old)->attempts.size(), 1u);
  EXPECT_EQ((*old)->attempts[0].upstream_request_id, "u");
  EXPECT_FALSE((*old)->attempts[0].request_body);
  EXPECT_EQ((*reader->find("new"))->seq, 8);
}

TEST(Schema, NewerAndForeignFilesAreLeftAlone) {
  struct Case {
    const char* sql;
    const char* message;
  };
  for (const Case& c :
       {Case{"PRAGMA application_id = 0x4452474d; PRAGMA user_version = 99; CREATE TABLE t (x)",
             "newer dragoman (schema 99"},
        Case{"CREATE TABLE bookmarks (url)", "another program"},
        Case{"PRAGMA user_version = 1; CREATE TABLE requests (x)", "another program"},
        Case{"PRAGMA application_id = 5", "another program"}}) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("j.db");
    make(path, c.sql);
    const std::string before = contents(path);
    const auto refused = Journal::open({.path = path});
    ASSERT_FALSE(refused) << c.sql;
    EXPECT_THAT(refused.error().message, HasSubstr(c.message));
    EXPECT_FALSE(Journal::open_or_rotate({.path = path})) << "a sound file of somebody else is not put aside";
    EXPECT_EQ(contents(path), before) << c.sql;
  }
}

}  // namespace
}  // namespace dragoman::store
