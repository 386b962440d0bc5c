// Message heads, written.
#pragma once
#include <string>
#include <string_view>

#include "net/headers.h"

namespace dragoman::net {

// "Name: value\r\n" for each field but the framing ones (Content-Length, Transfer-Encoding, Connection,
// Keep-Alive), which the caller adds. A field whose name or value could break the framing is left out: false
// is returned.
bool append_fields(std::string& out, const Headers& headers);

}  // namespace dragoman::net
