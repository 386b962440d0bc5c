// A GenerateContentRequest as a client sends it. The model and whether to stream are in the URL; a `model` in
// the body counts for whoever reads a file (`dragoman lower --from gemini`).
#include "json/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "base/strings.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "dialect/gemini_generate/spelling.h"
#include "dialect/reader.h"
#include "json/write.h"

namespace dragoman::dialect::gemini {
namespace {

using canon::Block;
using canon::Param;
using json::Kind;
using json::Member;
using json::Value;

constexpr std::string_view kConfig = "generationConfig.";
constexpr std::string_view kThinking = "generationConfig.thinkingConfig.";
constexpr std::string_view kToolConfig = "toolConfig.";

enum class Want : std::uint8_t { number, integer, boolean };
struct ConfigField {
  Param param;
  std::string_view key;
  Want want;
};
constexpr ConfigField kConfigFields[] = {
    {Param::max_tokens, "maxOutputTokens", Want::integer},
    {Param::temperature, "temperature", Want::number},
    {Param::top_p, "topP", Want::number},
    {Param::top_k, "topK", Want::number},
    {Param::seed, "seed", Want::integer},
    {Param::n, "candidateCount", Want::integer},
    {Param::presence_penalty, "presencePenalty", Want::number},
    {Param::frequency_penalty, "frequencyPenalty", Want::number},
    {Param::logprobs, "responseLogprobs", Want::boolean},
    {Param::top_logprobs, "logprobs", Want::integer},
};

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

class Parser {
 public:
  Parser(Arena& arena, Value body) : arena_(arena), build_(arena), r_(arena), body_(body) {}

  Result<canon::Request> run() {
    if (!r_.is_object(body_, "", true)) return std::unexpected(r_.take_error());
    out_.dialect = canon::DialectName::gemini_generate;
    out_.source = body_;
    out_.stream_usage = true;
    for (const Member& member : body_.members()) top(member);
    if (!find(body_, "contents").value.present())
      r_.fail("/contents", "required, expected an array of contents");
    if (r_.failed()) return std::unexpected(r_.take_error());
    return std::move(out_);
  }

 private:
  // A repeated field may be written as its one item; Google's own examples do.
  template <class F>
  void list(Value v, std::string_view pointer, F&& each) {
    if (v.is_object()) return each(v, pointer);
    if (!r_.is_array(v, pointer)) return;
    for (std::size_t i = 0; i < v.items().size() && !r_.failed(); ++i)
      if (r_.is_object(v.at(i), r_.at(pointer, i), true)) each(v.at(i), r_.at(pointer, i));
  }

  std::string_view text(Value object, std::string_view base, std::string_view camel, bool required = false) {
    const Member found = find(object, camel);
    return r_.string(found.value, r_.at(base, found.key), required);
  }
  Value object(Value parent, std::string_view base, std::string_view camel, std::string_view& pointer) {
    const Member found = find(parent, camel);
    pointer = r_.at(base, found.key);
    return r_.is_object(found.value, pointer) ? found.value : Value();
  }
  void extra(std::vector<canon::Extra>& into, std::string_view prefix, const Member& member,
             std::string_view camel, std::string_view base) {
    std::string key(prefix);
    into.push_back({arena_.copy(std::string_view(key.append(camel.empty() ? member.key : camel))),
                    member.value, r_.at(base, member.key)});
  }
  // Keys this program has no name for travel under their JSON name.
  static std::string camel_of(std::string_view key) {
    std::string out;
    for (std::size_t i = 0; i < key.size(); ++i) {
      const bool next =
          key[i] == '_' && i > 0 && i + 1 < key.size() && key[i + 1] >= 'a' && key[i + 1] <= 'z';
      out += next ? static_cast<char>(key[++i] - 'a' + 'A') : key[i];
    }
    return out;
  }

