// Functions inside a namespace, as OpenAI Responses has them and Codex sends an MCP server's tools:
//   {"type":"namespace","name":"mcp__fs","description",…,"tools":[{"type":"function","name":"read",…}]}
// A call of one is a function_call with `name` "read" and `namespace` "mcp__fs". Everywhere else it is a tool
// like any other, whose canonical name holds both words, with a character between them that no name has.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace dragoman::dialect {

inline constexpr char kSpaceEnd = '\x1f';  // ASCII's unit separator

struct SpacedName {
  std::string_view space;  // "" for a tool that stands in no namespace
  std::string_view name;
};

inline SpacedName split_space(std::string_view name) {
  const std::size_t at = name.find(kSpaceEnd);
  if (at == std::string_view::npos) return {{}, name};
  return {name.substr(0, at), name.substr(at + 1)};
}

inline std::string join_space(std::string_view space, std::string_view name) {
  return space.empty() ? std::string(name) : fmt::format("{}{}{}", space, kSpaceEnd, name);
}

// One word for a target that has no namespaces, as MCP clients spell it. Not injective: "a"/"b__c" and
// "a__b"/"c" are the same word.
inline std::string flat_name(const SpacedName& name) {
  if (name.space.empty()) return std::string(name.name);
  return fmt::format("{}{}{}", name.space, name.space.ends_with("__") ? "" : "__", name.name);
}

// For people: "mcp__fs.read".
inline std::string shown_name(std::string_view name) {
  const SpacedName parts = split_space(name);
  return parts.space.empty() ? std::string(name) : fmt::format("{}.{}", parts.space, parts.name);
}

// Where the namespace of a tool stands ("/tools/3" for the pointer "/tools/3/tools/0"); "" for a tool in
// none.
inline std::string_view space_pointer(std::string_view tool_pointer) {
  const std::size_t at = tool_pointer.rfind("/tools/");
  return at == std::string_view::npos ? std::string_view() : tool_pointer.substr(0, at);
}

}  // namespace dragoman::dialect
