// One schema for one target, whole: its words, its keys, its strictness, and the way back for the values that
// are made by it.
//
// A pure function of the schema's bytes and the options, so that its results can be kept: the edits' pointers
// are relative to the schema.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lower/argument_plan.h"
#include "lower/names.h"
#include "lower/schema.h"
#include "lower/schema_trim.h"
#include "lower/strict.h"
#include "lower/strict_walk.h"
#include "profile/profile.h"

namespace dragoman::lower {

struct SchemaOptions {
  SchemaTarget target;
  Alphabet keys;               // of property names
  std::string_view keys_rule;  // the row that says so
  bool strict = false;         // in the words of a strict mode, by `rules`
  bool close = false;          // strict: objects that say nothing of further properties are closed
  std::string_view close_rule;
  StrictRules rules;
  std::string_view strict_rule;
  std::string_view first_keys_rule;
};

// For property names; nullopt where any will do.
std::optional<NameJudge> judge_of_keys(const SchemaOptions& options);

// All its text is in the arena, or where the schema's is.
struct LoweredSchema {
  json::Value schema;
  bool unchanged = false;  // `schema` is the client's own
  std::span<const Edit> edits;
  std::shared_ptr<const WayBack> back;  // nullptr: values need no way back
  StrictCost cost;                      // of a strict schema
  std::string_view fault;               // strict only: why it cannot be; "" it is
  std::size_t steps = 0;                // that lowering took (kSchemaSteps)
  std::string_view too_costly;          // what it took more of than it may, for people; "" it did not
  std::string_view costly_at;           // JSON pointer into the schema
  bool lossless() const;                // nothing but edits of the class `none`
};

LoweredSchema lower_schema(json::Value schema, const SchemaOptions& options, Arena& arena);

// The same for many schemas, one after another, which share the room that each needs on its way.
class SchemaLowering {
 public:
  // `keys`: the options' judge_of_keys().
  SchemaLowering(const SchemaOptions& options, const NameJudge* keys, Arena& arena);
  SchemaLowering(const SchemaLowering&) = delete;
  LoweredSchema operator()(json::Value schema);

 private:
  const SchemaOptions& options_;
  const NameJudge* keys_;
  const Column& column_;
  Arena& arena_;
  std::optional<StrictWalk> strict_;
  Trimmer trimmer_;
  std::vector<Edit> edits_;
};

// For people: why kSchemaEdits refuses.
std::string too_many_edits();

// What a profile says about the schemas of tools and of output. `output`: of response formats.
SchemaOptions schema_options(const profile::Profile& profile, bool output, bool strict);

}  // namespace dragoman::lower
