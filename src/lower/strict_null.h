// OAIS-02: an optional property becomes a required one that takes null besides.
#pragma once
#include <memory_resource>
#include <vector>

#include "json/value.h"

namespace dragoman::lower {

// What a schema says of null, in its words; absent those it does not have.
struct NullWords {
  json::Value type, values, only, branches;  // type, enum, const, anyOf
  bool composite = false;                    // an object or an array, or whatever a reference names
};

// The schema whose members are those from `first` on, and null. It takes none yet.
void add_null(std::pmr::vector<json::Member>& members, std::size_t first, const NullWords& words,
              const json::Builder& build);

// Puts the member in its place among those from `first` on, or after them.
void set_member(std::pmr::vector<json::Member>& members, std::size_t first, std::string_view key,
                json::Value value);

// May null be said among the names of its types?
bool lists_null(const NullWords& words);

}  // namespace dragoman::lower
