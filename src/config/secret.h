// A value that must not be seen. It can be compared and used, but no stream, formatter or dump knows it.
#pragma once
#include <string>
#include <utility>

namespace dragoman::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  bool empty() const { return text_.empty(); }
  // The secret itself: for a request's header and for the list of texts to redact, nothing else.
  const std::string& reveal() const { return text_; }
  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

// fmt and streams: refused at compile time.
template <class Stream>
Stream& operator<<(Stream&, const Secret&) = delete;
std::string format_as(const Secret&) = delete;

}  // namespace dragoman::config
