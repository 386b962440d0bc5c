#include "serve/explain.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "serve/edit_report.h"

namespace dragoman::serve {
namespace {

constexpr std::size_t kHeaderBytes = 6000;  // proxies and SDKs take 8 KB of all headers together

// JSON text with everything beyond ASCII as \uXXXX.
std::string ascii(std::string_view json) {
  std::string out;
  for (std::size_t i = 0; i < json.size();) {
    const auto lead = static_cast<unsigned char>(json[i]);
    if (lead < 0x80) {
      out += json[i++];
      continue;
    }
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    std::uint32_t code = size == 4 ? lead & 0x07u : size == 3 ? lead & 0x0Fu : lead & 0x1Fu;
    for (std::size_t k = 1; k < size && i + k < json.size(); ++k)
      code = code << 6 | (static_cast<unsigned char>(json[i + k]) & 0x3Fu);
    i += size;
    if (code >= 0x10000) {
      code -= 0x10000;
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF));
    } else {
      out += fmt::format("\\u{:04x}", code);
    }
  }
  return out;
}

}  // namespace

bool wants_edits(const net::Headers& request) {
  const auto value = request.find("x-dragoman-explain");
  if (!value) return false;
  for (const std::string_view word : split(*value, ','))
    if (equals_ignoring_case(trim(word), "edits")) return true;
  return false;
}

std::string edit_list_header(std::span<const lower::Edit> edits) {
  std::string out = "[";
  for (std::size_t i = 0; i < edits.size(); ++i) {
    std::string one = ascii(edits_json(edits.subspan(i, 1)));
    one = one.substr(1, one.size() - 2);  // without its brackets
    if (out.size() + one.size() > kHeaderBytes) {
      out += fmt::format("{}{{\"omitted\":{}}}", i == 0 ? "" : ",", edits.size() - i);
      break;
    }
    out += (i == 0 ? "" : ",") + one;
  }
  return out + "]";
}

void add_member(std::string& body, std::string_view name, std::string_view json) {
  const std::size_t end = body.find_last_not_of(" \t\r\n");
  if (end == std::string::npos || end == 0 || body[end] != '}') return;
  const std::size_t before = body.find_last_not_of(" \t\r\n", end - 1);
  const bool empty = before != std::string::npos && body[before] == '{';
  body.insert(end, fmt::format("{}\"{}\":{}", empty ? "" : ",", name, json));
}

void add_edits(std::string& body, std::span<const lower::Edit> edits) {
  add_member(body, "dragoman", fmt::format("{{\"edits\":{}}}", edits_json(edits)));
}

}  // namespace dragoman::serve
