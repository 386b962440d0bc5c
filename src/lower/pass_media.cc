// GEN-14: images, documents and audio where the target takes them; a note in their place where it does not.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/strings.h"
#include "json/path.h"
#include "lower/asked.h"
#include "lower/context.h"
#include "lower/media.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Media;
using canon::MediaKind;
using canon::MediaSource;
using canon::Message;
using canon::Role;
using canon::Text;
using canon::ToolResult;

// The type the bytes themselves claim; "" when they say nothing. Providers compare (ANT-22).
std::string_view sniff(std::string_view base64) {
  const auto head = base64_decode(base64.substr(0, 32));
  if (!head) return {};
  const std::string_view bytes = *head;
  if (bytes.starts_with("\x89PNG\r\n")) return "image/png";
  if (bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (bytes.starts_with("GIF8")) return "image/gif";
  if (bytes.starts_with("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") return "image/webp";
  if (bytes.starts_with("%PDF-")) return "application/pdf";
  return {};
}

std::string describe(const Media& media) {
  std::string what(canon::name(media.kind));
  if (!media.name.empty()) what += fmt::format(" \"{}\"", media.name);
  if (!media.media_type.empty()) what += fmt::format(" ({})", media.media_type);
  return what;
}

void replace_by_note(Context& c, Block& block, Setting cause, std::string_view fallback) {
  const auto& media = std::get<Media>(block.body);
  const std::string what = describe(media);
  c.edit(cause, fallback, block.pointer, canon::name(media.kind), what, "a note", Loss::semantic);
  if (!c.unseen && asked_about(c.original, block.pointer))
    c.unseen = Refused{std::string(c.rule(cause, fallback)), std::string(block.pointer),
                       fmt::format("{} does not read the {}", c.model, what)};
  block.body = Text{c.keep(fmt::format("[{} left out: {} does not read it]", what, c.model))};
}

// What of the user's last words the target cannot take is refused: an answer without it would be to another
// question. In the history a note says that it was there, so that a conversation goes on at another target.
void cannot_take(Context& c, Block& block, Setting cause, std::string_view fallback, std::string reason) {
  if (asked_about(c.original, block.pointer))
    return c.refuse(c.rule(cause, fallback), block.pointer, std::move(reason));
  const auto& media = std::get<Media>(block.body);
  const std::string what = describe(media);
  c.edit(cause, fallback, block.pointer, canon::name(media.kind), what, "a note: " + reason, Loss::semantic);
  block.body = Text{c.keep(fmt::format("[{} left out: {}]", what, reason))};
}

// OAI-05: a word for the detail that the target does not know, or has no place for.
void fit_detail(Context& c, const Block& block, Media& media) {
  const auto& words = c.profile.list(Setting::image_details);
  const bool has_place = c.wire.name == canon::DialectName::openai_chat ||
                         c.wire.name == canon::DialectName::openai_responses ||
                         c.wire.name == canon::DialectName::cohere_chat;
  if (!has_place && !media.detail.empty() && media.detail != "auto") {
    c.edit("GEN-14", block.pointer, "detail", std::string(media.detail), "", Loss::semantic);
    media.detail = {};
  }
  if (media.detail.empty() || words.empty()) return;
  if (words.front() == "none") {
    c.edit(Setting::image_details, "OAI-05", block.pointer, "detail", std::string(media.detail), "",
           media.detail == "auto" ? Loss::none : Loss::narrowed);
    media.detail = {};
    return;
  }
  if (profile::list_contains(words, media.detail)) return;
  c.edit(Setting::image_details, "OAI-05", block.pointer, "detail", std::string(media.detail), "auto",
         Loss::narrowed);
  media.detail = "auto";
}

void fit_text_type(Context& c, const Block& block, Media& media) {
  // Anthropic's text documents are of one type: a Converse client's csv, html and md are their text too.
  if (c.wire.name != canon::DialectName::anthropic_messages || media.source != MediaSource::text ||
      media.media_type.empty() || media.media_type == "text/plain")
    return;
  c.edit("GEN-14", block.pointer, "media_type", std::string(media.media_type), "text/plain", Loss::none);
  media.media_type = "text/plain";
}

// On Bedrock the Nova models fetch from S3, and no model from anywhere else
// (strands-agents/harness-sdk#3610). Google's clients name what they uploaded to Google by a URL of its own,
// or gs://.
bool fetches(const Context& c, const Media& media) {
  const bool s3 = media.data.starts_with("s3://");
  if (c.wire.name == canon::DialectName::bedrock_converse)
    return s3 && c.flag(media.kind == MediaKind::image ? Setting::image_urls : Setting::document_urls);
  if (c.wire.name == canon::DialectName::gemini_generate && c.original.dialect == c.wire.name) return true;
  const bool uploaded =
      media.data.starts_with("https://generativelanguage.googleapis.com/") || media.data.starts_with("gs://");
  // Schemes of its own, as Moonshot's ms://.
  if (media.kind == MediaKind::image &&
      std::ranges::any_of(c.profile.list(Setting::image_schemes), [&](const std::string& scheme) {
        return media.data.starts_with(fmt::format("{}://", scheme));
      }))
    return true;
  return !s3 && !uploaded &&
         c.flag(media.kind == MediaKind::image ? Setting::image_urls : Setting::document_urls);
}

void fit_media(Context& c, Block& block) {
  auto* media = std::get_if<Media>(&block.body);
  if (!media) return;
  fit_text_type(c, block, *media);
  fit_detail(c, block, *media);
  if (media->source == MediaSource::base64) {
    const std::string_view real = sniff(media->data);
    if (!real.empty() && real != media->media_type && media->kind == MediaKind::image &&
        real.starts_with("image/")) {
      c.edit(Setting::image_types, "ANT-22", block.pointer, "media_type", std::string(media->media_type),
             std::string(real), Loss::none);
      media->media_type = real;
    }
  }
  const Setting kind = taken(media->kind);
  if (!c.flag(kind)) {
    // A plain-text document is its text.
    if (media->kind == MediaKind::document && media->source == MediaSource::text) {
      c.edit(kind, "GEN-14", block.pointer, "document", describe(*media), "text", Loss::none);
      block.body = Text{media->data};
      return;
    }
    return replace_by_note(c, block, kind, "BRM-21");
  }
  if (media->source == MediaSource::file_id &&
      (!c.flag(Setting::file_ids) || c.original.dialect != c.wire.name))
    return cannot_take(
        c, block, Setting::file_ids, "GEN-14",
        "the file was uploaded to another provider; send its bytes (base64) instead of its id");
  const Setting by_url = media->kind == MediaKind::image ? Setting::image_urls : Setting::document_urls;
  if (media->source == MediaSource::url && !fetches(c, *media))
    return cannot_take(c, block, by_url, "KIMI-11",
                       media->data.starts_with("http") &&
                               (!c.flag(by_url) || c.wire.name == canon::DialectName::bedrock_converse)
                           ? fmt::format("{} takes this {} as base64 bytes only, not by URL", c.model,
                                         canon::name(media->kind))
                           : fmt::format("{} cannot fetch this {} from where it is; send its bytes (base64)",
                                         c.model, canon::name(media->kind)));
  if (auto untaken = untaken_type(c, *media))
    return cannot_take(c, block, untaken->setting, "GEN-14", std::move(untaken->reason));
  if (media->kind == MediaKind::image && media->source == MediaSource::base64 &&
      !profile::list_contains(c.profile.list(Setting::image_types), media->media_type))
    return cannot_take(c, block, Setting::image_types, "ANT-22",
                       fmt::format("{} takes images of type {}, this one is {}", c.model,
                                   fmt::join(c.profile.list(Setting::image_types), ", "),
                                   media->media_type.empty() ? "of no stated type" : media->media_type));
}

bool only_results(const Message& m) {
  return m.role == Role::user && !m.blocks.empty() &&
         std::all_of(m.blocks.begin(), m.blocks.end(),
                     [](const Block& b) { return std::holds_alternative<ToolResult>(b.body); });
}

// The turn of the user that media of the turn at `at` can move to: the next one, behind all results there
// are. A system turn alone has none; an assistant's last turn would no longer be the last.
std::optional<std::size_t> next_user_turn(const std::vector<Message>& messages, std::size_t at) {
  for (std::size_t i = at + 1; i < messages.size(); ++i) {
    if (messages[i].role != Role::user) continue;
    while (i + 1 < messages.size() && only_results(messages[i]) && messages[i + 1].role == Role::user) ++i;
    return i;
  }
  return std::nullopt;
}

// OAI-04, BR-25: system and assistant turns are text; what else they show is shown by the user turn after.
void move_out_of_turn(Context& c, std::size_t at) {
  Message& message = c.draft.messages[at];
  const bool system = canon::is_system(message);
  const auto to = next_user_turn(c.draft.messages, at);
  std::vector<Block> moved;
  for (Block& block : message.blocks) {
    if (!std::holds_alternative<Media>(block.body)) continue;
    if (!to) {
      replace_by_note(c, block, Setting::assistant_media, "GEN-14");
      continue;
    }
    const std::string_view kind = canon::name(std::get<Media>(block.body).kind);
    const std::string_view who = system ? "system" : "assistant";
    c.edit(Setting::assistant_media, "GEN-14", block.pointer, kind, fmt::format("in the {} turn", who),
           "in the user turn after it", Loss::none);
    Block note;
    note.body = Text{c.keep(system ? fmt::format("The {} that the instructions are about:", kind)
                                   : fmt::format("The {} of the assistant's turn before:", kind))};
    moved.push_back(std::move(note));
    moved.push_back(block);
    block.body = Text{c.keep(fmt::format("[{} below]", kind))};
    block.cache = {};
  }
  if (moved.empty()) return;
  std::vector<Block>& into = c.draft.messages[*to].blocks;
  const auto talk = std::find_if(into.begin(), into.end(),
                                 [](const Block& b) { return !std::holds_alternative<ToolResult>(b.body); });
  into.insert(talk, std::make_move_iterator(moved.begin()), std::make_move_iterator(moved.end()));
}

bool begins_with_result(const Message& m) {
  return m.role == Role::user && !m.blocks.empty() &&
         std::holds_alternative<ToolResult>(m.blocks.front().body);
}

// Images a tool returned, for targets whose tool results are text: they follow the results in the user's
// turn, behind all results there are: OpenAI's dialect has a turn for each.
void move_out_of_results(Context& c, std::size_t at) {
  std::vector<Message>& messages = c.draft.messages;
  Message& message = messages[at];
  const bool results = c.flag(Setting::result_media), with_errors = results && c.flag(Setting::error_media);
  if (with_errors) return;
  std::vector<Block> moved;
  for (Block& block : message.blocks) {
    auto* result = std::get_if<ToolResult>(&block.body);
    if (!result || (result->is_error ? with_errors : results)) continue;
    for (Block& part : result->content) {
      auto* media = std::get_if<Media>(&part.body);
      if (!media) continue;
      c.edit(results ? Setting::error_media : Setting::result_media, "GEN-14", part.pointer,
             canon::name(media->kind), "in the tool result", "in the user turn after it", Loss::none);
      Block note;
      note.body = Text{c.keep(
          fmt::format("The {} returned by the tool call {}:", canon::name(media->kind), result->call_id))};
      moved.push_back(std::move(note));
      moved.push_back(part);
      part.body = Text{c.keep(fmt::format("[{} below]", canon::name(media->kind)))};
      part.cache = {};
    }
  }
  if (moved.empty()) return;
  std::size_t last = at;
  // Images of a result before may stand there already.
  while (last + 1 < messages.size() && begins_with_result(messages[last + 1])) ++last;
  for (Block& block : moved) messages[last].blocks.push_back(std::move(block));
}

// VLLM-08, MISC-01, COH-09: the newest images stay, as the conversation is about them.
void fit_image_count(Context& c) {
  const auto most = static_cast<std::size_t>(c.profile.integer(Setting::images_max));
  if (most == 0) return;
  std::vector<Block*> images;
  const auto collect = [&](std::vector<Block>& blocks, const auto& self) -> void {
    for (Block& block : blocks) {
      if (auto* result = std::get_if<ToolResult>(&block.body)) self(result->content, self);
      const auto* media = std::get_if<Media>(&block.body);
      if (media && media->kind == MediaKind::image) images.push_back(&block);
    }
  };
  for (Message& message : c.draft.messages) collect(message.blocks, collect);
  if (images.size() <= most) return;
  for (std::size_t i = 0; i + most < images.size(); ++i) {
    c.edit(Setting::images_max, "VLLM-08", images[i]->pointer, "image",
           fmt::format("{} of {} images", i + 1, images.size()), "a note", Loss::semantic);
    images[i]->body =
        Text{c.keep(fmt::format("[an earlier image left out: {} takes {} in a request]", c.model, most))};
  }
}

// Some of Bedrock's models read results as text only; what a Converse client sent as JSON is its text there.
void json_results_to_text(Context& c) {
  if (c.original.dialect != c.wire.name || c.flag(Setting::json_blocks)) return;
  for (const Message& message : c.draft.messages)
    for (const Block& block : message.blocks)
      if (const auto* result = std::get_if<ToolResult>(&block.body))
        for (const Block& part : result->content)
          if (const json::Value was = json::resolve(c.original.source, part.pointer)["json"])
            c.edit(Setting::json_blocks, "GEN-01", part.pointer, "json", show(was), "text", Loss::none);
}

}  // namespace

Setting taken(MediaKind kind) {
  switch (kind) {
    case MediaKind::image:
      return Setting::images;
    case MediaKind::document:
      return Setting::documents;
    case MediaKind::video:
      return Setting::videos;
    case MediaKind::audio:
      break;
  }
  return Setting::audio;
}

bool has_document_fields(const Context& c) {
  return (c.wire.name == canon::DialectName::anthropic_messages ||
          c.wire.name == canon::DialectName::bedrock_converse) &&
         c.flag(Setting::documents);
}

void pass_media(Context& c) {
  json_results_to_text(c);
  fit_documents(c);
  tell_of_documents(c);
  documents_of_results(c);
  for (std::size_t i = 0; i < c.draft.messages.size(); ++i) {
    Message& message = c.draft.messages[i];
    if (message.role == Role::user)
      move_out_of_results(c, i);
    else if (canon::is_system(message) || !c.flag(Setting::assistant_media))
      move_out_of_turn(c, i);
    for (Block& block : message.blocks) {
      fit_media(c, block);
      if (auto* result = std::get_if<ToolResult>(&block.body))
        for (Block& part : result->content) fit_media(c, part);
    }
  }
  fit_image_count(c);
  fit_document_names(c);
}

}  // namespace dragoman::lower