  void top(const Member& member);
  void contents(Value v, std::string_view pointer);
  void system(Value v, std::string_view pointer);
  void parts(Value content, std::string_view pointer, canon::Message& into);
  void part(Value v, std::string_view pointer, canon::Message& into);
  void text_part(Value v, std::string_view pointer, canon::Message& into);
  void flush(canon::Message& into);
  bool media(Value v, std::string_view pointer, Block& out);
  void call(Value v, std::string_view pointer, std::string_view signature, Block& out);
  void response(Value v, std::string_view pointer, Block& out);
  void response_words(Value words, std::string_view pointer, canon::ToolResult& out);
  void tools(Value v, std::string_view pointer);
  void declaration(Value v, std::string_view pointer);
  void tool_config(Value v, std::string_view pointer);
  void generation_config(Value v, std::string_view pointer);
  void format(Value config, std::string_view pointer);
  void thinking(Value v, std::string_view pointer);
  Value scalar(Value v, std::string_view pointer, Want want);

  Arena& arena_;
  json::Builder build_;
  Reader r_;
  Value body_;
  canon::Request out_;

  // Text that a stream cut in pieces is one block again: the pieces of a run of text or thought parts.
  struct Run {
    bool thought = false;
    std::string text;
    Value only;  // the text, while the run is one part
    std::string_view pointer;
    int parts = 0;
  } run_;

  // Calls without a result so far, oldest first: results of clients that send no ids find theirs by name.
  struct OpenCall {
    std::string_view id, name;
  };
  std::deque<OpenCall> open_;
};

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
    if (r_.is_object(member.value, pointer)) out_.params[Param::metadata] = {member.value, pointer};
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
  if (v.is_array() && v.items().empty())
    return r_.fail(pointer, "expected at least one content, found an empty array");
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
      if (!r_.is_object(member.value, at)) return;
      if (tool.schema.present())
        return r_.fail(at, "expected one of parameters and parametersJsonSchema, found both");
      tool.schema = spells(member.key, "parameters") ? json_schema_of(arena_, member.value) : member.value;
      tool.schema_pointer = at;
    } else {
      extra(tool.extra, {}, member, camel_of(member.key), pointer);
    }
  }
}

void Parser::tool_config(Value v, std::string_view pointer) {
  using canon::ChoiceMode;
  for (const Member& member : v.members()) {
    if (!member.value.present()) continue;
    if (!spells(member.key, "functionCallingConfig")) {
      extra(out_.extra, kToolConfig, member, camel_of(member.key), pointer);
      continue;
    }
    const std::string_view at = r_.at(pointer, member.key);
    if (!r_.is_object(member.value, at)) return;
    canon::ToolChoice& choice = out_.tool_choice;
    const std::string mode = lower_ascii(text(member.value, at, "mode"));
    const Member names = find(member.value, "allowedFunctionNames");
    if (r_.is_array(names.value, r_.at(at, names.key)))
      for (std::size_t i = 0; i < names.value.items().size(); ++i)
        choice.allowed.push_back(r_.string(names.value.at(i), r_.at(r_.at(at, names.key), i), true));
    choice.pointer = at;
    if (mode == "auto" || mode == "validated") {
      choice.mode = ChoiceMode::automatic;
      if (mode == "auto") choice.allowed.clear();  // only ANY and VALIDATED read the names (GEM-61)
    } else if (mode == "any") {
      choice.mode = choice.allowed.size() == 1 ? ChoiceMode::named : ChoiceMode::required;
      if (choice.mode == ChoiceMode::named) choice.tool = choice.allowed.front();
      if (choice.mode == ChoiceMode::named) choice.allowed.clear();
    } else if (mode == "none") {
      choice.mode = ChoiceMode::none;
    } else if (!mode.empty() && mode != "mode_unspecified") {
      r_.fail(r_.at(at, "mode"),
              fmt::format("expected \"AUTO\", \"ANY\", \"NONE\" or \"VALIDATED\", found \"{}\"",
                          get(member.value, "mode").text()));
    }
  }
}

// Numbers may be written as strings (ProtoJSON).
Value Parser::scalar(Value v, std::string_view pointer, Want want) {
  if (want == Want::boolean) return r_.is_bool(v, pointer) ? v : Value();
  if (v.is_string()) {
    const auto parsed = json::parse(arena_, v.text());
    if (parsed && parsed->is_number()) v = *parsed;
  }
  const bool fine = want == Want::integer ? r_.is_integer(v, pointer) : r_.is_number(v, pointer);
  return fine ? v : Value();
}

