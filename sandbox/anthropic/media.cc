#include "sandbox/anthropic/media.h"

namespace dragoman::sandbox {
namespace {

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

std::uint32_t big_endian(std::string_view bytes, std::size_t at, int width) {
  std::uint32_t value = 0;
  for (int i = 0; i < width; ++i) value = value << 8 | byte_at(bytes, at + static_cast<std::size_t>(i));
  return value;
}

// Walks the segments to the frame header (SOF0…SOF15 but the three codes that are something else).
ImageFacts jpeg_facts(std::string_view bytes) {
  ImageFacts facts{"image/jpeg"};
  std::size_t at = 2;
  while (at + 9 < bytes.size() && byte_at(bytes, at) == 0xff) {
    const std::uint32_t marker = byte_at(bytes, at + 1);
    const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) {
      facts.height = big_endian(bytes, at + 5, 2);
      facts.width = big_endian(bytes, at + 7, 2);
      break;
    }
    at += 2 + big_endian(bytes, at + 2, 2);
  }
  return facts;
}

}  // namespace

std::optional<ImageFacts> inspect_image(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) {
    return ImageFacts{"image/png", big_endian(bytes, 16, 4), big_endian(bytes, 20, 4)};
  }
  if (bytes.starts_with("\xff\xd8\xff")) return jpeg_facts(bytes);
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) {
    return ImageFacts{"image/gif", byte_at(bytes, 6) | byte_at(bytes, 7) << 8,
                      byte_at(bytes, 8) | byte_at(bytes, 9) << 8};
  }
  if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") {
    return ImageFacts{"image/webp"};
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox
