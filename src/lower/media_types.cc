// Types of documents, sounds and films, where a target takes some of them only. A document that is text is
// its text wherever its type is not taken.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/base64.h"
#include "base/strings.h"
#include "dialect/media.h"
#include "lower/context.h"
#include "lower/media.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::DialectName;
using canon::Media;
using canon::MediaKind;
using canon::MediaSource;
using canon::Message;
using canon::Text;
using canon::ToolResult;

// "text/csv; charset=utf-8" → "text/csv"
std::string_view bare(std::string_view type) { return trim(type.substr(0, type.find(';'))); }

bool is_text(std::string_view type) {
  static constexpr std::string_view kTexts[] = {
      "text/*",
      "*+json",
      "*+xml",
      "*+yaml",
      "application/json",
      "application/jsonl",
      "application/x-ndjson",
      "application/xml",
      "application/yaml",
      "application/x-yaml",
      "application/toml",
      "application/sql",
      "application/graphql",
      "application/javascript",
      "application/x-javascript",
      "application/typescript",
      "application/x-typescript",
      "application/x-python",
      "application/x-sh",
  };
  return std::ranges::any_of(kTexts, [&](std::string_view text) { return glob_match(text, type); });
}

std::optional<Setting> types_of(MediaKind kind) {
  switch (kind) {
    case MediaKind::document:
      return Setting::document_types;
    case MediaKind::audio:
      return Setting::audio_types;
    case MediaKind::video:
      return Setting::video_types;
    case MediaKind::image:
      break;
  }
  return std::nullopt;
}

bool takes(const Context& c, const Media& media) {
  const auto setting = types_of(media.kind);
  if (!setting) return true;
  const auto& types = c.profile.list(*setting);
  const std::string_view type = bare(media.media_type);
  return types.empty() ||
         std::ranges::any_of(types, [&](const std::string& t) { return glob_match(t, type); });
}

// What the client left open, or calls bytes, is told by the bytes or the file's name.
void settle_type(Context& c, const Block& block, Media& media) {
  const std::string_view said = bare(media.media_type);
  if (!said.empty() && said != "application/octet-stream") return;
  const auto head = base64_decode(media.data.substr(0, 8));
  const std::string_view type =
      head && head->starts_with("%PDF-") ? "application/pdf" : dialect::media_type_of_file(media.name);
  if (type.empty()) return;
  c.edit("GEN-14", block.pointer, "media_type", std::string(media.media_type), std::string(type), Loss::none);
  media.media_type = type;
}

void fit_document(Context& c, const Block& block, Media& media, bool in_result) {
  if (media.kind != MediaKind::document || media.source != MediaSource::base64) return;
  settle_type(c, block, media);
  const std::string_view type = bare(media.media_type);
  const bool reads = c.flag(Setting::documents) && takes(c, media);
  // In a result that takes no media, text is better off than a document in the turn after it.
  const bool bytes =
      (c.wire.name == DialectName::bedrock_converse || c.wire.name == DialectName::gemini_generate) &&
      (!in_result || c.flag(Setting::result_media));
  const bool as_it_is = reads && (bytes || c.original.dialect == c.wire.name);
  if (as_it_is || !is_text(type)) return;
  const auto text = base64_decode(media.data);
  if (!text || !is_utf8(*text)) return;
  const bool refused = !takes(c, media);
  if (bytes && c.flag(Setting::documents)) {
    c.edit(Setting::document_types, "GEN-14", block.pointer, "media_type", std::string(media.media_type),
           "text/plain", Loss::none);
    media.media_type = "text/plain";
    return;
  }
  if (refused)
    c.edit(Setting::document_types, "GEN-14", block.pointer, "source", fmt::format("base64 of {}", type),
           "text", Loss::none);
  else
    c.edit("GEN-14", block.pointer, "source", "base64", "text", Loss::none);
  media.source = MediaSource::text;
  media.media_type = "text/plain";
  media.data = c.keep(*text);
}

}  // namespace

void fit_documents(Context& c) {
  for (Message& message : c.draft.messages)
    for (Block& block : message.blocks) {
      if (auto* media = std::get_if<Media>(&block.body)) fit_document(c, block, *media, false);
      if (auto* result = std::get_if<ToolResult>(&block.body))
        for (Block& part : result->content)
          if (auto* media = std::get_if<Media>(&part.body)) fit_document(c, part, *media, true);
    }
}

void documents_of_results(Context& c) {
  if (has_document_fields(c)) return;
  for (Message& message : c.draft.messages)
    for (Block& block : message.blocks)
      if (auto* result = std::get_if<ToolResult>(&block.body))
        for (Block& part : result->content) {
          const auto* media = std::get_if<Media>(&part.body);
          if (!media || media->kind != MediaKind::document || media->source != MediaSource::text) continue;
          c.edit("GEN-14", part.pointer, "document", "text document", "text", Loss::none);
          part.body = Text{media->data};
        }
}

std::optional<UntakenType> untaken_type(const Context& c, const Media& media) {
  if (media.source != MediaSource::base64 || media.media_type.empty() || takes(c, media)) return std::nullopt;
  const Setting setting = *types_of(media.kind);
  const std::string_view type = bare(media.media_type);
  std::string reason = fmt::format("{} takes {} of type {}, this one is {}", c.model,
                                   media.kind == MediaKind::document ? "documents"
                                   : media.kind == MediaKind::audio  ? "audio"
                                                                     : "videos",
                                   fmt::join(c.profile.list(setting), ", "), type);
  if (media.kind == MediaKind::document)
    reason += is_text(type) ? "; text has to be UTF-8" : "; send it as one of those, or its text";
  return UntakenType{setting, std::move(reason)};
}

}  // namespace dragoman::lower
