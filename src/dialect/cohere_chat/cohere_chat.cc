#include "dialect/cohere_chat/cohere_chat.h"

#include <array>

namespace dragoman::dialect {
namespace {

constexpr std::array<std::string_view, canon::kParams> fields() {
  using canon::Param;
  std::array<std::string_view, canon::kParams> table{};
  const auto set = [&](Param param, std::string_view field) {
    table[static_cast<std::size_t>(param)] = field;
  };
  set(Param::max_tokens, "max_tokens");
  set(Param::temperature, "temperature");
  set(Param::top_p, "p");
  set(Param::top_k, "k");
  set(Param::frequency_penalty, "frequency_penalty");
  set(Param::presence_penalty, "presence_penalty");
  set(Param::seed, "seed");
  set(Param::stop, "stop_sequences");
  set(Param::logprobs, "logprobs");
  return table;
}

constexpr auto kFields = fields();

}  // namespace

const Dialect kCohereChat = {
    .name = canon::DialectName::cohere_chat,
    .framing = Framing::sse,
    .parse = nullptr,
    .render = nullptr,
    .renderer = nullptr,
    .render_error = nullptr,
    .stream_content_type = "text/event-stream",
    .encode = cohere::encode,
    .decode = cohere::decode,
    .decoder = cohere::decoder,
    .decode_error = cohere::decode_error,
    .param_fields = kFields,
};

}  // namespace dragoman::dialect
