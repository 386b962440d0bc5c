#include "net/sigv4.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "net/sigv4_fixture.h"

namespace dragoman::net {
namespace {

const AwsCredentials kKeys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};

struct Case {
  std::string name;
  std::map<std::string, std::string> options, sections;
};

std::vector<Case> load_suite() {
  std::ifstream file(DRAGOMAN_SOURCE_DIR "/tests/vectors/sigv4/header_signing.txt");
  std::vector<Case> out;
  std::string* section = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== ") || line.starts_with("--- ")) {
      if (section != nullptr && !section->empty()) section->pop_back();  // the line end before this line
      section = nullptr;
      if (line == "=== end") break;
      if (line.starts_with("===")) {
        out.emplace_back().name = line.substr(4);
      } else {
        section = &out.back().sections[line.substr(4)];
      }
    } else if (section != nullptr) {
      section->append(line).append("\n");
    } else if (!out.empty()) {
      const std::size_t space = line.find(' ');
      out.back().options[line.substr(0, space)] = line.substr(space + 1);
    }
  }
  return out;
}

// The suite's request files: a request line whose target may hold spaces, headers with continuation lines, a
// body.
struct ParsedRequest {
  explicit ParsedRequest(std::string_view text) {
    const std::size_t blank = text.find("\n\n");
    if (blank != std::string_view::npos) request.body = text.substr(blank + 2);
    std::string_view head = text.substr(0, blank);
    const std::size_t line_end = head.find('\n');
    std::string_view line = head.substr(0, line_end);
    head.remove_prefix(line_end + 1);
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::size_t question = target.find('?');
    request.method = line.substr(0, first);
    request.path = target.substr(0, question);
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    while (!head.empty()) {
      std::size_t end = head.find('\n');
      while (end != std::string_view::npos && end + 1 < head.size() && head[end + 1] == ' ') {
        end = head.find('\n', end + 1);
      }
      line = head.substr(0, end);
      const std::size_t colon = line.find(':');
      if (colon != std::string_view::npos)
        headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
      head = end == std::string_view::npos ? std::string_view() : head.substr(end + 1);
    }
    request.headers = headers;
  }
  ParsedRequest(const ParsedRequest&) = delete;

  Pairs headers;
  SigV4Request request;
};

TEST(SigV4, SuiteOfAws) {
  const std::vector<Case> suite = load_suite();
  ASSERT_EQ(suite.size(), 38u);
  for (const Case& c : suite) {
    SCOPED_TRACE(c.name);
    const ParsedRequest parsed(c.sections.at("request"));
    AwsCredentials keys = kKeys;
    if (c.options.contains("token")) keys.session_token = c.options.at("token");
    SigV4Options options;
    options.normalize_path = c.options.at("normalize") == "true";
    options.content_sha256 = c.options.at("sign_body") == "true";
    options.sign_session_token = !c.options.contains("omit_session_token");

    const auto added = sign(parsed.request, keys, kScope, kNow, options);
    ASSERT_TRUE(added.has_value()) << added.error().message;
    Pairs headers = parsed.headers;
    for (const auto& [name, value] : *added) headers.emplace_back(name, value);
    SigV4Request sent = parsed.request;
    sent.headers = headers;

    ASSERT_EQ(added->back().first, "Authorization");
    const auto authorization = parse_authorization(added->back().second);
    ASSERT_TRUE(authorization.has_value()) << authorization.error().message;
    const std::string canonical = canonical_request(sent, authorization->signed_headers, options);
    EXPECT_EQ(canonical, c.sections.at("canonical-request"));
    EXPECT_EQ(string_to_sign(canonical, kScope, kNow), c.sections.at("string-to-sign"));
    EXPECT_EQ(authorization->signature, c.sections.at("signature"));
    EXPECT_EQ(verify_known(sent, keys, options), SigV4Verdict::kOk);
  }
}

