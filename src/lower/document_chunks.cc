// Documents and search results that are lists of texts, as Anthropic's and Bedrock's clients write them. No
// other API has a block for them, but all have one for text.
#include <fmt/format.h>

#include <iterator>

#include "lower/context.h"
#include "lower/media.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Foreign;
using canon::Media;
using canon::MediaKind;
using canon::MediaSource;
using canon::Text;
using json::Value;

// Null where the block is none.
Value chunked(const Foreign& foreign) {
  const bool anthropic = foreign.dialect == canon::name(canon::DialectName::anthropic_messages);
  const bool known =
      foreign.type == "document" || foreign.type == "search_result" || foreign.type == "searchResult";
  if (!known) return {};
  const Value block = anthropic ? foreign.source : foreign.source[foreign.type];
  const Value content = foreign.type == "document" ? block["source"]["content"] : block["content"];
  return content.is_array() || content.is_string() ? block : Value();
}

// Anthropic's image block; false for anything else.
bool read_image(Value block, Media& out) {
  const Value source = block["source"];
  const std::string_view type = source["type"].text();
  if (block["type"].text() != "image") return false;
  if (type == "base64") {
    out.media_type = source["media_type"].text();
    out.data = source["data"].text();
  } else if (type == "url") {
    out.source = MediaSource::url;
    out.data = source["url"].text();
  } else if (type == "file") {
    out.source = MediaSource::file_id;
    out.data = source["file_id"].text();
  }
  return !out.data.empty();
}

std::string head_of(const Foreign& foreign, Value block) {
  if (foreign.type != "document") {
    std::string head = "The search result";
    if (const auto title = block["title"].text(); !title.empty()) head += fmt::format(" \"{}\"", title);
    if (const auto source = block["source"].text(); !source.empty()) head += fmt::format(" ({})", source);
    return head + ":";
  }
  std::string head;
  const std::string_view title = block["title"] ? block["title"].text() : block["name"].text();
  if (!title.empty()) head = fmt::format("The document \"{}\":", title);
  if (const auto context = block["context"].text(); !context.empty())
    head += fmt::format("{}{}", head.empty() ? "" : "\n", context);
  return head;
}

// Nothing where some of it is no text or image that is known.
std::vector<Block> spread(Context& c, const Foreign& foreign, Value block) {
  std::vector<Block> out;
  const auto add = [&](auto body) { out.emplace_back().body = std::move(body); };
  if (const std::string head = head_of(foreign, block); !head.empty()) add(Text{c.keep(head)});
  const Value content = foreign.type == "document" ? block["source"]["content"] : block["content"];
  if (content.is_string()) {
    add(Text{canon::Words(content)});
    return out;
  }
  for (const Value item : content.items()) {
    Media image;
    if (item["text"].is_string())
      add(Text{canon::Words(item["text"])});
    else if (read_image(item, image))
      add(image);
    else
      return {};
  }
  return out;
}

}  // namespace

void spread_chunks(Context& c, std::vector<Block>& blocks) {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const Block was = blocks[i];
    const auto* foreign = std::get_if<Foreign>(&was.body);
    const Value block = foreign ? chunked(*foreign) : Value();
    if (!block) continue;
    std::vector<Block> made = spread(c, *foreign, block);
    if (made.empty()) continue;
    c.edit("GEN-14", was.pointer, foreign->type, show(foreign->source), "text blocks", Loss::none);
    if (block["citations"]["enabled"].boolean())
      c.edit("GEN-14", was.pointer, "citations", show(block["citations"]), "", Loss::semantic);
    for (Block& one : made) one.pointer = was.pointer;
    made.back().cache = was.cache;
    if (const Value marker = block["cache_control"]; marker.is_object())
      made.back().cache = {.set = true, .ttl = marker["ttl"].text()};
    const auto at = blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(i));
    blocks.insert(at, std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
    i += made.size() - 1;
  }
}

}  // namespace dragoman::lower
