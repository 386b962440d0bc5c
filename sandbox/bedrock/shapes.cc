#include "sandbox/bedrock/shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/base64.h"
#include "base/strings.h"
#include "json/write.h"

namespace dragoman::sandbox::bedrock {
namespace {

// The same place in the three spellings AWS uses: the framework counts from 1 and says ".member", the service
// counts from 0, the model's validator writes a JSON pointer.
struct Place {
  std::string smithy, plain, pointer = "#";

  Place child(std::string_view name) const {
    const auto dotted = [&](const std::string& base) {
      return base.empty() ? std::string(name) : fmt::format("{}.{}", base, name);
    };
    return {dotted(smithy), dotted(plain), fmt::format("{}/{}", pointer, name)};
  }
  Place item(std::size_t index) const {
    return {fmt::format("{}.{}.member", smithy, index + 1), fmt::format("{}.{}", plain, index),
            fmt::format("{}/{}", pointer, index)};
  }
};

std::string_view token_of(json::Value value) {
  switch (value.kind()) {
    case json::Kind::boolean:
      return value.boolean() ? "TRUE_VALUE" : "FALSE_VALUE";
    case json::Kind::number:
      return "NUMBER_VALUE";
    case json::Kind::string:
      return "STRING_VALUE";
    case json::Kind::array:
      return "START_ARRAY";
    default:
      return "START_OBJECT";
  }
}

std::string_view type_of(Kind kind) {
  switch (kind) {
    case Kind::text:
    case Kind::blob:
      return "String";
    case Kind::integer:
      return "Integer";
    case Kind::number:
      return "Float";
    case Kind::boolean:
      return "Boolean";
    case Kind::list:
    case Kind::texts:
      return "List";
    default:
      return "Structure";
  }
}

bool fits(json::Value value, Kind kind) {
  switch (kind) {
    case Kind::text:
    case Kind::blob:
      return value.is_string();
    case Kind::integer:
      return value.integer().has_value();
    case Kind::number:
      return value.is_number();
    case Kind::boolean:
      return value.is_bool();
    case Kind::list:
      return value.is_array();
    case Kind::texts:
      return value.is_array() &&
             std::ranges::all_of(value.items(), [](json::Value v) { return v.is_string(); });
    case Kind::structure:
    case Kind::map:
      return value.is_object();
    case Kind::document:
      return true;
  }
  return true;
}

// Matches "[class]+" without a regular expression engine: letters, digits and the marks in the class.
bool in_class(std::string_view text, std::string_view pattern) {
  const std::string_view marks = pattern.substr(0, pattern.find(']'));
  return std::ranges::all_of(text, [&](unsigned char c) {
    return std::isalnum(c) != 0 ||
           (std::ispunct(c) != 0 && c != '[' && marks.find(static_cast<char>(c)) != marks.npos);
  });
}

class Checker {
 public:
  void structure(json::Value value, const Shape& shape, const Place& place) {
    if (shape.is_union && !one_is_set(value, shape, place)) return;
    for (const Member& member : shape.members) {
      const json::Value given = value[member.name];
      if (given.present()) {
        check_member(given, member, place.child(member.name));
      } else if (member.required) {
        broken(place.child(member.name), "null", "Member must not be null");
      }
    }
    for (const json::Member& given : value.members()) {
      if (std::ranges::none_of(shape.members, [&](const Member& m) { return m.name == given.key; })) {
        later(fmt::format(
            "Malformed input request: {}: extraneous key [{}] is not permitted, please reformat your "
            "input and try again.",
            place.pointer, given.key));
      }
    }
  }

  Refused result() {
    if (!serialization_.empty()) return Refusal{400, "SerializationException", serialization_};
    if (!broken_.empty()) {
      std::string out =
          fmt::format("{} validation error{} detected: ", broken_.size(), broken_.size() > 1 ? "s" : "");
      for (std::size_t i = 0; i < broken_.size(); ++i) out += (i > 0 ? "; " : "") + broken_[i];
      return refuse(std::move(out));
    }
    if (!later_.empty()) return refuse(later_);
    return std::nullopt;
  }

 private:
  bool one_is_set(json::Value value, const Shape& shape, const Place& place) {
    const auto set =
        std::ranges::count_if(shape.members, [&](const Member& m) { return value[m.name].present(); });
    if (set == 1) return true;
    std::string names;
    for (const Member& member : shape.members)
      names += (names.empty() ? "" : ", ") + std::string(member.name);
    later(fmt::format("{} object at {} must set one of the following keys: {}.", shape.name, place.plain,
                      names));
    return false;
  }

