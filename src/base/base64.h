// RFC 4648 base64, standard alphabet with padding.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace dragoman {

std::string base64_encode(std::string_view bytes);

// Accepts missing padding and the URL-safe alphabet, as providers and clients send both; nothing else.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace dragoman
