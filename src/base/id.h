// Identifiers dragoman makes: request ids, tool-call ids for providers that give none.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace dragoman {

// `prefix` followed by `length` characters of [0-9A-Za-z], from the system's random source. Unique for all
// practical purposes from 16 characters up. Thread-safe.
std::string random_id(std::string_view prefix, std::size_t length = 24);

}  // namespace dragoman
