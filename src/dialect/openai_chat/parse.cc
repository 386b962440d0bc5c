#include "json/parse.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "dialect/media.h"
#include "dialect/openai_chat/parser.h"

namespace dragoman::dialect::openai_chat {
namespace {

using canon::Block;
using json::Kind;
using json::Value;
using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 6> kRoles = {"system",    "developer", "user",
                                                    "assistant", "tool",      "function"};

constexpr std::array<std::string_view, 11> kMessage = {
    "role",          "content",           "name",      "refusal",           "tool_calls",   "tool_call_id",
    "function_call", "reasoning_content", "reasoning", "reasoning_details", "cache_control"};

}  // namespace

Result<canon::Request> Parser::run() {
  if (!r_.is_object(body_, "", true)) return std::unexpected(r_.take_error());
  out_.dialect = canon::DialectName::openai_chat;
  out_.source = body_;
  out_.model = r_.model(body_);
  messages();
  stream();
  tools();
  tool_choice();
  response_format();
  params();
  reasoning();
  extras();
  if (r_.failed()) return std::unexpected(r_.take_error());
  return std::move(out_);
}

void Parser::messages() {
  const Value list = body_["messages"];
  if (!r_.is_array(list, "/messages", true)) return;
  if (list.items().empty())
    return r_.fail("/messages", "expected at least one message, found an empty array");
  out_.messages.reserve(list.items().size());
  for (std::size_t i = 0; i < list.items().size() && !r_.failed(); ++i)
    message(list.at(i), r_.at("/messages", i), i);
}

void Parser::message(Value v, std::string_view pointer, std::size_t index) {
  if (!r_.is_object(v, pointer, true)) return;
  const std::string_view role = r_.word(v, pointer, "role", Words(kRoles), true);
  canon::Message& m = out_.messages.emplace_back();
  m.pointer = pointer;
  const std::string_view content_pointer = r_.at(pointer, "content");

  if (role == "tool" || role == "function") {
    canon::ToolResult result;
    result.name = r_.text(v, pointer, "name", role == "function");
    if (role == "tool") {
      result.call_id = r_.text(v, pointer, "tool_call_id", true);
      if (const auto known = calls_.name_of.find(result.call_id);
          result.name.empty() && known != calls_.name_of.end())
        result.name = known->second;
    } else if (const auto made = calls_.legacy_id.find(result.name); made != calls_.legacy_id.end()) {
      result.call_id = made->second;
    } else {
      result.call_id = result.name;
    }
    if (v["content"].present() || role == "tool") {
      if (!v["content"].present())
        r_.fail(content_pointer, "required, expected a string or an array of content parts");
      content(v["content"], content_pointer, result.content);
    }
    Block& block = m.blocks.emplace_back(Block{std::move(result), pointer});
    block.cache = r_.cache_marker(v, pointer);
    r_.unknown(v, pointer, kMessage, m.extra);
    return;
  }

  m.role = role == "system"      ? canon::Role::system
           : role == "developer" ? canon::Role::developer
           : role == "assistant" ? canon::Role::assistant
                                 : canon::Role::user;
  m.name = r_.text(v, pointer, "name");
  const bool assistant = m.role == canon::Role::assistant;
  if (assistant) {
    for (const std::string_view key : {"reasoning_content", "reasoning"}) r_.text(v, pointer, key);
    r_.member(v, pointer, "reasoning_details", Kind::array);
    read_reasoning(arena_, v, pointer, m.blocks);
  }
  if (!v["content"].present() && !assistant)
    r_.fail(content_pointer, "required, expected a string or an array of content parts");
  content(v["content"], content_pointer, m.blocks);
  if (const canon::CacheMarker cache = r_.cache_marker(v, pointer); cache.set && !m.blocks.empty())
    m.blocks.back().cache = cache;
  if (assistant) {
    if (const Value refusal = r_.member(v, pointer, "refusal", Kind::string))
      m.blocks.push_back({canon::Refusal{refusal.text()}, r_.at(pointer, "refusal")});
    if (const Value list = r_.member(v, pointer, "tool_calls", Kind::array)) {
      const std::string_view base = r_.at(pointer, "tool_calls");
      for (std::size_t i = 0; i < list.items().size(); ++i) tool_call(list.at(i), r_.at(base, i), m.blocks);
    }
    if (const Value legacy = r_.member(v, pointer, "function_call", Kind::object)) {
      canon::ToolCall call;
      const std::string_view at = r_.at(pointer, "function_call");
      call.name = r_.text(legacy, at, "name", true);
      call.id = arena_.copy(std::string_view(fmt::format("call_legacy_{}", index)));
      arguments(call, legacy, at);
      calls_.legacy_id[call.name] = call.id;
      m.blocks.push_back({call, at});
    }
  }
  r_.unknown(v, pointer, kMessage, m.extra);
}

void Parser::content(Value v, std::string_view pointer, std::vector<Block>& out) {
  if (!v.present()) return;
  if (v.is_string()) {
    out.push_back({canon::Text{canon::Words(v)}, pointer});
    return;
  }
  if (!v.is_array())
    return r_.fail(pointer, fmt::format("expected a string or an array of content parts, found {}",
                                        json::name(v.kind())));
  for (std::size_t i = 0; i < v.items().size(); ++i) part(v.at(i), r_.at(pointer, i), out);
}

void Parser::part(Value v, std::string_view pointer, std::vector<Block>& out) {
  static constexpr std::array<std::string_view, 10> kKnown = {
      "type", "text",      "refusal",   "image_url", "input_audio",
      "file", "video_url", "audio_url", "thinking",  "cache_control"};
  if (!r_.is_object(v, pointer, true)) return;
  const std::string_view type = r_.text(v, pointer, "type", true);
  Block block;
  block.pointer = pointer;
  if (type == "text") {
    block.body = canon::Text{canon::Words(r_.member(v, pointer, "text", Kind::string, true))};
  } else if (type == "refusal") {
    block.body = canon::Refusal{r_.text(v, pointer, "refusal", true)};
  } else if (type == "image_url") {
    block.body = image(v, pointer);
  } else if (type == "video_url") {
    block.body = media_url(v, pointer, type, canon::MediaKind::video);
  } else if (type == "audio_url") {
    block.body = media_url(v, pointer, type, canon::MediaKind::audio);
  } else if (type == "input_audio") {
    canon::Media media{.kind = canon::MediaKind::audio};
    const std::string_view at = r_.at(pointer, type);
    const Value audio = r_.member(v, pointer, type, Kind::object, true);
    media.data = r_.text(audio, at, "data", audio.is_object());
    const std::string_view format = r_.text(audio, at, "format", audio.is_object());
    media.media_type = audio_media_type(format);
    if (media.media_type.empty() && !format.empty())
      media.media_type = arena_.copy(std::string_view(std::string("audio/").append(format)));
    block.body = media;
  } else if (type == "file") {
    block.body = file(v, pointer);
  } else if (type == "thinking") {  // Mistral: {"type":"thinking","thinking":[{"type":"text","text":…}]}
    const Value thinking = v["thinking"];
    std::string text;
    for (const Value piece : thinking.items()) text += piece["text"].text();
    block.body = canon::Reasoning{.text = thinking.is_string() ? thinking.text()
                                                               : arena_.copy(std::string_view(text))};
  } else {
    block.body = canon::Foreign{type, v, canon::name(out_.dialect)};
    out.push_back(std::move(block));
    return;
  }
  block.cache = r_.cache_marker(v, pointer);
  r_.unknown(v, pointer, kKnown, block.extra);
  out.push_back(std::move(block));
}

canon::Media Parser::image(Value v, std::string_view pointer) {
  return media_url(v, pointer, "image_url", canon::MediaKind::image);
}

// {"url":…, "detail":…}, or the bare URL as Mistral's clients write it.
canon::Media Parser::media_url(Value v, std::string_view pointer, std::string_view key,
                               canon::MediaKind kind) {
  canon::Media media{.kind = kind};
  std::string_view url;
  if (v[key].is_string()) {
    url = v[key].text();
  } else {
    const Value object = r_.member(v, pointer, key, Kind::object, true);
    const std::string_view at = r_.at(pointer, key);
    url = r_.text(object, at, "url", object.is_object());
    media.detail = r_.text(object, at, "detail");
  }
  if (const auto data = split_data_url(url)) {
    media.media_type = data->media_type;
    media.data = data->data;
  } else {
    media.source = canon::MediaSource::url;
    media.data = url;
  }
  return media;
}

canon::Media Parser::file(Value v, std::string_view pointer) {
  canon::Media media{.kind = canon::MediaKind::document};
  const Value object = r_.member(v, pointer, "file", Kind::object, true);
  const std::string_view at = r_.at(pointer, "file");
  media.name = r_.text(object, at, "filename");
  const Value data = r_.member(object, at, "file_data", Kind::string);
  const Value id = r_.member(object, at, "file_id", Kind::string);
  if (data) {
    media.data = data.text();
    if (const auto url = split_data_url(media.data)) {
      media.media_type = url->media_type;
      media.data = url->data;
    } else if (media.data.starts_with("https://") || media.data.starts_with("http://")) {
      media.source = canon::MediaSource::url;  // OpenRouter's way to name a PDF
    }
    if (media.media_type.empty()) media.media_type = media_type_of_file(media.name);
  } else if (id) {
    media.source = canon::MediaSource::file_id;
    media.data = id.text();
  } else if (object.is_object()) {
    r_.fail(at, "expected \"file_data\" or \"file_id\"");
  }
  return media;
}

void Parser::arguments(canon::ToolCall& call, Value function, std::string_view pointer) {
  if (const Value parsed = function["arguments"];
      parsed.is_object()) {  // OAI-25: written as it came out of JSON
    call.arguments = parsed;
    return;
  }
  const Value text = r_.member(function, pointer, "arguments", Kind::string, true);
  call.arguments_text = text.text();
  if (is_blank(call.arguments_text)) {  // what models write for tools that take nothing
    call.arguments_text = {};
    call.arguments = json::Builder(arena_).empty_object();
    return;
  }
  const auto parsed = json::parse(arena_, call.arguments_text, json::kRequestLimits);
  if (parsed && parsed->is_object()) call.arguments = *parsed;
}

void Parser::tool_call(Value v, std::string_view pointer, std::vector<Block>& out) {
  static constexpr std::array<std::string_view, 6> kKnown = {"id",       "type",   "index",
                                                             "function", "custom", "extra_content"};
  static constexpr std::array<std::string_view, 2> kTypes = {"function", "custom"};
  if (!r_.is_object(v, pointer, true)) return;
  canon::ToolCall call;
  call.id = r_.text(v, pointer, "id", true);
  call.custom = r_.word(v, pointer, "type", Words(kTypes)) == "custom";
  const std::string_view key = call.custom ? "custom" : "function";
  const Value function = r_.member(v, pointer, key, Kind::object, true);
  if (!function) return;
  const std::string_view at = r_.at(pointer, key);
  call.name = r_.text(function, at, "name", true);
  if (call.custom)
    call.arguments_text = r_.text(function, at, "input", true);
  else
    arguments(call, function, at);
  const Value extra = v["extra_content"];
  call.signature = extra["google"]["thought_signature"].text();
  Block block{call, pointer};
  block.cache = r_.cache_marker(v, pointer);
  r_.unknown(v, pointer, kKnown, block.extra);
  if (extra.present() && call.signature.empty())
    block.extra.push_back({"extra_content", extra, r_.at(pointer, "extra_content")});
  calls_.name_of[call.id] = call.name;
  out.push_back(std::move(block));
}

Result<canon::Request> parse(Arena& arena, json::Value body) { return Parser(arena, body).run(); }

}  // namespace dragoman::dialect::openai_chat
