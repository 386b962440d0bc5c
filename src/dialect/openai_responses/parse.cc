#include "json/parse.h"

#include <fmt/format.h>

#include <unordered_map>

#include "base/strings.h"
#include "dialect/media.h"
#include "dialect/openai_responses/wire.h"
#include "dialect/reader.h"

namespace dragoman::dialect::openai_responses {
namespace {

using canon::Block;
using canon::Message;
using canon::Param;
using canon::Role;
using json::Kind;
using json::Value;
using Words = std::span<const std::string_view>;

// Keys with a reader below or of no concern to a provider. Everything else becomes an Extra.
constexpr std::array<std::string_view, 16> kTopLevel = {
    "model",          "input",        "instructions",         "stream",
    "stream_options", "tools",        "tool_choice",          "text",
    "include",        "reasoning",    "max_output_tokens",    "store",
    "background",     "conversation", "previous_response_id", "truncation"};

class Parser {
 public:
  Parser(Arena& arena, Value body) : arena_(arena), r_(arena), body_(body) {}

  Result<canon::Request> run() {
    if (!r_.is_object(body_, "", true)) return std::unexpected(r_.take_error());
    out_.dialect = canon::DialectName::openai_responses;
    out_.source = body_;
    out_.stream_usage = true;
    out_.model = r_.model(body_);
    out_.stream = r_.member(body_, "", "stream", Kind::boolean).boolean();
    refuse_what_cannot_be();
    instructions();
    input();
    parse_tools(arena_, r_, body_, out_);
    text();
    reasoning();
    params();
    extras();
    if (r_.failed()) return std::unexpected(r_.take_error());
    return std::move(out_);
  }

 private:
  void refuse_what_cannot_be();
  void instructions();
  void input();
  void item(Value v, std::string_view pointer);
  void message(Value v, std::string_view pointer);
  void content(Value v, std::string_view pointer, bool assistant, std::vector<Block>& out);
  void part(Value v, std::string_view pointer, bool assistant, std::vector<Block>& out);
  canon::Media image(Value v, std::string_view pointer);
  canon::Media file(Value v, std::string_view pointer);
  void call(Value v, std::string_view pointer, bool custom);
  void result(Value v, std::string_view pointer);
  void reasoning_item(Value v, std::string_view pointer);
  void text();
  void reasoning();
  void params();
  void extras();

  // What the assistant said in several items is one turn.
  std::vector<Block>& assistant_turn(std::string_view pointer) {
    if (out_.messages.empty() || out_.messages.back().role != Role::assistant) {
      Message& m = out_.messages.emplace_back();
      m.role = Role::assistant;
      m.pointer = pointer;
    }
    return out_.messages.back().blocks;
  }

