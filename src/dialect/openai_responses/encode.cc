#include <algorithm>

#include "dialect/custom_tool.h"
#include "dialect/extras.h"
#include "dialect/media.h"
#include "dialect/openai_responses/wire.h"
#include "dialect/reader.h"

namespace dragoman::dialect::openai_responses {
namespace {

using canon::Block;
using canon::Param;
using json::Writer;

constexpr std::string_view kEncrypted = "reasoning.encrypted_content";

// Stateless: every item goes out whole and without an id. An id would have to be known to the account that is
// asked (OAIR-06, OAIR-11, OAIR-12); reasoning is known again by its encrypted content.
class Encoder {
 public:
  Encoder(const canon::Request& request, const WireOptions& options, std::string& out)
      : request_(request), options_(options), w_(out) {}

  void run() {
    w_.begin_object();
    if (options_.model_in_body) w_.field("model", options_.model);
    const std::size_t first = instructions();
    w_.key("input").begin_array();
    for (std::size_t i = first; i < request_.messages.size(); ++i) message(request_.messages[i]);
    w_.end_array();
    write_tools(w_, request_);
    write_tool_choice(w_, request_);
    text();
    reasoning();
    for (const ParamField& field : param_fields())
      if (const auto& p = request_.params[field.param]; p.value) w_.field(field.key, p.value);
    if (const auto& store = request_.params[Param::store]; store.value)
      w_.field("store", store.value);
    else
      w_.field("store", false);
    include();
    if (options_.stream) w_.field("stream", true);
    for (const canon::Extra& extra : request_.extra)
      if (!nested(extra, "text.") && !nested(extra, "reasoning.")) w_.field(extra.key, extra.value);
    w_.end_object();
  }

 private:
  // The instructions the client wrote as such, and where the host wants them there (OAIR-21) all system turns
  // in front. Returns how many messages they were.
  std::size_t instructions() {
    const auto& messages = request_.messages;
    const bool all = options_.system_role == "instructions";
    std::size_t n = 0;
    std::string joined;
    for (; n < messages.size() && canon::is_system(messages[n]); ++n) {
      const canon::Message& m = messages[n];
      const bool own = m.pointer == "/instructions";
      const bool words = std::all_of(m.blocks.begin(), m.blocks.end(), [&](const Block& b) {
        return std::holds_alternative<canon::Text>(b.body) && (all || b.pointer == "/instructions");
      });
      if (!words || !(own || all)) break;
      for (const Block& block : m.blocks) {
        if (!joined.empty()) joined += "\n\n";
        joined += std::get<canon::Text>(block.body).text.view();
      }
    }
    if (n > 0 || all) w_.field("instructions", joined);
    return n;
  }

  void message(const canon::Message& m);
  void assistant(const canon::Message& m);
  void parts(std::span<const Block* const> blocks, bool assistant);
  void part(const Block& block, bool assistant);
  void media(const canon::Media& media);
  void result(const Block& block, const canon::ToolResult& result);
  void call(const Block& block, const canon::ToolCall& call);
  void thought(const canon::Reasoning& reasoning);
  void text();
  void reasoning();
  void include();
  bool own() const { return request_.dialect == canon::DialectName::openai_responses; }
  bool foreign_ours(const canon::Foreign& f) const { return f.dialect == kDialect && f.source; }
  bool is_custom(std::string_view call_id) const {
    for (const canon::Message& m : request_.messages)
      for (const Block& b : m.blocks)
        if (const auto* c = std::get_if<canon::ToolCall>(&b.body); c && c->id == call_id) return c->custom;
    return false;
  }

