// Reading a signature and checking it.
#include <gtest/gtest.h>

#include "net/sigv4_fixture.h"

namespace dragoman::net {
namespace {

TEST(SigV4, ParsesAuthorization) {
  const std::string digits(64, 'a');
  const auto parsed =
      parse_authorization("AWS4-HMAC-SHA256 SignedHeaders=host;x-amz-date,Signature=" + digits +
                          " , Credential=K/20150830/us-east-1/bedrock/aws4_request ");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  const std::string good = "Credential=K/20150830/r/s/aws4_request, SignedHeaders=host, Signature=" + digits;
  ASSERT_TRUE(parse_authorization("AWS4-HMAC-SHA256 " + good).has_value());
  struct Row {
    std::string value, message;
  };
  const std::string scheme = "AWS4-HMAC-SHA256 ";
  const std::string unsorted = "SignedHeaders is not a sorted list of lower-case names";
  const std::string scope = "the Credential is not KEY/DATE/REGION/SERVICE/aws4_request";
  const std::string hex64 = "the Signature is not 64 lower-case hex digits";
  const auto with = [&](std::string_view credential, std::string_view headers, std::string_view signature) {
    return scheme + "Credential=" + std::string(credential) + ", SignedHeaders=" + std::string(headers) +
           ", Signature=" + std::string(signature);
  };
  const std::string_view key = "K/20150830/r/s/aws4_request";
  const Row rows[] = {
      {"", "Authorization is not of the scheme AWS4-HMAC-SHA256"},
      {"Bearer x", "Authorization is not of the scheme AWS4-HMAC-SHA256"},
      {"AWS4-HMAC-SHA256", "Authorization is not of the scheme AWS4-HMAC-SHA256"},
      {"AWS4-HMAC-SHA256X " + good, "Authorization is not of the scheme AWS4-HMAC-SHA256"},
      {scheme + "SignedHeaders=host, Signature=" + digits, "Authorization has no Credential"},
      {scheme + "Credential=" + std::string(key) + ", Signature=" + digits,
       "Authorization has no SignedHeaders"},
      {scheme + "Credential=" + std::string(key) + ", SignedHeaders=host", "Authorization has no Signature"},
      {scheme + good + ", Signature=" + digits, "Authorization has Signature twice"},
      {scheme + good + ", Other=1",
       "Authorization has a part that is neither Credential, SignedHeaders nor Signature"},
      {scheme + good + ",",
       "Authorization has a part that is neither Credential, SignedHeaders nor Signature"},
      {with("K/20150830/r/s", "host", digits), scope},
      {with("K/20150830/r/s/aws3_request", "host", digits), scope},
      {with("/20150830/r/s/aws4_request", "host", digits), scope},
      {with("K/20150830/r//aws4_request", "host", digits), scope},
      {with("K/20150830/r/s/aws4_request/x", "host", digits), scope},
      {with(key, "", digits), unsorted},
      {with(key, "Host", digits), unsorted},
      {with(key, "x;host", digits), unsorted},
      {with(key, "host;host", digits), unsorted},
      {with(key, "host;", digits), unsorted},
      {with(key, "host", ""), hex64},
      {with(key, "host", digits + "a"), hex64},
      {with(key, "host", std::string(64, 'A')), hex64},
      {with(key, "host", std::string(64, 'g')), hex64},
  };
  for (const Row& row : rows) {
    const auto got = parse_authorization(row.value);
    ASSERT_FALSE(got.has_value()) << row.value;
    EXPECT_EQ(got.error().message, row.message) << row.value;
  }
}

// One signed request, then one thing wrong at a time.
class SigV4Verify : public testing::Test {
 protected:
  SigV4Verify() {
    const Pairs given = {{"Host", "h"}, {"Content-Type", "application/json"}};
    const SigV4Request plain{"POST", "/model/x%3A0/converse", "a=1", given, "{\"a\":1}"};
    const auto result = sign(plain, keys, kScope, kNow);
    EXPECT_TRUE(result.has_value());
    added = *result;
    headers = given;
    for (const auto& [name, value] : added) headers.emplace_back(name, value);
    request = plain;
    request.headers = headers;
  }

  std::string_view& value(std::string_view name) {
    for (auto& [key, text] : headers) {
      if (key == name) return text;
    }
    throw std::logic_error("no such header");
  }

  void remove(std::string_view name) {
    std::erase_if(headers, [&](const auto& h) { return h.first == name; });
    request.headers = headers;
  }

