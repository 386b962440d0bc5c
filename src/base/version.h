// Which dragoman this is.
#pragma once
#include <string_view>

namespace dragoman {
inline constexpr std::string_view kVersion = "0.1.0";  // the same as project(VERSION) in CMakeLists.txt
}