// BRW-02: the path is sent with one encoding and signed with two.
TEST(SigV4, BedrockPathIsEncodedTwice) {
  const Pairs headers = {{"Host", "bedrock-runtime.us-east-1.amazonaws.com"}};
  struct Row {
    std::string_view path;
    SigV4Options options;
    std::string_view want;
  };
  const Row rows[] = {
      {"/model/deepseek.r1-v1%3A0/converse", {}, "/model/deepseek.r1-v1%253A0/converse"},
      {"/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse-stream",
       {},
       "/model/arn%253Aaws%253Abedrock%253Aus-east-1%253A1%253Ainference-profile%252Fx/converse-stream"},
      {"/model/x%3A0/converse", {.double_encode = false}, "/model/x%3A0/converse"},
      {"", {}, "/"},
      {"/a/../../b", {}, "/b"},
      {"/a/.", {}, "/a/"},
      {"/a/..", {.normalize_path = false}, "/a/.."},
  };
  for (const Row& row : rows) {
    const SigV4Request request{"POST", row.path, "", headers, "{}"};
    const std::string_view host[] = {"host"};
    const std::string canonical = canonical_request(request, host, row.options);
    EXPECT_TRUE(canonical.starts_with("POST\n" + std::string(row.want) + "\n\nhost:")) << canonical;
  }
}

TEST(SigV4, CanonicalQuery) {
  struct Row {
    std::string_view query, want;
  };
  const Row rows[] = {
      {"b=2&a=1", "a=1&b=2"},   {"a", "a="},
      {"a=2&a=1&&", "a=1&a=2"}, {"a=%7e%2F&%62=/", "a=~%2F&b=%2F"},
      {"a=%", "a=%25"},         {"a=%4", "a=%254"},
      {"a-=1&a=2", "a=2&a-=1"}, {"a=x=y", "a=x%3Dy"},
  };
  for (const Row& row : rows) {
    const std::string canonical = canonical_request({"GET", "/", row.query, {}, ""}, {}, {});
    EXPECT_TRUE(canonical.starts_with("GET\n/\n" + std::string(row.want) + "\n\n")) << canonical;
  }
}

// BRW-03
TEST(SigV4, HeadersThatChangeOnTheWayAreNotSigned) {
  const Pairs headers = {{"Host", "h"},
                         {"Connection", "close"},
                         {"expect", "100-continue"},
                         {"Keep-Alive", "1"},
                         {"Proxy-Authenticate", "x"},
                         {"Proxy-Authorization", "x"},
                         {"TE", "trailers"},
                         {"Trailer", "x"},
                         {"Transfer-Encoding", "chunked"},
                         {"Upgrade", "h2c"},
                         {"User-Agent", "dragoman"},
                         {"X-Amzn-Trace-Id", "1"},
                         {"Content-Type", "application/json"}};
  const auto added = sign({"POST", "/", "", headers, "{}"}, kKeys, kScope, kNow);
  ASSERT_TRUE(added.has_value());
  const auto authorization = parse_authorization(added->back().second);
  EXPECT_EQ(authorization->signed_headers,
            (std::vector<std::string_view>{"content-type", "host", "x-amz-date"}));
}

TEST(SigV4, RefusesToSign) {
  struct Row {
    Pairs headers;
    AwsCredentials keys;
    std::string_view message;
  };
  const Row rows[] = {
      {{{"Accept", "x"}}, kKeys, "cannot sign for AWS: the request has no Host header"},
      {{{"host", "h"}, {"X-AMZ-Date", "x"}},
       kKeys,
       "cannot sign for AWS: the request already has x-amz-date"},
      {{{"host", "h"}, {"authorization", "x"}},
       kKeys,
       "cannot sign for AWS: the request already has authorization"},
      {{{"host", "h"}}, {"", "s", ""}, "cannot sign for AWS: the access key or the secret key is empty"},
      {{{"host", "h"}}, {"k", "", ""}, "cannot sign for AWS: the access key or the secret key is empty"},
  };
  for (const Row& row : rows) {
    const auto added = sign({"GET", "/", "", row.headers, ""}, row.keys, kScope, kNow);
    ASSERT_FALSE(added.has_value()) << row.message;
    EXPECT_EQ(added.error().message, row.message);
  }
}

TEST(SigV4, Dates) {
  EXPECT_EQ(amz_date(kNow), "20150830T123600Z");
  EXPECT_EQ(amz_date(std::chrono::sys_seconds{}), "19700101T000000Z");
  for (const char* bad : {"", "20150830T123600", "20150230T123600Z", "20151301T123600Z", "20150830T240000Z",
                          "20150830T126000Z", "20150830 123600Z", "2015083aT123600Z", "20150830T123660Z"}) {
    EXPECT_FALSE(parse_amz_date(bad).has_value()) << bad;
  }
  for (const char* good : {"20240229T235959Z", "19700101T000000Z", "20380119T031408Z"}) {
    EXPECT_EQ(amz_date(parse_amz_date(good).value()), good);
  }
}

}  // namespace
}  // namespace dragoman::net