  AwsCredentials keys{"AKIDEXAMPLE", "secret", "token"};
  SigV4Headers added;
  Pairs headers;
  SigV4Request request;
};

TEST_F(SigV4Verify, Accepts) {
  EXPECT_EQ(verify_known(request, keys), SigV4Verdict::kOk);
  // Headers that proxies add unsigned, and white space they fold, do no harm.
  headers.emplace_back("Via", "1.1 proxy");
  value("Content-Type") = "  application/json ";
  request.headers = headers;
  EXPECT_EQ(verify_known(request, keys), SigV4Verdict::kOk);
}

TEST_F(SigV4Verify, AnyChangeIsABadSignature) {
  const auto expect_bad = [&](SigV4Request changed) {
    EXPECT_EQ(verify_known(changed, keys), SigV4Verdict::kBadSignature);
  };
  SigV4Request changed = request;
  changed.method = "PUT";
  expect_bad(changed);
  changed = request;
  changed.path = "/model/x:0/converse";
  expect_bad(changed);
  changed = request;
  changed.query = "a=2";
  expect_bad(changed);
  changed = request;
  changed.body = "{\"a\":2}";
  expect_bad(changed);
  value("Content-Type") = "text/plain";
  expect_bad(request);
  value("Content-Type") = "application/json";
  AwsCredentials other = keys;
  other.secret_key = "other";
  EXPECT_EQ(verify_known(request, other), SigV4Verdict::kBadSignature);
  headers.emplace_back("X-Amz-Content-SHA256", std::string_view("wrong"));
  request.headers = headers;
  expect_bad(request);
}

TEST_F(SigV4Verify, MissingAndIncomplete) {
  const std::string_view authorization = value("Authorization");
  value("Authorization") = "Bearer x";
  EXPECT_EQ(verify_known(request, keys), SigV4Verdict::kMissingToken);
  value("Authorization") = authorization.substr(0, authorization.size() - 1);
  EXPECT_EQ(verify_known(request, keys), SigV4Verdict::kIncomplete);
  value("Authorization") = authorization;
  value("X-Amz-Date") = "yesterday";
  EXPECT_EQ(verify_known(request, keys), SigV4Verdict::kIncomplete);
  value("X-Amz-Date") = "20150830T123600Z";
  remove("Content-Type");  // named in SignedHeaders
  EXPECT_EQ(verify_known(request, keys), SigV4Verdict::kIncomplete);
  remove("X-Amz-Date");
  EXPECT_EQ(verify_known(request, keys), SigV4Verdict::kIncomplete);
  remove("Authorization");
  EXPECT_EQ(verify_known(request, keys), SigV4Verdict::kMissingToken);
}

TEST_F(SigV4Verify, RequiredHeadersMustBeSigned) {
  for (const std::string_view name : {"host;", "x-amz-date;", ";x-amz-security-token"}) {
    std::string authorization(added.back().second);
    const std::size_t at = authorization.find(name);
    ASSERT_NE(at, std::string::npos) << authorization;
    authorization.erase(at, name.size());
    value("Authorization") = authorization;
    EXPECT_EQ(verify_known(request, keys), SigV4Verdict::kIncomplete) << name;
  }
}

TEST_F(SigV4Verify, KeysTokensScopesAndTime) {
  AwsCredentials other = keys;
  other.access_key = "OTHER";
  EXPECT_EQ(verify_known(request, other), SigV4Verdict::kUnknownKey);
  other = keys;
  other.session_token = "old";
  EXPECT_EQ(verify_known(request, other), SigV4Verdict::kUnknownKey);
  other.session_token.clear();
  EXPECT_EQ(verify_known(request, other), SigV4Verdict::kUnknownKey);
  EXPECT_EQ(verify_known(request, keys, {}, kNow, {"eu-west-1", "service"}), SigV4Verdict::kWrongScope);
  EXPECT_EQ(verify_known(request, keys, {}, kNow, {"us-east-1", "bedrock"}), SigV4Verdict::kWrongScope);
  for (const int sign_of_skew : {-1, 1}) {
    EXPECT_EQ(verify_known(request, keys, {}, kNow + std::chrono::seconds(300 * sign_of_skew)),
              SigV4Verdict::kOk);
    EXPECT_EQ(verify_known(request, keys, {}, kNow + std::chrono::seconds(301 * sign_of_skew)),
              SigV4Verdict::kExpired);
  }
  value("X-Amz-Date") = "20150831T123600Z";
  EXPECT_EQ(verify_known(request, keys), SigV4Verdict::kWrongScope);  // the scope says the 30th
}

}  // namespace
}  // namespace dragoman::net
