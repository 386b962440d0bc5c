#include "command_io.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "base/arena.h"
#include "base/strings.h"
#include "config_source.h"
#include "json/fault.h"
#include "json/parse.h"

namespace dragoman::app {

void write_error(json::Writer& w, const Error& error) {
  w.key("error").begin_object().field("message", error.message).field("pointer", error.pointer).end_object();
}

std::string_view without_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

namespace {

// All of it. A file's size is known beforehand, so that a large one is not moved while it grows; room for the
// parser's padding is made at once.
std::string standard_input() {
  constexpr std::size_t kStep = 256 << 10;
  std::string text;
  struct stat about{};
  if (fstat(STDIN_FILENO, &about) == 0 && S_ISREG(about.st_mode))
    text.reserve(static_cast<std::size_t>(about.st_size) + kStep + json::kPadding);
  for (std::streamsize got = 1; got > 0;) {
    const std::size_t size = text.size();
    text.resize(size + kStep);
    std::cin.read(text.data() + size, static_cast<std::streamsize>(kStep));
    got = std::cin.gcount();
    text.resize(size + static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

Result<std::string> read_input(const std::string& file) {
  std::string text;
  if (file.empty() || file == "-") {
    text = standard_input();
  } else if (auto read = process_sources().file(file)) {
    text = *std::move(read);
  } else {
    return fail(fmt::format("{}: {}", file, why_unreadable(file)));
  }
  if (without_mark(text).size() < text.size()) text.erase(0, 3);
  return text;
}

int complain(const Error& error) {
  fmt::print(stderr, "dragoman: {}{}{}\n", error.message, error.pointer.empty() ? "" : " at ", error.pointer);
  return kBadInput;
}

void print_json(const std::string& document) {
  Arena arena;
  if (isatty(STDOUT_FILENO))
    if (const auto value = json::parse(arena, document, {.depth = 1024})) {
      fmt::print("{}\n", json::dump_pretty(*value));
      return;
    }
  std::fwrite(document.data(), 1, document.size(), stdout);  // as it is: it may be large
  std::fputc('\n', stdout);
}

Error in_file(Error error, std::string_view file, std::string_view text) {
  const std::string name(file.empty() || file == "-" ? std::string_view("standard input") : file);
  if (is_blank(text)) return {fmt::format("{} is empty, expected a request as JSON", name), ""};
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return {fmt::format("{} is UTF-16, expected UTF-8", name), ""};
  const auto fault = json::find_fault(text);
  if (fault) return {fmt::format("{}:{}:{}: {}", name, fault->line, fault->column, fault->what), ""};
  return {fmt::format("{}: {}", name, error.message), std::move(error.pointer)};
}

}  // namespace dragoman::app
