#include "failure/remedy.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>

#include "base/strings.h"
#include "failure/remedy_blank.h"
#include "failure/request_shape.h"
#include "json/write.h"

namespace dragoman::failure {
namespace {

using json::pointer_join;
using json::Value;

constexpr std::size_t kMostRemedies = 6;
constexpr std::size_t kLongestName = 64;

std::string quoted(std::string_view text) {
  std::string out;
  json::write_string(out, text);
  return out;
}

// Numbers that stand for themselves: not those of names ("text-embedding-3-small") and places ("tools[3]").
std::vector<std::string> numbers_in(std::string_view message) {
  const auto digit = [&](std::size_t i) {
    return i < message.size() && message[i] >= '0' && message[i] <= '9';
  };
  const auto word = [&](std::size_t i) {
    if (i >= message.size()) return false;
    const char c = message[i];
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '[' || c == '.' || c == '/';
  };
  std::vector<std::string> out;
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (!digit(i)) continue;
    std::size_t begin = i, end = i;
    while (digit(end) || (end < message.size() && message[end] == '.' && digit(end + 1))) ++end;
    i = end;
    if (begin > 0 && message[begin - 1] == '-') {
      if (begin > 1 && word(begin - 2)) continue;    // "embedding-3"
      if (begin == 1 || !digit(begin - 2)) --begin;  // a sign, not the dash of 1-1536
    } else if (begin > 0 && word(begin - 1) && !(begin > 1 && message.substr(begin - 2, 2) == "..")) {
      continue;
    }
    const bool name = end < message.size() &&
                      ((word(end) && message[end] != '.') || (message[end] == '-' && word(end + 1)));
    std::string number(message.substr(begin, end - begin));
    if (!name && std::ranges::find(out, number) == out.end()) out.push_back(std::move(number));
  }
  return out;
}

double value_of(std::string_view number) {
  double out = 0;
  std::from_chars(number.data(), number.data() + number.size(), out);
  return out;
}

bool has_type(Value schema, std::string_view word) {
  const Value type = schema["type"];
  return lower_ascii(type.text()) == word ||
         std::ranges::any_of(type.items(), [&](Value one) { return lower_ascii(one.text()) == word; });
}

class Proposer {
 public:
  Proposer(const RequestParts& parts, const std::vector<std::string>& gone, std::string_view message)
      : parts_(parts), gone_(gone.begin(), gone.end()), message_(message), lower_(lower_ascii(message)) {
    roots(parts.body(), "", false);
  }

  std::vector<Remedy> propose() {
    if (says("items")) array_items();
    if (says("type")) types();
    if (says("properties")) properties();
    if (says("additionalproperties") && says("false")) closed();
    if (says("required") && says("every key")) all_required();
    if (says("enum") && says("string")) enum_strings();
    if (says("name") || says("pattern")) tool_names();
    if (says("id") && (says("length") || says("pattern") || says("a-z"))) call_ids();
    if (says("trailing whitespace")) trailing_space();
    if (says("empty") || says("blank") || says("whitespace") || says("at least one"))
      add("say something in the only message", words_for_blanks(parts_));
    too_long();
    renamed_parameter();
    missing_parameter();
    numbers();
    if (out_.size() > kMostRemedies) out_.resize(kMostRemedies);
    return std::move(out_);
  }

 private:
  bool says(std::string_view word) const { return lower_.find(word) != std::string::npos; }
  bool is_gone(const std::string& pointer) const { return gone_.contains(pointer); }

  void add(std::string what, std::vector<Change> changes) {
    if (!changes.empty()) out_.push_back({std::move(what), std::move(changes)});
  }

  // --- Schemas ---

  void roots(Value at, const std::string& pointer, bool in_tool) {
    if (is_gone(pointer)) return;
    for (std::size_t i = 0; i < at.items().size(); ++i) roots(at.at(i), pointer_join(pointer, i), in_tool);
    for (const json::Member& m : at.members()) {
      static constexpr std::array<std::string_view, 6> kRoots = {
          "parameters", "input_schema", "parametersJsonSchema", "schema", "responseSchema", "json"};
      const std::string below = pointer_join(pointer, m.key);
      if (below == parts_.messages_at()) continue;
      if (m.value.is_object() && std::ranges::find(kRoots, m.key) != kRoots.end())
        schema(m.value, below, true);
      else
        roots(m.value, below, in_tool || m.key == "tools");
    }
  }

