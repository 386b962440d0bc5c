// Who may call, and what the path names.
#include <gtest/gtest.h>

#include <chrono>

#include "net/sigv4.h"
#include "sandbox/bedrock/emulator.h"
#include "sandbox/call_fixture.h"

namespace dragoman::sandbox::bedrock {
namespace {

const std::string kBody = R"({"messages":[{"role":"user","content":[{"text":"Hi"}]}]})";

HeaderList signed_headers(const std::string& path, const std::string& body, std::string_view region,
                          const net::AwsCredentials& credentials, std::int64_t when = 1792000000) {
  const std::vector<std::pair<std::string_view, std::string_view>> headers = {
      {"host", "127.0.0.1:4010"}, {"content-type", "application/json"}};
  const Result<net::SigV4Headers> added =
      net::sign({"POST", path, "", headers, body}, credentials, {region, "bedrock"},
                std::chrono::sys_seconds(std::chrono::seconds(when)));
  HeaderList out;
  for (const auto& [name, value] : headers) out.emplace_back(name, value);
  if (added) out.insert(out.end(), added->begin(), added->end());
  return out;
}

TEST(BedrockAccess, Signatures) {  // BR-50, BRW-02, BRW-03, BRW-05
  const std::string path = "/model/us.meta.llama4-maverick-17b-instruct-v1%3A0/converse";
  const std::string full = "/bedrock" + path;
  const std::string& body = kBody;
  const net::AwsCredentials good{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
  const net::AwsCredentials session{good.access_key, good.secret_key, "sandbox-session"};
  const net::AwsCredentials other{"AKIDOTHER", good.secret_key, ""};
  const net::AwsCredentials wrong{good.access_key, "another", ""};
  const net::AwsCredentials foreign_session{good.access_key, good.secret_key, "nobody's"};
  const struct {
    HeaderList headers;
    int status;
    std::string_view exception;
  } cases[] = {
      {signed_headers(full, body, "us-east-1", good), 200, ""},
      {signed_headers(full, body, "us-east-1", session), 200, ""},
      {signed_headers(full, body, "us-east-1", other), 403, "UnrecognizedClientException"},
      {signed_headers(full, body, "us-east-1", foreign_session), 403, "UnrecognizedClientException"},
      {signed_headers(full, body, "us-east-1", wrong), 403, "InvalidSignatureException"},
      {signed_headers(full, body + " ", "us-east-1", good), 403, "InvalidSignatureException"},
      {signed_headers(path, body, "us-east-1", good), 403, "InvalidSignatureException"},
      {signed_headers(full, body, "us-east-1", good, 1791990000), 403, "InvalidSignatureException"},
      {signed_headers(full, body, "eu-west-1", good), 400, "ValidationException"},  // a us. profile elsewhere
      {{}, 403, "MissingAuthenticationTokenException"},
      {{{"Authorization", "AWS4-HMAC-SHA256 nonsense"}}, 403, "IncompleteSignatureException"},
      {{{"Authorization", "Bearer bad"}}, 403, "AccessDeniedException"},
      {{{"Authorization", "Bearer any"}}, 200, ""},
  };
  for (const auto& row : cases) {
    const Reply reply = CallFixture("POST", path, row.headers, body).play(emulator());
    EXPECT_EQ(reply.status, row.status) << row.exception << " " << reply.body;
    if (row.exception.empty()) continue;
    std::string type;
    for (const auto& [name, value] : reply.headers) {
      if (name == "x-amzn-ErrorType") type = value;
    }
    EXPECT_EQ(type, std::string(row.exception) + ":http://internal.amazon.com/coral/com.amazon.bedrock/");
  }
}

TEST(BedrockAccess, TheIdIsOneLabel) {  // BRW-01
  const std::string& body = kBody;
  const std::string arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0";
  EXPECT_EQ(CallFixture("POST", "/model/" + arn + "/converse", {{"Authorization", "Bearer key"}}, body)
                .play(emulator())
                .status,
            404);
  EXPECT_EQ(
      CallFixture("POST", "/model/amazon.nova-lite-v1:0/converse", {{"Authorization", "Bearer key"}}, body)
          .play(emulator())
          .status,
      200);
  EXPECT_EQ(CallFixture("POST", "/converse", {{"Authorization", "Bearer key"}}, body).play(emulator()).status,
            404);
}

}  // namespace
}  // namespace dragoman::sandbox::bedrock
