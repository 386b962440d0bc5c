#include "net/http_writer.h"

#include "base/strings.h"

namespace dragoman::net {
namespace {

bool is_framing(std::string_view name) {
  static constexpr std::string_view kNames[] = {"content-length", "transfer-encoding", "connection",
                                                "keep-alive"};
  for (const std::string_view framing : kNames)
    if (equals_ignoring_case(name, framing)) return true;
  return false;
}

}  // namespace

bool append_fields(std::string& out, const Headers& headers) {
  bool clean = true;
  for (const Header& h : headers) {
    if (is_framing(h.name)) continue;
    if (!is_header_name(h.name) || !is_header_value(h.value)) {
      clean = false;
      continue;
    }
    out.append(h.name).append(": ").append(h.value).append("\r\n");
  }
  return clean;
}

}  // namespace dragoman::net
