#include "net/http_head.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/strings.h"
#include "net/task.h"  // fixes Asio's build settings before Beast pulls in its buffers
//
#include <boost/beast/http/basic_parser.hpp>

namespace dragoman::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

std::string_view view(BeastView text) { return {text.data(), text.size()}; }

// The callbacks of Beast's parser that a head never reaches.
template <bool is_request>
class HeadSink : public http::basic_parser<is_request> {
 public:
  HeadSink() {
    this->header_limit(UINT32_MAX);  // the caller has counted
    this->body_limit(boost::none);
    this->eager(false);
  }

  Headers headers;
  int version = 0;

 protected:
  void on_request_impl(http::verb, BeastView, BeastView, int, error_code&) override {}
  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_field_impl(http::field, BeastView name, BeastView value, error_code&) override {
    headers.add(view(name), view(value));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(BeastView, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}
};

class RequestSink final : public HeadSink<true> {
 public:
  std::string method;
  std::string target;

 private:
  void on_request_impl(http::verb, BeastView m, BeastView t, int v, error_code&) override {
    method = view(m);
    target = view(t);
    version = v;
  }
};

class ResponseSink final : public HeadSink<false> {
 public:
  int status = 0;

 private:
  void on_response_impl(int code, BeastView, int v, error_code&) override {
    status = code;
    version = v;
  }
};

// Every line ends in CRLF, holds no control character but tab, and continues no other line; no space before a
// colon. nullptr if the head is clean.
const char* find_fault(std::string_view head, bool is_request) {
  bool start_line = true;
  while (!head.empty()) {
    const void* found = std::memchr(head.data(), '\n', head.size());
    if (!found) return "the head does not end in an empty line";
    const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - head.data());
    if (length == 0 || head[length - 1] != '\r') return "a line of the head ends in a bare line feed";
    const std::string_view line = head.substr(0, length - 1);
    head.remove_prefix(length + 1);
    if (line.empty()) return head.empty() && !start_line ? nullptr : "an empty line inside the head";
    std::size_t colon = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const auto c = static_cast<unsigned char>(line[i]);
      if (c < 0x20 && c != '\t') {
        return c == '\r' ? "a bare carriage return in the head"
               : c == 0  ? "a NUL character in the head"
                         : "a control character in the head";
      }
      if (c == 0x7F) return "a control character in the head";
      if (c == ':' && colon == 0) colon = i;
    }
    if (start_line) {
      if (is_request && line.find('\t') != std::string_view::npos) return "a tab in the request line";
      start_line = false;
      continue;
    }
    if (line.front() == ' ' || line.front() == '\t') return "a folded header line";
    if (colon == 0) return "a header line without a name and a colon";
    if (!is_header_name(line.substr(0, colon)))
      return line[colon - 1] == ' ' || line[colon - 1] == '\t'
                 ? "white space between a header's name and its colon"
                 : "a header name that is not a token";
  }
  return "the head does not end in an empty line";
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t value = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;  // no sign
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// True if the request line is well-formed but for a version we do not speak.
bool names_other_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  if (line.size() < 9 || std::count(line.begin(), line.end(), ' ') != 2) return false;
  const std::string_view version = line.substr(line.size() - 9);
  return version.starts_with(" HTTP/") && version[7] == '.' && version[6] >= '0' && version[6] <= '9' &&
         version[8] >= '0' && version[8] <= '9' && version != " HTTP/1.1" && version != " HTTP/1.0";
}

bool keeps_alive(const Headers& headers, int minor) {
  bool keep = minor >= 1;
  for (const Header& h : headers) {
    if (!equals_ignoring_case(h.name, "connection")) continue;
    if (has_token(h.value, "close")) return false;
    if (has_token(h.value, "keep-alive")) keep = true;
  }
  return keep;
}

// "http://host/path" names the host twice; RFC 9112 3.2.2 lets a proxy choose, a gateway that refuses a
// mismatch cannot be played against what stands before it.
bool split_absolute_form(std::string_view& target, std::string_view& host) {
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return false;
  const std::string_view scheme = target.substr(0, colon);
  if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) return false;
  target.remove_prefix(colon + 3);
  const std::size_t slash = target.find_first_of("/?");
  host = target.substr(0, slash);
  target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  return !host.empty() && host.find('@') == std::string_view::npos;
}

std::optional<HeadError> read_target(std::string_view target, RequestHead& out) {
  for (const char c : target)
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F || c == '#')
      return HeadError{400, "the request target holds a character that must be percent-encoded"};
  if (out.method == "CONNECT") return HeadError{501, "CONNECT is not supported"};
  if (target == "*") {
    if (out.method != "OPTIONS") return HeadError{400, "the target '*' is for OPTIONS only"};
    out.path = target;
    return std::nullopt;
  }
  if (!target.starts_with('/')) {
    std::string_view host;
    if (!split_absolute_form(target, host))
      return HeadError{400, "the request target must begin with '/' or be an http URL"};
    if (!equals_ignoring_case(host, out.headers.get("host")))
      return HeadError{400, "the request target names another host than the Host header"};
  }
  const std::size_t question = target.find('?');
  out.path = target.substr(0, question);
  if (out.path.empty()) out.path = "/";
  if (question != std::string_view::npos) out.query = target.substr(question + 1);
  return std::nullopt;
}

