#include "sandbox/gemini/proto.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/base64.h"
#include "base/strings.h"
#include "json/write.h"

namespace dragoman::sandbox::gemini {
namespace {

std::string camel(std::string_view name) {
  std::string out;
  bool up = false;
  for (const char c : name) {
    if (c == '_') {
      up = true;
      continue;
    }
    out += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    up = false;
  }
  return out;
}

std::string_view type_name(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "TYPE_STRING";
    case Kind::bytes:
      return "TYPE_BYTES";
    case Kind::integer:
      return "TYPE_INT32";
    case Kind::number:
      return "TYPE_FLOAT";
    case Kind::boolean:
      return "TYPE_BOOL";
    default:
      return "";
  }
}

class Parser {
 public:
  void message(json::Value object, const Message& type, const std::string& path) {
    for (const json::Member& member : object.members()) {
      const auto field = std::ranges::find_if(
          type.fields, [&](const Field& f) { return f.name == member.key || camel(f.name) == member.key; });
      if (field == type.fields.end()) {
        unknown(member.key, path, "Cannot find field.");
      } else if (member.value.present()) {
        set(member.value, *field, path, member.key);
      }
    }
  }

  Refused result() {
    if (lines_.empty()) return std::nullopt;
    std::string message;
    std::string details = R"([{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[)";
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      message += (i > 0 ? "\n" : "") + lines_[i].text;
      details += i > 0 ? "," : "";
      json::Writer w(details);
      w.begin_object();
      if (!lines_[i].field.empty()) w.field("field", lines_[i].field);
      w.field("description", lines_[i].text).end_object();
    }
    return Refusal{400, std::move(message), details + "]}]"};
  }

 private:
  struct Line {
    std::string field, text;
  };

  void unknown(std::string_view name, const std::string& path, std::string_view why) {
    const std::string where = path.empty() ? "" : fmt::format(" at '{}'", path);
    lines_.push_back(
        {path, fmt::format("Invalid JSON payload received. Unknown name \"{}\"{}: {}", name, where, why)});
  }

  void invalid(const std::string& path, std::string_view type, json::Value value) {
    const std::string shown =
        value.is_string() ? fmt::format("\"{}\"", value.text()) : json::dump_compact(value);
    lines_.push_back({path, fmt::format("Invalid value at '{}' ({}), {}", path, type, shown)});
  }

  void set(json::Value value, const Field& field, const std::string& path, std::string_view given_name) {
    const std::string inner = path.empty() ? std::string(field.name) : fmt::format("{}.{}", path, field.name);
    if (field.repeated) {
      if (!value.is_array()) return one(value, field, inner);  // a single value stands for a list of one
      for (std::size_t i = 0; i < value.items().size(); ++i) {
        one(value.at(i), field, fmt::format("{}[{}]", inner, i));
      }
      return;
    }
    if (value.is_array() && field.kind != Kind::value) {
      return unknown(given_name, path, "Proto field is not repeating, cannot start list.");
    }
    one(value, field, inner);
  }

  void one(json::Value value, const Field& field, const std::string& path) {
    switch (field.kind) {
      case Kind::text:
        if (!value.is_string()) invalid(path, type_name(field.kind), value);
        break;
      case Kind::bytes:
        if (!value.is_string()) {
          invalid(path, type_name(field.kind), value);
        } else if (!base64_decode(value.text())) {
          lines_.push_back(
              {path, fmt::format("Invalid value at '{}' (TYPE_BYTES), Base64 decoding failed for \"{}\"",
                                 path, value.text())});
        }
        break;
      case Kind::integer:
        if (!value.integer() && !numeric_text(value)) invalid(path, type_name(field.kind), value);
        break;
      case Kind::number:
        if (!value.is_number() && !numeric_text(value)) invalid(path, type_name(field.kind), value);
        break;
      case Kind::boolean:
        if (!value.is_bool()) invalid(path, type_name(field.kind), value);
        break;
      case Kind::enumeration:
        if (!known(value, field.values)) {
          invalid(path, fmt::format("type.googleapis.com/{}", field.of != nullptr ? field.of->name : ""),
                  value);
        }
        break;
      case Kind::structure:
        if (!value.is_object()) invalid(path, "type.googleapis.com/google.protobuf.Struct", value);
        break;
      case Kind::value:
        break;
      case Kind::message:
        if (value.is_object()) {
          message(value, *field.of, path);
        } else {
          invalid(path, fmt::format("type.googleapis.com/{}", field.of->name), value);
        }
        break;
      case Kind::map:
        if (!value.is_object()) return invalid(path, "Map", value);
        for (std::size_t i = 0; i < value.members().size(); ++i) {
          const Field item{"value", Kind::message, field.of};
          one(value.members()[i].value, item, fmt::format("{}[{}].value", path, i));
        }
        break;
    }
  }

  // The JSON mapping lets numbers come as strings.
  static bool numeric_text(json::Value value) {
    const std::string_view text = value.text();
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '-'; });
  }

  static bool known(json::Value value, std::string_view values) {
    if (value.integer()) return true;
    return std::ranges::any_of(split(values, '|'),
                               [&](std::string_view v) { return equals_ignoring_case(v, value.text()); });
  }

  std::vector<Line> lines_;
};

}  // namespace

Refused check_proto(json::Value body, const Message& message) {
  if (!body.is_object()) return refuse("Invalid JSON payload received. Root element must be a message.");
  Parser parser;
  parser.message(body, message, "");
  return parser.result();
}

json::Value get(json::Value object, std::string_view proto_name) {
  if (const json::Value value = object[proto_name]) return value;
  return object[camel(proto_name)];
}

}  // namespace dragoman::sandbox::gemini
