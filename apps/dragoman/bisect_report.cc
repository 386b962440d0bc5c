#include "bisect_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/strings.h"
#include "json/parse.h"
#include "json/write.h"
#include "table.h"

namespace dragoman::app {
namespace {

using failure::Reply;

constexpr std::size_t kShown = 400;  // characters of a value in the report

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

std::string config_lines(const failure::Repair& repair, std::string_view target) {
  return fmt::format("providers:\n  {}:\n{}", target.substr(0, target.find('/')), repair.yaml("    "));
}

std::string removals(const std::vector<std::string>& fix, const failure::RequestParts& parts) {
  std::string out;
  for (const std::string& at : fix) {
    std::string value = json::dump_compact(json::resolve(parts.body(), at));
    if (std::string_view rest = value; width_of(value) > kShown)
      value = std::string(take_columns(rest, kShown)) + "…";
    out += fmt::format("- leave out {}, at `{}`:\n\n{}", parts.words(at), at, fenced(value, "json"));
  }
  return out;
}

std::string patch(const std::vector<std::string>& fix) {
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (const std::string& at : patch_order(fix))
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
  const std::string effort =
      fmt::format("{} calls; {} more answers were known already.\n", asker.calls(), found.answered_before);
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
    if (!fault.fix.empty())
      out += fmt::format("\n**Minimal fix:**\n\n{}", removals(fault.fix, parts));
    else
      out += "\n**Minimal fix:** not found.\n";
    if (const auto repair = asker.repair_for(fault.refusal))
      out += fmt::format("\n**Or tell dragoman** that {}:\n\n{}", repair->why,
                         fenced(config_lines(*repair, asker.target()), "yaml"));
    out += fmt::format("\n**{}**\n\n{}",
                       fault.minimal ? "The smallest request that is refused so:"
                                     : "A smaller request that is refused so (the search ended early):",
                       fenced(pretty(fault.request), "json"));
  }
  if (!found.fix.empty())
    out += fmt::format(
        "\n## The request passes without {}\n\nChecked with one call. As a JSON Patch (RFC 6902):\n\n{}",
        found.fix.size() == 1 ? "it" : "them", fenced(patch(found.fix), "json"));
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
    w.end_array().key("config");
    if (const auto repair = asker.repair_for(fault.refusal))
      w.string(config_lines(*repair, asker.target()));
    else
      w.null();
    w.end_object();
  }
  w.end_array().key("patch").raw(patch(found.fix)).key("fixed");
  if (found.fixed.empty())
    w.null();
  else
    w.raw(found.fixed);
  w.end_object();
  return out;
}

}  // namespace dragoman::app
