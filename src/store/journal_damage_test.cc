// What the journal survives: the death of its process, and a file that is broken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "store/journal.h"
#include "store/testing.h"

namespace dragoman::store {
namespace {

using testing::HasSubstr;
constexpr Retention kAll{std::chrono::seconds(0), 0};

void overwrite(const std::string& path, std::streamoff at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file << bytes;
}

// Child: writes without end, and says on the pipe how many rows flush() has reported.
[[noreturn]] void write_until_killed(const std::string& path, int pipe) {
  auto journal = Journal::open({.path = path, .linger = std::chrono::milliseconds(0), .retention = kAll});
  if (!journal) _exit(1);
  for (int n = 0;;) {
    for (int i = 0; i < 50; ++i) (*journal)->write(full_record(fmt::format("req_{}", n++)));
    if (!(*journal)->flush()) _exit(2);
    if (::write(pipe, &n, sizeof n) != sizeof n) _exit(3);
  }
}

TEST(JournalDamage, KillLosesNoAcknowledgedRow) {
  for (int round = 0; round < 3; ++round) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("j.db");
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_until_killed(path, ends[1]);
    ::close(ends[1]);
    int acknowledged = 0;
    for (int i = 0; i < 10 + 7 * round; ++i)
      ASSERT_EQ(::read(ends[0], &acknowledged, sizeof acknowledged),
                static_cast<ssize_t>(sizeof acknowledged));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    for (int n = 0; ::read(ends[0], &n, sizeof n) == sizeof n;) acknowledged = n;  // said before it died
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));

    // A reader first: `dragoman logs` after a crash, with nobody there to recover the WAL.
    {
      auto reader = JournalReader::open(path);
      ASSERT_TRUE(reader) << reader.error().message;
      for (int n = 0; n < acknowledged; ++n) {
        const auto found = reader->find(fmt::format("req_{}", n));
        ASSERT_TRUE(found && *found) << n << " of " << acknowledged;
        ASSERT_EQ((*found)->attempts.size(), 2u);
      }
    }
    auto again = Journal::open({.path = path, .retention = kAll});
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE((*again)->reader()->find(fmt::format("req_{}", acknowledged - 1))->has_value());
  }
}

TEST(JournalDamage, FileThatIsNoDatabaseIsPutAside) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("j.db"), garbage(5000, 'g');
  std::ofstream(path) << garbage;
  const auto refused = Journal::open({.path = path});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr(path));
  EXPECT_THAT(refused.error().message, HasSubstr("move it away"));
  EXPECT_EQ(contents(path), garbage) << "untouched by the attempt";

  const auto aside = rotate_corrupt(path);
  ASSERT_TRUE(aside) << aside.error().message;
  EXPECT_THAT(*aside, HasSubstr(path + ".corrupt-"));
  EXPECT_EQ(contents(*aside), garbage);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(Journal::open({.path = path}));
}

TEST(JournalDamage, DamageInsideIsFoundAndTheGatewayGoesOn) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("j.db");
  {
    auto journal = Journal::open({.path = path, .retention = kAll});
    for (int i = 0; i < 200; ++i) (*journal)->write(full_record(fmt::format("req_{}", i)));
  }
  overwrite(path, 100, std::string(60, '\xee'));  // the schema's page
  const auto journal = Journal::open_or_rotate({.path = path, .retention = kAll});
  ASSERT_TRUE(journal) << journal.error().message;
  (*journal)->write(full_record("new"));
  EXPECT_TRUE((*journal)->flush());
  EXPECT_EQ(*(*journal)->reader()->last_seq(), 1);
  int aside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
    aside += entry.path().filename().string().find(".corrupt-") != std::string::npos;
  EXPECT_GE(aside, 1);
}

TEST(JournalDamage, WriterThatMeetsDamageCountsAndGoesOn) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("j.db");
  auto journal = Journal::open({.path = path, .retention = kAll});
  ASSERT_TRUE(journal);
  {
    auto other = Database::open(path, Database::Mode::kCreate);
    ASSERT_TRUE(other->run("DROP TABLE attempts"));
  }
  (*journal)->write(full_record());
  const auto flushed = (*journal)->flush();
  ASSERT_FALSE(flushed);
  EXPECT_THAT(flushed.error().message, HasSubstr("no such table"));
  EXPECT_EQ((*journal)->failed(), 1u);
  EXPECT_EQ((*journal)->written(), 0u);
}

TEST(JournalDamage, SoundOrMissingFilesAreNotPutAside) {
  const TemporaryDirectory directory;
  EXPECT_FALSE(rotate_corrupt(directory.file("none.db")));
  const std::string path = directory.file("j.db");
  {
    ASSERT_TRUE(Journal::open({.path = path}));
  }
  const auto refused = rotate_corrupt(path);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("not damaged"));
  EXPECT_TRUE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace dragoman::store
