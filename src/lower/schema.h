// JSON Schema rewriting: from what the client wrote to what a target takes, keeping the meaning where the
// target can express it and recording what it cannot.
#pragma once
#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "json/value.h"
#include "lower/lower.h"

namespace dragoman::lower {

// What a target takes, from its profile.
struct SchemaTarget {
  std::string_view column;                 // of data/schema_keywords.csv; "" : every keyword passes
  std::span<const std::string> root_keys;  // only these at the root; empty: any
  bool root_composition = false;           // anyOf/oneOf/allOf/enum/const/not may stand at the root
  bool object_root = true;  // GEN-07: the root is {"type":"object","properties":{…}} (tool parameters)
  // Of output schemas with an object root: a root with a choice in it is wrapped rather than flattened, which
  // loses nothing, since the answer is unwrapped.
  bool wrap_choices = false;
  // What loses something is of no use: nobody will send it, and it is not looked at to the end.
  bool lossless = false;
  // For tests: no schema is taken for plain at a look (schema_plain.h).
  bool every_step = false;
};

// What rewriting one schema may cost, in steps: one for each schema looked at and each of its keywords, and
// one for every 16 bytes of data that inlining copies. What goes beyond would be sent in some 16 MiB or more.
inline constexpr std::size_t kSchemaSteps = 1'000'000;
inline constexpr std::size_t kToolSteps = 4'000'000;  // of all tools of a request
// How often a schema is looked at, at most, until nothing is left to do.
inline constexpr int kSchemaLooks = 4;
// How many edits the schemas of a request may need. Each is kept, shown and written to the journal, with up
// to a kilobyte of text: a client of a few megabytes must not make hundreds of them.
inline constexpr std::size_t kSchemaEdits = 20'000;

using EditSink = std::function<void(const Edit&)>;

// The schema to send. `schema` absent or null means "no parameters": an empty object schema when object_root.
// `pointer` is where the schema stands in the client's request; edits point below it. Deterministic: the same
// schema gives the same bytes; a schema that needs no change is returned as it is, with its source bytes.
json::Value rewrite_schema(json::Value schema, const SchemaTarget& target, std::string_view pointer,
                           Arena& arena, const EditSink& edit);

// The same with what the way back has to know.
struct Rewritten {
  json::Value schema;
  bool wrapped = false;      // the client's root is the property kWrapped of this one
  bool closed_maps = false;  // an object of any members had to be closed: nothing but `{}` fits it now
  std::size_t steps = 0;     // of the costliest look
  std::vector<Edit> edits = {};
  // Where the steps or the edits ran out, as a pointer below `pointer`; the schema must not be sent then.
  std::optional<std::string> too_costly = {};
  bool too_many_edits = false;  // it was those
};
Rewritten rewrite(json::Value schema, const SchemaTarget& target, std::string_view pointer, Arena& arena);

// One look of the same, at a schema inside another, where nothing refers to or from it and the schemas around
// it need no step. `depth`: levels of JSON below the root.
struct RewrittenPart {
  json::Value schema;
  std::vector<Edit> edits = {};  // below `pointer`
  std::size_t steps = 0;
  std::size_t added = 0;  // schemas that distributing made (Rewriter)
};
// `again`: it is what an earlier look made. nullopt: it has to be seen with what is around it.
std::optional<RewrittenPart> rewrite_part(json::Value schema, const SchemaTarget& target, bool again,
                                          int depth, std::string_view pointer, Arena& arena);

// The longest part of `pointer` that leads somewhere in the schema as the client wrote it.
std::string_view nearest_written(json::Value schema, std::string_view pointer);

}  // namespace dragoman::lower
