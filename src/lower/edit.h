// What lowering changed, told one by one: for people, for the journal, and for whoever keeps the promises
// that could not be told.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.h"

namespace dragoman::lower {

// What a change costs the client.
//   none      same meaning in other words (a renamed tool, `const` as a one-value enum)
//   widened   a constraint the provider cannot be told; kept and enforced on the answer
//   narrowed  the provider gets less freedom than the client gave (a clamped parameter, a required field)
//   semantic  something the client said does not arrive (an image, foreign reasoning)
enum class Loss : std::uint8_t { none, widened, narrowed, semantic };
inline constexpr int kLosses = 4;
std::string_view name(Loss loss);

// One change. Its text is the list's that it stands in; of a schema's edits, the arena's in which the schema
// was lowered.
struct Edit {
  std::string_view rule;     // id of the rule, as docs/providers lists it
  std::string_view pointer;  // JSON pointer into the client's request; "" for the whole
  std::string_view keyword;  // what was changed there: a parameter, a schema keyword, "name", "id" …
  std::string_view before;   // JSON text or a short description, cut to a readable length
  std::string_view after;
  Loss loss = Loss::none;
};

// Edits and all their text, which takes no allocation of its own for each: a request may have hundreds.
class EditList {
 public:
  EditList() = default;
  EditList(EditList&&) = default;
  EditList& operator=(EditList&&) = default;
  EditList(const EditList& other) { append(other); }
  EditList& operator=(const EditList& other) { return *this = EditList(other); }

  // A copy of it, its pointer below `place`.
  Edit& add(const Edit& edit, std::string_view place = {});
  // Room for so many more.
  void reserve(std::size_t more);
  // Text for an edit of this list.
  std::string_view keep(std::string_view text) { return text_.copy(text); }

  bool empty() const { return edits_.empty(); }
  std::size_t size() const { return edits_.size(); }
  auto begin() { return edits_.begin(); }
  auto end() { return edits_.end(); }
  auto begin() const { return edits_.begin(); }
  auto end() const { return edits_.end(); }
  Edit& operator[](std::size_t i) { return edits_[i]; }
  const Edit& operator[](std::size_t i) const { return edits_[i]; }
  Edit* data() { return edits_.data(); }  // with size(): as a span
  const Edit* data() const { return edits_.data(); }

 private:
  void append(const EditList& other);

  Arena text_{2048};
  std::vector<Edit> edits_;
};

}  // namespace dragoman::lower
