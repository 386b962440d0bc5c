#include <gtest/gtest.h>

#include "dialect/bedrock_converse/bedrock_converse.h"
#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

using testing::describe;

// Folders under tests/golden/dialect/bedrock_converse: stream.txt becomes events.txt frame by frame, and
// folded it is the answer that answer.json is (the same answer, from Converse).
TEST(BedrockDecode, Goldens) {
  for (const std::string name : {"text", "tool_calls", "reasoning", "exception", "cut"}) {
    const std::string folder = "bedrock_converse/" + name + "/";
    SCOPED_TRACE(folder);
    const testing::Frames frames(testing::read_file(testing::golden_folder() + folder + "stream.txt"));
    ASSERT_FALSE(frames.list.empty());
    testing::expect_golden(folder + "events.txt", testing::run(*kBedrockConverse.decoder(), frames.list));
    const std::string answer = testing::read_file(testing::golden_folder() + folder + "answer.json");
    if (answer.empty()) continue;
    const std::string decoded = testing::decode_text(kBedrockConverse, answer);
    testing::expect_golden(folder + "answer.txt", decoded);
    EXPECT_EQ(testing::run_folded(*kBedrockConverse.decoder(), frames.list), decoded);
  }
}

TEST(BedrockDecode, StopReasons) {  // BRW-11
  using canon::StopReason;
  const std::vector<std::pair<std::string_view, StopReason>> rows = {
      {"end_turn", StopReason::end_turn},
      {"tool_use", StopReason::tool_use},
      {"max_tokens", StopReason::max_tokens},
      {"stop_sequence", StopReason::stop_sequence},
      {"guardrail_intervened", StopReason::content_filter},
      {"content_filtered", StopReason::content_filter},
      {"malformed_model_output", StopReason::malformed_tool_call},
      {"malformed_tool_use", StopReason::malformed_tool_call},
      {"model_context_window_exceeded", StopReason::context_window},
      {"something_new", StopReason::unknown},
  };
  for (const auto& [word, reason] : rows) EXPECT_EQ(bedrock::stop_reason(word), reason) << word;
}

TEST(BedrockDecode, BlocksOfEveryKind) {
  EXPECT_EQ(testing::decode_text(kBedrockConverse, R"({"output":{"message":{"role":"assistant","content":[
      {"citationsContent":{"content":[{"text":"A"},{"text":"B"}],"citations":[{"title":"t","sourceContent":[{"text":"c"}],"location":{"documentPage":{"documentIndex":0,"start":1,"end":2}}}]}},
      {"image":{"format":"png","source":{"bytes":"QUJD"}}},
      {"reasoningContent":{"reasoningText":{"text":"bare"}}},
      {"reasoningContent":{"redactedContent":"AAAA"}},
      {"toolUse":{"toolUseId":"s1","name":"web","input":{},"type":"server_tool_use"}}]}},
      "stopReason":"end_turn"})"),
            R"(start id "" model "" created 0
0.0 open text
0.0 text "AB"
0.0 citation {"type":"page_location","cited_text":"c","document_index":0,"document_title":"t","start_page_number":1,"end_page_number":2}
0.0 close text
0.1 open media name "image/png" data "QUJD"
0.1 close media
0.2 open reasoning
0.2 text "bare"
0.2 close reasoning
0.3 open redacted_reasoning data "AAAA" issuer anthropic
0.3 close redacted_reasoning
0.4 open foreign name "toolUse" issuer bedrock_converse value {"toolUse":{"toolUseId":"s1","name":"web","input":{},"type":"server_tool_use"}}
0.4 close foreign
0 stop end_turn (end_turn)
end
)");
}

TEST(BedrockDecode, CachedTokensAreInput) {
  Arena arena;
  const auto tokens = json::parse(arena, R"({"inputTokens":10,"outputTokens":3,"totalTokens":113,
                                             "cacheReadInputTokens":80,"cacheWriteInputTokens":20})");
  const canon::Usage usage = bedrock::usage(*tokens);
  EXPECT_EQ(usage.input, 110);
  EXPECT_EQ(usage.cached, 80);
  EXPECT_EQ(usage.cache_write, 20);
  EXPECT_EQ(usage.output, 3);
  EXPECT_FALSE(bedrock::usage({}).known());
}

TEST(BedrockDecode, AnErrorInsideA200) {
  EXPECT_EQ(testing::decode_text(kBedrockConverse, R"({"message":"Nope"})"),
            "error 502 type \"unreadable_response\" code \"\" param \"\" message \"Nope\"\n");
  EXPECT_EQ(
      testing::decode_text(
          kBedrockConverse,
          R"({"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"})"),
      "error 502 type \"UnknownOperationException\" code \"\" param \"\" message \"the answer has no "
      "output.message\"\n");
  EXPECT_TRUE(testing::decode_text(kBedrockConverse, "[]").starts_with("error 502"));
}

