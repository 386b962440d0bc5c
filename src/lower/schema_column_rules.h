// Which rule of docs/providers explains what a column of data/schema_keywords.csv does with a row.
#pragma once
#include <string_view>

#include "lower/schema_keywords.h"

namespace dragoman::lower {

bool is_about_root(Row row);  // of a tool's parameters, whatever the keyword

// "" where no rule of the column's does.
std::string_view column_rule(std::string_view column, Row row);

}  // namespace dragoman::lower
