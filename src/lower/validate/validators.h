// Compiled validators of the schemas clients send. Agents send the same tools with every turn: each schema is
// compiled once and found again by its bytes.
#pragma once
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/arena.h"
#include "base/error.h"
#include "json/value.h"
#include "lower/validate/validate.h"

namespace dragoman::validate {

// What an answer's check may cost: a few milliseconds at worst, some tens of microseconds as a rule.
inline constexpr ValidationLimits kAnswerLimits = {
    .schemas = 50'000, .patterns = 500, .pattern_program = 100'000, .depth = 256, .steps = 200'000};
inline constexpr std::size_t kAnswerSchemaValues = 200'000;  // of a schema's JSON, to be read at all

// A schema with its own copy of the bytes. Without a validator it cannot be compiled; `why` says so.
struct CompiledSchema {
  std::string text;
  Arena arena;
  json::Value schema;
  std::optional<Validator> validator;
  std::string why;
};

// As it stands in its document, or written where it stands in none.
std::string text_of(json::Value schema);

// Never fails: see CompiledSchema.
std::shared_ptr<const CompiledSchema> compile_schema(std::string_view text);

// Not thread-safe: one for each loop, or each test. What it hands out may outlive it.
class ValidatorCache {
 public:
  // `bytes`: of schema text that is kept; the least recently used goes first. A compiled schema takes about
  // ten times its text.
  explicit ValidatorCache(std::size_t bytes = std::size_t{4} << 20) : most_(bytes) {}

  std::shared_ptr<const CompiledSchema> get(json::Value schema);

  // For those who compile somewhere else. What is too large to be kept is had, too: get() makes it anew.
  bool has(json::Value schema) const;
  void put(std::shared_ptr<const CompiledSchema> compiled);

  std::size_t size() const { return found_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  using Order = std::list<std::shared_ptr<const CompiledSchema>>;
  std::size_t most_;
  std::size_t bytes_ = 0;
  Order order_;                                                  // the latest used in front
  std::unordered_map<std::string_view, Order::iterator> found_;  // keys are the entries' own texts
};

}  // namespace dragoman::validate
