// For the dialects' tests: answers and streams as lines a person can read, and golden folders.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "dialect/dialect.h"
#include "dialect/event_contract.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::dialect::testing {

inline std::string json_text(std::string_view text) {
  std::string out;
  json::write_string(out, text);
  return out;
}

inline std::string describe(const canon::Usage& usage) {
  return fmt::format("input {} output {} cached {} cache_write {} reasoning {}", usage.input, usage.output,
                     usage.cached, usage.cache_write, usage.reasoning);
}

inline std::string_view word(canon::BlockType type) {
  static constexpr std::string_view kWords[] = {
      "text", "reasoning", "redacted_reasoning", "tool_call", "refusal", "media", "foreign"};
  return kWords[static_cast<std::size_t>(type)];
}

// One event, one line.
inline std::string describe(const canon::Event& e) {
  using canon::EventType;
  const std::string at = fmt::format("{}.{}", e.choice, e.block);
  switch (e.type) {
    case EventType::start:
      return fmt::format("start id {} model {} created {}{}", json_text(e.id), json_text(e.model), e.created,
                         e.usage.known() ? " " + describe(e.usage) : "") +
             (e.service_tier.empty() ? "" : fmt::format(" tier {}", e.service_tier));
    case EventType::block_start: {
      std::string line = fmt::format("{} open {}", at, word(e.block_type));
      if (!e.id.empty()) line += " id " + json_text(e.id);
      if (!e.name.empty()) line += " name " + json_text(e.name);
      if (!e.text.empty()) line += " data " + json_text(e.text);
      if (!e.signature.empty()) line += " signature " + json_text(e.signature);
      if (!e.issuer.empty()) line += fmt::format(" issuer {}", e.issuer);
      if (e.value) line += " value " + json::dump_compact(e.value);
      return line;
    }
    case EventType::text:
      return fmt::format("{} text {}", at, json_text(e.text));
    case EventType::tool_arguments:
      return fmt::format("{} arguments {}", at, json_text(e.text));
    case EventType::signature:
      return fmt::format("{} signature {} issuer {}", at, json_text(e.text), e.issuer);
    case EventType::logprobs:
      return fmt::format("{} logprobs {}", at, json::dump_compact(e.value));
    case EventType::citation:
      return fmt::format("{} citation {}", at, json::dump_compact(e.value));
    case EventType::foreign:
      return fmt::format("{} foreign {} {}", at, e.name, json::dump_compact(e.value));
    case EventType::block_stop:
      return fmt::format("{} close {}", at, word(e.block_type));
    case EventType::stop:
      return fmt::format("{} stop {} ({}){}", e.choice, name(e.stop), e.stop_text,
                         e.stop_sequence.empty() ? "" : " at " + json_text(e.stop_sequence));
    case EventType::usage:
      return fmt::format("usage {}{}", describe(e.usage),
                         e.service_tier.empty() ? "" : fmt::format(" tier {}", e.service_tier));
    case EventType::end:
      return "end";
    case EventType::ping:
      return "ping";
  }
  return "?";
}

inline std::string describe(const canon::Response& response) {
  std::string out;
  canon::unfold(response, [&](const canon::Event& event) { out += describe(event) + "\n"; });
  return out;
}

inline std::string describe(const canon::UpstreamError& e) {
  std::string out =
      fmt::format("error {}{} type {} code {} param {}", e.status, e.in_stream ? " in stream" : "",
                  json_text(e.type), json_text(e.code), json_text(e.param));
  if (e.retry_after) out += fmt::format(" retry after {}s", *e.retry_after);
  if (!e.request_id.empty()) out += " request " + json_text(e.request_id);
  return out + " message " + json_text(e.message) + "\n";
}

// Frames as "event: …" and "data: …" lines, a blank line after each; "exception: …" instead of "event: …" for
// an exception of an AWS event stream.
struct Frames {
  std::string text;
  std::vector<Frame> list;  // views into text

  explicit Frames(std::string frames) : text(std::move(frames)) {
    Frame frame;
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.starts_with("event: ")) frame.event = line.substr(7);
      if (line.starts_with("exception: ")) {
        frame.event = line.substr(11);
        frame.exception = true;
      }
      if (line.starts_with("data: ")) frame.data = line.substr(6);
      if ((line.empty() || rest.empty()) && (!frame.data.empty() || !frame.event.empty())) {
        list.push_back(frame);
        frame = {};
      }
    }
  }
  Frames(const Frames&) = delete;
  Frames& operator=(const Frames&) = delete;
};

// Everything the decoder delivers, a line each, and how it ended: "end", "cut" or an error.
inline std::string run(StreamDecoder& decoder, const std::vector<Frame>& frames) {
  std::string out;
  EventContract contract;
  const canon::EventSink sink = [&](const canon::Event& event) {
    out += describe(event) + "\n";
    EXPECT_EQ(contract.add(event), "") << out;
  };
  for (const Frame& frame : frames)
    if (const auto pushed = decoder.push(frame, sink); !pushed) return out + describe(pushed.error());
  if (!decoder.finish(sink)) out += "cut\n";
  return out;
}

// The same, folded into a whole answer.
inline std::string run_folded(StreamDecoder& decoder, const std::vector<Frame>& frames) {
  Arena arena;
  canon::Folder folder(arena);
  const canon::EventSink sink = [&](const canon::Event& event) { folder.add(event); };
  for (const Frame& frame : frames)
    if (const auto pushed = decoder.push(frame, sink); !pushed) return describe(pushed.error());
  if (!decoder.finish(sink)) return "cut\n";
  return describe(folder.take());
}

inline std::string decode_text(const Dialect& dialect, std::string_view body) {
  Arena arena;
  const auto parsed = json::parse(arena, body);
  if (!parsed) return "not JSON: " + parsed.error().message;
  const auto response = dialect.decode(arena, *parsed);
  return response ? describe(*response) : describe(response.error());
}

inline std::string pretty(std::string_view text) {
  Arena arena;
  const auto value = json::parse(arena, text);
  return value ? json::dump_pretty(*value) + "\n"
               : std::string(text) + "\nnot JSON: " + value.error().message;
}

inline std::string golden_folder() { return std::string(DRAGOMAN_SOURCE_DIR) + "/tests/golden/dialect/"; }

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

// Compares with tests/golden/dialect/<path>. With DRAGOMAN_UPDATE_GOLDEN set it writes the file instead.
inline void expect_golden(const std::string& path, const std::string& actual) {
  const std::string full = golden_folder() + path;
  if (std::getenv("DRAGOMAN_UPDATE_GOLDEN")) {
    std::ofstream(full, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(read_file(full), actual) << full;
}

}  // namespace dragoman::dialect::testing
