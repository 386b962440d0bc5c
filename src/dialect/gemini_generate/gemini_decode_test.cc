#include <gtest/gtest.h>

#include "dialect/gemini_generate/gemini_generate.h"
#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

using testing::describe;

// Folders under tests/golden/dialect/gemini_generate: stream.txt becomes events.txt chunk by chunk, and
// folded it is the answer that answer.json is (the same answer, from generateContent).
TEST(GeminiDecode, Goldens) {
  for (const std::string name : {"text", "tool_calls", "thoughts", "candidates", "blocked", "error", "cut"}) {
    const std::string folder = "gemini_generate/" + name + "/";
    SCOPED_TRACE(folder);
    const testing::Frames frames(testing::read_file(testing::golden_folder() + folder + "stream.txt"));
    ASSERT_FALSE(frames.list.empty());
    testing::expect_golden(folder + "events.txt", testing::run(*kGeminiGenerate.decoder(), frames.list));
    const std::string answer = testing::read_file(testing::golden_folder() + folder + "answer.json");
    if (answer.empty()) continue;
    const std::string decoded = testing::decode_text(kGeminiGenerate, answer);
    testing::expect_golden(folder + "answer.txt", decoded);
    EXPECT_EQ(testing::run_folded(*kGeminiGenerate.decoder(), frames.list), decoded);
    // Without alt=sse the chunks are items of one array.
    std::string array = "[";
    for (const Frame& frame : frames.list) {
      if (array.size() > 1) array += ',';
      array += frame.data;
    }
    EXPECT_EQ(testing::decode_text(kGeminiGenerate, array + "]"), decoded);
  }
}

TEST(GeminiDecode, StopReasons) {
  using canon::StopReason;
  struct Row {
    std::string_view word;
    bool called;
    StopReason reason;
  };
  const std::vector<Row> rows = {
      {"STOP", false, StopReason::end_turn},
      {"STOP", true, StopReason::tool_use},
      {"MAX_TOKENS", true, StopReason::max_tokens},
      {"SAFETY", false, StopReason::content_filter},
      {"RECITATION", false, StopReason::content_filter},
      {"BLOCKLIST", false, StopReason::content_filter},
      {"PROHIBITED_CONTENT", false, StopReason::content_filter},
      {"SPII", false, StopReason::content_filter},
      {"IMAGE_SAFETY", false, StopReason::content_filter},
      {"IMAGE_PROHIBITED_CONTENT", false, StopReason::content_filter},
      {"IMAGE_RECITATION", false, StopReason::content_filter},
      {"MALFORMED_FUNCTION_CALL", false, StopReason::malformed_tool_call},  // GEM-62
      {"UNEXPECTED_TOOL_CALL", false, StopReason::malformed_tool_call},
      {"TOO_MANY_TOOL_CALLS", true, StopReason::malformed_tool_call},
      {"MALFORMED_RESPONSE", false, StopReason::malformed_tool_call},
      {"LANGUAGE", false, StopReason::unknown},
      {"OTHER", false, StopReason::unknown},
      {"SOMETHING_NEW", true, StopReason::unknown},
  };
  for (const Row& row : rows) EXPECT_EQ(gemini::stop_reason(row.word, row.called), row.reason) << row.word;
}

struct BodyRow {
  std::string_view what, body, expected;
};

