#include "net/url.h"

#include <algorithm>
#include <charconv>

#include "base/strings.h"

namespace dragoman::net {
namespace {

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F)
      return fail("the URL holds a space, a control or a non-ASCII character");
  Url url;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return fail("expected a URL that begins with http:// or https://");
  url.scheme = lower_ascii(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https")
    return fail("the URL's scheme is '" + url.scheme + "', expected http or https");
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));

  const std::size_t slash = text.find_first_of("/?");
  std::string_view authority = text.substr(0, slash);
  text = slash == std::string_view::npos ? std::string_view() : text.substr(slash);
  if (authority.find('@') != std::string_view::npos) return fail("a user name in a URL is not supported");

  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return fail("the URL's IPv6 address has no closing bracket");
    url.host = lower_ascii(authority.substr(1, close - 1));
    port = authority.substr(close + 1);
    if (!port.empty() && port.front() != ':') return fail("expected ':' and a port after the IPv6 address");
  } else {
    const std::size_t at = authority.find(':');
    url.host = lower_ascii(authority.substr(0, at));
    if (at != std::string_view::npos) port = authority.substr(at);
  }
  if (url.host.empty()) return fail("the URL has no host");
  if (url.host.find_first_of("[]<>\"\\^`{|}%") != std::string::npos)
    return fail("the URL's host is malformed");

  url.port = url.scheme == "https" ? 443 : 80;
  if (port.size() > 1) {
    port.remove_prefix(1);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), value);
    if (error != std::errc() || end != port.data() + port.size() || value == 0 || value > 65535)
      return fail("the URL's port is '" + std::string(port) + "', expected 1 to 65535");
    url.port = static_cast<std::uint16_t>(value);
  }

  const std::size_t question = text.find('?');
  url.path = text.substr(0, question);
  if (url.path.empty()) url.path = "/";
  if (question != std::string_view::npos) url.query = text.substr(question + 1);
  return url;
}

std::string Url::target() const { return query.empty() ? path : path + "?" + query; }

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls() ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

std::string Url::text() const { return scheme + "://" + authority() + target(); }

std::string percent_encode(std::string_view text, std::string_view keep) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (unreserved(c) || keep.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  for (const std::string_view pair : split(query, '&')) {
    const std::size_t equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals)) != name) continue;
    return equals == std::string_view::npos ? std::string() : percent_decode(pair.substr(equals + 1));
  }
  return std::nullopt;
}

}  // namespace dragoman::net
