#include "lower/schema_null_apart.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/same_text.h"
#include "lower/schema_merge.h"

namespace dragoman::lower {

using json::Builder;
using json::Member;
using json::Value;

namespace {

using Told = PlainJudge::Told;

constexpr std::size_t kMost = 8;  // members of one schema; more are for the steps

constexpr std::size_t kFew = 16;  // values, to be compared one by one

class Members {
 public:
  void add(const Member& member) { all_[size_++] = member; }
  std::span<const Member> all() const { return std::span(all_).first(size_); }
  Value object(const Builder& build) const { return build.object(all()); }

 private:
  std::array<Member, kMost + 1> all_;  // and what says null
  std::size_t size_ = 0;
};

// The type that null stands beside in a list of two; absent where it is another list.
Value lone_type(const Told& told) {
  const auto names = told.type.items();
  if (names.size() != 2 || (told.types & PlainJudge::odd)) return {};
  const bool first = same_text(names[0].text(), "null");
  return first == same_text(names[1].text(), "null") ? Value() : names[first ? 1 : 0];
}

// Says something of values of the type: it goes where that is said.
bool is_of(const Keyword& keyword, std::string_view type) {
  const bool number = type == "number" || type == "integer";
  if (keyword.row == Row::format) return number || type == "string";
  return keyword.type == type || (keyword.type == "number" && number);
}

// Says something for people and models only, in the place where it stands; a name ("$id", "id") is more.
bool is_note(const Member& member, const Keyword* keyword) {
  if (!keyword) return true;
  return keyword->note && keyword->holds == Holds::data && keyword->type.empty() &&
         !member.key.starts_with('$') && keyword->row != Row::extension;
}

// The strings of an enum that has strings and null only, each once; empty for any other.
std::vector<Value> strings_or_null(Value list) {
  const auto values = list.items();
  std::vector<Value> strings;
  bool null = false, twice = false;
  strings.reserve(values.size());
  for (const Value value : values) {
    null = null || value.is_null();
    if (value.is_null()) continue;
    if (!value.is_string()) return {};
    twice = twice || values.size() > kFew ||
            std::ranges::any_of(strings, [&](Value other) { return same_text(other.text(), value.text()); });
    strings.push_back(value);
  }
  if (!null) return {};
  return twice ? distinct(strings) : strings;
}

// {"type":"string","enum":["a"],"nullable":true} and {"type":"string","nullable":true}.
std::optional<NullApart> by_flag(std::span<const Member> members, const Told& told, const Builder& build) {
  const Value type = lone_type(told);
  if (!type || told.nullable) return std::nullopt;
  NullApart out{.row = Row::type_or_null, .keyword = "type", .before = told.type, .after = type};
  Value values;
  if (told.values) {
    const auto strings = strings_or_null(told.values);
    if (strings.empty() || told.types != (PlainJudge::string | PlainJudge::null)) return std::nullopt;
    values = build.array(strings);
    out.row = Row::enum_values;
    out.keyword = "enum";
    out.before = told.values;
  }
  Members made;
  for (Member member : members) {
    if (same_text(member.key, "type")) member.value = told.values ? build.string("string") : type;
    if (told.values && same_text(member.key, "enum")) member.value = values;
    made.add(member);
  }
  made.add({"nullable", build.boolean(true)});
  out.schema = made.object(build);
  if (told.values) out.after = out.schema;
  return out;
}

// {"anyOf":[{"type":"string","enum":["a"]},{"type":"null"}]}.
std::optional<NullApart> values_in_branches(std::span<const Member> members, const Told& told,
                                            const Builder& build) {
  if (told.type && (told.types != (PlainJudge::string | PlainJudge::null) || !lone_type(told)))
    return std::nullopt;
  const auto strings = strings_or_null(told.values);
  if (strings.empty()) return std::nullopt;
  Members made;
  for (const Member& member : members) {
    if (same_text(member.key, "type") || same_text(member.key, "enum")) continue;
    if (!is_note(member, find_keyword(member.key))) return std::nullopt;
    made.add(member);
  }
  const Member words[] = {{"type", build.string("string")}, {"enum", build.array(strings)}};
  const Member null{"type", build.string("null")};
  const Value branches[] = {build.object(words), build.object({&null, 1})};
  made.add({"anyOf", build.array(branches)});
  const Value schema = made.object(build);
  return NullApart{schema, Row::enum_mixed, "enum", told.values, schema};
}

// {"anyOf":[{"type":"string","maxLength":9},{"type":"null"}]}, in the order of the types.
std::optional<NullApart> types_in_branches(std::span<const Member> members, const Told& told,
                                           const Builder& build) {
  const Value type = lone_type(told);
  // What may need edits of its own inside has another place in the client's schema: for the steps.
  if (!type || (told.types & (PlainJudge::object | PlainJudge::array))) return std::nullopt;
  Members made, own;
  own.add({"type", type});
  for (const Member& member : members) {
    const Keyword* keyword = find_keyword(member.key);
    if (keyword && keyword->row == Row::type) continue;
    if (is_note(member, keyword))
      made.add(member);
    else if (is_of(*keyword, type.text()))
      own.add(member);
    else
      return std::nullopt;
  }
  std::array<Value, 2> branches;
  for (std::size_t i = 0; i < 2; ++i) {
    const Value name = told.type.items()[i];
    const Member null{"type", name};
    branches[i] = name.node() == type.node() ? own.object(build) : build.object({&null, 1});
  }
  const Value choice = build.array(branches);
  made.add({"anyOf", choice});
  return NullApart{made.object(build), Row::type_list, "type", told.type, choice};
}

}  // namespace

std::optional<NullApart> null_apart(const Column& column, std::span<const Member> members, const Told& told,
                                    const Builder& build) {
  const auto takes = [&](Row row) { return column[row] == Cell::ok; };
  // Refused, or never tried where the other words are known to be taken.
  const auto parted = [&](Row row, Row other) {
    return column.rejects(row) || (column[row] == Cell::unknown && takes(other));
  };
  if (members.size() > kMost || takes(Row::type_or_null)) return std::nullopt;
  if (takes(Row::nullable)) {
    const bool wanted =
        told.values ? column.rejects(Row::enum_values) : column[Row::type_or_null] != Cell::ignore;
    return wanted ? by_flag(members, told, build) : std::nullopt;
  }
  if (told.values)
    return !column.rejects(Row::enum_values) && parted(Row::enum_mixed, Row::any_of)
               ? values_in_branches(members, told, build)
               : std::nullopt;
  return parted(Row::type_or_null, Row::any_of) ? types_in_branches(members, told, build) : std::nullopt;
}

}  // namespace dragoman::lower
