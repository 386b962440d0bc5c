#include "explain_report.h"

#include <fmt/format.h>

#include "failure/advice.h"

namespace dragoman::app {
namespace {

std::string retry_words(const failure::Failure& failure) {
  if (failure.retry_after)
    return fmt::format("Yes, after {:g} s: the provider says so.", *failure.retry_after);
  if (failure.retryable) return "Yes: the same request may pass soon.";
  return failure::is_deterministic(failure.cls) ? "No: the same request can only be refused again."
                                                : "No, not before the cause is removed.";
}

std::string code_block(std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return fmt::format("{}\n{}\n{}\n", fence, text, fence);
}

std::string_view without_last_line_end(std::string_view text) {
  return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
}

std::string config_lines(const Report& r, std::string_view nobody) {
  return fmt::format("providers:\n  {}:\n{}", r.provider.empty() ? nobody : std::string_view(r.provider),
                     r.repair->yaml("    "));
}

std::string who(const Report& r) {
  std::string out;
  const bool unsent =
      r.refusal.status == 0 && !r.refusal.outcome.empty() && failure::is_deterministic(r.failure.cls);
  if (r.failure.rule == "loss_forbidden")
    out = fmt::format("dragoman, for {}: the config forbids what would be lost there, and nothing was sent",
                      r.refusal.target.empty() ? "a target" : r.refusal.target);
  else if (r.failure.rule == "broken_promise")
    out = fmt::format("dragoman: {} answered, and the answer was not let through",
                      r.refusal.target.empty() ? "a target" : r.refusal.target);
  else if (!r.refusal.target.empty() && unsent)
    out = fmt::format("dragoman, for {}: its rules say that it does not take this, and nothing was sent",
                      r.refusal.target);
  else if (!r.refusal.target.empty())
    out = r.refusal.target;
  else if (!r.provider.empty())
    out = fmt::format("{}{} (told by `{}`; `--provider` can say otherwise)", r.provider,
                      r.refusal.issuer.upstream.empty() ? "" : ", for " + r.refusal.issuer.upstream,
                      r.refusal.issuer.sign);
  else if (r.failure.source == failure::Source::us)
    out = "dragoman itself: no provider was asked";
  else
    out = "an unnamed provider (`--provider` names it)";
  if (r.refusal.status != 0) out += fmt::format(", HTTP {}", r.refusal.status);
  const std::string& label = r.error.type.empty() ? r.error.code : r.error.type;
  return label.empty() ? out : out + fmt::format(", `{}`", label);
}

std::string suspect_lines(const Report& r) {
  const Suspects& s = r.suspects;
  if (s.list.empty())
    return r.has_request
               ? fmt::format(
                     "None of the {} targets that dragoman knows would refuse or change anything of it.\n\n",
                     s.asked)
               : "";
  std::string out =
      s.asked == 1 ? fmt::format("**What {} does not take of your request, as far as dragoman knows:**\n\n",
                                 s.list.front().by)
                   : std::string("**What providers do not take of your request, most of them first:**\n\n");
  for (const Suspect& one : s.list) {
    if (one.pointer.empty() && !one.keyword.empty())
      out += fmt::format("- `{}`, which the request does not have", one.keyword);
    else
      out += fmt::format("- {}`{}`{}{}", one.keyword.empty() ? "" : fmt::format("`{}` at ", one.keyword),
                         one.pointer.empty() ? "/" : one.pointer,
                         one.tool.empty() ? "" : fmt::format(", tool `{}`", one.tool),
                         one.places > 1 ? fmt::format(" and {} more like it", one.places - 1) : "");
    if (s.asked > 1) out += fmt::format(": {} of {} targets, {} among them", one.targets, s.asked, one.by);
    out += one.why.empty() ? "\n" : fmt::format("{}{}\n", s.asked > 1 ? ". " : ": ", one.why);
  }
  return out + "\n";
}

std::string wrapper_help(const Report& r) {
  const std::string to =
      r.refusal.target.find('/') == std::string::npos ? "PROVIDER/MODEL" : r.refusal.target;
  std::string out =
      "These are a gateway's or an agent's own words for a 4xx; what the provider said is not in them.\n\n" +
      suspect_lines(r);
  out += "**To get at it:**\n\n";
  if (!r.id.empty())
    return out + fmt::format(
                     "1. `dragoman bisect {0}` finds the part that is refused by sending smaller requests.\n"
                     "2. `dragoman logs show {0}` has what went out, with every edit, and the answer as it "
                     "came; the "
                     "next gateway's own log has the provider's words.\n"
                     "3. `dragoman replay {0} --to PROVIDER/MODEL` asks the provider without the gateway "
                     "between.\n",
                     r.id);
  out += fmt::format(
      "1. Send the request through dragoman: its error carries the provider's words, and `dragoman logs show "
      "ID` keeps them.\n"
      "2. `dragoman check request.json` says which targets would refuse it, and where, without sending "
      "anything.\n"
      "3. `dragoman lower --to {0} < request.json` shows the very bytes and every edit; `dragoman bisect "
      "request.json --to {0}` finds the part that is refused by sending smaller requests.\n",
      to);
  if (!r.has_request)
    out +=
        "\nWith `--request request.json` this report names what in it is refused elsewhere. What it is most "
        "often, in "
        "this order: a tool's schema (a keyword the provider does not take, `type` missing, a union at the "
        "root), "
        "`tool_choice` or `parallel_tool_calls` sent without tools, tool results that do not follow their "
        "calls, "
        "reasoning state of another provider in the history.\n";
  return out;
}

std::string place_lines(const Report& r) {
  const failure::Failure& f = r.failure;
  if (!r.place.found())
    return f.pointer.empty() || f.source == failure::Source::us
               ? ""
               : fmt::format("**Where, in the provider's notation:** `{}`{}\n\n", f.pointer,
                             r.has_request ? " (no such place was found in the request)"
                                           : " (with `--request` this is led back to your request)");
  std::string out =
      fmt::format("**Where in your request:** `{}`{}\n\n", r.place.pointer,
                  r.place.tool.empty() ? std::string() : fmt::format(", tool `{}`", r.place.tool));
  if (!r.place.text.empty()) out += code_block(r.place.text) + "\n";
  if (!f.pointer.empty() && f.source != failure::Source::us)
    out += fmt::format("The provider calls this place `{}`.\n\n", f.pointer);
  if (r.place.edits.empty()) return out;
  out += "**What dragoman had changed there:**\n\n";
  for (const lower::Edit& e : r.place.edits)
    out += fmt::format("- {} at `{}`: {} `{}` → `{}` ({})\n", e.rule, e.pointer, e.keyword, e.before,
                       e.after.empty() ? "nothing" : e.after, lower::name(e.loss));
  return out + "\n";
}

std::string advice_lines(const Report& r) {
  const failure::Advice advice = failure::advice_for(r.failure);
  std::string out = "**What to change:**\n\n";
  if (!advice.request.empty()) out += fmt::format("- In the request: {}\n", advice.request);
  if (!advice.operations.empty()) out += fmt::format("- Outside it: {}\n", advice.operations);
  if (advice.request.empty() && advice.operations.empty())
    out += r.id.empty() ? std::string(
                              "- Nothing can be said from these words alone; `dragoman bisect` finds the "
                              "part that is refused.\n")
                        : fmt::format(
                              "- Nothing can be said from these words alone; `dragoman bisect {}` finds the "
                              "part that is refused.\n",
                              r.id);
  if (r.repair)
    out += fmt::format("\nTell dragoman that {}:\n\n{}", r.repair->why,
                       code_block(without_last_line_end(config_lines(r, "NAME"))));
  return out;
}

}  // namespace

std::string explain_markdown(const Report& r) {
  const failure::Failure& f = r.failure;
  std::string out = fmt::format(
      "# {}\n\n", r.wrapper                    ? std::string("Refused, without the provider's words")
                  : f.rule == "loss_forbidden" ? "param_rejected: forbidden by the config's `loss`"
                  : f.rule == "broken_promise"
                      ? "generation_failed: the answer breaks the request's schema"
                      : fmt::format("{}: {}", failure::name(f.cls), failure::describe(f.cls)));
  out += fmt::format("**Who:** {}\n\n", who(r));
  out += (f.source == failure::Source::us && !r.refusal.target.empty() ? "**Its words:**\n\n"
                                                                       : "**Their words:**\n\n") +
         code_block(r.error.message.empty() ? "(none: the body was empty)" : r.error.message) + "\n";
  if (r.wrapper) return out + wrapper_help(r);
  out += place_lines(r);
  out += fmt::format("**Why:** {}.{}\n\n", f.why,
                     f.keyword.empty() ? std::string() : fmt::format(" What is refused is `{}`.", f.keyword));
  if (f.cls == failure::FailureClass::other) out += suspect_lines(r);
  out += advice_lines(r);
  out += fmt::format("\n**Can a retry help?** {}\n", retry_words(f));
  if (!r.refusal.decision.empty()) out += fmt::format("\n**What dragoman did:** {}\n", r.refusal.decision);
  return out;
}

void write_report(json::Writer& w, const Report& r) {
  const failure::Failure& f = r.failure;
  w.begin_object()
      .field("target", r.refusal.target)
      .field("provider", r.provider)
      .field("provider_sign", r.refusal.issuer.sign)
      .field("status", r.refusal.status);
  w.field("type", r.error.type)
      .field("code", r.error.code)
      .field("message", r.error.message)
      .field("wrapper", r.wrapper);
  w.field("class", failure::name(f.cls))
      .field("side", failure::name(f.side))
      .field("provider_pointer", f.pointer);
  w.field("keyword", f.keyword)
      .field("pointer", r.place.pointer)
      .field("tool", r.place.tool)
      .field("text", r.place.text);
  w.field("why", f.why).key("edits").begin_array();
  for (const lower::Edit& e : r.place.edits)
    w.begin_object()
        .field("rule", e.rule)
        .field("pointer", e.pointer)
        .field("keyword", e.keyword)
        .field("before", e.before)
        .field("after", e.after)
        .field("loss", lower::name(e.loss))
        .end_object();
  w.end_array();
  w.key("suspects").begin_array();
  for (const Suspect& one : r.suspects.list)
    w.begin_object()
        .field("pointer", one.pointer)
        .field("keyword", one.keyword)
        .field("tool", one.tool)
        .field("why", one.why)
        .field("places", static_cast<std::int64_t>(one.places))
        .field("by", one.by)
        .field("targets", static_cast<std::int64_t>(one.targets))
        .field("of", static_cast<std::int64_t>(r.suspects.asked))
        .end_object();
  w.end_array();
  const failure::Advice advice = failure::advice_for(f);
  w.key("fix").begin_object().field("request", advice.request).field("operations", advice.operations);
  w.key("config");
  if (r.repair)
    w.string(config_lines(r, "NAME"));
  else
    w.null();
  w.end_object().field("retryable", f.retryable).key("retry_after");
  if (f.retry_after)
    w.number(*f.retry_after);
  else
    w.null();
  w.field("decision", r.refusal.decision).end_object();
}

}  // namespace dragoman::app
