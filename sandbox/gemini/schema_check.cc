#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "sandbox/gemini/check.h"
#include "sandbox/gemini/proto.h"

namespace dragoman::sandbox::gemini {
namespace {

constexpr int kMaxDepth = 32;

class Checker {
 public:
  void check(json::Value schema, const std::string& path, int depth) {
    if (depth > kMaxDepth) {
      too_deep_ = true;
      return;
    }
    const std::string_view type = schema["type"].text();
    const auto is = [type](std::string_view name) { return equals_ignoring_case(type, name); };
    const json::Value properties = schema["properties"];
    const bool has_properties = !properties.members().empty();
    if (is("OBJECT")) {
      if (!has_properties) fault(path + ".properties", "should be non-empty for OBJECT type");
    } else {
      if (has_properties) fault(path + ".properties", "only allowed for OBJECT type");
      if (!schema["required"].items().empty()) fault(path + ".required", "only allowed for OBJECT type");
    }
    if (is("ARRAY")) {
      if (!schema["items"].present()) fault(path + ".items", "missing field.");
    } else if (schema["items"].present()) {
      fault(path + ".items", "field predicate failed: $type == Type.ARRAY");
    }
    check_enum(schema, path, is("STRING"));
    const std::string_view format = schema["format"].text();
    if (is("STRING") && !format.empty() && format != "enum" && format != "date-time") {
      fault(path + ".format", "only 'enum' and 'date-time' are supported for STRING type");
    }
    if (is("OBJECT")) {
      for (std::size_t i = 0; i < schema["required"].items().size(); ++i) {
        if (!properties[schema["required"].at(i).text()]) {
          fault(fmt::format("{}.required[{}]", path, i), "property is not defined");
        }
      }
    }
    for (const json::Member& member : properties.members()) {
      check(member.value, fmt::format("{}.properties[{}]", path, member.key), depth + 1);
    }
    if (schema["items"].present()) check(schema["items"], path + ".items", depth + 1);
    const json::Value any_of = get(schema, "any_of");
    for (std::size_t i = 0; i < any_of.items().size(); ++i) {
      check(any_of.at(i), fmt::format("{}.any_of[{}]", path, i), depth + 1);
    }
  }

  Refused result() const {
    if (!lines_.empty()) return refuse(lines_);
    if (!too_deep_) return std::nullopt;
    return refuse(
        "The specified schema produces a constraint that has too many states for serving. Typical causes of "
        "this error "
        "are schemas with lots of text (for example, very long property or enum names), schemas with long "
        "array length "
        "limits (especially when nested), or schemas using complex value matchers (for example, integers or "
        "numbers "
        "with minimum/maximum bounds or strings with complex formats like date-time)");
  }

 private:
  void check_enum(json::Value schema, const std::string& path, bool text) {
    const json::Value values = schema["enum"];
    if (values.items().empty()) {
      if (text && schema["format"].text() == "enum") {
        fault(path + ".enum", "should be non-empty for STRING type with enum format");
      }
      return;
    }
    if (!text) fault(path + ".enum", "only allowed for STRING type");
    for (std::size_t i = 0; i < values.items().size(); ++i) {
      if (values.at(i).text().empty()) fault(fmt::format("{}.enum[{}]", path, i), "cannot be empty");
    }
  }

  void fault(const std::string& path, std::string_view what) {
    lines_ += fmt::format("{}* GenerateContentRequest.{}: {}", lines_.empty() ? "" : "\n", path, what);
  }

  std::string lines_;
  bool too_deep_ = false;
};

}  // namespace

Refused check_schema(json::Value schema, const std::string& path) {
  Checker checker;
  checker.check(schema, path, 0);
  return checker.result();
}

}  // namespace dragoman::sandbox::gemini
