#include <random>

#include "conformance/schema_samples.h"

namespace dragoman::conformance {
namespace {

using Choices = std::initializer_list<const char*>;

class OddGenerator {
 public:
  explicit OddGenerator(unsigned seed) : random_(seed), defs_(one_in(2) ? "$defs" : "definitions") {}

  std::string root() {
    std::string body;
    switch (pick(10)) {
      case 0:
        body = choice(3);
        break;
      case 1:
        body = reference();
        break;
      case 2:
        body = object(2) + "," + choice(2, true);
        break;
      default:
        body = object(3);
    }
    if (one_in(5)) body = R"("$schema":"http://json-schema.org/draft-07/schema#",)" + body;
    if (!used_) return "{" + body + "}";
    return "{" + body + ",\"" + defs_ + R"(":{"Node":{"type":"object","properties":{"next":{"$ref":"#/)" +
           defs_ +
           R"(/Node"},"v":{"type":"integer","minimum":1}}},"a/b":{"type":"string","enum":["x","y"]},"c d":)" +
           schema(1) + "}}";
  }

 private:
  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return pick(n) == 0; }
  std::string any(Choices all) { return *(all.begin() + pick(static_cast<int>(all.size()))); }
  // One of `all` once in `n` times.
  std::string at_times(int n, Choices all) { return one_in(n) ? "," + any(all) : std::string(); }

  std::string schema(int depth) {
    if (one_in(30)) return any({"true", "false", "{}"});
    return "{" + keywords(depth) + notes() + "}";
  }

  std::string keywords(int depth) {
    switch (pick(depth > 0 ? 12 : 6)) {
      case 0:
        return text();
      case 1:
        return number();
      case 2:
        return any({R"("enum":["a","b"])", R"("enum":[1,2,3])", R"("enum":["a",null])",
                    R"("enum":["a",1,true])", R"("type":"string","enum":["a",""])",
                    R"("enum":[1.5,2],"nullable":true)", R"("const":null)", R"("const":"a")",
                    R"("const":{"a":1})", R"("type":"string","enum":[])"});
      case 3:
        return any({R"("type":["string","null"],"minLength":1)", R"("type":["integer","string"],"minimum":2)",
                    R"("type":["object","array"])", R"("type":["null"])", R"("type":"any")",
                    R"("type":"int")", R"("minimum":1,"minLength":2)", R"("type":"string","nullable":true)"});
      case 4:
        return any({R"("type":"boolean")", R"("type":"null")", R"("type":"boolean","default":"x")"});
      case 5:
        return reference();
      case 6:
      case 7:
        return array(depth - 1);
      case 8:
        return choice(depth - 1);
      case 9:
        return any({R"("not":{"type":"null"})", R"("not":{})"}) + at_times(2, {R"("type":"string")"});
      default:
        return object(depth - 1);
    }
  }

