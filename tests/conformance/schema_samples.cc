#include "conformance/schema_samples.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::conformance {

std::vector<Sample> published() {
  std::vector<Sample> all;
  std::vector<std::filesystem::path> files;
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(DRAGOMAN_SOURCE_DIR) + "/tests/vectors/tool_schemas"))
    if (file.path().extension() == ".jsonl") files.push_back(file.path());
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      Arena arena;
      const auto row = json::parse(arena, line);
      if (!row) throw std::runtime_error(path.string() + ": " + row.error().message);
      all.push_back({std::string((*row)["package"].text()) + " " + std::string((*row)["tool"].text()),
                     json::dump((*row)["schema"])});
    }
  }
  return all;
}

namespace {

// A schema of the keywords people use, nested a few levels.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string object(int depth) {
    std::string members, required;
    const int count = pick(4) + 1;
    for (int i = 0; i < count; ++i) {
      const std::string name = kNames[static_cast<std::size_t>(pick(8))] + std::to_string(i);
      members += (i ? ",\"" : "\"") + name + "\":" + schema(depth - 1);
      if (pick(2)) required += (required.empty() ? "\"" : ",\"") + name + "\"";
    }
    std::string out = R"({"type":"object","properties":{)" + members + "}";
    if (!required.empty()) out += R"(,"required":[)" + required + "]";
    if (pick(3) == 0) out += R"(,"additionalProperties":false)";
    return out + "}";
  }

 private:
  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  std::string schema(int depth) {
    switch (pick(depth > 0 ? 12 : 7)) {
      case 0:
        return pick(2) ? R"({"type":"string"})" : R"({"type":"string","minLength":1,"maxLength":8})";
      case 1:
        return pick(2) ? R"({"type":"integer","minimum":0,"maximum":9})"
                       : R"({"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":10})";
      case 2:
        return R"({"type":"number","description":"How much"})";
      case 3:
        return pick(2) ? R"({"enum":["a","b"]})" : R"({"type":"integer","enum":[1,2,3]})";
      case 4:
        return pick(2) ? R"({"const":"x"})" : R"({"type":["string","null"]})";
      case 5:
        return pick(2) ? R"({"type":"string","nullable":true})" : R"({"type":"boolean","default":true})";
      case 6:
        return R"({"type":"string","format":"date-time","title":"When"})";
      case 7:
        return R"({"type":"array","items":)" + schema(depth - 1) + (pick(2) ? R"(,"minItems":1})" : "}");
      case 8:
        return R"({"anyOf":[)" + schema(depth - 1) + R"(,{"type":"null"}]})";
      case 9:
        return R"({"oneOf":[{"type":"string"},{"type":"array","items":)" + schema(depth - 1) + "}]}";
      case 10:
        return R"({"allOf":[{"type":"string"},{"minLength":2}]})";
      default:
        return object(depth);
    }
  }

  static constexpr const char* kNames[] = {"name", "type",  "$ref", "user name",
                                           "ref",  "größe", "id",   "title"};
  std::mt19937 random_;
};

}  // namespace

std::vector<Sample> generated() {
  std::vector<Sample> all;
  for (unsigned seed = 1; seed <= 60; ++seed)
    all.push_back({"seed " + std::to_string(seed), Generator(seed).object(3)});
  return all;
}

}  // namespace dragoman::conformance
