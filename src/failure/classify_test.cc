#include "failure/classify.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "failure/advice.h"
#include "failure/pattern.h"
#include "failure/pointer.h"
#include "failure/rules.h"

namespace dragoman::failure {
namespace {

std::vector<Rule> all_rules() {
  std::vector<Rule> out;
  for (const auto part : rule_parts()) out.insert(out.end(), part.begin(), part.end());
  return out;
}

canon::UpstreamError from(const Example& e) {
  canon::UpstreamError error;
  error.status = e.status;
  error.type = e.type;
  error.code = e.code;
  error.message = e.message;
  error.body = e.body;
  return error;
}

// The glob's stem is a provider's name good enough for the row.
std::string provider_for(const Rule& rule) {
  std::string name(rule.provider.empty() ? "openai" : rule.provider);
  if (name.ends_with('*')) name.pop_back();
  return name;
}

TEST(Rules, EachRowDecidesItsOwnExample) {
  for (const Rule& rule : all_rules()) {
    const Failure got = classify(provider_for(rule), from(rule.example), {}, 0);
    EXPECT_EQ(got.rule, rule.id) << rule.example.message;
    EXPECT_EQ(got.retryable, rule.retryable) << rule.id;
    if (rule.cls) {
      EXPECT_EQ(got.cls, *rule.cls) << rule.id;
    }
    EXPECT_FALSE(got.why.empty()) << rule.id;
  }
}

TEST(Rules, AreWellFormedAndNamedOnce) {
  std::set<std::string_view> ids;
  for (const Rule& rule : all_rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    if (rule.where == Where::status || rule.where == Where::empty) {
      EXPECT_TRUE(rule.pattern.empty()) << rule.id;
    } else {
      EXPECT_TRUE(is_well_formed(rule.pattern)) << rule.id;
    }
    if (rule.cls && is_deterministic(*rule.cls)) {
      EXPECT_FALSE(rule.retryable) << rule.id;
    }
    if (rule.cls && is_credential(*rule.cls)) {
      EXPECT_FALSE(rule.retryable) << rule.id;
    }
  }
}

TEST(Rules, AdviceIsAboutRowsThatExist) {
  std::set<std::string> ids;
  for (const Rule& rule : all_rules()) ids.insert(std::string(rule.id));
  for (const RuleAdvice& row : rule_advice()) {
    EXPECT_FALSE(row.request.empty()) << row.rules;
    std::istringstream words{std::string(row.rules)};
    for (std::string id; words >> id;) EXPECT_TRUE(ids.contains(id)) << id;
  }
}

// Look-alikes: what a rule must not take (GUIDE, "Ambiguous cases").
struct Case {
  std::string_view what;
  std::string_view provider;
  Example answer;
  FailureClass cls;
  Side side;
  bool retryable;
};

TEST(Classify, LookAlikes) {
  const Case cases[] = {
      {"529 outranks a billing label",
       "anthropic",
       {529, "billing_error", "", "Overloaded"},
       FailureClass::overloaded,
       Side::none,
       true},
      {"an unrelated 400 with the word limit",
       "openai",
       {400, "invalid_request_error", "",
        "Invalid 'messages[0].content': a limit of 10 images applies. Insufficient detail was given. Add "
        "credit."},
       FailureClass::message_rejected,
       Side::body,
       false},
      {"a string too long by path: description",
       "openai",
       {400, "invalid_request_error", "string_above_max_length",
        "Invalid 'tools[0].function.description': string too long. Expected a string with maximum length "
        "1024."},
       FailureClass::schema_rejected,
       Side::tools,
       false},
      {"a string too long by path: call id",
       "openai",
       {400, "invalid_request_error", "string_above_max_length",
        "Invalid 'messages[2].tool_calls[0].id': string too long. Expected a string with maximum length 40."},
       FailureClass::message_rejected,
       Side::body,
       false},
      {"Bedrock tool name in the tool list",
       "bedrock",
       {400, "ValidationException", "",
        "1 validation error detected: Value 'a.b' at 'toolConfig.tools.22.member.toolSpec.name' failed to "
        "satisfy constraint"},
       FailureClass::schema_rejected,
       Side::tools,
       false},
      {"Bedrock tool name in the history",
       "bedrock",
       {400, "ValidationException", "",
        "Value '$x' at 'messages.73.member.content.1.member.toolUse.name' failed to satisfy constraint"},
       FailureClass::message_rejected,
       Side::body,
       false},
      {"Bedrock choice",
       "bedrock",
       {400, "ValidationException", "",
        "This model doesn't support the toolConfig.toolChoice.any field. Remove it and try again."},
       FailureClass::param_rejected,
       Side::params,
       false},
      {"Gemini declaration",
       "gemini",
       {400, "INVALID_ARGUMENT", "400",
        "Invalid JSON payload received. Unknown name \"const\" at "
        "'tools[0].function_declarations[0].parameters': Cannot find field."},
       FailureClass::schema_rejected,
       Side::tools,
       false},
      {"OpenRouter's raw text decides",
       "openrouter",
       {400, "", "400", "Provider returned error",
        R"({"error":{"metadata":{"raw":"{\"message\":\"prompt is too long: 3 tokens\"}"}}})"},
       FailureClass::context_length,
       Side::body,
       false},
      {"a relay's 502 for an upstream 400",
       "openrouter",
       {502, "", "", "messages.1.content.0: Invalid `signature` in `thinking` block"},
       FailureClass::state_missing,
       Side::body,
       false},
      {"words of overload in a refusal",
       "openai",
       {400, "invalid_request_error", "", "Invalid value for 'tools[0].function.name': overloaded operator"},
       FailureClass::schema_rejected,
       Side::tools,
       false},
      {"a status that says it beside a label that does not",
       "openai",
       {401, "invalid_request_error", "", "bad key"},
       FailureClass::auth,
       Side::none,
       false},
      {"a busy server that calls itself broken",
       "openai",
       {503, "server_error", "", "try later"},
       FailureClass::overloaded,
       Side::none,
       true},
      {"an opaque 400", "openai", {400, "", "", ""}, FailureClass::other, Side::none, false},
      {"HTML from a proxy",
       "openai",
       {502, "", "", "", "<html><h1>502 Bad Gateway</h1></html>"},
       FailureClass::server_error,
       Side::none,
       true},
      {"zai's code is nobody else's",
       "openai",
       {400, "", "1301", "x"},
       FailureClass::other,
       Side::none,
       false},
      {"AWS type with a URL",
       "bedrock",
       {429, "ThrottlingException:http://internal.amazon.com/coral/", "", "x"},
       FailureClass::rate_limit,
       Side::none,
       true},
      {"a pydantic loc", "vllm", {422, "", "", "x"}, FailureClass::other, Side::none, false},
  };
  for (const Case& c : cases) {
    const Failure got = classify(c.provider, from(c.answer), {}, 0);
    EXPECT_EQ(name(got.cls), name(c.cls)) << c.what << " by " << got.rule;
    EXPECT_EQ(name(got.side), name(c.side)) << c.what << " by " << got.rule;
    EXPECT_EQ(got.retryable, c.retryable) << c.what << " by " << got.rule;
  }
}

