// The walk over one schema document. Private to schema*.cc; the interface is schema.h.
//
// Every schema is taken through the same steps, in the order of walk_object(): references, allOf, the
// meta-schema, older spellings, types, enums, bounds, arrays, branches, what the target refuses, what it
// insists on. A step reads the column's cells and the few traits beside them; no step knows a provider by
// name.
//
// When a keyword is not `ok`:
//   a spelling with the same meaning that is `ok` exists   it is used, whatever the cell (const → enum)
//   reject, otherwise                                      the nearest wider constraint, or none; what is
//   lost is
//                                                          said in the description, for the model to read
//   unknown, otherwise                                     left out where that changes no meaning, else left
//   ignore, otherwise                                      left as it is, without an edit: what an ignored
//   constraint
//                                                          costs is known when answers are held against the
//                                                          client's own schema
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "json/value.h"
#include "lower/schema.h"
#include "lower/schema_draft.h"
#include "lower/schema_keywords.h"
#include "lower/schema_merge.h"
#include "lower/schema_refs.h"
#include "lower/schema_report.h"

namespace dragoman::lower {

// Levels of JSON that a schema may be deep when it is sent; deeper schemas become unconstrained. With what a
// wire puts around it that is what readers of JSON take: 256 levels are as many as this one does.
inline constexpr int kSchemaDepth = 244;
inline constexpr int kUnroll = 3;             // how often a definition may stand inside itself once inlined
inline constexpr int kInlineBudget = 20'000;  // schemas that inlining and distributing may add

// Which references may stay; each attempt keeps fewer (schema.cc).
enum class Keep : std::uint8_t { all, definitions_only, none };

class RootBranches;

class Rewriter {
 public:
  // `settled`: what still has the client's bytes has been looked at, and would come out as it is again; only
  // where no reference can lead to something that has changed meanwhile.
  Rewriter(json::Value root, const SchemaTarget& target, const Column& column, Keep keep, bool settled,
           Arena& arena, Reporter& reporter);

  json::Value run();
  json::Value run_below(int depth) { return walk(root_, nullptr, depth); }  // of a root that stands in others
  // Every reference that was kept leads somewhere in `result`.
  bool references_hold(json::Value result) const;
  bool refers() const { return refers_; }  // a reference was met
  bool wrapped() const { return wrapped_; }
  bool closed_maps() const { return closed_maps_; }
  std::size_t steps() const { return steps_; }
  std::size_t added() const { return added_; }
  const std::optional<std::string>& too_costly() const { return too_costly_; }

 private:
  // What a node's steps share.
  struct Node {
    Draft draft;
    Place place;
    int depth = 0;  // in levels of JSON
    bool root = false;
    bool again = false;  // a step brought in keywords that have not been through the earlier ones
    std::vector<std::string> guidance = {};
  };

  // schema.cc
  json::Value walk(json::Value schema, const Place* up, int depth);  // absent: nothing may stand there
  json::Value walk_boolean(json::Value schema, Place& place, int depth);
  json::Value finish(Node& n);
  void children(Node& n);
  void turned_around(Node& n, const Keyword& keyword, json::Value was);
  json::Value child(Node& n, const Keyword& keyword, json::Value value);
  json::Value child_map(Node& n, const Keyword& keyword, json::Value map);
  json::Value child_list(Node& n, const Keyword& keyword, json::Value list);
  void guide(Node& n);
  void guide_with(Node& n, std::string_view keyword, json::Value value);
  void note(Node& n, Row row, std::string_view keyword, json::Value before, json::Value after, Loss loss) {
    reporter_.edit(n.place, row, keyword, before, after, loss);
  }
  // A spelling without loss should replace `row`.
  bool better(Row row, Row replacement) const;
  // Refused, or never tried: to be said in another way where there is one without loss.
  bool doubtful(Row row) const { return column_.rejects(row) || column_[row] == Cell::unknown; }
  bool budget(std::size_t more);
  // False when the steps have run out; the rest is left as it is and the result is of no use.
  bool afford(const Place& at, std::span<const json::Member> members);
  bool recursive();  // some schema contains itself
  json::Value text(std::string_view literal) const { return build_.string(literal); }
  json::Value object(std::initializer_list<json::Member> members) const {
    return build_.object(std::span(members.begin(), members.size()));
  }

  // schema_root.cc
  json::Value empty_root(json::Value was);
  void shape_root(Node& n);
  bool open_branches(json::Value branch, int depth, std::vector<std::pair<json::Value, int>>& open);
  RootBranches read_branches(Node& n, json::Value list);
  bool join_root_branches(Node& n, std::string_view keyword);
  void wrap_root(Node& n);
  void trim_root(Node& n);
  void rename_definitions(Node& n);

  // schema_compose.cc
  void references(Node& n, bool must_inline);
  bool keep_reference(Node& n, json::Value ref);
  bool cut_recursion(const Node& n, json::Value target) const;
  void enter(Node& n, json::Value target);
  void expand(Node& n, json::Value branch, Conjunction& all, std::unordered_set<const json::Node*>& seen,
              int depth);
  void merge_all_of(Node& n, bool force);
  void one_of(Node& n);
  void distribute(Node& n, bool force);

  // schema_shape.cc: the meta-schema and older spellings
  void valid_kinds(Node& n);
  void never(Node& n);
  void lift_required(Node& n);
  void split_dependencies(Node& n);
  void tuples(Node& n);
  void exclusive_bound(Node& n, bool minimum);

  // schema_types.cc
  void type_names(Node& n);
  void nullables(Node& n);
  void type_lists(Node& n);
  bool split_types(Node& n, std::span<const json::Value> types);
  void enums(Node& n);
  void blank_values(Node& n);
  void split_enum(Node& n, bool keep_values);
  void missing_type(Node& n);
  json::Value any_branches(bool& complete) const;

  // schema_limits.cc: what the target refuses, and what it insists on
  void refuse_keywords(Node& n);
  void leans_on(Node& n, std::string_view gone, json::Value was);
  bool drop_unknown(Node& n, std::size_t i);
  void own_keywords(Node& n);
  void closed_objects(Node& n);
  void bare_arrays(Node& n);
  bool counts_properties(const Place& place) const;
  void name_required(Node& n);
  void empty_objects(Node& n);
  void known_required(Node& n);

  const SchemaTarget& target_;
  const Column& column_;
  Keep keep_;
  bool settled_;
  json::Builder build_;
  Reporter& reporter_;
  References refs_;
  json::Value root_;
  bool inline_all_ = false;          // no reference may stay
  bool rename_definitions_ = false;  // `definitions` becomes `$defs`
  std::optional<bool> recursive_;
  bool refers_ = false;
  bool wrapped_ = false;      // the client's root stands below a property
  bool closed_maps_ = false;  // an object of any members was closed
  std::size_t steps_ = 0;
  std::optional<std::string> too_costly_;
  std::size_t added_ = 0;                               // schemas made by inlining and distributing
  std::unordered_map<const json::Node*, int> on_path_;  // how often each definition stands around this schema
  std::vector<std::string_view> kept_;                  // references in the result
};

// The types a node may have, by its keywords; "" for keywords of no type or of several.
std::string_view type_of_keywords(const Draft& draft);
// The type a keyword is about; "" for one about all.
std::string_view type_of_keyword(std::string_view keyword);
std::string_view type_of_value(json::Value value);  // "integer" for 3
bool names_type(json::Value type, std::string_view name);
bool is_type_name(std::string_view name);

}  // namespace dragoman::lower
