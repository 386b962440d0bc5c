#include "failure/reduce.h"

#include <algorithm>

#include "failure/delta.h"
#include "failure/reduce_search.h"
#include "failure/threshold.h"

namespace dragoman::failure {
namespace {

constexpr std::size_t kMostFaults = 16;
constexpr int kMostRounds = 8;

// Whole numbers a refusal names, each of which may be the limit.
std::vector<std::size_t> limits_in(std::string_view message) {
  std::vector<std::size_t> out;
  std::size_t number = 0;
  bool inside = false;
  for (const char c : message) {
    const bool digit = c >= '0' && c <= '9';
    if (digit)
      number =
          std::min<std::size_t>((inside ? number : 0) * 10 + static_cast<std::size_t>(c - '0'), 1'000'000);
    if (inside && !digit) out.push_back(number);
    inside = digit;
  }
  if (inside) out.push_back(number);
  return out;
}

}  // namespace

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

// No message is left: what such a request is told says nothing about the fault.
bool Search::speechless(const Pointers& left_out) const {
  const std::vector<std::string> gone = parts_->gone(left_out);
  const Pointers all(gone.begin(), gone.end());
  return std::ranges::all_of(parts_->top(Side::body), [&](const Part& turn) {
    return lies_within(turn.pointer, all) &&
           std::ranges::all_of(turn.also, [&](const std::string& at) { return lies_within(at, all); });
  });
}

Reply Search::put(const RequestParts& parts, const Pointers& left_out, const Step& step) {
  std::string text = parts.without(left_out);
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
  std::vector<Part> level = parts_->top(side);
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
    Minimised found;
    const std::string list =
        level.empty() ? "" : level.front().pointer.substr(0, level.front().pointer.rfind('/'));
    if (counted_ && counted_->count.pointer == list) {  // one fewer would pass
      for (std::size_t i = 0; i < level.size(); ++i) found.kept.push_back(i);
    } else if (const auto most = counted_ ? std::nullopt
                                          : most_that_pass(level.size(), fails, limits_in(refusal.message))) {
      counted_ = {{list, *most, level.size()}, level};
      for (std::size_t i = 0; i <= *most; ++i) found.kept.push_back(i);
    } else {
      found = minimise(level.size(), fails);
    }
    std::vector<Part> next;
    for (std::size_t i = 0, k = 0; i < level.size(); ++i) {
      if (k < found.kept.size() && found.kept[k] == i) {
        ++k;
        for (Part& inner : parts_->inside(level[i])) next.push_back(std::move(inner));
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

Reduction Search::run() {
  Reduction out;
  out.first = put({}, {"the request as it is", 0, 0});
  Pointers base;
  std::vector<Pointers> fixes;
  Reply reply = out.first;
  while (reply.kind == Reply::Kind::refused && out.faults.size() < kMostFaults && !stopped()) {
    const bool known = uncovered_ && same_refusal(uncovered_->first, reply);
    counted_.reset();
    const Pointers smallest = known ? uncovered_->second : minimal(reply, base);
    const std::optional<Counted> counted = std::exchange(counted_, std::nullopt);
    uncovered_.reset();
    if (const Reply told = put(smallest, {}); told.kind == Reply::Kind::refused) reply = told;
    Fault fault{reply, parts_->without(smallest), {}, !stopped() && (known || !shrunk_)};
    Pointers went;
    bool mended = false;
    if (counted && !stopped())
      mended = thin_out(fault, *counted, base, went);
    else if (!stopped() && !(mended = change(fault, smallest, base)) && !stopped())
      if (const std::optional<Part> part = fix_of(reply, smallest, base)) {
        leave_out(*part, went);
        mended = true;
      }
    if (!went.empty()) {
      fault.fix = parts_->gone(went);
      fixes.push_back(went);
      base.insert(went.begin(), went.end());
    }
    out.faults.push_back(std::move(fault));
    if (!mended) break;
    reply = put(base, {"the fix", 0, 0});
  }
  out.changes = changes_;
  if (reply.kind == Reply::Kind::passed && !out.faults.empty()) {
    spare(fixes);
    Pointers all;
    for (const Pointers& went : fixes) all.insert(went.begin(), went.end());
    out.fix = parts_->gone(all);
    out.fixed = parts_->without(all);
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

Reduction reduce(canon::DialectName dialect, json::Value request, const Ask& ask) {
  const RequestParts parts(dialect, request);
  const Search::AskWithout with_parts = [&](const Pointers&, const std::string& text, const Step& step) {
    return ask(text, step);
  };
  return Search(dialect, parts, with_parts).run();
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
    Search(dialect, parts, pretend).run();
    if (one.bytes > most.bytes) most = one;
  }
  return most;
}

}  // namespace dragoman::failure
