// Keeps the edits of one schema rewriting: each with the place in the client's request it is about, none
// twice.
#pragma once
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "json/value.h"
#include "lower/lower.h"
#include "lower/schema.h"
#include "lower/schema_keywords.h"

namespace dragoman::lower {

// A schema being rewritten and the ones around it.
struct Place {
  json::Value source;         // what the client wrote; something made on the way has no place of its own
  const Place* up = nullptr;  // the schema it stands in
  bool inlined = false;       // reached through a reference that was replaced by what it names
  bool turned = false;  // inside a `not` or an `if`: what is taken away here adds to the values that fit
  std::vector<const json::Node*> expanded = {};  // what references named that were replaced in this node
};

// Values as edits show them: compact JSON, cut where it is long; an absent one as nothing.
class Shown {
 public:
  explicit Shown(Arena& arena) : arena_(arena) {}
  // The value's own text, or in the arena.
  std::string_view of(json::Value value);

 private:
  Arena& arena_;
  std::string room_;  // that each is written in, one after another
};

class Reporter {
 public:
  // `until_loss`: once something is lost, only that it was is of interest. `arena`: for the edits' text.
  Reporter(json::Value root, std::string_view pointer, const Column& column, bool until_loss, Arena& arena)
      : root_(root),
        pointer_(pointer),
        column_(column),
        until_loss_(until_loss),
        arena_(arena),
        shown_(arena) {}
  Reporter(const Reporter&) = delete;

  // `before` and `after` are shown as JSON, absent as nothing.
  void edit(const Place& at, Row row, std::string_view keyword, json::Value before, json::Value after,
            Loss loss);
  // `made` is what became of the client's `source`: edits in it point there.
  void stands_for(json::Value made, json::Value source) {
    copies_.insert_or_assign(made.node(), source.node());
  }
  // How many edits so far cost something; those told twice count twice.
  std::size_t losses() const { return losses_; }
  std::string locate(const Place& at);
  bool lost() const { return lost_; }
  // There are more than kSchemaEdits; those after them are not kept.
  bool overflows() const { return edits_.size() > kSchemaEdits; }
  const Edit& last() const { return edits_.back(); }
  void clear();
  std::vector<Edit> take();  // gives them away

 private:
  void index();
  bool step(std::string& pointer, const Place& at) const;
  bool told_before();

  struct Step {
    const json::Node* up;
    std::string_view key;  // of an object, else
    std::size_t index;     // of an array
    bool in_array;
  };

  // Edits by their number.
  struct Hash {
    const std::vector<Edit>* edits;
    std::size_t operator()(std::size_t i) const;
  };
  struct Same {
    const std::vector<Edit>* edits;
    bool operator()(std::size_t i, std::size_t j) const;
  };

  json::Value root_;
  std::string pointer_;
  const Column& column_;
  bool until_loss_;
  Arena& arena_;
  Shown shown_;
  bool lost_ = false;
  int steps_left_ = 32;  // places to be found without an index; for more it is worth its making
  std::pmr::monotonic_buffer_resource memory_;                        // of steps_, which only grows
  std::pmr::unordered_map<const json::Node*, Step> steps_{&memory_};  // made for the first edit
  std::unordered_map<const json::Node*, const json::Node*> copies_;
  std::size_t losses_ = 0;
  std::vector<Edit> edits_;
  std::unordered_set<std::size_t, Hash, Same> seen_{0, Hash{&edits_}, Same{&edits_}};
};

}  // namespace dragoman::lower
