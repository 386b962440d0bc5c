// A dialect's names of the scalar parameters, as Dialect::param_fields has them.
#pragma once
#include <array>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "canon/params.h"

namespace dragoman::dialect {

using ParamTable = std::array<std::string_view, canon::kParams>;

// "" for what is not in the list.
constexpr ParamTable param_table(std::initializer_list<std::pair<canon::Param, std::string_view>> fields) {
  ParamTable out{};
  for (const auto& [param, field] : fields) out[static_cast<std::size_t>(param)] = field;
  return out;
}

}  // namespace dragoman::dialect