TEST(Classify, PointerIsTheProvidersOwn) {
  struct Row {
    std::string_view message;
    std::string_view param;
    std::string_view pointer;
  };
  const Row rows[] = {
      {"tools.14.custom.input_schema: JSON schema is invalid.", "", "tools.14.custom.input_schema"},
      {"Value at 'toolConfig.tools.22.member.toolSpec.name' failed", "",
       "toolConfig.tools.22.member.toolSpec.name"},
      {"Unknown name \"x\" at 'request.tools[0].function_declarations[46].parameters.properties[2].value': "
       "Cannot find field.",
       "", "request.tools[0].function_declarations[46].parameters.properties[2].value"},
      {"Invalid schema for function 'f'", "tools[3].function.parameters", "tools[3].function.parameters"},
      {"#/toolConfig/tools/1/toolSpec: extraneous key [x] is not permitted", "",
       "#/toolConfig/tools/1/toolSpec"},
      {"your input.", "", ""},
  };
  for (const Row& row : rows) {
    canon::UpstreamError error;
    error.status = 400;
    error.type = "invalid_request_error";
    error.message = row.message;
    error.param = row.param;
    EXPECT_EQ(classify("x", error, {}, 0).pointer, row.pointer) << row.message;
  }
}

TEST(Classify, AnOutputSchemaIsAParameter) {
  const auto side = [](std::string_view message) {
    return classify("cohere", from({400, "", "", message}), {}, 0).side;
  };
  EXPECT_EQ(side("invalid request: response_format: the schema keyword 'minimum' is not supported."),
            Side::params);
  EXPECT_EQ(side("invalid request: tool 'f': the schema keyword 'minimum' is not supported."), Side::tools);
  EXPECT_EQ(side("invalid request: the schema keyword 'minimum' is not supported."), Side::tools);
}

