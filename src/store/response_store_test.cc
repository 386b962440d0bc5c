#include "store/response_store.h"

#include "store/testing.h"

namespace dragoman::store {
namespace {

KeptResponse turn(std::string id, std::string previous, std::string input, std::string output,
                  std::string key = "alice") {
  return {.id = id,
          .key_name = std::move(key),
          .previous = std::move(previous),
          .created_ms = 5,
          .input = std::move(input),
          .output = std::move(output),
          .body = R"({"id":")" + id + R"("})",
          .items = {{"item_" + id, R"({"of":")" + id + R"("})"}}};
}

TEST(ResponseStore, KeepsAConversationAsAChain) {
  const TemporaryDirectory folder;
  {
    auto store = ResponseStore::open({.path = folder.file("r.db")});
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE((*store)->put(turn("a", "", "1", "2"), 10));
    ASSERT_TRUE((*store)->put(turn("b", "a", "3,4", ""), 11));
    ASSERT_TRUE((*store)->put(turn("c", "b", "", "5"), 12));
  }
  auto store = ResponseStore::open({.path = folder.file("r.db")});  // another start finds them again
  ASSERT_TRUE(store);
  EXPECT_EQ((**(*store)->conversation("c", "alice", 20)).items, "1,2,3,4,5");
  EXPECT_EQ((**(*store)->conversation("a", "alice", 20)).items, "1,2");
  EXPECT_EQ((*(*store)->get("b", "alice"))->previous, "a");
  EXPECT_EQ((*(*store)->get("b", "alice"))->body, R"({"id":"b"})");
  EXPECT_EQ(**(*store)->item("item_c", "alice"), R"({"of":"c"})");
}

TEST(ResponseStore, TheGatewaysOwnSecretsStayOut) {
  auto store = ResponseStore::open({.path = ":memory:"});
  ASSERT_TRUE(store) << store.error().message;
  const std::string secrets[] = {"sk-the-gateways-own"};
  (*store)->add_secrets(secrets);
  ASSERT_TRUE((*store)->put(
      turn("a", "", R"({"c":"my key is sk-the-gateways-own"})", R"({"c":"password=theirs"})"), 10));
  EXPECT_EQ((**(*store)->conversation("a", "alice", 20)).items,
            R"({"c":"my key is [redacted]"},{"c":"password=theirs"})")
      << "and nothing else is touched";
}

TEST(ResponseStore, NobodyElseSeesThem) {
  auto store = ResponseStore::open({.path = ":memory:"});
  ASSERT_TRUE(store) << store.error().message;
  ASSERT_TRUE((*store)->put(turn("a", "", "1", "2"), 10));
  EXPECT_FALSE(*(*store)->get("a", "bob"));
  EXPECT_FALSE(*(*store)->conversation("a", "bob", 10));
  EXPECT_FALSE(*(*store)->item("item_a", "bob"));
  EXPECT_FALSE(*(*store)->erase("a", "bob"));
  EXPECT_TRUE(*(*store)->get("a", "alice"));
}

TEST(ResponseStore, WhatIsErasedIsGoneFromEveryChain) {
  auto store = ResponseStore::open({.path = ":memory:"});
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->put(turn("a", "", "1", "2"), 10));
  ASSERT_TRUE((*store)->put(turn("b", "a", "3", "4"), 10));
  EXPECT_TRUE(*(*store)->erase("a", "alice"));
  EXPECT_FALSE(*(*store)->erase("a", "alice"));
  EXPECT_FALSE(*(*store)->conversation("b", "alice", 11));
  EXPECT_FALSE(*(*store)->item("item_a", "alice"));
}

TEST(ResponseStore, OldOnesGoAndUsedOnesStay) {
  auto store = ResponseStore::open({.path = ":memory:", .max_age = std::chrono::seconds(100)});
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->put(turn("old", "", "1", "2"), 0));
  ASSERT_TRUE((*store)->put(turn("used", "", "1", "2"), 0));
  ASSERT_TRUE(*(*store)->conversation("used", "alice", 90'000));
  for (int i = 0; i < 40; ++i)
    ASSERT_TRUE((*store)->put(turn("n" + std::to_string(i), "", "1", "2"), 120'000));
  EXPECT_FALSE(*(*store)->get("old", "alice"));
  EXPECT_FALSE(*(*store)->item("item_old", "alice"));
  EXPECT_TRUE(*(*store)->get("used", "alice"));
}

TEST(ResponseStore, TheFileStaysWithinItsLimit) {
  auto store = ResponseStore::open({.path = ":memory:", .max_bytes = 2 << 20});
  ASSERT_TRUE(store);
  const std::string big(20'000, 'x');
  for (int i = 0; i < 320; ++i) ASSERT_TRUE((*store)->put(turn("n" + std::to_string(i), "", big, "2"), i));
  EXPECT_FALSE(*(*store)->get("n0", "alice"));
  EXPECT_TRUE(*(*store)->get("n319", "alice"));
  int left = 0;
  for (int i = 0; i < 320; ++i) left += (*store)->get("n" + std::to_string(i), "alice")->has_value();
  EXPECT_LT(left, 160);  // 32 of them come between two looks at the size
}

// However many answers it would take: nobody holds more of it in memory than was asked for.
TEST(ResponseStore, NoConversationIsLongerThanAskedFor) {
  auto store = ResponseStore::open({.path = ":memory:"});
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->put(turn("a", "", "1", "2"), 10));
  ASSERT_TRUE((*store)->put(turn("b", "a", "33", "44"), 10));
  EXPECT_EQ((**(*store)->conversation("b", "alice", 11, 9)).items, "1,2,33,44");
  EXPECT_FALSE((**(*store)->conversation("b", "alice", 11, 9)).too_long);
  EXPECT_TRUE((**(*store)->conversation("b", "alice", 11, 8)).too_long);
  EXPECT_EQ((**(*store)->conversation("b", "alice", 11, 8)).items, "");
}

TEST(ResponseStore, ItemsGoWithTheirResponses) {
  auto store = ResponseStore::open({.path = ":memory:", .max_bytes = 1 << 20});
  ASSERT_TRUE(store);
  const std::string big(20'000, 'x');
  for (int i = 0; i < 320; ++i) ASSERT_TRUE((*store)->put(turn("n" + std::to_string(i), "", big, "2"), i));
  for (int i = 0; i < 320; ++i) {
    const std::string id = "n" + std::to_string(i);
    EXPECT_EQ((*store)->get(id, "alice")->has_value(), (*store)->item("item_" + id, "alice")->has_value())
        << id;
  }
}

TEST(ResponseStore, AnotherProgramsFileIsLeftAlone) {
  const TemporaryDirectory folder;
  {
    auto other = Database::open(folder.file("r.db"), Database::Mode::kCreate);
    ASSERT_TRUE(other->run("CREATE TABLE theirs (x)"));
  }
  const auto store = ResponseStore::open({.path = folder.file("r.db")});
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().message.find("another program"), std::string::npos);
}

}  // namespace
}  // namespace dragoman::store
