// Tells texts that have come before from new ones: a set of views, in one block of memory.
#pragma once
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/same_text.h"
#include "base/text_hash.h"

namespace dragoman {

class SeenTexts {
 public:
  explicit SeenTexts(std::size_t most) : slots_(std::bit_ceil(2 * most + 1)) {}

  // False where it has come before. No more than `most` of them; the texts must outlive the set.
  bool insert(std::string_view text) {
    // Where the slots lie differs from one set to the next, so that nobody can make up texts that meet.
    std::size_t at = text_hash(text, reinterpret_cast<std::uintptr_t>(slots_.data()));
    for (;; ++at) {
      std::string_view& slot = slots_[at & (slots_.size() - 1)];
      if (!slot.data()) {
        slot = text.data() ? text : std::string_view("");
        return true;
      }
      if (same_text(slot, text)) return false;
    }
  }

 private:
  std::vector<std::string_view> slots_;
};

}  // namespace dragoman
