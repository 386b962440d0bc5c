// Absolute http and https URLs, taken apart and put together; percent-encoding.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace dragoman::net {

struct Url {
  std::string scheme = "http";  // "http" or "https", lower case
  std::string host;             // lower case; an IPv6 address without its brackets
  std::uint16_t port = 80;      // always set
  std::string path = "/";       // begins with '/', kept as written (still percent-encoded)
  std::string query;            // without the '?', kept as written

  // Refuses other schemes, user names and passwords, spaces, control and non-ASCII characters. A fragment is
  // dropped.
  static Result<Url> parse(std::string_view text);

  bool tls() const { return scheme == "https"; }
  std::string target() const;     // "/path?query", as it goes on the request line
  std::string authority() const;  // "host" or "host:port", as it goes into Host; IPv6 in brackets
  std::string text() const;
};

// RFC 3986: everything but unreserved characters and those in `keep` becomes %XX (upper case).
std::string percent_encode(std::string_view text, std::string_view keep = {});

// nullopt if a '%' is not followed by two hexadecimal digits. '+' stays '+'.
std::optional<std::string> percent_decode(std::string_view text);

// The decoded value of `name` in "a=1&b=2"; nullopt if it is absent or badly encoded.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

}  // namespace dragoman::net
