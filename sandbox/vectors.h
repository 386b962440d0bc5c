// The vectors of emulated embedding models: a pure function of the model's name, the text and the number of
// dimensions, of length 1, so that a test can tell whose vector it got and whether the order is right.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "json/write.h"

namespace dragoman::sandbox {

std::vector<float> vector_of(std::string_view model, std::string_view text, std::size_t dimensions);

void write_floats(json::Writer& w, const std::vector<float>& vector);
// Little-endian 32-bit floats, as OpenAI's encoding_format base64 has them.
std::string base64_floats(const std::vector<float>& vector);

// The first member of the object that is not in the list; "" if there is none.
std::string_view stranger(json::Value object, std::initializer_list<std::string_view> known);

}  // namespace dragoman::sandbox
