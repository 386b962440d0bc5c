// One check of one instance.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "lower/validate/equal.h"
#include "lower/validate/program.h"

namespace dragoman::validate {

class Run {
 public:
  Run(const Program& program, const ValidationLimits& limits, std::size_t max_violations)
      : program_(program), steps_(limits.steps), depth_left_(limits.depth), most_(max_violations) {}

  // Stops at the first violation and makes no text. `root`: the schema to check against.
  bool valid(json::Value instance, SchemaId root = 0);
  // All violations, with text. A fresh Run for each of the two.
  std::vector<Violation> report(json::Value instance, SchemaId root = 0);
  // Why a limit ended the check; nullptr if none did.
  const char* stopped() const;
  std::uint64_t steps_left() const { return steps_.left(); }

 private:
  // The way into the instance; lives on the stack.
  struct Path {
    const Path* up = nullptr;
    std::string_view key = {};
    std::size_t index = 0;
  };
  // The resources entered on the way, innermost first: the dynamic scope.
  struct Scope {
    const Scope* outer = nullptr;
    ResourceId resource = 0;
  };
  // Which members or items some schema has had a look at, by their index.
  struct Seen {
    std::vector<bool> bits;
    bool all = false;
    void mark(std::size_t index);
    bool has(std::size_t index) const { return all || (index < bits.size() && bits[index]); }
    void merge(const Seen& other);
  };
  struct Spot {
    json::Value instance;
    const Path* path;
    const Scope* scope;
    Seen* seen;  // nullptr: nobody asks
    Spot with(Seen* other) const { return {instance, path, scope, other}; }
  };

  bool begin(json::Value instance, SchemaId root);
  bool schema(SchemaId id, const Spot& spot);
  bool checks(const Schema& schema, const Spot& spot);
  bool check(const Schema& schema, const Check& check, const Spot& spot);
  bool child(SchemaId id, const Spot& spot, json::Value value, std::string_view key, std::size_t index);

  bool type(const Schema& at, const Check& check, const Spot& spot);
  bool enumeration(const Schema& at, const Check& check, const Spot& spot);
  bool bound(const Schema& at, const Check& check, const Spot& spot);
  bool length(const Schema& at, const Check& check, const Spot& spot);
  bool text(const Schema& at, const Check& check, const Spot& spot);
  bool size(const Schema& at, const Check& check, const Spot& spot);
  bool unique(const Schema& at, const Check& check, const Spot& spot);
  bool required(const Schema& at, const Check& check, const Spot& spot);
  bool dependent_required(const Schema& at, const Check& check, const Spot& spot);
  bool dependent_schemas(const Check& check, const Spot& spot);
  bool properties(const Schema& at, const Check& check, const Spot& spot);
  bool property_names(const Check& check, const Spot& spot);
  bool items(const Schema& at, const Check& check, const Spot& spot);
  bool contains(const Schema& at, const Check& check, const Spot& spot);
  bool all_of(const Check& check, const Spot& spot);
  bool any_of(const Schema& at, const Check& check, const Spot& spot);
  bool one_of(const Schema& at, const Check& check, const Spot& spot);
  bool negation(const Schema& at, const Check& check, const Spot& spot);
  bool condition(const Check& check, const Spot& spot);
  bool dynamic_reference(const Check& check, const Spot& spot);
  bool unevaluated(const Schema& at, const Check& check, const Spot& spot);

  // Whether the branch holds, its violations put into `found` instead of the report, what it saw into `seen`.
  struct Branch {
    bool valid = false;
    bool unsure = false;
    Seen seen;
    std::vector<Violation> found;
  };
  Branch branch(SchemaId id, const Spot& spot);
  void explain(const Schema& at, const Check& check, const Spot& spot, const std::vector<Branch>& branches);

  bool quiet() const { return out_ == nullptr; }
  bool done() const { return steps_.over() || too_deep_; }
  // Whether to go on after a failure: only for more violations.
  bool more() const { return !quiet() && out_->size() < most_ && !done(); }
  template <class Message>
  bool broken(const Schema& at, std::string_view keyword, const Spot& spot, Message&& message);
  static std::string pointer(const Path* path);

  const Program& program_;
  Steps steps_;
  std::size_t depth_left_;
  std::size_t most_;
  bool too_deep_ = false;
  bool unsure_ = false;  // something that is not enforced was passed over
  std::vector<Violation>* out_ = nullptr;
};

}  // namespace dragoman::validate
