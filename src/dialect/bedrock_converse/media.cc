#include <array>

#include "base/strings.h"
#include "dialect/bedrock_converse/bedrock_converse.h"

namespace dragoman::dialect::bedrock {
namespace {

using canon::MediaKind;

struct Row {
  MediaKind kind;
  std::string_view format, media_type;
};

// The first row of a format or of a media type is the one that is written.
constexpr auto kFormats = std::to_array<Row>({
    {MediaKind::image, "png", "image/png"},
    {MediaKind::image, "jpeg", "image/jpeg"},
    {MediaKind::image, "jpeg", "image/jpg"},
    {MediaKind::image, "gif", "image/gif"},
    {MediaKind::image, "webp", "image/webp"},
    {MediaKind::document, "pdf", "application/pdf"},
    {MediaKind::document, "csv", "text/csv"},
    {MediaKind::document, "doc", "application/msword"},
    {MediaKind::document, "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {MediaKind::document, "xls", "application/vnd.ms-excel"},
    {MediaKind::document, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {MediaKind::document, "html", "text/html"},
    {MediaKind::document, "txt", "text/plain"},
    {MediaKind::document, "md", "text/markdown"},
    {MediaKind::video, "mkv", "video/x-matroska"},
    {MediaKind::video, "mov", "video/quicktime"},
    {MediaKind::video, "mp4", "video/mp4"},
    {MediaKind::video, "webm", "video/webm"},
    {MediaKind::video, "flv", "video/x-flv"},
    {MediaKind::video, "mpeg", "video/mpeg"},
    {MediaKind::video, "mpg", "video/mpg"},
    {MediaKind::video, "wmv", "video/x-ms-wmv"},
    {MediaKind::video, "three_gp", "video/3gpp"},
    {MediaKind::audio, "mp3", "audio/mpeg"},
    {MediaKind::audio, "mp3", "audio/mp3"},
    {MediaKind::audio, "opus", "audio/opus"},
    {MediaKind::audio, "wav", "audio/wav"},
    {MediaKind::audio, "wav", "audio/x-wav"},
    {MediaKind::audio, "aac", "audio/aac"},
    {MediaKind::audio, "x-aac", "audio/x-aac"},
    {MediaKind::audio, "flac", "audio/flac"},
    {MediaKind::audio, "mp4", "audio/mp4"},
    {MediaKind::audio, "ogg", "audio/ogg"},
    {MediaKind::audio, "mkv", "audio/x-matroska"},
    {MediaKind::audio, "m4a", "audio/x-m4a"},
    {MediaKind::audio, "m4a", "audio/m4a"},
    {MediaKind::audio, "pcm", "audio/pcm"},
    {MediaKind::audio, "webm", "audio/webm"},
});

}  // namespace

std::string_view format_of(MediaKind kind, std::string_view media_type) {
  media_type = trim(media_type.substr(0, media_type.find(';')));  // "text/plain; charset=utf-8"
  for (const Row& row : kFormats)
    if (row.kind == kind && equals_ignoring_case(row.media_type, media_type)) return row.format;
  const std::size_t slash = media_type.find('/');
  return slash == std::string_view::npos ? media_type : media_type.substr(slash + 1);
}

std::string_view media_type_of(MediaKind kind, std::string_view format) {
  for (const Row& row : kFormats)
    if (row.kind == kind && row.format == format) return row.media_type;
  return {};
}

std::optional<canon::Media> read_media(std::string_view key, json::Value block) {
  static constexpr std::array kKinds = {MediaKind::image, MediaKind::document, MediaKind::video,
                                        MediaKind::audio};
  for (const MediaKind kind : kKinds) {
    if (key != name(kind)) continue;
    canon::Media media;
    media.kind = kind;
    media.media_type = media_type_of(kind, block["format"].text());
    media.name = block["name"].text();
    media.context = block["context"].text();
    if (block["citations"].present()) media.citations = block["citations"];
    const json::Value source = block["source"];
    if (source["bytes"].is_string()) {
      media.data = source["bytes"].text();
    } else if (source["s3Location"].is_object()) {
      media.source = canon::MediaSource::url;
      media.data = source["s3Location"]["uri"].text();
    } else if (source["text"].is_string()) {
      media.source = canon::MediaSource::text;
      media.data = source["text"].text();
    } else {
      return std::nullopt;  // nested document content: Bedrock's alone
    }
    return media;
  }
  return std::nullopt;
}

}  // namespace dragoman::dialect::bedrock
