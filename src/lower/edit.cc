#include "lower/edit.h"

#include <algorithm>

namespace dragoman::lower {

std::string_view name(Loss loss) {
  switch (loss) {
    case Loss::none:
      return "none";
    case Loss::widened:
      return "widened";
    case Loss::narrowed:
      return "narrowed";
    case Loss::semantic:
      return "semantic";
  }
  return "none";
}

Edit& EditList::add(const Edit& edit, std::string_view place) {
  std::string_view rest =
      text_.joined({edit.rule, place, edit.pointer, edit.keyword, edit.before, edit.after});
  const auto next = [&rest](std::size_t size) {
    const std::string_view text = rest.substr(0, size);
    rest.remove_prefix(size);
    return text;
  };
  Edit& told = edits_.emplace_back();
  told.rule = next(edit.rule.size());
  told.pointer = next(place.size() + edit.pointer.size());
  told.keyword = next(edit.keyword.size());
  told.before = next(edit.before.size());
  told.after = next(edit.after.size());
  told.loss = edit.loss;
  return told;
}

void EditList::reserve(std::size_t more) {
  if (const std::size_t needed = edits_.size() + more; edits_.capacity() < needed)
    edits_.reserve(std::max({needed, 2 * edits_.capacity(), std::size_t{32}}));
}

void EditList::append(const EditList& other) {
  reserve(other.size());
  for (const Edit& edit : other) add(edit);
}

}  // namespace dragoman::lower
