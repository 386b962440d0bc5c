// The files of data/, built into the binary by cmake/embed.cmake so that it runs from anywhere.
#pragma once
#include <span>
#include <string_view>

namespace dragoman::profile {

struct DataFile {
  std::string_view path;  // "providers/groq.yaml"
  std::string_view text;
};

std::span<const DataFile> data_files();

}  // namespace dragoman::profile
