#include "sandbox/vectors.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/base64.h"
#include "base/hash.h"

namespace dragoman::sandbox {

std::vector<float> vector_of(std::string_view model, std::string_view text, std::size_t dimensions) {
  std::string seed(model);
  seed += '\n';
  seed += text;
  std::vector<float> out(dimensions);
  double square = 0;
  for (std::size_t i = 0; i < dimensions; ++i) {
    const auto bits = static_cast<double>(stable_hash(seed, i) >> 40);  // 24 bits
    const double value = bits / 8388608.0 - 1;
    out[i] = static_cast<float>(value);
    square += value * value;
  }
  const double length = square > 0 ? std::sqrt(square) : 1;
  for (float& value : out) value = static_cast<float>(value / length);
  return out;
}

void write_floats(json::Writer& w, const std::vector<float>& vector) {
  w.begin_array();
  std::array<char, 32> text;
  for (const float value : vector) {
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    w.raw(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
  }
  w.end_array();
}

std::string base64_floats(const std::vector<float>& vector) {
  std::string bytes(vector.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), vector.data(), bytes.size());  // the sandbox runs on little-endian machines
  return base64_encode(bytes);
}

std::string_view stranger(json::Value object, std::initializer_list<std::string_view> known) {
  for (const json::Member& member : object.members())
    if (std::ranges::find(known, member.key) == known.end()) return member.key;
  return "";
}

}  // namespace dragoman::sandbox
