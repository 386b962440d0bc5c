// Injective, stateless renaming to a target's alphabet and length: the same name always becomes the same wire
// name.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::lower {

// A character class as profiles write it: "A-Za-z0-9_-". '-' at either end stands for itself; "" admits
// anything.
bool in_class(std::string_view char_class, char c);

struct Alphabet {
  std::string_view first;  // class of the first character; "" as rest
  std::string_view rest;
  std::size_t max = 0;    // characters; 0: no limit
  std::size_t exact = 0;  // the only length; 0: any
};

bool fits(const Alphabet& alphabet, std::string_view name);

// The same for many names.
class NameJudge {
 public:
  explicit NameJudge(const Alphabet& alphabet);
  bool fits(std::string_view name) const;

 private:
  using Table = std::array<bool, 256>;
  static Table table(std::string_view char_class);

  Table rest_, first_;
  std::size_t max_, exact_;
};

// The name itself when it fits; else a readable remainder with a hash of the whole name, so that two names
// that would look alike stay distinct. `salt` other than 0 gives another result, for the rare clash.
std::string fit(const Alphabet& alphabet, std::string_view name, std::uint64_t salt = 0);

}  // namespace dragoman::lower
