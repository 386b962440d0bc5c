#include "lower/schema_report.h"

#include <algorithm>
#include <ranges>
#include <tuple>
#include <utility>

#include "json/write.h"

namespace dragoman::lower {

using json::Value;

namespace {

constexpr std::size_t kShown = 200;

// Compact JSON up to where it will be cut: what an edit shows must not cost more than the edit, and the value
// may be the whole document.
void write_start(std::string& out, Value value) {
  if (out.size() > kShown) return;
  const char* comma = "";
  if (value.is_array()) {
    out += '[';
    for (const Value item : value.items()) {
      if (out.size() > kShown) return;
      out += comma;
      write_start(out, item);
      comma = ",";
    }
    out += ']';
  } else if (value.is_object()) {
    out += '{';
    for (const json::Member& member : value.members()) {
      if (out.size() > kShown) return;
      out += comma;
      json::write_string(out, member.key);
      out += ':';
      write_start(out, member.value);
      comma = ",";
    }
    out += '}';
  } else {
    json::write_compact(out, value);
  }
}

// Its text is what write_start() would write: perhaps not, where there is white space or an escape.
bool is_compact(Value value) {
  if (!value.is_object() && !value.is_array()) return true;
  return std::ranges::none_of(value.raw(),
                              [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\\'; });
}

}  // namespace

std::string_view Shown::of(Value value) {
  if (!value) return {};
  const std::string_view raw = value.raw();
  if (!raw.empty() && raw.size() <= kShown && is_compact(value)) return raw;
  room_.clear();
  write_start(room_, value);
  if (room_.size() > kShown) {
    std::size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(room_[end]) & 0xC0) == 0x80)
      --end;  // not inside a character
    room_.resize(end);
    room_ += "…";
  }
  return arena_.copy(std::string_view(room_));
}

void Reporter::index() {
  std::vector<Value> open = {root_};
  steps_.emplace(root_.node(), Step{});
  while (!open.empty()) {
    const Value value = open.back();
    open.pop_back();
    for (const json::Member& member : value.members())
      if (member.value.is_object() || member.value.is_array() || member.value.is_bool())
        if (steps_.emplace(member.value.node(), Step{value.node(), member.key, 0, false}).second)
          open.push_back(member.value);
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      const Value item = value.at(i);
      if (item.is_object() || item.is_array() || item.is_bool())
        if (steps_.emplace(item.node(), Step{value.node(), {}, i, true}).second) open.push_back(item);
    }
  }
}

// Appends the way from the root to `at`, as it was walked. False where some of it was not walked in what the
// client wrote, as in what a reference named.
bool Reporter::step(std::string& pointer, const Place& at) const {
  if (at.source.node() == root_.node()) return true;
  if (!at.up || !step(pointer, *at.up)) return false;
  for (const json::Member& member : at.up->source.members()) {
    const Value holder = member.value;
    if (holder.node() == at.source.node()) {
      json::append_pointer(pointer, member.key);
      return true;
    }
    for (const json::Member& inner : holder.members())
      if (inner.value.node() == at.source.node()) {
        json::append_pointer(pointer, member.key);
        json::append_pointer(pointer, inner.key);
        return true;
      }
    for (std::size_t i = 0; i < holder.items().size(); ++i)
      if (holder.items()[i].node() == at.source.node()) {
        json::append_pointer(pointer, member.key);
        json::append_pointer(pointer, i);
        return true;
      }
  }
  return false;
}

std::string Reporter::locate(const Place& at) {
  // What was parsed stands in one place only, and it is soon found again.
  const Value source = at.source;  // the index has no scalars either
  if (!root_.raw().empty() && (source.is_object() || source.is_array() || source.is_bool()) &&
      steps_left_ > 0) {
    --steps_left_;
    std::string pointer = pointer_;
    if (step(pointer, at)) return pointer;
  }
  if (steps_.empty() && root_) index();
  const json::Node* written = nullptr;
  for (const Place* place = &at; place && !written; place = place->up) {
    const auto copy = copies_.find(place->source.node());
    const json::Node* node = copy == copies_.end() ? place->source.node() : copy->second;
    if (steps_.contains(node)) written = node;
  }
  if (!written) return pointer_;
  std::vector<const Step*> steps;  // upwards
  for (const json::Node* node = written; node != root_.node(); node = steps.back()->up)
    steps.push_back(&steps_.at(node));
  std::string pointer = pointer_;
  for (const Step* step : std::views::reverse(steps)) {
    if (step->in_array)
      json::append_pointer(pointer, step->index);
    else
      json::append_pointer(pointer, step->key);
  }
  return pointer;
}

void Reporter::edit(const Place& at, Row row, std::string_view keyword, Value before, Value after,
                    Loss loss) {
  if ((until_loss_ && lost_) || overflows()) return;
  lost_ = lost_ || loss != Loss::none;
  losses_ += loss == Loss::none ? 0 : 1;
  if (until_loss_ && lost_) {  // nobody will read more of it
    edits_.push_back({.loss = loss});
    return;
  }
  if (edits_.empty()) edits_.reserve(8);
  edits_.push_back({column_.rule(row, keyword, arena_), arena_.copy(std::string_view(locate(at))),
                    arena_.copy(keyword), shown_.of(before), shown_.of(after), loss});
  // A definition that stands in many places is rewritten in each, but the client wrote it once.
  if (told_before()) edits_.pop_back();
}

// Whether the last edit is there already. Few are compared one by one; of many there is a table.
bool Reporter::told_before() {
  constexpr std::size_t kFew = 16;
  const std::size_t last = edits_.size() - 1;
  const Same same{&edits_};
  if (last < kFew) {
    for (std::size_t i = 0; i < last; ++i)
      if (same(i, last)) return true;
    return false;
  }
  if (seen_.empty())
    for (std::size_t i = 0; i < last; ++i) seen_.insert(i);
  return !seen_.insert(last).second;
}

void Reporter::clear() {
  copies_.clear();
  seen_.clear();
  edits_.clear();
  lost_ = false;
}

std::vector<Edit> Reporter::take() {
  seen_.clear();
  return std::exchange(edits_, {});
}

std::size_t Reporter::Hash::operator()(std::size_t i) const {
  const Edit& edit = (*edits)[i];
  std::size_t sum = static_cast<std::size_t>(edit.loss);
  for (const std::string_view text : {edit.rule, edit.pointer, edit.keyword, edit.before, edit.after})
    sum = sum * 31 + std::hash<std::string_view>()(text);
  return sum;
}

bool Reporter::Same::operator()(std::size_t i, std::size_t j) const {
  const auto all = [](const Edit& e) {
    return std::tie(e.pointer, e.keyword, e.rule, e.before, e.after, e.loss);
  };
  return all((*edits)[i]) == all((*edits)[j]);
}

}  // namespace dragoman::lower
