#include "serve/large_schema.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "serve/gateway.h"

namespace dragoman::serve {
namespace {

TEST(LargeSchema, ReferencesAreSeenHoweverTheyAreWritten) {
  const std::pair<const char*, bool> rows[] = {
      {R"({"$ref":"#/$defs/a"})", true},
      {R"({"\u0024ref":"#/x"})", true},
      {R"({"$\u0072ef":"#/x"})", true},
      {R"({"$re\u0066":"#/x"})", true},
      {R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"object"})", false},
      {R"({"description":"costs $5 \u2014 or more","pattern":"^a$"})", false},
  };
  for (const auto& [text, refers] : rows) EXPECT_EQ(may_refer(text), refers) << text;
}

bool large(std::string_view schema, std::size_t tools) {
  Arena arena;
  canon::Request request;
  request.tools.resize(tools);
  for (canon::Tool& tool : request.tools) tool.schema = *json::parse(arena, schema);
  return has_large_schema(request);
}

TEST(LargeSchema, OneOfThatSizeOrReferencesOfThatSizeTogether) {
  const std::string pad(kLargeSchema / 4, 'x');
  const std::string plain = R"({"description":")" + pad + R"("})",
                    refers = R"({"$ref":"#","title":")" + pad + "\"}";
  EXPECT_FALSE(large(plain, 20)) << "an agent's many tools";
  EXPECT_FALSE(large(refers, 3));
  EXPECT_TRUE(large(refers, 4));
  EXPECT_TRUE(large(R"({"description":")" + pad + pad + pad + pad + R"("})", 1));
}

}  // namespace
}  // namespace dragoman::serve
