// A GenerateContentRequest as a client sends it. The model and whether to stream are in the URL; a `model` in
// the body counts for whoever reads a file (`dragoman lower --from gemini`).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dialect/gemini_generate/parser.h"

namespace dragoman::dialect::gemini {
namespace {

using canon::Block;
using json::Kind;
using json::Member;
using json::Value;

canon::MediaKind kind_of(std::string_view media_type) {
  if (media_type.starts_with("image/")) return canon::MediaKind::image;
  if (media_type.starts_with("audio/")) return canon::MediaKind::audio;
  if (media_type.starts_with("video/")) return canon::MediaKind::video;
  return canon::MediaKind::document;
}

// Files that only Google can read: uploads, Cloud Storage, YouTube.
bool google_only(std::string_view uri) {
  return uri.starts_with("gs://") || uri.starts_with("https://generativelanguage.googleapis.com/") ||
         uri.starts_with("https://www.youtube.com/") || uri.starts_with("https://youtu.be/");
}

}  // namespace

void Parser::top(const Member& member) {
  const std::string_view key = member.key;
  const std::string_view pointer = r_.at("", key);
  if (key == "model") {
    out_.model = r_.string(member.value, pointer);
    if (out_.model.starts_with("models/")) out_.model.remove_prefix(7);
  } else if (spells(key, "contents")) {
    contents(member.value, pointer);
  } else if (spells(key, "systemInstruction")) {
    system(member.value, pointer);
  } else if (spells(key, "tools")) {
    list(member.value, pointer, [this](Value v, std::string_view at) { tools(v, at); });
  } else if (spells(key, "toolConfig")) {
    if (r_.is_object(member.value, pointer)) tool_config(member.value, pointer);
  } else if (spells(key, "generationConfig")) {
    if (r_.is_object(member.value, pointer)) generation_config(member.value, pointer);
  } else if (spells(key, "labels")) {
    if (r_.is_object(member.value, pointer)) out_.params[canon::Param::metadata] = {member.value, pointer};
  } else if (member.value.present()) {
    extra(out_.extra, {}, member, camel_of(key), "");
  }
}

void Parser::system(Value v, std::string_view pointer) {
  if (!v.present()) return;
  canon::Message m;
  m.role = canon::Role::system;
  m.pointer = pointer;
  if (v.is_string())
    m.blocks.push_back({canon::Text{canon::Words(v)}, pointer});
  else if (r_.is_object(v, pointer))
    parts(v, pointer, m);
  flush(m);
  if (!m.blocks.empty()) out_.messages.insert(out_.messages.begin(), std::move(m));
}

void Parser::contents(Value v, std::string_view pointer) {
  list(v, pointer, [this](Value content, std::string_view at) {
    const Member role = find(content, "role");
    const std::string_view word = r_.string(role.value, r_.at(at, "role"));
    if (!word.empty() && word != "user" && word != "model" && word != "function")
      return r_.fail(r_.at(at, "role"), fmt::format("expected \"user\" or \"model\", found \"{}\"", word));
    const bool model = word == "model";
    // The chat helpers of Google's SDKs keep each chunk of a streamed answer as a content of its own.
    const bool goes_on =
        model && !out_.messages.empty() && out_.messages.back().role == canon::Role::assistant;
    if (!goes_on) {
      if (!out_.messages.empty()) flush(out_.messages.back());
      // What was called before the model spoke again and got no result gets none any more.
      if (model) open_.clear();
      canon::Message& m = out_.messages.emplace_back();
      m.role = model ? canon::Role::assistant : canon::Role::user;
      m.pointer = at;
    }
    parts(content, at, out_.messages.back());
    for (const Member& member : content.members())
      if (member.key != "role" && member.key != "parts" && member.value.present())
        extra(out_.messages.back().extra, {}, member, {}, at);
  });
  if (!out_.messages.empty()) flush(out_.messages.back());
}

void Parser::parts(Value content, std::string_view pointer, canon::Message& into) {
  list(content["parts"], r_.at(pointer, "parts"),
       [&](Value v, std::string_view place) { part(v, place, into); });
}

void Parser::flush(canon::Message& into) {
  if (run_.parts == 0) return;
  Block block;
  block.pointer = run_.pointer;
  if (run_.thought)
    // Others' thoughts carry their issuer (render.cc): what has none is Gemini's summary.
    block.body = canon::Reasoning{.text = arena_.copy(std::string_view(run_.text)), .issuer = "gemini"};
  else if (run_.only)
    block.body = canon::Text{canon::Words(run_.only)};
  else
    block.body = canon::Text{arena_.copy(std::string_view(run_.text))};
  into.blocks.push_back(std::move(block));
  run_ = {};
}

void Parser::text_part(Value v, std::string_view pointer, canon::Message& into) {
  const bool thought = v["thought"].boolean();
  const bool joins = into.role == canon::Role::assistant;
  const std::string_view words = r_.text(v, pointer, "text");
  const Member sealed = find(v, "thoughtSignature");
  const std::string_view signature = r_.string(sealed.value, r_.at(pointer, sealed.key));
  if (run_.parts > 0 && (!joins || run_.thought != thought)) flush(into);
  if (thought) {
    if (signature.empty() && words.empty()) return;
    if (run_.parts == 0) run_ = {.thought = true, .pointer = pointer};
    run_.text += words;
    ++run_.parts;
    if (signature.empty()) return;
    canon::Reasoning reasoning = unpack_signature(arena_, signature);
    reasoning.text = arena_.copy(std::string_view(run_.text));
    Block block{reasoning, run_.pointer};
    run_ = {};
    into.blocks.push_back(std::move(block));
    return;
  }
  if (!signature.empty()) {
    // A signature on a part that is no thought stands before it as reasoning without words (stream.cc).
    flush(into);
    into.blocks.push_back({unpack_signature(arena_, signature), pointer});
    if (words.empty()) return;
    into.blocks.push_back({canon::Text{canon::Words(v["text"])}, pointer});
    return;
  }
  if (joins && words.empty()) return;  // the end of a stream: a part without words
  if (run_.parts == 0) {
    run_ = {.text = std::string(joins ? words : std::string_view()),
            .only = v["text"],
            .pointer = pointer,
            .parts = 1};
    if (!joins) flush(into);
    return;
  }
  run_.only = {};
  run_.text += words;
  ++run_.parts;
}

void Parser::part(Value v, std::string_view pointer, canon::Message& into) {
  static constexpr std::array<std::string_view, 8> kKnown = {
      "text",       "thought",  "thoughtSignature", "functionCall", "functionResponse",
      "inlineData", "fileData", "displayName"};
  const Member signed_by = find(v, "thoughtSignature");
  const std::string_view signature = r_.string(signed_by.value, r_.at(pointer, signed_by.key));
  const auto beside = [&](std::vector<canon::Extra>& extras) {
    for (const Member& member : v.members()) {
      bool known = !member.value.present();
      for (const std::string_view name : kKnown) known = known || spells(member.key, name);
      if (!known) extra(extras, {}, member, camel_of(member.key), pointer);
    }
  };
  const bool bare = std::all_of(v.members().begin(), v.members().end(), [](const Member& member) {
    return member.key == "thought" || spells(member.key, "thoughtSignature");
  });
  if (v["text"].present() || bare) {
    text_part(v, pointer, into);
    std::vector<canon::Extra> extras;
    beside(extras);
    if (extras.empty()) return;
    flush(into);
    if (!into.blocks.empty()) into.blocks.back().extra = std::move(extras);
    return;
  }
  flush(into);
  Block block;
  block.pointer = pointer;
  std::string_view at;
  if (const Value made = object(v, pointer, "functionCall", at)) {
    call(made, at, signature, block);
  } else if (const Value answer = object(v, pointer, "functionResponse", at)) {
    response(answer, at, block);
  } else if (!media(v, pointer, block)) {
    if (r_.failed()) return;
    std::string_view type = "unknown";
    for (const Member& member : v.members())
      if (member.key != "thought" && !spells(member.key, "thoughtSignature")) {
        type = member.key;
        break;
      }
    block.body = canon::Foreign{type, v, canon::name(out_.dialect)};
    into.blocks.push_back(std::move(block));
    return;
  } else if (!signature.empty()) {
    into.blocks.push_back({unpack_signature(arena_, signature), pointer});
  }
  beside(block.extra);
  into.blocks.push_back(std::move(block));
}

bool Parser::media(Value v, std::string_view pointer, Block& out) {
  std::string_view at;
  canon::Media m;
  if (const Value blob = object(v, pointer, "inlineData", at)) {
    m.media_type = text(blob, at, "mimeType", true);
    m.data = text(blob, at, "data", true);
    m.name = text(blob, at, "displayName");
  } else if (const Value file = object(v, pointer, "fileData", at)) {
    m.media_type = text(file, at, "mimeType");
    m.data = text(file, at, "fileUri", true);
    m.source = google_only(m.data) ? canon::MediaSource::file_id : canon::MediaSource::url;
    m.name = text(file, at, "displayName");
  } else {
    return false;
  }
  m.kind = m.media_type.empty() && m.source == canon::MediaSource::url ? canon::MediaKind::image
                                                                       : kind_of(m.media_type);
  out.body = m;
  return true;
}

void Parser::call(Value v, std::string_view pointer, std::string_view signature, Block& out) {
  canon::ToolCall call;
  call.name = text(v, pointer, "name", true);
  call.id = text(v, pointer, "id");
  if (call.id.empty())
    call.id = arena_.copy(std::string_view(fmt::format("call_{}_{}", out_.messages.size(), open_.size())));
  const Member args = find(v, "args");
  if (r_.is_object(args.value, r_.at(pointer, args.key)))
    call.arguments = args.value;
  else
    call.arguments = build_.empty_object();  // a call without arguments has no `args`
  const canon::Reasoning state = unpack_signature(arena_, signature);
  if (state.issuer == "gemini") call.signature = state.signature;
  open_.push_back({call.id, call.name});
  out.body = call;
}

void Parser::response(Value v, std::string_view pointer, Block& out) {
  canon::ToolResult result;
  result.name = text(v, pointer, "name");
  result.call_id = text(v, pointer, "id");
  auto answered = open_.end();
  if (!result.call_id.empty())
    answered =
        std::find_if(open_.begin(), open_.end(), [&](const OpenCall& c) { return c.id == result.call_id; });
  if (answered == open_.end() && result.call_id.empty())
    answered =
        std::find_if(open_.begin(), open_.end(), [&](const OpenCall& c) { return c.name == result.name; });
  if (answered != open_.end()) {
    result.call_id = answered->id;
    if (result.name.empty()) result.name = answered->name;
    open_.erase(answered);
  }
  const Member words = find(v, "response");
  if (r_.is_object(words.value, r_.at(pointer, words.key)))
    response_words(words.value, r_.at(pointer, words.key), result);
  const Member more = find(v, "parts");
  list(more.value, r_.at(pointer, more.key), [&](Value item, std::string_view at) {
    Block block;
    block.pointer = at;
    if (!media(item, at, block)) block.body = canon::Foreign{"part", item, canon::name(out_.dialect)};
    result.content.push_back(std::move(block));
  });
  out.body = std::move(result);
}

// {"output": "text"}, {"result": …} and {"error": …} are the words of Google's documentation and SDKs for a
// result that is no object of its own.
void Parser::response_words(Value words, std::string_view pointer, canon::ToolResult& out) {
  if (words.members().empty()) return;
  const std::string_view key = words.members().front().key;
  const bool alone = words.members().size() == 1 && (key == "output" || key == "result" || key == "error");
  const Value inner = alone ? words.members().front().value : words;
  out.is_error = alone && key == "error" && inner.present();
  Block block;
  block.pointer = pointer;
  if (inner.is_string()) {
    if (inner.text().empty()) return;
    block.body = canon::Text{canon::Words(inner)};
  } else {
    block.body = canon::Text{arena_.copy(std::string_view(json::dump_compact(inner)))};
  }
  out.content.push_back(std::move(block));
}

void Parser::tools(Value v, std::string_view pointer) {
  for (const Member& member : v.members()) {
    const std::string_view at = r_.at(pointer, member.key);
    if (spells(member.key, "functionDeclarations")) {
      list(member.value, at, [this](Value d, std::string_view place) { declaration(d, place); });
      continue;
    }
    if (!member.value.present()) continue;
    canon::Tool& tool = out_.tools.emplace_back();
    tool.kind = canon::ToolKind::server;
    tool.name = arena_.copy(std::string_view(camel_of(member.key)));
    tool.pointer = at;
    const Member alone{tool.name, member.value, {}};
    tool.source = build_.object({&alone, 1});
  }
}

void Parser::declaration(Value v, std::string_view pointer) {
  canon::Tool& tool = out_.tools.emplace_back();
  tool.pointer = pointer;
  tool.source = v;
  tool.name = text(v, pointer, "name", true);
  if (!r_.failed() && tool.name.empty())
    r_.fail(r_.at(pointer, "name"), "expected the name of a function, found an empty string");
  tool.description = text(v, pointer, "description");
  for (const Member& member : v.members()) {
    if (!member.value.present() || member.key == "name" || member.key == "description") continue;
    if (spells(member.key, "parameters") || spells(member.key, "parametersJsonSchema")) {
      const std::string_view at = r_.at(pointer, member.key);
      if (!r_.schema(v, pointer, member.key).present()) return;
      if (tool.schema.present())
        return r_.fail(at, "expected one of parameters and parametersJsonSchema, found both");
      const bool openapi = spells(member.key, "parameters") && member.value.is_object();
      tool.schema = openapi ? json_schema_of(arena_, member.value) : member.value;
      tool.schema_pointer = at;
    } else {
      extra(tool.extra, {}, member, camel_of(member.key), pointer);
    }
  }
}

Result<canon::Request> parse(Arena& arena, json::Value body) { return Parser(arena, body).run(); }

}  // namespace dragoman::dialect::gemini
