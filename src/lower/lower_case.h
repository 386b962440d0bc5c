// One row of the lowering's table tests: a client's body, a target, and what has to come out.
#pragma once
#include "json/value.h"
#include "lower/test_support.h"

namespace dragoman::lower::testing {

// A piece of the body that is sent: the value at a JSON pointer; "" for "nothing there".
struct Sent {
  std::string_view pointer;
  std::string_view json;
};

struct Case {
  std::string_view rule;    // of the provider contracts, what the row is about
  std::string_view target;  // "provider/model"
  std::string body;         // the conversation may be left out, and Anthropic's max_tokens
  std::vector<Sent> sent = {};
  std::vector<std::string_view> edits = {};  // "rule loss pointer keyword", each must be there
  bool same_bytes = false;
  std::string_view refused = {};  // "rule pointer"; "" must not be refused
};

inline Input make_input(canon::DialectName dialect, const Case& row) {
  Arena arena;
  const auto parsed = json::parse(arena, row.body);
  if (!parsed) throw std::runtime_error(std::string(row.rule) + ": " + parsed.error().message);
  const json::Builder build(arena);
  json::Value body = *parsed;
  if (!body["messages"] && !body["contents"] && !body["input"])
    body = build.with(body, "messages", *json::parse(arena, R"([{"role":"user","content":"Hi"}])"));
  if (dialect == canon::DialectName::anthropic_messages && !body["max_tokens"])
    body = build.with(body, "max_tokens", build.integer(4096));
  const bool in_url = dialect == canon::DialectName::bedrock_converse ||
                      dialect == canon::DialectName::gemini_generate;  // where its model stands
  if (!body["model"] && !in_url) body = build.with(body, "model", build.string("asked"));
  return {std::string(row.rule), dialect, json::dump(body)};
}

inline void expect_case(canon::DialectName dialect, const Case& row) {
  SCOPED_TRACE(fmt::format("{} {} to {}: {}", row.rule, canon::name(dialect), row.target, row.body));
  ClientRequest request(make_input(dialect, row));
  const auto slash = row.target.find('/');
  const auto lowered = request.to(row.target.substr(0, slash), row.target.substr(slash + 1));
  if (!lowered) {
    EXPECT_EQ(fmt::format("{} {}", lowered.error().rule, lowered.error().pointer), row.refused)
        << lowered.error().reason;
    return;
  }
  EXPECT_EQ(row.refused, "") << "was lowered: " << lowered->body;
  EXPECT_EQ(lowered->same_bytes, row.same_bytes) << describe(lowered->edits);
  Arena arena;
  const auto body = json::parse(arena, lowered->body);
  ASSERT_TRUE(body) << lowered->body;
  for (const Sent& want : row.sent) {
    const json::Value is = json::resolve(*body, want.pointer);
    if (want.json.empty()) {
      EXPECT_FALSE(is) << want.pointer << " is " << json::dump(is);
      continue;
    }
    const auto value = json::parse(arena, want.json);
    ASSERT_TRUE(value) << want.json;
    EXPECT_TRUE(is && json::equal(is, *value)) << want.pointer << " should be " << want.json << "\n"
                                               << lowered->body;
  }
  std::vector<std::string> made;
  for (const Edit& e : lowered->edits)
    made.push_back(
        fmt::format("{} {} {} {}", e.rule, name(e.loss), e.pointer.empty() ? "-" : e.pointer, e.keyword));
  for (const std::string_view want : row.edits)
    EXPECT_NE(std::find(made.begin(), made.end(), want), made.end()) << "no edit " << want << " among\n"
                                                                     << describe(lowered->edits);
  if (row.edits.empty()) EXPECT_EQ(describe(lowered->edits), "");
}

inline void expect_openai(std::initializer_list<Case> rows) {
  for (const Case& row : rows) expect_case(canon::DialectName::openai_chat, row);
}
inline void expect_anthropic(std::initializer_list<Case> rows) {
  for (const Case& row : rows) expect_case(canon::DialectName::anthropic_messages, row);
}
inline void expect_gemini(std::initializer_list<Case> rows) {
  for (const Case& row : rows) expect_case(canon::DialectName::gemini_generate, row);
}
inline void expect_bedrock(std::initializer_list<Case> rows) {
  for (const Case& row : rows) expect_case(canon::DialectName::bedrock_converse, row);
}

}  // namespace dragoman::lower::testing
