#include <fmt/format.h>

#include <algorithm>

#include "dialect/openai_responses/wire.h"

namespace dragoman::dialect::openai_responses {
namespace {
constexpr std::string_view kTag = "dragoman.";
}

std::string tag_state(const State& state) {
  std::string issuer(state.issuer);
  std::replace(issuer.begin(), issuer.end(), '.', '_');  // the dot ends the issuer
  return fmt::format("{}{}.{}.{}", kTag, issuer, state.kind, state.payload);
}

std::optional<State> untag_state(std::string_view text) {
  if (!text.starts_with(kTag)) return std::nullopt;
  text.remove_prefix(kTag.size());
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || text.size() < dot + 3 || text[dot + 2] != '.') return std::nullopt;
  return State{text.substr(0, dot), text[dot + 1], text.substr(dot + 3)};
}

std::string encrypted_content(std::string_view issuer, char kind, std::string_view payload) {
  // Bare thoughts have no state, but somebody whose they are.
  if (payload.empty() && (kind != 's' || issuer.empty() || issuer == "openai")) return {};
  if (issuer == "openai" && kind != 'c') return std::string(payload);
  return tag_state({issuer, kind, payload});
}

}  // namespace dragoman::dialect::openai_responses
