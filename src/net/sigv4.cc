#include "net/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "net/digest.h"

namespace dragoman::net {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";

// BRW-03: proxies and libraries add, drop or rewrite these. Authorization is what the signature goes into.
constexpr std::array<std::string_view, 12> kNeverSigned = {"authorization",
                                                           "connection",
                                                           "expect",
                                                           "keep-alive",
                                                           "proxy-authenticate",
                                                           "proxy-authorization",
                                                           "te",
                                                           "trailer",
                                                           "upgrade",
                                                           "transfer-encoding",
                                                           "user-agent",
                                                           "x-amzn-trace-id"};

// sign() adds these itself: one that is there already would make the request carry two.
constexpr std::array<std::string_view, 4> kOurs = {"authorization", "x-amz-date", "x-amz-security-token",
                                                   "x-amz-content-sha256"};

template <class Range>
bool contains(const Range& range, std::string_view value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

void append_encoded(std::string& out, std::string_view text, std::string_view also_safe) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    if (unreserved(c) || also_safe.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
}

// RFC 3986 section 5.2.4, and runs of slashes become one.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  const std::vector<std::string_view> segments = split(path, '/');
  for (const std::string_view segment : segments) {
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  const std::string_view last = segments.back();
  if (out.empty() || last.empty() || last == "." || last == "..") out += '/';
  return out;
}

std::string canonical_path(std::string_view path, const SigV4Options& options) {
  std::string plain = options.normalize_path ? without_dot_segments(path) : std::string(path);
  if (plain.empty()) plain = "/";
  if (!options.double_encode) return plain;
  std::string out;
  append_encoded(out, plain, "/");
  return out;
}

// Sorted by encoded key, then by encoded value. Decoding first makes "%7E" and "~" one.
std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parts;
  for (const std::string_view part : split(query, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    auto& [key, value] = parts.emplace_back();
    append_encoded(key, percent_decoded(part.substr(0, equals)), "");
    if (equals != std::string_view::npos) append_encoded(value, percent_decoded(part.substr(equals + 1)), "");
  }
  std::sort(parts.begin(), parts.end());
  std::string out;
  for (const auto& [key, value] : parts) {
    if (!out.empty()) out += '&';
    out.append(key).append("=").append(value);
  }
  return out;
}

// Trimmed, and runs of white space become one space.
void append_value(std::string& out, std::string_view value) {
  bool gap = false;
  for (const char c : trim(value)) {
    if (is_blank(std::string_view(&c, 1))) {
      gap = true;
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
  }
}

std::string scope_text(const SigV4Scope& scope, std::string_view date) {
  return fmt::format("{}/{}/{}/{}", date, scope.region, scope.service, kTerminator);
}

std::optional<std::string_view> header(const SigV4Request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (equals_ignoring_case(key, name)) return trim(value);
  }
  return std::nullopt;
}

std::string joined(std::span<const std::string_view> names) {
  std::string out;
  for (const std::string_view name : names) {
    if (!out.empty()) out += ';';
    out += name;
  }
  return out;
}

}  // namespace

std::string amz_date(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<std::chrono::sys_seconds> parse_amz_date(std::string_view text) {
  constexpr std::string_view shape = "00000000T000000Z";
  if (text.size() != shape.size()) return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (const char c : text.substr(at, digits)) value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(6, 2)))};
  const int hour = number(9, 2), minute = number(11, 2), second = number(13, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::string canonical_request(const SigV4Request& request, std::span<const std::string_view> signed_headers,
                              const SigV4Options& options) {
  std::string out = fmt::format("{}\n{}\n{}\n", request.method, canonical_path(request.path, options),
                                canonical_query(request.query));
  for (const std::string_view name : signed_headers) {
    out.append(name).append(":");
    bool first = true;
    for (const auto& [key, value] : request.headers) {
      if (!equals_ignoring_case(key, name)) continue;
      if (!first) out += ',';
      first = false;
      append_value(out, value);
    }
    out += '\n';
  }
  out.append("\n").append(joined(signed_headers)).append("\n").append(hex(sha256(request.body)));
  return out;
}

std::string string_to_sign(std::string_view canonical, const SigV4Scope& scope,
                           std::chrono::sys_seconds now) {
  const std::string date = amz_date(now);
  return fmt::format("{}\n{}\n{}\n{}", kAlgorithm, date,
                     scope_text(scope, std::string_view(date).substr(0, 8)), hex(sha256(canonical)));
}

std::string signature(std::string_view text, std::string_view secret_key, const SigV4Scope& scope,
                      std::chrono::sys_seconds now) {
  Sha256 key = hmac_sha256("AWS4" + std::string(secret_key), amz_date(now).substr(0, 8));
  key = hmac_sha256(as_text(key), scope.region);
  key = hmac_sha256(as_text(key), scope.service);
  key = hmac_sha256(as_text(key), kTerminator);
  return hex(hmac_sha256(as_text(key), text));
}

Result<SigV4Headers> sign(const SigV4Request& request, const AwsCredentials& credentials,
                          const SigV4Scope& scope, std::chrono::sys_seconds now,
                          const SigV4Options& options) {
  if (credentials.access_key.empty() || credentials.secret_key.empty()) {
    return fail("cannot sign for AWS: the access key or the secret key is empty");
  }
  if (!header(request, "host")) return fail("cannot sign for AWS: the request has no Host header");
  for (const std::string_view name : kOurs) {
    if (header(request, name))
      return fail(fmt::format("cannot sign for AWS: the request already has {}", name));
  }

  SigV4Headers added;
  added.emplace_back("X-Amz-Date", amz_date(now));
  if (options.content_sha256) added.emplace_back("X-Amz-Content-SHA256", hex(sha256(request.body)));
  std::size_t signed_count = added.size();
  if (!credentials.session_token.empty()) {
    added.emplace_back("X-Amz-Security-Token", credentials.session_token);
    if (options.sign_session_token) ++signed_count;
  }

  std::vector<std::pair<std::string_view, std::string_view>> all(request.headers.begin(),
                                                                 request.headers.end());
  for (std::size_t i = 0; i < signed_count; ++i) all.emplace_back(added[i].first, added[i].second);
  std::vector<std::string> lower;
  for (const auto& [name, value] : all) {
    std::string key = lower_ascii(name);
    if (!contains(kNeverSigned, key)) lower.push_back(std::move(key));
  }
  std::sort(lower.begin(), lower.end());
  lower.erase(std::unique(lower.begin(), lower.end()), lower.end());
  const std::vector<std::string_view> names(lower.begin(), lower.end());

  SigV4Request complete = request;
  complete.headers = all;
  const std::string to_sign = string_to_sign(canonical_request(complete, names, options), scope, now);
  added.emplace_back("Authorization",
                     fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                 credentials.access_key, scope_text(scope, amz_date(now).substr(0, 8)),
                                 joined(names), signature(to_sign, credentials.secret_key, scope, now)));
  return added;
}

