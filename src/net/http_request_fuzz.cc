// A client's bytes through the request head parser and the chunk decoder. Besides not crashing: how the bytes
// are split must not matter, and a head that is accepted must be framed in exactly one way.
#include <cstdlib>

#include "net/chunked.h"
#include "net/http_head.h"

namespace {

using namespace dragoman::net;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string decode(std::string bytes, std::size_t piece, bool* done) {
  ChunkDecoder decoder;
  std::string out;
  for (std::size_t at = 0; at < bytes.size() && !decoder.done() && !decoder.failed();) {
    const std::size_t n = std::min(piece, bytes.size() - at);
    const ChunkDecoder::Step step = decoder.decode(bytes.data() + at, n);
    require(step.consumed <= n && step.data <= step.consumed);
    require(step.consumed == n || decoder.done() || decoder.failed());
    out.append(bytes, at, step.data);
    at += step.consumed;
  }
  *done = decoder.done();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = find_head_end(bytes, 0);
  std::size_t slowly = kNoHead;
  for (std::size_t seen = 0; seen < size && slowly == kNoHead;) {
    const std::size_t have = std::min(seen + 7, size);
    slowly = find_head_end(bytes.substr(0, have), seen);
    seen = have;
  }
  if (end == kNoHead) return 0;
  require(end <= size && slowly == end);

  const auto head = parse_request_head(bytes.substr(0, end));
  if (!head) {
    require(head.error().status >= 400 && !head.error().reason.empty());
    return 0;
  }
  const Headers& h = head->headers;
  require(h.count("content-length") + h.count("transfer-encoding") <= 1);
  require(h.count("host") <= 1 && (h.count("host") == 1 || head->minor == 0));
  require(!head->path.empty() && (head->path[0] == '/' || head->path == "*"));
  for (const Header& field : h) require(is_header_name(field.name) && is_header_value(field.value));

  if (head->framing == Framing::chunked) {
    bool whole = false, pieces = false;
    const std::string body(bytes.substr(end));
    const std::string once = decode(body, body.size(), &whole);
    require(decode(body, 3, &pieces) == once && whole == pieces);
  }
  return 0;
}
