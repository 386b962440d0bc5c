#include "dialect/gemini_generate/gemini_generate.h"

#include "dialect/param_table.h"

namespace dragoman::dialect {
namespace {

using canon::Param;

constexpr ParamTable kFields = param_table({
    {Param::max_tokens, "generationConfig.maxOutputTokens"},
    {Param::temperature, "generationConfig.temperature"},
    {Param::top_p, "generationConfig.topP"},
    {Param::top_k, "generationConfig.topK"},
    {Param::stop, "generationConfig.stopSequences"},
    {Param::seed, "generationConfig.seed"},
    {Param::n, "generationConfig.candidateCount"},
    {Param::presence_penalty, "generationConfig.presencePenalty"},
    {Param::frequency_penalty, "generationConfig.frequencyPenalty"},
    {Param::logprobs, "generationConfig.responseLogprobs"},
    {Param::top_logprobs, "generationConfig.logprobs"},
    {Param::modalities, "generationConfig.responseModalities"},
    {Param::metadata, "labels"},
});

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