Result<SigV4Authorization> parse_authorization(std::string_view value) {
  value = trim(value);
  if (!value.starts_with(kAlgorithm) || value.size() == kAlgorithm.size() ||
      value[kAlgorithm.size()] != ' ') {
    return fail("Authorization is not of the scheme AWS4-HMAC-SHA256");
  }
  std::optional<std::string_view> credential, signed_headers, signature;
  for (std::string_view part : split(value.substr(kAlgorithm.size()), ',')) {
    part = trim(part);
    const std::size_t equals = part.find('=');
    const std::string_view key = part.substr(0, equals);
    std::optional<std::string_view>* slot = key == "Credential"      ? &credential
                                            : key == "SignedHeaders" ? &signed_headers
                                            : key == "Signature"     ? &signature
                                                                     : nullptr;
    if (equals == std::string_view::npos || slot == nullptr) {
      return fail("Authorization has a part that is neither Credential, SignedHeaders nor Signature");
    }
    if (*slot) return fail(fmt::format("Authorization has {} twice", key));
    *slot = part.substr(equals + 1);
  }
  if (!credential) return fail("Authorization has no Credential");
  if (!signed_headers) return fail("Authorization has no SignedHeaders");
  if (!signature) return fail("Authorization has no Signature");

  SigV4Authorization out;
  const std::vector<std::string_view> scope = split(*credential, '/');
  if (scope.size() != 5 || scope[4] != kTerminator ||
      std::any_of(scope.begin(), scope.end(), [](auto s) { return s.empty(); })) {
    return fail("the Credential is not KEY/DATE/REGION/SERVICE/aws4_request");
  }
  out.access_key = scope[0];
  out.date = scope[1];
  out.region = scope[2];
  out.service = scope[3];
  out.signed_headers = split(*signed_headers, ';');
  for (std::size_t i = 0; i < out.signed_headers.size(); ++i) {
    const std::string_view name = out.signed_headers[i];
    if (name.empty() || std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) ||
        (i > 0 && out.signed_headers[i - 1] >= name)) {
      return fail("SignedHeaders is not a sorted list of lower-case names");
    }
  }
  out.signature = *signature;
  if (out.signature.size() != 64 || !std::all_of(out.signature.begin(), out.signature.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      })) {
    return fail("the Signature is not 64 lower-case hex digits");
  }
  return out;
}

