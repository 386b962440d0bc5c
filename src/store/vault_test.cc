#include "store/vault.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include "store/testing.h"
#include "store/vault_file.h"

namespace dragoman::store {
namespace {

using std::chrono::hours;

const std::string kKey = "0123456789abcdef0123456789abcdef";

std::unique_ptr<Vault> open(VaultOptions options) {
  auto vault = Vault::open(std::move(options));
  if (!vault) throw std::runtime_error(vault.error().message);
  return *std::move(vault);
}

// As an exchange does: what is on disk is loaded first.
std::optional<std::string> get(Vault& vault, const VaultAddress& address) {
  std::string value;
  Vault::Found found = vault.find(address, value);
  if (found == Vault::Found::on_disk) {
    std::promise<void> loaded;
    vault.load({address}, [&] { loaded.set_value(); });
    loaded.get_future().get();
    found = vault.find(address, value);
  }
  if (found != Vault::Found::here) return std::nullopt;
  return value;
}

std::string file_bytes(const std::string& path) {
  std::string all;
  for (const char* suffix : {"", "-wal"}) {
    std::ifstream in(path + suffix, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    all += text.str();
  }
  return all;
}

TEST(Vault, WhatWasPutIsThereAtOnceAndAfterARestart) {
  const TemporaryDirectory folder;
  const std::string path = folder.file("vault.db");
  VaultAddress address;
  {
    const auto vault = open({.path = path, .key = kKey});
    address = vault->address("alice", "turn 1");
    EXPECT_FALSE(get(*vault, address));
    vault->put(address, "state");
    std::string value;
    EXPECT_EQ(vault->find(address, value), Vault::Found::here);
    EXPECT_EQ(value, "state");
    vault->put(address, "newer state");
    ASSERT_TRUE(vault->flush());
  }
  const auto vault = open({.path = path, .key = kKey});
  EXPECT_EQ(vault->size(), 1u);
  std::string value;
  EXPECT_EQ(vault->find(address, value), Vault::Found::on_disk);
  EXPECT_EQ(get(*vault, address), "newer state");
}

TEST(Vault, TheFileTellsNothing) {
  const TemporaryDirectory folder;
  const std::string path = folder.file("vault.db");
  const std::string words = "nobody but the key's holder reads this";
  {
    const auto vault = open({.path = path});
    vault->put(vault->address("alice", words), words);
    vault->put(vault->address("alice", "other"), words);
    ASSERT_TRUE(vault->flush());
  }
  const std::string bytes = file_bytes(path);
  EXPECT_EQ(bytes.find("nobody but"), std::string::npos);
  EXPECT_EQ(bytes.find("alice"), std::string::npos);
  struct stat about{};
  for (const std::string& name : {path, path + ".key"}) {
    ASSERT_EQ(stat(name.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600u) << name;
  }
}

TEST(Vault, EachScopeHasItsOwn) {
  const auto vault = open({.path = ":memory:"});
  vault->put(vault->address("alice", "turn"), "hers");
  EXPECT_FALSE(get(*vault, vault->address("bob", "turn")));
  EXPECT_EQ(get(*vault, vault->address("alice", "turn")), "hers");
  EXPECT_NE(vault->address("ab", "c"), vault->address("a", "bc"));
}

TEST(Vault, AnotherKeyFindsNothingAndBreaksNothing) {
  const TemporaryDirectory folder;
  const std::string path = folder.file("vault.db");
  {
    const auto vault = open({.path = path, .key = kKey});
    vault->put(vault->address("", "turn"), "state");
    ASSERT_TRUE(vault->flush());
  }
  const auto other = open({.path = path, .key = "another key of thirty-two letters."});
  EXPECT_FALSE(get(*other, other->address("", "turn")));
  EXPECT_EQ(other->size(), 1u);
}

TEST(Vault, AnAlteredRowIsNoRow) {
  const TemporaryDirectory folder;
  const std::string path = folder.file("vault.db");
  VaultAddress one, two;
  {
    const auto vault = open({.path = path, .key = kKey});
    one = vault->address("", "one");
    two = vault->address("", "two");
    vault->put(one, "state one");
    vault->put(two, "state two");
    ASSERT_TRUE(vault->flush());
  }
  {  // the rows change places
    auto database = Database::open(path, Database::Mode::kCreate);
    ASSERT_TRUE(database);
    ASSERT_TRUE(
        database->run("CREATE TEMP TABLE t AS SELECT address, value FROM sealed; UPDATE sealed SET value = "
                      "(SELECT value FROM t "
                      "WHERE t.address <> sealed.address)"));
  }
  const auto vault = open({.path = path, .key = kKey});
  EXPECT_FALSE(get(*vault, one));
  EXPECT_FALSE(get(*vault, two));
  EXPECT_EQ(vault->unreadable(), 2u);
}

TEST(Vault, OldRowsGo) {
  const auto vault = open({.path = ":memory:", .max_age = hours(24)});
  const VaultAddress old = vault->address("", "old");
  vault->put(old, "state");
  ASSERT_TRUE(vault->flush());
  vault->advance_clock(hours(23));
  ASSERT_TRUE(vault->flush());
  EXPECT_TRUE(get(*vault, old));
  const VaultAddress fresh = vault->address("", "fresh");
  vault->put(fresh, "state");
  ASSERT_TRUE(vault->flush());
  vault->advance_clock(hours(2));
  ASSERT_TRUE(vault->flush());
  EXPECT_FALSE(get(*vault, old));
  EXPECT_TRUE(get(*vault, fresh));
}

TEST(Vault, TheOldestGoWhenItIsFull) {
  const TemporaryDirectory folder;
  const auto vault = open({.path = folder.file("vault.db"), .key = kKey, .max_bytes = 256 << 10});
  const std::string value(2000, 'x');
  for (int i = 0; i < 400; ++i) vault->put(vault->address("", std::to_string(i)), value);
  ASSERT_TRUE(vault->flush());
  for (int i = 0; i < 20 && vault->size() > 130; ++i) {
    vault->advance_clock(std::chrono::seconds(1));
    ASSERT_TRUE(vault->flush());
  }
  EXPECT_LT(vault->size(), 130u);
  EXPECT_GT(vault->size(), 50u);
}

TEST(Vault, MemoryIsBoundedAndTheRestComesFromDisk) {
  const TemporaryDirectory folder;
  const auto vault = open({.path = folder.file("vault.db"), .key = kKey, .cache_bytes = 10'000});
  for (int i = 0; i < 50; ++i)
    vault->put(vault->address("", std::to_string(i)), std::to_string(i) + std::string(1000, 'x'));
  ASSERT_TRUE(vault->flush());
  std::string value;
  EXPECT_EQ(vault->find(vault->address("", "0"), value), Vault::Found::on_disk);
  EXPECT_EQ(vault->find(vault->address("", "49"), value), Vault::Found::here);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(get(*vault, vault->address("", std::to_string(i))), std::to_string(i) + std::string(1000, 'x'));
}

TEST(Vault, SaysWhatIsWrong) {
  const TemporaryDirectory folder;
  const auto problem = [](VaultOptions options) {
    const auto vault = Vault::open(std::move(options));
    return vault ? std::string("opened") : vault.error().message;
  };
  EXPECT_NE(problem({.path = ""}).find("no path"), std::string::npos);
  EXPECT_NE(problem({.path = folder.file("v.db"), .key = "short"}).find("openssl rand"), std::string::npos);
  EXPECT_NE(problem({.path = folder.file("missing/v.db")}).find("vault.path"), std::string::npos);
  const std::string path = folder.file("other.db");
  {
    auto other = Database::open(path, Database::Mode::kCreate);
    ASSERT_TRUE(other && other->run("CREATE TABLE mine (x)"));
  }
  EXPECT_NE(problem({.path = path, .key = kKey}).find("another program"), std::string::npos);
  const std::string key = folder.file("w.db.key");
  std::ofstream(key) << kKey;
  ::chmod(key.c_str(), 0644);
  EXPECT_NE(problem({.path = folder.file("w.db")}).find("chmod 600"), std::string::npos);
}

TEST(Vault, ADamagedFileIsPutAside) {
  const TemporaryDirectory folder;
  const std::string path = folder.file("vault.db");
  std::ofstream(path) << std::string(8192, '#');
  const auto vault = open({.path = path, .key = kKey});
  vault->put(vault->address("", "turn"), "state");
  EXPECT_TRUE(vault->flush());
  int aside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    aside += entry.path().string().contains(".corrupt-");
  EXPECT_EQ(aside, 1);
}

}  // namespace
}  // namespace dragoman::store