  void check_member(json::Value value, const Member& member, const Place& place) {
    if (!fits(value, member.kind)) {
      if (serialization_.empty()) {
        serialization_ = fmt::format("{} can not be converted to {} {}", token_of(value),
                                     type_of(member.kind) == "Integer" ? "an" : "a", type_of(member.kind));
      }
      return;
    }
    switch (member.kind) {
      case Kind::text:
        check_text(value.text(), member, place);
        break;
      case Kind::blob: {
        const std::optional<std::string> bytes = base64_decode(value.text());
        if (!bytes && serialization_.empty()) serialization_ = "Invalid base64 data at " + place.plain;
        if (bytes && bytes->empty())
          broken(place, "''", "Member must have length greater than or equal to 1");
        break;
      }
      case Kind::integer:
      case Kind::number:
        check_range(value, member, place);
        break;
      case Kind::texts:
        check_length(value.items().size(), json::dump_compact(value), member, place);
        for (std::size_t i = 0; i < value.items().size(); ++i) {
          if (value.at(i).text().empty()) {
            broken(place.item(i), "''", "Member must have length greater than or equal to 1");
          }
        }
        break;
      case Kind::list:
        check_length(value.items().size(), json::dump_compact(value), member, place);
        for (std::size_t i = 0; i < value.items().size(); ++i) {
          if (!value.at(i).is_object()) {
            if (serialization_.empty()) {
              serialization_ = fmt::format("{} can not be converted to a Structure", token_of(value.at(i)));
            }
            continue;
          }
          structure(value.at(i), *member.of, place.item(i));
        }
        break;
      case Kind::map:
        check_length(value.members().size(), json::dump_compact(value), member, place);
        break;
      case Kind::structure:
        structure(value, *member.of, place);
        break;
      case Kind::boolean:
      case Kind::document:
        break;
    }
  }

  void check_text(std::string_view text, const Member& member, const Place& place) {
    const std::string quoted = fmt::format("'{}'", text);
    check_length(text.size(), quoted, member, place);
    if (!member.characters.empty() && !text.empty() && !in_class(text, member.characters)) {
      broken(place, quoted,
             fmt::format("Member must satisfy regular expression pattern: {}", member.characters));
    }
    if (member.one_of.empty()) return;
    const std::vector<std::string_view> allowed = split(member.one_of, '|');
    if (std::ranges::find(allowed, text) != allowed.end()) return;
    std::string list;
    for (const std::string_view item : allowed) list += (list.empty() ? "" : ", ") + std::string(item);
    broken(place, quoted, fmt::format("Member must satisfy enum value set: [{}]", list));
  }

  void check_range(json::Value value, const Member& member, const Place& place) {
    const std::string quoted = fmt::format("'{}'", value.number_text());
    if (!std::isnan(member.min) && value.number() < member.min) {
      broken(place, quoted, fmt::format("Member must have value greater than or equal to {:g}", member.min));
    }
    if (!std::isnan(member.max) && value.number() > member.max) {
      broken(place, quoted, fmt::format("Member must have value less than or equal to {:g}", member.max));
    }
  }

  void check_length(std::size_t length, const std::string& shown, const Member& member, const Place& place) {
    if (!std::isnan(member.min) && static_cast<double>(length) < member.min) {
      broken(place, shown, fmt::format("Member must have length greater than or equal to {:g}", member.min));
    }
    if (!std::isnan(member.max) && static_cast<double>(length) > member.max) {
      broken(place, shown, fmt::format("Member must have length less than or equal to {:g}", member.max));
    }
  }

  void broken(const Place& place, std::string_view shown, std::string_view constraint) {
    // A list's value is not shown: BR-02 has "Value at 'toolConfig.tools'".
    const bool list = shown.starts_with('[') || shown.starts_with('{');
    broken_.push_back(fmt::format("Value{}{} at '{}' failed to satisfy constraint: {}", list ? "" : " ",
                                  list ? "" : shown, place.smithy, constraint));
  }

  void later(std::string message) {
    if (later_.empty()) later_ = std::move(message);
  }

  std::string serialization_;
  std::vector<std::string> broken_;
  std::string later_;
};

}  // namespace

Refused check_shape(json::Value body, const Shape& shape) {
  if (!body.is_object())
    return Refusal{400, "SerializationException", "Start of structure or map found where not expected."};
  Checker checker;
  checker.structure(body, shape, {});
  return checker.result();
}

}  // namespace dragoman::sandbox::bedrock
