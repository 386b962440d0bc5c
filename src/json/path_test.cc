#include "json/path.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace dragoman::json {
namespace {

std::string show(const std::vector<PathStep>& steps) {
  std::string out;
  for (const PathStep& step : steps)
    out += step.index < 0 ? "/" + step.name : fmt::format("/{}{}", step.ordinal ? "#" : "", step.index);
  return out;
}

TEST(Path, NotationsOfTheProviders) {
  struct Row {
    std::string_view text, steps;
  };
  const Row rows[] = {
      {"tools.14.custom.input_schema", "/tools/14/custom/input_schema"},
      {"tools[3].function.parameters", "/tools/3/function/parameters"},
      {"messages.[3].role", "/messages/3/role"},
      {"message[15].role", "/message/15/role"},
      {"toolConfig.tools.22.member.toolSpec.name", "/toolConfig/tools/21/toolSpec/name"},
      {"messages.73.member.content.1.member.toolUse.name", "/messages/72/content/0/toolUse/name"},
      {"toolConfig.tools.0.toolSpec.inputSchema.json.type",
       "/toolConfig/tools/0/toolSpec/inputSchema/json/type"},
      {"request.tools[0].function_declarations[46].parameters.properties[2].value.items",
       "/tools/0/function_declarations/46/parameters/properties/#2/items"},
      {"GenerateContentRequest.contents[3].parts", "/contents/3/parts"},
      {"#/toolConfig/tools/1/toolSpec/inputSchema/json", "/toolConfig/tools/1/toolSpec/inputSchema/json"},
      {R"(["body","messages",0,"user","name"])", "/messages/0/user/name"},
      {"['body', 'messages', 0]", "/messages/0"},
      {"In context=('properties', 'x', 'items')", "/properties/x/items"},
      {"In context=()", ""},
      {"properties['a.b'].type", "/properties/a.b/type"},
      {"/a~1b/0", "/a/b/0"},
      {"temperature", "/temperature"},
      {"", ""},
  };
  for (const Row& row : rows) {
    std::string expected(row.steps);
    if (row.text == "/a~1b/0") expected = "/a/b/0";
    EXPECT_EQ(show(read_path(row.text)), expected) << row.text;
  }
}

TEST(Path, WordsOfAName) {
  EXPECT_TRUE((PathStep{"functionDeclarations"}).is("function_declarations"));
  EXPECT_FALSE((PathStep{"", 3}).is("3"));
}

}  // namespace
}  // namespace dragoman::json
