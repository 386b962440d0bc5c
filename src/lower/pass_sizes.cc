// What a host takes of text and media by size: KIMI-13 of all messages, OAIR-05 of one part. Cutting would be
// a guess at what the conversation is about: it is refused here, with the place, before it is sent for
// nothing. But for media that nobody asks about any more (asked.h).
#include <fmt/format.h>

#include <algorithm>

#include "lower/asked.h"
#include "lower/context.h"
#include "lower/validate/text.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Media;
using canon::Text;
using canon::ToolResult;

std::size_t size_of(const std::vector<Block>& blocks) {
  std::size_t size = 0;
  for (const Block& block : blocks) {
    if (const auto* text = std::get_if<Text>(&block.body)) size += text->text.size();
    if (const auto* media = std::get_if<Media>(&block.body)) size += media->data.size();
    if (const auto* call = std::get_if<canon::ToolCall>(&block.body)) size += call->arguments_text.size();
    if (const auto* result = std::get_if<ToolResult>(&block.body)) size += size_of(result->content);
  }
  return size;
}

// KIMI-13: what nobody asks about any more goes first, the oldest of it before the rest.
void leave_media_out(Context& c, std::vector<Block>& blocks, std::size_t& sum, std::size_t most) {
  for (Block& block : blocks) {
    if (auto* result = std::get_if<ToolResult>(&block.body)) leave_media_out(c, result->content, sum, most);
    const auto* media = std::get_if<Media>(&block.body);
    if (sum <= most || !media || asked_about(c.original, block.pointer)) continue;
    const std::size_t size = media->data.size();
    const std::string_view kind = canon::name(media->kind);
    const std::string_view note =
        c.keep(fmt::format("[an earlier {} left out: there is no room for it at {}]", kind, c.model));
    if (note.size() >= size) continue;
    c.edit(Setting::messages_max, "KIMI-13", block.pointer, kind, fmt::format("{} characters", size),
           "a note", Loss::semantic);
    block.body = Text{note};
    sum -= size - note.size();
  }
}

void check_messages(Context& c) {
  const auto most = static_cast<std::size_t>(c.profile.integer(Setting::messages_max));
  if (most == 0) return;
  std::size_t sum = 0, largest = 0;
  std::string_view pointer;
  for (const canon::Message& message : c.draft.messages) {
    const std::size_t size = size_of(message.blocks);
    sum += size;
    if (size > largest) pointer = message.pointer;
    largest = std::max(largest, size);
  }
  for (canon::Message& message : c.draft.messages)
    if (sum > most) leave_media_out(c, message.blocks, sum, most);
  if (sum > most)
    c.refuse(c.rule(Setting::messages_max, "KIMI-13"), pointer,
             fmt::format("{} takes {} bytes of messages, these have {}; this one alone {}", c.model, most,
                         sum, largest));
}

// `size` is at least the number of characters; only what may be too long is counted.
void check_part(Context& c, Setting limit, const Block& block, std::string_view what,
                std::string_view value) {
  const auto most = static_cast<std::size_t>(c.profile.integer(limit));
  if (most == 0 || value.size() <= most) return;
  const std::size_t length = validate::code_points(value);
  if (length > most)
    c.refuse(c.rule(limit, "OAIR-05"), block.pointer,
             fmt::format("{} takes {} characters of one {}, this one has {}", c.model, most, what, length));
}

// An image that is too large where nobody asks about it any more: a note in its place (GEN-14).
bool leave_out(Context& c, Setting limit, Block& block) {
  const auto& media = std::get<Media>(block.body);
  const auto most = static_cast<std::size_t>(c.profile.integer(limit));
  if (most == 0 || media.data.size() <= most || asked_about(c.original, block.pointer)) return false;
  const std::string_view kind = canon::name(media.kind);
  c.edit(limit, "OAIR-05", block.pointer, kind, fmt::format("{} characters", media.data.size()), "a note",
         Loss::semantic);
  block.body = Text{c.keep(fmt::format("[an earlier {} left out: it is too large for {}]", kind, c.model))};
  return true;
}

void check_parts(Context& c, std::vector<Block>& blocks) {
  for (Block& block : blocks) {
    if (const auto* text = std::get_if<Text>(&block.body))
      check_part(c, Setting::text_max, block, "text", text->text.view());
    if (const auto* media = std::get_if<Media>(&block.body)) {
      const bool image = media->kind == canon::MediaKind::image;
      const Setting limit = image ? Setting::image_max : Setting::document_max;
      if (leave_out(c, limit, block)) continue;
      check_part(c, limit, block, image ? "image" : "document", media->data);
    }
    if (auto* result = std::get_if<ToolResult>(&block.body)) check_parts(c, result->content);
  }
}

}  // namespace

void pass_sizes(Context& c) {
  check_messages(c);
  if (c.profile.integer(Setting::text_max) || c.profile.integer(Setting::image_max) ||
      c.profile.integer(Setting::document_max))
    for (canon::Message& message : c.draft.messages) check_parts(c, message.blocks);
}

}  // namespace dragoman::lower
