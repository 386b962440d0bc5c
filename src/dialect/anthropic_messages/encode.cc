#include "dialect/anthropic_messages/wire.h"
#include "dialect/extras.h"
#include "dialect/reader.h"

namespace dragoman::dialect::anthropic_messages {
namespace {

using canon::Block;
using canon::Param;
using json::Writer;

constexpr std::array kFields = {
    ParamField{Param::temperature, "temperature", Want::number},
    ParamField{Param::top_p, "top_p", Want::number},
    ParamField{Param::top_k, "top_k", Want::integer},
    ParamField{Param::service_tier, "service_tier", Want::string},
};

constexpr std::array<std::string_view, canon::kParams> names() {
  std::array<std::string_view, canon::kParams> out{};
  for (const ParamField& field : kFields) out[static_cast<std::size_t>(field.param)] = field.key;
  out[static_cast<std::size_t>(Param::max_tokens)] = "max_tokens";
  out[static_cast<std::size_t>(Param::stop)] = "stop_sequences";
  out[static_cast<std::size_t>(Param::user)] = "metadata.user_id";
  out[static_cast<std::size_t>(Param::parallel_tool_calls)] = "tool_choice.disable_parallel_tool_use";
  return out;
}
void write_cache(Writer& w, const canon::CacheMarker& cache) {
  if (!cache.set) return;
  w.key("cache_control").begin_object().field("type", "ephemeral");
  if (!cache.ttl.empty()) w.field("ttl", cache.ttl);
  w.end_object();
}

bool nested(const canon::Extra& extra) {
  return dialect::nested(extra, kOutputConfigPrefix) || dialect::nested(extra, kThinkingPrefix) ||
         dialect::nested(extra, kMetadataPrefix);
}

class Encoder {
 public:
  Encoder(const canon::Request& request, const WireOptions& options, std::string& out)
      : request_(request), options_(options), w_(out) {}

  void run() {
    w_.begin_object();
    if (!options_.version.empty()) w_.field("anthropic_version", options_.version);
    if (options_.model_in_body) w_.field("model", options_.model);
    if (const auto& p = request_.params[Param::max_tokens]; p.value) w_.field("max_tokens", p.value);
    conversation();
    tools();
    tool_choice();
    thinking();
    output_config();
    for (const ParamField& field : kFields)
      if (const auto& p = request_.params[field.param]; p.value) w_.field(field.key, p.value);
    if (const auto& p = request_.params[Param::stop]; p.value) w_.field("stop_sequences", p.value);
    metadata();
    if (options_.stream) w_.field("stream", true);
    for (const canon::Extra& extra : request_.extra)
      if (!nested(extra)) w_.field(extra.key, extra.value);
    w_.end_object();
  }

 private:
  void conversation();
  void message(const canon::Message& m);
  void content(std::span<const Block* const> blocks);
  void block(const Block& b);
  bool writable(const Block& b) const;
  void media(const canon::Media& m);
  void tool_result(const canon::ToolResult& result);
  void tools();
  void tool_choice();
  void openai_choice();
  void thinking();
  void output_config();
  void metadata();
  void nested_extras(std::string_view prefix) {
    for (const canon::Extra& extra : request_.extra)
      if (dialect::nested(extra, prefix)) w_.field(extra.key.substr(prefix.size()), extra.value);
  }
  bool any_nested(std::string_view prefix) const {
    for (const canon::Extra& extra : request_.extra)
      if (dialect::nested(extra, prefix)) return true;
    return false;
  }

