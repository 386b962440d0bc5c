#include "dialect/embedding.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/base64.h"
#include "dialect/dialect.h"
#include "dialect/error_body.h"

namespace dragoman::dialect {
namespace {

constexpr std::size_t kFloat = sizeof(float);

void append_float(std::string& bytes, float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xff);
}

float read_float(std::string_view bytes) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < kFloat; ++i)
    bits |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return std::bit_cast<float>(bits);
}

}  // namespace

std::unexpected<canon::UpstreamError> unreadable(json::Value body, std::string message) {
  canon::UpstreamError error;
  error.status = kUnreadableStatus;
  error.type = kUnreadableType;
  error.message = std::move(message);
  error.body = body.raw();
  return std::unexpected(std::move(error));
}

std::optional<canon::UpstreamError> error_in(json::Value body) {
  if (!is_error_value(body)) return std::nullopt;
  return read_error_value(200, body);
}

std::expected<void, canon::UpstreamError> take_vectors(json::Value list, json::Value body,
                                                       canon::EmbeddingResponse& out) {
  if (!list.is_array()) return unreadable(body, "the provider's answer has no list of embeddings");
  for (const json::Value vector : list.items()) {
    if (!vector.is_array()) return unreadable(body, "an embedding of the provider's answer is no array");
    out.vectors.push_back({.numbers = vector});
  }
  return {};
}

std::optional<std::size_t> size_of(const canon::Vector& vector) {
  if (!vector.numbers) {
    const auto bytes = base64_decode(vector.base64);
    if (!bytes || bytes->empty() || bytes->size() % kFloat != 0) return std::nullopt;
    for (std::size_t at = 0; at < bytes->size(); at += kFloat)
      if (!std::isfinite(read_float(std::string_view(*bytes).substr(at, kFloat)))) return std::nullopt;
    return bytes->size() / kFloat;
  }
  if (!vector.numbers.is_array() || vector.numbers.items().empty()) return std::nullopt;
  for (const json::Value number : vector.numbers.items())
    if (!number.is_number() || !std::isfinite(static_cast<float>(number.number()))) return std::nullopt;
  return vector.numbers.items().size();
}

Result<void> check_vectors(std::span<const canon::Vector> vectors, std::size_t count,
                           std::optional<std::int64_t> dimensions) {
  if (vectors.size() != count)
    return fail(fmt::format("the provider answered with {} embeddings for {} inputs", vectors.size(), count));
  std::optional<std::size_t> length;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const auto size = size_of(vectors[i]);
    if (!size) return fail(fmt::format("embedding {} of the provider's answer is no vector", i));
    if (!length) length = size;
    if (*size != *length)
      return fail(
          fmt::format("the provider's embeddings are of different lengths: {} and {}", *length, *size));
  }
  if (dimensions && length && static_cast<std::int64_t>(*length) != *dimensions)
    return fail(fmt::format("the provider's embeddings have {} dimensions where {} were asked for", *length,
                            *dimensions));
  return {};
}

void write_vector(json::Writer& w, const canon::Vector& vector, canon::VectorEncoding encoding) {
  if (encoding == canon::VectorEncoding::base64) {
    if (!vector.numbers) {
      w.string(vector.base64);
      return;
    }
    std::string bytes;
    bytes.reserve(vector.numbers.items().size() * kFloat);
    for (const json::Value number : vector.numbers.items())
      append_float(bytes, static_cast<float>(number.number()));
    w.string(base64_encode(bytes));
    return;
  }
  if (vector.numbers) {
    w.value(vector.numbers);
    return;
  }
  const std::string bytes = base64_decode(vector.base64).value_or("");
  w.begin_array();
  std::array<char, 32> text;
  for (std::size_t at = 0; at + kFloat <= bytes.size(); at += kFloat) {
    const float value = read_float(std::string_view(bytes).substr(at, kFloat));
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    w.raw(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
  }
  w.end_array();
}

}  // namespace dragoman::dialect
