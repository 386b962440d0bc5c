#include "lower/schema_hint.h"

#include <algorithm>
#include <vector>

#include "json/write.h"
#include "lower/schema_keywords.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

class Spelled {
 public:
  Spelled(References& refs, const json::Builder& build, std::size_t most)
      : refs_(refs), build_(build), left_(most) {}

  // Absent where it cannot be.
  Value schema(Value value) {
    if (!value.is_object()) return value;
    if (value["$dynamicRef"] || value["$recursiveRef"]) return {};
    std::vector<Member> out;
    for (Member member : value.members()) {
      if (member.key == "$ref" && member.value.is_string()) {
        const Value named = refs_.resolve(member.value.text());
        if (!named || std::ranges::find(path_, named.node()) != path_.end()) return {};
        path_.push_back(named.node());
        const Value said = schema(named);
        path_.pop_back();
        if (!said) return {};
        if (value.members().size() == 1) return said;
        member = {"allOf", build_.array({&said, 1})};
        if (value["allOf"]) return {};
      } else if (const Keyword* known = find_keyword(member.key); known && known->holds != Holds::data) {
        if (!(member.value = keyword(*known, member.value))) return {};
      }
      // Each takes six bytes at least, `"a":1,`.
      if (left_ < 6) return {};
      left_ -= 6;
      out.push_back(member);
    }
    return build_.object(out);
  }

  Value keyword(const Keyword& keyword, Value value) {
    std::vector<Value> list;
    for (const Value item : value.items()) {
      list.push_back(schema(item));
      if (!list.back()) return {};
    }
    if (value.is_array()) return build_.array(list);
    if (keyword.holds != Holds::map && keyword.holds != Holds::dependencies) return schema(value);
    std::vector<Member> map;
    for (Member member : value.members()) {
      if (!(member.value = schema(member.value))) return {};
      map.push_back(member);
    }
    return value.is_object() ? build_.object(map) : value;
  }

 private:
  References& refs_;
  const json::Builder& build_;
  std::size_t left_;
  std::vector<const json::Node*> path_;  // definitions the reference at hand stands in
};

}  // namespace

std::string hint(std::string_view keyword, Value value) {
  std::string said(keyword);
  said += ": ";
  const std::size_t named = said.size();
  if (value.is_string())
    said += value.text();
  else
    json::write_compact(said, value);
  return said.size() - named <= kGuidance ? said : std::string();
}

std::string hint(std::string_view keyword, Value value, References& refs, const json::Builder& build) {
  const Keyword* known = find_keyword(keyword);
  if (known && known->holds != Holds::data &&
      (may_say(value, "$ref") || may_say(value, "$dynamicRef") || may_say(value, "$recursiveRef"))) {
    value = Spelled(refs, build, kGuidance).keyword(*known, value);
    if (!value) return {};
  }
  return hint(keyword, value);
}

Value with_hints(std::string_view description, std::string_view hints, const json::Builder& build) {
  const std::string_view space = description.empty() ? "" : " ";
  return build.string(build.arena().joined({description, space, "(", hints, ")"}));
}

}  // namespace dragoman::lower
