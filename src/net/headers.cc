#include "net/headers.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/strings.h"

namespace dragoman::net {
namespace {

constexpr std::array<bool, 256> kTokenCharacter = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

// True if `view` points into `text`: appending to the string may move it away under the view.
bool aliases(const std::string& text, std::string_view view) {
  const std::less<const char*> before;
  return !view.empty() && !before(view.data(), text.data()) && before(view.data(), text.data() + text.size());
}

}  // namespace

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Field& f : fields_)
    if (f.name_size == name.size() && equals_ignoring_case({text_.data() + f.name_at, f.name_size}, name))
      return std::string_view(text_.data() + f.value_at, f.value_size);
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t n = 0;
  for (const Header& h : *this) n += equals_ignoring_case(h.name, name) ? 1 : 0;
  return n;
}

Header Headers::operator[](std::size_t i) const {
  const Field& f = fields_[i];
  return {{text_.data() + f.name_at, f.name_size}, {text_.data() + f.value_at, f.value_size}};
}

Headers::Field Headers::store(std::string_view name, std::string_view value) {
  if (aliases(text_, name) || aliases(text_, value)) return store(std::string(name), std::string(value));
  const Field field{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                    static_cast<std::uint32_t>(text_.size() + name.size()),
                    static_cast<std::uint32_t>(value.size())};
  text_.append(name).append(value);
  return field;
}

void Headers::add(std::string_view name, std::string_view value) { fields_.push_back(store(name, value)); }

void Headers::set(std::string_view name, std::string_view value) {
  const Field field = store(name, value);
  const std::string_view stored(text_.data() + field.name_at, field.name_size);
  bool placed = false;
  std::erase_if(fields_, [&](Field& f) {
    if (!equals_ignoring_case({text_.data() + f.name_at, f.name_size}, stored)) return false;
    if (placed) return true;
    placed = true;
    f = field;
    return false;
  });
  if (!placed) fields_.push_back(field);
}

void Headers::reserve(std::size_t fields, std::size_t text) {
  fields_.reserve(fields);
  text_.reserve(text);
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return kTokenCharacter[static_cast<unsigned char>(c)]; });
}

bool is_header_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && u != '\t') || u == 0x7F;
  });
}

bool has_token(std::string_view value, std::string_view token) {
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    if (equals_ignoring_case(trim(value.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    value.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace dragoman::net
