#include "failure/reduce.h"

#include <algorithm>
#include <set>
#include <unordered_map>

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
  Fault minimal(const Reply& refusal, const Pointers& base);
  std::vector<Part> all_parts(const Pointers& left_out) const;
  bool speechless(const Pointers& left_out) const;
  std::optional<Part> fix_of(const Reply& refusal, const Pointers& base);
  std::size_t weight(const Part& part) const;
  void spare(std::vector<Pointers>& fixes);

  const RequestParts& parts_;
  const AskWithout& ask_;
  std::unordered_map<std::string, Reply> answers_;  // by request
  std::size_t asked_ = 0, answered_before_ = 0;
  bool shrunk_ = false;
  std::string unfinished_;
  Pointers smallest_;  // of the fault at hand
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
  for (bool top = true; !level.empty() && !stopped(); top = false) {
    std::erase_if(level, [&](const Part& part) { return lies_within(part.pointer, left_out); });
    const auto fails = [&](std::span<const std::size_t> kept) {
      Pointers out = left_out;
      std::size_t next = 0;
      for (std::size_t i = 0; i < level.size(); ++i) {
        if (next < kept.size() && kept[next] == i)
          ++next;
        else
          leave_out(level[i], out);
      }
      const Reply reply = put(out, {name, kept.size(), level.size()});
      return reply.kind == Reply::Kind::unknown ? Verdict::stop
             : same_refusal(reply, refusal)     ? Verdict::fails
                                                : Verdict::other;
    };
    // A conversation without a message is no request.
    const Minimised found = minimise(level.size(), fails, !(top && side == Side::body));
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

Fault Search::minimal(const Reply& refusal, const Pointers& base) {
  Pointers left_out = base;
  for (int round = 0; round < kMostRounds && !stopped(); ++round) {
    shrunk_ = false;
    shrink(Side::tools, "tools", refusal, left_out);
    shrink(Side::body, "messages", refusal, left_out);
    shrink(Side::params, "parameters", refusal, left_out);
    if (!shrunk_) break;
  }
  smallest_ = left_out;
  return {refusal, parts_.without(left_out), {}, !stopped() && !shrunk_};
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

// The lightest part without which the smallest request passes. What the whole one is told without it is the
// next question.
std::optional<Part> Search::fix_of(const Reply& refusal, const Pointers& base) {
  std::vector<std::pair<std::size_t, Part>> candidates;
  for (Part& part : all_parts(smallest_)) {
    const std::size_t bytes = weight(part);
    candidates.emplace_back(bytes, std::move(part));
  }
  std::ranges::stable_sort(candidates, {}, [](const auto& c) { return c.first; });
  for (const auto& [bytes, part] : candidates) {
    Pointers in_smallest = smallest_, in_whole = base;
    leave_out(part, in_smallest);
    if (!speechless(in_smallest)) {
      if (put(in_smallest, {"the fix", 0, 0}).kind == Reply::Kind::passed) return part;
    } else {
      leave_out(part, in_whole);
      const Reply reply = put(in_whole, {"the fix", 0, 0});
      if (reply.kind != Reply::Kind::unknown && !same_refusal(reply, refusal)) return part;
    }
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
    Fault fault = minimal(reply, base);
    const std::optional<Part> fix = stopped() ? std::nullopt : fix_of(reply, base);
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

bool same_refusal(const Reply& a, const Reply& b) {
  return a.kind == Reply::Kind::refused && b.kind == Reply::Kind::refused && a.cls == b.cls &&
         (likeness(a.message) == likeness(b.message) ||
          likeness(without_quotes_of_json(a.message)) == likeness(without_quotes_of_json(b.message)));
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
