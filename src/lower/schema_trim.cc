#include "lower/schema_trim.h"

#include <algorithm>

#include "base/same_text.h"
#include "lower/argument_plan.h"
#include "lower/schema_hint.h"
#include "lower/schema_keys.h"
#include "lower/schema_null_apart.h"
#include "lower/schema_report.h"
#include "lower/schema_rewriter.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

constexpr int kTrimDepth = 64;  // deeper ones are for the steps to count

}  // namespace

void Trimmer::append(std::string& pointer, const Step* at) {
  if (!at) return;
  append(pointer, at->up);
  json::append_pointer(pointer, at->keyword);
  if (at->property.data()) json::append_pointer(pointer, at->property);
  if (at->branch) json::append_pointer(pointer, *at->branch);
}

std::string_view Trimmer::pointer_to(const Step* at) {
  pointer_.clear();
  append(pointer_, at);
  return build_.arena().copy(std::string_view(pointer_));
}

bool Trimmer::note(Row row, const Step* at, std::string_view keyword, Value before, Value after, Loss loss) {
  if (target_.lossless && loss != Loss::none) return false;  // nobody will read of more
  if (edits_->size() == kSchemaEdits) return false;
  Edit& edit = edits_->emplace_back();
  edit.rule = column_.rule(row, keyword, build_.arena());
  edit.pointer = pointer_to(at);
  edit.keyword = keyword;
  edit.before = shown_.of(before);
  edit.after = shown_.of(after);
  edit.loss = loss;
  return true;
}

bool Trimmer::leave(const LeftOut& left, const Member& member, const Step* at, std::string* hints) {
  if (!note(left.row, at, member.key, member.value, {}, left.loss)) return false;
  if (!hints || !left.hint) return true;
  if (std::string said = hint(member.key, member.value); hints->empty())
    *hints = std::move(said);
  else if (!said.empty())
    hints->append(", ").append(said);
  return true;
}

bool Trimmer::leave_all(std::span<const Member> members, std::uint64_t gone, const Step* at,
                        std::string& hints) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!(gone >> i & 1)) continue;
    const Member& member = members[i];
    const Keyword* keyword = find_keyword(member.key);
    const Cell cell = keyword ? column_.judge(*keyword, member.value) : column_[Row::extension];
    const auto left = cell == Cell::unknown ? left_untried(column_, keyword, member, members)
                                            : left_refused(keyword, member, members);
    if (!left || !leave(*left, member, at, &hints)) return false;
  }
  return true;
}

bool Trimmer::properties(const PlainJudge::Told& told, const Step* at, int depth, Inside& inside,
                         Made& made) {
  const auto members = told.properties.members();
  const std::size_t first = made_.size();
  bool changed = false, stepped = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Member& member = members[i];
    if ((keys_ && !keys_->fits(member.key)) || member.key == kFillerKey) return false;
    const Step step{at, "properties", member.key};
    const bool optional = strict_ && strict_->is_optional(told, member.key, i);
    Made one;
    if (!schema(member.value, &step, depth, optional, one)) return false;
    if (strict_) strict_->property(member.key, one.value, optional, one.seen);
    inside.optional = inside.optional || optional;
    inside.nests = std::max(inside.nests, one.seen.nests);
    made.trimmed = made.trimmed || one.trimmed;
    stepped = stepped || one.stepped;
    if (!changed && one.value.node() != member.value.node()) {
      changed = true;
      put(members.first(i));
    }
    if (changed) made_.push_back({member.key, one.value, member.raw_key});
  }
  if (stepped && !judge_.properties(members)) return false;
  if (inside.optional) strict_->properties(told);
  if (changed) made.value = build_.object(std::span(made_).subspan(first));
  made_.resize(first);
  return true;
}

bool Trimmer::branches(const PlainJudge::Told& told, const Step* at, int depth, Inside& inside, Made& made) {
  const auto items = told.branches.items();
  std::vector<Value> all;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Step step{at, "anyOf", {}, i};
    Made branch;
    // Branches that say less may have become one.
    if (!schema(items[i], &step, depth, false, branch) || branch.trimmed) return false;
    inside.nests = std::max(inside.nests, branch.seen.nests);
    inside.null_branch = inside.null_branch || branch.seen.takes_null;
    if (all.empty() && branch.value.node() != items[i].node()) all.assign(items.begin(), items.end());
    if (!all.empty()) all[i] = branch.value;
  }
  if (!all.empty()) made.value = build_.array(all);
  return true;
}

