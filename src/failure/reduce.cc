#include "failure/reduce.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/strings.h"
#include "failure/classify.h"
#include "failure/delta.h"
#include "json/write.h"

namespace dragoman::failure {
namespace {

using Pointers = std::set<std::string>;

constexpr std::size_t kMostFaults = 16;
constexpr int kMostRounds = 8;

// Providers like to quote the schema they refuse, which changes as it shrinks.
std::string without_quotes_of_json(std::string_view text) {
  std::string out;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // A bracket in a path (tools[3], ['properties']) is no quotation; a brace is.
    if (c == '{') ++depth;
    if (depth == 0) out += c;
    if (c == '}' && depth > 0) --depth;
  }
  return depth == 0 ? out : std::string(text);
}

// Some providers list all that is wrong, a line each: what is left of the list is still the same refusal.
std::set<std::uint64_t> complaints(std::string_view message) {
  std::set<std::uint64_t> out;
  const std::string text = without_quotes_of_json(message);
  for (const std::string_view line : split(text, '\n'))
    if (const std::uint64_t one = likeness(line); one != 0) out.insert(one);
  return out;
}

bool lies_within(const std::string& pointer, const Pointers& left_out) {
  for (std::size_t end = pointer.size(); end != std::string::npos && end > 0;
       end = pointer.rfind('/', end - 1))
    if (left_out.contains(pointer.substr(0, end))) return true;
  return false;
}

void leave_out(const Part& part, Pointers& out) {
  out.insert(part.pointer);
  out.insert(part.also.begin(), part.also.end());
}

class Search {
 public:
  // `ask` gets the request and what was left out for it.
  using AskWithout = std::function<Reply(const Pointers& left_out, const std::string& request, const Step&)>;
  Search(const RequestParts& parts, const AskWithout& ask) : parts_(parts), ask_(ask) {}

  Reduction run();

 private:
  Reply put(const Pointers& left_out, const Step& step);
  bool stopped() const { return !unfinished_.empty(); }
  void shrink(Side side, std::string_view name, const Reply& refusal, Pointers& left_out);
  Pointers minimal(const Reply& refusal, const Pointers& base);
  std::vector<Part> all_parts(const Pointers& left_out) const;
  bool speechless(const Pointers& left_out) const;
  Pointers around(const Pointers& smallest, const Pointers& base) const;
  bool is_cause(const Part& part, const Reply& refusal, const Pointers& smallest, const Pointers& context);
  std::optional<Part> fix_of(const Reply& refusal, const Pointers& smallest, const Pointers& base);
  std::size_t weight(const Part& part) const;
  void spare(std::vector<Pointers>& fixes);

