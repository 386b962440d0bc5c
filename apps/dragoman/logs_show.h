// One request of the journal, whole: `dragoman logs show ID`.
#pragma once
#include <string>

#include "offline.h"
#include "store/record.h"

namespace dragoman::app {

// Original request, and of each attempt the lowered body against it, edits, the raw answer, violations, the
// decision and the fix. Printable whatever the journal holds.
std::string show_record(const store::RequestRecord& record, const Offline& offline);

// What the providers said, as it came: a line that names the attempt before each. `plain` keeps control
// characters from a terminal; without it every byte is theirs.
std::string raw_answers(const store::RequestRecord& record, bool plain);

// For LogStyle::fix.
std::string fix_of(const store::AttemptRecord& attempt, const Offline& offline);

}  // namespace dragoman::app
