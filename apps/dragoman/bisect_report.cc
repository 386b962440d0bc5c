#include "bisect_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/columns.h"
#include "base/strings.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::app {
namespace {

using failure::Reply;

constexpr std::size_t kShown = 400;     // characters of a value in the report
constexpr std::size_t kRequest = 6000;  // of a request in it
constexpr std::size_t kNames = 12;      // of the tools that go

std::string fenced(std::string_view text, std::string_view language = "") {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return fmt::format("{}{}\n{}{}{}\n", fence, language, text, text.ends_with('\n') ? "" : "\n", fence);
}

std::string pretty(std::string_view text) {
  Arena arena;
  const auto value = json::parse(arena, text, {.depth = 1024});
  return value ? json::dump_pretty(*value) : std::string(text);
}

// The beginning and the end of what is long by number.
std::string shortened(std::string text) {
  if (text.size() <= kRequest) return text;
  const std::size_t head = text.rfind('\n', kRequest / 2), tail = text.find('\n', text.size() - kRequest / 4);
  return fmt::format("{}\n…  {} bytes more; --json has them  …{}", text.substr(0, head), tail - head,
                     text.substr(tail));
}

std::string config_lines(const failure::Repair& repair, std::string_view target) {
  return fmt::format("providers:\n  {}:\n{}", target.substr(0, target.find('/')), repair.yaml("    "));
}

std::string removals(const std::vector<std::string>& fix, const failure::RequestParts& parts) {
  std::string out;
  for (const std::string& at : fix) {
    std::string value = json::dump_compact(json::resolve(parts.body(), at));
    if (std::string_view rest = value; columns_of(value) > kShown)
      value = std::string(take_columns(rest, kShown)) + "…";
    out += fmt::format("- leave out {}, at `{}`:\n\n{}", parts.words(at), at, fenced(value, "json"));
  }
  return out;
}

// "tools", "`enum` of tool `search`".
std::string list_words(const failure::Count& count, const failure::RequestParts& parts) {
  if (count.pointer == parts.tools_at() || count.pointer.ends_with("/functionDeclarations")) return "tools";
  return count.pointer == parts.messages_at() ? "messages" : "values in " + parts.words(count.pointer);
}

std::string thinned(const failure::Fault& fault, const failure::RequestParts& parts) {
  const failure::Count& count = *fault.count;
  std::string out =
      fmt::format("at most {} {}: you send {}.", count.most, list_words(count, parts), count.sent);
  if (fault.fix.empty()) return out + "\n";
  out += fmt::format(" {} have to go, whichever; the patch leaves out ", count.sent - count.most);
  for (std::size_t i = 0; i < std::min(fault.fix.size(), kNames); ++i)
    out += fmt::format("{}{}", i ? ", " : "", parts.words(fault.fix[i]));
  if (fault.fix.size() > kNames) out += fmt::format(" and {} more", fault.fix.size() - kNames);
  return out + ".\n";
}

std::string change_lines(const failure::Fault& fault, const failure::RequestParts& parts) {
  std::string out = fmt::format("{}:\n\n", fault.remedy);
  for (const failure::Change& change : fault.changes) {
    out += fmt::format("- {} {}, at `{}`", change.op, parts.words(change.pointer), change.pointer);
    out += change.value.empty() ? "\n" : fmt::format(":\n\n{}", fenced(change.value, "json"));
  }
  return out;
}

std::string fix_lines(const failure::Fault& fault, const failure::RequestParts& parts) {
  if (fault.count) return thinned(fault, parts);
  if (!fault.changes.empty()) return change_lines(fault, parts);
  return fault.fix.empty() ? "not found.\n" : removals(fault.fix, parts);
}

void write_changes(json::Writer& w, const std::vector<failure::Change>& changes) {
  for (const failure::Change& change : changes) {
    w.begin_object().field("op", change.op).field("path", change.pointer);
    if (!change.value.empty()) w.key("value").raw(change.value);
    w.end_object();
  }
}

std::string patch(const failure::Reduction& found) {
  std::string out;
  json::Writer w(out);
  w.begin_array();
  write_changes(w, found.changes);
  for (const std::string& at : patch_order(found.fix))
    w.begin_object().field("op", "remove").field("path", at).end_object();
  w.end_array();
  return out;
}

}  // namespace

std::vector<std::string> patch_order(std::vector<std::string> pointers) {
  const auto number = [](std::string_view token) {
    std::size_t n = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), n);
    return error == std::errc() && end == token.data() + token.size() ? std::optional(n) : std::nullopt;
  };
  std::ranges::sort(pointers, [&](const std::string& a, const std::string& b) {
    const auto left = split(a, '/'), right = split(b, '/');
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
      if (left[i] == right[i]) continue;
      const auto x = number(left[i]), y = number(right[i]);
      return x && y ? *x > *y : left[i] > right[i];
    }
    return left.size() > right.size();
  });
  return pointers;
}