  const canon::Request& request_;
  const WireOptions& options_;
  Writer w_;
};

void Encoder::message(const canon::Message& m) {
  if (m.role == canon::Role::assistant) return assistant(m);
  std::vector<const Block*> rest;
  const std::string_view given = options_.system_role.empty() || options_.system_role == "instructions"
                                     ? "developer"
                                     : options_.system_role;
  const std::string_view role = !canon::is_system(m)           ? canon::name(m.role)
                                : options_.system_role.empty() ? canon::name(m.role)
                                                               : given;
  const auto flush = [&] {
    if (rest.empty()) return;
    w_.begin_object().field("type", "message").field("role", role).key("content");
    parts(rest, false);
    write_extras(w_, m.extra);
    w_.end_object();
    rest.clear();
  };
  for (const Block& block : m.blocks) {
    if (const auto* r = std::get_if<canon::ToolResult>(&block.body)) {
      flush();
      result(block, *r);
    } else if (const auto* f = std::get_if<canon::Foreign>(&block.body);
               f && foreign_ours(*f) && f->type.ends_with("_output")) {
      flush();
      w_.value(f->source);
    } else {
      rest.push_back(&block);
    }
  }
  flush();
}

// Words, calls and thoughts are items of their own, in the order they came.
void Encoder::assistant(const canon::Message& m) {
  std::vector<const Block*> words;
  const auto flush = [&] {
    if (words.empty()) return;
    w_.begin_object().field("type", "message").field("role", "assistant").key("content");
    parts(words, true);
    write_extras(w_, m.extra);
    for (const canon::Extra& extra : words.front()->extra)
      if (extra.key == "phase") w_.field(extra.key, extra.value);
    w_.end_object();
    words.clear();
  };
  for (const Block& block : m.blocks) {
    if (const auto* c = std::get_if<canon::ToolCall>(&block.body)) {
      flush();
      call(block, *c);
    } else if (const auto* r = std::get_if<canon::Reasoning>(&block.body)) {
      flush();
      thought(*r);
    } else if (const auto* f = std::get_if<canon::Foreign>(&block.body)) {
      flush();
      if (foreign_ours(*f)) w_.value(f->source);
    } else {
      words.push_back(&block);
    }
  }
  flush();
}

void Encoder::parts(std::span<const Block* const> blocks, bool assistant) {
  w_.begin_array();
  for (const Block* block : blocks) part(*block, assistant);
  w_.end_array();
}

// OAIR-18: the assistant's words are output_text, everybody else's input_text.
void Encoder::part(const Block& block, bool assistant) {
  if (const auto* foreign = std::get_if<canon::Foreign>(&block.body)) {
    if (foreign_ours(*foreign)) w_.value(foreign->source);
    return;
  }
  const auto* t = std::get_if<canon::Text>(&block.body);
  const auto* refusal = std::get_if<canon::Refusal>(&block.body);
  const auto* m = std::get_if<canon::Media>(&block.body);
  if (!t && !refusal && (!m || assistant)) return;
  w_.begin_object();
  if (t) w_.field("type", assistant ? "output_text" : "input_text").field("text", t->text);
  if (refusal) w_.field("type", "refusal").field("refusal", refusal->text);
  if (m) media(*m);
  for (const canon::Extra& extra : block.extra)
    if (extra.key != "phase") w_.field(extra.key, extra.value);
  w_.end_object();
}

void Encoder::media(const canon::Media& media) {
  using canon::MediaKind;
  using canon::MediaSource;
  const auto data_url = [&](std::string_view key, std::string_view otherwise) {
    w_.key(key).string_of(
        {"data:", media.media_type.empty() ? otherwise : media.media_type, ";base64,", media.data});
  };
  if (media.kind == MediaKind::image) {
    w_.field("type", "input_image").field("detail", media.detail.empty() ? "auto" : media.detail);
    if (media.source == MediaSource::base64)
      data_url("image_url", "image/png");
    else
      w_.field(media.source == MediaSource::file_id ? "file_id" : "image_url", media.data);
    return;
  }
  if (media.kind == MediaKind::audio) {
    w_.field("type", "input_audio").key("input_audio").begin_object();
    w_.field("data", media.data).field("format", audio_format(media.media_type)).end_object();
    return;
  }
  if (media.source == MediaSource::text) {
    w_.field("type", "input_text").field("text", media.data);
    return;
  }
  const std::string_view media_type = media.media_type.empty() ? "application/pdf" : media.media_type;
  w_.field("type", "input_file");
  if (media.source == MediaSource::file_id) {
    w_.field("file_id", media.data);  // OAIR-22: an id and a name exclude each other
  } else if (media.source == MediaSource::url) {
    w_.field("file_url", media.data);
  } else {
    w_.field("filename", media.name.empty() ? file_name_for(media_type) : media.name);
    data_url("file_data", media_type);
  }
}

void Encoder::result(const Block& block, const canon::ToolResult& result) {
  const bool custom = is_custom(result.call_id);
  w_.begin_object().field("type", custom ? "custom_tool_call_output" : "function_call_output");
  w_.field("call_id", result.call_id).key("output");
  const bool plain =
      result.content.size() <= 1 &&
      (result.content.empty() || std::holds_alternative<canon::Text>(result.content.front().body));
  if (result.content.empty()) {
    w_.string("");
  } else if (plain) {
    std::get<canon::Text>(result.content.front().body).text.write(w_);
  } else {
    std::vector<const Block*> blocks;
    for (const Block& b : result.content) blocks.push_back(&b);
    parts(blocks, false);
  }
  write_extras(w_, block.extra);
  w_.end_object();
}

void Encoder::call(const Block& block, const canon::ToolCall& call) {
  w_.begin_object().field("type", call.custom ? "custom_tool_call" : "function_call");
  w_.field("call_id", call.id);
  write_name(w_, call.name);
  w_.key(call.custom ? "input" : "arguments");
  if (!call.arguments_text.empty() || call.custom)
    w_.string(call.arguments_text);
  else
    w_.string(call.arguments ? json::dump_compact(call.arguments) : std::string("{}"));
  write_extras(w_, block.extra);
  w_.end_object();
}

// OAIR-07: the summary is always there; the client's own summary as it was written.
void Encoder::thought(const canon::Reasoning& r) {
  const std::string_view state = r.signature.empty() ? r.redacted : r.signature;
  w_.begin_object().field("type", "reasoning").key("summary");
  const json::Value written = r.source["summary"];
  if (r.source["type"].text() == "reasoning" && written.is_array()) {
    w_.value(written);
  } else {
    w_.begin_array();
    if (!r.text.empty()) w_.begin_object().field("type", "summary_text").field("text", r.text).end_object();
    w_.end_array();
  }
  if (r.source["type"].text() == "reasoning" && r.source["content"].is_array())
    w_.field("content", r.source["content"]);
  w_.field("encrypted_content", state).end_object();
}

void Encoder::text() {
  const canon::ResponseFormat& format = request_.response_format;
  const json::Value verbosity = request_.params[Param::verbosity].value;
  bool more = false;
  for (const canon::Extra& extra : request_.extra) more |= nested(extra, "text.");
  if (format.kind == canon::FormatKind::unset && !verbosity && !more) return;
  w_.key("text").begin_object();
  if (format.kind != canon::FormatKind::unset) {
    w_.key("format").begin_object();
    if (format.kind == canon::FormatKind::text) w_.field("type", "text");
    if (format.kind == canon::FormatKind::json_object) w_.field("type", "json_object");
    if (format.kind == canon::FormatKind::json_schema) {
      w_.field("type", "json_schema").field("name", format.name.empty() ? "response" : format.name);
      if (!format.description.empty()) w_.field("description", format.description);
      if (format.schema) w_.field("schema", format.schema);
      w_.field("strict", format.strict.value_or(false));
    }
    w_.end_object();
  }
  if (verbosity) w_.field("verbosity", verbosity);
  for (const canon::Extra& extra : request_.extra)
    if (nested(extra, "text.")) w_.field(extra.key.substr(5), extra.value);
  w_.end_object();
}

void Encoder::reasoning() {
  using Mode = canon::ReasoningConfig::Mode;
  const canon::ReasoningConfig& r = request_.reasoning;
  const std::string_view effort = !r.effort.empty() ? r.effort : r.mode == Mode::off ? "none" : "";
  const std::string_view summary = !r.summary.empty()          ? r.summary
                                   : r.include.value_or(false) ? std::string_view("auto")
                                                               : "";
  bool more = false;
  for (const canon::Extra& extra : request_.extra) more |= nested(extra, "reasoning.");
  if (options_.reasoning_style == "none" || (effort.empty() && summary.empty() && !more)) return;
  w_.key("reasoning").begin_object();
  if (!effort.empty()) w_.field("effort", effort);
  if (!summary.empty()) w_.field("summary", summary);
  for (const canon::Extra& extra : request_.extra)
    if (nested(extra, "reasoning.")) w_.field(extra.key.substr(10), extra.value);
  w_.end_object();
}

void Encoder::include() {
  w_.key("include").begin_array();
  if (options_.encrypted_reasoning) w_.string(kEncrypted);
  bool logprobs = request_.params[Param::logprobs].value.boolean();
  if (own())
    for (const json::Value word : request_.source["include"].items()) {
      if (word.text() == kEncrypted) continue;
      if (word.text() == "message.output_text.logprobs" && !logprobs) continue;  // lowering took it out
      logprobs = logprobs && word.text() != "message.output_text.logprobs";
      w_.value(word);
    }
  if (logprobs) w_.string("message.output_text.logprobs");
  w_.end_array();
}

}  // namespace

void encode(const canon::Request& request, const WireOptions& options, std::string& out) {
  Encoder(request, options, out).run();
}

}  // namespace dragoman::dialect::openai_responses
