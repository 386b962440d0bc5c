#include "json/parse.h"

#include <fmt/format.h>

#include <unordered_map>

#include "base/strings.h"
#include "dialect/media.h"
#include "dialect/openai_chat/wire.h"
#include "dialect/reader.h"

namespace dragoman::dialect::openai_chat {
namespace {

using canon::Block;
using canon::Param;
using json::Kind;
using json::Value;
using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 6> kRoles = {"system",    "developer", "user",
                                                    "assistant", "tool",      "function"};

// Keys with a reader below. Everything else becomes an Extra.
constexpr std::array<std::string_view, 19> kTopLevel = {"model",
                                                        "messages",
                                                        "stream",
                                                        "stream_options",
                                                        "tools",
                                                        "tool_choice",
                                                        "functions",
                                                        "function_call",
                                                        "parallel_tool_calls",
                                                        "response_format",
                                                        "stop",
                                                        "max_tokens",
                                                        "max_completion_tokens",
                                                        "reasoning_effort",
                                                        "reasoning",
                                                        "thinking",
                                                        "enable_thinking",
                                                        "thinking_budget",
                                                        "include_reasoning"};
constexpr std::array<std::string_view, 11> kMessage = {
    "role",          "content",           "name",      "refusal",           "tool_calls",   "tool_call_id",
    "function_call", "reasoning_content", "reasoning", "reasoning_details", "cache_control"};

// What one chat message needs from the ones before it.
struct Calls {
  std::unordered_map<std::string_view, std::string_view> name_of;  // tool name by call id
  std::unordered_map<std::string_view, std::string_view>
      legacy_id;  // the last id made for a legacy function's name
};

class Parser {
 public:
  Parser(Arena& arena, Value body) : arena_(arena), r_(arena), body_(body) {}

