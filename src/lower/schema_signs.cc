#include "lower/schema_signs.h"

#include <array>
#include <unordered_set>
#include <vector>

#include "lower/schema_keywords.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

RootNamed how_root_is_named(Value root, References& refs) {
  struct Place {
    Value schema;
    bool as_it_is, turned;
  };
  std::array<std::unordered_set<const json::Node*>, 2> seen;  // by sign
  std::vector<Place> open = {{root, true, false}};
  std::vector<Value> below;
  RootNamed out;
  while (!open.empty()) {
    Place at = open.back();
    open.pop_back();
    if (!at.schema.is_object()) continue;
    at.as_it_is = at.as_it_is && seen[0].insert(at.schema.node()).second;
    at.turned = at.turned && seen[1].insert(at.schema.node()).second;
    if (!at.as_it_is && !at.turned) continue;
    for (const std::string_view key : {"$ref", "$dynamicRef", "$recursiveRef"}) {
      const Value ref = at.schema[key];
      const Value named = ref.is_string() ? refs.resolve(ref.text()) : Value();
      if (!named) continue;
      if (named.node() == root.node()) {
        out.as_it_is = out.as_it_is || at.as_it_is;
        out.turned = out.turned || at.turned;
      } else {
        open.push_back({named, at.as_it_is, at.turned});
      }
    }
    for (const Member& member : at.schema.members()) {
      const Keyword* keyword = find_keyword(member.key);
      if (!keyword || keyword->holds == Holds::data) continue;
      if (keyword->row == Row::defs || keyword->row == Row::definitions) continue;  // where they are named
      below.clear();
      append_subschemas(member, below);
      const bool either = member.key == "if" || keyword->row == Row::one_of ||
                          (keyword->row == Row::contains && at.schema["maxContains"]);
      const bool around = keyword->row == Row::negation;
      for (const Value schema : below)
        open.push_back({schema, either || (around ? at.turned : at.as_it_is),
                        either || (around ? at.as_it_is : at.turned)});
    }
  }
  return out;
}

}  // namespace dragoman::lower
