#include "dialect/reasoning_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dragoman::dialect {
namespace {

struct Row {
  std::string_view issuer, format;
};
// Source: OpenRouter's reasoning_details documentation (formats); RULES OR-10.
constexpr std::array kFormats = {
    Row{"anthropic", "anthropic-claude-v1"},
    Row{"gemini", "google-gemini-v1"},
    Row{"openai", "openai-responses-v1"},
    Row{"xai", "xai-responses-v1"},
};

constexpr std::string_view kTag = "dragoman.";
constexpr std::string_view kFormatHead = "dragoman-", kFormatTail = "-v1";

}  // namespace

std::string issuer_format(std::string_view issuer) {
  for (const Row& row : kFormats)
    if (row.issuer == issuer) return std::string(row.format);
  if (issuer.empty()) return {};
  if (issuer.ends_with(kFormatTail))
    return std::string(issuer);  // a format of somebody else's, kept as it came
  return fmt::format("{}{}{}", kFormatHead, issuer, kFormatTail);
}

std::string_view format_issuer(std::string_view format) {
  for (const Row& row : kFormats)
    if (row.format == format) return row.issuer;
  if (format.starts_with(kFormatHead) && format.ends_with(kFormatTail) &&
      format.size() > kFormatHead.size() + kFormatTail.size())
    return format.substr(kFormatHead.size(), format.size() - kFormatHead.size() - kFormatTail.size());
  return format;
}

std::string tag_signature(std::string_view issuer, std::string_view signature) {
  if (issuer == "anthropic") return std::string(signature);
  std::string clean(issuer);
  std::replace(clean.begin(), clean.end(), '.', '_');  // the dot ends the issuer
  return fmt::format("{}{}.{}", kTag, clean, signature);
}

TaggedSignature untag_signature(std::string_view text) {
  if (text.starts_with(kTag)) {
    const std::string_view rest = text.substr(kTag.size());
    if (const std::size_t dot = rest.find('.'); dot != std::string_view::npos)
      return {rest.substr(0, dot), rest.substr(dot + 1)};
  }
  return {text.empty() ? std::string_view() : "anthropic", text};
}

}  // namespace dragoman::dialect
