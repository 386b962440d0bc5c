#include "config/document.h"

#include <gtest/gtest.h>

#include <string>

#include "config/expand.h"

namespace dragoman::config {
namespace {

TEST(Document, JsonOfEveryKind) {
  struct Row {
    std::string_view yaml, json;
  };
  const Row rows[] = {
      {"", "null"},
      {"a: 1\nb: [x, '1', true, ~, 1.50, 007, 1e3, -2]",
       R"({"a":1,"b":["x","1",true,null,1.50,"007",1e3,-2]})"},
      {"a: \"false\"\nb: null\nc:\nd: {}", R"({"a":"false","b":null,"c":null,"d":{}})"},
      {"x: &v {k: 1}\ny: *v\nz: {<<: *v, l: 2}", R"({"x":{"k":1},"y":{"k":1},"z":{"l":2,"k":1}})"},
      {"x: &v {k: 1}\nz: {<<: *v, k: 2}", R"({"x":{"k":1},"z":{"k":2}})"},
      {"a: |\n  two\n  lines\n", R"({"a":"two\nlines\n"})"},
  };
  for (const Row& row : rows) {
    const auto document = parse_document(row.yaml, "f");
    ASSERT_TRUE(document) << row.yaml << ": " << format(document.error()[0]);
    EXPECT_EQ(to_json(*document), row.json);
  }
}

TEST(Document, Faults) {
  struct Row {
    std::string what;
    std::string yaml;
    std::string want;
  };
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k ? "," : "") + before;
    bomb += "]\n";
  }
  const Row rows[] = {
      {"duplicate key", "a: 1\nb: 2\na: 3\n",
       "f:3:1: a: duplicate key 'a', first on line 1 (keep one of the two)"},
      {"not YAML", "a: [1\nb: }", "f:2:"},
      {"two documents", "a: 1\n---\nb: 2\n", "f: expected one YAML document, found several"},
      {"a list as key", "? [a]\n: b\n", "f:1:3: a key must be a plain word"},
      {"too deep", std::string(70, '[') + std::string(70, ']'), "nested deeper than 64 levels"},
      {"many aliases", bomb, "the document grows beyond 200,000 values through its aliases"},
      {"bad UTF-8", "a: \xff\n", "f: the file is not UTF-8 text"},
      {"NUL", std::string("a: \0b", 5), "f: the file holds a NUL character"},
      {"merge of a word", "a: {<<: x}", "expected a map to merge, found 'x'"},
  };
  for (const Row& row : rows) {
    const auto document = parse_document(row.yaml, "f");
    ASSERT_FALSE(document) << row.what;
    EXPECT_NE(format(document.error()[0]).find(row.want), std::string::npos)
        << row.what << ": " << format(document.error()[0]);
  }
}

TEST(Expand, References) {
  const Environment environment = [](std::string_view name) -> std::optional<std::string> {
    if (name == "A") return "1";
    if (name == "EMPTY") return "";
    return {};
  };
  struct Row {
    std::string yaml, json, error;
  };
  const Row rows[] = {
      {"k: ${A}", R"({"k":1})", ""},
      {"k: 'x${A}y${A}'", R"({"k":"x1y1"})", ""},
      {"k: ['${B:-two}', '${A:-two}', '${EMPTY:-three}']", R"({"k":["two","1","three"]})", ""},
      {"k: ${EMPTY}", R"({"k":null})", ""},
      {"k: '$${A}'", R"({"k":"${A}"})", ""},
      {"k: $A", R"({"k":"$A"})", ""},
      {"m:\n  k: ${B}", "",
       "f:2:6: m.k: the environment variable B is not set (set it, or write ${B:-default})"},
      {"k: '${A'", "", "f:1:4: k: '${' without its '}' (write $${ for the characters themselves)"},
      {"k: '${1A}'", "",
       "f:1:4: k: '${1A}' names no environment variable (expected ${NAME} or ${NAME:-default})"},
  };
  for (const Row& row : rows) {
    auto document = parse_document(row.yaml, "f");
    ASSERT_TRUE(document) << row.yaml;
    ConfigErrors errors;
    expand_references(*document, "f", environment, errors);
    if (row.error.empty()) {
      ASSERT_TRUE(errors.empty()) << row.yaml << ": " << format(errors[0]);
      EXPECT_EQ(to_json(*document), row.json);
    } else {
      ASSERT_EQ(errors.size(), 1u) << row.yaml;
      EXPECT_EQ(format(errors[0]), row.error);
    }
  }
}

TEST(Expand, OsEnviron) {
  const Environment environment = [](std::string_view name) -> std::optional<std::string> {
    if (name == "A") return "1";
    return {};
  };
  auto document =
      parse_document("a: os.environ/A\nb: os.environ/B\nl: [os.environ/A, {c: os.environ/A}]", "f");
  ASSERT_TRUE(document);
  ConfigErrors warnings;
  expand_os_environ(*document, "f", environment, warnings);
  EXPECT_EQ(to_json(*document), R"({"a":"1","b":null,"l":["os.environ/A",{"c":"1"}]})");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(format(warnings[0]), "f:2:4: b: the environment variable B is not set");
}

}  // namespace
}  // namespace dragoman::config
