// Reads a GenerateContentRequest: parse.cc the contents and the tools, parse_config.cc what is asked of the
// model. Only those two include it.
#pragma once
#include <deque>
#include <string>

#include "base/strings.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "dialect/gemini_generate/spelling.h"
#include "dialect/reader.h"
#include "json/write.h"

namespace dragoman::dialect::gemini {

class Parser {
 public:
  Parser(Arena& arena, json::Value body) : arena_(arena), build_(arena), r_(arena), body_(body) {}

  Result<canon::Request> run() {
    if (!r_.is_object(body_, "", true)) return std::unexpected(r_.take_error());
    out_.dialect = canon::DialectName::gemini_generate;
    out_.source = body_;
    out_.stream_usage = true;
    for (const json::Member& member : body_.members()) top(member);
    if (const json::Member contents = find(body_, "contents"); !contents.value.present())
      r_.fail("/contents", "required, expected an array of contents");
    else if (out_.messages.empty() && !r_.failed())  // system text alone is made a request of (GEN-11)
      r_.fail(r_.at("", contents.key), "expected at least one content, found an empty array");
    if (r_.failed()) return std::unexpected(r_.take_error());
    return std::move(out_);
  }

 private:
  // A repeated field may be written as its one item; Google's own examples do.
  template <class F>
  void list(json::Value v, std::string_view pointer, F&& each) {
    if (v.is_object()) return each(v, pointer);
    if (!r_.is_array(v, pointer)) return;
    for (std::size_t i = 0; i < v.items().size() && !r_.failed(); ++i)
      if (r_.is_object(v.at(i), r_.at(pointer, i), true)) each(v.at(i), r_.at(pointer, i));
  }

  std::string_view text(json::Value object, std::string_view base, std::string_view camel,
                        bool required = false) {
    const json::Member found = find(object, camel);
    return r_.string(found.value, r_.at(base, found.key), required);
  }
  json::Value object(json::Value parent, std::string_view base, std::string_view camel,
                     std::string_view& pointer) {
    const json::Member found = find(parent, camel);
    pointer = r_.at(base, found.key);
    return r_.is_object(found.value, pointer) ? found.value : json::Value();
  }
  void extra(std::vector<canon::Extra>& into, std::string_view prefix, const json::Member& member,
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

  void top(const json::Member& member);
  void contents(json::Value v, std::string_view pointer);
  void system(json::Value v, std::string_view pointer);
  void parts(json::Value content, std::string_view pointer, canon::Message& into);
  void part(json::Value v, std::string_view pointer, canon::Message& into);
  void text_part(json::Value v, std::string_view pointer, canon::Message& into);
  void flush(canon::Message& into);
  bool media(json::Value v, std::string_view pointer, canon::Block& out);
  void call(json::Value v, std::string_view pointer, std::string_view signature, canon::Block& out);
  void response(json::Value v, std::string_view pointer, canon::Block& out);
  void response_words(json::Value words, std::string_view pointer, canon::ToolResult& out);
  void tools(json::Value v, std::string_view pointer);
  void declaration(json::Value v, std::string_view pointer);

  // parse_config.cc
  void tool_config(json::Value v, std::string_view pointer);
  void generation_config(json::Value v, std::string_view pointer);
  void format(json::Value config, std::string_view pointer);
  void thinking(json::Value v, std::string_view pointer);
  enum class Want : std::uint8_t { number, integer, boolean };
  struct ConfigField {
    canon::Param param;
    std::string_view key;
    Want want;
  };
  static const ConfigField kConfigFields[];
  json::Value scalar(json::Value v, std::string_view pointer, Want want);

  Arena& arena_;
  json::Builder build_;
  Reader r_;
  json::Value body_;
  canon::Request out_;

  // Text that a stream cut in pieces is one block again: the pieces of a run of text or thought parts.
  struct Run {
    bool thought = false;
    std::string text;
    json::Value only;  // the text, while the run is one part
    std::string_view pointer;
    int parts = 0;
  } run_;

  // Calls without a result so far, oldest first: results of clients that send no ids find theirs by name.
  struct OpenCall {
    std::string_view id, name;
  };
  std::deque<OpenCall> open_;
};

}  // namespace dragoman::dialect::gemini
