// The rules of strict tools and output, both ways.
#include "sandbox/anthropic/rules_case.h"

namespace dragoman::sandbox::anthropic {
namespace {

std::string strict(std::string_view schema) { return tool(schema, R"(,"strict":true)"); }

std::string properties(int count, std::string_view schema) {
  std::string out = R"({"type":"object","additionalProperties":false,"properties":{)";
  for (int i = 0; i < count; ++i) {
    out += (i > 0 ? "," : "") + std::string("\"p") + std::to_string(i) + "\":" + std::string(schema);
  }
  return out + "}}";
}

// Each definition names the next one twice: a walk of every way through them would not end.
std::string doubling(int levels) {
  const auto twice = [](int next) {
    const std::string ref = R"({"$ref":"#/$defs/d)" + std::to_string(next) + R"("})";
    return R"({"type":"object","additionalProperties":false,"required":["a","b"],"properties":{"a":)" + ref +
           R"(,"b":)" + ref + "}";
  };
  std::string defs;
  for (int i = 0; i < levels; ++i) defs += "\"d" + std::to_string(i) + "\":" + twice(i + 1) + "},";
  return twice(0) + R"(,"$defs":{)" + defs + "\"d" + std::to_string(levels) + R"(":{"type":"string"}}})";
}

std::string strict_tools(int count) {
  std::string out = R"("tools":[)";
  for (int i = 0; i < count; ++i) {
    out += (i > 0 ? "," : "") + std::string(R"({"strict":true,"name":"t)") + std::to_string(i) +
           R"(","input_schema":{"type":"object","properties":{},"additionalProperties":false}})";
  }
  return out + "]," + kUser;
}

TEST(AnthropicRules, RefuseAndAcceptStrictSchemas) {
  expect_answers({
      {"ANTS-01", kOld, strict(R"({"type":"object","properties":{}})"),
       "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false"},
      {"ANTS-01", kOld,
       R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{}}}},)" +
           kUser,
       "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to "
       "false"},
      {"ANTS-01", kOld, strict(properties(1, R"({"type":"string"})")), ""},
      {"ANTS-02", kOld, strict(properties(1, R"({"type":"integer","minimum":1,"maximum":9})")),
       "tools.0.custom: For 'integer' type, properties maximum, minimum are not supported"},
      {"ANTS-03", kOld, strict(properties(1, R"({"type":"array","maxItems":2,"items":{"type":"string"}})")),
       "tools.0.custom: For 'array' type, property 'maxItems' is not supported"},
      {"ANTS-03", kOld, strict(properties(1, R"({"type":"array","minItems":1,"items":{"type":"string"}})")),
       ""},
      {"ANTS-04", kOld, strict(properties(1, R"({"type":"string","minLength":1,"maxLength":9})")),
       "tools.0.custom: For 'string' type, properties maxLength, minLength are not supported"},
      {"ANTS-05", kOld, strict(R"({"type":"object","additionalProperties":false,"minProperties":1})"),
       "tools.0.custom: For 'object' type, property 'minProperties' is not supported", 400, true},
      {"ANTS-06", kOld, strict(properties(1, "true")),
       "tools.0.custom: For 'object' type, property 'properties' is not supported"},
      {"ANTS-07", kOld, strict("true"),
       "tools.0.custom.input_schema: Input does not match the expected shape."},
      {"ANTS-08", kOld,
       strict(R"({"type":"object","additionalProperties":false,"properties":{"n":{"$ref":"#/$defs/Node"}},)"
              R"("$defs":{"Node":{"type":"object","additionalProperties":false,)"
              R"("properties":{"next":{"$ref":"#/$defs/Node"}}}}})"),
       "tools.0.custom: Invalid schema: Circular reference detected in schema definitions: Node -> Node. "
       "Self-referencing or mutually-referencing definitions are not supported."},
      {"ANTS-08", kOld, strict(doubling(40)), ""},
      {"ANTS-09", kOld, strict_tools(21),
       "Too many strict tools (21). The maximum number of strict tools supported is 20. Try reducing the "
       "number of "
       "tools marked as strict."},
      {"ANTS-09", kOld, strict_tools(20), ""},
      {"ANTS-10", kOld, strict(properties(25, R"({"type":"string"})")),
       "Schemas contains too many optional parameters (25), which would make grammar compilation "
       "inefficient. Reduce "
       "the number of optional parameters in your tool schemas (limit: 24)."},
      {"ANTS-11", kOld, strict(properties(17, R"({"type":["string","null"]})")),
       "Schemas contains too many parameters with union types (17 parameters with type arrays or anyOf). "
       "This causes "
       "exponential compilation cost. Reduce the number of nullable or union-typed parameters (limit: 16 "
       "parameters "
       "with unions)."},
      {"ANTS-12", kOld, strict(properties(16, R"({"type":"string"})")),
       "Schema is too complex for compilation. Try reducing the number of tools or simplifying tool "
       "schemas."},
      {"ANTS-12", kOld, strict(properties(12, R"({"type":"string"})")), ""},
      {"ANTS-13", kOld, strict(properties(1, R"({"type":"string","format":"binary"})")),
       "tools.0.custom: For 'string' type, format 'binary' is not supported"},
      {"ANTS-13", kOld, strict(properties(1, R"({"type":"string","format":"uuid"})")), ""},
      {"ANTS-16", kOld, strict(properties(1, R"({"type":["string","null"],"enum":["a",null]})")), ""},
      {"ANTS-16", kOld, strict(properties(1, R"({"const":1})")), ""},
  });
}

}  // namespace
}  // namespace dragoman::sandbox::anthropic
