// What a chat completion request says beside its messages: tools, choice, format, parameters, reasoning.
#include <fmt/format.h>

#include "base/strings.h"
#include "dialect/openai_chat/parser.h"

namespace dragoman::dialect::openai_chat {
namespace {

using canon::Param;
using json::Kind;
using json::Value;
using Words = std::span<const std::string_view>;

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

}  // namespace

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
    tool.schema = r_.schema(v, pointer, "parameters");
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
    if (field.param == Param::logprobs && v.is_number()) {
      // Together's clients say how many they want by the switch itself.
      if (!r_.is_integer(v, pointer)) continue;
      params[field.param] = {json::Builder(arena_).boolean(true), pointer};
      if (!body_["top_logprobs"].present()) params[Param::top_logprobs] = {v, pointer};
      continue;
    }
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
  const auto set_effort = [&](Value v, std::string_view pointer) {
    if (!v) return;
    out.say_effort(v.text(), pointer);
    if (out.effort == "none") out.say(Mode::off, pointer);
  };
  const auto set_budget = [&](Value owner, std::string_view base, std::string_view key) {
    const Value v = owner[key];
    if (!v.present() || !r_.is_integer(v, r_.at(base, key))) return;
    out.budget = v.integer();
    out.say(Mode::on, r_.at(base, key));
  };
  set_budget(body_, "", "thinking_budget");
  if (const Value v = r_.member(body_, "", "enable_thinking", Kind::boolean))
    out.say(v.boolean() ? Mode::on : Mode::off, "/enable_thinking");
  thinking(body_["thinking"]);
  const auto set_include = [&](bool include, std::string_view pointer) {
    if (out.include && *out.include != include) out.overruled.push_back(out.include_pointer);
    out.include = include;
    out.include_pointer = pointer;
  };
  if (const Value v = r_.member(body_, "", "reasoning", Kind::object)) {
    set_effort(r_.member(v, "/reasoning", "effort", Kind::string), "/reasoning/effort");
    set_budget(v, "/reasoning", "max_tokens");
    if (const Value on = r_.member(v, "/reasoning", "enabled", Kind::boolean))
      out.say(on.boolean() ? Mode::on : Mode::off, "/reasoning/enabled");
    if (const Value hide = r_.member(v, "/reasoning", "exclude", Kind::boolean))
      set_include(!hide.boolean(), "/reasoning/exclude");
  }
  if (const Value v = r_.member(body_, "", "include_reasoning", Kind::boolean))
    set_include(v.boolean(), "/include_reasoning");
  set_effort(r_.member(body_, "", "reasoning_effort", Kind::string), "/reasoning_effort");
}

void Parser::thinking(Value v) {
  using Mode = canon::ReasoningConfig::Mode;
  if (!v.present() || !r_.is_object(v, "/thinking")) return;
  const std::string_view type = r_.text(v, "/thinking", "type", true);
  canon::ReasoningConfig& out = out_.reasoning;
  if (type == "enabled")
    out.say(Mode::on, "/thinking");
  else if (type == "disabled")
    out.say(Mode::off, "/thinking");
  else if (type == "adaptive" || type == "auto")
    out.say(Mode::adaptive, "/thinking");
  else
    return out_.extra.push_back({"thinking", v, "/thinking"});
  if (const Value budget = v["budget_tokens"];
      budget.present() && r_.is_integer(budget, "/thinking/budget_tokens"))
    out.budget = budget.integer();
}

void Parser::extras() {
  std::vector<std::string_view> known(kTopLevel.begin(), kTopLevel.end());
  for (const ParamField& field : param_fields()) known.push_back(field.key);
  r_.unknown(body_, "", known, out_.extra);
}

}  // namespace dragoman::dialect::openai_chat
