#include "net/event_stream.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "base/strings.h"

namespace dragoman::net {
namespace {

constexpr std::size_t kPrelude = 12;   // total length, headers length, checksum of these two
constexpr std::size_t kOverhead = 16;  // the prelude and the checksum of the whole
constexpr std::size_t kMaxValue = 32767;

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<z_size_t>(bytes.size())));
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::size_t u32(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(big_endian(bytes.substr(at, 4)));
}

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

// Bytes of a value whose size its type fixes.
std::size_t fixed_size(HeaderType type) {
  switch (type) {
    case HeaderType::kInt8:
      return 1;
    case HeaderType::kInt16:
      return 2;
    case HeaderType::kInt32:
      return 4;
    case HeaderType::kInt64:
    case HeaderType::kTimestamp:
      return 8;
    case HeaderType::kUuid:
      return 16;
    default:
      return 0;
  }
}

std::int64_t sign_extend(std::uint64_t value, std::size_t bytes) {
  const unsigned shift = 64 - 8 * static_cast<unsigned>(bytes);
  return static_cast<std::int64_t>(value << shift) >> shift;
}

// "Any given header name MUST only appear once in a message". Sorting keeps a hostile message of forty
// thousand headers from costing a billion comparisons.
std::string_view repeated(std::vector<std::string_view>& names) {
  std::sort(names.begin(), names.end());
  const auto at = std::adjacent_find(names.begin(), names.end());
  return at == names.end() ? std::string_view() : *at;
}

}  // namespace

std::string_view EventStreamMessage::text(std::string_view name) const {
  for (const EventStreamHeader& h : headers) {
    if (h.name == name && h.type == HeaderType::kString) return h.bytes;
  }
  return {};
}

std::unexpected<Error> EventStreamDecoder::lost(Error error) {
  failed_ = true;
  error_ = error;
  return std::unexpected(std::move(error));
}

Result<bool> EventStreamDecoder::next(std::string_view& bytes, EventStreamMessage& message) {
  if (failed_) return std::unexpected(error_);
  if (delivered_) {
    delivered_ = false;
    buffer_.clear();
    if (buffer_.capacity() > (std::size_t{1} << 20)) buffer_ = {};
  }
  // First the prelude, then the rest: in place if `bytes` begins the message and holds it, else in buffer_.
  for (std::size_t want = kPrelude;;) {
    std::string_view have = bytes;
    if (!buffer_.empty()) {
      const std::string_view piece = bytes.substr(0, want - std::min(want, buffer_.size()));
      buffer_ += piece;
      bytes.remove_prefix(piece.size());
      have = buffer_;
    }
    if (have.size() >= kPrelude && want == kPrelude) {
      const Result<std::size_t> size = message_size(have.substr(0, kPrelude));
      if (!size) return lost(size.error());
      want = *size;
      if (!buffer_.empty()) continue;
    }
    if (have.size() < want) {
      if (buffer_.empty()) buffer_ = bytes;
      bytes = {};
      return false;
    }
    if (Result<void> done = read_message(have.substr(0, want), message); !done) return lost(done.error());
    if (buffer_.empty()) {
      bytes.remove_prefix(want);
    } else {
      delivered_ = true;
    }
    return true;
  }
}

Result<std::size_t> EventStreamDecoder::message_size(std::string_view prelude) const {
  const std::size_t total = u32(prelude, 0);
  const std::size_t headers = u32(prelude, 4);
  if (u32(prelude, 8) != checksum(prelude.substr(0, 8))) {
    return fail("event stream: the prelude's checksum does not match");
  }
  if (total < kOverhead || headers > total - kOverhead) {
    return fail(
        fmt::format("event stream: a message of {} bytes cannot hold {} bytes of headers", total, headers));
  }
  if (headers > kMaxEventStreamHeaders) {
    return fail(fmt::format("event stream: {} bytes of headers, at most {} are allowed", headers,
                            kMaxEventStreamHeaders));
  }
  if (total - kOverhead - headers > kMaxEventStreamPayload) {
    return fail(fmt::format("event stream: a payload of {} bytes, at most {} are allowed",
                            total - kOverhead - headers, kMaxEventStreamPayload));
  }
  return total;
}

Result<void> EventStreamDecoder::read_message(std::string_view bytes, EventStreamMessage& message) {
  const std::size_t headers = u32(bytes, 4);
  const std::string_view body = bytes.substr(0, bytes.size() - 4);
  if (u32(bytes, body.size()) != checksum(body)) {
    return fail("event stream: the message's checksum does not match");
  }
  if (Result<void> done = read_headers(body.substr(kPrelude, headers)); !done) return done;
  message = {headers_, body.substr(kPrelude + headers)};
  return {};
}

