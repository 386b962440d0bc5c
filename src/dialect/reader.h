// Reading a client's body field by field, with errors that say where and what was expected. Shared by the dialects'
// parsers; a parser is then a list of reads and one check for a failure at the end.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/error.h"
#include "json/value.h"

namespace dragoman::dialect {

// Collects the first failure; later reads go on with neutral values, so that parsers need no check after each.
class Reader {
 public:
  explicit Reader(Arena& arena) : arena_(&arena) {}

  // Records a failure unless there is one already. `pointer` is copied.
  void fail(std::string_view pointer, std::string message);
  bool failed() const { return error_.has_value(); }
  Error take_error() { return *std::move(error_); }

  // Type checks: true when the value is of the kind. Absent and null are reported only when `required`.
  bool is_string(json::Value v, std::string_view pointer, bool required = false);
  bool is_bool(json::Value v, std::string_view pointer, bool required = false);
  bool is_number(json::Value v, std::string_view pointer, bool required = false);
  bool is_integer(json::Value v, std::string_view pointer, bool required = false);
  bool is_array(json::Value v, std::string_view pointer, bool required = false);
  bool is_object(json::Value v, std::string_view pointer, bool required = false);

  std::string_view string(json::Value v, std::string_view pointer, bool required = false) {
    return is_string(v, pointer, required) ? v.text() : std::string_view();
  }

  // Pointers, in the arena.
  std::string_view at(std::string_view base, std::string_view key);
  std::string_view at(std::string_view base, std::size_t index);

  Arena& arena() { return *arena_; }

 private:
  bool is(json::Value v, json::Kind kind, std::string_view pointer, bool required);

  Arena* arena_;
  std::optional<Error> error_;
};

}  // namespace dragoman::dialect
