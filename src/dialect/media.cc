#include "dialect/media.h"

#include <array>

#include "base/strings.h"

namespace dragoman::dialect {
namespace {

struct Audio {
  std::string_view format, media_type;
};
constexpr std::array kAudio = {
    Audio{"wav", "audio/wav"},   Audio{"mp3", "audio/mpeg"},  Audio{"flac", "audio/flac"},
    Audio{"ogg", "audio/ogg"},   Audio{"opus", "audio/opus"}, Audio{"m4a", "audio/mp4"},
    Audio{"aac", "audio/aac"},   Audio{"webm", "audio/webm"}, Audio{"wav", "audio/x-wav"},
    Audio{"wav", "audio/wave"},  Audio{"mp3", "audio/mp3"},   Audio{"pcm16", "audio/pcm"},
    Audio{"aiff", "audio/aiff"},
};

struct File {
  std::string_view ending, media_type, name;
};
constexpr std::array kFiles = {
    File{".pdf", "application/pdf", "document.pdf"},
    File{".txt", "text/plain", "document.txt"},
    File{".md", "text/markdown", "document.md"},
    File{".html", "text/html", "document.html"},
    File{".csv", "text/csv", "document.csv"},
    File{".json", "application/json", "document.json"},
    File{".doc", "application/msword", "document.doc"},
    File{".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document.docx"},
    File{".xls", "application/vnd.ms-excel", "document.xls"},
    File{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "document.xlsx"},
};

}  // namespace

std::optional<DataUrl> split_data_url(std::string_view url) {
  if (url.size() < 5 || !equals_ignoring_case(url.substr(0, 5), "data:")) return std::nullopt;
  const std::size_t comma = url.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const std::string_view head = url.substr(5, comma - 5);
  const std::size_t last = head.rfind(';');
  if (last == std::string_view::npos || !equals_ignoring_case(head.substr(last + 1), "base64"))
    return std::nullopt;
  return DataUrl{head.substr(0, head.find(';')), url.substr(comma + 1)};
}

std::string_view audio_media_type(std::string_view format) {
  for (const Audio& row : kAudio)
    if (row.format == format) return row.media_type;
  return {};
}

std::string_view audio_format(std::string_view media_type) {
  for (const Audio& row : kAudio)
    if (row.media_type == media_type) return row.format;
  return media_type.substr(media_type.find('/') + 1);
}

std::string_view media_type_of_file(std::string_view file_name) {
  for (const File& row : kFiles)
    if (file_name.size() > row.ending.size() &&
        equals_ignoring_case(file_name.substr(file_name.size() - row.ending.size()), row.ending))
      return row.media_type;
  return {};
}

std::string_view file_name_for(std::string_view media_type) {
  for (const File& row : kFiles)
    if (row.media_type == media_type) return row.name;
  return "document";
}

}  // namespace dragoman::dialect
