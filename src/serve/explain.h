// `x-dragoman-explain: edits`: the edits themselves in the answer, for a client that asks.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lower/lower.h"
#include "net/headers.h"

namespace dragoman::serve {

// Whether the request asks for it: the word stands in the header's list.
bool wants_edits(const net::Headers& request);

// The edits as a header can carry them: a JSON array of visible ASCII, at most about 6 KB of it. What does
// not fit is counted in a last element, {"omitted": 12}.
std::string edit_list_header(std::span<const lower::Edit> edits);

// Puts a member behind those of a JSON object; a body that is none stays as it is.
void add_member(std::string& body, std::string_view name, std::string_view json);

// All of them as the member "dragoman": {"edits": […]} of a JSON answer, behind its own members. The official
// SDKs let a member they do not know pass. A body that is no JSON object stays as it is.
void add_edits(std::string& body, std::span<const lower::Edit> edits);

}  // namespace dragoman::serve
