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
  const std::size_t size = edit.rule.size() + place.size() + edit.pointer.size() + edit.keyword.size() +
                           edit.before.size() + edit.after.size();
  char* to = size ? text_.characters(size) : nullptr;
  const auto put = [&to](std::string_view text) {
    char* const from = to;
    to = std::ranges::copy(text, to).out;
    return std::string_view(from, text.size());
  };
  Edit& told = edits_.emplace_back();
  told.rule = put(edit.rule);
  const std::string_view upper = put(place);
  told.pointer = {upper.data(), upper.size() + put(edit.pointer).size()};
  told.keyword = put(edit.keyword);
  told.before = put(edit.before);
  told.after = put(edit.after);
  told.loss = edit.loss;
  return told;
}

void EditList::reserve(std::size_t more) {
  if (const std::size_t needed = edits_.size() + more; edits_.capacity() < needed)
    edits_.reserve(std::max(needed, 2 * edits_.capacity()));
}

void EditList::append(const EditList& other) {
  reserve(other.size());
  for (const Edit& edit : other) add(edit);
}

}  // namespace dragoman::lower
