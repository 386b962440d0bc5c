#include "dialect/extras.h"
#include "dialect/media.h"
#include "dialect/openai_chat/wire.h"

namespace dragoman::dialect::openai_chat {
namespace {

using canon::Block;
using canon::Param;
using json::Writer;

class Encoder {
 public:
  Encoder(const canon::Request& request, const WireOptions& options, std::string& out)
      : request_(request), options_(options), w_(out) {}

  void run() {
    w_.begin_object();
    if (options_.model_in_body) w_.field("model", options_.model);
    w_.key("messages").begin_array();
    for (const canon::Message& m : request_.messages) message(m);
    w_.end_array();
    write_tools(w_, request_);
    write_tool_choice(w_, request_);
    if (const auto& p = request_.params[Param::parallel_tool_calls]; p.value)
      w_.field("parallel_tool_calls", p.value);
    write_response_format(w_, request_.response_format);
    if (const auto& p = request_.params[Param::max_tokens]; p.value)
      w_.field(options_.max_tokens_field.empty() ? "max_tokens" : options_.max_tokens_field, p.value);
    for (const ParamField& field : param_fields())
      if (const auto& p = request_.params[field.param]; p.value)
        w_.field(field.param == Param::seed ? options_.seed_field : field.key, p.value);
    if (const auto& p = request_.params[Param::stop]; p.value) w_.field("stop", p.value);
    write_reasoning_config(w_, request_.reasoning, options_.reasoning_style, options_.budget_field);
    if (options_.stream) {
      w_.field("stream", true);
      if (options_.stream_usage)
        w_.key("stream_options").begin_object().field("include_usage", true).end_object();
    }
    write_extras(w_, request_.extra);
    w_.end_object();
  }

 private:
  void message(const canon::Message& m);
  void assistant(const canon::Message& m);
  void plain(const canon::Message& m, std::string_view role, std::span<const Block* const> blocks);
  void content(std::span<const Block* const> blocks);
  void part(const Block& block);
  void media(const canon::Media& media);
  void data_url(std::string_view key, const canon::Media& media, std::string_view media_type);
  void tool_call(const Block& block, const canon::ToolCall& call);
  void tool_result(const canon::Message& m, const canon::ToolResult& result);
  void reasoning(std::span<const canon::Reasoning* const> all);
  void thinking_parts(std::span<const canon::Reasoning* const> all, std::span<const Block* const> words);
  bool foreign_ours(const canon::Foreign& f) const {
    return f.dialect == canon::name(canon::DialectName::openai_chat) && f.source;
  }