  void schema(Value at, const std::string& pointer, bool root) {
    if (!at.is_object() || is_gone(pointer)) return;
    schemas_.push_back({at, pointer, root});
    for (const std::string_view map : {"properties", "patternProperties", "$defs", "definitions"}) {
      const std::string below = pointer_join(pointer, map);
      if (is_gone(below)) continue;
      for (const json::Member& m : at[map].members()) schema(m.value, pointer_join(below, m.key), false);
    }
    for (const std::string_view one : {"items", "additionalProperties", "not"})
      schema(at[one], pointer_join(pointer, one), false);
    for (const std::string_view list : {"anyOf", "oneOf", "allOf", "prefixItems"})
      for (std::size_t i = 0; i < at[list].items().size(); ++i)
        schema(at[list].at(i), pointer_join(pointer_join(pointer, list), i), false);
  }

  struct Schema {
    Value value;
    std::string pointer;
    bool root;
  };

  void each_schema(std::string_view what,
                   const std::function<void(const Schema&, std::vector<Change>&)>& look) {
    std::vector<Change> changes;
    for (const Schema& one : schemas_) look(one, changes);
    add(std::string(what), std::move(changes));
  }

  void array_items() {
    for (const std::string_view items : {"{}", R"({"type":"string"})"})
      each_schema("say what the array holds", [&](const Schema& s, std::vector<Change>& out) {
        if (has_type(s.value, "array") && !s.value["items"] && !s.value["prefixItems"])
          out.push_back({"add", s.pointer + "/items", std::string(items)});
      });
  }

  void types() {
    each_schema("give the schema its type", [&](const Schema& s, std::vector<Change>& out) {
      for (const std::string_view other : {"type", "$ref", "anyOf", "oneOf", "allOf", "const"})
        if (s.value[other]) return;
      const bool object = s.root || s.value["properties"];
      const Value first = s.value["enum"].at(0);
      out.push_back({"add", s.pointer + "/type",
                     object              ? "\"object\""
                     : s.value["items"]  ? "\"array\""
                     : first.is_number() ? "\"number\""
                     : first.is_bool()   ? "\"boolean\""
                                         : "\"string\""});
    });
    each_schema("make the root an object", [&](const Schema& s, std::vector<Change>& out) {
      if (s.root && s.value["type"] && !has_type(s.value, "object"))
        out.push_back({"replace", s.pointer + "/type", "\"object\""});
    });
  }

  void properties() {
    each_schema("give the object its properties, if only none",
                [](const Schema& s, std::vector<Change>& out) {
                  if (has_type(s.value, "object") && !s.value["properties"])
                    out.push_back({"add", s.pointer + "/properties", "{}"});
                });
  }

  void closed() {
    each_schema("close the object", [](const Schema& s, std::vector<Change>& out) {
      if (!s.value["properties"] && !has_type(s.value, "object")) return;
      const Value more = s.value["additionalProperties"];
      if (!more.is_bool() || more.boolean())
        out.push_back({more ? "replace" : "add", s.pointer + "/additionalProperties", "false"});
    });
  }

  void all_required() {
    each_schema("name every property in `required`", [](const Schema& s, std::vector<Change>& out) {
      const Value properties = s.value["properties"];
      if (!properties.is_object() || s.value["required"].items().size() == properties.members().size())
        return;
      std::string all;
      for (const json::Member& m : properties.members()) all += (all.empty() ? "" : ",") + quoted(m.key);
      out.push_back({s.value["required"] ? "replace" : "add", s.pointer + "/required", "[" + all + "]"});
    });
  }

  void enum_strings() {
    each_schema("make the values of the enum strings", [](const Schema& s, std::vector<Change>& out) {
      const Value values = s.value["enum"];
      if (std::ranges::all_of(values.items(), [](Value v) { return v.is_string(); })) return;
      std::string all;
      for (const Value v : values.items())
        all += (all.empty() ? "" : ",") + (v.is_string() ? json::dump(v) : quoted(json::dump(v)));
      out.push_back({"replace", s.pointer + "/enum", "[" + all + "]"});
      if (s.value["type"] && !has_type(s.value, "string"))
        out.push_back({"replace", s.pointer + "/type", "\"string\""});
    });
  }

