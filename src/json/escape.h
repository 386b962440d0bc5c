// The escapes of JSON strings (RFC 8259, section 7).
#pragma once
#include <cstddef>
#include <string_view>

namespace dragoman::json {

// `text` is what stands between the quotes. nullptr when every escape is legal and every surrogate is paired;
// else what is wrong, in words for an error.
const char* check_escapes(std::string_view text);

// Decodes to UTF-8. `escaped` has passed check_escapes(); `out` has room for escaped.size() bytes. Returns
// how many were written.
std::size_t unescape(std::string_view escaped, char* out);

}  // namespace dragoman::json
