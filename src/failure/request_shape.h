// How each client dialect lays a request out, as far as request_parts.h has to know.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "canon/dialect_name.h"
#include "json/value.h"

namespace dragoman::failure {

struct Shape {
  std::string_view messages, tools;         // pointers
  std::vector<std::string_view> followers;  // pointers: mean nothing without a tool
};
const Shape& shape_of(canon::DialectName dialect);

// model, and what the dialect cannot do without.
bool is_fixed_parameter(canon::DialectName dialect, std::string_view key);

// The places of the body that ask for this tool by name.
std::vector<std::string> choices_of(json::Value body, std::string_view tool);

enum class Place : std::uint8_t { plain, tool, schema_root, message, block };
Place place_of(std::string_view pointer, std::string_view messages, std::string_view tools);

enum class Use : std::uint8_t {
  part,     // can be left out
  fixed,    // its owner cannot be without it
  wrapper,  // cannot be left out, what is in it can
  names,    // an object of schemas by property name
};
Use use_of(Place place, std::string_view key, json::Value owner);

}  // namespace dragoman::failure