std::optional<HeadError> read_framing(RequestHead& out) {
  const std::size_t lengths = out.headers.count("content-length");
  const std::size_t codings = out.headers.count("transfer-encoding");
  if (lengths > 0 && codings > 0) return HeadError{400, "both Content-Length and Transfer-Encoding"};
  if (lengths > 1) return HeadError{400, "more than one Content-Length"};
  if (codings > 1) return HeadError{400, "more than one Transfer-Encoding"};
  if (codings == 1) {
    if (out.minor == 0) return HeadError{400, "Transfer-Encoding in an HTTP/1.0 request"};
    const std::string_view coding = trim(out.headers.get("transfer-encoding"));
    if (!equals_ignoring_case(coding, "chunked")) {
      // Unknown codings are 501 (RFC 9112 6.1) only if the framing is sure: chunked, once, at the end.
      const std::size_t comma = coding.rfind(',');
      const bool sure = comma != std::string_view::npos &&
                        equals_ignoring_case(trim(coding.substr(comma + 1)), "chunked") &&
                        !has_token(coding.substr(0, comma), "chunked");
      return HeadError{sure ? 501 : 400, "the only supported Transfer-Encoding is a single chunked"};
    }
    out.framing = Framing::chunked;
  } else if (lengths == 1) {
    const auto length = parse_length(out.headers.get("content-length"));
    if (!length) return HeadError{400, "Content-Length is not a decimal number"};
    out.length = *length;
    out.framing = *length > 0 ? Framing::length : Framing::none;
  }
  return std::nullopt;
}

}  // namespace

std::size_t find_head_end(std::string_view bytes, std::size_t from) {
  // The last bytes of the earlier look may be the beginning of the end.
  std::size_t at = from < 3 ? 0 : from - 3;
  while (at < bytes.size()) {
    const void* found = std::memchr(bytes.data() + at, '\n', bytes.size() - at);
    if (!found) return kNoHead;
    const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (feed == 0 || bytes[feed - 1] != '\r') return feed + 1;
    if (feed == 1 || bytes[feed - 2] == '\n') return feed + 1;
    at = feed + 1;
  }
  return kNoHead;
}

std::expected<RequestHead, HeadError> parse_request_head(std::string_view head) {
  if (const char* fault = find_fault(head, true)) return std::unexpected(HeadError{400, fault});
  RequestSink sink;
  sink.headers.reserve(16, head.size());
  error_code ec;
  sink.put(boost::asio::const_buffer(head.data(), head.size()), ec);

  RequestHead out;
  out.method = std::move(sink.method);
  out.headers = std::move(sink.headers);
  out.minor = sink.version == 10 ? 0 : 1;
  // Ours before Beast's: it names the fault, and tells 400 from 501.
  if (auto error = read_framing(out)) return std::unexpected(*std::move(error));
  if (names_other_version(head))
    return std::unexpected(HeadError{505, "only HTTP/1.0 and HTTP/1.1 are supported"});
  if (ec || !sink.is_header_done())
    return std::unexpected(
        HeadError{400, ec ? "malformed request head: " + ec.message() : "malformed request head"});

  const std::size_t hosts = out.headers.count("host");
  if (hosts > 1) return std::unexpected(HeadError{400, "more than one Host header"});
  if (hosts == 0 && out.minor == 1) return std::unexpected(HeadError{400, "no Host header"});
  if (out.headers.get("host").find_first_of(" \t,/@?#") != std::string_view::npos)
    return std::unexpected(HeadError{400, "malformed Host header"});
  if (auto error = read_target(sink.target, out)) return std::unexpected(*std::move(error));
  if (const auto expect = out.headers.find("expect")) {
    if (!equals_ignoring_case(*expect, "100-continue"))
      return std::unexpected(HeadError{417, "the only supported expectation is 100-continue"});
    out.expect_continue = out.minor == 1;
  }
  out.keep_alive = keeps_alive(out.headers, out.minor);
  return out;
}

std::expected<ResponseHead, std::string> parse_response_head(std::string_view head, bool to_head_request) {
  if (const char* fault = find_fault(head, false)) return std::unexpected(fault);
  ResponseSink sink;
  sink.headers.reserve(16, head.size());
  if (to_head_request) sink.skip(true);
  error_code ec;
  sink.put(boost::asio::const_buffer(head.data(), head.size()), ec);
  if (ec || !sink.is_header_done())
    return std::unexpected(ec ? "malformed response head: " + ec.message() : "malformed response head");
  if (sink.version != 10 && sink.version != 11)
    return std::unexpected("the response is not HTTP/1.0 or HTTP/1.1");
  if (sink.status < 100) return std::unexpected("the response's status is " + std::to_string(sink.status));

  ResponseHead out;
  out.status = sink.status;
  out.minor = sink.version == 10 ? 0 : 1;
  out.headers = std::move(sink.headers);
  out.keep_alive = keeps_alive(out.headers, out.minor);
  const std::size_t lengths = out.headers.count("content-length");
  const std::size_t codings = out.headers.count("transfer-encoding");
  if (to_head_request || out.status < 200 || out.status == 204 || out.status == 304) return out;
  if (lengths > 0 && codings > 0) return std::unexpected("both Content-Length and Transfer-Encoding");
  if (codings > 0) {
    if (codings > 1 || !equals_ignoring_case(trim(out.headers.get("transfer-encoding")), "chunked"))
      return std::unexpected("the response's Transfer-Encoding is not a single chunked");
    out.framing = Framing::chunked;
  } else if (lengths > 0) {
    const auto length = parse_length(out.headers.get("content-length"));
    if (lengths > 1 || !length)
      return std::unexpected("the response's Content-Length is malformed or repeated");
    out.length = *length;
    out.framing = *length > 0 ? Framing::length : Framing::none;
  } else {
    out.framing = Framing::until_close;
    out.keep_alive = false;
  }
  return out;
}

}  // namespace dragoman::net
