#include "lower/validate/uri.h"

#include <algorithm>

#include "base/strings.h"
#include "lower/validate/format.h"

namespace dragoman::validate {
namespace {

constexpr bool digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_scheme(std::string_view text) {
  return !text.empty() && letter(text[0]) && std::ranges::all_of(text, [](char c) {
    return letter(c) || digit(c) || c == '+' || c == '-' || c == '.';
  });
}

// Unreserved characters, sub-delims, percent-encoded octets, and those in `more`.
bool only(std::string_view text, std::string_view more, bool international) {
  constexpr std::string_view kAlways = "-._~!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return false;
      i += 2;
      continue;
    }
    if (letter(c) || digit(c) || kAlways.find(c) != std::string_view::npos ||
        more.find(c) != std::string_view::npos)
      continue;
    if (!international || static_cast<unsigned char>(c) < 0x80) return false;
  }
  return true;
}

bool is_authority(std::string_view text, bool international) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    if (!only(text.substr(0, at), ":", international)) return false;
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    const std::string_view host = text.substr(1, end - 1);
    const bool future = host.starts_with('v') || host.starts_with('V');
    if (future ? !only(host, ":", false) : !is_ipv6(host)) return false;
    port = text.substr(end + 1);
    if (!port.empty() && port[0] != ':') return false;
  } else {
    const auto colon = text.find(':');
    if (!only(text.substr(0, colon), "", international)) return false;
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  return port.empty() || std::ranges::all_of(port.substr(1), digit);
}

// RFC 3986, section 5.2.4.
std::string without_dots(std::string_view in) {
  std::string out;
  const auto cut_last = [&] {
    const auto slash = out.rfind('/');
    out.erase(slash == std::string::npos ? 0 : slash);
  };
  while (!in.empty()) {
    if (in.starts_with("../")) {
      in.remove_prefix(3);
    } else if (in.starts_with("./")) {
      in.remove_prefix(2);
    } else if (in.starts_with("/./")) {
      in.remove_prefix(2);
    } else if (in == "/.") {
      in = "/";
    } else if (in.starts_with("/../")) {
      in.remove_prefix(3);
      cut_last();
    } else if (in == "/..") {
      in = "/";
      cut_last();
    } else if (in == "." || in == "..") {
      in = {};
    } else {
      const auto end = in.find('/', in.starts_with('/') ? 1 : 0);
      out += in.substr(0, end);
      in = end == std::string_view::npos ? std::string_view() : in.substr(end);
    }
  }
  return out;
}

}  // namespace

UriParts split_uri(std::string_view uri) {
  UriParts parts;
  if (const auto hash = uri.find('#'); hash != std::string_view::npos) {
    parts.fragment = uri.substr(hash + 1);
    parts.has_fragment = true;
    uri = uri.substr(0, hash);
  }
  if (const auto mark = uri.find('?'); mark != std::string_view::npos) {
    parts.query = uri.substr(mark + 1);
    parts.has_query = true;
    uri = uri.substr(0, mark);
  }
  if (const auto colon = uri.find(':'); colon != std::string_view::npos && is_scheme(uri.substr(0, colon))) {
    parts.scheme = uri.substr(0, colon);
    uri = uri.substr(colon + 1);
  }
  if (uri.starts_with("//")) {
    const auto end = uri.find('/', 2);
    parts.authority = uri.substr(2, end == std::string_view::npos ? end : end - 2);
    parts.has_authority = true;
    uri = end == std::string_view::npos ? std::string_view() : uri.substr(end);
  }
  parts.path = uri;
  return parts;
}

std::string resolve_uri(std::string_view base_text, std::string_view reference) {
  const UriParts base = split_uri(base_text), ref = split_uri(reference);
  UriParts out = ref;
  std::string path;
  if (!ref.scheme.empty() || ref.has_authority) {
    path = without_dots(ref.path);
  } else if (ref.path.empty()) {
    path = base.path;
    if (!ref.has_query) {
      out.query = base.query;
      out.has_query = base.has_query;
    }
  } else if (ref.path.starts_with('/')) {
    path = without_dots(ref.path);
  } else if (base.has_authority && base.path.empty()) {
    path = without_dots("/" + std::string(ref.path));
  } else {
    const auto slash = base.path.rfind('/');
    path = base.path.substr(0, slash == std::string_view::npos ? 0 : slash + 1);
    path = without_dots(path + std::string(ref.path));
  }
  if (ref.scheme.empty()) {
    out.scheme = base.scheme;
    if (!ref.has_authority) {
      out.authority = base.authority;
      out.has_authority = base.has_authority;
    }
  }
  std::string text;
  if (!out.scheme.empty()) text.append(out.scheme).append(":");
  if (out.has_authority) text.append("//").append(out.authority);
  text += path;
  if (out.has_query) text.append("?").append(out.query);
  if (out.has_fragment) text.append("#").append(out.fragment);
  return text;
}

bool is_uri_reference(std::string_view text, bool international) {
  const UriParts parts = split_uri(text);
  if (parts.has_authority && !is_authority(parts.authority, international)) return false;
  // RFC 3986, 4.2: the first segment of a relative path holds no colon, or it would read as a scheme.
  if (parts.scheme.empty() && !parts.has_authority &&
      parts.path.substr(0, parts.path.find('/')).find(':') != std::string_view::npos)
    return false;
  return only(parts.path, ":@/", international) && only(parts.query, ":@/?", international) &&
         only(parts.fragment, ":@/?", international);
}

bool is_uri(std::string_view text, bool international) {
  return !split_uri(text).scheme.empty() && is_uri_reference(text, international);
}

}  // namespace dragoman::validate
