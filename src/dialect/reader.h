// Reading a client's body field by field, with errors that say where and what was expected. Shared by the
// dialects' parsers; a parser is then a list of reads and one check for a failure at the end.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/error.h"
#include "canon/request.h"
#include "json/value.h"

namespace dragoman::dialect {

// Is this extra a member of the known object that `prefix` ("metadata.") names, or a key that merely looks
// so? The pointer of the latter ends in the whole key.
inline bool nested(const canon::Extra& extra, std::string_view prefix) {
  if (!extra.key.starts_with(prefix)) return false;
  const std::string token = json::escape_pointer_token(extra.key);
  return !(extra.pointer.ends_with(token) && extra.pointer.size() > token.size() &&
           extra.pointer[extra.pointer.size() - token.size() - 1] == '/');
}

// Collects the first failure; later reads go on with neutral values, so that parsers need no check after
// each.
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

  // A member of `object`, if it is of that kind; otherwise absent (null counts as absent). Pointers are built
  // only for failures.
  json::Value member(json::Value object, std::string_view base, std::string_view key, json::Kind kind,
                     bool required = false);
  // The schema of a tool's arguments: an object, or true, which says that any object will do. With false
  // nobody could ever call the tool, which is a failure.
  json::Value schema(json::Value object, std::string_view base, std::string_view key, bool required = false);
  std::string_view text(json::Value object, std::string_view base, std::string_view key,
                        bool required = false) {
    return member(object, base, key, json::Kind::string, required).text();
  }
  // The name of the model in `body`, which must have one.
  std::string_view model(json::Value body);
  // One of a closed set of words; anything else is a failure that lists them. "" when absent.
  std::string_view word(json::Value object, std::string_view base, std::string_view key,
                        std::span<const std::string_view> words, bool required = false);

  // The members of `object` that are not in `known`, each with its pointer; `prefix` goes before the key.
  void unknown(json::Value object, std::string_view base, std::span<const std::string_view> known,
               std::vector<canon::Extra>& out, std::string_view prefix = {});

  // {"type":"ephemeral","ttl":…}: Anthropic's marker, which routers take in the OpenAI dialect too.
  canon::CacheMarker cache_marker(json::Value owner, std::string_view base,
                                  std::string_view key = "cache_control");

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