bool Trimmer::child(const Member& member, const PlainJudge::Told& told, const Step* at, int depth,
                    Inside& inside, Made& made) {
  const Value value = member.value;
  const auto is = [&](Value other) { return other && value.node() == other.node(); };
  made.value = value;
  if (is(told.properties)) return properties(told, at, depth, inside, made);
  if (is(told.branches)) return branches(told, at, depth, inside, made);
  if (!is(told.items) && !(is(told.more) && value.is_object())) return true;
  // {} would need a type, true says the same.
  const bool by_true = is(told.more) && column_.traits().typed && column_[Row::additional_true] == Cell::ok;
  if (by_true && value.members().empty()) return false;
  const Step step{at, member.key};
  if (!schema(value, &step, depth, false, made)) return false;
  inside.nests = std::max(inside.nests, made.seen.nests);
  return !by_true || !made.value.members().empty();
}

std::optional<std::uint64_t> Trimmer::look_apart(Value& value, PlainJudge::Told& told, const Step* at) {
  const auto apart = null_apart(column_, value.members(), told, build_);
  if (!apart) return std::nullopt;
  PlainJudge::Told made;
  const auto gone = judge_.look(apart->schema.members(), made);
  if (!gone || !note(apart->row, at, apart->keyword, apart->before, apart->after, Loss::none))
    return std::nullopt;
  value = apart->schema;
  told = made;
  return gone;
}

// Nothing is left to do in what a look made, so that another look would change nothing.
bool Trimmer::settled(Value schema, const Step* at, int depth) {
  const std::size_t edits = edits_->size(), steps = steps_, made = made_.size();
  settling_ = true;
  Made again;
  const bool as_it_is = this->schema(schema, at, depth, false, again) && edits_->size() == edits &&
                        again.value.node() == schema.node();
  settling_ = false;
  edits_->resize(edits);
  made_.resize(made);  // a look that gave up leaves what it was putting together
  steps_ = steps;
  return as_it_is;
}

bool Trimmer::stepped(Value value, const Step* at, int depth, Made& made) {
  if (strict_ || settling_) return false;
  int levels = 0;
  for (const Step* step = at; step; step = step->up) levels += step->property.data() || step->branch ? 2 : 1;
  const std::string_view pointer = pointer_to(at);
  made = {.value = value, .stepped = true};
  std::size_t steps = 0, added = 0;
  for (int look = 0; look < kSchemaLooks; ++look) {  // as rewrite() does
    auto part = rewrite_part(made.value, target_, look > 0, levels, look ? std::string_view() : pointer,
                             build_.arena());
    if (!part) return false;
    made.value = part->schema;
    steps = std::max(steps, part->steps);
    added = std::max(added, part->added);
    for (Edit& edit : part->edits) {
      if (look == 0) {
        edits_->push_back(edit);
        continue;
      }
      edit.pointer = build_.arena().joined({pointer, nearest_written(value, edit.pointer)});
      later_.emplace_back(look, edit);
    }
    if (part->edits.empty() || settled(made.value, at, depth)) break;
  }
  const KeysSeen keys = keys_of(made.value, keys_);
  filled_ = filled_ || keys.filler;
  steps_ += steps;
  added_ += added;
  made.trimmed = made.value.node() != value.node();
  return keys.fit && edits_->size() < kSchemaEdits && added_ <= kInlineBudget;
}

bool Trimmer::root(Value value, const PlainJudge::Told& told) const {
  return value.is_object() && told.is_object() && told.properties && !told.branches && !told.values &&
         !told.only;
}

void Trimmer::put(std::span<const Member> members) {
  if (made_.capacity() == 0) made_.reserve(kRoom);
  made_.insert(made_.end(), members.begin(), members.end());
}

