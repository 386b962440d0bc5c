// Google's JSON names. A protobuf message reads each field under two: "systemInstruction", as the SDKs write
// it, and "system_instruction", as half of Google's own examples do. Source: the ProtoJSON format
// specification.
#pragma once
#include <string_view>

#include "json/value.h"

namespace dragoman::dialect::gemini {

// Is `written` the field `camel` in either spelling?
inline bool spells(std::string_view written, std::string_view camel) {
  if (written == camel) return true;
  std::size_t at = 0;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      if (at + 1 >= written.size() || written[at] != '_' || written[at + 1] != c - 'A' + 'a') return false;
      at += 2;
    } else {
      if (at >= written.size() || written[at] != c) return false;
      ++at;
    }
  }
  return at == written.size();
}

// The member with the key it was written under; absent if there is none.
inline json::Member find(json::Value object, std::string_view camel) {
  for (const json::Member& member : object.members())
    if (spells(member.key, camel)) return member;
  return {camel, {}, {}};
}

inline json::Value get(json::Value object, std::string_view camel) { return find(object, camel).value; }

}  // namespace dragoman::dialect::gemini