  // --- Tools ---

  // Everywhere the conversation and the choice name it too.
  void rename(Value at, const std::string& pointer, std::string_view from, std::string_view to,
              std::vector<Change>& out) const {
    if (pointer.contains("/properties/")) return;
    for (std::size_t i = 0; i < at.items().size(); ++i)
      rename(at.at(i), pointer_join(pointer, i), from, to, out);
    for (const json::Member& m : at.members()) {
      const std::string below = pointer_join(pointer, m.key);
      if (m.key == "name" && m.value.is_string() && m.value.text() == from)
        out.push_back({"replace", below, quoted(to)});
      else if (!is_schema_key(m.key))
        rename(m.value, below, from, to, out);
    }
  }
  static bool is_schema_key(std::string_view key) {
    return key == "parameters" || key == "input_schema" || key == "inputSchema" ||
           key == "parametersJsonSchema" || key == "input" || key == "args" || key == "response";
  }

  void tool_names() {
    std::vector<Change> changes;
    for (const auto& [pointer, name] : parts_.tool_names()) {
      if (is_gone(pointer)) continue;
      std::string better = name.substr(0, kLongestName);
      for (char& c : better) {
        const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '_' || c == '-';
        if (!fine) c = '_';
      }
      if (!better.empty() && better.front() >= '0' && better.front() <= '9') better.insert(0, "_");
      if (!better.empty() && better != name) rename(parts_.body(), "", name, better, changes);
    }
    add("rename the tool, here and wherever the conversation calls it", std::move(changes));
  }

  // --- The conversation ---

  static bool is_reference(std::string_view key) {
    return key == "tool_call_id" || key == "tool_use_id" || key == "toolUseId" || key == "call_id";
  }

  // Of what is left: the ids that are refused.
  void collect_ids(Value at, const std::string& pointer, std::vector<std::string>& out) const {
    if (is_gone(pointer)) return;
    for (std::size_t i = 0; i < at.items().size(); ++i) collect_ids(at.at(i), pointer_join(pointer, i), out);
    for (const json::Member& m : at.members()) {
      if (is_reference(m.key) && m.value.is_string() && std::ranges::find(out, m.value.text()) == out.end())
        out.emplace_back(m.value.text());
      collect_ids(m.value, pointer_join(pointer, m.key), out);
    }
  }

  void replace_ids(Value at, const std::string& pointer, const std::vector<std::string>& ids,
                   std::vector<Change>& out) const {
    for (std::size_t i = 0; i < at.items().size(); ++i)
      replace_ids(at.at(i), pointer_join(pointer, i), ids, out);
    for (const json::Member& m : at.members()) {
      const std::string below = pointer_join(pointer, m.key);
      const auto known = std::ranges::find(ids, m.value.text());
      if (m.value.is_string() && (is_reference(m.key) || m.key == "id") && known != ids.end())
        out.push_back({"replace", below, quoted(fmt::format("call{:05}", known - ids.begin() + 1))});
      else
        replace_ids(m.value, below, ids, out);
    }
  }

  // Nine letters and digits: no provider takes fewer forms than that.
  void call_ids() {
    const Value messages = json::resolve(parts_.body(), parts_.messages_at());
    std::vector<std::string> ids;
    collect_ids(messages, parts_.messages_at(), ids);
    std::vector<Change> changes;
    replace_ids(messages, parts_.messages_at(), ids, changes);
    add("give the calls ids of nine letters and digits, the same in their results", std::move(changes));
  }

  void trailing_space() {
    const Value messages = json::resolve(parts_.body(), parts_.messages_at());
    if (messages.items().empty()) return;
    const std::size_t last = messages.items().size() - 1;
    const std::string at = pointer_join(parts_.messages_at(), last);
    for (const std::string& place :
         {at + "/content",
          fmt::format("{}/content/{}/text", at, messages.at(last)["content"].items().size() - 1)})
      if (const Value text = json::resolve(parts_.body(), place);
          text.is_string() && trim(text.text()) != text.text())
        add("leave out the white space at the end", {{"replace", place, quoted(trim(text.text()))}});
  }

