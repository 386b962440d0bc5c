// The small tables and conversions of Gemini's answers; the flow is in stream.cc.
#include <array>
#include <charconv>
#include <chrono>
#include <utility>
#include <vector>

#include "dialect/gemini_generate/gemini_generate.h"

namespace dragoman::dialect::gemini {
namespace {

using canon::StopReason;

// Candidate.FinishReason. Those not here (LANGUAGE, OTHER, NO_IMAGE, IMAGE_OTHER, CONTINUATION) say nothing a
// client has a word for.
constexpr std::pair<std::string_view, StopReason> kStops[] = {
    {"MAX_TOKENS", StopReason::max_tokens},
    {"SAFETY", StopReason::content_filter},
    {"RECITATION", StopReason::content_filter},
    {"BLOCKLIST", StopReason::content_filter},
    {"PROHIBITED_CONTENT", StopReason::content_filter},
    {"SPII", StopReason::content_filter},
    {"MODEL_ARMOR", StopReason::content_filter},
    {"IMAGE_SAFETY", StopReason::content_filter},
    {"IMAGE_PROHIBITED_CONTENT", StopReason::content_filter},
    {"IMAGE_RECITATION", StopReason::content_filter},
    {"MALFORMED_FUNCTION_CALL", StopReason::malformed_tool_call},  // GEM-62
    {"UNEXPECTED_TOOL_CALL", StopReason::malformed_tool_call},
    {"TOO_MANY_TOOL_CALLS", StopReason::malformed_tool_call},
    {"MALFORMED_RESPONSE", StopReason::malformed_tool_call},
};

json::Value token(const json::Builder& build, json::Value candidate, json::Value alternatives) {
  std::vector<json::Member> members = {
      {"token", build.string(candidate["token"].text())},
      {"logprob", candidate["logProbability"].is_number() ? candidate["logProbability"] : build.number(0)},
      {"bytes", build.null()},  // the text may be part of a character: its bytes are not known
  };
  if (alternatives.is_array()) {
    std::vector<json::Value> top;
    for (const json::Value item : alternatives.items()) top.push_back(token(build, item, {}));
    members.push_back({"top_logprobs", build.array(top)});
  }
  return build.object(members);
}

}  // namespace

StopReason stop_reason(std::string_view word, bool called) {
  if (word == "STOP") return called ? StopReason::tool_use : StopReason::end_turn;
  for (const auto& [text, reason] : kStops)
    if (text == word) return reason;
  return StopReason::unknown;
}

json::Value logprobs(Arena& arena, json::Value result) {
  const json::Builder build(arena);
  const json::Value none = build.array({});
  std::vector<json::Value> content;
  const auto chosen = result["chosenCandidates"].items();
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const json::Value top = result["topCandidates"].at(i)["candidates"];
    content.push_back(token(build, chosen[i], top.is_array() ? top : none));
  }
  const json::Member member{"content", build.array(content)};
  return build.object({&member, 1});
}

std::int64_t unix_seconds(std::string_view time) {
  // "2026-11-21T10:57:50.123456Z"
  if (time.size() < 20 || time.back() != 'Z' || time[4] != '-' || time[7] != '-' || time[10] != 'T') return 0;
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = -1;
    std::from_chars(time.data() + at, time.data() + at + size, value);
    return value;
  };
  const std::array parts = {number(0, 4),  number(5, 2),  number(8, 2),
                            number(11, 2), number(14, 2), number(17, 2)};
  for (const int part : parts)
    if (part < 0) return 0;
  const std::chrono::year_month_day day{std::chrono::year(parts[0]),
                                        std::chrono::month(static_cast<unsigned>(parts[1])),
                                        std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!day.ok()) return 0;
  const auto days = std::chrono::sys_days(day).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(days).count() + parts[3] * 3600 + parts[4] * 60 +
         parts[5];
}

}  // namespace dragoman::dialect::gemini