  const canon::Request& request_;
  const WireOptions& options_;
  Writer w_;
};

void Encoder::conversation() {
  std::size_t first = 0;
  std::vector<const Block*> system;
  for (; first < request_.messages.size() && canon::is_system(request_.messages[first]); ++first)
    for (const Block& b : request_.messages[first].blocks) system.push_back(&b);
  if (!system.empty()) {
    w_.key("system");
    content(system);
  }
  w_.key("messages").begin_array();
  for (; first < request_.messages.size(); ++first) message(request_.messages[first]);
  w_.end_array();
}

void Encoder::message(const canon::Message& m) {
  std::vector<const Block*> blocks;
  for (const Block& b : m.blocks)  // ANT-12: the results of a user turn come first
    if (std::holds_alternative<canon::ToolResult>(b.body)) blocks.push_back(&b);
  for (const Block& b : m.blocks)
    if (!std::holds_alternative<canon::ToolResult>(b.body)) blocks.push_back(&b);
  const std::string_view role = m.role == canon::Role::assistant ? "assistant"
                                : canon::is_system(m)            ? "system"
                                                                 : "user";
  w_.begin_object().field("role", role).key("content");
  content(blocks);
  write_extras(w_, m.extra);
  w_.end_object();
}

// One plain text is a string; anything else is blocks.
void Encoder::content(std::span<const Block* const> blocks) {
  if (blocks.size() == 1) {
    const Block& only = *blocks.front();
    const auto* text = std::get_if<canon::Text>(&only.body);
    if (text && !only.cache.set && only.extra.empty() && !only.citations) {
      text->text.write(w_);
      return;
    }
  }
  w_.begin_array();
  for (const Block* b : blocks)
    if (writable(*b)) block(*b);
  w_.end_array();
}

bool Encoder::writable(const Block& b) const {
  if (const auto* foreign = std::get_if<canon::Foreign>(&b.body))
    return foreign->source && foreign->dialect == canon::name(canon::DialectName::anthropic_messages);
  if (const auto* m = std::get_if<canon::Media>(&b.body))
    return m->kind == canon::MediaKind::image || m->kind == canon::MediaKind::document;
  return true;
}

void Encoder::block(const Block& b) {
  if (const auto* foreign = std::get_if<canon::Foreign>(&b.body)) {
    w_.value(foreign->source);
    return;
  }
  w_.begin_object();
  if (const auto* text = std::get_if<canon::Text>(&b.body)) {
    w_.field("type", "text").field("text", text->text);
    if (b.citations) w_.field("citations", b.citations);
  } else if (const auto* refusal = std::get_if<canon::Refusal>(&b.body)) {
    w_.field("type", "text").field("text", refusal->text);
  } else if (const auto* m = std::get_if<canon::Media>(&b.body)) {
    media(*m);
  } else if (const auto* call = std::get_if<canon::ToolCall>(&b.body)) {
    w_.field("type", "tool_use").field("id", call->id).field("name", call->name).key("input");
    if (call->arguments)
      w_.value(call->arguments);
    else
      w_.begin_object().end_object();
  } else if (const auto* result = std::get_if<canon::ToolResult>(&b.body)) {
    tool_result(*result);
  } else if (const auto* reasoning = std::get_if<canon::Reasoning>(&b.body)) {
    if (!reasoning->redacted.empty())
      w_.field("type", "redacted_thinking").field("data", reasoning->redacted);
    else
      w_.field("type", "thinking")
          .field("thinking", reasoning->text)
          .field("signature", options_.send_signatures ? reasoning->signature : std::string_view());
  }
  write_cache(w_, b.cache);
  write_extras(w_, b.extra);
  w_.end_object();
}

void Encoder::media(const canon::Media& m) {
  using canon::MediaSource;
  w_.field("type", m.kind == canon::MediaKind::document ? "document" : "image").key("source").begin_object();
  switch (m.source) {
    case MediaSource::base64:
      w_.field("type", "base64").field("media_type", m.media_type).field("data", m.data);
      break;
    case MediaSource::text:
      w_.field("type", "text").field("media_type", "text/plain").field("data", m.data);
      break;
    case MediaSource::url:
      w_.field("type", "url").field("url", m.data);
      break;
    case MediaSource::file_id:
      w_.field("type", "file").field("file_id", m.data);
      break;
  }
  w_.end_object();
  if (m.kind != canon::MediaKind::document) return;
  if (!m.name.empty()) w_.field("title", m.name);
  if (!m.context.empty()) w_.field("context", m.context);
  if (m.citations) w_.field("citations", m.citations);
}

void Encoder::tool_result(const canon::ToolResult& result) {
  w_.field("type", "tool_result").field("tool_use_id", result.call_id);
  if (!result.content.empty()) {
    std::vector<const Block*> blocks;
    for (const Block& b : result.content) blocks.push_back(&b);
    w_.key("content");
    content(blocks);
  }
  if (result.is_error) w_.field("is_error", true);
}

void Encoder::tools() {
  // Another dialect's own tools have been taken out by lowering, which has told the client.
  const bool own = request_.dialect == canon::DialectName::anthropic_messages;
  const auto writes = [&](const canon::Tool& tool) { return own || tool.kind == canon::ToolKind::function; };
  if (std::none_of(request_.tools.begin(), request_.tools.end(), writes)) return;
  w_.key("tools").begin_array();
  for (const canon::Tool& tool : request_.tools) {
    if (!writes(tool)) continue;
    if (tool.kind != canon::ToolKind::function) {
      w_.value(tool.source);
      continue;
    }
    const bool openai = options_.openai_tools;
    w_.begin_object();
    if (openai) w_.field("type", "function").key("function").begin_object();
    w_.field("name", tool.name);
    if (!tool.description.empty()) w_.field("description", tool.description);
    w_.key(openai ? "parameters" : "input_schema");
    if (tool.schema)
      w_.value(tool.schema);
    else  // ANT-31: the field and its type are required
      w_.begin_object().field("type", "object").key("properties").begin_object().end_object().end_object();
    if (tool.strict) w_.field("strict", *tool.strict);
    if (openai) w_.end_object();
    write_cache(w_, tool.cache);
    write_extras(w_, tool.extra);
    w_.end_object();
  }
  w_.end_array();
}

// A gateway behind Anthropic's path that reads OpenAI's words for the choice (Kimi's coding endpoint did).
void Encoder::openai_choice() {
  using canon::ChoiceMode;
  const canon::ToolChoice& choice = request_.tool_choice;
  if (choice.mode == ChoiceMode::unset) return;
  w_.key("tool_choice");
  if (choice.mode != ChoiceMode::named) {
    w_.string(canon::name(choice.mode));
    return;
  }
  w_.begin_object().field("type", "function").key("function").begin_object();
  w_.field("name", choice.tool).end_object().end_object();
}

void Encoder::tool_choice() {
  using canon::ChoiceMode;
  if (options_.openai_tools) return openai_choice();
  const canon::ToolChoice& choice = request_.tool_choice;
  const auto& parallel = request_.params[Param::parallel_tool_calls];
  const bool alone = parallel.value.is_bool() && !parallel.value.boolean();
  if (choice.mode == ChoiceMode::unset && (!alone || request_.tools.empty())) return;
  w_.key("tool_choice").begin_object();
  switch (choice.mode) {
    case ChoiceMode::none:
      w_.field("type", "none");
      break;
    case ChoiceMode::required:
      w_.field("type", "any");
      break;
    case ChoiceMode::named:
      w_.field("type", "tool").field("name", choice.tool);
      break;
    case ChoiceMode::unset:
    case ChoiceMode::automatic:
      w_.field("type", "auto");
      break;
  }
  if (alone && choice.mode != ChoiceMode::none) w_.field("disable_parallel_tool_use", true);
  w_.end_object();
}

void Encoder::thinking() {
  using Mode = canon::ReasoningConfig::Mode;
  const canon::ReasoningConfig& r = request_.reasoning;
  if (r.mode == Mode::unset) return;
  w_.key("thinking").begin_object();
  if (r.mode == Mode::off) {
    w_.field("type", "disabled");
  } else {
    if (r.mode == Mode::on && r.budget)
      w_.field("type", "enabled").field("budget_tokens", *r.budget);
    else
      w_.field("type", "adaptive");
    if (r.include) w_.field("display", *r.include ? "summarized" : "omitted");
    nested_extras(kThinkingPrefix);
  }
  w_.end_object();
}

void Encoder::output_config() {
  // "none" is no effort here but thinking switched off, which thinking() has said.
  const std::string_view effort =
      request_.reasoning.effort == "none" ? std::string_view() : request_.reasoning.effort;
  const canon::ResponseFormat& format = request_.response_format;
  const bool schema = format.kind == canon::FormatKind::json_schema && format.schema;
  if (effort.empty() && !schema && !any_nested(kOutputConfigPrefix)) return;
  w_.key("output_config").begin_object();
  if (!effort.empty()) w_.field("effort", effort);
  if (schema)
    w_.key("format").begin_object().field("type", "json_schema").field("schema", format.schema).end_object();
  nested_extras(kOutputConfigPrefix);
  w_.end_object();
}

void Encoder::metadata() {
  const auto& user = request_.params[Param::user];
  if (!user.value && !any_nested(kMetadataPrefix)) return;
  w_.key("metadata").begin_object();
  if (user.value) w_.field("user_id", user.value);
  nested_extras(kMetadataPrefix);
  w_.end_object();
}

}  // namespace

std::span<const ParamField> param_fields() { return kFields; }
constinit const std::array<std::string_view, canon::kParams> kFieldNames = names();

void encode(const canon::Request& request, const WireOptions& options, std::string& out) {
  Encoder(request, options, out).run();
}

}  // namespace dragoman::dialect::anthropic_messages
