// A ConverseRequest as a client sends it. The model and whether to stream are in the URL; a `modelId` in the
// body counts for whoever reads a file (`dragoman lower --from bedrock`).
#include "json/parse.h"

#include <fmt/format.h>

#include <array>
#include <unordered_map>

#include "base/base64.h"
#include "dialect/bedrock_converse/bedrock_converse.h"
#include "dialect/reader.h"
#include "dialect/reasoning_state.h"
#include "json/write.h"

namespace dragoman::dialect::bedrock {
namespace {

using canon::Block;
using canon::Param;
using json::Kind;
using json::Member;
using json::Value;

constexpr std::string_view kInference = "inferenceConfig.";
constexpr std::string_view kMore = "additionalModelRequestFields.";
constexpr std::string_view kToolConfig = "toolConfig.";
constexpr std::string_view kOutput = "outputConfig.";

// effort and a schema are all it says; whatever else is in it goes to Bedrock's models as it came.
bool only_output(Value v) {
  return !v.members().empty() && std::ranges::all_of(v.members(), [](const Member& member) {
    return (member.key == "effort" && member.value.is_string()) ||
           (member.key == "format" && member.value["type"].text() == "json_schema" &&
            member.value["schema"].is_object() && member.value.members().size() == 2);
  });
}

class Parser {
 public:
  Parser(Arena& arena, Value body) : arena_(arena), build_(arena), r_(arena), body_(body) {}

  Result<canon::Request> run() {
    static constexpr std::array<std::string_view, 10> kKnown = {
        "modelId",    "messages",     "system",          "inferenceConfig", "additionalModelRequestFields",
        "toolConfig", "outputConfig", "requestMetadata", "serviceTier",     "stream"};
    if (!r_.is_object(body_, "", true)) return std::unexpected(r_.take_error());
    out_.dialect = canon::DialectName::bedrock_converse;
    out_.source = body_;
    out_.stream_usage = true;
    out_.model = r_.text(body_, "", "modelId");
    system();
    messages();
    inference();
    tools();
    more_fields();
    output();
    if (const Value v = r_.member(body_, "", "requestMetadata", Kind::object))
      out_.params[Param::metadata] = {v, "/requestMetadata"};
    if (const Value v = r_.member(body_, "", "serviceTier", Kind::object))
      out_.params[Param::service_tier] = {r_.member(v, "/serviceTier", "type", Kind::string, true),
                                          "/serviceTier/type"};
    r_.unknown(body_, "", kKnown, out_.extra);
    if (r_.failed()) return std::unexpected(r_.take_error());
    return std::move(out_);
  }

 private:
  void system();
  void messages();
  void blocks(Value list, std::string_view pointer, std::vector<Block>& out);
  void block(Value v, std::string_view pointer, std::vector<Block>& out);
  void guarded(Value v, std::string_view pointer, Block& out);
  void tool_use(Value v, std::string_view pointer, Block& out);
  void tool_result(Value v, std::string_view pointer, Block& out);
  void reasoning_block(Value v, std::string_view pointer, Block& out);
  void cited(Value v, std::string_view pointer, Block& out);
  canon::CacheMarker cache_point(Value v, std::string_view pointer);
  void inference();
  void tools();
  void tool_choice(Value v);
  void more_fields();
  void reasoning(const Member& field, std::string_view at);
  void output_config(Value v, std::string_view at);
  void output();

