#include "lower/schema_branches.h"

#include "json/write.h"
#include "lower/schema_hint.h"
#include "lower/schema_keywords.h"
#include "lower/schema_merge.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

bool closes(Value more) { return more.is_bool() && !more.boolean(); }

}  // namespace

void RootBranches::add(Value branch, const Draft& beside) {
  ++objects_;
  const Value more = branch["additionalProperties"];
  const bool closed = closes(more);
  if (!closed) ++open_;
  says_more_ |= more && !(more.is_bool() && more.boolean());
  add_keywords(branch, beside);
  add_properties(branch, closed);
  add_required(branch);
}

// Some of its keywords will not be said.
void RootBranches::add_keywords(Value branch, const Draft& beside) {
  for (const Member& member : branch.members()) {
    const Keyword* known = find_keyword(member.key);
    const bool same = beside.has(member.key) && json::equal(beside.get(member.key), member.value);
    whole_ &= !known || known->note || known->row == Row::type || known->row == Row::properties ||
              known->row == Row::required || known->row == Row::additional_schema || same;
  }
}

void RootBranches::add_properties(Value branch, bool closed) {
  for (const Member& member : branch["properties"].members()) {
    const auto [place, made] = places_.emplace(member.key, properties_.size());
    if (made) properties_.push_back({member});
    Property& property = properties_[place->second];
    property.schemas.push_back(member.value);
    if (!closed) ++property.open;
  }
}

void RootBranches::add_required(Value branch) {
  std::vector<Value> names;
  for (const Value name : distinct(branch["required"].items())) {
    if (!name.is_string()) continue;
    names.push_back(name);
    if (requiring_[name.text()]++ == 0) required_.push_back(name);
  }
  if (!names.empty() && sets_.size() <= kGuidance)
    sets_ += (sets_.empty() ? "" : " or ") + json::dump_compact(build_.array(names));
}

std::string RootBranches::choice() const {
  return objects_ > 1 && !sets_.empty() && sets_.size() <= kGuidance ? "give " + sets_ : std::string();
}

void RootBranches::write(Draft& object) {
  write_properties(object);
  write_required(object);
  const bool all_closed = open_ == 0;
  if (all_closed && !object.has("additionalProperties"))
    object.set("additionalProperties", build_.boolean(false));
  else
    whole_ &= !says_more_;
}

void RootBranches::write_properties(Draft& object) {
  const Value closed = object.get("additionalProperties");
  std::vector<Member> written;
  std::unordered_map<std::string_view, Value> own;
  for (const Member& member : object.get("properties").members()) {
    written.push_back(member);
    own.emplace(member.key, member.value);
  }
  for (const Property& property : properties_) {
    // Said for all branches already; theirs are refinements of it.
    if (const auto said = own.find(property.first.key); said != own.end()) {
      for (const Value other : property.schemas) whole_ &= json::equal(said->second, other);
      continue;
    }
    // To the letter a root that is closed refuses it.
    whole_ &= !closed || closed.boolean();
    narrowed_ |= property.open < open_;
    Member made = property.first;
    made.value = schema_of(property);
    written.push_back(made);
  }
  if (!written.empty() || object.has("properties")) object.set("properties", build_.object(written));
}

Value RootBranches::schema_of(const Property& property) const {
  const auto options = distinct(property.schemas);
  if (options.size() < 2) return property.first.value;
  std::vector<Value> values;
  bool literal = true;
  for (const Value option : options) {
    const auto some = literals(option);
    literal = literal && !some.empty();
    values.insert(values.end(), some.begin(), some.end());
  }
  if (!literal) {
    const Member any{"anyOf", build_.array(options)};
    return build_.object({&any, 1});
  }
  // What told the branches apart: one enum of all their values.
  std::vector<Member> parts;
  const Value type = options.front()["type"];
  bool same = static_cast<bool>(type);
  for (const Value option : options) same = same && json::equal(type, option["type"]);
  if (same) parts.push_back({"type", type});
  parts.push_back({"enum", build_.array(distinct(values))});
  return build_.object(parts);
}

void RootBranches::write_required(Draft& object) const {
  const auto before = object.get("required").items();
  std::vector<Value> names(before.begin(), before.end());
  for (const Value name : required_)
    if (requiring_.at(name.text()) == objects_) names.push_back(name);
  if (!names.empty()) object.set("required", build_.array(distinct(names)));
}

}  // namespace dragoman::lower
