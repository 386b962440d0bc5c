// What is refused before any field is looked at: keys, versions, methods, sizes, bodies without their fields.
#include <gtest/gtest.h>

#include "sandbox/anthropic/emulator.h"
#include "sandbox/call_fixture.h"

namespace dragoman::sandbox::anthropic {
namespace {

const HeaderList kHeaders = {{"x-api-key", "sk-test"}, {"anthropic-version", "2023-06-01"}};

std::string body_of(const std::string& fields) {
  return R"({"model":"claude-haiku-4-5","max_tokens":1024,)" + fields + "}";
}

std::string message_of(const Reply& reply) {
  static Arena arena;
  const Result<json::Value> body = json::parse(arena, reply.body);
  return body ? std::string((*body)["error"]["message"].text()) : reply.body;
}

TEST(AnthropicRequest, EverythingThatMustBeThere) {
  const struct {
    std::string_view body;
    std::string_view says;
  } bodies[] = {
      {R"({"model":"claude-haiku-4-5","messages":[]})", "max_tokens: Field required"},  // ANT-01
      {R"({"max_tokens":1,"messages":[]})", "model: Field required"},
      {R"({"model":"claude-haiku-4-5","max_tokens":1})", "messages: Field required"},
      {R"({"model":"claude-haiku-4-5","max_tokens":1,"messages":[{"role":"user"}]})",
       "messages.0.content: Field required"},
      {R"({"model":"claude-haiku-4-5","max_tokens":"1","messages":[]})",
       "max_tokens: Input should be a valid integer"},
  };
  for (const auto& [body, says] : bodies) {
    const Reply reply = CallFixture("POST", "/v1/messages", kHeaders, std::string(body)).play(emulator());
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(message_of(reply), says);
  }
}

TEST(AnthropicRequest, KeysAndVersions) {
  const std::string body = body_of(R"("messages":[{"role":"user","content":"Weather in Paris?"}])");
  const struct {
    HeaderList headers;
    int status;
    std::string_view type, says;
  } cases[] = {
      {{{"anthropic-version", "2023-06-01"}}, 401, "authentication_error", "x-api-key header is required"},
      {{{"x-api-key", "bad-key"}, {"anthropic-version", "2023-06-01"}},
       401,
       "authentication_error",
       "invalid x-api-key"},  // ANT-50
      {{{"x-api-key", "good"}},
       400,
       "invalid_request_error",
       "anthropic-version: header is required"},  // ANT-03
      {{{"x-api-key", "broke"}, {"anthropic-version", "2023-06-01"}},
       400,
       "invalid_request_error",
       "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade "
       "or "
       "purchase credits."},  // ANT-48
  };
  for (const auto& row : cases) {
    const Reply reply = CallFixture("POST", "/v1/messages", row.headers, body).play(emulator());
    EXPECT_EQ(reply.status, row.status);
    EXPECT_EQ(message_of(reply), row.says);
    EXPECT_NE(reply.body.find("\"type\":\"" + std::string(row.type) + "\""), std::string::npos);
    EXPECT_NE(reply.body.find("\"request_id\":\"req_01"), std::string::npos);
  }
  const HeaderList bearer = {{"Authorization", "Bearer token"}, {"anthropic-version", "2023-06-01"}};
  EXPECT_EQ(CallFixture("POST", "/v1/messages", bearer, body).play(emulator()).status, 200);
}

TEST(AnthropicRequest, NotJsonAndTooLarge) {
  EXPECT_EQ(CallFixture("POST", "/v1/messages", kHeaders, "{").play(emulator()).status, 400);
  EXPECT_EQ(CallFixture("POST", "/v1/messages", kHeaders, std::string(33 << 20, ' ')).play(emulator()).status,
            413);
  EXPECT_EQ(CallFixture("GET", "/v1/messages", kHeaders, "").play(emulator()).status, 405);
  EXPECT_EQ(CallFixture("POST", "/v1/complete", kHeaders, "{}").play(emulator()).status, 404);
}

TEST(AnthropicRequest, OverflowIsCounted) {  // ANT-47
  const std::string words(900000, 'a');
  const Reply reply = CallFixture("POST", "/v1/messages", kHeaders,
                                  body_of(R"("messages":[{"role":"user","content":")" + words + "\"}]"))
                          .play(emulator());
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(message_of(reply).starts_with("prompt is too long: ")) << message_of(reply);
}

}  // namespace
}  // namespace dragoman::sandbox::anthropic
