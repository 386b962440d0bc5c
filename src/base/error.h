// Expected failures as values. Exceptions are for bugs and for libraries that insist on them.
#pragma once
#include <expected>
#include <string>
#include <utility>

namespace dragoman {

// A failure a person will read. `pointer` is an RFC 6901 JSON pointer into the document at fault, "" for its
// root or where there is no document; `message` says what was found and what was expected, without a final
// dot.
struct Error {
  std::string message;
  std::string pointer;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(std::string message, std::string pointer = {}) {
  return std::unexpected(Error{std::move(message), std::move(pointer)});
}

}  // namespace dragoman
