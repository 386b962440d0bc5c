#include "net/sse.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

namespace dragoman::net {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::size_t find(std::string_view text, char c, std::size_t from, std::size_t to) {
  if (from >= to) return to;
  const void* at = std::memchr(text.data() + from, c, to - from);
  return at == nullptr ? to : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

// One huge event must not hold its memory for the rest of a long stream.
void release_if_huge(std::string& text) {
  if (text.capacity() > (std::size_t{1} << 20)) text = {};
}

}  // namespace

void SseParser::Text::assign(std::string_view text) {
  view = text;
  set = true;
  owned = false;
}

void SseParser::Text::append_line(std::string_view text) {
  if (!set) return assign(text);
  keep();
  copy += '\n';
  copy += text;
}

void SseParser::Text::keep() {
  if (!set || owned) return;
  copy.assign(view);
  owned = true;
}

void SseParser::Text::clear() {
  view = {};
  set = owned = false;
  release_if_huge(copy);
}

Result<bool> SseParser::next(std::string_view& bytes, SseEvent& event) {
  if (fresh_) reset();
  if (delivered_) start_event();
  if (failed_) return fail(fmt::format("a server-sent event is longer than {} bytes", max_));

  std::size_t pos = 0;
  std::size_t lf =
      0;  // the first LF at or after pos: looked up only once passed, so CR-only text stays linear
  bool lf_known = false;
  while (pos < bytes.size()) {
    if (skip_lf_) {
      skip_lf_ = false;
      if (bytes[pos] == '\n') {
        ++pos;
        continue;
      }
    }
    if (!lf_known || lf < pos) {
      lf = find(bytes, '\n', pos, bytes.size());
      lf_known = true;
    }
    const std::size_t end = find(bytes, '\r', pos, lf);
    std::string_view line = bytes.substr(pos, end - pos);
    if (event_bytes_ + partial_.size() + line.size() > max_) {
      failed_ = true;
      return fail(fmt::format("a server-sent event is longer than {} bytes", max_));
    }
    if (end == bytes.size()) {
      // The fed bytes go away: keep what points into them, and the old partial line, before it grows.
      event_.keep();
      data_.keep();
      partial_ += line;
      bytes = {};
      return false;
    }
    const bool was_partial = !partial_.empty();
    if (was_partial) {
      partial_ += line;
      line = partial_;
    }
    skip_lf_ = bytes[end] == '\r';
    pos = end + 1;
    const bool complete = take_line(line);
    if (was_partial) {
      event_.keep();
      data_.keep();
      partial_.clear();
      release_if_huge(partial_);
    }
    if (complete) {
      bytes.remove_prefix(pos);
      event = {event_.get(), data_.get(), id_};
      delivered_ = true;
      return true;
    }
  }
  event_.keep();
  data_.keep();
  bytes = {};
  return false;
}

bool SseParser::take_line(std::string_view line) {
  const std::size_t raw_size = line.size();
  if (first_line_) {
    first_line_ = false;
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  }
  if (line.empty()) {
    if (data_.set) return true;
    start_event();
    return false;
  }
  if (line.front() == ':') return false;
  event_bytes_ += raw_size;
  const std::size_t colon = line.find(':');
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
  return false;
}

void SseParser::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    data_.append_line(value);
  } else if (name == "event") {
    event_.assign(value);
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) id_.assign(value);
  } else if (name == "retry") {
    std::uint64_t milliseconds = 0;
    const char* end = value.data() + value.size();
    const auto [at, error] = std::from_chars(value.data(), end, milliseconds);
    if (error == std::errc() && at == end) retry_ = milliseconds;
  }
}

void SseParser::start_event() {
  event_.clear();
  data_.clear();
  event_bytes_ = 0;
  delivered_ = false;
}

std::optional<SseEvent> SseParser::finish() {
  if (fresh_) return std::nullopt;
  if (delivered_) start_event();
  fresh_ = true;
  if (failed_) return std::nullopt;
  if (!partial_.empty()) {
    take_line(partial_);
    event_.keep();
    data_.keep();
  }
  if (!data_.set && !event_.set) return std::nullopt;
  return SseEvent{event_.get(), data_.get(), id_};
}

void SseParser::reset() {
  start_event();
  partial_.clear();
  id_.clear();
  retry_.reset();
  first_line_ = true;
  skip_lf_ = fresh_ = failed_ = false;
}

void append_sse(std::string& out, std::string_view event, std::string_view data) {
  event = event.substr(0, event.find_first_of("\r\n"));
  if (!event.empty()) {
    out += "event: ";
    out += event;
    out += '\n';
  }
  for (;;) {
    const std::size_t end = data.find_first_of("\r\n");
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos) break;
    data.remove_prefix(data.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  out += '\n';
}

}  // namespace dragoman::net