  Result<canon::Request> run() {
    if (!r_.is_object(body_, "", true)) return std::unexpected(r_.take_error());
    out_.dialect = canon::DialectName::openai_chat;
    out_.source = body_;
    out_.model = r_.text(body_, "", "model", true);
    if (!r_.failed() && out_.model.empty())
      r_.fail("/model", "expected the name of a model, found an empty string");
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

 private:
  void messages();
  void message(Value v, std::string_view pointer, std::size_t index);
  void content(Value v, std::string_view pointer, std::vector<Block>& out);
  void part(Value v, std::string_view pointer, std::vector<Block>& out);
  canon::Media image(Value v, std::string_view pointer);
  canon::Media media_url(Value v, std::string_view pointer, std::string_view key, canon::MediaKind kind);
  canon::Media file(Value v, std::string_view pointer);
  void tool_call(Value v, std::string_view pointer, std::vector<Block>& out);
  void arguments(canon::ToolCall& call, Value function, std::string_view pointer);
  void stream();
  void tools();
  void tool(Value v, std::string_view pointer);
  void function(Value v, std::string_view pointer, canon::Tool& tool);
  void tool_choice();
  std::string_view chosen_name(Value v, std::string_view pointer);
  void response_format();
  void params();
  void reasoning();
  void thinking(Value v);
  void extras();

  Arena& arena_;
  Reader r_;
  Value body_;
  canon::Request out_;
  Calls calls_;
};

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
  const Value text = r_.member(function, pointer, "arguments", Kind::string, true);
  call.arguments_text = text.text();
  if (is_blank(call.arguments_text)) {  // what models write for tools that take nothing
    call.arguments_text = {};
    call.arguments = json::Builder(arena_).empty_object();
    return;
  }
  const auto parsed = json::parse(arena_, call.arguments_text);
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

void Parser::stream() {
  out_.stream = r_.member(body_, "", "stream", Kind::boolean).boolean();
  // The rest of stream_options (include_obfuscation) is about this client's stream only and means nothing
  // upstream.
  const Value options = r_.member(body_, "", "stream_options", Kind::object);
  out_.stream_usage = r_.member(options, "/stream_options", "include_usage", Kind::boolean).boolean();
}

void Parser::function(Value v, std::string_view pointer, canon::Tool& tool) {
  static constexpr std::array<std::string_view, 5> kKnown = {"name", "description", "parameters", "strict",
                                                             "cache_control"};
  tool.name = r_.text(v, pointer, "name", true);
  tool.description = r_.text(v, pointer, "description");
  if (v["parameters"].present()) {
    tool.schema_pointer = r_.at(pointer, "parameters");
    tool.schema = r_.member(v, pointer, "parameters", Kind::object);
  }
  if (const Value strict = r_.member(v, pointer, "strict", Kind::boolean)) tool.strict = strict.boolean();
  tool.cache = r_.cache_marker(v, pointer);
  r_.unknown(v, pointer, kKnown, tool.extra, "function.");
}

void Parser::tool(Value v, std::string_view pointer) {
  static constexpr std::array<std::string_view, 3> kKnown = {"type", "function", "cache_control"};
  if (!r_.is_object(v, pointer, true)) return;
  const std::string_view type = r_.text(v, pointer, "type", true);
  canon::Tool& tool = out_.tools.emplace_back();
  tool.pointer = pointer;
  tool.source = v;
  if (type == "function") {
    const Value f = r_.member(v, pointer, "function", Kind::object, true);
    if (!f) return;
    function(f, r_.at(pointer, "function"), tool);
    if (const canon::CacheMarker cache = r_.cache_marker(v, pointer); cache.set) tool.cache = cache;
    r_.unknown(v, pointer, kKnown, tool.extra);
  } else if (type == "custom") {
    tool.kind = canon::ToolKind::custom;
    const Value custom = r_.member(v, pointer, "custom", Kind::object, true);
    tool.name = r_.text(custom, r_.at(pointer, "custom"), "name", custom.is_object());
    tool.description = r_.text(custom, r_.at(pointer, "custom"), "description");
  } else {
    tool.kind = canon::ToolKind::server;  // a host's own ("browser_search", "$web_search" …)
    tool.name = type;
  }
}

void Parser::tools() {
  if (const Value list = r_.member(body_, "", "tools", Kind::array))
    for (std::size_t i = 0; i < list.items().size(); ++i) tool(list.at(i), r_.at("/tools", i));
  if (const Value list = r_.member(body_, "", "functions", Kind::array)) {
    for (std::size_t i = 0; i < list.items().size(); ++i) {
      const std::string_view pointer = r_.at("/functions", i);
      if (!r_.is_object(list.at(i), pointer, true)) return;
      canon::Tool& tool = out_.tools.emplace_back();
      tool.pointer = pointer;
      tool.source = list.at(i);
      function(list.at(i), pointer, tool);
    }
  }
}

// {"type":"function","function":{"name":…}}, {"type":"custom","custom":{"name":…}}
std::string_view Parser::chosen_name(Value v, std::string_view pointer) {
  static constexpr std::array<std::string_view, 2> kTypes = {"function", "custom"};
  if (!r_.is_object(v, pointer, true)) return {};
  const std::string_view type = r_.word(v, pointer, "type", Words(kTypes), true);
  if (type.empty()) return {};
  const Value inner = r_.member(v, pointer, type, Kind::object, true);
  return inner ? r_.text(inner, r_.at(pointer, type), "name", true) : std::string_view();
}

void Parser::tool_choice() {
  using canon::ChoiceMode;
  canon::ToolChoice& choice = out_.tool_choice;
  const auto mode_of = [&](std::string_view word, std::string_view pointer) {
    if (word == "auto") return ChoiceMode::automatic;
    if (word == "none") return ChoiceMode::none;
    if (word == "required" || word == "any") return ChoiceMode::required;  // "any" is Mistral's word
    r_.fail(pointer, fmt::format("expected \"none\", \"auto\", \"required\" or an object, found \"{}\"",
                                 word.substr(0, 80)));
    return ChoiceMode::unset;
  };
  if (const Value v = body_["tool_choice"]; v.present()) {
    choice.pointer = "/tool_choice";
    if (v.is_string()) {
      choice.mode = mode_of(v.text(), choice.pointer);
    } else if (v.is_object() && v["type"].text() == "allowed_tools") {
      const std::string_view at = "/tool_choice/allowed_tools";
      const Value allowed = r_.member(v, "/tool_choice", "allowed_tools", Kind::object, true);
      static constexpr std::array<std::string_view, 2> kModes = {"auto", "required"};
      choice.mode = r_.word(allowed, at, "mode", Words(kModes), allowed.is_object()) == "required"
                        ? ChoiceMode::required
                        : ChoiceMode::automatic;
      const Value list = r_.member(allowed, at, "tools", Kind::array, allowed.is_object());
      for (std::size_t i = 0; i < list.items().size(); ++i)
        choice.allowed.push_back(chosen_name(list.at(i), r_.at("/tool_choice/allowed_tools/tools", i)));
    } else if (v.is_object()) {
      choice.mode = ChoiceMode::named;
      choice.tool = chosen_name(v, choice.pointer);
    } else {
      r_.fail(choice.pointer, fmt::format("expected a string or an object, found {}", json::name(v.kind())));
    }
    return;
  }
  if (const Value v = body_["function_call"]; v.present()) {
    choice.pointer = "/function_call";
    if (v.is_string()) {
      choice.mode = mode_of(v.text(), choice.pointer);
    } else if (r_.is_object(v, choice.pointer)) {
      choice.mode = ChoiceMode::named;
      choice.tool = r_.text(v, choice.pointer, "name", true);
    }
  }
}

void Parser::response_format() {
  const Value v = r_.member(body_, "", "response_format", Kind::object);
  if (!v) return;
  canon::ResponseFormat& format = out_.response_format;
  format.pointer = "/response_format";
  const std::string_view type = r_.text(v, format.pointer, "type", true);
  if (type == "text") {
    format.kind = canon::FormatKind::text;
  } else if (type == "json_object") {
    format.kind = canon::FormatKind::json_object;
  } else if (type == "json_schema") {
    const std::string_view at = "/response_format/json_schema";
    format.kind = canon::FormatKind::json_schema;
    const Value s = r_.member(v, format.pointer, "json_schema", Kind::object, true);
    format.name = r_.text(s, at, "name");
    format.description = r_.text(s, at, "description");
    format.schema_pointer = "/response_format/json_schema/schema";
    format.schema = r_.member(s, at, "schema", Kind::object);
    if (const Value strict = r_.member(s, at, "strict", Kind::boolean)) format.strict = strict.boolean();
  } else if (!r_.failed()) {
    out_.extra.push_back({"response_format", v, format.pointer});  // a host's own ("grammar", "regex" …)
    format = {};
  }
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
                    : field.want == Want::object  ? r_.is_object(v, pointer)
                                                  : r_.is_array(v, pointer);
    if (ok) params[field.param] = {v, pointer};
  }
  // max_completion_tokens wins: it is the name OpenAI's newer models insist on.
  for (const std::string_view pointer : {"/max_tokens", "/max_completion_tokens"})
    if (const Value v = body_[pointer.substr(1)]; v.present() && r_.is_integer(v, pointer))
      params[Param::max_tokens] = {v, pointer};
  if (const Value v = r_.member(body_, "", "parallel_tool_calls", Kind::boolean))
    params[Param::parallel_tool_calls] = {v, "/parallel_tool_calls"};
  if (const Value stop = body_["stop"]; stop.present()) {
    if (stop.is_string()) {
      params[Param::stop] = {json::Builder(arena_).array({&stop, 1}), "/stop"};
    } else if (stop.is_array()) {
      for (std::size_t i = 0; i < stop.items().size(); ++i) r_.is_string(stop.at(i), r_.at("/stop", i), true);
      params[Param::stop] = {stop, "/stop"};
    } else {
      r_.fail("/stop",
              fmt::format("expected a string or an array of strings, found {}", json::name(stop.kind())));
    }
  }
}

// OpenAI's `reasoning_effort` and the words of the compatible hosts: OpenRouter's `reasoning`, `thinking` of
// Z.ai, DeepSeek and Anthropic-minded clients, Qwen's `enable_thinking`.
void Parser::reasoning() {
  using Mode = canon::ReasoningConfig::Mode;
  canon::ReasoningConfig& out = out_.reasoning;
  const auto set_mode = [&](Mode mode, std::string_view pointer) {
    out.mode = mode;
    out.pointer = pointer;
  };
  const auto set_effort = [&](Value v, std::string_view pointer) {
    if (!v) return;
    out.effort = v.text();
    out.effort_pointer = pointer;
    if (out.effort == "none") set_mode(Mode::off, pointer);
  };
  const auto set_budget = [&](Value owner, std::string_view base, std::string_view key) {
    const Value v = owner[key];
    if (!v.present() || !r_.is_integer(v, r_.at(base, key))) return;
    out.budget = v.integer();
    set_mode(Mode::on, r_.at(base, key));
  };
  set_budget(body_, "", "thinking_budget");
  if (const Value v = r_.member(body_, "", "enable_thinking", Kind::boolean))
    set_mode(v.boolean() ? Mode::on : Mode::off, "/enable_thinking");
  thinking(body_["thinking"]);
  if (const Value v = r_.member(body_, "", "reasoning", Kind::object)) {
    set_effort(r_.member(v, "/reasoning", "effort", Kind::string), "/reasoning/effort");
    set_budget(v, "/reasoning", "max_tokens");
    if (const Value on = r_.member(v, "/reasoning", "enabled", Kind::boolean))
      set_mode(on.boolean() ? Mode::on : Mode::off, "/reasoning/enabled");
    if (const Value hide = r_.member(v, "/reasoning", "exclude", Kind::boolean))
      out.include = !hide.boolean();
  }
  if (const Value v = r_.member(body_, "", "include_reasoning", Kind::boolean)) out.include = v.boolean();
  set_effort(r_.member(body_, "", "reasoning_effort", Kind::string), "/reasoning_effort");
}

void Parser::thinking(Value v) {
  using Mode = canon::ReasoningConfig::Mode;
  if (!v.present() || !r_.is_object(v, "/thinking")) return;
  const std::string_view type = r_.text(v, "/thinking", "type", true);
  canon::ReasoningConfig& out = out_.reasoning;
  if (type == "enabled")
    out.mode = Mode::on;
  else if (type == "disabled")
    out.mode = Mode::off;
  else if (type == "adaptive" || type == "auto")
    out.mode = Mode::adaptive;
  else
    return out_.extra.push_back({"thinking", v, "/thinking"});
  out.pointer = "/thinking";
  if (const Value budget = v["budget_tokens"];
      budget.present() && r_.is_integer(budget, "/thinking/budget_tokens"))
    out.budget = budget.integer();
}

void Parser::extras() {
  std::vector<std::string_view> known(kTopLevel.begin(), kTopLevel.end());
  for (const ParamField& field : param_fields()) known.push_back(field.key);
  r_.unknown(body_, "", known, out_.extra);
}

}  // namespace

Result<canon::Request> parse(Arena& arena, json::Value body) { return Parser(arena, body).run(); }

}  // namespace dragoman::dialect::openai_chat
