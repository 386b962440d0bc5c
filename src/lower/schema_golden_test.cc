// Every folder of tests/golden/schema: in.json, what each target named there receives (out.<column>.json),
// and what was changed on the way (edits.txt). With DRAGOMAN_GOLDEN=write the files are written anew, to be
// read in the diff.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "json/parse.h"
#include "lower/schema_check.h"

namespace dragoman::lower {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::set<fs::path> entries(const fs::path& folder) {
  std::set<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder)) out.insert(entry.path());
  return out;
}

const fs::path kFolder = fs::path(DRAGOMAN_SOURCE_DIR) / "tests/golden/schema";

bool writing() {
  const char* mode = std::getenv("DRAGOMAN_GOLDEN");
  return mode && std::string_view(mode) == "write";
}

void expect(const fs::path& path, const std::string& text) {
  if (writing())
    std::ofstream(path) << text;
  else
    EXPECT_EQ(read(path), text) << path;
}

std::string line(const Edit& e) {
  const auto or_else = [](std::string_view text, std::string_view other) {
    return text.empty() ? other : text;
  };
  return fmt::format("{}  {}  {}: {}  ->  {}  ({})\n", e.rule, or_else(e.pointer, "/"), e.keyword,
                     or_else(e.before, "nothing"), or_else(e.after, "nothing"), name(e.loss));
}

TEST(SchemaGolden, Cases) {
  const auto cases = entries(kFolder);
  ASSERT_GE(cases.size(), 60U);
  for (const fs::path& folder : cases) {
    Arena arena;
    const auto schema = json::parse(arena, read(folder / "in.json"));
    ASSERT_TRUE(schema) << folder;
    std::string edits;
    for (const fs::path& file : entries(folder)) {
      const std::string stem = file.filename();
      if (!stem.starts_with("out.")) continue;
      const std::string column = stem.substr(4, stem.size() - 4 - 5);
      ASSERT_EQ(keyword_table().column(column).name(), column) << file;
      edits += "[" + column + "]\n";
      const auto result = rewrite_schema(*schema, target_of(keyword_table().column(column)), "", arena,
                                         [&](const Edit& e) { edits += line(e); });
      expect(file, json::dump_pretty(result) + "\n");
    }
    expect(folder / "edits.txt", edits);
  }
}

// The cases are the corpus too: every one for every target.
TEST(SchemaGolden, HoldsForEveryTarget) {
  for (const fs::path& folder : entries(kFolder)) {
    Arena arena;
    const auto schema = json::parse(arena, read(folder / "in.json"));
    ASSERT_TRUE(schema) << folder;
    for (const Column& column : keyword_table().columns())
      EXPECT_EQ(fault_of(*schema, column), "") << folder.filename() << " for " << column.name();
    EXPECT_EQ(fault_of(*schema, keyword_table().column("")), "") << folder.filename();
  }
}

}  // namespace
}  // namespace dragoman::lower
