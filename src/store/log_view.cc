#include "store/log_view.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>

#include "base/arena.h"
#include "base/columns.h"
#include "base/strings.h"
#include "json/parse.h"

namespace dragoman::store {
namespace {

constexpr std::size_t kWidest = 56;        // a column does not grow beyond this, or one long name pushes all
constexpr std::size_t kErrorBytes = 4096;  // of a body that are looked at
constexpr int kFollowLimit = 1000;

std::string shortened(std::string text, std::size_t width) {
  if (columns_of(text) <= width) return text;
  std::string_view rest = text;
  return width < 2 ? "…" : std::string(take_columns(rest, width - 1)) + "…";
}

std::string time_text(std::int64_t ms, bool utc) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  utc ? gmtime_r(&seconds, &parts) : localtime_r(&seconds, &parts);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}", parts, ms >= 0 ? ms % 1000 : 0);
}

std::string tokens(const TokenUsage& usage) {
  if (!usage.input && !usage.output) return "-";
  const auto count = [](const std::optional<std::int64_t>& n) { return n ? fmt::to_string(*n) : "?"; };
  std::string text = count(usage.input);
  if (usage.cached.value_or(0) > 0) text += fmt::format("({} cached)", *usage.cached);
  text += "+" + count(usage.output);
  if (usage.reasoning.value_or(0) > 0) text += fmt::format("({} reasoning)", *usage.reasoning);
  return text + " tok";
}

const char* color_of(int status) {
  if (status >= 500 || status == 0) return "\x1b[31m";
  if (status >= 400) return "\x1b[33m";
  return "\x1b[32m";
}

std::string status_text(int status) { return status ? fmt::format("{:>3}", status) : "---"; }

struct Line {
  std::array<std::string, 4> columns;
  std::string rest;
  int status = 0;
  bool attempt = false;
};

Line line_of(const RequestRecord& r, const LogStyle& style) {
  Line line{.status = r.status};
  std::string route = printable(r.model);
  if (!r.served_by.empty()) route += " → " + printable(r.served_by);
  line.columns = {time_text(r.started_ms, style.utc) + "  " + printable(r.id), std::move(route),
                  fmt::format("{} ms", r.total_ms), tokens(r.usage)};
  const auto add = [&line](const std::string& text) { line.rest += (line.rest.empty() ? "" : "  ") + text; };
  if (r.first_token_ms)
    add(fmt::format("first token {} ms", *r.first_token_ms));
  else if (r.stream)
    add("stream");
  if (!r.key_name.empty()) add("key " + printable(r.key_name));
  if (r.edit_count > 0)
    add(fmt::format("{} edit{}{}", r.edit_count, r.edit_count == 1 ? "" : "s",
                    r.loss_classes.empty() ? "" : " (" + printable(r.loss_classes) + ")"));
  if (!r.fallback_reason.empty()) add("fallback: " + printable(r.fallback_reason));
  if (!r.error.empty()) add("error: " + error_words(r.error, style.error_width));
  return line;
}

// "2 violations: pattern hotels.search /city (reported); …" of the record's JSON.
std::string violation_words(std::string_view text) {
  Arena arena(4096);
  const auto list = json::parse(arena, text);
  if (!list || !list->is_array()) return {};
  const std::size_t count = list->items().size();
  std::string out = fmt::format("{} violation{}:", count, count == 1 ? "" : "s");
  std::string_view separator = " ";
  for (const json::Value one : list->items()) {
    if (out.size() > kErrorBytes) break;
    out += fmt::format("{}{} {} {} ({})", separator, one["keyword"].text(),
                       one["tool"].text().empty() ? "answer" : one["tool"].text(),
                       one["pointer"].text().empty() ? "whole" : one["pointer"].text(), one["action"].text());
    separator = "; ";
  }
  return printable(out);
}

Line line_of(const AttemptRecord& a, const LogStyle& style) {
  Line line{.status = a.status, .attempt = true};
  line.columns = {fmt::format("    {}. {}", a.number, printable(a.target)), printable(a.outcome),
                  fmt::format("{} ms", a.total_ms), tokens(a.usage)};
  const auto add = [&line](const std::string& text) { line.rest += (line.rest.empty() ? "" : "  ") + text; };
  if (!a.decision.empty()) add(printable(a.decision));
  if (!a.violations.empty()) add(shortened(violation_words(a.violations), 2 * style.error_width));
  if (!a.error_body.empty()) add(error_words(a.error_body, style.error_width));
  if (style.fix && a.outcome != "ok")
    if (const std::string fix = style.fix(a); !fix.empty()) add("fix: " + printable(fix));
  return line;
}

void put(std::string& out, std::string_view text, std::size_t width, bool right) {
  const std::size_t have = columns_of(text);
  const std::string pad(width > have ? width - have : 0, ' ');
  right ? out.append(pad).append(text) : out.append(text).append(pad);
}

// The string literal that starts at `at` (after its quote), unescaped as far as a reader cares.
std::string unescaped(std::string_view text, std::size_t at) {
  std::string out;
  while (at < text.size() && text[at] != '"') {
    if (text[at] != '\\' || at + 1 >= text.size()) {
      out += text[at++];
      continue;
    }
    const char c = text[at + 1];
    at += 2;
    if (c == 'n' || c == 't' || c == 'r')
      out += ' ';
    else if (c == 'u') {
      unsigned code = 0;
      for (int i = 0; i < 4 && at < text.size(); ++i, ++at) {
        const char h = text[at];
        const int value = h >= '0' && h <= '9'                 ? h - '0'
                          : (h | 32) >= 'a' && (h | 32) <= 'f' ? (h | 32) - 'a' + 10
                                                               : -1;
        if (value < 0) break;
        code = code * 16 + static_cast<unsigned>(value);
      }
      out += code >= 32 && code < 127 ? static_cast<char>(code) : '?';
    } else
      out += c;
  }
  return out;
}

