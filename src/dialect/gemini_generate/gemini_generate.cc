#include "dialect/gemini_generate/gemini_generate.h"

#include <array>

namespace dragoman::dialect {
namespace {

constexpr std::array<std::string_view, canon::kParams> fields() {
  using canon::Param;
  std::array<std::string_view, canon::kParams> table{};
  const auto set = [&](Param param, std::string_view field) {
    table[static_cast<std::size_t>(param)] = field;
  };
  set(Param::max_tokens, "generationConfig.maxOutputTokens");
  set(Param::temperature, "generationConfig.temperature");
  set(Param::top_p, "generationConfig.topP");
  set(Param::top_k, "generationConfig.topK");
  set(Param::stop, "generationConfig.stopSequences");
  set(Param::seed, "generationConfig.seed");
  set(Param::n, "generationConfig.candidateCount");
  set(Param::presence_penalty, "generationConfig.presencePenalty");
  set(Param::frequency_penalty, "generationConfig.frequencyPenalty");
  set(Param::logprobs, "generationConfig.responseLogprobs");
  set(Param::top_logprobs, "generationConfig.logprobs");
  set(Param::modalities, "generationConfig.responseModalities");
  set(Param::metadata, "labels");
  return table;
}

constexpr auto kFields = fields();

}  // namespace

const Dialect kGeminiGenerate = {
    .name = canon::DialectName::gemini_generate,
    .framing = Framing::sse,
    .parse = gemini::parse,
    .render = gemini::render,
    .renderer = gemini::renderer,
    .render_error = gemini::render_error,
    .stream_content_type = "text/event-stream",
    .encode = gemini::encode,
    .decode = gemini::decode,
    .decoder = gemini::decoder,
    .decode_error = gemini::decode_error,
    .param_fields = kFields,
};

}  // namespace dragoman::dialect
