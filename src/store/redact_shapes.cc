#include "store/redact_shapes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>

#include "base/strings.h"

namespace dragoman::store {
namespace {

constexpr bool digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool alnum(char c) { return is_word(c) && c != '_' && c != '-'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_prefix) {
  if (text.size() < lower_prefix.size()) return false;
  for (std::size_t i = 0; i < lower_prefix.size(); ++i)
    if (lower(text[i]) != lower_prefix[i]) return false;
  return true;
}

// --- names before a value ---------------------------------------------------------------------------------

enum class Named { kAnywhere, kQueryOnly };  // "key" means a secret in "?key=…" only
struct Name {
  std::string_view text;  // lower case
  Named where = Named::kAnywhere;
};

// Header names of the providers' authentication pages, OAuth 2.0 (RFC 6749) members, AWS SigV4 query
// parameters and headers, Azure SAS signatures, and what people call such fields.
constexpr Name kNames[] = {
    {"authorization"},
    {"proxy-authorization"},
    {"x-api-key"},
    {"api-key"},
    {"api_key"},
    {"apikey"},
    {"api key"},
    {"x-goog-api-key"},
    {"ocp-apim-subscription-key"},
    {"x-amz-security-token"},
    {"x-amz-signature"},
    {"x-amz-credential"},
    {"aws_access_key_id"},
    {"aws_secret_access_key"},
    {"aws_session_token"},
    {"aws_bearer_token_bedrock"},
    {"secretaccesskey"},
    {"sessiontoken"},
    {"secret_key"},
    {"secret-key"},
    {"client_secret"},
    {"client_assertion"},
    {"access_token"},
    {"refresh_token"},
    {"id_token"},
    {"auth_token"},
    {"master_key"},
    {"private_key"},
    {"password"},
    {"passwd"},
    {"cookie"},
    {"set-cookie"},
    // As members of a body these are thinking-block signatures, function names and logprobs: kept there.
    {"key", Named::kQueryOnly},
    {"sig", Named::kQueryOnly},
    {"signature", Named::kQueryOnly},
    {"token", Named::kQueryOnly},
};

// Words that follow such a name in a sentence ("x-api-key: required"), where hiding them hides the diagnosis.
constexpr std::string_view kPlainWords[] = {"required", "missing",   "invalid", "null",   "none",     "true",
                                            "false",    "not",       "must",    "is",     "the",      "a",
                                            "an",       "field",     "header",  "string", "expected", "empty",
                                            "optional", "undefined", "unknown", "expired"};

constexpr std::string_view kSchemes[] = {"bearer ", "basic ", "token ", "apikey ", "api-key ", "digest "};

// Which rows of a table can begin with two given characters: one bit a row, so that nearly every word of a
// text is passed over with two look-ups.
struct Candidates {
  std::array<std::uint64_t, 256> first{}, second{};

  constexpr void add(std::size_t row, std::string_view text, bool any_case) {
    for (auto* table : {&first, &second}) {
      const char c = text[table == &first ? 0 : 1];
      (*table)[static_cast<unsigned char>(c)] |= std::uint64_t{1} << row;
      if (any_case && c >= 'a' && c <= 'z')
        (*table)[static_cast<unsigned char>(c - 32)] |= std::uint64_t{1} << row;
    }
  }
  std::uint64_t of(std::string_view text) const {
    return text.size() < 2
               ? 0
               : first[static_cast<unsigned char>(text[0])] & second[static_cast<unsigned char>(text[1])];
  }
};

constexpr Candidates name_candidates() {
  static_assert(std::size(kNames) <= 64);
  Candidates out;
  for (std::size_t i = 0; i < std::size(kNames); ++i) out.add(i, kNames[i].text, true);
  return out;
}
constexpr Candidates kNameCandidates = name_candidates();

std::string_view longest_name(std::string_view text, bool in_query) {
  std::string_view best;
  for (std::uint64_t rows = kNameCandidates.of(text); rows; rows &= rows - 1) {
    const Name& name = kNames[std::countr_zero(rows)];
    if ((in_query || name.where == Named::kAnywhere) && name.text.size() > best.size() &&
        starts_with_ignoring_case(text, name.text))
      best = name.text;
  }
  return best;
}

// A quote as it appears in JSON, or in JSON inside a JSON string, at any depth: backslashes, then '"' or
// '\''.
std::string_view quote_at(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] == '\\') ++at;
  if (at < text.size() && (text[at] == '"' || (at == 0 && text[at] == '\''))) return text.substr(0, at + 1);
  return {};
}

struct Span {
  std::size_t keep = 0;   // bytes before the secret
  std::size_t hide = 0;   // bytes of the secret
  std::string_view wrap;  // quote to put around the replacement
};