  Arena& arena_;
  json::Builder build_;
  Reader r_;
  Value body_;
  canon::Request out_;
  std::unordered_map<std::string_view, std::string_view> tool_of_;  // tool name by call id
};

void Parser::system() {
  const Value list = r_.member(body_, "", "system", Kind::array);
  if (!list || list.items().empty()) return;
  canon::Message m;
  m.role = canon::Role::system;
  m.pointer = "/system";
  blocks(list, m.pointer, m.blocks);
  if (!m.blocks.empty()) out_.messages.push_back(std::move(m));
}

void Parser::messages() {
  static constexpr std::array<std::string_view, 2> kKnown = {"role", "content"};
  static constexpr std::array<std::string_view, 3> kRoles = {"user", "assistant", "system"};
  const Value list = body_["messages"];
  if (!r_.is_array(list, "/messages", true)) return;
  if (list.items().empty() && out_.messages.empty())  // system text alone is made a request of (GEN-11)
    return r_.fail("/messages", "expected at least one message, found an empty array");
  for (std::size_t i = 0; i < list.items().size() && !r_.failed(); ++i) {
    const Value v = list.at(i);
    const std::string_view pointer = r_.at("/messages", i);
    if (!r_.is_object(v, pointer, true)) return;
    const std::string_view role = r_.word(v, pointer, "role", kRoles, true);
    canon::Message& m = out_.messages.emplace_back();
    m.role = role == "assistant" ? canon::Role::assistant
             : role == "system"  ? canon::Role::system
                                 : canon::Role::user;
    m.pointer = pointer;
    if (const Value content = r_.member(v, pointer, "content", Kind::array, true))
      blocks(content, r_.at(pointer, "content"), m.blocks);
    r_.unknown(v, pointer, kKnown, m.extra);
  }
}

// A cachePoint ends the prefix to be cached: it belongs to the block before it.
void Parser::blocks(Value list, std::string_view pointer, std::vector<Block>& out) {
  for (std::size_t i = 0; i < list.items().size() && !r_.failed(); ++i) {
    const Value v = list.at(i);
    const std::string_view at = r_.at(pointer, i);
    if (!r_.is_object(v, at, true)) return;
    if (v["cachePoint"].present()) {
      const canon::CacheMarker marker = cache_point(v["cachePoint"], r_.at(at, "cachePoint"));
      if (!out.empty()) out.back().cache = marker;
      continue;
    }
    block(v, at, out);
  }
}

canon::CacheMarker Parser::cache_point(Value v, std::string_view pointer) {
  if (!r_.is_object(v, pointer, true)) return {};
  return {true, r_.text(v, pointer, "ttl")};
}

void Parser::block(Value v, std::string_view pointer, std::vector<Block>& out) {
  Block b;
  b.pointer = pointer;
  std::size_t present = 0;
  for (const Member& member : v.members()) present += member.value.present();
  if (present != 1)
    return r_.fail(pointer, fmt::format("expected one of text, image, toolUse … in a content block, found {}",
                                        present == 0 ? "none" : "several"));
  for (const Member& member : v.members()) {
    if (!member.value.present()) continue;
    const std::string_view at = r_.at(pointer, member.key);
    if (member.key == "text") {
      if (r_.is_string(member.value, at)) b.body = canon::Text{canon::Words(member.value)};
    } else if (!r_.is_object(member.value, at)) {
      return;
    } else if (member.key == "toolUse" && member.value["type"].text().empty()) {
      tool_use(member.value, at, b);
    } else if (member.key == "toolResult" && member.value["type"].text().empty()) {
      tool_result(member.value, at, b);
    } else if (member.key == "reasoningContent") {
      reasoning_block(member.value, at, b);
    } else if (member.key == "citationsContent") {
      cited(member.value, at, b);
    } else if (member.key == "guardContent") {
      guarded(member.value, at, b);
    } else if (const auto media = read_media(member.key, member.value)) {
      b.body = *media;
    } else {
      b.body = canon::Foreign{member.key, v, canon::name(out_.dialect)};
    }
  }
  out.push_back(std::move(b));
}

// What a guardrail is to look at is part of the prompt like any other; only that it is to look at it is
// Bedrock's alone.
void Parser::guarded(Value v, std::string_view pointer, Block& out) {
  if (const Value text = v["text"]; text.is_object()) {
    out.body = canon::Text{canon::Words(r_.member(text, r_.at(pointer, "text"), "text", Kind::string, true))};
  } else if (const auto media = read_media("image", v["image"])) {
    out.body = *media;
  } else {
    return r_.fail(pointer, "expected text or an image");
  }
  out.extra.push_back({"guardContent", v, pointer});
}

void Parser::tool_use(Value v, std::string_view pointer, Block& out) {
  canon::ToolCall call;
  call.id = r_.text(v, pointer, "toolUseId", true);
  call.name = r_.text(v, pointer, "name", true);
  // boto3 sends what a document type may be; a call's arguments are an object.
  call.arguments = r_.member(v, pointer, "input", Kind::object, true);
  tool_of_[call.id] = call.name;
  out.body = call;
}

void Parser::tool_result(Value v, std::string_view pointer, Block& out) {
  static constexpr std::array<std::string_view, 2> kStatuses = {"success", "error"};
  canon::ToolResult result;
  result.call_id = r_.text(v, pointer, "toolUseId", true);
  if (const auto known = tool_of_.find(result.call_id); known != tool_of_.end()) result.name = known->second;
  result.is_error = r_.word(v, pointer, "status", kStatuses) == "error";
  const Value content = r_.member(v, pointer, "content", Kind::array, true);
  const std::string_view at = r_.at(pointer, "content");
  for (std::size_t i = 0; i < content.items().size() && !r_.failed(); ++i) {
    const Value part = content.at(i);
    const std::string_view place = r_.at(at, i);
    if (!r_.is_object(part, place, true)) return;
    if (part["json"]) {
      Block b;
      b.pointer = place;
      b.body = canon::Text{arena_.copy(std::string_view(json::dump_compact(part["json"])))};
      result.content.push_back(std::move(b));
    } else {
      block(part, place, result.content);
    }
  }
  out.body = std::move(result);
}

void Parser::reasoning_block(Value v, std::string_view pointer, Block& out) {
  canon::Reasoning reasoning;
  if (const Value sealed = r_.member(v, pointer, "redactedContent", Kind::string)) {
    reasoning.redacted = sealed.text();
    reasoning.issuer = kIssuer;
    // The field is bytes; another issuer's text is inside (render.cc).
    if (const auto bytes = base64_decode(sealed.text()); bytes && bytes->starts_with("dragoman.")) {
      const TaggedSignature tagged = untag_signature(arena_.copy(std::string_view(*bytes)));
      reasoning.redacted = tagged.signature;
      reasoning.issuer = tagged.issuer;
    }
  } else if (const Value plain = r_.member(v, pointer, "reasoningText", Kind::object, true)) {
    const std::string_view at = r_.at(pointer, "reasoningText");
    reasoning.text = r_.text(plain, at, "text", true);
    const TaggedSignature tagged = untag_signature(r_.text(plain, at, "signature"));
    reasoning.signature = tagged.signature;
    reasoning.issuer = tagged.issuer;
  }
  out.body = reasoning;
}

void Parser::cited(Value v, std::string_view pointer, Block& out) {
  std::string text;
  const Value content = r_.member(v, pointer, "content", Kind::array);
  for (const Value piece : content.items()) text += piece["text"].text();
  out.body = canon::Text{arena_.copy(std::string_view(text))};
  std::vector<Value> citations;
  for (const Value item : r_.member(v, pointer, "citations", Kind::array).items())
    citations.push_back(citation(arena_, item));
  if (!citations.empty()) out.citations = build_.array(citations);
}

void Parser::inference() {
  static constexpr std::array<std::string_view, 4> kKnown = {"maxTokens", "temperature", "topP",
                                                             "stopSequences"};
  const Value v = r_.member(body_, "", "inferenceConfig", Kind::object);
  if (!v) return;
  const auto take = [&](Param param, std::string_view key, bool whole) {
    if (!v[key].present()) return;
    const std::string_view at = r_.at("/inferenceConfig", key);
    if (whole ? r_.is_integer(v[key], at) : r_.is_number(v[key], at)) out_.params[param] = {v[key], at};
  };
  take(Param::max_tokens, "maxTokens", true);
  take(Param::temperature, "temperature", false);
  take(Param::top_p, "topP", false);
  if (const Value stop = r_.member(v, "/inferenceConfig", "stopSequences", Kind::array)) {
    for (std::size_t i = 0; i < stop.items().size(); ++i)
      r_.is_string(stop.at(i), r_.at("/inferenceConfig/stopSequences", i), true);
    if (!stop.items().empty()) out_.params[Param::stop] = {stop, "/inferenceConfig/stopSequences"};
  }
  r_.unknown(v, "/inferenceConfig", kKnown, out_.extra, kInference);
}

void Parser::tools() {
  static constexpr std::array<std::string_view, 2> kKnown = {"tools", "toolChoice"};
  static constexpr std::array<std::string_view, 4> kSpec = {"name", "description", "inputSchema", "strict"};
  const Value v = r_.member(body_, "", "toolConfig", Kind::object);
  if (!v) return;
  const Value list = r_.member(v, "/toolConfig", "tools", Kind::array, true);
  for (std::size_t i = 0; i < list.items().size() && !r_.failed(); ++i) {
    const Value item = list.at(i);
    const std::string_view pointer = r_.at("/toolConfig/tools", i);
    if (!r_.is_object(item, pointer, true)) return;
    if (item["cachePoint"].present()) {
      const canon::CacheMarker marker = cache_point(item["cachePoint"], r_.at(pointer, "cachePoint"));
      if (!out_.tools.empty()) out_.tools.back().cache = marker;
      continue;
    }
    canon::Tool& tool = out_.tools.emplace_back();
    tool.pointer = pointer;
    tool.source = item;
    const Value spec = r_.member(item, pointer, "toolSpec", Kind::object);
    if (!spec) {
      tool.kind = canon::ToolKind::server;  // systemTool and what is newer
      tool.name = item["systemTool"]["name"].is_string() ? item["systemTool"]["name"].text()
                  : item.members().empty()               ? std::string_view("unknown")
                                                         : item.members().front().key;
      continue;
    }
    const std::string_view at = r_.at(pointer, "toolSpec");
    tool.name = r_.text(spec, at, "name", true);
    if (!r_.failed() && tool.name.empty())
      r_.fail(r_.at(at, "name"), "expected the name of a tool, found an empty string");
    tool.description = r_.text(spec, at, "description");
    const Value schema = r_.member(spec, at, "inputSchema", Kind::object, true);
    tool.schema = r_.schema(schema, r_.at(at, "inputSchema"), "json", true);
    tool.schema_pointer = r_.at(r_.at(at, "inputSchema"), "json");
    if (const Value strict = r_.member(spec, at, "strict", Kind::boolean)) tool.strict = strict.boolean();
    r_.unknown(spec, at, kSpec, tool.extra);
  }
  if (const Value choice = r_.member(v, "/toolConfig", "toolChoice", Kind::object)) tool_choice(choice);
  r_.unknown(v, "/toolConfig", kKnown, out_.extra, kToolConfig);
}

void Parser::tool_choice(Value v) {
  using canon::ChoiceMode;
  canon::ToolChoice& choice = out_.tool_choice;
  choice.pointer = "/toolConfig/toolChoice";
  if (v["tool"].present()) {
    choice.mode = ChoiceMode::named;
    choice.tool = r_.text(r_.member(v, choice.pointer, "tool", Kind::object), "/toolConfig/toolChoice/tool",
                          "name", true);
  } else if (v["any"].present()) {
    choice.mode = ChoiceMode::required;
  } else if (v["auto"].present()) {
    choice.mode = ChoiceMode::automatic;
  } else {
    r_.fail(choice.pointer, "expected one of auto, any and tool");
  }
}

// The model's own fields. Reasoning and top_k have names of their own here; the rest is between client and
// model.
void Parser::more_fields() {
  const Value v = r_.member(body_, "", "additionalModelRequestFields", Kind::object);
  for (const Member& field : v.members()) {
    const std::string_view at = r_.at("/additionalModelRequestFields", field.key);
    if (!field.value.present()) continue;
    if ((field.key == "top_k" || field.key == "topK") && field.value.is_number()) {
      out_.params[Param::top_k] = {field.value, at};
    } else if (field.key == "inferenceConfig" && field.value["topK"].is_number() &&
               field.value.members().size() == 1) {  // Nova (BRM-08)
      out_.params[Param::top_k] = {field.value["topK"], r_.at(at, "topK")};
    } else if (field.key == "thinking" || field.key == "reasoning_effort" || field.key == "reasoning" ||
               field.key == "reasoning_config" || field.key == "reasoningConfig") {
      reasoning(field, at);
    } else if (field.key == "output_config" && only_output(field.value)) {
      output_config(field.value, at);
    } else {
      std::string key(kMore);
      out_.extra.push_back({arena_.copy(std::string_view(key.append(field.key))), field.value, at});
    }
  }
}

// Claude's own name of what Converse calls outputConfig: the Vercel AI SDK asks for structured output so.
void Parser::output_config(Value v, std::string_view at) {
  if (v["effort"].present()) {
    out_.reasoning.say_effort(v["effort"].text(), r_.at(at, "effort"));
  }
  if (!v["format"].present()) return;
  const std::string_view pointer = r_.at(at, "format");
  out_.response_format = {.kind = canon::FormatKind::json_schema,
                          .schema = v["format"]["schema"],
                          .pointer = pointer,
                          .schema_pointer = r_.at(pointer, "schema")};
}

void Parser::reasoning(const Member& field, std::string_view at) {
  using Mode = canon::ReasoningConfig::Mode;
  canon::ReasoningConfig& out = out_.reasoning;
  const Value v = field.value;
  if (v.is_string()) {  // gpt-oss "reasoning_effort", Qwen "reasoning_config"
    out.say_effort(v.text(), at);
    return;
  }
  if (!r_.is_object(v, at)) return;
  for (const std::string_view key : {"effort", "maxReasoningEffort"}) {
    if (v[key].is_string()) out.say_effort(v[key].text(), r_.at(at, key));
  }
  const std::string_view type = r_.text(v, at, "type");
  if (type.empty()) return;
  if (type == "disabled")
    out.say(Mode::off, at);
  else if (type == "adaptive")
    out.say(Mode::adaptive, at);
  else if (type == "enabled")
    out.say(Mode::on, at);
  else
    return r_.fail(r_.at(at, "type"),
                   fmt::format("expected \"enabled\", \"disabled\" or \"adaptive\", found \"{}\"", type));
  if (v["budget_tokens"].present() && r_.is_integer(v["budget_tokens"], r_.at(at, "budget_tokens")))
    out.budget = v["budget_tokens"].integer();
  if (const Value display = r_.member(v, at, "display", Kind::string)) {
    out.include = display.text() != "omitted";
    out.include_pointer = r_.at(at, "display");
  }
}

void Parser::output() {
  static constexpr std::array<std::string_view, 2> kKnown = {"textFormat", "effort"};
  const Value v = r_.member(body_, "", "outputConfig", Kind::object);
  if (!v) return;
  if (const Value effort = r_.member(v, "/outputConfig", "effort", Kind::string)) {
    out_.reasoning.say_effort(effort.text(), "/outputConfig/effort");
  }
  if (const Value format = r_.member(v, "/outputConfig", "textFormat", Kind::object)) {
    constexpr std::string_view kAt = "/outputConfig/textFormat/structure/jsonSchema";
    const Value structure = r_.member(format, "/outputConfig/textFormat", "structure", Kind::object, true);
    const Value schema =
        r_.member(structure, "/outputConfig/textFormat/structure", "jsonSchema", Kind::object, true);
    const std::string_view text = r_.text(schema, kAt, "schema", true);  // BR-39: JSON in a string
    if (r_.failed()) return;
    const auto parsed = json::parse(arena_, text);
    if (!parsed || !parsed->is_object())
      return r_.fail(r_.at(kAt, "schema"), "expected the text of a JSON object (a JSON Schema)");
    out_.response_format = {.kind = canon::FormatKind::json_schema,
                            .name = r_.text(schema, kAt, "name"),
                            .description = r_.text(schema, kAt, "description"),
                            .schema = *parsed,
                            .pointer = "/outputConfig/textFormat",
                            .schema_pointer = r_.at(kAt, "schema")};
  }
  r_.unknown(v, "/outputConfig", kKnown, out_.extra, kOutput);
}

}  // namespace

Result<canon::Request> parse(Arena& arena, json::Value body) { return Parser(arena, body).run(); }

}  // namespace dragoman::dialect::bedrock
