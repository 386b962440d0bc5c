#include <fmt/format.h>

#include <unordered_map>

#include "dialect/anthropic_messages/wire.h"
#include "dialect/reader.h"
#include "dialect/reasoning_state.h"

namespace dragoman::dialect::anthropic_messages {
namespace {

using canon::Block;
using canon::Param;
using json::Kind;
using json::Value;
using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 3> kRoles = {"user", "assistant", "system"};

class Parser {
 public:
  Parser(Arena& arena, Value body) : arena_(arena), r_(arena), body_(body) {}

  Result<canon::Request> run() {
    if (!r_.is_object(body_, "", true)) return std::unexpected(r_.take_error());
    out_.dialect = canon::DialectName::anthropic_messages;
    out_.source = body_;
    out_.stream_usage = true;
    out_.model = r_.model(body_);
    params();
    system();
    messages();
    tools();
    tool_choice();
    reasoning();
    extras();
    if (r_.failed()) return std::unexpected(r_.take_error());
    return std::move(out_);
  }

 private:
  void params();
  void system();
  void messages();
  void message(Value v, std::string_view pointer);
  void content(Value v, std::string_view pointer, std::vector<Block>& out);
  void block(Value v, std::string_view pointer, std::vector<Block>& out);
  bool media(Value v, std::string_view pointer, Block& out);
  void tool_use(Value v, std::string_view pointer, Block& out);
  void tool_result(Value v, std::string_view pointer, Block& out);
  void thinking_block(Value v, std::string_view pointer, Block& out);
  void tools();
  void tool_choice();
  void reasoning();
  void output_format(Value v, std::string_view pointer);
  void extras();

