// A conversation that says nothing. Its only message cannot be left out, so something has to be put in.
#pragma once
#include <vector>

#include "failure/change.h"
#include "failure/request_parts.h"

namespace dragoman::failure {

// A full stop for every text in a conversation of nothing but blank messages; nothing where some message says
// something, for there the blank one can go.
std::vector<Change> words_for_blanks(const RequestParts& parts);

}  // namespace dragoman::failure
