// Lowered schemas, kept: agents send the same tools with every turn, to the same few targets. Lowering stays
// a pure function; what it is handed here only saves it the work of coming to the same result again.
//
// What was seen once is remembered by a hash and can be kept from the second time on: keeping costs more than
// lowering most schemas, and one that never comes again pushes no other out. No request pays for keeping more
// than some of its schemas (lower_schema() below).
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/arena.h"
#include "json/value.h"
#include "lower/tool_schema.h"

namespace dragoman::lower {

struct Context;

// Options with the text that stands for them in the cache's keys: made once for all schemas of a request.
struct KeyedOptions {
  KeyedOptions(const SchemaOptions& given);  // NOLINT(google-explicit-constructor): the same, ready for use
  SchemaOptions options;
  std::string key;
  std::uint64_t hash;  // of the key
  std::optional<NameJudge> judge;
  const NameJudge* keys() const { return judge ? &*judge : nullptr; }
};

// Hashes met of late: some thousands, then it forgets them all. Of each it keeps a part, so that they stay in
// the nearest of the processor's caches; two that share it are taken for one, which costs a schema its wait.
class MetOfLate {
 public:
  enum class Known : std::uint8_t { nothing, met, kept };
  Known meet(std::uint64_t hash);  // what was known of it until now
  void keep(std::uint64_t hash);   // it is kept from now on

 private:
  static constexpr std::size_t kMost = 4096, kSlots = 2 * kMost;
  static constexpr std::uint32_t kKept = 1;  // in a slot, beside the part of the hash
  static std::uint32_t part(std::uint64_t hash);
  std::uint32_t& slot(std::uint64_t hash);  // its own, or the one it would take

  std::vector<std::uint32_t> slots_;  // open addressing; 0 is empty
  std::size_t count_ = 0;
};

// Not thread-safe: one for each loop.
class SchemaCache {
 public:
  // `bytes` of memory, about: schemas, what they became, and the way back. The least recently used goes
  // first. Text would be no measure: a short schema full of references may become a long one.
  explicit SchemaCache(std::size_t bytes = std::size_t{32} << 20) : most_(bytes) {}

  struct Entry {
    std::uint64_t hash = 0;
    std::string options;  // KeyedOptions::key
    std::string text;     // the schema
    Arena arena{1024};
    LoweredSchema lowered;  // its schema absent where it is the client's own
    std::size_t bytes = 0;
  };
  // The schema's very bytes and all options, by view.
  struct Key {
    std::uint64_t hash;
    std::string_view options, text;
    bool operator==(const Key&) const = default;
  };
  Key key(json::Value schema, const KeyedOptions& options) const;
  // nullptr for what is not kept. The result's values live as long as the entry.
  std::shared_ptr<const Entry> find(const Key& key);
  // What it remembers of it, which is found sooner than what it kept of it.
  MetOfLate::Known meet(const Key& key) { return met_.meet(key.hash); }
  // `made`: what the schema became. nullptr where it cannot be kept, or is too large.
  std::shared_ptr<const Entry> keep(const Key& key, const KeyedOptions& options, const LoweredSchema& made);

  std::size_t size() const { return found_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct KeyHash {
    std::size_t operator()(const Key& key) const { return key.hash; }
  };
  void add(std::shared_ptr<const Entry> entry);

  using Order = std::list<std::shared_ptr<const Entry>>;
  std::size_t most_;
  std::size_t bytes_ = 0;
  Order order_;                                              // the latest used in front
  std::unordered_map<Key, Order::iterator, KeyHash> found_;  // views of the entries' own
  MetOfLate met_;
};

// Kept by the cache, shared, for copies of its edits cost more than finding it; or made for this request.
struct SharedSchema {
  std::shared_ptr<const LoweredSchema> kept = {};
  std::optional<LoweredSchema> own = {};

  explicit operator bool() const { return own || kept; }
  const LoweredSchema* operator->() const { return own ? &*own : kept.get(); }
  const LoweredSchema& operator*() const { return *operator->(); }
};

// What the context's cache has of it, if it has one; else lowered, by `lowering`, which is of the same
// options. Of what comes again the request keeps some: one schema that was changed, or two that were not; of
// more than 20 tools more, in proportion.
SharedSchema lower_schema(Context& c, json::Value schema, const KeyedOptions& options,
                          SchemaLowering& lowering);
SharedSchema lower_schema(Context& c, json::Value schema, const KeyedOptions& options);

// What to send in the place of the client's schema.
json::Value sent(const LoweredSchema& lowered, json::Value client);
// The way back, which keeps what it points to but for what stands in the request's arena.
std::shared_ptr<const WayBack> back_of(const SharedSchema& lowered);
// What the target's rows cite for a rule, looked up once for all the edits of a request.
class Cites {
 public:
  explicit Cites(const profile::Profile& profile) : profile_(profile) {}
  std::string_view of(std::string_view rule);

 private:
  const profile::Profile& profile_;
  std::vector<std::pair<std::string_view, std::string_view>> known_;
};

// Its edits, told of the schema at `place`; and that it cannot be sent, if so.
void report(Context& c, const LoweredSchema& lowered, std::string_view place, Cites& cites);

}  // namespace dragoman::lower