Result<void> EventStreamDecoder::read_headers(std::string_view bytes) {
  headers_.clear();
  names_.clear();
  while (!bytes.empty()) {
    const std::size_t name_size = static_cast<unsigned char>(bytes[0]);
    if (name_size == 0) return fail("event stream: a header without a name");
    if (bytes.size() < name_size + 2) return fail("event stream: a header's name is cut short");
    EventStreamHeader header;
    header.name = bytes.substr(1, name_size);
    if (!is_utf8(header.name)) return fail("event stream: a header's name is not UTF-8");
    const unsigned type = static_cast<unsigned char>(bytes[name_size + 1]);
    bytes.remove_prefix(name_size + 2);
    if (type > static_cast<unsigned>(HeaderType::kUuid)) {
      return fail(fmt::format("event stream: header '{}' has the unknown type {}", header.name, type));
    }
    header.type = static_cast<HeaderType>(type);
    std::size_t size = fixed_size(header.type);
    if (header.type == HeaderType::kBytes || header.type == HeaderType::kString) {
      if (bytes.size() < 2) return fail(fmt::format("event stream: header '{}' is cut short", header.name));
      size = static_cast<std::size_t>(big_endian(bytes.substr(0, 2)));
      bytes.remove_prefix(2);
      if (size > kMaxValue) {
        return fail(fmt::format("event stream: header '{}' has {} bytes, at most {} are allowed", header.name,
                                size, kMaxValue));
      }
    }
    if (bytes.size() < size) return fail(fmt::format("event stream: header '{}' is cut short", header.name));
    const std::string_view value = bytes.substr(0, size);
    bytes.remove_prefix(size);
    if (header.type >= HeaderType::kBytes && header.type != HeaderType::kTimestamp) {
      header.bytes = value;
    } else if (size > 0) {
      header.number = sign_extend(big_endian(value), size);
    }
    if (header.type == HeaderType::kString && !is_utf8(value)) {
      return fail(fmt::format("event stream: header '{}' is not UTF-8", header.name));
    }
    headers_.push_back(header);
    names_.push_back(header.name);
  }
  if (const std::string_view name = repeated(names_); !name.empty()) {
    return fail(fmt::format("event stream: header '{}' is given twice", name));
  }
  return {};
}

namespace {

Result<void> check(const EventStreamHeader& h) {
  if (h.name.empty() || h.name.size() > 255) {
    return fail(fmt::format("event stream: a header name of {} bytes, 1 to 255 are allowed", h.name.size()));
  }
  if (h.type > HeaderType::kUuid) return fail(fmt::format("event stream: header '{}' has no type", h.name));
  if (h.type == HeaderType::kBytes || h.type == HeaderType::kString) {
    if (h.bytes.size() > kMaxValue) {
      return fail(fmt::format("event stream: header '{}' has {} bytes, at most {} are allowed", h.name,
                              h.bytes.size(), kMaxValue));
    }
  } else if (h.type == HeaderType::kUuid) {
    if (h.bytes.size() != 16) {
      return fail(
          fmt::format("event stream: the uuid '{}' has {} bytes instead of 16", h.name, h.bytes.size()));
    }
  } else if (const std::size_t size = fixed_size(h.type);
             size > 0 && sign_extend(static_cast<std::uint64_t>(h.number), size) != h.number) {
    return fail(
        fmt::format("event stream: {} does not fit in header '{}' of {} bytes", h.number, h.name, size));
  }
  return {};
}

void append_header(std::string& out, const EventStreamHeader& h) {
  put(out, h.name.size(), 1);
  out += h.name;
  put(out, static_cast<std::uint64_t>(h.type), 1);
  if (h.type == HeaderType::kBytes || h.type == HeaderType::kString) put(out, h.bytes.size(), 2);
  if (h.type >= HeaderType::kBytes && h.type != HeaderType::kTimestamp) {
    out += h.bytes;
  } else {
    put(out, static_cast<std::uint64_t>(h.number), static_cast<int>(fixed_size(h.type)));
  }
}

}  // namespace

Result<void> append_event_stream(std::string& out, std::span<const EventStreamHeader> headers,
                                 std::string_view payload) {
  std::string encoded;
  std::vector<std::string_view> names;
  for (const EventStreamHeader& h : headers) {
    if (Result<void> good = check(h); !good) return good;
    append_header(encoded, h);
    names.push_back(h.name);
  }
  if (const std::string_view name = repeated(names); !name.empty()) {
    return fail(fmt::format("event stream: header '{}' is given twice", name));
  }
  if (encoded.size() > kMaxEventStreamHeaders || payload.size() > kMaxEventStreamPayload) {
    return fail(
        fmt::format("event stream: {} bytes of headers and a payload of {}, at most {} and {} are allowed",
                    encoded.size(), payload.size(), kMaxEventStreamHeaders, kMaxEventStreamPayload));
  }
  const std::size_t start = out.size();
  put(out, kOverhead + encoded.size() + payload.size(), 4);
  put(out, encoded.size(), 4);
  put(out, checksum(std::string_view(out).substr(start)), 4);
  out += encoded;
  out += payload;
  put(out, checksum(std::string_view(out).substr(start)), 4);
  return {};
}

}  // namespace dragoman::net