  const canon::Request& request_;
  const WireOptions& options_;
  Writer w_;
};

void Encoder::message(const canon::Message& m) {
  if (m.role == canon::Role::assistant) return assistant(m);
  std::vector<const Block*> rest;
  bool any_result = false;
  for (const Block& block : m.blocks) {
    if (const auto* result = std::get_if<canon::ToolResult>(&block.body)) {
      any_result = true;
      tool_result(m, *result);
    } else {
      rest.push_back(&block);
    }
  }
  if (any_result && rest.empty()) return;
  const std::string_view role =
      canon::is_system(m) && !options_.system_role.empty() ? options_.system_role : canon::name(m.role);
  plain(m, role, rest);
}

void Encoder::tool_result(const canon::Message& m, const canon::ToolResult& result) {
  std::vector<const Block*> blocks;
  for (const Block& block : result.content) blocks.push_back(&block);
  w_.begin_object().field("role", "tool");
  if (!options_.bare_messages) w_.field("tool_call_id", result.call_id);
  if (options_.result_name && !options_.bare_messages && !result.name.empty()) w_.field("name", result.name);
  w_.key("content");
  content(blocks);
  if (m.blocks.size() == 1 && !options_.bare_messages) write_extras(w_, m.extra);
  w_.end_object();
}

void Encoder::plain(const canon::Message& m, std::string_view role, std::span<const Block* const> blocks) {
  w_.begin_object().field("role", role);
  if (!m.name.empty() && !options_.bare_messages) w_.field("name", m.name);
  w_.key("content");
  content(blocks);
  if (!options_.bare_messages) write_extras(w_, m.extra);
  w_.end_object();
}

// One plain text is a string, as most hosts like it best; anything else is parts.
void Encoder::content(std::span<const Block* const> blocks) {
  if (blocks.empty()) {
    w_.string("");
    return;
  }
  bool all_text = true, marked = false, cached = false;
  for (const Block* block : blocks) {
    all_text &= std::holds_alternative<canon::Text>(block->body);
    marked |= block->cache.set || !block->extra.empty();
    cached |= block->cache.set;  // of a host that takes breakpoints; they stand on parts
  }
  if (all_text && blocks.size() == 1 && (!marked || (options_.string_content && !cached))) {
    std::get<canon::Text>(blocks[0]->body).text.write(w_);
    return;
  }
  if (all_text && options_.string_content && !cached) {
    std::string joined;
    for (const Block* block : blocks) {
      if (block != blocks.front()) joined += '\n';
      joined += std::get<canon::Text>(block->body).text.view();
    }
    w_.string(joined);
    return;
  }
  w_.begin_array();
  for (const Block* block : blocks) part(*block);
  w_.end_array();
}

void Encoder::part(const Block& block) {
  if (const auto* foreign = std::get_if<canon::Foreign>(&block.body)) {
    if (foreign_ours(*foreign)) w_.value(foreign->source);
    return;
  }
  const auto* text = std::get_if<canon::Text>(&block.body);
  const auto* refusal = std::get_if<canon::Refusal>(&block.body);
  const auto* m = std::get_if<canon::Media>(&block.body);
  if (!text && !refusal && !m) return;
  w_.begin_object();
  if (text) w_.field("type", "text").field("text", text->text);
  if (refusal) w_.field("type", "refusal").field("refusal", refusal->text);
  if (m) media(*m);
  write_cache(w_, block.cache);
  write_extras(w_, block.extra);
  w_.end_object();
}

void Encoder::data_url(std::string_view key, const canon::Media& media, std::string_view media_type) {
  w_.key(key).string_of({"data:", media_type, ";base64,", media.data});
}

void Encoder::media(const canon::Media& media) {
  using canon::MediaKind;
  using canon::MediaSource;
  const auto url_part = [&](std::string_view type) {
    w_.field("type", type).key(type).begin_object();
    if (media.source == MediaSource::base64)
      data_url("url", media, media.media_type.empty() ? "image/png" : media.media_type);
    else
      w_.field("url", media.data);
    if (!media.detail.empty()) w_.field("detail", media.detail);
    w_.end_object();
  };
  switch (media.kind) {
    case MediaKind::image:
      return url_part("image_url");
    case MediaKind::video:
      return url_part("video_url");
    case MediaKind::audio:
      if (media.source != MediaSource::base64) return url_part("audio_url");
      w_.field("type", "input_audio").key("input_audio").begin_object();
      w_.field("data", media.data).field("format", audio_format(media.media_type)).end_object();
      return;
    case MediaKind::document:
      break;
  }
  if (media.source == MediaSource::text) {
    w_.field("type", "text").field("text", media.data);
    return;
  }
  w_.field("type", "file").key("file").begin_object();
  const std::string_view media_type = media.media_type.empty() ? "application/pdf" : media.media_type;
  if (media.source == MediaSource::file_id) {
    if (!media.name.empty()) w_.field("filename", media.name);
    w_.field("file_id", media.data);
  } else {
    w_.field("filename", media.name.empty() ? file_name_for(media_type) : media.name);
    if (media.source == MediaSource::base64)
      data_url("file_data", media, media_type);
    else
      w_.field("file_data", media.data);
  }
  w_.end_object();
}

void Encoder::assistant(const canon::Message& m) {
  std::vector<const Block*> words;
  std::vector<const canon::Reasoning*> thoughts;
  const canon::Refusal* refusal = nullptr;
  std::size_t calls = 0;
  for (const Block& block : m.blocks) {
    if (const auto* r = std::get_if<canon::Reasoning>(&block.body))
      thoughts.push_back(r);
    else if (const auto* f = std::get_if<canon::Refusal>(&block.body))
      refusal = f;
    else if (std::holds_alternative<canon::ToolCall>(block.body))
      ++calls;
    else
      words.push_back(&block);
  }
  w_.begin_object().field("role", "assistant");
  if (!m.name.empty() && !options_.bare_messages) w_.field("name", m.name);
  w_.key("content");
  if (options_.reasoning_replay == "thinking_parts" && !thoughts.empty())
    thinking_parts(thoughts, words);
  else if (words.empty() && (calls > 0 || refusal) && options_.null_content && !options_.bare_messages)
    w_.null();
  else
    content(words);
  if (options_.bare_messages) {
    w_.end_object();
    return;
  }
  if (refusal) w_.field("refusal", refusal->text);
  reasoning(thoughts);
  if (calls > 0) {
    w_.key("tool_calls").begin_array();
    for (const Block& block : m.blocks)
      if (const auto* call = std::get_if<canon::ToolCall>(&block.body)) tool_call(block, *call);
    w_.end_array();
  }
  write_extras(w_, m.extra);
  w_.end_object();
}

// Mistral's way; a turn has one part of thoughts, in front (MIS-25).
void Encoder::thinking_parts(std::span<const canon::Reasoning* const> all,
                             std::span<const Block* const> words) {
  std::string text;
  for (const canon::Reasoning* r : all) {
    if (!text.empty() && !r->text.empty()) text += '\n';
    text += r->text;
  }
  w_.begin_array();
  w_.begin_object().field("type", "thinking").key("thinking").begin_array();
  w_.begin_object().field("type", "text").field("text", text).end_object();
  w_.end_array().end_object();
  for (const Block* block : words) part(*block);
  w_.end_array();
}

void Encoder::reasoning(std::span<const canon::Reasoning* const> all) {
  const std::string_view how = options_.reasoning_replay;
  if (how.empty() || how == "thinking_parts" || (all.empty() && !options_.reasoning_always)) return;
  if (how == "reasoning_details") {
    w_.key("reasoning_details").begin_array();
    int index = 0;
    for (const canon::Reasoning* r : all) write_detail(w_, *r, index++, options_.send_signatures);
    w_.end_array();
    return;
  }
  std::string text;
  for (const canon::Reasoning* r : all) {
    if (!text.empty() && !r->text.empty()) text += '\n';
    text += r->text;
  }
  w_.field(how, text);
}

void Encoder::tool_call(const Block& block, const canon::ToolCall& call) {
  w_.begin_object().field("id", call.id);
  if (call.custom) {
    w_.field("type", "custom").key("custom").begin_object();
    w_.field("name", call.name).field("input", call.arguments_text).end_object();
  } else {
    w_.field("type", "function").key("function").begin_object().field("name", call.name).key("arguments");
    if (!call.arguments_text.empty())
      w_.string(call.arguments_text);
    else
      w_.string(call.arguments ? json::dump_compact(call.arguments) : std::string("{}"));
    w_.end_object();
  }
  // Where reasoning state has a place at all; the others refuse the member (MIS-01).
  if (!call.signature.empty() && options_.send_signatures && options_.reasoning_replay == "reasoning_details")
    w_.key("extra_content")
        .begin_object()
        .key("google")
        .begin_object()
        .field("thought_signature", call.signature)
        .end_object()
        .end_object();
  write_cache(w_, block.cache);
  write_extras(w_, block.extra);
  w_.end_object();
}

}  // namespace

void encode(const canon::Request& request, const WireOptions& options, std::string& out) {
  Encoder(request, options, out).run();
}

}  // namespace dragoman::dialect::openai_chat
