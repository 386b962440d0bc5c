#include "logs_show.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/arena.h"
#include "base/strings.h"
#include "diff_lines.h"
#include "journalled.h"
#include "json/parse.h"
#include "json/write.h"
#include "refusal.h"
#include "store/log_view.h"

namespace dragoman::app {
namespace {

constexpr std::size_t kContext = 2;  // unchanged lines around a change

std::string pretty(std::string_view body) {
  Arena arena;
  const auto value = json::parse(arena, body, {.depth = 1024});
  return value ? json::dump_pretty(*value) : std::string(body);
}

std::string indented(std::string_view text, std::string_view indent) {
  std::string out;
  for (const std::string_view line : split(trim(text), '\n'))
    out += fmt::format("{}{}\n", indent, store::printable(line));
  return out;
}

// Changed lines with a little of what stands around them.
std::string changes(std::string_view before, std::string_view after) {
  const std::vector<DiffRow> rows = diff_lines(before, after);
  std::vector<bool> shown(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].mark == ' ') continue;
    for (std::size_t j = i - std::min(i, kContext); j < std::min(rows.size(), i + kContext + 1); ++j)
      shown[j] = true;
  }
  std::string out;
  bool gap = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!shown[i]) {
      if (!gap) out += "      …\n";
      gap = true;
      continue;
    }
    gap = false;
    if (rows[i].mark == ' ') out += fmt::format("      {}\n", store::printable(rows[i].left));
    if (rows[i].mark == '<' || rows[i].mark == '|')
      out += fmt::format("    - {}\n", store::printable(rows[i].left));
    if (rows[i].mark == '>' || rows[i].mark == '|')
      out += fmt::format("    + {}\n", store::printable(rows[i].right));
  }
  return std::ranges::any_of(rows, [](const DiffRow& row) { return row.mark != ' '; }) ? out
                                                                                       : "      nothing\n";
}

std::string edit_lines(std::string_view text) {
  Arena arena;
  const auto list = json::parse(arena, text.empty() ? "[]" : text);
  if (!list || list->items().empty()) return "      none\n";
  std::string out;
  for (const json::Value e : list->items()) {
    const std::string line =
        fmt::format("{} at {}: {} {} → {} ({})", e["rule"].text(), e["pointer"].text(), e["keyword"].text(),
                    e["before"].text().substr(0, 200),
                    e["after"].text().empty() ? "nothing" : e["after"].text(), e["loss"].text());
    out += fmt::format("      {}\n", store::printable(line));
  }
  return out;
}

std::string violation_lines(std::string_view text) {
  Arena arena;
  const auto list = json::parse(arena, text);
  if (!list) return "";
  std::string out;
  for (const json::Value v : list->items()) out += indented(json::dump_compact(v), "      ");
  return out;
}

// What the provider sent, and what there is to say of it: why it is not there, or not all.
struct RawAnswer {
  std::string_view bytes;
  std::string note;
};

RawAnswer answer_of(const store::RequestRecord& record, const store::AttemptRecord& attempt) {
  constexpr std::string_view kWords =
      "the model's words are kept only while `journal: {keep_bodies: true}` is in the config";
  if (attempt.response_body) return {*attempt.response_body, attempt.response_body->empty() ? "empty" : ""};
  if (attempt.outcome == "ok") return {"", std::string(kNoBodies)};
  if (attempt.status == 0) return {"", "no answer came: " + attempt.error_body};
  Arena arena;
  const bool theirs = attempt.status != 200 || json::parse(arena, attempt.error_body).has_value();
  if (!theirs) return {"", fmt::format("{}; {}", attempt.error_body, kWords)};
  if (record.first_token_ms && attempt.number == static_cast<int>(record.attempts.size()))
    return {attempt.error_body, fmt::format("this ended the stream; of what came before, {}", kWords)};
  return {attempt.error_body, ""};
}

}  // namespace

std::string fix_of(const store::AttemptRecord& attempt, const Offline& offline) {
  return read_refusal(attempt, offline.provider(attempt.provider)).fix();
}

std::string show_record(const store::RequestRecord& record, const Offline& offline) {
  std::string out = store::LogView().format({&record, 1});
  out = out.substr(0, out.find('\n') + 1);
  out += fmt::format("{} in {}{}\n\nOriginal request:\n", store::printable(record.endpoint),
                     store::printable(record.dialect), record.stream ? ", streamed" : "");
  const std::string original = record.request_body ? pretty(*record.request_body) : "";
  out += record.request_body ? indented(original, "  ") : fmt::format("  {}\n", kNoBodies);
  const store::AttemptRecord* last = nullptr;
  for (const store::AttemptRecord& a : record.attempts) {
    out += fmt::format("\nAttempt {}: {}  {}  {}  {} ms{}\n", a.number, store::printable(a.target),
                       a.status ? fmt::to_string(a.status) : "no answer", store::printable(a.outcome),
                       a.total_ms,
                       a.upstream_request_id.empty() ? "" : "  " + store::printable(a.upstream_request_id));
    if (!a.request_body) {
      out += fmt::format("    lowered request: {}\n", record.request_body ? "none was made" : kNoBodies);
    } else if (last && last->request_body && last->target == a.target) {
      out += fmt::format("    lowered request, against attempt {}:\n", last->number);
      out += changes(pretty(*last->request_body), pretty(*a.request_body));
    } else {
      out += "    lowered request, against the original:\n";
      out += changes(original, pretty(*a.request_body));
    }
    out += "    edits:\n" + edit_lines(a.edits);
    if (!a.violations.empty()) out += "    violations:\n" + violation_lines(a.violations);
    const RawAnswer answer = answer_of(record, a);
    if (!answer.bytes.empty())
      out +=
          fmt::format("    {}:\n{}", a.outcome == "ok" ? "answer" : "said", indented(answer.bytes, "      "));
    if (!answer.note.empty())
      out += fmt::format("    {}{}\n", answer.bytes.empty() ? "answer: " : "", store::printable(answer.note));
    if (!a.decision.empty()) out += fmt::format("    decision: {}\n", store::printable(a.decision));
    if (a.outcome != "ok") {
      const ReadRefusal read = read_refusal(a, offline.provider(a.provider));
      const bool own = read.failure.source == failure::Source::us && !read.failure.why.empty();
      out += fmt::format("    means: {}\n",
                         own ? std::string_view(read.failure.why) : failure::describe(read.failure.cls));
      if (const std::string fix = read.fix(); !fix.empty())
        out += fmt::format("    fix: {}\n", store::printable(fix));
      if (const std::string lines = read.config_lines(a.target); !lines.empty())
        out += indented(lines, "      ");
    }
    last = &a;
  }
  out += "\nThe client got:\n";
  if (record.response_body)
    out += indented(*record.response_body, "  ");
  else
    out +=
        fmt::format("  {}\n", record.error.empty() ? kNoBodies : "error: " + store::printable(record.error));
  return out;
}

std::string raw_answers(const store::RequestRecord& record, bool plain) {
  std::string out;
  for (const store::AttemptRecord& a : record.attempts) {
    out += fmt::format("== {} {}. {} {} {}\n", store::printable(record.id), a.number,
                       store::printable(a.target), a.status, store::printable(a.outcome));
    const RawAnswer answer = answer_of(record, a);
    if (!answer.note.empty()) out += fmt::format("({})\n", store::printable(answer.note));
    if (answer.bytes.empty()) continue;
    if (plain)
      for (const std::string_view line : split(answer.bytes, '\n')) out += store::printable(line) + "\n";
    else
      out.append(answer.bytes).append("\n");
  }
  return out;
}

}  // namespace dragoman::app
