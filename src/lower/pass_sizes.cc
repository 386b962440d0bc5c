// What a host takes of text and media by size: KIMI-13 of all messages, OAIR-05 of one part. Cutting would be
// a guess at what the conversation is about: it is refused here, with the place, before it is sent for
// nothing.
#include <fmt/format.h>

#include <algorithm>

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

void check_parts(Context& c, const std::vector<Block>& blocks) {
  for (const Block& block : blocks) {
    if (const auto* text = std::get_if<Text>(&block.body))
      check_part(c, Setting::text_max, block, "text", text->text.view());
    if (const auto* media = std::get_if<Media>(&block.body)) {
      const bool image = media->kind == canon::MediaKind::image;
      check_part(c, image ? Setting::image_max : Setting::document_max, block, image ? "image" : "document",
                 media->data);
    }
    if (const auto* result = std::get_if<ToolResult>(&block.body)) check_parts(c, result->content);
  }
}

}  // namespace

void pass_sizes(Context& c) {
  check_messages(c);
  if (c.profile.integer(Setting::text_max) || c.profile.integer(Setting::image_max) ||
      c.profile.integer(Setting::document_max))
    for (const canon::Message& message : c.draft.messages) check_parts(c, message.blocks);
}

}  // namespace dragoman::lower
