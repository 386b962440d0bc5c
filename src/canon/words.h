// Text that remembers how it was written. Most text goes from the client's body to the provider's untouched:
// its source bytes are copied then, escapes and all, and never decoded.
#pragma once
#include <string_view>

#include "json/value.h"
#include "json/write.h"

namespace dragoman::canon {

// A view, as cheap to copy as one. Either loose text or a JSON string; valid as long as what it was made
// from.
class Words {
 public:
  constexpr Words() = default;
  constexpr Words(std::string_view text) : text_(text) {}  // NOLINT: text is words
  constexpr Words(const char* text) : text_(text) {}       // NOLINT
  explicit Words(json::Value string) : value_(string) {}

  // Decodes on first use when there are escapes.
  std::string_view view() const { return value_ ? value_.text() : text_; }
  operator std::string_view() const { return view(); }  // NOLINT
  bool empty() const { return value_ ? value_.raw() == "\"\"" || value_.text().empty() : text_.empty(); }
  std::size_t size() const { return view().size(); }

  // Empty or white space only; looks at as few characters as it takes.
  bool blank() const;

  void write(json::Writer& writer) const {
    if (value_)
      writer.value(value_);
    else
      writer.string(text_);
  }

  friend bool operator==(const Words& a, std::string_view b) { return a.view() == b; }

 private:
  std::string_view text_ = {};
  json::Value value_ = {};
};

}  // namespace dragoman::canon
