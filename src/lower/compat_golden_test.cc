// OpenClaw's compat flags over whole requests (tests/golden/compat/).
#include <gtest/gtest.h>

#include <filesystem>

#include "lower/compat_case.h"

namespace dragoman::lower {
namespace {

using namespace testing;

// A flag's value in compat.json, as `compat:` of a config has it.
CompatValue value_of(json::Value value, CompatType type) {
  CompatValue out;
  if (value.is_bool()) out.word = value.boolean() ? "true" : "false";
  if (value.is_string()) out.word = value.text();
  for (const json::Value item : value.items()) out.entries.emplace_back(item.text());
  if (type == CompatType::map)
    for (const json::Member& m : value.members())
      out.entries.push_back(fmt::format("{}={}", m.key, m.value.text()));
  if (type == CompatType::object) out.json = json::dump_compact(value);
  return out;
}

void expect_golden(const std::filesystem::path& path, const std::string& actual) {
  if (std::getenv("DRAGOMAN_UPDATE_GOLDEN")) std::ofstream(path, std::ios::binary) << actual;
  EXPECT_EQ(read_file(path), actual) << path;
}

// tests/golden/compat/<case>/: flags (compat.json) of a host nothing else is known of, the client's request,
// what is sent (out.json) with which headers, and what was changed (edits.txt). DRAGOMAN_UPDATE_GOLDEN=1
// writes them anew.
TEST(Compat, Goldens) {
  int seen = 0;
  for (const auto& folder :
       std::filesystem::directory_iterator(std::string(DRAGOMAN_SOURCE_DIR) + "/tests/golden/compat")) {
    SCOPED_TRACE(folder.path());
    ++seen;
    Arena arena;
    const std::string flags_text = read_file(folder.path() / "compat.json");
    const auto flags = json::parse(arena, flags_text);
    ASSERT_TRUE(flags);
    profile::Provider row = host({});
    for (const auto& flag : catalogue().compat().flags())
      if (const json::Value value = (*flags)[flag.name])
        row.rules.push_back(flag.rule(value_of(value, flag.type)).value());
    EXPECT_EQ(row.rules.size(), flags->members().size()) << "an unknown flag";
    ClientRequest request({folder.path().filename().string(), canon::DialectName::openai_chat,
                           read_file(folder.path() / "in.openai_chat.json")});
    const auto out = request.to(row, "m");
    ASSERT_TRUE(out);
    const auto body = json::parse(arena, out->body);
    ASSERT_TRUE(body);
    expect_golden(folder.path() / "out.json", json::dump_pretty(*body) + "\n");
    std::string said = describe(out->edits);
    for (const auto& [name, value] : out->headers) said += fmt::format("header {}: {}\n", name, value);
    expect_golden(folder.path() / "edits.txt", said);
  }
  EXPECT_GE(seen, 12);
}

}  // namespace
}  // namespace dragoman::lower