std::size_t scheme_length(std::string_view value) {
  for (const std::string_view scheme : kSchemes)
    if (starts_with_ignoring_case(value, scheme)) return scheme.size();
  return 0;
}

// The value after a name, if `text` (which starts at the name) is "name: value", "name=value", or a JSON
// member.
std::optional<Span> named_value(std::string_view text, bool in_query) {
  const std::string_view name = longest_name(text, in_query);
  if (name.empty()) return std::nullopt;
  std::size_t at = name.size();
  if (at < text.size() && is_word(text[at])) return std::nullopt;
  const std::string_view name_quote = quote_at(text.substr(at));
  at += name_quote.size();
  while (at < text.size() && text[at] == ' ') ++at;
  if (at >= text.size() || (text[at] != ':' && text[at] != '=')) return std::nullopt;
  ++at;
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  const std::string_view value_quote = quote_at(text.substr(at));
  at += value_quote.size();
  const bool header = name.ends_with("authorization") || name.ends_with("cookie");
  if (const std::size_t scheme = scheme_length(text.substr(at))) at += scheme;

  std::size_t end = at;
  const auto plain_end = [&](char c) {
    if (c == '\n' || c == '\r') return true;
    if (header && !in_query) return c == '"' || c == '\'' || c == '\\';  // SigV4 and cookies hold spaces
    return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '\\' || c == '&' || c == ',' || c == ';' ||
           c == '<' || c == '>' || c == '}' || c == ')' || c == '{' || c == ']' || c == '#';
  };
  if (!value_quote.empty()) {
    // To the same quote; a deeper one (more backslashes) belongs to the value.
    while (end < text.size()) {
      const std::string_view quote = quote_at(text.substr(end));
      if (quote == value_quote) break;
      // A run of backslashes is passed as a whole, or a long one would be read again from each of its bytes.
      std::size_t step = quote.size();
      if (step == 0)
        while (end + step < text.size() && text[end + step] == '\\') ++step;
      end += step ? step : 1;
    }
  } else {
    if (text.substr(at).starts_with(kRedacted)) return std::nullopt;
    if (at < text.size() && (text[at] == '[' || text[at] == '{'))
      return std::nullopt;  // a schema, not a value
    while (end < text.size() && !plain_end(text[end])) ++end;
  }
  const std::string_view value = text.substr(at, end - at);
  if (value.empty() || value == kRedacted) return std::nullopt;
  if (value_quote.empty() && !header) {
    const std::string bare = lower_ascii(value.substr(0, value.find_last_not_of(".:!?") + 1));
    if (std::ranges::find(kPlainWords, bare) != std::end(kPlainWords)) return std::nullopt;
  }
  const bool member =
      !name_quote.empty() && value_quote.empty();  // a JSON number: what replaces it is a string
  return Span{at, end - at, member ? name_quote : std::string_view{}};
}

// --- keys by their prefix ---------------------------------------------------------------------------------

struct Prefix {
  std::string_view text;  // case matters
  std::size_t body;       // characters that must follow
};

// Prefixes as the vendors print them on their key pages; masked echoes ("sk-ab***yz") count as well.
constexpr Prefix kPrefixes[] = {
    {"sk-", 8},    {"dk-", 20},    {"AKIA", 12}, {"ASIA", 12}, {"ABSK", 20},   {"bedrock-api-key-", 12},
    {"AIza", 20},  {"ya29.", 16},  {"AQ.", 24},  {"gsk_", 16}, {"xai-", 16},   {"csk-", 16},
    {"pplx-", 16}, {"nvapi-", 16}, {"hf_", 16},  {"fw_", 16},  {"r8_", 16},    {"tgp_v1_", 16},
    {"ghp_", 16},  {"gho_", 16},   {"ghu_", 16}, {"ghs_", 16}, {"glpat-", 16}, {"github_pat_", 16},
    {"xoxb-", 16}, {"xoxp-", 16},
};

constexpr Candidates prefix_candidates() {
  static_assert(std::size(kPrefixes) <= 64);
  Candidates out;
  for (std::size_t i = 0; i < std::size(kPrefixes); ++i) out.add(i, kPrefixes[i].text, false);
  return out;
}
constexpr Candidates kPrefixCandidates = prefix_candidates();

// Length of the key at the front of `text`, or 0.
std::size_t prefixed_key(std::string_view text) {
  for (std::uint64_t rows = kPrefixCandidates.of(text); rows; rows &= rows - 1) {
    const Prefix& prefix = kPrefixes[std::countr_zero(rows)];
    if (!text.starts_with(prefix.text)) continue;
    std::size_t end = prefix.text.size();
    bool telling = false;  // a digit or a mask ("***", "..."): "sk-" before plain words is a hyphenated word
    while (end < text.size() && (is_word(text[end]) || text[end] == '*' || text[end] == '.' ||
                                 text[end] == '+' || text[end] == '/' || text[end] == '=')) {
      telling |= digit(text[end]) || text[end] == '*' || text.substr(end).starts_with("..");
      ++end;
    }
    while (end > 0 && text[end - 1] == '.') --end;  // the full stop of the sentence
    const std::size_t body = end > prefix.text.size() ? end - prefix.text.size() : 0;
    if (body >= prefix.body && (telling || body >= 20)) return end;
  }
  return 0;
}

