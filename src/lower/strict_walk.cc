#include "lower/strict_walk.h"

#include <algorithm>

#include "base/same_text.h"
#include "lower/strict_null.h"
#include "lower/validate/text.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

constexpr std::size_t kNames = 64;  // of `required`, looked through one by one

// The name as `required` has it; absent where it does not. Most list them in the order of the properties.
Value required_name(const PlainJudge::Told& told, std::string_view key, std::size_t at) {
  const auto names = told.required.items();
  if (at < names.size() && same_text(names[at].text(), key)) return names[at];
  for (const Value name : names)
    if (same_text(name.text(), key)) return name;
  return {};
}

bool takes_null(const PlainJudge::Told& told, bool branch) {
  return (!told.type || (told.types & PlainJudge::null)) && (!told.only || told.only.is_null()) &&
         (!told.values || std::ranges::any_of(told.values.items(), &Value::is_null)) &&
         (!told.branches || branch);
}

NullWords null_words(const PlainJudge::Told& told, Value branches) {
  return {.type = told.type,
          .values = told.values,
          .only = told.only,
          .branches = branches,
          .composite = (told.types & (PlainJudge::object | PlainJudge::array)) != 0};
}

std::int64_t characters(std::string_view text) {
  return static_cast<std::int64_t>(validate::code_points(text));
}

}  // namespace

void StrictWalk::begin() {
  out_.cost = {};
  out_.fault.clear();
  out_.nulled.clear();
  out_.names.clear();
  out_.closed = false;
  doubt_ = false;
}

bool StrictWalk::takes(const Told& told) const {
  if (told.nullable || told.required.items().size() > kNames) return false;
  if (!rules_.first_keys) return true;
  // OAIS-07: branches that begin with the same key are put in order elsewhere.
  const auto branches = told.branches.items();
  if (branches.size() > kNames) return false;
  const auto first_key = [](Value branch) {
    const auto properties = branch["properties"].members();
    return properties.empty() ? Member{} : properties.front();
  };
  for (std::size_t i = 0; i < branches.size(); ++i)
    if (const Member one = first_key(branches[i]); one.value)
      for (std::size_t j = 0; j < i; ++j)
        if (const Member other = first_key(branches[j]); other.value && other.key == one.key) return false;
  return true;
}

bool StrictWalk::is_optional(const Told& told, std::string_view key, std::size_t at) const {
  return !required_name(told, key, at);
}

void StrictWalk::property(std::string_view key, Value made, bool optional, const Seen& seen) {
  StrictCost& cost = out_.cost;
  ++cost.properties;
  cost.characters += characters(key);
  cost.unions += seen.has_union ? 1 : 0;
  if (!optional) return;
  if (!rules_.all_required) {
    ++cost.optional;
  } else if (seen.made_null) {
    out_.nulled.push_back(made.node());
  }
}

void StrictWalk::properties(const Told& told) {
  if (!rules_.all_required) return;
  const auto all = told.properties.members();
  for (std::size_t i = 0; i < all.size() && out_.names.size() < 120; ++i)
    if (is_optional(told, all[i].key, i))
      out_.names.append(out_.names.empty() ? "" : ", ").append(all[i].key);
}

void StrictWalk::count_values(const Told& told, bool null) {
  StrictCost& cost = out_.cost;
  cost.characters += characters(told.only.text());
  const auto values = told.values.items();
  if (values.empty()) return;
  std::int64_t text = 0;
  for (const Value value : values) text += characters(value.text());
  const bool has_null = std::ranges::any_of(values, &Value::is_null);
  const auto count = static_cast<std::int64_t>(values.size()) + (null && !has_null ? 1 : 0);
  cost.enum_values += count;
  cost.characters += text;
  if (count > 250) cost.enum_characters = std::max(cost.enum_characters, text);
}

StrictWalk::Changes StrictWalk::see(const Told& told, bool optional, const Inside& inside, Seen& seen) {
  const bool object = (told.types & PlainJudge::object) || told.properties;
  const bool nests = told.properties || told.items;
  Changes changes;
  changes.closed = close_ && told.properties && !told.more;
  const bool null = takes_null(told, inside.null_branch);
  changes.required = inside.optional && rules_.all_required;
  changes.null = optional && rules_.all_required && !null;
  out_.closed = out_.closed || changes.closed;

  const bool shut = changes.closed || (told.more.is_bool() && !told.more.boolean());
  doubt_ = doubt_ || (object && !shut);
  if (rules_.typed)
    doubt_ = doubt_ || (!told.type && !told.branches && !told.values && !told.only) ||
             ((told.types & PlainJudge::array) && !told.items);
  if (rules_.plain_unions)
    doubt_ = doubt_ || (told.type.is_array() && (told.types & (PlainJudge::object | PlainJudge::array)));
  if (told.values || told.only)
    count_values(told, changes.null && lists_null(null_words(told, told.branches)));

  seen = {.nests = inside.nests + (nests ? 1 : 0),
          .takes_null = changes.null || null,
          .has_union = changes.null || told.type.is_array() || told.branches,
          .made_null = changes.null};
  return changes;
}

// All properties' names, in their order.
Value StrictWalk::required(const Told& told) {
  const auto properties = told.properties.members();
  list_.clear();
  list_.reserve(properties.size());
  for (std::size_t i = 0; i < properties.size(); ++i) {
    const Value name = required_name(told, properties[i].key, i);
    list_.push_back(name ? name : build_.string(properties[i].key));
  }
  return build_.array(list_);
}

void StrictWalk::make(Changes changes, const Told& told, Members& members, std::size_t first) {
  if (changes.closed) members.push_back({"additionalProperties", build_.boolean(false)});
  if (changes.required) set_member(members, first, "required", required(told));
  if (!changes.null) return;
  Value branches = told.branches;  // as they are by now
  for (const Member& member : std::span(members).subspan(first))
    if (told.branches && same_text(member.key, "anyOf")) branches = member.value;
  add_null(members, first, null_words(told, branches), build_);
}

void StrictWalk::finish(Value schema, const Seen& seen) {
  out_.cost.depth = seen.nests;
  if (doubt_) out_.fault = strict_fault(schema, rules_);
}

}  // namespace dragoman::lower
