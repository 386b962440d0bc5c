// Lowered schemas, kept: agents send the same tools with every turn, to the same few targets. Lowering stays
// a pure function; what it is handed here only saves it the work of coming to the same result again.
#pragma once
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/arena.h"
#include "json/value.h"
#include "lower/tool_schema.h"

namespace dragoman::lower {

struct Context;

// Not thread-safe: one for each loop.
class SchemaCache {
 public:
  // `bytes` of memory, about: schemas, what they became, and the way back. The least recently used goes
  // first. Text would be no measure: a short schema full of references may become a long one.
  explicit SchemaCache(std::size_t bytes = std::size_t{32} << 20) : most_(bytes) {}

  struct Entry {
    std::string key;   // every option and the schema's bytes
    std::string text;  // the schema
    Arena arena{1024};
    json::Value schema;
    LoweredSchema lowered;
    std::size_t bytes = 0;
  };
  // By the schema's very bytes and all options. The result's values live as long as the entry.
  std::shared_ptr<const Entry> get(json::Value schema, const SchemaOptions& options);

  std::size_t size() const { return found_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  using Order = std::list<std::shared_ptr<const Entry>>;
  std::size_t most_;
  std::size_t bytes_ = 0;
  Order order_;  // the latest used in front
  std::unordered_map<std::string_view, Order::iterator> found_;
};

// lower_schema() through the context's cache, if it has one.
LoweredSchema lower_schema(Context& c, json::Value schema, const SchemaOptions& options);

}  // namespace dragoman::lower
