// HTTP/1.1 message heads, read without any I/O. Boost.Beast's parser does the grammar; what it lets pass and
// a gateway must not (RFC 9112 sections 2.2, 3.2, 5.1, 5.2, 6.1, 6.3 and 11.2: request smuggling) is refused
// here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "net/headers.h"

namespace dragoman::net {

enum class Framing {
  none,         // no body
  length,       // Content-Length
  chunked,      // Transfer-Encoding: chunked
  until_close,  // responses only
};

struct RequestHead {
  std::string method;
  std::string path;   // as sent, still percent-encoded, without the query; "*" for OPTIONS *
  std::string query;  // as sent, without the '?'
  int minor = 1;      // HTTP/1.<minor>, 0 or 1
  Headers headers;
  Framing framing = Framing::none;
  std::uint64_t length = 0;
  bool keep_alive = true;
  bool expect_continue = false;
};

struct ResponseHead {
  int status = 0;
  int minor = 1;
  Headers headers;
  Framing framing = Framing::none;
  std::uint64_t length = 0;
  bool keep_alive = true;
};

// Why a request is refused: the status to answer with (400, 417, 501, 505) and one line for a person.
struct HeadError {
  int status = 400;
  std::string reason;
};

constexpr std::size_t kNoHead = static_cast<std::size_t>(-1);

// The size of the head at the front of `bytes`, its empty line included, or kNoHead if more is needed. A bare
// LF ends the head at once, so that the parse refuses it instead of waiting for bytes which never come.
// `from`: how many bytes an earlier call has looked at already.
std::size_t find_head_end(std::string_view bytes, std::size_t from);

// `head` is what find_head_end() delimited.
std::expected<RequestHead, HeadError> parse_request_head(std::string_view head);
std::expected<ResponseHead, std::string> parse_response_head(std::string_view head, bool to_head_request);

}  // namespace dragoman::net