SigV4Verdict verify(const SigV4Request& request,
                    const std::function<std::optional<AwsCredentials>(std::string_view)>& find,
                    const SigV4Scope& scope, std::chrono::sys_seconds now, const SigV4Options& options,
                    std::chrono::seconds max_skew) {
  const std::optional<std::string_view> value = header(request, "authorization");
  if (!value || !value->starts_with(kAlgorithm)) return SigV4Verdict::kMissingToken;
  const Result<SigV4Authorization> given = parse_authorization(*value);
  const std::optional<std::string_view> date_text = header(request, "x-amz-date");
  if (!given || !date_text) return SigV4Verdict::kIncomplete;
  const std::optional<std::chrono::sys_seconds> date = parse_amz_date(*date_text);
  if (!date) return SigV4Verdict::kIncomplete;

  const std::optional<std::string_view> token = header(request, "x-amz-security-token");
  const auto is_signed = [&](std::string_view name) { return contains(given->signed_headers, name); };
  if (!is_signed("host") || !is_signed("x-amz-date")) return SigV4Verdict::kIncomplete;
  if (token && options.sign_session_token && !is_signed("x-amz-security-token"))
    return SigV4Verdict::kIncomplete;
  for (const std::string_view name : given->signed_headers) {
    if (!header(request, name)) return SigV4Verdict::kIncomplete;
  }
  if (given->date != date_text->substr(0, 8) || given->region != scope.region ||
      given->service != scope.service) {
    return SigV4Verdict::kWrongScope;
  }
  const std::optional<AwsCredentials> credentials = find(given->access_key);
  if (!credentials) return SigV4Verdict::kUnknownKey;
  if (!equal_in_constant_time(token.value_or(""), credentials->session_token))
    return SigV4Verdict::kUnknownKey;
  if (std::chrono::abs(now - *date) > max_skew) return SigV4Verdict::kExpired;

  const std::string canonical = canonical_request(request, given->signed_headers, options);
  const std::string expected =
      signature(string_to_sign(canonical, scope, *date), credentials->secret_key, scope, *date);
  if (!equal_in_constant_time(expected, given->signature)) return SigV4Verdict::kBadSignature;
  if (const auto body_hash = header(request, "x-amz-content-sha256");
      body_hash && *body_hash != hex(sha256(request.body))) {
    return SigV4Verdict::kBadSignature;
  }
  return SigV4Verdict::kOk;
}

}  // namespace dragoman::net
