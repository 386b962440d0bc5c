// What an image's first bytes say about it.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace dragoman::sandbox {

struct ImageFacts {
  std::string_view media_type;  // "image/png"
  std::uint32_t width = 0;      // 0 where the header does not tell
  std::uint32_t height = 0;
};

// Facts of PNG, JPEG, GIF and WebP bytes; nothing for anything else.
std::optional<ImageFacts> inspect_image(std::string_view bytes);

}  // namespace dragoman::sandbox
