#include "lower/strict_null.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/same_text.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

Value with(std::span<const Value> values, Value more, const json::Builder& build) {
  std::array<Value, 16> few;
  if (values.size() < few.size()) {
    *std::ranges::copy(values, few.begin()).out = more;
    return build.array(std::span(few).first(values.size() + 1));
  }
  std::vector<Value> all(values.begin(), values.end());
  all.push_back(more);
  return build.array(all);
}

}  // namespace

void set_member(std::pmr::vector<Member>& members, std::size_t first, std::string_view key, Value value) {
  for (Member& member : std::span(members).subspan(first))
    if (same_text(member.key, key)) {
      member.value = value;
      return;
    }
  members.push_back({key, value});
}

bool lists_null(const NullWords& words) {
  return (words.type.is_string() || words.type.is_array()) && !words.branches && !words.only &&
         !words.composite;
}

void add_null(std::pmr::vector<Member>& members, std::size_t first, const NullWords& words,
              const json::Builder& build) {
  const Value null_name = build.string("null");
  if (lists_null(words)) {
    const auto types = words.type.is_string() ? std::span(&words.type, 1) : words.type.items();
    if (std::ranges::find(types, "null", &Value::text) == types.end())
      set_member(members, first, "type", with(types, null_name, build));
    const auto values = words.values.items();
    if (words.values.is_array() && std::ranges::none_of(values, &Value::is_null))
      set_member(members, first, "enum", with(values, build.null(), build));
    return;
  }
  const Member type_null{"type", null_name};
  const Value null_schema = build.object({&type_null, 1});
  if (words.branches.is_array() && !words.type && !words.values && !words.only && !words.composite)
    return set_member(members, first, "anyOf", with(words.branches.items(), null_schema, build));
  // Notes stay with the property, where the model looks for them.
  std::vector<Member> notes, inner;
  for (const Member& member : std::span(members).subspan(first))
    (member.key == "description" || member.key == "title" ? notes : inner).push_back(member);
  const Value both[] = {build.object(inner), null_schema};
  members.resize(first);
  members.push_back({"anyOf", build.array(both)});
  members.insert(members.end(), notes.begin(), notes.end());
}

}  // namespace dragoman::lower
