#include "json/path.h"

#include <charconv>

#include "base/strings.h"
#include "json/value.h"

namespace dragoman::json {
namespace {

constexpr std::size_t kMaxSteps = 64;

std::string squeezed(std::string_view word) {
  std::string out = lower_ascii(word);
  std::erase(out, '_');
  return out;
}

void add(std::vector<PathStep>& steps, std::string_view token) {
  if (token.empty() || steps.size() >= kMaxSteps) return;
  int index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error == std::errc() && end == token.data() + token.size() && index >= 0)
    steps.push_back({{}, index, false});
  else
    steps.push_back({std::string(token), -1, false});
}

// The tokens of a list or tuple: ['body', 'messages', 0].
void read_list(std::string_view text, std::vector<PathStep>& steps) {
  for (std::string_view item : split(text, ',')) {
    item = trim(item);
    while (!item.empty() && std::string_view("[]()'\"").find(item.front()) != std::string_view::npos)
      item.remove_prefix(1);
    while (!item.empty() && std::string_view("[]()'\"").find(item.back()) != std::string_view::npos)
      item.remove_suffix(1);
    add(steps, item);
  }
}

// A JSON pointer: steps between '/', with ~1 and ~0.
void read_pointer(std::string_view text, std::vector<PathStep>& steps) {
  for (const std::string_view token : split(text, '/')) add(steps, unescape_pointer_token(token));
}

// Names and indices with '.' and brackets; quotes inside brackets (properties["a.b"]) keep a name whole.
void read_dotted(std::string_view text, std::vector<PathStep>& steps) {
  std::string token;
  const auto flush = [&] {
    add(steps, token);
    token.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '[' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\'')) {
      flush();
      const std::size_t close = text.find(text[i + 1], i + 2);
      if (close == std::string_view::npos) break;
      add(steps, text.substr(i + 2, close - i - 2));
      i = close;
    } else if (c == '.' || c == '[' || c == ']') {
      flush();
    } else {
      token += c;
    }
  }
  flush();
}

}  // namespace

bool PathStep::is(std::string_view word) const { return index < 0 && squeezed(name) == squeezed(word); }

std::vector<PathStep> read_path(std::string_view pointer) {
  pointer = trim(pointer);
  constexpr std::string_view kContext = "In context=";
  const bool context = pointer.starts_with(kContext);
  if (context) pointer.remove_prefix(kContext.size());
  std::vector<PathStep> raw;
  if (context || pointer.starts_with('(') || pointer.starts_with("[\"") || pointer.starts_with("['"))
    read_list(pointer, raw);
  else if (pointer.starts_with("#/") || pointer.starts_with('/'))
    read_pointer(pointer.substr(pointer.starts_with('#') ? 2 : 1), raw);
  else
    read_dotted(pointer, raw);

  std::vector<PathStep> steps;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (steps.empty() && (raw[i].is("body") || raw[i].is("request") || raw[i].is("generateContentRequest") ||
                          raw[i].is("$") || raw[i].is("parameter")))
      continue;
    // AWS: N.member counts from one; Google: properties[N].value counts the members of the map.
    const bool member = raw[i].index > 0 && i + 1 < raw.size() && raw[i + 1].is("member");
    const bool value = raw[i].index >= 0 && i + 1 < raw.size() && raw[i + 1].name == "value" && i > 0 &&
                       raw[i - 1].is("properties");
    PathStep step = raw[i];
    if (member) step.index -= 1;
    step.ordinal = value;
    steps.push_back(std::move(step));
    if (member || value) ++i;
  }
  return steps;
}

}  // namespace dragoman::json
