#include "lower/names.h"

#include <algorithm>

#include "base/id.h"

namespace dragoman::lower {
namespace {

template <class F>
void each_range(std::string_view char_class, F&& each) {
  for (std::size_t i = 0; i < char_class.size(); ++i) {
    const char low = char_class[i];
    if (i + 2 < char_class.size() && char_class[i + 1] == '-') i += 2;
    each(low, char_class[i]);
  }
}

}  // namespace

bool in_class(std::string_view char_class, char c) {
  bool in = char_class.empty();
  each_range(char_class, [&](char low, char high) { in = in || (c >= low && c <= high); });
  return in;
}

NameJudge::Table NameJudge::table(std::string_view char_class) {
  Table table;
  table.fill(char_class.empty());
  each_range(char_class, [&](char low, char high) {
    for (int c = low; c <= high; ++c) table[static_cast<unsigned char>(c)] = true;
  });
  return table;
}

NameJudge::NameJudge(const Alphabet& a)
    : rest_(table(a.rest)), first_(a.first.empty() ? rest_ : table(a.first)), max_(a.max), exact_(a.exact) {}

bool NameJudge::fits(std::string_view name) const {
  if (name.empty()) return false;
  if (exact_ && name.size() != exact_) return false;
  if (max_ && name.size() > max_) return false;
  return first_[static_cast<unsigned char>(name.front())] &&
         std::all_of(name.begin() + 1, name.end(),
                     [&](char c) { return rest_[static_cast<unsigned char>(c)]; });
}

bool fits(const Alphabet& alphabet, std::string_view name) { return NameJudge(alphabet).fits(name); }

std::string fit(const Alphabet& a, std::string_view name, std::uint64_t salt) {
  if (salt == 0 && fits(a, name)) return std::string(name);
  if (a.exact) return stable_id(name, salt, a.exact);

  constexpr std::size_t kHash = 8;
  const char filler = in_class(a.rest, '_') ? '_' : 'x';
  std::string out;
  for (const char c : name) out += in_class(a.rest, c) ? c : filler;
  const std::string_view first = a.first.empty() ? a.rest : a.first;
  if (out.empty() || !in_class(first, out.front())) out.insert(out.begin(), in_class(first, '_') ? '_' : 'x');
  if (a.max && out.size() > a.max - kHash - 1) out.resize(a.max - kHash - 1);
  out += filler;
  out += stable_id(name, salt, kHash);
  return out;
}

}  // namespace dragoman::lower
