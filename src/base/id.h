// Identifiers dragoman makes: request ids, tool-call ids for providers that give none.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman {

// `prefix` followed by `length` characters of [0-9A-Za-z], from the system's random source. Unique for all
// practical purposes from 16 characters up. Thread-safe.
std::string random_id(std::string_view prefix, std::size_t length = 24);

// `length` characters of [0-9a-zA-Z] that depend on every bit of the text, and on the salt; the same in every
// process and version.
std::string stable_id(std::string_view text, std::uint64_t salt, std::size_t length);

}  // namespace dragoman
