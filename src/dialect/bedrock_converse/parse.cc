// A ConverseRequest as a client sends it. The model and whether to stream are in the URL; a `modelId` in the
// body counts for whoever reads a file (`dragoman lower --from bedrock`).
#include <fmt/format.h>

#include <array>

#include "base/base64.h"
#include "dialect/bedrock_converse/parser.h"
#include "dialect/reasoning_state.h"
#include "json/write.h"

namespace dragoman::dialect::bedrock {

using canon::Block;
using canon::Param;
using json::Kind;
using json::Member;
using json::Value;

Result<canon::Request> Parser::run() {
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

Result<canon::Request> parse(Arena& arena, Value body) { return Parser(arena, body).run(); }

}  // namespace dragoman::dialect::bedrock
