// Which journal a command reads: the one that is named, else the one the config's gateway writes.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "base/error.h"

namespace dragoman::app {

// --journal, or the variable DRAGOMAN_JOURNAL; `into` stays "" without either.
void add_journal_option(CLI::App& command, std::string& into, const std::string& help = "the journal's file");

// `given`, else `journal.path` of the config (`config` "": none is read), else what serve takes without both.
// No key has to be set. The error is the config's.
Result<std::string> journal_of(const std::string& given, const std::string& config);

}  // namespace dragoman::app