struct StreamRow {
  std::string_view what, frames, expected;
};

TEST(BedrockStream, Oddities) {
  const std::vector<StreamRow> rows = {
      {"BRW-08: padding and unknown events are passed over",
       "event: messageStart\ndata: {\"p\":\"abcd\",\"role\":\"assistant\"}\n\n"
       "event: weather\ndata: {\"rain\":true}\n\n"
       "event: messageStop\ndata: {\"stopReason\":\"end_turn\",\"p\":\"ab\"}\n\n",
       "start id \"\" model \"\" created 0\n0 stop end_turn (end_turn)\nend\n"},
      {"BRW-09: a delta of another block ends the one before it",
       "event: contentBlockDelta\ndata: {\"delta\":{\"text\":\"a\"},\"contentBlockIndex\":0}\n\n"
       "event: contentBlockDelta\ndata: {\"delta\":{\"text\":\"b\"},\"contentBlockIndex\":1}\n\n"
       "event: messageStop\ndata: {\"stopReason\":\"end_turn\"}\n\n",
       "start id \"\" model \"\" created 0\n0.0 open text\n0.0 text \"a\"\n0.0 close text\n0.1 open text\n"
       "0.1 text \"b\"\n0.1 close text\n0 stop end_turn (end_turn)\nend\n"},
      {"pieces of encrypted reasoning are one block",
       "event: contentBlockDelta\ndata: "
       "{\"delta\":{\"reasoningContent\":{\"redactedContent\":\"QQ==\"}},\"contentBlockIndex\":0}\n\n"
       "event: contentBlockDelta\ndata: "
       "{\"delta\":{\"reasoningContent\":{\"redactedContent\":\"QkM=\"}},\"contentBlockIndex\":0}\n\n"
       "event: contentBlockStop\ndata: {\"contentBlockIndex\":0}\n\n"
       "event: messageStop\ndata: {\"stopReason\":\"end_turn\"}\n\n",
       "start id \"\" model \"\" created 0\n0.0 open redacted_reasoning data \"QUJD\" issuer anthropic\n"
       "0.0 close redacted_reasoning\n0 stop end_turn (end_turn)\nend\n"},
      {"a payload that is no JSON ends the attempt", "event: messageStart\ndata: {oops\n\n",
       "error 502 in stream type \"unreadable_response\" code \"\" param \"\" message \"a messageStart "
       "message that is "
       "no JSON object\"\n"},
      {"BRW-10: a stream exception has the status of its kind",
       "exception: throttlingException\ndata: {\"message\":\"Too many tokens, please wait before trying "
       "again.\"}\n\n",
       "error 429 in stream type \"ThrottlingException\" code \"\" param \"\" message \"Too many tokens, "
       "please wait "
       "before trying again.\"\n"},
      {"BRW-10: a model's stream error says what its host said",
       "exception: modelStreamErrorException\ndata: "
       "{\"message\":\"m\",\"originalStatusCode\":503,\"originalMessage\":\"o\"}\n\n",
       "error 424 in stream type \"ModelStreamErrorException\" code \"503\" param \"\" message \"m\"\n"},
      {"BRW-07: an error message may have no payload", "exception: InternalFailure\ndata: \n\n",
       "error 500 in stream type \"InternalFailure\" code \"\" param \"\" message \"\"\n"},
  };
  for (const StreamRow& row : rows) {
    SCOPED_TRACE(row.what);
    const testing::Frames frames{std::string(row.frames)};
    EXPECT_EQ(testing::run(*kBedrockConverse.decoder(), frames.list), row.expected);
  }
}

struct ErrorRow {
  std::string_view rule;
  int status;
  std::string_view header, body, expected;
};

