// What a request carries beyond this program's knowledge, on its way out again.
#pragma once
#include <span>

#include "canon/request.h"
#include "json/write.h"

namespace dragoman::dialect {

// As members of the object being written, under the keys they came with.
inline void write_extras(json::Writer& w, std::span<const canon::Extra> extras) {
  for (const canon::Extra& extra : extras) w.field(extra.key, extra.value);
}

}  // namespace dragoman::dialect
