#include "sandbox/anthropic/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/strings.h"

namespace dragoman::sandbox::anthropic {
namespace {

std::string_view wrong_kind(Want want) {
  switch (want) {
    case Want::text:
      return "Input should be a valid string";
    case Want::integer:
      return "Input should be a valid integer";
    case Want::number:
      return "Input should be a valid number";
    case Want::boolean:
      return "Input should be a valid boolean";
    case Want::object:
    case Want::text_or_object:
      return "Input should be a valid dictionary";
    case Want::array:
    case Want::text_or_array:
      return "Input should be a valid list";
    case Want::any:
      break;
  }
  return "";
}

bool fits(json::Value value, Want want) {
  switch (want) {
    case Want::text:
      return value.is_string();
    case Want::integer:
      return value.integer().has_value();
    case Want::number:
      return value.is_number();
    case Want::boolean:
      return value.is_bool();
    case Want::object:
      return value.is_object();
    case Want::array:
      return value.is_array();
    case Want::text_or_array:
      return value.is_string() || value.is_array();
    case Want::text_or_object:
      return value.is_string() || value.is_object();
    case Want::any:
      break;
  }
  return true;
}

}  // namespace

std::string join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

std::string quoted_list(std::string_view alternatives, std::string_view last_separator) {
  const std::vector<std::string_view> items = split(alternatives, '|');
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? last_separator : std::string_view(", ");
    out += fmt::format("'{}'", items[i]);
  }
  return out;
}

std::optional<std::string> check_fields(const std::string& path, json::Value object,
                                        std::span<const Field> fields) {
  if (!object.is_object()) return fmt::format("{}: Input should be a valid dictionary", path);
  for (const Field& field : fields) {
    const json::Value value = object[field.name];
    if (!value) {
      if (field.required) return join(path, field.name) + ": Field required";
      continue;
    }
    if (value.is_null() && field.nullable) continue;
    if (!fits(value, field.want) || (value.is_null() && field.want != Want::any)) {
      return fmt::format("{}: {}", join(path, field.name), wrong_kind(field.want));
    }
    if (!field.one_of.empty()) {
      const std::vector<std::string_view> allowed = split(field.one_of, '|');
      if (std::ranges::find(allowed, value.text()) == allowed.end()) {
        return fmt::format("{}: Input should be {}", join(path, field.name),
                           quoted_list(field.one_of, " or "));
      }
    }
  }
  for (const json::Member& member : object.members()) {
    if (std::ranges::none_of(fields, [&](const Field& f) { return f.name == member.key; })) {
      return join(path, member.key) + ": Extra inputs are not permitted";
    }
  }
  return std::nullopt;
}

std::optional<std::string> check_tagged(const std::string& path, json::Value object,
                                        std::span<const Tagged> table) {
  if (!object.is_object()) return fmt::format("{}: Input should be a valid dictionary", path);
  const json::Value type = object["type"];
  if (!type) return join(path, "type") + ": Field required";
  for (const Tagged& row : table) {
    if (type.is_string() && row.tag == type.text())
      return check_fields(join(path, row.tag), object, row.fields);
  }
  std::string expected;
  for (const Tagged& row : table) {
    if (!expected.empty()) expected += ", ";
    expected += fmt::format("'{}'", row.tag);
  }
  return fmt::format("{}: Input tag '{}' found using 'type' does not match any of the expected tags: {}",
                     path, type.is_string() ? type.text() : type.raw(), expected);
}

}  // namespace dragoman::sandbox::anthropic
