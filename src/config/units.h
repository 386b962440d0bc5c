// Durations and sizes as people write them.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dragoman::config {

// "500ms", "30s", "2m", "1h", "7d", "1h30m", "0.5s"; "0" alone. A number without a unit is refused: it could
// mean either of two things. Up to ten years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// "512", "512B", "64KiB", "32MiB", "2GiB", and KB, MB, GB as powers of 1000. Up to 2^53 bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace dragoman::config