  Arena& arena_;
  Reader r_;
  Value body_;
  canon::Request out_;
  std::unordered_map<std::string_view, std::string_view> name_of_;  // tool name by call id
  canon::ToolCall pending_;  // the state that came ahead of the call it belongs to
};

void Parser::refuse_what_cannot_be() {
  if (r_.member(body_, "", "background", Kind::boolean).boolean())
    r_.fail(
        "/background",
        "background responses are not kept running here; leave \"background\" out or set it to false, and "
        "use \"stream\": true for long answers");
  if (body_["conversation"].present())
    r_.fail(
        "/conversation",
        "conversation objects are not kept here; use \"previous_response_id\", or send the whole \"input\"");
}

void Parser::instructions() {
  const Value v = body_["instructions"];
  if (!v.present() || !r_.is_string(v, "/instructions")) return;
  if (v.text().empty()) return;
  Message& m = out_.messages.emplace_back();
  m.role = Role::system;
  m.pointer = "/instructions";
  m.blocks.push_back({canon::Text{canon::Words(v)}, "/instructions"});
}

void Parser::input() {
  const Value v = body_["input"];
  if (!v.present()) {
    // A stored prompt may bring the words.
    if (!body_["prompt"].present()) r_.fail("/input", "required, expected a string or an array of items");
    return;
  }
  if (v.is_string()) {
    Message& m = out_.messages.emplace_back();
    m.pointer = "/input";
    m.blocks.push_back({canon::Text{canon::Words(v)}, "/input"});
    return;
  }
  if (!v.is_array())
    return r_.fail("/input",
                   fmt::format("expected a string or an array of items, found {}", json::name(v.kind())));
  if (v.items().empty()) return r_.fail("/input", "expected at least one item, found an empty array");
  for (std::size_t i = 0; i < v.items().size() && !r_.failed(); ++i) item(v.at(i), r_.at("/input", i));
}

void Parser::item(Value v, std::string_view pointer) {
  if (!r_.is_object(v, pointer, true)) return;
  const std::string_view type = r_.text(v, pointer, "type");
  if (type == "message" || (type.empty() && v["role"].present())) return message(v, pointer);
  if (type == "function_call") return call(v, pointer, false);
  if (type == "custom_tool_call") return call(v, pointer, true);
  if (type == "function_call_output" || type == "custom_tool_call_output") return result(v, pointer);
  if (type == "reasoning") return reasoning_item(v, pointer);
  if (type == "item_reference" || (type.empty() && v["id"].is_string())) {
    return r_.fail(pointer, fmt::format("Item with id '{}' not found. Items are kept by the responses that "
                                        "were stored; send the item itself",
                                        v["id"].text().substr(0, 80)));
  }
  if (type.empty())
    return r_.fail(r_.at(pointer, "type"), "required, expected the type of an item (\"message\" …)");
  // What only OpenAI's own tools say: web_search_call, local_shell_call and its output, mcp_call …
  const bool users = type.ends_with("_output") || type == "mcp_approval_response";
  if (users) {
    Message& m = out_.messages.emplace_back();
    m.pointer = pointer;
    m.blocks.push_back({canon::Foreign{type, v, kDialect}, pointer});
  } else {
    assistant_turn(pointer).push_back({canon::Foreign{type, v, kDialect}, pointer});
  }
}

void Parser::message(Value v, std::string_view pointer) {
  static constexpr std::array<std::string_view, 4> kRoles = {"user", "assistant", "system", "developer"};
  static constexpr std::array<std::string_view, 5> kKnown = {"type", "role", "content", "id", "status"};
  const std::string_view role = r_.word(v, pointer, "role", Words(kRoles), true);
  const std::string_view at = r_.at(pointer, "content");
  if (!v["content"].present()) return r_.fail(at, "required, expected a string or an array of content parts");
  if (role == "assistant") {
    std::vector<Block>& blocks = assistant_turn(pointer);
    const std::size_t first = blocks.size();
    content(v["content"], at, true, blocks);
    if (blocks.size() > first) r_.unknown(v, pointer, kKnown, blocks[first].extra);
    return;
  }
  Message& m = out_.messages.emplace_back();
  m.role = role == "system" ? Role::system : role == "developer" ? Role::developer : Role::user;
  m.pointer = pointer;
  content(v["content"], at, false, m.blocks);
  r_.unknown(v, pointer, kKnown, m.extra);
}

void Parser::content(Value v, std::string_view pointer, bool assistant, std::vector<Block>& out) {
  if (v.is_string()) {
    out.push_back({canon::Text{canon::Words(v)}, pointer});
    return;
  }
  if (!v.is_array())
    return r_.fail(pointer, fmt::format("expected a string or an array of content parts, found {}",
                                        json::name(v.kind())));
  for (std::size_t i = 0; i < v.items().size(); ++i) part(v.at(i), r_.at(pointer, i), assistant, out);
}

void Parser::part(Value v, std::string_view pointer, bool assistant, std::vector<Block>& out) {
  static constexpr std::array<std::string_view, 11> kKnown = {
      "type",      "text",     "refusal",  "image_url", "file_id",    "detail",
      "file_data", "filename", "file_url", "logprobs",  "input_audio"};
  if (!r_.is_object(v, pointer, true)) return;
  const std::string_view type = r_.text(v, pointer, "type", true);
  Block block;
  block.pointer = pointer;
  if (type == "input_text" || type == "output_text" || type == "text") {
    block.body = canon::Text{canon::Words(r_.member(v, pointer, "text", Kind::string, true))};
  } else if (type == "refusal" && assistant) {
    block.body = canon::Refusal{r_.text(v, pointer, "refusal", true)};
  } else if (type == "input_image") {
    block.body = image(v, pointer);
  } else if (type == "input_file") {
    block.body = file(v, pointer);
  } else if (type == "input_audio") {
    canon::Media media{.kind = canon::MediaKind::audio};
    const std::string_view at = r_.at(pointer, type);
    const Value audio = r_.member(v, pointer, type, Kind::object, true);
    media.data = r_.text(audio, at, "data", audio.is_object());
    media.media_type = audio_media_type(r_.text(audio, at, "format", audio.is_object()));
    block.body = media;
  } else {
    out.push_back({canon::Foreign{type, v, kDialect}, pointer});
    return;
  }
  // Annotations of an earlier answer are about that answer; the model is told the words.
  for (const json::Member& member : v.members())
    if (member.key != "annotations" && std::find(kKnown.begin(), kKnown.end(), member.key) == kKnown.end() &&
        member.value.present())
      block.extra.push_back({member.key, member.value, r_.at(pointer, member.key)});
  out.push_back(std::move(block));
}

canon::Media Parser::image(Value v, std::string_view pointer) {
  canon::Media media;
  media.detail = r_.text(v, pointer, "detail");
  if (const Value url = r_.member(v, pointer, "image_url", Kind::string)) {
    if (const auto data = split_data_url(url.text())) {
      media.media_type = data->media_type;
      media.data = data->data;
    } else {
      media.source = canon::MediaSource::url;
      media.data = url.text();
    }
  } else if (const Value id = r_.member(v, pointer, "file_id", Kind::string)) {
    media.source = canon::MediaSource::file_id;
    media.data = id.text();
  } else {
    r_.fail(pointer, "expected \"image_url\" or \"file_id\"");
  }
  return media;
}

canon::Media Parser::file(Value v, std::string_view pointer) {
  canon::Media media{.kind = canon::MediaKind::document};
  media.name = r_.text(v, pointer, "filename");
  if (const Value data = r_.member(v, pointer, "file_data", Kind::string)) {
    media.data = data.text();
    if (const auto url = split_data_url(media.data)) {
      media.media_type = url->media_type;
      media.data = url->data;
    }
    if (media.media_type.empty()) media.media_type = media_type_of_file(media.name);
  } else if (const Value url = r_.member(v, pointer, "file_url", Kind::string)) {
    media.source = canon::MediaSource::url;
    media.data = url.text();
  } else if (const Value id = r_.member(v, pointer, "file_id", Kind::string)) {
    media.source = canon::MediaSource::file_id;
    media.data = id.text();
  } else {
    r_.fail(pointer, "expected \"file_data\", \"file_url\" or \"file_id\"");
  }
  return media;
}

void Parser::call(Value v, std::string_view pointer, bool custom) {
  static constexpr std::array<std::string_view, 8> kKnown = {"type", "id",        "status", "call_id",
                                                             "name", "arguments", "input",  "namespace"};
  canon::ToolCall out;
  out.custom = custom;
  out.id = r_.text(v, pointer, "call_id", true);
  out.name = spaced_name(arena_, r_, v, pointer, true);
  out.arguments_text = r_.text(v, pointer, custom ? "input" : "arguments", true);
  if (!custom) {
    if (is_blank(out.arguments_text)) {  // what models write for tools that take nothing
      out.arguments_text = {};
      out.arguments = json::Builder(arena_).empty_object();
    } else if (const auto parsed = json::parse(arena_, out.arguments_text, json::kRequestLimits);
               parsed && parsed->is_object()) {
      out.arguments = *parsed;
    }
  }
  out.signature = pending_.signature;
  pending_ = {};
  name_of_[out.id] = out.name;
  Block block{out, pointer};
  r_.unknown(v, pointer, kKnown, block.extra);
  assistant_turn(pointer).push_back(std::move(block));
}

void Parser::result(Value v, std::string_view pointer) {
  static constexpr std::array<std::string_view, 6> kKnown = {"type",    "id",     "status",
                                                             "call_id", "output", "name"};
  canon::ToolResult out;
  out.call_id = r_.text(v, pointer, "call_id", true);
  out.name = spaced_name(arena_, r_, v, pointer, false);
  if (const auto known = name_of_.find(out.call_id); out.name.empty() && known != name_of_.end())
    out.name = known->second;
  const std::string_view at = r_.at(pointer, "output");
  if (!v["output"].present()) r_.fail(at, "required, expected a string or an array of content parts");
  if (v["output"].present()) content(v["output"], at, false, out.content);
  Message& m = out_.messages.emplace_back();
  m.pointer = pointer;
  Block& block = m.blocks.emplace_back(Block{std::move(out), pointer});
  r_.unknown(v, pointer, kKnown, block.extra);
}

void Parser::reasoning_item(Value v, std::string_view pointer) {
  r_.member(v, pointer, "summary", Kind::array);  // without one: OAIR-07
  const Value encrypted = r_.member(v, pointer, "encrypted_content", Kind::string);
  if (const auto state = untag_state(encrypted.text()); state && state->kind == 'c') {
    pending_.signature = state->payload;
    return;
  }
  const canon::Reasoning reasoning = read_reasoning(arena_, v);
  // Nothing in it but an id: a stored item of OpenAI's, which cannot be found again anywhere else.
  assistant_turn(pointer).push_back({reasoning, pointer});
}

void Parser::text() {
  const Value v = r_.member(body_, "", "text", Kind::object);
  if (!v) return;
  static constexpr std::array<std::string_view, 2> kKnown = {"format", "verbosity"};
  r_.unknown(v, "/text", kKnown, out_.extra, "text.");
  if (const Value verbosity = r_.member(v, "/text", "verbosity", Kind::string))
    out_.params[Param::verbosity] = {verbosity, "/text/verbosity"};
  const Value f = r_.member(v, "/text", "format", Kind::object);
  if (!f) return;
  canon::ResponseFormat& format = out_.response_format;
  format.pointer = "/text/format";
  static constexpr std::array<std::string_view, 3> kTypes = {"text", "json_object", "json_schema"};
  const std::string_view type = r_.word(f, format.pointer, "type", Words(kTypes), true);
  format.kind = type == "json_object"   ? canon::FormatKind::json_object
                : type == "json_schema" ? canon::FormatKind::json_schema
                                        : canon::FormatKind::text;
  if (format.kind != canon::FormatKind::json_schema) return;
  format.name = r_.text(f, format.pointer, "name");
  format.description = r_.text(f, format.pointer, "description");
  format.schema_pointer = "/text/format/schema";
  format.schema = r_.member(f, format.pointer, "schema", Kind::object, true);
  if (const Value strict = r_.member(f, format.pointer, "strict", Kind::boolean))
    format.strict = strict.boolean();
}

void Parser::reasoning() {
  const Value v = r_.member(body_, "", "reasoning", Kind::object);
  if (!v) return;
  canon::ReasoningConfig& out = out_.reasoning;
  out.effort = r_.text(v, "/reasoning", "effort");
  if (!out.effort.empty()) out.effort_pointer = "/reasoning/effort";
  if (out.effort == "none") {
    out.mode = canon::ReasoningConfig::Mode::off;
    out.pointer = "/reasoning/effort";
  }
  for (const std::string_view key : {"summary", "generate_summary"}) {  // the second is its old name
    if (!out.summary.empty()) break;
    out.summary = r_.text(v, "/reasoning", key);
    out.summary_pointer = r_.at("/reasoning", key);
  }
  if (!out.summary.empty()) out.include = true;
  static constexpr std::array<std::string_view, 3> kKnown = {"effort", "summary", "generate_summary"};
  r_.unknown(v, "/reasoning", kKnown, out_.extra, "reasoning.");
}

void Parser::params() {
  canon::Params& params = out_.params;
  for (const ParamField& field : param_fields()) {
    const Value v = body_[field.key];
    if (!v.present()) continue;
    const std::string_view pointer = r_.at("", field.key);
    const bool ok = field.want == Want::number    ? r_.is_number(v, pointer)
                    : field.want == Want::integer ? r_.is_integer(v, pointer)
                    : field.want == Want::boolean ? r_.is_bool(v, pointer)
                    : field.want == Want::string  ? r_.is_string(v, pointer)
                                                  : r_.is_object(v, pointer);
    if (ok) params[field.param] = {v, pointer};
  }
  r_.member(body_, "", "store", Kind::boolean);
  if (const Value list = r_.member(body_, "", "include", Kind::array))
    for (const Value word : list.items())
      if (word.text() == "message.output_text.logprobs")
        params[Param::logprobs] = {json::Builder(arena_).boolean(true), "/include"};
}

void Parser::extras() {
  // "disabled" is what everybody does: a conversation that is too long is refused.
  if (const Value v = r_.member(body_, "", "truncation", Kind::string); v && v.text() != "disabled")
    out_.extra.push_back({"truncation", v, "/truncation"});
  std::vector<std::string_view> known(kTopLevel.begin(), kTopLevel.end());
  for (const ParamField& field : param_fields()) known.push_back(field.key);
  r_.unknown(body_, "", known, out_.extra);
}

}  // namespace

Result<canon::Request> parse(Arena& arena, json::Value body) { return Parser(arena, body).run(); }

}  // namespace dragoman::dialect::openai_responses