std::string bisect_markdown(const failure::Reduction& found, const failure::RequestParts& parts,
                            const BisectAsker& asker) {
  const std::string effort = fmt::format("{} call{}; {} more answers were known already.\n", asker.calls(),
                                         asker.calls() == 1 ? "" : "s", found.answered_before);
  if (found.first.kind == Reply::Kind::passed)
    return fmt::format("# {} takes this request\n\nThere is nothing to find. {}", asker.target(), effort);
  std::string out =
      fmt::format("# What {} refuses\n\n{}{}", asker.target(), effort,
                  found.unfinished.empty() ? "" : fmt::format("\n**Not finished:** {}.\n", found.unfinished));
  for (std::size_t i = 0; i < found.faults.size(); ++i) {
    const failure::Fault& fault = found.faults[i];
    out +=
        fmt::format("\n## {}{}: {}{}\n\n{}", found.faults.size() > 1 ? fmt::format("Fault {}, ", i + 1) : "",
                    failure::name(fault.refusal.cls), failure::describe(fault.refusal.cls),
                    fault.refusal.status ? fmt::format(" (HTTP {})", fault.refusal.status) : "",
                    fenced(fault.refusal.message));
    out += fmt::format("\n**Minimal fix:** {}{}",
                       fault.count || !fault.changes.empty() || fault.fix.empty() ? "" : "\n\n",
                       fix_lines(fault, parts));
    if (const auto repair = asker.repair_for(fault.refusal))
      out += fmt::format("\n**Or tell dragoman** that {}:\n\n{}", repair->why,
                         fenced(config_lines(*repair, asker.target()), "yaml"));
    out += fmt::format("\n**{}**\n\n{}",
                       fault.minimal ? "The smallest request that is refused so:"
                                     : "A smaller request that is refused so (the search ended early):",
                       fenced(shortened(pretty(fault.request)), "json"));
  }
  if (!found.fixed.empty())
    out +=
        fmt::format("\n## The request passes {}\n\nChecked with one call. As a JSON Patch (RFC 6902):\n\n{}",
                    !found.changes.empty()  ? "with that"
                    : found.fix.size() == 1 ? "without it"
                                            : "without them",
                    fenced(patch(found), "json"));
  return out;
}

std::string bisect_json(const failure::Reduction& found, const failure::RequestParts& parts,
                        const BisectAsker& asker, std::string_view request_id) {
  std::string out;
  json::Writer w(out);
  w.begin_object().field("target", asker.target());
  if (!request_id.empty()) w.field("request_id", request_id);
  w.field("passes", found.first.kind == Reply::Kind::passed);
  w.field("complete", found.unfinished.empty()).key("unfinished");
  if (found.unfinished.empty())
    w.null();
  else
    w.string(found.unfinished);
  w.field("calls", static_cast<std::int64_t>(asker.calls()));
  w.field("reused", static_cast<std::int64_t>(found.answered_before));
  w.key("faults").begin_array();
  for (const failure::Fault& fault : found.faults) {
    w.begin_object()
        .field("class", failure::name(fault.refusal.cls))
        .field("status", fault.refusal.status)
        .field("message", fault.refusal.message)
        .field("minimal", fault.minimal);
    w.key("request").raw(fault.request).key("fix").begin_array();
    for (const std::string& at : fault.fix)
      w.begin_object()
          .field("pointer", at)
          .field("what", parts.words(at))
          .field("value", json::resolve(parts.body(), at))
          .end_object();
    w.end_array().field("remedy", fault.remedy).key("changes").begin_array();
    write_changes(w, fault.changes);
    w.end_array().key("count");
    if (fault.count)
      w.begin_object()
          .field("of", list_words(*fault.count, parts))
          .field("pointer", fault.count->pointer)
          .field("most", static_cast<std::int64_t>(fault.count->most))
          .field("sent", static_cast<std::int64_t>(fault.count->sent))
          .end_object();
    else
      w.null();
    w.key("config");
    if (const auto repair = asker.repair_for(fault.refusal))
      w.string(config_lines(*repair, asker.target()));
    else
      w.null();
    w.end_object();
  }
  w.end_array().key("patch").raw(patch(found)).key("fixed");
  if (found.fixed.empty())
    w.null();
  else
    w.raw(found.fixed);
  w.end_object();
  return out;
}

}  // namespace dragoman::app
