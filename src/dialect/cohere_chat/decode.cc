// The small tables and conversions of Cohere's answers, and a whole answer, which goes the stream's way.
#include <utility>
#include <vector>

#include "dialect/cohere_chat/cohere_chat.h"
#include "json/write.h"

namespace dragoman::dialect::cohere {
namespace {

using canon::StopReason;

constexpr std::pair<std::string_view, StopReason> kStops[] = {
    {"COMPLETE", StopReason::end_turn},          {"STOP_SEQUENCE", StopReason::stop_sequence},
    {"MAX_TOKENS", StopReason::max_tokens},      {"TOOL_CALL", StopReason::tool_use},
    {"ERROR_TOXIC", StopReason::content_filter}, {"ERROR_LIMIT", StopReason::context_window},
};

// One chunk of text may be several tokens: what they have together is the sum.
json::Value entry(const json::Builder& build, json::Value item) {
  double sum = 0;
  for (const json::Value one : item["logprobs"].items()) sum += one.number();
  const json::Member members[] = {
      {"token", build.string(item["text"].text())},
      {"logprob", item["logprobs"].items().size() == 1 ? item["logprobs"].at(0) : build.number(sum)},
      {"bytes", build.null()},
      {"top_logprobs", build.array({})},
  };
  return build.object(members);
}

}  // namespace

StopReason stop_reason(std::string_view finish_reason) {
  for (const auto& [word, reason] : kStops)
    if (word == finish_reason) return reason;
  return StopReason::unknown;
}

canon::Usage usage(json::Value value) {
  // No count of tokens is this large; sums of counts below it do not overflow.
  constexpr double kTooMany = 1e15;
  const auto count = [&](json::Value v) -> std::int64_t {
    const double n = v.is_number() ? v.number() : -1;
    return n >= 0 && n < kTooMany ? static_cast<std::int64_t>(n) : -1;
  };
  const json::Value tokens = value["tokens"].is_object() ? value["tokens"] : value["billed_units"];
  canon::Usage out;
  out.input = count(tokens["input_tokens"]);
  out.output = count(tokens["output_tokens"]);
  out.cached = count(value["cached_tokens"]);
  return out;
}

json::Value logprobs(Arena& arena, json::Value items) {
  const json::Builder build(arena);
  std::vector<json::Value> content;
  if (items.is_object()) content.push_back(entry(build, items));
  for (const json::Value item : items.items())
    if (item.is_object()) content.push_back(entry(build, item));
  if (content.empty()) return {};
  const json::Member member{"content", build.array(content)};
  return build.object({&member, 1});
}

}  // namespace dragoman::dialect::cohere
