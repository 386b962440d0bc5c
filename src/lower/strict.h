// Strict tools and strict output: what a schema must be before `strict` may be said (OAIS, ANTS, DS-12, CER),
// how optional properties get there, and what a provider's budgets count.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "json/value.h"
#include "profile/profile.h"

namespace dragoman::lower {

// Every property required, those that were optional nullable instead (OAIS-02).
struct AllRequired {
  json::Value schema;                          // the input itself when nothing was optional
  std::vector<const json::Node*> nulled = {};  // schemas in the result that take null for this only
  std::string names = {};                      // what was optional, for an edit
};
AllRequired require_all(json::Value schema, Arena& arena);

// CER-01: objects that list their properties and say nothing of others say that there are none; the input
// itself where none does.
json::Value close_objects(json::Value schema, Arena& arena);

// OAIS-07: branches of one anyOf do not begin with the same key. Reorders properties where that helps; keys
// stay in their order otherwise.
json::Value part_first_keys(json::Value schema, Arena& arena);

// What budgets count, of one schema.
struct StrictCost {
  std::int64_t depth = 0;       // objects and arrays inside each other
  std::int64_t properties = 0;  // of all objects
  std::int64_t characters = 0;  // of names of properties and definitions, of enum and const strings
  std::int64_t enum_values = 0;
  std::int64_t enum_characters = 0;  // of the largest string enum with more than 250 values
  std::int64_t optional = 0;         // properties that are not required
  std::int64_t unions = 0;           // properties with a list of types or an anyOf
};
StrictCost strict_cost(json::Value schema);

// Why a schema in a strict column's words is not strict all the same; "" when it is. `all_required` and
// `first_keys` are the mode's own conditions.
struct StrictRules {
  bool all_required = true;   // every property is required
  bool typed = false;         // no schema without a type (OAIS-09)
  bool first_keys = false;    // OAIS-07
  bool plain_unions = false;  // DS-12: no $ref in an anyOf, no list of types with object or array
};
std::string strict_fault(json::Value schema, const StrictRules& rules);

// Why something is not strict: the setting whose row says so, and words for an edit.
struct NotStrict {
  profile::Setting cause = profile::Setting::strict_column;
  std::string why;  // "" it may be strict
};

// A published limit on one schema that `cost` passes.
NotStrict over_budget(const StrictCost& cost, const profile::Profile& profile);
// The same of the limits over a whole request, for a schema that stands alone.
NotStrict over_totals(const StrictCost& cost, const profile::Profile& profile);

// What a schema lacks of `needs` (Setting::structured_needs), for people; "" when it has all:
//   members         every object names members of its own (PPLX-06, TGI-03)
//   required        every object requires one of them (COH-11, COH-12)
//   plain_patterns  no pattern has an anchor or a look-ahead (COH-11)
//   acyclic         it does not refer to itself (PPLX-06)
std::string_view unmet_need(json::Value schema, const std::vector<std::string>& needs);

// The properties of all its objects.
std::int64_t count_fields(json::Value schema);

struct Context;
// What holds for the strict tools of a request together (structured_needs, strict_fields_max): where it does
// not, none is strict. For pass_tools, which has made each tool legal.
void fit_strict_together(Context& c);

}  // namespace dragoman::lower
