// Runs the JSON Schema Test Suite's files against lower/validate/validate.h.
//
// DRAGOMAN_JSON_SCHEMA_SUITE names the suite's folder (the one that holds tests/). Prints one JSON object a
// line:
// {"draft":…,"passed":…,"skipped":…,"failed":…}, for the required cases of each draft, then for its optional
// ones and for those about formats; failures go to stderr. The exit status is 1 if a case failed.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "json/parse.h"
#include "json/write.h"
#include "lower/validate/validate.h"

namespace {

namespace fs = std::filesystem;
using dragoman::Arena;
using dragoman::json::Value;
using dragoman::validate::SchemaDraft;
using dragoman::validate::Validator;

struct Draft {
  std::string_view folder;
  SchemaDraft draft;
};
constexpr Draft kDrafts[] = {{"draft4", SchemaDraft::draft4},
                             {"draft6", SchemaDraft::draft6},
                             {"draft7", SchemaDraft::draft7},
                             {"draft2019-09", SchemaDraft::draft2019},
                             {"draft2020-12", SchemaDraft::draft2020}};

// Not for this validator: other documents; the Unicode tables of idn-hostname; the contents of strings, which
// only draft 7 lets a validator look into.
const std::set<std::string, std::less<>> kSkippedFiles = {"refRemote.json", "idn-hostname.json",
                                                          "optional/content.json"};

bool skipped(const fs::path& file) {
  const std::string name = file.filename().string();
  return kSkippedFiles.contains(name) ||
         kSkippedFiles.contains((file.parent_path().filename() / name).generic_string());
}

struct Count {
  int passed = 0, skipped = 0, failed = 0;
};

// A schema that needs another document: nothing is fetched, so there is nothing to test.
bool remote(const Validator& validator) {
  return std::ranges::any_of(validator.unsupported(), [](const auto& left_out) {
    return left_out.keyword == "$ref" || left_out.keyword == "$dynamicRef" ||
           left_out.keyword == "$recursiveRef";
  });
}

// A meta-schema of its own, which would have to be fetched to know its vocabularies.
bool foreign_meta_schema(Value schema) {
  return schema["$schema"].text().starts_with("http://localhost:1234/");
}

void run_file(const fs::path& file, SchemaDraft draft, bool formats, Count& count) {
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  Arena arena;
  const auto groups = dragoman::json::parse(arena, text);
  if (!groups) {
    ++count.failed;
    fmt::print(stderr, "{}: {}\n", file.string(), groups.error().message);
    return;
  }
  for (const Value group : groups->items()) {
    const auto tests = group["tests"].items();
    Validator::Options options;
    options.default_draft = draft;
    options.assert_formats = formats;
    const auto validator = Validator::compile(group["schema"], options);
    if (!validator) {
      count.failed += static_cast<int>(tests.size());
      fmt::print(stderr, "{}: {}: {}\n", file.string(), group["description"].text(),
                 validator.error().message);
      continue;
    }
    if (skipped(file) || remote(*validator) || foreign_meta_schema(group["schema"])) {
      count.skipped += static_cast<int>(tests.size());
      if (std::getenv("DRAGOMAN_SHOW_SKIPPED"))
        fmt::print(stderr, "skipped {}: {}\n", file.string(), group["description"].text());
      continue;
    }
    for (const Value test : tests) {
      const auto violations = validator->check(test["data"]);
      if (violations.empty() == test["valid"].boolean()) {
        ++count.passed;
        continue;
      }
      ++count.failed;
      fmt::print(stderr, "{}: {}: {}: expected {}\n", file.string(), group["description"].text(),
                 test["description"].text(), test["valid"].boolean() ? "valid" : "invalid");
      for (const auto& violation : violations)
        fmt::print(stderr, "  {} {}: {}\n", violation.instance_pointer, violation.schema_pointer,
                   violation.message);
      for (const auto& left_out : validator->unsupported())
        fmt::print(stderr, "  not enforced: {}: {}\n", left_out.schema_pointer, left_out.reason);
    }
  }
}

Count run_folder(const fs::path& folder, SchemaDraft draft, bool formats) {
  Count count;
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::ranges::sort(files);
  for (const fs::path& file : files) run_file(file, draft, formats, count);
  // An empty folder proves nothing.
  if (count.passed == 0) ++count.failed;
  return count;
}

int print(std::string_view name, const Count& count) {
  fmt::print("{{\"draft\":\"{}\",\"passed\":{},\"skipped\":{},\"failed\":{}}}\n", name, count.passed,
             count.skipped, count.failed);
  return count.failed;
}

}  // namespace

int main() {
  const char* root = std::getenv("DRAGOMAN_JSON_SCHEMA_SUITE");
  if (!root) {
    fmt::print(stderr, "DRAGOMAN_JSON_SCHEMA_SUITE is not set; see tests/json_schema_suite/run\n");
    return 2;
  }
  int failed = 0;
  for (const Draft& draft : kDrafts) {
    const fs::path folder = fs::path(root) / "tests" / draft.folder;
    failed += print(draft.folder, run_folder(folder, draft.draft, false));
  }
  for (const Draft& draft : kDrafts) {
    const fs::path folder = fs::path(root) / "tests" / draft.folder / "optional";
    failed += print(fmt::format("{} optional", draft.folder), run_folder(folder, draft.draft, false));
    failed +=
        print(fmt::format("{} formats", draft.folder), run_folder(folder / "format", draft.draft, true));
  }
  return failed == 0 ? 0 : 1;
}
