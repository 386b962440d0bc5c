#include "store/redact.h"

#include <gtest/gtest.h>

namespace dragoman::store {
namespace {

struct Row {
  const char* what;
  std::string in;
  std::string out;
};

class Shapes : public testing::TestWithParam<Row> {};

TEST_P(Shapes, AreTakenOut) { EXPECT_EQ(redact(GetParam().in), GetParam().out) << GetParam().what; }

const std::string kJwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";

INSTANTIATE_TEST_SUITE_P(
    Hidden, Shapes,
    testing::Values(
        Row{"bearer header", "Authorization: Bearer abc.def\nnext", "Authorization: Bearer [redacted]\nnext"},
        Row{"basic header", "authorization: Basic dXNlcjpwYXNz", "authorization: Basic [redacted]"},
        Row{"header as JSON", R"({"Authorization":"Bearer abcdef","x":1})",
            R"({"Authorization":"Bearer [redacted]","x":1})"},
        Row{"header in a JSON string", R"("curl -H 'Authorization: Bearer abc' http://h")",
            R"("curl -H 'Authorization: Bearer [redacted]' http://h")"},
        Row{"escaped JSON", R"("{\"authorization\":\"Bearer abc\",\"n\":1}")",
            R"("{\"authorization\":\"Bearer [redacted]\",\"n\":1}")"},
        Row{"SigV4",
            "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/2015/x, Signature=5fa0\r\nHost: h",
            "Authorization: [redacted]\r\nHost: h"},
        Row{"x-api-key", "x-api-key: abc\nb: c", "x-api-key: [redacted]\nb: c"},
        Row{"api-key of Azure", "api-key=abc123", "api-key=[redacted]"},
        Row{"after an escaped newline", R"(a\nx-api-key: abc)", R"(a\nx-api-key: [redacted])"},
        Row{"Gemini's query", "/v1beta/models/m:generateContent?key=abc&alt=sse",
            "/v1beta/models/m:generateContent?key=[redacted]&alt=sse"},
        Row{"presigned URL", "https://b/x?X-Amz-Credential=A%2Fb&X-Amz-Signature=0f&z=1",
            "https://b/x?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]&z=1"},
        Row{"Azure SAS", "https://b/x?sv=1&sig=a%2Bb&se=2", "https://b/x?sv=1&sig=[redacted]&se=2"},
        Row{"JSON member", R"({"api_key": "hunter two", "a": 1})", R"({"api_key": "[redacted]", "a": 1})"},
        Row{"a number stays JSON", R"({"password": 1234, "a": 1})", R"({"password": "[redacted]", "a": 1})"},
        Row{"quote in the value", R"({"client_secret":"a\"b","c":1})",
            R"({"client_secret":"[redacted]","c":1})"},
        Row{"OpenAI's echo", "Incorrect API key provided: sk-proj-abcdef123456. You can",
            "Incorrect API key provided: [redacted]. You can"},
        Row{"masked echo", "provided: sk-ab****************wxyz. x", "provided: [redacted]. x"},
        Row{"dots echo", "provided: sk-abc...wxyz now", "provided: [redacted] now"},
        Row{"DeepSeek's echo", "Your api key: ****1234 is invalid", "Your api key: [redacted] is invalid"},
        Row{"AWS id", "key AKIAIOSFODNN7EXAMPLE is", "key [redacted] is"},
        Row{"AWS session id", "ASIAIOSFODNN7EXAMPLE", "[redacted]"},
        Row{"Bedrock key", "ABSKQmVkcm9ja0FQSUtleS1hYmNkZWY=", "[redacted]"},
        Row{"Google key", "AIzaSyA1234567890abcdefghijklmnopqrstuv", "[redacted]"},
        Row{"Groq key", "(gsk_1234567890abcdef1234)", "([redacted])"},
        Row{"xAI key", "xai-1234567890abcdef1234", "[redacted]"},
        Row{"our key", "dk-0123456789012345678901234567890123456789", "[redacted]"},
        Row{"web token", "token " + kJwt + ", x", "token [redacted], x"},
        Row{"loose bearer", "sent Bearer abc123def here", "sent Bearer [redacted] here"},
        Row{"user info", "http://u:p@ss.example/x then http://user:pw@h/",
            "http://[redacted]@ss.example/x then http://[redacted]@h/"},
        Row{"PEM", R"("-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----\n")",
            R"("-----BEGIN PRIVATE KEY-----[redacted]-----END PRIVATE KEY-----\n")"},
        Row{"PEM cut off", "-----BEGIN RSA PRIVATE KEY-----\nMIIabc",
            "-----BEGIN RSA PRIVATE KEY-----[redacted]"},
        Row{"cookie", "cookie: a=b; c=d\r\nx: y", "cookie: [redacted]\r\nx: y"}));

INSTANTIATE_TEST_SUITE_P(
    Kept, Shapes,
    testing::Values(
        Row{"empty", "", ""}, Row{"Anthropic's refusal", "invalid x-api-key", "invalid x-api-key"},
        Row{"a sentence", "x-api-key: required", "x-api-key: required"},
        Row{"schema property", R"({"password":{"type":"string"},"required":["password"]})",
            R"({"password":{"type":"string"},"required":["password"]})"},
        Row{"counts", R"({"max_tokens": 512, "token_count": 3})", R"({"max_tokens": 512, "token_count": 3})"},
        Row{"logprobs", R"({"token":"Hello","logprob":-0.1})", R"({"token":"Hello","logprob":-0.1})"},
        Row{"key in a map", R"({"key":"value"})", R"({"key":"value"})"},
        Row{"thinking signature", R"({"signature":"EqQBCgIYAhIM"})", R"({"signature":"EqQBCgIYAhIM"})"},
        Row{"hyphenated word", "the sk-learn and task-12345678901 packages",
            "the sk-learn and task-12345678901 packages"},
        Row{"bearer of news", "bearer authentication is required", "bearer authentication is required"},
        Row{"port", "http://127.0.0.1:4000/v1@x", "http://127.0.0.1:4000/v1@x"},
        Row{"already done", "Authorization: Bearer [redacted]", "Authorization: Bearer [redacted]"},
        Row{"public certificate", "-----BEGIN CERTIFICATE-----\nMII", "-----BEGIN CERTIFICATE-----\nMII"},
        Row{"bytes", std::string("\xff\x00\xfe", 3), std::string("\xff\x00\xfe", 3)}));

TEST(Known, SecretsAreFoundInEachForm) {
  const std::vector<std::string> secrets = {"top/secret+value=", "pass\"word12", "short1", "ab"};
  const std::vector<Row> rows = {
      {"raw", "x top/secret+value= y", "x [redacted] y"},
      {"inside a word", "xtop/secret+value=y", "x[redacted]y"},
      {"percent, upper", "q=top%2Fsecret%2Bvalue%3D&z", "q=[redacted]&z"},
      {"percent, lower", "q=top%2fsecret%2bvalue%3d&z", "q=[redacted]&z"},
      {"slash escaped", R"("top\/secret+value=")", R"("[redacted]")"},
      {"quote escaped", R"("pass\"word12")", R"("[redacted]")"},
      {"twice", "top/secret+value=top/secret+value=", "[redacted][redacted]"},
      {"short, alone", "is short1, yes", "is [redacted], yes"},
      {"short, in a word", "xshort1x", "xshort1x"},
      {"too short", "ab", "ab"},
      {"cut", "top/secret+valu", "top/secret+valu"},
  };
  for (const Row& row : rows) EXPECT_EQ(redact(row.in, secrets), row.out) << row.what;
}

TEST(Known, TheLongerOfTwoIsTaken) {
  const std::vector<std::string> secrets = {"abcdefgh", "abcdefghijkl"};
  EXPECT_EQ(redact("abcdefghijkl abcdefgh", secrets), "[redacted] [redacted]");
}

// Long runs of what a scanner might read again and again.
TEST(Redactor, TakesLinearWork) {
  for (const std::string& unit :
       {std::string("\\"), std::string("eyJ."), std::string("sk-."), std::string("://"),
        std::string("api_key\\"), std::string("bearer "), std::string("-----BEGIN ")}) {
    std::string text = "\"password\":\"";
    while (text.size() < (4u << 20)) text += unit;
    EXPECT_FALSE(redact(text).empty());
    EXPECT_FALSE(redact(std::string_view(text).substr(12)).empty());
  }
}

}  // namespace
}  // namespace dragoman::store
