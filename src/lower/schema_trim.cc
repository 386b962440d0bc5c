#include "lower/schema_trim.h"

#include "base/same_text.h"
#include "lower/argument_plan.h"
#include "lower/schema_hint.h"
#include "lower/schema_report.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

constexpr int kTrimDepth = 64;  // deeper ones are for the steps to count

}  // namespace

void Trimmer::append(std::string& pointer, const Step* at) {
  if (!at) return;
  if (pointer.empty()) {
    std::size_t size = 40;  // and where the schema stands in the request
    for (const Step* step = at; step; step = step->up)
      size += step->keyword.size() + step->property.size() + 8;
    pointer.reserve(size);
  }
  append(pointer, at->up);
  json::append_pointer(pointer, at->keyword);
  if (at->property.data()) json::append_pointer(pointer, at->property);
  if (at->branch) json::append_pointer(pointer, *at->branch);
}

bool Trimmer::leave(const LeftOut& left, const Member& member, const Step* at, std::string* hints) {
  if (target_.lossless && left.loss != Loss::none) return false;  // nobody will read of more
  if (edits_.size() == kSchemaEdits) return false;
  if (edits_.empty()) edits_.reserve(4);
  Edit& edit = edits_.emplace_back();
  edit.rule = column_.rule(left.row, member.key);
  append(edit.pointer, at);
  edit.keyword = member.key;
  edit.before = start_of(member.value);
  edit.loss = left.loss;
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

bool Trimmer::properties(Value map, const Step* at, int depth, Value& made) {
  const auto members = map.members();
  const std::size_t first = made_.size();
  bool changed = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Member& member = members[i];
    if ((keys_ && !keys_->fits(member.key)) || member.key == kFillerKey) return false;
    const Step step{at, "properties", member.key};
    Value value;
    if (!schema(member.value, &step, depth, value)) return false;
    if (!changed && value.node() != member.value.node()) {
      changed = true;
      made_.insert(made_.end(), members.begin(), members.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (changed) made_.push_back({member.key, value, member.raw_key});
  }
  made = changed ? build_.object(std::span(made_).subspan(first)) : map;
  made_.resize(first);
  return true;
}

bool Trimmer::child(const Member& member, const PlainJudge::Told& told, const Step* at, int depth,
                    Value& made) {
  const Value value = member.value;
  const auto is = [&](Value other) { return other && value.node() == other.node(); };
  made = value;
  if (is(told.properties)) return properties(value, at, depth, made);
  if (is(told.branches)) {
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      const Step step{at, "anyOf", {}, i};
      Value branch;
      // Branches that say less may have become one.
      if (!schema(value.items()[i], &step, depth, branch) || branch.node() != value.items()[i].node())
        return false;
    }
    return true;
  }
  if (!is(told.items) && !(is(told.more) && value.is_object())) return true;
  const Step step{at, member.key};
  if (!schema(value, &step, depth, made)) return false;
  // {} would need a type, true says the same.
  return !is(told.more) || !made.members().empty() || !column_.traits().typed ||
         column_[Row::additional_true] != Cell::ok;
}

bool Trimmer::root(Value value, const PlainJudge::Told& told) const {
  return value.is_object() && told.is_object() && told.properties && !told.branches && !told.values &&
         !told.only;
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
    if (!leave(*left, member, nullptr, nullptr)) return false;
  }
  made_.resize(kept);
  return true;
}

bool Trimmer::schema(Value value, const Step* at, int depth, Value& made) {
  if (!value.is_object() || depth > kTrimDepth) return false;
  const auto members = value.members();
  if (at) steps_ += 1 + members.size();
  PlainJudge::Told told{.root = !at};
  const auto gone = judge_.look(members, told);
  if (!gone || (!at && !root(value, told))) return false;

  const bool leaf = !told.properties && !told.items && !told.branches && !told.more.is_object();
  if (*gone == 0 && leaf && at) {
    made = value;
    return true;
  }
  std::string hints;
  if (*gone != 0 && !leave_all(members, *gone, at, hints)) return false;
  const bool hinted =
      !hints.empty() && column_[Row::description] == Cell::ok && (at || target_.root_keys.empty());

  const std::size_t first = made_.size();
  bool changed = *gone != 0 || hinted, described = false;
  // What stays is put together, rather than taken as it stands.
  bool kept_apart = changed || (!at && trims_root_);
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (*gone >> i & 1) continue;
    Member member = members[i];
    Value below = member.value;
    if (!leaf && !child(member, told, at, depth + 1, below)) return false;
    if (below.node() != member.value.node() && !kept_apart) {  // and nothing has gone
      made_.insert(made_.end(), members.begin(), members.begin() + static_cast<std::ptrdiff_t>(i));
      kept_apart = true;
    }
    changed = changed || below.node() != member.value.node();
    member.value = below;
    if (hinted && same_text(member.key, "description")) {
      member.value = with_hints(below.text(), hints, build_);
      described = true;
    }
    if (kept_apart) made_.push_back(member);
  }
  if (hinted && !described) made_.push_back({"description", with_hints("", hints, build_)});
  if (!at && kept_apart && !trim_root(first, hinted, changed)) return false;
  made = changed ? build_.object(std::span(made_).subspan(first)) : value;
  made_.resize(first);
  return true;
}

std::optional<Trimmer::Trimmed> Trimmer::run(Value root) {
  if (target_.every_step || !target_.object_root || column_.passes_all()) return std::nullopt;
  Trimmed out;
  if (trims_root_) made_.reserve(kRoom);
  if (!schema(root, nullptr, 0, out.schema) || steps_ > kSchemaSteps) return std::nullopt;
  out.edits = std::move(edits_);
  out.steps = steps_;
  return out;
}

}  // namespace dragoman::lower