// What the root alone cannot have, among the members put together from `first` on.
bool Trimmer::trim_root(std::size_t first, bool hinted, bool& changed) {
  std::size_t kept = first;
  for (std::size_t i = first; i < made_.size(); ++i) {
    const Member member = made_[i];
    const auto left = left_at_root(target_, column_, member);
    if (!left) {
      made_[kept++] = member;
      continue;
    }
    if (hinted && member.key == "description") return false;
    changed = true;
    if (strict_) strict_->doubt();
    if (!leave(*left, member, nullptr, nullptr)) return false;
  }
  made_.resize(kept);
  return true;
}

bool Trimmer::schema(Value value, const Step* at, int depth, bool optional, Made& made) {
  if (!value.is_object() || depth > kTrimDepth) return false;
  PlainJudge::Told told{.root = !at};
  auto gone = judge_.look(value.members(), told);
  if (at) {
    const std::size_t steps = 1 + value.members().size();
    if (!gone) {
      if (told.each) gone = look_apart(value, told, at);
      if (!gone) return stepped(value, at, depth, made);
      made.trimmed = true;
    }
    steps_ += steps;
  } else if (!gone || !root(value, told)) {
    return false;
  }
  const auto members = value.members();
  const bool leaf = !told.properties && !told.items && !told.branches && !told.more.is_object();
  if (!strict_ && leaf && *gone == 0 && at) {  // as most are
    made.value = value;
    return true;
  }
  if (strict_ && !strict_->takes(told)) return false;

  std::string hints;
  if (*gone != 0 && !leave_all(members, *gone, at, hints)) return false;
  const bool hinted =
      !hints.empty() && column_[Row::description] == Cell::ok && (at || target_.root_keys.empty());
  made.value = value;
  made.trimmed = made.trimmed || *gone != 0;

  const std::size_t first = made_.size();
  // What stays is put together, rather than taken as it stands.
  bool apart = *gone != 0 || (!at && trims_root_), described = false, changed = *gone != 0;
  if (apart) put({});
  const auto part = [&](std::size_t end) {
    put(members.first(end));
    apart = true;
  };
  Inside inside;
  for (std::size_t i = 0; i < members.size() && (!leaf || apart); ++i) {
    if (*gone >> i & 1) continue;
    const Member& member = members[i];
    Made below{member.value};
    if (!leaf && !child(member, told, at, depth + 1, inside, below)) return false;
    made.trimmed = made.trimmed || below.trimmed;
    changed = changed || below.value.node() != member.value.node();
    if (changed && !apart) part(i);
    if (!apart) continue;
    made_.push_back(member);
    made_.back().value = below.value;
    if (hinted && same_text(member.key, "description")) {
      made_.back().value = with_hints(below.value.text(), hints, build_);
      described = true;
    }
  }
  if (hinted && !described) made_.push_back({"description", with_hints("", hints, build_)});
  if (!at && apart && trims_root_ && !trim_root(first, hinted, changed)) return false;
  if (strict_)
    if (const auto more = strict_->see(told, optional, inside, made.seen)) {
      if (!apart) part(members.size());
      strict_->make(more, told, made_, first);
      changed = true;
    }
  if (changed) made.value = build_.object(std::span(made_).subspan(first));
  made_.resize(first);
  return true;
}

std::optional<Trimmer::Trimmed> Trimmer::run(Value root, std::vector<Edit>& edits) {
  if (target_.every_step || !target_.object_root || column_.passes_all()) return std::nullopt;
  edits_ = &edits;
  made_.clear();
  later_.clear();
  added_ = steps_ = 0;
  filled_ = false;
  if (strict_) strict_->begin();
  Made made;
  if (!schema(root, nullptr, 0, false, made) || steps_ > kSchemaSteps) return std::nullopt;
  std::ranges::stable_sort(later_, {}, [](const auto& one) { return one.first; });
  for (auto& [look, edit] : later_) edits_->push_back(edit);
  const Trimmed out{made.value, steps_, filled_};
  if (!strict_) return out;
  strict_->finish(made.value, made.seen);
  // What took further properties, and could not be told, must not be closed.
  const auto opened = [](const Edit& edit) { return edit.keyword == "additionalProperties"; };
  if (strict_->outcome().closed && std::ranges::any_of(edits, opened)) return std::nullopt;
  return out;
}

}  // namespace dragoman::lower
