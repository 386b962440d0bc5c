// A provider's path into what it was sent, in any of the notations in use, as steps that mean the same
// everywhere.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::json {

// One step down: a name, or an index counted from 0.
struct PathStep {
  std::string name;  // "" for an index
  int index = -1;    // -1 for a name
  bool ordinal =
      false;  // Gemini's properties[2].value: the index counts members of an object, not of an array

  bool is(std::string_view word) const;  // the name, without regard to case and to '_' between words
  bool operator==(const PathStep&) const = default;
};

// Reads `tools.14.custom.input_schema`, `tools[3].function.parameters`, `messages.[3].role`,
// `toolConfig.tools.22.member.toolSpec.name` (AWS's validator counts from one and says "member"),
// `request.tools[0].function_declarations[46].parameters.properties[2].value`,
// `#/toolConfig/tools/1/toolSpec`,
// `["body","messages",0]` and `['body', 'messages', 0]`, `In context=('properties', 'x')`. What stands before
// the first key ("body", "request", "GenerateContentRequest") is left out. Never fails: an empty text has no
// steps. Source: rejections' notations, docs/sources.md, "How refusals read".
std::vector<PathStep> read_path(std::string_view pointer);

}  // namespace dragoman::json
