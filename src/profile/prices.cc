#include "profile/prices.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/strings.h"
#include "profile/data_files.h"

namespace dragoman::profile {
namespace {

// Hosts that charge as another one does.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSame = {
    {{"deepseek_beta", "deepseek"}, {"azure_v1", "azure"}, {"azure", "azure_v1"}}};

bool is_version_of(std::string_view model, std::string_view listed) {
  return model.size() > listed.size() && model.starts_with(listed) &&
         (model[listed.size()] == '-' || model[listed.size()] == '@' || model[listed.size()] == ':');
}

double number(std::string_view text) {
  double out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::optional<Price> find(std::string_view provider, std::string_view model) {
  const auto file = std::ranges::find(data_files(), "prices.csv", &DataFile::path);
  if (file == data_files().end()) return std::nullopt;
  std::optional<Price> best;
  std::size_t length = 0;
  for (const std::string_view line : split(file->text, '\n')) {
    const auto cells = split(line, ',');
    if (cells.size() != 4 || cells[0] != provider) continue;
    const bool same = cells[1] == model;
    if (!same && (cells[1].size() <= length || !is_version_of(model, cells[1]))) continue;
    best = {number(cells[2]), number(cells[3])};
    length = cells[1].size();
    if (same) break;
  }
  return best;
}

}  // namespace

std::optional<Price> list_price(std::string_view provider, std::string_view model) {
  if (const auto own = find(provider, model)) return own;
  // Bedrock's inference profiles: "us.anthropic.claude-…" costs what the model does.
  if (const std::size_t dot = model.find('.');
      provider == "bedrock" && dot != std::string_view::npos && dot <= 6)
    if (const auto plain = find(provider, model.substr(dot + 1))) return plain;
  for (const auto& [host, other] : kSame)
    if (host == provider)
      if (const auto same = find(other, model)) return same;
  // OpenRouter sells at its providers' prices: "anthropic/claude-…".
  const std::size_t slash = model.find('/');
  if (provider == "openrouter" && slash != std::string_view::npos) {
    const std::string_view maker = model.substr(0, slash);
    std::string name(model.substr(slash + 1));
    if (maker == "anthropic") std::ranges::replace(name, '.', '-');
    return find(maker == "google"      ? "gemini"
                : maker == "x-ai"      ? "xai"
                : maker == "mistralai" ? "mistral"
                                       : maker,
                name);
  }
  return std::nullopt;
}

}  // namespace dragoman::profile
