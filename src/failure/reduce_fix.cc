// What to change so that a request passes: a remedy, or the lightest part to leave out.
#include <algorithm>
#include <span>

#include "failure/reduce_search.h"
#include "failure/remedy.h"

namespace dragoman::failure {
namespace {

constexpr std::size_t kMostTried = 24;  // parts whose absence is tried for the whole first

}  // namespace

std::vector<Part> Search::all_parts(const Pointers& left_out) const {
  std::vector<Part> out;
  for (const Side side : {Side::tools, Side::body, Side::params})
    for (Part& part : parts_->top(side)) out.push_back(std::move(part));
  for (std::size_t i = 0; i < out.size(); ++i)
    for (Part& inner : parts_->inside(Part(out[i])))
      if (!lies_within(inner.pointer, left_out)) out.push_back(std::move(inner));
  std::erase_if(out, [&](const Part& part) { return lies_within(part.pointer, left_out); });
  return out;
}

std::size_t Search::weight(const Part& part) const {
  Pointers out;
  leave_out(part, out);
  std::size_t bytes = 0;
  for (const std::string& at : parts_->gone(out))
    bytes += json::dump_compact(json::resolve(parts_->body(), at)).size() + 1;
  return bytes;
}

// The tools, turns and parameters of which the smallest request has something, whole: a fault that other
// tools have as well is not there, and what the provider wants to stand beside the culprit is.
Pointers Search::around(const Pointers& smallest, const Pointers& base) const {
  const std::vector<std::string> gone = parts_->gone(smallest);
  const Pointers all(gone.begin(), gone.end());
  Pointers out = base;
  for (const Side side : {Side::tools, Side::body, Side::params})
    for (const Part& part : parts_->top(side))
      if (lies_within(part.pointer, all)) leave_out(part, out);
  return out;
}

// Whether leaving `part` out of `context` ends this refusal without making another one.
bool Search::is_cause(const Part& part, const Reply& refusal, const Pointers& smallest,
                      const Pointers& context) {
  Pointers without = context;
  leave_out(part, without);
  const Reply then = put(without, {"the fix", 0, 0});
  if (then.kind == Reply::Kind::passed) return true;
  if (stopped()) return false;
  const Pointers next = minimal(then, without);
  if (stopped()) return false;
  uncovered_ = {then, next};
  const std::vector<std::string> gone = parts_->gone(next);
  const Pointers all(gone.begin(), gone.end());
  // The same refusal: of another place, or had this part nothing to do with it?
  if (same_refusal(then, refusal))
    return !std::ranges::all_of(parts_->gone(smallest),
                                [&](const std::string& at) { return lies_within(at, all); });
  // Another one: was it there before, or is it that the part is missing?
  Pointers restored;
  for (const std::string& at : next)
    if (at != part.pointer && std::ranges::find(part.also, at) == part.also.end()) restored.insert(at);
  if (lies_within(part.pointer, restored)) return true;
  const Reply with = put(restored, {"the fix", 0, 0});
  return same_refusal(with, then) || same_refusal(with, refusal);
}

// The lightest part of the smallest request whose absence ends the refusal.
std::optional<Part> Search::fix_of(const Reply& refusal, const Pointers& smallest, const Pointers& base) {
  std::vector<std::pair<std::size_t, Part>> candidates;
  for (Part& part : all_parts(smallest)) {
    // Without its type a schema says as little as without itself.
    const bool type = part.pointer.ends_with("/type");
    const std::size_t bytes =
        weight(type ? Part{.pointer = part.pointer.substr(0, part.pointer.rfind('/'))} : part);
    candidates.emplace_back(bytes, std::move(part));
  }
  std::ranges::stable_sort(candidates, {}, [](const auto& c) { return c.first; });
  const bool talks = !parts_->top(Side::body).empty();
  Pointers context = around(smallest, base);
  if (!same_refusal(put(context, {"the fix", 0, 0}), refusal)) context = smallest;
  // The lightest that is all there is to it, before one that uncovers another fault; none that holds others,
  // which might take a second fault with it.
  const auto holds_others = [&](const Part& part) {
    return std::ranges::any_of(
        candidates, [&](const auto& c) { return c.second.pointer.starts_with(part.pointer + "/"); });
  };
  if (candidates.size() <= kMostTried)
    for (const auto& [bytes, part] : candidates) {
      Pointers in_whole = base;
      leave_out(part, in_whole);
      if (holds_others(part) || (talks && speechless(in_whole))) continue;
      if (put(in_whole, {"the fix", 0, 0}).kind == Reply::Kind::passed) return part;
      if (stopped()) return std::nullopt;
    }
  for (const auto& [bytes, part] : candidates) {
    Pointers in_whole = base, in_context = context;
    leave_out(part, in_whole);
    leave_out(part, in_context);
    if (talks && speechless(in_whole)) continue;  // the only message there is
    const Reply reply = put(in_whole, {"the fix", 0, 0});
    if (reply.kind == Reply::Kind::passed) return part;
    if (stopped()) break;
    // The only message there is: it is known by what the others are told.
    if (speechless(in_context) ? !same_refusal(reply, refusal) : is_cause(part, refusal, smallest, context))
      return part;
    uncovered_.reset();
    if (stopped()) break;
  }
  return std::nullopt;
}

// What a person would change instead of leaving something out: taken when the whole request passes with it,
// in the places of the smallest or in all that are alike, or when at least the smallest does.
bool Search::change(Fault& fault, const Pointers& smallest, const Pointers& base) {
  const auto with = [&](const std::vector<Change>& changes) {
    return std::make_unique<Changed>(dialect_, parts_->body(), changes);
  };
  const auto take = [&](const Remedy& remedy, std::unique_ptr<Changed> trial) {
    fault.remedy = remedy.what;
    fault.changes = remedy.changes;
    changes_.insert(changes_.end(), remedy.changes.begin(), remedy.changes.end());
    parts_ = &trial->parts;
    changed_.push_back(std::move(trial));
    uncovered_.reset();
    return true;
  };
  const std::vector<Remedy> here = remedies(*parts_, parts_->gone(smallest), fault.refusal.message);
  const std::vector<Remedy> everywhere = remedies(*parts_, parts_->gone(base), fault.refusal.message);
  for (std::size_t i = 0; i < here.size() && !stopped(); ++i) {
    std::unique_ptr<Changed> trial = with(here[i].changes);
    const Reply whole = put(trial->parts, base, {"the fix", 0, 0});
    if (whole.kind == Reply::Kind::passed) return take(here[i], std::move(trial));
    // The same proposal for all places: the n-th of its name.
    const auto nth = std::ranges::count(std::span(here).first(i), here[i].what, &Remedy::what);
    auto left = nth;
    const Remedy* wide = nullptr;
    for (const Remedy& other : everywhere)
      if (other.what == here[i].what && left-- == 0) wide = &other;
    std::unique_ptr<Changed> all = wide && wide->changes != here[i].changes ? with(wide->changes) : nullptr;
    const Reply then = all && !stopped() ? put(all->parts, base, {"the fix", 0, 0}) : whole;
    if (all && then.kind == Reply::Kind::passed) return take(*wide, std::move(all));
    if (stopped()) return false;
    const bool ended = put(trial->parts, smallest, {"the fix", 0, 0}).kind == Reply::Kind::passed;
    if (stopped()) return false;
    if (all && !same_refusal(then, fault.refusal) && (ended || !same_refusal(whole, fault.refusal)))
      return take(*wide, std::move(all));
    if (ended) return take(here[i], std::move(trial));
  }
  return false;
}

// Too many: the last ones go, but rather those that nothing in the request names.
bool Search::thin_out(Fault& fault, const Counted& counted, const Pointers& base, Pointers& went) {
  fault.count = counted.count;
  std::vector<const Part*> order;
  for (const bool used : {false, true})
    for (auto part = counted.all.rbegin(); part != counted.all.rend(); ++part)
      if (parts_->is_used(part->pointer) == used) order.push_back(&*part);
  order.resize(counted.count.sent - counted.count.most);
  for (const Part* part : order) leave_out(*part, went);
  Pointers without = base;
  without.insert(went.begin(), went.end());
  const Reply then = put(without, {"the fix", 0, 0});
  if (stopped() || same_refusal(then, fault.refusal)) went.clear();
  return !went.empty();
}

// A fix that a later one has made needless is taken back.
void Search::spare(std::vector<Pointers>& fixes) {
  for (std::size_t i = 0; fixes.size() > 1 && i < fixes.size() && !stopped();) {
    Pointers rest;
    for (std::size_t k = 0; k < fixes.size(); ++k)
      if (k != i) rest.insert(fixes[k].begin(), fixes[k].end());
    if (put(rest, {"the fix", 0, 0}).kind == Reply::Kind::passed)
      fixes.erase(fixes.begin() + static_cast<std::ptrdiff_t>(i));
    else
      ++i;
  }
}

}  // namespace dragoman::failure
