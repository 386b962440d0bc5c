// Words for violations.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "json/value.h"
#include "lower/validate/program.h"

namespace dragoman::validate {

std::string excerpt(json::Value value);            // JSON text, cut to a readable length
std::string quoted(std::string_view text);         // the same of a string
std::string_view with_article(json::Value value);  // "a number", "null"
std::string types_phrase(std::uint64_t bits);      // "an integer or null"
std::size_t code_points(std::string_view utf8);

}  // namespace dragoman::validate
