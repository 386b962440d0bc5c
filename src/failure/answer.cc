#include "failure/answer.h"

#include <algorithm>
#include <cstddef>

#include "base/strings.h"
#include "failure/phrases.h"

namespace dragoman::failure {
namespace {

// A message that says nothing of its own: the body is read with it (OpenRouter's metadata.raw, plain text
// errors).
bool says_nothing(std::string_view lower) {
  return is_blank(lower) || lower == "provider returned error" || lower == "error" ||
         lower == "bad request" || lower == "unknown error" || lower == "param incorrect";
}

// Runs of white space as one space: terminals and issue trackers break a provider's sentence anywhere.
std::string on_one_line(std::string text) {
  std::size_t size = 0;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (space && size > 0 && text[size - 1] == ' ') continue;
    text[size++] = space ? ' ' : c;
  }
  text.resize(size);
  return text;
}

// Relays answer 500 or 502 for an upstream's 400, 200 for anything, 400 for a 429: a status that says little
// yields to the one that the innermost envelope, or the relay's own words, state.
int status_meant(const canon::UpstreamError& error) {
  const int status = error.status;
  if (status != 0 && status >= 300 && status != 400 && status != 500 && status != 502) return status;
  if (error.stated_status != 0) return error.stated_status;
  if (status == 0 || status == 500 || status == 502) {
    // Only words before any envelope: behind them stands whatever the provider echoes.
    const std::string_view body = std::string_view(error.body).substr(0, 400);
    if (const auto said = status_in(body); said && (status == 0 || *said < 500)) return *said;
  }
  return status;
}

// Backticks get lost in Markdown, and quotation marks change in mails and terminals; no row's words hang on
// them.
std::string plain_quotes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view here = text.substr(i, 3);
    if (here == "\xe2\x80\x98" || here == "\xe2\x80\x99") {
      out += '\'';
      i += 2;
    } else if (here == "\xe2\x80\x9c" || here == "\xe2\x80\x9d") {
      out += '"';
      i += 2;
    } else if (text[i] != '`') {
      out += text[i];
    }
  }
  return out;
}

int words_in(std::string_view text) {
  int words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
    if (letter && !inside) ++words;
    inside = letter;
  }
  return words;
}

// What stands in quotation marks in a validator's sentence comes from the request: a tool called
// 'billing quota' or a description "insufficient credit" says nothing about money. Blanked, not cut, so that
// distances stay. A sentence with braces is an envelope no parser could take: its marks mean nothing.
std::string without_quoted(const std::string& text, int status) {
  const bool validators = status == 400 || status == 404 || status == 413 || status == 415 || status == 422;
  if (!validators || text.find('{') != std::string::npos) return text;
  std::string own = text;
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
  };
  bool closes[2] = {true,
                    true};  // whether a mark of that kind can still have an end: what keeps the search linear
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char mark = text[at];
    if ((mark != '\'' && mark != '"') || !closes[mark == '"']) continue;
    if (at > 0 && is_word(text[at - 1])) continue;  // an apostrophe
    std::size_t end = at + 1;
    while (end < text.size() && (text[end] != mark || (end + 1 < text.size() && is_word(text[end + 1]))))
      ++end;
    if (end == text.size()) {
      closes[mark == '"'] = false;
      continue;
    }
    std::fill(own.begin() + static_cast<std::ptrdiff_t>(at) + 1,
              own.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    at = end;
  }
  // A sentence that stands in quotation marks as a whole (400 Bad Request "…") is the provider's own.
  return words_in(own) < 4 ? text : own;
}

}  // namespace

Answer read_answer(std::string_view provider, const canon::UpstreamError& error) {
  Answer answer{
      .provider = provider,
      .status = status_meant(error),
      .type = lower_ascii(error.type),
      .code = lower_ascii(error.code),
      .text = on_one_line(plain_quotes(lower_ascii(std::string_view(error.message).substr(0, kReadLimit)))),
      .own_words = {},
      .body = plain_quotes(lower_ascii(std::string_view(error.body).substr(0, kReadLimit)))};
  // AWS writes shapes as "com.amazon.coral#Name" and "Name:http://…" in the type.
  if (const auto hash = answer.type.find('#'); hash != std::string::npos) answer.type.erase(0, hash + 1);
  if (const auto colon = answer.type.find(':'); colon != std::string::npos) answer.type.erase(colon);
  if (says_nothing(answer.text)) answer.text += " " + on_one_line(answer.body);
  answer.own_words = without_quoted(answer.text, answer.status);
  return answer;
}

}  // namespace dragoman::failure