// header.payload.signature of RFC 7519; the header is JSON, so it starts with '{"' = "eyJ".
std::size_t web_token(std::string_view text) {
  if (!text.starts_with("eyJ")) return 0;
  std::size_t end = 0, dots = 0;
  while (end < text.size() && (is_word(text[end]) || (text[end] == '.' && dots < 2))) {
    if (text[end] == '.') ++dots;
    ++end;
  }
  return dots == 2 && end >= 24 ? end : 0;
}

// "Bearer TOKEN" outside a header, if TOKEN is no word of a sentence.
std::optional<Span> bearer(std::string_view text) {
  if (!starts_with_ignoring_case(text, "bearer ")) return std::nullopt;
  std::size_t end = 7;
  bool has_digit = false;
  while (end < text.size() && (is_word(text[end]) || text[end] == '.' || text[end] == '~' ||
                               text[end] == '+' || text[end] == '/' || text[end] == '=')) {
    has_digit |= digit(text[end]);
    ++end;
  }
  const std::size_t size = end - 7;
  if (size >= 20 || (size >= 8 && has_digit)) return Span{7, size, {}};
  return std::nullopt;
}

std::optional<Span> private_key(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  if (!text.starts_with(kBegin)) return std::nullopt;
  const std::string_view label = text.substr(kBegin.size(), 40);
  const std::size_t end_of_label = label.find("PRIVATE KEY-----");
  if (end_of_label == std::string_view::npos) return std::nullopt;
  const std::size_t keep = kBegin.size() + end_of_label + 16;
  const std::size_t end = text.find("-----END", keep);
  return Span{keep, (end == std::string_view::npos ? text.size() : end) - keep, {}};
}

// user:password@ after "://".
std::optional<Span> user_info(std::string_view text) {
  if (!text.starts_with("://")) return std::nullopt;
  bool colon = false;
  for (std::size_t at = 3; at < text.size() && at < 512; ++at) {
    const char c = text[at];
    if (c == '@') return colon && at > 3 ? std::optional(Span{3, at - 3, {}}) : std::nullopt;
    if (c == ':') colon = true;
    if (!(alnum(c) || std::string_view("-._~!$&'()*+,;=:%").find(c) != std::string_view::npos)) break;
  }
  return std::nullopt;
}

std::optional<Span> shape_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  const char before = at ? text[at - 1] : ' ';
  if (rest[0] == ':') return user_info(rest);
  // Every other shape begins a word. "\n" in JSON ends one, though its 'n' is a letter.
  const bool escape = at >= 2 && text[at - 2] == '\\' && (before == 'n' || before == 'r' || before == 't');
  if (rest[0] == '-') return private_key(rest);
  if (is_word(before) && !escape) return std::nullopt;
  if (const std::size_t size = prefixed_key(rest)) return Span{0, size, {}};
  if (const std::size_t size = web_token(rest)) return Span{0, size, {}};
  if (auto span = bearer(rest)) return span;
  return named_value(rest, before == '?' || before == '&');
}

// First characters of every shape above, so that most bytes cost one look-up.
constexpr std::array<bool, 256> first_characters() {
  std::array<bool, 256> table{};
  const auto mark = [&](char c) { table[static_cast<unsigned char>(c)] = true; };
  for (const Name& name : kNames) {
    mark(name.text[0]);
    mark(static_cast<char>(name.text[0] - 32));
  }
  for (const Prefix& prefix : kPrefixes) mark(prefix.text[0]);
  for (const char c : {':', '-', 'e', 'b', 'B'}) mark(c);
  return table;
}
constexpr std::array<bool, 256> kFirst = first_characters();

}  // namespace

std::optional<std::string> redact_shapes(std::string_view text) {
  std::string out;
  std::size_t copied = 0, at = 0;
  while (at < text.size()) {
    if (!kFirst[static_cast<unsigned char>(text[at])]) {
      ++at;
      continue;
    }
    const std::optional<Span> span = shape_at(text, at);
    if (!span) {
      ++at;
      continue;
    }
    out.append(text.substr(copied, at + span->keep - copied));
    out.append(span->wrap).append(kRedacted).append(span->wrap);
    at = copied = at + span->keep + span->hide;
  }
  if (copied == 0) return std::nullopt;
  out.append(text.substr(copied));
  return out;
}

}  // namespace dragoman::store
