#include "failure/phrases.h"

#include <gtest/gtest.h>

#include "failure/bucket.h"
#include "failure/pointer.h"

namespace dragoman::failure {
namespace {

struct Said {
  std::string_view text, found;
};

TEST(Phrases, RefusedKeyword) {
  const Said rows[] = {
      {"Unrecognized request argument supplied: reasoning_effort", "reasoning_effort"},
      {"Unknown parameter: 'tools[0].function.strict'.", "strict"},
      {"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
       "instead.",
       "max_tokens"},
      {"Invalid schema for function 'f': In context=('properties', 'x'), array schema missing items.",
       "items"},
      {"Invalid schema for function 'f': In context=(), 'uniqueItems' is not permitted.", "uniqueItems"},
      {"tools.3.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level",
       "oneOf"},
      {"tools.3.custom.defer_loading: Extra inputs are not permitted", "defer_loading"},
      {"Invalid JSON payload received. Unknown name \"const\" at "
       "'tools[0].function_declarations[0].parameters': Cannot find field.",
       "const"},
      {"Malformed input request: #/toolConfig/tools/3/toolSpec/inputSchema/json: extraneous key [$defs] is "
       "not permitted",
       "$defs"},
      {"This model doesn't support the toolConfig.toolChoice.any field. Remove it and try again.", "any"},
      {"`temperature` is deprecated for this model.", "temperature"},
      {"'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property "
       "'reasoning_content' is unsupported)]",
       "reasoning_content"},
      {"something went wrong", ""},
  };
  for (const Said& row : rows) EXPECT_EQ(refused_keyword(row.text), row.found) << row.text;
}

TEST(Phrases, PointersThatAreNoPlainPath) {
  const Said rows[] = {
      {"Invalid schema for function 'f': In context=('properties', 'x', 'items'), schema must have a 'type' "
       "key.",
       "In context=('properties', 'x', 'items')"},
      {"<At path 'properties.skill': when using anyOf, type should be defined in anyOf items>",
       "properties.skill"},
      {"Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 99.0 instead.",
       "temperature"},
      {"max_tokens: Field required", "max_tokens"},
      {"Unsupported parameter: temperature", "temperature"},
      {"* GenerateContentRequest.contents[3].parts: contents.parts must not be empty.",
       "GenerateContentRequest.contents[3].parts"},
      {"Please use a valid role: user, model.", ""},
  };
  for (const Said& row : rows) EXPECT_EQ(find_pointer(row.text), row.found) << row.text;
}

TEST(Phrases, StatusInWords) {
  EXPECT_EQ(status_in("Error code: 429 - {'error': {}}"), 429);
  EXPECT_EQ(status_in("400 {\"type\":\"error\"}"), 400);
  EXPECT_EQ(status_in("API Error: 529 overloaded"), 529);
  EXPECT_EQ(status_in("request failed with status code 503"), 503);
  EXPECT_EQ(status_in("{ statusCode: 422, url: 'x' }"), 422);
  EXPECT_EQ(status_in(R"({"status": 503})"), 503);
  EXPECT_EQ(status_in("HTTP/2 429 \ndate: x"), 429);
  EXPECT_EQ(status_in("Connected to api.groq.com (104.18.2.1) port 443"), std::nullopt);
  EXPECT_EQ(status_in("[nvidia/kimi-k3] [429]: {}"), 429);
  EXPECT_EQ(status_in("Grok Responses API returned 403: {}"), 403);
  EXPECT_EQ(status_in("{\"status\":404,\"title\":\"Not Found\"}"), 404);
  EXPECT_EQ(status_in("it raised ResourceExhausted: 429 Resource has been exhausted"), 429);
  EXPECT_EQ(status_in("Perplexity: Bad Request (400): x"), 400);
  EXPECT_EQ(status_in("{\"code\":\"1210\"}"), std::nullopt);
  EXPECT_EQ(status_in("tools.400.custom: bad"), std::nullopt);
  EXPECT_EQ(status_in("limit of 429 items"), std::nullopt);
}

TEST(Phrases, WaitInWords) {
  EXPECT_EQ(wait_in("Please try again in 45.175s. Visit …"), 45.175);
  EXPECT_EQ(wait_in("Please try again in 6m0s."), 360);
  EXPECT_EQ(wait_in("Please retry after 20 seconds."), 20);
  EXPECT_EQ(wait_in("Please retry after 2 minutes"), 120);
  EXPECT_EQ(wait_in("try again in 500ms"), 0.5);
  EXPECT_EQ(wait_in("Please try again in 1m30s."), 90);
  EXPECT_EQ(wait_in("Please try again in 2 hours."), 7200);
  EXPECT_EQ(wait_in("Please wait 23 seconds before trying again."), 23);
  EXPECT_EQ(wait_in("Attempt 1 failed; retrying 5/5"), std::nullopt);
  EXPECT_EQ(relays_wait_in("{\"detail\": \"x\"} (reset after 30s)"), 30);
  EXPECT_EQ(relays_wait_in("Too Many Requests"), std::nullopt);
  EXPECT_EQ(wait_in("Please try again later."), std::nullopt);
}

// The sorting's own edges: spans inclusive at 25, 20, 30 and 20 characters, and a full stop ends them.
TEST(Bucket, Edges) {
  struct Row {
    std::string text;
    int status;
    std::string_view type;
    Bucket bucket;
  };
  const auto n = [](std::size_t count) { return std::string(count, 'x'); };
  const Row rows[] = {
      {"x", 529, "billing_error", Bucket::overloaded},
      {"API Error: 529 {\"type\": overloaded", 0, "", Bucket::overloaded},
      {"error 529. Overloaded", 0, "", Bucket::other},
      {"error 1529 overloaded", 0, "", Bucket::other},
      {"overloaded", 0, "", Bucket::other},
      {"OVERLOADED_ERROR", 0, "", Bucket::overloaded},
      {"x", 400, "billing_error", Bucket::credit},
      {"x", 0, "rate_limit", Bucket::credit},
      {"x", 400, "rate_limit_error", Bucket::other},
      {"x", 402, "", Bucket::credit},
      {"x", 429, "", Bucket::credit},
      {"Your Credit balance is too low", 400, "", Bucket::credit},
      {"insufficient" + n(25) + "funds", 400, "", Bucket::credit},
      {"insufficient" + n(26) + "funds", 400, "", Bucket::other},
      {"insufficient. credit", 400, "", Bucket::other},
      {"hit your" + n(20) + "limit", 400, "", Bucket::credit},
      {"hit your" + n(21) + "limit", 400, "", Bucket::other},
      {"You have hit your limit", 400, "", Bucket::credit},
      {"rate-limit" + n(30) + "rejected", 400, "", Bucket::credit},
      {"rate-limit" + n(31) + "rejected", 400, "", Bucket::other},
      {"You're out of extra usage", 400, "", Bucket::credit},
      {"unable to verify" + n(20) + "membership", 400, "", Bucket::credit},
      {"You exceeded your current quota, please check your plan", 0, "", Bucket::other},
      {"a maximum of 4 blocks with cache_control may be provided; array limit", 400, "", Bucket::other},
  };
  for (const Row& row : rows)
    EXPECT_EQ(name(bucket_of(row.text, row.status, row.type)), name(row.bucket)) << row.text;
}

}  // namespace
}  // namespace dragoman::failure