// The first text member of that name which is not empty.
std::optional<std::string> member_text(std::string_view body, std::string_view name) {
  const std::string quoted = fmt::format("\"{}\"", name);
  for (std::size_t at = body.find(quoted); at != std::string_view::npos; at = body.find(quoted, at + 1)) {
    std::size_t value = at + quoted.size();
    while (value < body.size() && (body[value] == ' ' || body[value] == ':' || body[value] == '\n')) ++value;
    if (value >= body.size() || body[value] != '"' || value == at + quoted.size()) continue;
    if (std::string text = unescaped(body, value + 1); !is_blank(text)) return text;
  }
  return std::nullopt;
}

std::string without_tags(std::string_view html) {
  std::string out;
  bool tag = false;
  for (const char c : html) {
    if (c == '<') tag = true;
    if (!tag) out += c;
    if (c == '>') {
      tag = false;
      out += ' ';
    }
  }
  return out;
}

std::string one_space(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

Result<std::uint64_t> inode(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0)
    return fail(
        fmt::format("{}: no journal there; start the gateway, or name the file its config names", path));
  return info.st_ino;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x80) {
      out += c < 0x20 || c == 0x7f ? ' ' : text[at];
      ++at;
      continue;
    }
    std::size_t size = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    const std::string_view character = text.substr(at, size);
    if (character.size() != size || !is_utf8(character)) {
      out += '?';
      ++at;
      continue;
    }
    // C1 controls (U+0080–U+009F) steer terminals too; U+202A–U+202E and U+2066–U+2069 turn the line around.
    const bool control = c == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
    const bool turns = (character >= "\xE2\x80\xAA" && character <= "\xE2\x80\xAE") ||
                       (character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xA9");
    if (control || (size == 3 && turns))
      out += ' ';
    else
      out += character;
    at += size;
  }
  return out;
}

std::string error_words(std::string_view body, std::size_t width) {
  body = trim(body.substr(0, kErrorBytes));
  std::string text;
  if (body.starts_with('{') || body.starts_with('[')) {
    for (const std::string_view name : {"message", "Message", "error", "detail", "error_description"})
      if (auto found = member_text(body, name)) {
        text = std::move(*found);
        break;
      }
  }
  if (text.empty()) text = body.starts_with('<') ? without_tags(body) : std::string(body);
  return shortened(one_space(printable(text)), width);
}

std::string LogView::format(std::span<const RequestRecord> records) {
  std::vector<Line> lines;
  for (const RequestRecord& record : records) {
    lines.push_back(line_of(record, style_));
    for (const AttemptRecord& attempt : record.attempts) lines.push_back(line_of(attempt, style_));
  }
  for (const Line& line : lines)
    for (std::size_t i = 0; i < line.columns.size(); ++i) {
      std::size_t& width = (line.attempt ? attempt_widths_ : request_widths_)[i];
      width = std::max(width, std::min(columns_of(line.columns[i]), kWidest));
    }
  std::string out;
  for (const Line& line : lines) {
    const auto& widths = line.attempt ? attempt_widths_ : request_widths_;
    std::string text;
    put(text, line.columns[0], widths[0], false);
    text += "  ";
    if (style_.color) text += color_of(line.status);
    text += status_text(line.status);
    if (style_.color) text += "\x1b[0m";
    text += "  ";
    put(text, line.columns[1], widths[1], false);
    text += "  ";
    put(text, line.columns[2], widths[2], true);
    text += "  ";
    put(text, line.columns[3], widths[3], false);
    if (!line.rest.empty()) text += "  " + line.rest;
    while (text.back() == ' ') text.pop_back();
    out += text + "\n";
  }
  return out;
}

Result<LogFollower> LogFollower::open(std::string path, LogFilter filter) {
  const Result<std::uint64_t> file = inode(path);
  if (!file) return std::unexpected(file.error());
  Result<JournalReader> reader = JournalReader::open(path);
  if (!reader) return std::unexpected(reader.error());
  return LogFollower(std::move(path), std::move(filter), std::move(*reader), *file);
}

Result<std::vector<RequestRecord>> LogFollower::poll() {
  if (const Result<std::uint64_t> file = inode(path_); file && *file != file_) {
    // The new file may still be without tables: keep the old one until it can be read.
    if (Result<JournalReader> reader = JournalReader::open(path_)) {
      reader_ = std::move(*reader);
      file_ = *file;
      filter_.since_id = 0;
      first_ = false;
    }
  }
  // Taken before the rows: a row that comes in between is seen by the next poll, if not by this one.
  const Result<std::int64_t> last = reader_.last_seq();
  if (!last) return std::unexpected(last.error());
  Result<std::vector<RequestRecord>> rows =
      first_ ? reader_.recent(filter_) : (filter_.limit = kFollowLimit, reader_.next(filter_));
  if (!rows) return rows;
  first_ = false;
  const bool more = static_cast<int>(rows->size()) >= kFollowLimit;
  if (!rows->empty()) filter_.since_id = rows->back().seq;
  // Rows that do not match need not be looked at again.
  if (!more) filter_.since_id = std::max(filter_.since_id, *last);
  return rows;
}

}  // namespace dragoman::store