void Parser::generation_config(Value v, std::string_view pointer) {
  for (const Member& member : v.members()) {
    if (!member.value.present()) continue;
    const std::string_view at = r_.at(pointer, member.key);
    bool taken = false;
    for (const ConfigField& field : kConfigFields) {
      if (!spells(member.key, field.key)) continue;
      taken = true;
      if (const Value value = scalar(member.value, at, field.want)) out_.params[field.param] = {value, at};
    }
    if (taken) continue;
    if (spells(member.key, "stopSequences")) {
      if (!r_.is_array(member.value, at)) return;
      for (std::size_t i = 0; i < member.value.items().size(); ++i)
        r_.is_string(member.value.at(i), r_.at(at, i), true);
      if (!member.value.items().empty()) out_.params[Param::stop] = {member.value, at};
    } else if (spells(member.key, "responseModalities")) {
      if (!r_.is_array(member.value, at)) return;
      std::vector<Value> words;
      for (const Value item : member.value.items())
        words.push_back(build_.string_copy(lower_ascii(item.text())));
      const bool only_text = words.size() == 1 && words.front().text() == "text";
      if (!only_text && !words.empty()) out_.params[Param::modalities] = {build_.array(words), at};
    } else if (spells(member.key, "thinkingConfig")) {
      if (r_.is_object(member.value, at)) thinking(member.value, at);
    } else if (!spells(member.key, "responseMimeType") && !spells(member.key, "responseSchema") &&
               !spells(member.key, "responseJsonSchema")) {
      extra(out_.extra, kConfig, member, camel_of(member.key), pointer);
    }
  }
  format(v, pointer);
}

void Parser::format(Value config, std::string_view pointer) {
  const std::string_view type = text(config, pointer, "responseMimeType");
  const Member open = find(config, "responseSchema"), free = find(config, "responseJsonSchema");
  const Member schema = free.value.present() ? free : open;
  const Member mime = find(config, "responseMimeType");
  if (type == "text/x.enum" || (!type.empty() && type != "application/json" && type != "text/plain")) {
    for (const Member& member : {mime, schema})
      if (member.value.present()) extra(out_.extra, kConfig, member, camel_of(member.key), pointer);
    return;
  }
  canon::ResponseFormat& out = out_.response_format;
  if (schema.value.present()) {
    out.pointer = out.schema_pointer = r_.at(pointer, schema.key);
    if (!r_.is_object(schema.value, out.pointer)) return;
    out.kind = canon::FormatKind::json_schema;
    out.schema = free.value.present() ? free.value : json_schema_of(arena_, open.value);
  } else if (type == "application/json") {
    out.kind = canon::FormatKind::json_object;
    out.pointer = r_.at(pointer, mime.key);
  }
}

void Parser::thinking(Value v, std::string_view pointer) {
  using Mode = canon::ReasoningConfig::Mode;
  canon::ReasoningConfig& out = out_.reasoning;
  for (const Member& member : v.members()) {
    if (!member.value.present()) continue;
    const std::string_view at = r_.at(pointer, member.key);
    if (spells(member.key, "thinkingBudget")) {
      const Value value = scalar(member.value, at, Want::integer);
      if (!value) return;
      const std::int64_t budget = value.integer().value_or(0);
      out.pointer = at;
      out.mode = budget == 0  ? Mode::off
                 : budget < 0 ? Mode::adaptive
                              : Mode::on;  // -1: as the model sees fit
      if (budget > 0) out.budget = budget;
    } else if (spells(member.key, "thinkingLevel")) {
      const std::string level = lower_ascii(r_.string(member.value, at));
      if (level == "thinking_level_unspecified") continue;
      out.effort = arena_.copy(std::string_view(level));
      out.effort_pointer = at;
    } else if (spells(member.key, "includeThoughts")) {
      if (r_.is_bool(member.value, at)) out.include = member.value.boolean();
      if (out.pointer.empty()) out.pointer = at;
    } else {
      extra(out_.extra, kThinking, member, camel_of(member.key), pointer);
    }
  }
}

}  // namespace

Result<canon::Request> parse(Arena& arena, json::Value body) { return Parser(arena, body).run(); }

}  // namespace dragoman::dialect::gemini
