// A strict mode's own conditions, seen to in the one walk that schema_trim.h takes through a schema in which
// little is to be done: the same as close_objects(), require_all(), strict_fault() and strict_cost() come to
// with a walk each (strict.h).
#pragma once
#include <memory_resource>
#include <string>
#include <vector>

#include "json/value.h"
#include "lower/schema_plain.h"
#include "lower/strict.h"

namespace dragoman::lower {

class StrictWalk {
 public:
  using Told = PlainJudge::Told;
  using Members = std::pmr::vector<json::Member>;

  // `close`: objects that say nothing of further properties are closed.
  StrictWalk(const StrictRules& rules, bool close, Arena& arena)
      : rules_(rules), close_(close), build_(arena) {}

  // What is known of all schemas that stand in one.
  struct Inside {
    int nests = 0;             // objects and arrays inside each other
    bool null_branch = false;  // a branch takes null
    bool optional = false;     // a property is not required
  };
  // What is known of a schema that was walked.
  struct Seen {
    int nests = 0;
    bool takes_null = false;
    bool has_union = false;  // a list of types, or an anyOf
    bool made_null = false;  // it takes null for our sake
  };
  // What becomes of a schema beyond what is left out.
  struct Changes {
    bool closed = false, required = false, null = false;
    explicit operator bool() const { return closed || required || null; }
  };
  // Of the next schema nothing is known.
  void begin();
  // False: for the steps.
  bool takes(const Told& told) const;
  bool is_optional(const Told& told, std::string_view key, std::size_t at) const;
  // All of a property's schema has been walked.
  void property(std::string_view key, json::Value made, bool optional, const Seen& seen);
  // All properties of an object have.
  void properties(const Told& told);
  // All that stands in a schema has. `optional`: it is of a property that its object does not require.
  Changes see(const Told& told, bool optional, const Inside& inside, Seen& seen);
  // Makes them of the members from `first` on.
  void make(Changes changes, const Told& told, Members& members, std::size_t first);

  // All of the root has been walked.
  void finish(json::Value schema, const Seen& seen);

  // The root lost something after it was seen.
  void doubt() { doubt_ = true; }

  struct Outcome {
    StrictCost cost = {};
    std::string fault = {};  // "" it is strict
    std::vector<const json::Node*> nulled = {};
    std::string names = {};  // as AllRequired::names
    bool closed = false;     // an object was
  };
  const Outcome& outcome() const { return out_; }

 private:
  json::Value required(const Told& told);
  void count_values(const Told& told, bool null);

  const StrictRules& rules_;
  bool close_;
  json::Builder build_;
  Outcome out_;
  std::vector<json::Value> list_;  // being put together
  bool doubt_ = false;             // perhaps not strict: strict_fault() knows, and says why
};

}  // namespace dragoman::lower