  Arena& arena_;
  Reader r_;
  Value body_;
  canon::Request out_;
  std::unordered_map<std::string_view, std::string_view> tool_of_;  // tool name by call id
};

void Parser::params() {
  canon::Params& params = out_.params;
  if (r_.is_integer(body_["max_tokens"], "/max_tokens", true))
    params[Param::max_tokens] = {body_["max_tokens"], "/max_tokens"};
  for (const ParamField& field : param_fields()) {
    const Value v = body_[field.key];
    if (!v.present()) continue;
    const std::string_view pointer = r_.at("", field.key);
    const bool ok = field.want == Want::number    ? r_.is_number(v, pointer)
                    : field.want == Want::integer ? r_.is_integer(v, pointer)
                                                  : r_.is_string(v, pointer);
    if (ok) params[field.param] = {v, pointer};
  }
  if (const Value stop = r_.member(body_, "", "stop_sequences", Kind::array)) {
    for (std::size_t i = 0; i < stop.items().size(); ++i)
      r_.is_string(stop.at(i), r_.at("/stop_sequences", i), true);
    params[Param::stop] = {stop, "/stop_sequences"};
  }
  if (const Value metadata = r_.member(body_, "", "metadata", Kind::object)) {
    if (const Value user = r_.member(metadata, "/metadata", "user_id", Kind::string))
      params[Param::user] = {user, "/metadata/user_id"};
    static constexpr std::array<std::string_view, 1> kKnown = {"user_id"};
    r_.unknown(metadata, "/metadata", kKnown, out_.extra, kMetadataPrefix);
  }
  out_.stream = r_.member(body_, "", "stream", Kind::boolean).boolean();
}

void Parser::system() {
  const Value v = body_["system"];
  if (!v.present()) return;
  canon::Message& m = out_.messages.emplace_back();
  m.role = canon::Role::system;
  m.pointer = "/system";
  content(v, m.pointer, m.blocks);
}

void Parser::messages() {
  const Value list = body_["messages"];
  if (!r_.is_array(list, "/messages", true)) return;
  if (list.items().empty() && out_.messages.empty())  // system text alone is made a request of (GEN-11)
    return r_.fail("/messages", "expected at least one message, found an empty array");
  out_.messages.reserve(out_.messages.size() + list.items().size());
  for (std::size_t i = 0; i < list.items().size() && !r_.failed(); ++i)
    message(list.at(i), r_.at("/messages", i));
}

void Parser::message(Value v, std::string_view pointer) {
  static constexpr std::array<std::string_view, 2> kKnown = {"role", "content"};
  if (!r_.is_object(v, pointer, true)) return;
  const std::string_view role = r_.word(v, pointer, "role", Words(kRoles), true);
  canon::Message& m = out_.messages.emplace_back();
  m.pointer = pointer;
  m.role = role == "assistant" ? canon::Role::assistant
           : role == "system"  ? canon::Role::system
                               : canon::Role::user;
  const std::string_view at = r_.at(pointer, "content");
  if (!v["content"].present()) r_.fail(at, "required, expected a string or an array of content blocks");
  content(v["content"], at, m.blocks);
  r_.unknown(v, pointer, kKnown, m.extra);
}

void Parser::content(Value v, std::string_view pointer, std::vector<Block>& out) {
  if (!v.present()) return;
  if (v.is_string()) {
    out.push_back({canon::Text{canon::Words(v)}, pointer});
    return;
  }
  if (!v.is_array())
    return r_.fail(pointer, fmt::format("expected a string or an array of content blocks, found {}",
                                        json::name(v.kind())));
  out.reserve(out.size() + v.items().size());
  for (std::size_t i = 0; i < v.items().size(); ++i) block(v.at(i), r_.at(pointer, i), out);
}

void Parser::block(Value v, std::string_view pointer, std::vector<Block>& out) {
  if (!r_.is_object(v, pointer, true)) return;
  const std::string_view type = r_.text(v, pointer, "type", true);
  Block b;
  b.pointer = pointer;
  if (type == "text") {
    static constexpr std::array<std::string_view, 4> kKnown = {"type", "text", "citations", "cache_control"};
    b.body = canon::Text{canon::Words(r_.member(v, pointer, "text", Kind::string, true))};
    b.citations = r_.member(v, pointer, "citations", Kind::array);
    r_.unknown(v, pointer, kKnown, b.extra);
  } else if (type == "tool_use") {
    tool_use(v, pointer, b);
  } else if (type == "tool_result") {
    tool_result(v, pointer, b);
  } else if (type == "thinking" || type == "redacted_thinking") {
    thinking_block(v, pointer, b);
  } else if ((type != "image" && type != "document") || !media(v, pointer, b)) {
    b.body = canon::Foreign{type, v, canon::name(out_.dialect)};
    out.push_back(std::move(b));
    return;
  }
  b.cache = r_.cache_marker(v, pointer);
  out.push_back(std::move(b));
}

void Parser::thinking_block(Value v, std::string_view pointer, Block& out) {
  canon::Reasoning reasoning;
  if (v["type"].text() == "thinking") {
    reasoning.text = r_.text(v, pointer, "thinking", true);
    const TaggedSignature tagged = untag_signature(r_.text(v, pointer, "signature"));
    reasoning.signature = tagged.signature;
    reasoning.issuer = tagged.issuer;
  } else {
    const TaggedSignature tagged = untag_signature(r_.text(v, pointer, "data", true));
    reasoning.redacted = tagged.signature;
    reasoning.issuer = tagged.issuer;
  }
  out.body = reasoning;
}

// False for sources only Anthropic has (a document made of content blocks): the block stays foreign then.
bool Parser::media(Value v, std::string_view pointer, Block& out) {
  static constexpr std::array<std::string_view, 6> kKnown = {"type",  "source",  "cache_control",
                                                             "title", "context", "citations"};
  canon::Media m;
  const bool document = v["type"].text() == "document";
  m.kind = document ? canon::MediaKind::document : canon::MediaKind::image;
  const Value source = r_.member(v, pointer, "source", Kind::object, true);
  if (!source) return true;  // the failure is recorded
  const std::string_view at = r_.at(pointer, "source");
  const std::string_view type = r_.text(source, at, "type", true);
  if (type == "base64" || (document && type == "text")) {
    m.source = type == "text" ? canon::MediaSource::text : canon::MediaSource::base64;
    m.media_type = r_.text(source, at, "media_type", true);
    m.data = r_.text(source, at, "data", true);
  } else if (type == "url") {
    m.source = canon::MediaSource::url;
    m.data = r_.text(source, at, "url", true);
  } else if (type == "file") {
    m.source = canon::MediaSource::file_id;
    m.data = r_.text(source, at, "file_id", true);
  } else {
    return r_.failed();
  }
  if (document) {
    m.name = r_.text(v, pointer, "title");
    m.context = r_.text(v, pointer, "context");
    m.citations = r_.member(v, pointer, "citations", Kind::object);
  }
  out.body = m;
  r_.unknown(v, pointer, kKnown, out.extra);
  return true;
}

void Parser::tool_use(Value v, std::string_view pointer, Block& out) {
  static constexpr std::array<std::string_view, 5> kKnown = {"type", "id", "name", "input", "cache_control"};
  canon::ToolCall call;
  call.id = r_.text(v, pointer, "id", true);
  call.name = r_.text(v, pointer, "name", true);
  call.arguments = r_.member(v, pointer, "input", Kind::object, true);
  tool_of_[call.id] = call.name;
  out.body = call;
  r_.unknown(v, pointer, kKnown, out.extra);
}

void Parser::tool_result(Value v, std::string_view pointer, Block& out) {
  static constexpr std::array<std::string_view, 5> kKnown = {"type", "tool_use_id", "content", "is_error",
                                                             "cache_control"};
  canon::ToolResult result;
  result.call_id = r_.text(v, pointer, "tool_use_id", true);
  if (const auto known = tool_of_.find(result.call_id); known != tool_of_.end()) result.name = known->second;
  result.is_error = r_.member(v, pointer, "is_error", Kind::boolean).boolean();
  content(v["content"], r_.at(pointer, "content"), result.content);
  out.body = std::move(result);
  r_.unknown(v, pointer, kKnown, out.extra);
}

void Parser::tools() {
  static constexpr std::array<std::string_view, 6> kKnown = {"type",         "name",   "description",
                                                             "input_schema", "strict", "cache_control"};
  const Value list = r_.member(body_, "", "tools", Kind::array);
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    const Value v = list.at(i);
    const std::string_view pointer = r_.at("/tools", i);
    if (!r_.is_object(v, pointer, true)) return;
    canon::Tool& tool = out_.tools.emplace_back();
    tool.pointer = pointer;
    tool.source = v;
    const std::string_view type = r_.text(v, pointer, "type");
    tool.cache = r_.cache_marker(v, pointer);
    if (!type.empty() && type != "custom") {
      tool.kind = canon::ToolKind::server;
      tool.name = v["name"].is_string() ? v["name"].text() : type;
      continue;
    }
    tool.name = r_.text(v, pointer, "name", true);
    tool.description = r_.text(v, pointer, "description");
    tool.schema = r_.schema(v, pointer, "input_schema", true);
    tool.schema_pointer = r_.at(pointer, "input_schema");
    if (const Value strict = r_.member(v, pointer, "strict", Kind::boolean)) tool.strict = strict.boolean();
    r_.unknown(v, pointer, kKnown, tool.extra);
  }
}

void Parser::tool_choice() {
  static constexpr std::array<std::string_view, 4> kTypes = {"auto", "any", "tool", "none"};
  using canon::ChoiceMode;
  const Value v = r_.member(body_, "", "tool_choice", Kind::object);
  if (!v) return;
  canon::ToolChoice& choice = out_.tool_choice;
  choice.pointer = "/tool_choice";
  const std::string_view type = r_.word(v, choice.pointer, "type", Words(kTypes), true);
  choice.mode = type == "any"    ? ChoiceMode::required
                : type == "tool" ? ChoiceMode::named
                : type == "none" ? ChoiceMode::none
                                 : ChoiceMode::automatic;
  if (choice.mode == ChoiceMode::named) choice.tool = r_.text(v, choice.pointer, "name", true);
  if (const Value alone = r_.member(v, choice.pointer, "disable_parallel_tool_use", Kind::boolean))
    out_.params[Param::parallel_tool_calls] = {json::Builder(arena_).boolean(!alone.boolean()),
                                               "/tool_choice/disable_parallel_tool_use"};
}

void Parser::reasoning() {
  using Mode = canon::ReasoningConfig::Mode;
  canon::ReasoningConfig& out = out_.reasoning;
  if (const Value v = r_.member(body_, "", "thinking", Kind::object)) {
    const std::string_view type = r_.text(v, "/thinking", "type", true);
    out.pointer = "/thinking";
    if (type == "enabled") {
      out.mode = Mode::on;
      if (r_.is_integer(v["budget_tokens"], "/thinking/budget_tokens", true))
        out.budget = v["budget_tokens"].integer();
    } else if (type == "disabled") {
      out.mode = Mode::off;
    } else if (type == "adaptive") {
      out.mode = Mode::adaptive;
    } else if (!r_.failed()) {
      out_.extra.push_back({"thinking", v, "/thinking"});  // newer than this program ("between_tools")
    }
    if (const Value display = r_.member(v, "/thinking", "display", Kind::string)) {
      out.include = display.text() != "omitted";
      out.include_pointer = "/thinking/display";
    }
    if (out.mode != Mode::unset) {
      static constexpr std::array<std::string_view, 3> kKnown = {"type", "budget_tokens", "display"};
      r_.unknown(v, "/thinking", kKnown, out_.extra, kThinkingPrefix);
    }
  }
  if (const Value v = r_.member(body_, "", "output_config", Kind::object)) {
    static constexpr std::array<std::string_view, 2> kKnown = {"effort", "format"};
    if (const Value effort = r_.member(v, "/output_config", "effort", Kind::string)) {
      out.effort = effort.text();
      out.effort_pointer = "/output_config/effort";
    }
    output_format(r_.member(v, "/output_config", "format", Kind::object), "/output_config/format");
    r_.unknown(v, "/output_config", kKnown, out_.extra, kOutputConfigPrefix);
  }
  output_format(r_.member(body_, "", "output_format", Kind::object),
                "/output_format");  // its name in the beta
}

void Parser::output_format(Value v, std::string_view pointer) {
  static constexpr std::array<std::string_view, 1> kTypes = {"json_schema"};
  if (!v) return;
  r_.word(v, pointer, "type", Words(kTypes), true);
  canon::ResponseFormat& format = out_.response_format;
  format.kind = canon::FormatKind::json_schema;
  format.pointer = pointer;
  format.schema = r_.member(v, pointer, "schema", Kind::object, true);
  format.schema_pointer = r_.at(pointer, "schema");
}

void Parser::extras() {
  static constexpr std::array<std::string_view, 12> kKnown = {
      "model", "max_tokens",  "messages", "system",   "stream",        "stop_sequences",
      "tools", "tool_choice", "thinking", "metadata", "output_config", "output_format"};
  std::vector<std::string_view> known(kKnown.begin(), kKnown.end());
  for (const ParamField& field : param_fields()) known.push_back(field.key);
  r_.unknown(body_, "", known, out_.extra);
}

}  // namespace

Result<canon::Request> parse(Arena& arena, json::Value body) { return Parser(arena, body).run(); }

}  // namespace dragoman::dialect::anthropic_messages
