#include "sandbox/openai/wording.h"

#include <fmt/format.h>

#include <utility>

#include "sandbox/openai/view.h"

namespace dragoman::sandbox::openai {

Refusal missing(std::string param) {
  std::string message = fmt::format("Missing required parameter: '{}'.", param);
  return refuse(std::move(message), std::move(param), "missing_required_parameter");
}

Refusal unknown(std::string param) {
  std::string message = fmt::format("Unknown parameter: '{}'.", param);
  return refuse(std::move(message), std::move(param), "unknown_parameter");
}

Refusal unsupported(std::string param) {
  std::string message = fmt::format("Unsupported parameter: '{}' is not supported with this model.", param);
  return refuse(std::move(message), std::move(param), "unsupported_parameter");
}

Refusal wrong_type(std::string param, std::string_view expected, json::Value got) {
  std::string message = fmt::format("Invalid type for '{}': expected {}, but got {} instead.", param,
                                    expected, kind_phrase(got));
  return refuse(std::move(message), std::move(param), "invalid_type");
}

Refusal bad_value(std::string_view value, std::span<const std::string_view> words, std::string param) {
  return refuse(fmt::format("Invalid value: '{}'. Supported values are: {}.", value, quoted_list(words)),
                std::move(param), "invalid_value");
}

Verdict closed_words(const Request& r) {
  static constexpr std::string_view kTiers[] = {"auto",     "default", "flex",     "scale",
                                                "priority", "fast",    "ultrafast"};
  static constexpr std::string_view kTruncations[] = {"auto", "disabled"};
  const std::pair<std::string_view, std::span<const std::string_view>> rows[] = {
      {"service_tier", kTiers}, {"truncation", kTruncations}};
  for (const auto& [name, words] : rows)
    if (const json::Value v = r[name]; v.is_string() && std::ranges::find(words, v.text()) == words.end())
      return bad_value(v.text(), words, std::string(name));
  return std::nullopt;
}

Refusal too_long(std::string param, std::size_t most, std::size_t size) {
  std::string message = fmt::format(
      "Invalid '{}': string too long. Expected a string with maximum length {}, but got a string with length "
      "{} instead.",
      param, most, size);
  return refuse(std::move(message), std::move(param), "string_above_max_length");
}

Refusal bad_pattern(std::string param) {
  std::string message = fmt::format(
      "Invalid '{}': string does not match pattern. Expected a string that matches the pattern "
      "'^[a-zA-Z0-9_-]+$'.",
      param);
  return refuse(std::move(message), std::move(param), "invalid_value");
}

Verdict bad_name(std::string_view name, std::string param, std::size_t most) {
  if (is_name(name, most)) return std::nullopt;
  if (name.size() > most) return too_long(std::move(param), most, name.size());
  return bad_pattern(std::move(param));
}

}  // namespace dragoman::sandbox::openai