TEST(Classify, SidesOfPointers) {
  EXPECT_EQ(side_of("['body','messages',0,'user','name']"), Side::body);
  EXPECT_EQ(side_of("message[15].role"), Side::body);
  EXPECT_EQ(side_of("temperature"), Side::params);
  EXPECT_EQ(side_of("toolConfig.toolChoice.any"), Side::params);
  EXPECT_EQ(class_of("response_format.json_schema.schema"), FailureClass::schema_rejected);
  EXPECT_EQ(side_of(""), Side::none);
}

TEST(Classify, ErrorsInStreams) {
  canon::UpstreamError error;
  error.status = 0;
  error.in_stream = true;
  error.type = "overloaded_error";
  EXPECT_EQ(classify("anthropic", error, {}, 0).cls, FailureClass::overloaded);
  error.type = "something_new";
  error.message = "?";
  const Failure unnamed = classify("anthropic", error, {}, 0);
  EXPECT_EQ(unnamed.cls, FailureClass::server_error);
  EXPECT_TRUE(unnamed.retryable);
}

TEST(Classify, RetryAfter) {
  canon::UpstreamError error;
  error.status = 429;
  error.retry_after = 48;
  EXPECT_EQ(classify("gemini", error, {}, 0).retry_after, 48);
  const HeaderField asked[] = {{"Retry-After", "7"}};
  EXPECT_EQ(classify("gemini", error, asked, 0).retry_after, 7) << "headers outrank the body";
  error.retry_after.reset();
  const HeaderField window[] = {{"x-ratelimit-reset-tokens", "6m0s"}};
  EXPECT_EQ(classify("openai", error, window, 0).retry_after, 360);
  error.status = 500;
  EXPECT_EQ(classify("openai", error, window, 0).retry_after, std::nullopt)
      << "a window is no answer to a 500";
}

TEST(Classify, ShouldRetryHeader) {
  canon::UpstreamError error;
  error.status = 500;
  const HeaderField no[] = {{"x-should-retry", "false"}};
  EXPECT_FALSE(classify("anthropic", error, no, 0).retryable);
  error.status = 400;
  const HeaderField yes[] = {{"x-should-retry", "true"}};
  EXPECT_TRUE(classify("anthropic", error, yes, 0).retryable);
  error.message = "Your credit balance is too low";
  EXPECT_FALSE(classify("anthropic", error, yes, 0).retryable);
}

TEST(Classify, Network) {
  EXPECT_EQ(classify("x", NetFailure{NetKind::resolve, "no such host"}).cls, FailureClass::network);
  EXPECT_EQ(classify("x", NetFailure{NetKind::first_byte_timeout, ""}).cls, FailureClass::timeout);
  EXPECT_EQ(classify("x", NetFailure{NetKind::cut, ""}).cls, FailureClass::stream_interrupted);
  const Failure tls = classify("azure", NetFailure{NetKind::tls, "certificate expired"});
  EXPECT_EQ(tls.source, Source::network);
  EXPECT_TRUE(tls.retryable);
  EXPECT_EQ(tls.why, "azure: no TLS session (certificate expired)");
}

TEST(Classify, OwnVerdicts) {
  EXPECT_EQ(local_fault("x").cls, FailureClass::local_fault);
  EXPECT_EQ(local_fault("x").source, Source::us);
  EXPECT_EQ(target_cannot("no images").cls, FailureClass::param_rejected);
  EXPECT_EQ(broken_promise("no").cls, FailureClass::generation_failed);
  EXPECT_TRUE(broken_promise("no").retryable);
  EXPECT_FALSE(is_deterministic(broken_promise("no").cls));
  EXPECT_FALSE(cancelled().retryable);
}

TEST(Likeness, MasksDigitsIdsAndPunctuation) {
  EXPECT_EQ(likeness("tools.14.x: bad (request id: req_01AB)"),
            likeness("Tools.2.x bad, request id: req_99ZZ"));
  EXPECT_NE(likeness("tools: bad"), likeness("messages: bad"));
  EXPECT_EQ(likeness(" .,"), 0u);
}

TEST(Names, RoundTrip) {
  for (int i = 0; i < kFailureClasses; ++i) {
    const auto cls = static_cast<FailureClass>(i);
    EXPECT_EQ(class_named(name(cls)), cls);
    EXPECT_FALSE(describe(cls).empty());
  }
  EXPECT_FALSE(class_named("nonsense"));
}

}  // namespace
}  // namespace dragoman::failure