TEST(GeminiDecode, Bodies) {
  const std::vector<BodyRow> rows = {
      {"GEM-62: a call the provider refused",
       R"({"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","index":0}]})",
       "error 200 type \"MALFORMED_FUNCTION_CALL\" code \"\" param \"\" message \"the model's answer could "
       "not "
       "be used: MALFORMED_FUNCTION_CALL\"\n"},
      {"the same, in Google's words",
       R"({"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"Malformed function call: f("}]})",
       "error 200 type \"MALFORMED_FUNCTION_CALL\" code \"\" param \"\" message \"Malformed function call: "
       "f( "
       "(MALFORMED_FUNCTION_CALL)\"\n"},
      {"GEM-63: a refused prompt is an answer",
       R"({"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4}})",
       "start id \"\" model \"\" created 0 input 4 output -1 cached -1 cache_write -1 reasoning -1\n"
       "0 stop content_filter (SAFETY)\nusage input 4 output -1 cached -1 cache_write -1 reasoning "
       "-1\nend\n"},
      {"an answer without candidates is none", R"({"usageMetadata":{"promptTokenCount":4}})",
       "error 502 type \"unreadable_response\" code \"\" param \"\" message \"the answer has no candidate "
       "with a "
       "finishReason\"\n"},
      {"no object at all", "3",
       "error 502 type \"unreadable_response\" code \"\" param \"\" message \"an answer that is no JSON "
       "object\"\n"},
      {"an error inside a 200", R"({"error":{"code":503,"message":"Busy","status":"UNAVAILABLE"}})",
       "error 503 type \"UNAVAILABLE\" code \"\" param \"\" message \"Busy\"\n"},
      {"the same in an array", R"([{"error":{"code":503,"message":"Busy","status":"UNAVAILABLE"}}])",
       "error 503 type \"UNAVAILABLE\" code \"\" param \"\" message \"Busy\"\n"},
      {"a candidate nobody asked for", R"({"candidates":[{"index":900,"finishReason":"STOP"}]})",
       "error 502 type \"unreadable_response\" code \"\" param \"\" message \"a candidate's index is out of "
       "range\"\n"},
      {"generated media and code",
       R"({"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"QUJD"}},)"
       R"({"executableCode":{"language":"PYTHON","code":"1"},"thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]})",
       "start id \"\" model \"\" created 0\n0.0 open media name \"image/png\" data \"QUJD\"\n0.0 close "
       "media\n"
       "0.1 open reasoning issuer gemini\n0.1 signature \"c2ln\" issuer gemini\n0.1 close reasoning\n"
       "0.2 open foreign name \"executableCode\" issuer gemini_generate value "
       "{\"executableCode\":{\"language\":\"PYTHON\",\"code\":\"1\"},\"thoughtSignature\":\"c2ln\"}\n"
       "0.2 close foreign\n0 stop end_turn (STOP)\nend\n"},
      {"log probabilities in OpenAI's shape",
       R"({"createTime":"2026-11-21T10:00:00.5Z","candidates":[{"content":{"parts":[{"text":"A"}]},"finishReason":"STOP",)"
       R"("logprobsResult":{"chosenCandidates":[{"token":"A","logProbability":-0.10}],"topCandidates":[{"candidates":)"
       R"([{"token":"A","logProbability":-0.10},{"token":"B","logProbability":-3}]}]}}]})",
       "start id \"\" model \"\" created 1795255200\n0.0 open text\n0.0 text \"A\"\n0.0 close text\n"
       "0.0 logprobs {\"content\":[{\"token\":\"A\",\"logprob\":-0.10,\"bytes\":null,\"top_logprobs\":"
       "[{\"token\":\"A\",\"logprob\":-0.10,\"bytes\":null},{\"token\":\"B\",\"logprob\":-3,\"bytes\":null}]}"
       "]}\n"
       "0 stop end_turn (STOP)\nend\n"},
  };
  for (const BodyRow& row : rows) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(testing::decode_text(kGeminiGenerate, row.body), row.expected);
  }
}

std::vector<std::string> call_ids(std::string_view body) {
  Arena arena;
  const auto parsed = json::parse(arena, body);
  const auto response = kGeminiGenerate.decode(arena, *parsed);
  std::vector<std::string> ids;
  if (!response) return ids;
  for (const canon::Block& block : response->choices.at(0).blocks)
    ids.emplace_back(std::get<canon::ToolCall>(block.body).id);
  return ids;
}

TEST(GeminiDecode, CallsWithoutAnIdGetOne) {
  const auto body = [](std::string_view response_id, std::string_view arguments) {
    return fmt::format(
        R"({{"responseId":"{}","candidates":[{{"content":{{"parts":[{{"functionCall":{{"name":"f","args":{}}}}},)"
        R"({{"functionCall":{{"name":"f","args":{}}}}}]}},"finishReason":"STOP"}}]}})",
        response_id, arguments, arguments);
  };
  const auto first = call_ids(body("r1", "{}"));
  ASSERT_EQ(first.size(), 2u);
  EXPECT_NE(first[0], first[1]);                               // two equal calls of one answer
  EXPECT_EQ(first, call_ids(body("r1", "{}")));                // read twice
  EXPECT_NE(first[0], call_ids(body("r2", "{}"))[0]);          // another answer
  EXPECT_NE(first[0], call_ids(body("r1", R"({"a":1})"))[0]);  // where answers have no id
  for (const char c : first[0]) EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) || c == '_');
  EXPECT_LE(first[0].size(), 40u);  // OpenAI's limit for ids
}