  void too_long() {
    static const RE2 kMost(
        R"((?i)(?:maximum length|max(?:imum)? length|at most|no longer than|less than or equal to|up to)\D{0,20}(\d{1,6}))");
    std::size_t most = 0;
    if (!RE2::PartialMatch(message_, kMost, &most) || most < 16) return;
    std::vector<Change> changes;
    for (const auto& [pointer, name] : parts_.tool_names()) {
      if (is_gone(pointer)) continue;
      for (const std::string_view inner : {"", "/function", "/toolSpec", "/custom"}) {
        const std::string at = fmt::format("{}{}/description", pointer, inner);
        const Value text = json::resolve(parts_.body(), at);
        if (!text.is_string() || text.text().size() <= most || is_gone(at)) continue;
        std::string_view cut = text.text().substr(0, most);
        while (!cut.empty() && (static_cast<unsigned char>(text.text()[cut.size()]) & 0xC0) == 0x80)
          cut.remove_suffix(1);
        changes.push_back({"replace", at, quoted(cut)});
      }
    }
    add(fmt::format("shorten the description to {} characters", most), std::move(changes));
  }

  // --- Parameters ---

  void renamed_parameter() {
    static const RE2 kUse(R"((?i)use [`'"](\w{2,40})[`'"] instead)");
    std::string name;
    if (!RE2::PartialMatch(message_, kUse, &name) || parts_.body()[name]) return;
    for (const json::Member& m : parts_.body().members()) {
      const std::string at = pointer_join("", m.key);
      if (is_gone(at) || !says(fmt::format("'{}'", lower_ascii(m.key)))) continue;
      add(fmt::format("call it {}", name), {{"add", "/" + name, json::dump(m.value)}, {"remove", at}});
      return;
    }
  }

  void missing_parameter() {
    static const RE2 kMissing(
        R"((?i)^[* ]*max_tokens: (?:field required|missing)|required parameter[: ]+[`'"]max_tokens)");
    if (RE2::PartialMatch(message_, kMissing) && !parts_.body()["max_tokens"])
      add("say how long the answer may be", {{"add", "/max_tokens", "4096"}});
  }

  void number_leaves(Value at, const std::string& pointer,
                     std::vector<std::pair<std::string, Value>>& out) const {
    if (is_gone(pointer) || pointer == parts_.messages_at() || pointer == parts_.tools_at()) return;
    if (at.is_number()) out.emplace_back(pointer, at);
    for (const json::Member& m : at.members())
      if (!(m.key == "schema" || m.key == "json_schema" || m.key == "responseSchema"))
        number_leaves(m.value, pointer_join(pointer, m.key), out);
  }

  // The only number there is, or the one whose name the words have: brought to a limit they name.
  void numbers() {
    std::vector<std::pair<std::string, Value>> leaves;
    number_leaves(parts_.body(), "", leaves);
    if (leaves.size() > 1)
      std::erase_if(leaves, [&](const auto& leaf) {
        return !says(lower_ascii(leaf.first.substr(leaf.first.rfind('/') + 1)));
      });
    if (leaves.size() != 1) return;
    const auto& [pointer, value] = leaves.front();
    const double now = value_of(value.number_text());
    std::vector<std::string> limits = numbers_in(message_);
    std::erase_if(limits, [&](const std::string& n) { return value_of(n) == now; });
    std::ranges::stable_sort(limits, {}, [&](const std::string& n) { return std::abs(value_of(n) - now); });
    if (limits.size() > 2) limits.resize(2);
    for (const std::string& limit : limits)
      add(fmt::format("ask for {}", limit), {{"replace", pointer, limit}});
  }

  const RequestParts& parts_;
  const std::set<std::string> gone_;
  const std::string_view message_;
  const std::string lower_;
  std::vector<Schema> schemas_;
  std::vector<Remedy> out_;
};

}  // namespace

std::vector<Remedy> remedies(const RequestParts& parts, const std::vector<std::string>& gone,
                             std::string_view message) {
  return Proposer(parts, gone, message).propose();
}

}  // namespace dragoman::failure