  std::string text() {
    return R"("type":"string")" + at_times(4, {R"("minLength":1)", R"("minLength":3000)"}) +
           at_times(4, {R"("maxLength":5)", R"("maxLength":5000)"}) +
           at_times(4, {R"("pattern":"^a")", R"("pattern":"^(?!x).*$")", R"("pattern":"\\d+")",
                        R"("pattern":"[")", R"("pattern":"a|b$")", R"("pattern":"\\p{L}+")"}) +
           at_times(4, {R"("format":"date-time")", R"("format":"uri")", R"("format":"phone")",
                        R"("format":"int32")"});
  }

  std::string number() {
    return any({R"("type":"integer")", R"("type":"number")"}) +
           at_times(3, {R"("minimum":0)", R"("minimum":0.5)"}) + at_times(3, {R"("maximum":9)"}) +
           at_times(5, {R"("exclusiveMinimum":true)", R"("exclusiveMinimum":-1.5)"}) +
           at_times(5, {R"("exclusiveMaximum":10)", R"("exclusiveMaximum":false)"}) +
           at_times(6, {R"("multipleOf":0.5)", R"("multipleOf":1)"});
  }

  std::string array(int depth) {
    std::string out = R"("type":"array")";
    if (one_in(5))
      out += ",\"items\":[" + schema(depth) + "]" + at_times(2, {R"("additionalItems":false)"});
    else if (one_in(5))
      out += ",\"prefixItems\":[" + schema(depth) + "]" + at_times(2, {R"("items":false)"});
    else if (!one_in(8))
      out += ",\"items\":" + schema(depth);
    if (one_in(12)) out += ",\"contains\":" + schema(depth) + at_times(2, {R"("minContains":0)"});
    return out + at_times(5, {R"("minItems":1)", R"("minItems":2)"}) + at_times(5, {R"("maxItems":3)"}) +
           at_times(8, {R"("uniqueItems":true)"}) + at_times(20, {R"("unevaluatedItems":false)"});
  }

  std::string object(int depth) {
    static const Choices kNames = {"type",       "$ref",  "title", "format", "definitions", "strict",
                                   "properties", "items", "enum",  "not",    "const",       "required",
                                   "a/b",        "m~n",   "größe", "path"};
    std::string properties, required;
    for (int i = pick(4); i >= 0; --i) {
      const std::string name = any(kNames) + (i ? std::to_string(i) : "");
      properties += (properties.empty() ? "\"" : ",\"") + name + "\":" + schema(depth);
      if (one_in(2)) required += (required.empty() ? "\"" : ",\"") + name + "\"";
    }
    std::string out = any({R"("type":"object",)", R"("type":"object",)", R"("type":"object",)", ""});
    out += "\"properties\":{" + (one_in(12) ? "" : properties) + "}";
    if (!required.empty()) out += ",\"required\":[" + required + (one_in(15) ? R"(,"ghost")" : "") + "]";
    if (one_in(10)) out += ",\"patternProperties\":{\"^x-\":" + schema(depth) + "}";
    if (one_in(8))
      out += ",\"additionalProperties\":" + schema(depth);
    else
      out += at_times(3, {R"("additionalProperties":false)", R"("additionalProperties":true)"});
    return out + at_times(12, {R"("minProperties":1)", R"("maxProperties":3)"}) +
           at_times(15, {R"("propertyNames":{"pattern":"^[a-z]"})"}) +
           at_times(15, {R"("dependentRequired":{"type":["path"]})", R"("dependencies":{"type":["path"]})",
                         R"("dependentSchemas":{"type":{"required":["path"]}})"}) +
           at_times(20, {R"("if":{"required":["type"]},"then":{"required":["path"]})"}) +
           at_times(20, {R"("unevaluatedProperties":false)"});
  }

  std::string choice(int depth, bool bare = false) {
    const std::string word = any({"anyOf", "oneOf", "allOf"});
    if (word != "allOf" && one_in(4))
      return "\"" + word +
             R"(":[{"type":"object","properties":{"kind":{"const":"a"}},"required":["kind"]},)" +
             R"({"type":"object","properties":{"kind":{"const":"b"},"x":)" + schema(depth - 1) +
             R"(},"required":["kind"]}],"discriminator":{"propertyName":"kind"})";
    std::string out = "\"" + word + "\":[" + schema(depth);
    if (!one_in(3)) out += "," + (one_in(3) ? R"({"type":"null"})" : schema(depth));
    if (bare) return out + "]";
    return out + "]" +
           at_times(6, {R"("type":"string")", R"("type":["object","null"])", R"("nullable":true)"});
  }

  std::string reference() {
    used_ = true;
    if (one_in(8)) return R"("$ref":"#")";
    return R"("$ref":"#/)" + defs_ + any({"/Node", "/a~1b", "/c%20d", "/Node/properties/v", "/nowhere"}) +
           "\"" + at_times(5, {R"("default":null)", R"("minLength":2)", R"("nullable":true)"});
  }

  std::string notes() {
    return at_times(5, {R"("description":"Some text")", R"("title":"T")"}) +
           at_times(15, {R"("$comment":"c")", R"("examples":["e"])", R"("example":{"type":"string"})",
                         R"("x-order":1)", R"("deprecated":true)", R"("readOnly":true)",
                         R"("xml":{"name":"q"})", R"("externalDocs":{"url":"https://example.com"})"});
  }

  std::mt19937 random_;
  std::string defs_;
  bool used_ = false;
};

}  // namespace

std::vector<Sample> odd(unsigned first, unsigned count) {
  std::vector<Sample> all;
  for (unsigned seed = first; seed < first + count; ++seed)
    all.push_back({"odd " + std::to_string(seed), OddGenerator(seed).root()});
  return all;
}

}  // namespace dragoman::conformance
