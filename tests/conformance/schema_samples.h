// Schemas to try things on: those of published tools, common ones and odd ones, made by a seed.
#pragma once
#include <string>
#include <vector>

namespace dragoman::conformance {

struct Sample {
  std::string name, schema;
};

// Of tests/vectors/tool_schemas, in the order of the files. Throws when one cannot be read.
std::vector<Sample> published();

// Of the keywords people use, nested a few levels.
std::vector<Sample> generated();

// Of every keyword from draft-04 to 2020-12 and OpenAPI's leftovers, in places and combinations where they
// are rarely seen: properties named like keywords, references with siblings and escapes, roots of other
// kinds.
std::vector<Sample> odd(unsigned first, unsigned count);

}  // namespace dragoman::conformance