  const RequestParts& parts_;
  const AskWithout& ask_;
  std::unordered_map<std::string, Reply> answers_;  // by request
  std::size_t asked_ = 0, answered_before_ = 0;
  bool shrunk_ = false;
  std::string unfinished_;
  // The smallest request of the refusal that a fix has uncovered, when it was found on the way.
  std::optional<std::pair<Reply, Pointers>> uncovered_;
};

Reply Search::put(const Pointers& left_out, const Step& step) {
  std::string text = parts_.without(left_out);
  if (const auto known = answers_.find(text); known != answers_.end()) {
    ++answered_before_;
    return known->second;
  }
  if (stopped()) return {};
  ++asked_;
  Reply reply = ask_(left_out, text, step);
  if (reply.kind == Reply::Kind::unknown)
    unfinished_ = reply.message.empty() ? "stopped" : reply.message;
  else
    answers_.emplace(std::move(text), reply);
  return reply;
}

// Leaves out of one side, largest parts first, what the refusal does not take.
void Search::shrink(Side side, std::string_view name, const Reply& refusal, Pointers& left_out) {
  std::vector<Part> level = parts_.top(side);
  while (!level.empty() && !stopped()) {
    std::erase_if(level, [&](const Part& part) { return lies_within(part.pointer, left_out); });
    // Where any message would do, the last is kept: a request should end with one that asks.
    if (side == Side::body && !level.empty() && level.front().kind != Part::Kind::node)
      std::ranges::reverse(level);
    const auto fails = [&](std::span<const std::size_t> kept) {
      Pointers out = left_out;
      std::size_t next = 0;
      for (std::size_t i = 0; i < level.size(); ++i) {
        if (next < kept.size() && kept[next] == i)
          ++next;
        else
          leave_out(level[i], out);
      }
      // A conversation without a message is no request.
      if (side == Side::body && speechless(out)) return Verdict::other;
      const Reply reply = put(out, {name, kept.size(), level.size()});
      return reply.kind == Reply::Kind::unknown ? Verdict::stop
             : same_refusal(reply, refusal)     ? Verdict::fails
                                                : Verdict::other;
    };
    const Minimised found = minimise(level.size(), fails);
    std::vector<Part> next;
    for (std::size_t i = 0, k = 0; i < level.size(); ++i) {
      if (k < found.kept.size() && found.kept[k] == i) {
        ++k;
        for (Part& inner : parts_.inside(level[i])) next.push_back(std::move(inner));
      } else {
        leave_out(level[i], left_out);
        shrunk_ = true;
      }
    }
    level = std::move(next);
    if (side == Side::tools) name = "tool schemas";
  }
}

// What can be left out besides `base` with the same refusal.
Pointers Search::minimal(const Reply& refusal, const Pointers& base) {
  Pointers left_out = base;
  for (int round = 0; round < kMostRounds && !stopped(); ++round) {
    shrunk_ = false;
    shrink(Side::tools, "tools", refusal, left_out);
    shrink(Side::body, "messages", refusal, left_out);
    shrink(Side::params, "parameters", refusal, left_out);
    if (!shrunk_) break;
  }
  return left_out;
}

std::vector<Part> Search::all_parts(const Pointers& left_out) const {
  std::vector<Part> out;
  for (const Side side : {Side::tools, Side::body, Side::params})
    for (Part& part : parts_.top(side)) out.push_back(std::move(part));
  for (std::size_t i = 0; i < out.size(); ++i)
    for (Part& inner : parts_.inside(Part(out[i])))
      if (!lies_within(inner.pointer, left_out)) out.push_back(std::move(inner));
  std::erase_if(out, [&](const Part& part) { return lies_within(part.pointer, left_out); });
  return out;
}

std::size_t Search::weight(const Part& part) const {
  Pointers out;
  leave_out(part, out);
  std::size_t bytes = 0;
  for (const std::string& at : parts_.gone(out))
    bytes += json::dump_compact(json::resolve(parts_.body(), at)).size() + 1;
  return bytes;
}

// No message is left: what such a request is told says nothing about the fault.
bool Search::speechless(const Pointers& left_out) const {
  const std::vector<std::string> gone = parts_.gone(left_out);
  const Pointers all(gone.begin(), gone.end());
  return std::ranges::all_of(parts_.top(Side::body), [&](const Part& turn) {
    return lies_within(turn.pointer, all) &&
           std::ranges::all_of(turn.also, [&](const std::string& at) { return lies_within(at, all); });
  });
}

// The tools, turns and parameters of which the smallest request has something, whole: a fault that other
// tools have as well is not there, and what the provider wants to stand beside the culprit is.
Pointers Search::around(const Pointers& smallest, const Pointers& base) const {
  const std::vector<std::string> gone = parts_.gone(smallest);
  const Pointers all(gone.begin(), gone.end());
  Pointers out = base;
  for (const Side side : {Side::tools, Side::body, Side::params})
    for (const Part& part : parts_.top(side))
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
  const std::vector<std::string> gone = parts_.gone(next);
  const Pointers all(gone.begin(), gone.end());
  // The same refusal: of another place, or had this part nothing to do with it?
  if (same_refusal(then, refusal))
    return !std::ranges::all_of(parts_.gone(smallest),
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
    const std::size_t bytes = weight(part);
    candidates.emplace_back(bytes, std::move(part));
  }
  std::ranges::stable_sort(candidates, {}, [](const auto& c) { return c.first; });
  Pointers context = around(smallest, base);
  if (!same_refusal(put(context, {"the fix", 0, 0}), refusal)) context = smallest;
  for (const auto& [bytes, part] : candidates) {
    Pointers in_whole = base, in_context = context;
    leave_out(part, in_whole);
    leave_out(part, in_context);
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

Reduction Search::run() {
  Reduction out;
  out.first = put({}, {"the request as it is", 0, 0});
  Pointers base;
  std::vector<Pointers> fixes;
  Reply reply = out.first;
  while (reply.kind == Reply::Kind::refused && out.faults.size() < kMostFaults && !stopped()) {
    const bool known = uncovered_ && same_refusal(uncovered_->first, reply);
    const Pointers smallest = known ? uncovered_->second : minimal(reply, base);
    uncovered_.reset();
    if (const Reply told = put(smallest, {}); told.kind == Reply::Kind::refused) reply = told;
    Fault fault{reply, parts_.without(smallest), {}, !stopped() && (known || !shrunk_)};
    const std::optional<Part> fix = stopped() ? std::nullopt : fix_of(reply, smallest, base);
    if (fix) {
      Pointers went;
      leave_out(*fix, went);
      fault.fix = parts_.gone(went);
      fixes.push_back(went);
      base.insert(went.begin(), went.end());
    }
    out.faults.push_back(std::move(fault));
    if (!fix) break;
    reply = put(base, {"the fix", 0, 0});
  }
  if (reply.kind == Reply::Kind::passed && !out.faults.empty()) {
    spare(fixes);
    Pointers all;
    for (const Pointers& went : fixes) all.insert(went.begin(), went.end());
    out.fix = parts_.gone(all);
    out.fixed = parts_.without(all);
  } else if (unfinished_.empty() && !out.faults.empty()) {
    unfinished_ = out.faults.size() >= kMostFaults
                      ? "there are more faults than are looked for"
                      : "no single part ends the refusal of the smallest request";
  }
  out.unfinished = unfinished_;
  out.asked = asked_;
  out.answered_before = answered_before_;
  return out;
}

}  // namespace

bool same_refusal(const Reply& reply, const Reply& refusal) {
  if (reply.kind != Reply::Kind::refused || refusal.kind != Reply::Kind::refused || reply.cls != refusal.cls)
    return false;
  const std::set<std::uint64_t> said = complaints(reply.message), before = complaints(refusal.message);
  return std::ranges::includes(before, said);
}

Reduction reduce(canon::DialectName dialect, json::Value request, const Ask& ask) {
  const RequestParts parts(dialect, request);
  const Search::AskWithout with_parts = [&](const Pointers&, const std::string& text, const Step& step) {
    return ask(text, step);
  };
  return Search(parts, with_parts).run();
}

Estimate estimate(canon::DialectName dialect, json::Value request) {
  const RequestParts parts(dialect, request);
  Estimate most;
  for (const Side side : {Side::tools, Side::body, Side::params}) {
    // Down the last part of the last part.
    std::vector<Part> level = parts.top(side);
    if (level.empty()) continue;
    Part deepest = level.back();
    for (std::vector<Part> inner = parts.inside(deepest); !inner.empty(); inner = parts.inside(deepest))
      deepest = inner.back();
    Estimate one;
    const Search::AskWithout pretend = [&](const Pointers& left_out, const std::string& text, const Step&) {
      ++one.requests;
      one.bytes += text.size();
      const std::vector<std::string> gone = parts.gone(left_out);
      return lies_within(deepest.pointer, {gone.begin(), gone.end()})
                 ? Reply{.kind = Reply::Kind::passed}
                 : Reply{.kind = Reply::Kind::refused, .message = "planted"};
    };
    Search(parts, pretend).run();
    if (one.bytes > most.bytes) most = one;
  }
  return most;
}

}  // namespace dragoman::failure