TEST(BedrockErrors, Bodies) {
  const std::vector<ErrorRow> rows = {
      {"BR intro: the type is the header up to the colon", 400,
       "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/",
       R"({"message":"The provided model identifier is invalid."})",
       R"(error 400 type "ValidationException" code "" param "" message "The provided model identifier is invalid.")"},
      {"ERR: infrastructure writes Message", 403, "", R"({"Message":"Missing Authentication Token"})",
       R"(error 403 type "" code "" param "" message "Missing Authentication Token")"},
      {"ERR: or __type", 400, "",
       R"({"__type":"com.amazon.coral.service#SerializationException","message":"x"})",
       R"(error 400 type "SerializationException" code "" param "" message "x")"},
      {"BR intro: the model's words are unwrapped", 400, "ValidationException",
       R"({"message":"The model returned the following errors: messages: text content blocks must contain non-whitespace text"})",
       R"(error 400 type "ValidationException" code "" param "" message "messages: text content blocks must contain non-whitespace text")"},
      {"BR intro: and so is its own error body", 400, "ValidationException",
       R"({"message":"The model returned the following errors: {\"error\":{\"message\":\"Bad effort\",\"type\":\"invalid_request_error\",\"param\":\"reasoning.effort\",\"code\":\"unsupported_value\"}}"})",
       R"(error 400 type "ValidationException" code "unsupported_value" param "reasoning.effort" message "Bad effort")"},
      {"BR-03", 400, "ValidationException",
       R"({"message":"The content field in the Message object at messages.2 is empty. Add a ContentBlock object to the content field and try again."})",
       R"(error 400 type "ValidationException" code "" param "messages.2" message "The content field in the Message object at messages.2 is empty. Add a ContentBlock object to the content field and try again.")"},
      {"BR-31", 400, "ValidationException",
       R"({"message":"1 validation error detected: Value '' at 'toolConfig.tools.1.member.toolSpec.description' failed to satisfy constraint: Member must have length greater than or equal to 1"})",
       R"(error 400 type "ValidationException" code "" param "toolConfig.tools.1.member.toolSpec.description" message "1 validation error detected: Value '' at 'toolConfig.tools.1.member.toolSpec.description' failed to satisfy constraint: Member must have length greater than or equal to 1")"},
      {"BR-32", 400, "ValidationException",
       R"({"message":"The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object."})",
       R"(error 400 type "ValidationException" code "" param "toolConfig.tools.0.toolSpec.inputSchema.json.type" message "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.")"},
      {"BR-33", 400, "ValidationException",
       R"({"message":"Malformed input request: #/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [$defs] is not permitted, please reformat your input and try again."})",
       R"(error 400 type "ValidationException" code "" param "#/toolConfig/tools/0/toolSpec/inputSchema/json" message "Malformed input request: #/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [$defs] is not permitted, please reformat your input and try again.")"},
      {"BRM-04", 400, "ValidationException",
       R"({"message":"This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again."})",
       R"(error 400 type "ValidationException" code "" param "toolConfig.toolChoice.any" message "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again.")"},
      {"BRM-03: a sentence without a place has none", 400, "ValidationException",
       R"({"message":"This model doesn't support tool use in streaming mode."})",
       R"(error 400 type "ValidationException" code "" param "" message "This model doesn't support tool use in streaming mode.")"},
      {"no JSON at all", 503, "", "<html>busy</html>\n",
       R"(error 503 type "" code "" param "" message "<html>busy</html>")"},
      {"nothing at all", 500, "InternalServerException", "",
       R"(error 500 type "InternalServerException" code "" param "" message "")"},
  };
  for (const ErrorRow& row : rows) {
    SCOPED_TRACE(row.rule);
    const canon::UpstreamError error = kBedrockConverse.decode_error(row.status, row.body, row.header);
    EXPECT_EQ(describe(error), std::string(row.expected) + "\n");
    EXPECT_EQ(error.body, row.body);
  }
}

TEST(BedrockErrors, StatusOfEveryException) {  // BRW-10
  const std::vector<std::pair<std::string_view, int>> rows = {
      {"AccessDeniedException", 403},
      {"ResourceNotFoundException", 404},
      {"ModelTimeoutException", 408},
      {"ModelErrorException", 424},
      {"modelStreamErrorException", 424},
      {"throttlingException", 429},
      {"ModelNotReadyException", 429},
      {"validationException", 400},
      {"ServiceQuotaExceededException", 400},
      {"ConflictException", 400},
      {"internalServerException", 500},
      {"serviceUnavailableException", 503},
      {"SomethingElse", 0},
  };
  for (const auto& [name, status] : rows) EXPECT_EQ(bedrock::exception_status(name), status) << name;
}

TEST(BedrockMedia, FormatsBothWays) {  // BR-26
  using canon::MediaKind;
  EXPECT_EQ(bedrock::format_of(MediaKind::image, "image/JPG"), "jpeg");
  EXPECT_EQ(bedrock::format_of(MediaKind::document, "text/plain; charset=utf-8"), "txt");
  EXPECT_EQ(bedrock::format_of(MediaKind::video, "video/3gpp"), "three_gp");
  EXPECT_EQ(bedrock::format_of(MediaKind::image, "image/tiff"), "tiff");
  EXPECT_EQ(bedrock::media_type_of(MediaKind::document, "md"), "text/markdown");
  EXPECT_EQ(bedrock::media_type_of(MediaKind::audio, "mp4"), "audio/mp4");
  EXPECT_EQ(bedrock::media_type_of(MediaKind::image, "tiff"), "");
}

}  // namespace
}  // namespace dragoman::dialect
