// What every subcommand reads and writes in the same way.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "json/write.h"

namespace dragoman::app {

// The exit status for a command line, config or request that cannot be used.
inline constexpr int kBadInput = 2;

// Standard input, or the file, without a byte order mark. "-" is standard input too.
Result<std::string> read_input(const std::string& file);

// Without the byte order mark that some editors put in front of UTF-8.
std::string_view without_mark(std::string_view text);

// On standard error, with the pointer; returns kBadInput.
int complain(const Error& error);

// What is wrong with the text of a file, for people: which file, and where it is no JSON its line and column.
Error in_file(Error error, std::string_view file, std::string_view text);

// One document on standard output: indented for a terminal, on one line for anything else.
void print_json(const std::string& document);

void write_error(json::Writer& w, const Error& error);  // "error": {"message", "pointer"}

}  // namespace dragoman::app
