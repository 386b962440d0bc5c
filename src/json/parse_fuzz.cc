// Whatever the bytes: no crash, and what parses is written out so that it parses to the same value, from its
// source bytes and built anew.
#include <cstdlib>
#include <string>
#include <vector>

#include "json/fault.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::json {
namespace {

// The same value, made of what the tree says of it: no source bytes are left but those of numbers.
Value rebuilt(Value value, const Builder& build) {
  switch (value.kind()) {
    case Kind::array: {
      std::vector<Value> items;
      for (const Value item : value.items()) items.push_back(rebuilt(item, build));
      return build.array(items);
    }
    case Kind::object: {
      std::vector<Member> members;
      for (const Member& member : value.members())
        members.push_back({member.key, rebuilt(member.value, build)});
      return build.object(members);
    }
    case Kind::string:
      return build.string(value.text());
    default:
      return value;
  }
}

// What an edited object is written as: each member's source bytes.
std::string by_members(Value object) {
  std::string out;
  for (const Member& member : object.members())
    out.append(out.empty() ? "{" : ",").append(member.raw_key).append(":").append(member.value.raw());
  return out + (out.empty() ? "{}" : "}");
}

}  // namespace
}  // namespace dragoman::json

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  Arena arena;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = json::parse(arena, text);
  const auto fault = json::find_fault(text);
  if (value && fault) std::abort();
  if (!value) return 0;
  const auto again = json::parse(arena, json::dump_compact(*value));
  if (!again || !json::equal(*value, *again)) std::abort();
  const auto pretty = json::parse(arena, json::dump_pretty(*value));
  // Pretty text nests no deeper, so it parses too.
  if (!pretty || !json::equal(*value, *pretty)) std::abort();
  const json::Builder build(arena);
  const std::string made = json::dump(json::rebuilt(*value, build));
  const auto third = json::parse(arena, made);
  if (!third || !json::equal(*value, *third)) std::abort();
  // Edited objects keep their members' bytes.
  if (value->is_object() && json::dump(build.object(value->members())) != json::by_members(*value))
    std::abort();
  return 0;
}