TEST(GeminiDecode, Times) {
  EXPECT_EQ(gemini::unix_seconds("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(gemini::unix_seconds("2026-11-21T10:00:00Z"), 1795255200);
  EXPECT_EQ(gemini::unix_seconds("2026-11-21T10:00:00.123456Z"), 1795255200);
  for (const std::string_view bad :
       {"", "yesterday", "2026-02-30T00:00:00Z", "2026-11-21T10:00:00+02:00", "20261121T100000Z....."})
    EXPECT_EQ(gemini::unix_seconds(bad), 0) << bad;
}

TEST(GeminiStream, Oddities) {
  const std::vector<BodyRow> rows = {
      {"an empty stream is cut", "event: x\n\n", "cut\n"},
      {"a chunk that is no JSON ends the attempt", "data: {oops\n\n",
       "error 502 in stream type \"unreadable_response\" code \"\" param \"\" message \"a stream event that "
       "is no "
       "JSON\"\n"},
      {"an end mark of compatible hosts is no chunk",
       "data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\n\ndata: [DONE]\n\n",
       "start id \"\" model \"\" created 0\n0 stop end_turn (STOP)\nend\n"},
      {"an unspecified reason is none",
       "data: {\"candidates\":[{\"finishReason\":\"FINISH_REASON_UNSPECIFIED\"}]}\n\n",
       "start id \"\" model \"\" created 0\ncut\n"},
  };
  for (const BodyRow& row : rows) {
    SCOPED_TRACE(row.what);
    const testing::Frames frames{std::string(row.body)};
    EXPECT_EQ(testing::run(*kGeminiGenerate.decoder(), frames.list), row.expected);
  }
}

struct ErrorRow {
  std::string_view rule;
  int status;
  std::string_view body, expected;
};

TEST(GeminiErrors, Bodies) {
  const std::vector<ErrorRow> rows = {
      {"GEM-54: the reason is the code", 400,
       R"({"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}})",
       R"(error 400 type "INVALID_ARGUMENT" code "API_KEY_INVALID" param "" message "API key not valid. Please pass a valid API key.")"},
      {"GEM-31: the field of the first violation", 400,
       R"({"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"x\" at 'tools[0]': Cannot find field.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"tools[0].function_declarations[8]","description":"…"}]}]}})",
       R"(error 400 type "INVALID_ARGUMENT" code "" param "tools[0].function_declarations[8]" message "Invalid JSON payload received. Unknown name \"x\" at 'tools[0]': Cannot find field.")"},
      {"GEM-31: or of the text", 400,
       R"({"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"x\" at 'tools[0]': Cannot find field.","status":"INVALID_ARGUMENT"}})",
       R"(error 400 type "INVALID_ARGUMENT" code "" param "tools[0]" message "Invalid JSON payload received. Unknown name \"x\" at 'tools[0]': Cannot find field.")"},
      {"GEM-32", 400,
       R"({"error":{"code":400,"message":"* GenerateContentRequest.tools[0].function_declarations[1].parameters.required: only allowed for OBJECT type\n","status":"INVALID_ARGUMENT"}})",
       R"(error 400 type "INVALID_ARGUMENT" code "" param "GenerateContentRequest.tools[0].function_declarations[1].parameters.required" message "* GenerateContentRequest.tools[0].function_declarations[1].parameters.required: only allowed for OBJECT type")"},
      {"GEM-56: the wait and the quota", 429,
       R"({"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"},{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"48s"}]}})",
       R"(error 429 type "RESOURCE_EXHAUSTED" code "GenerateRequestsPerDayPerProjectPerModel-FreeTier" param "" retry after 48s message "You exceeded your current quota.")"},
      {"GEM-56: the wait from the text", 429,
       R"({"error":{"code":429,"message":"You exceeded your current quota. Please retry in 48.5s.","status":"RESOURCE_EXHAUSTED"}})",
       R"(error 429 type "RESOURCE_EXHAUSTED" code "" param "" retry after 48.5s message "You exceeded your current quota. Please retry in 48.5s.")"},
      {"ERR: in an array", 503,
       R"([{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}])",
       R"(error 503 type "UNAVAILABLE" code "" param "" message "The model is overloaded.")"},
      {"VTX-13: Claude's shape", 429,
       R"({"type":"error","error":{"type":"rate_limit_error","message":"Slow down"},"request_id":"req_vrtx_1"})",
       R"(error 429 type "rate_limit_error" code "" param "" request "req_vrtx_1" message "Slow down")"},
      {"a proxy's page", 502, "<html><title>502 Bad Gateway</title></html>",
       R"(error 502 type "" code "" param "" message "502 Bad Gateway")"},
      {"nothing", 500, "", R"(error 500 type "" code "" param "" message "")"},
  };
  for (const ErrorRow& row : rows) {
    SCOPED_TRACE(row.rule);
    const canon::UpstreamError error = kGeminiGenerate.decode_error(row.status, row.body, {});
    EXPECT_EQ(describe(error), std::string(row.expected) + "\n");
    EXPECT_EQ(error.body, row.body);
  }
}

// Hosts that end without saying why: clients take OTHER for a fault.
TEST(GeminiRender, AnEndWithoutAReasonIsAStop) {
  canon::Response response;
  canon::Choice& choice = response.choices.emplace_back();
  choice.blocks.push_back({canon::Text{"Hi"}});
  std::string out;
  kGeminiGenerate.render(response, {}, out);
  EXPECT_NE(out.find(R"("finishReason":"STOP")"), out.npos) << out;
  choice.stop_text = "bored";
  out.clear();
  kGeminiGenerate.render(response, {}, out);
  EXPECT_NE(out.find(R"("finishReason":"OTHER")"), out.npos) << out;
}

}  // namespace
}  // namespace dragoman::dialect
