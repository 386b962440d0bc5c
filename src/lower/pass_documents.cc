// What clients say of documents, where a target has other words for it, or none.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "lower/context.h"
#include "lower/media.h"
#include "lower/names.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Media;
using canon::MediaKind;
using canon::MediaSource;
using canon::Message;
using canon::Text;
using canon::ToolResult;

// BR-23, BR-24: Bedrock's letters for a document's name, which no other has. False: it is no document.
bool fit_document_name(Context& c, Block& block, std::set<std::string>& used) {
  auto* media = std::get_if<Media>(&block.body);
  if (!media || media->kind != MediaKind::document) return false;
  std::string name;
  for (const char ch : media->name) {
    const char next = in_class("A-Za-z0-9()[]-", ch) ? ch : ' ';
    if (next == ' ' && (name.empty() || name.back() == ' ')) continue;
    name += next;
  }
  name = std::string(trim(name)).substr(0, 190);
  if (name.empty()) name = "document";
  std::string unique = name;
  for (int n = 2; !used.insert(unique).second; ++n) unique = fmt::format("{} {}", name, n);
  if (unique != media->name) {
    c.edit("BR-23", block.pointer, "name", std::string(media->name), unique, Loss::none);
    media->name = c.keep(unique);
  }
  return true;
}

// A Converse client's text for its guardrail: nobody says that it counts as the text beside a document.
bool guarded(const Block& block) {
  return std::ranges::any_of(block.extra, [](const canon::Extra& e) { return e.key == "guardContent"; });
}

// Whether the wire has a place for the name of what is sent, or a note of ours will say it.
bool says_name(const Context& c, const Media& media) {
  if (!c.flag(taken(media.kind)) && media.source != MediaSource::text) return true;
  if (c.wire.name == canon::DialectName::gemini_generate) return c.original.dialect == c.wire.name;
  return media.kind == MediaKind::document &&
         (media.source == MediaSource::base64 || media.source == MediaSource::file_id);
}

// What clients say of a document beside it: its name and its context go in front of it as text where there is
// no field for them. Nobody but Anthropic and Bedrock cites.
void tell_of_documents(Context& c, std::vector<Block>& blocks) {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (auto* result = std::get_if<ToolResult>(&blocks[i].body)) tell_of_documents(c, result->content);
    auto* media = std::get_if<Media>(&blocks[i].body);
    if (!media) continue;
    if (media->citations["enabled"].boolean())
      c.edit("GEN-14", blocks[i].pointer, "citations", show(media->citations), "", Loss::semantic);
    std::string before;
    if (!media->name.empty() && !says_name(c, *media)) {
      c.edit("GEN-14", blocks[i].pointer, "name", cut(media->name), "a text before it", Loss::none);
      before = fmt::format("The {} \"{}\":", canon::name(media->kind), media->name);
      media->name = {};
    }
    if (!media->context.empty()) {
      c.edit("GEN-14", blocks[i].pointer, "context", cut(media->context), "a text before it", Loss::none);
      before += before.empty() ? media->context : fmt::format("\n{}", media->context);
    }
    if (before.empty()) continue;
    media->context = {};
    Block note;
    note.body = Text{c.keep(before)};
    blocks.insert(blocks.begin() + static_cast<std::ptrdiff_t>(i++), std::move(note));
  }
}

}  // namespace

void tell_of_documents(Context& c) {
  if (has_document_fields(c)) return;
  for (Message& message : c.draft.messages) tell_of_documents(c, message.blocks);
}

void fit_document_names(Context& c) {
  if (!c.flag(Setting::document_names)) return;
  std::set<std::string> used;
  for (Message& message : c.draft.messages) {
    bool document = false, text = false;
    for (Block& block : message.blocks) {
      if (auto* result = std::get_if<ToolResult>(&block.body))
        for (Block& part : result->content) fit_document_name(c, part, used);
      const auto* words = std::get_if<Text>(&block.body);
      text = text || (words && !is_blank(words->text) && !guarded(block));
      document |= fit_document_name(c, block, used);
    }
    if (document && !text) {
      Block block;
      block.body = Text{"See the attached document."};
      c.edit("BR-22", message.pointer, "text", "", "See the attached document.", Loss::none);
      message.blocks.push_back(std::move(block));
    }
  }
}

}  // namespace dragoman::lower
