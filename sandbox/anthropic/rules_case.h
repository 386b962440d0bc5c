// A rule's request and what the emulator says to it: for rules_test.cc and strict_rules_test.cc.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/anthropic/emulator.h"
#include "sandbox/call_fixture.h"

namespace dragoman::sandbox::anthropic {

struct Row {
  std::string_view rule;
  std::string_view model;
  std::string fields;     // of the body, beside model and max_tokens
  std::string_view says;  // the refusal; "" where the request must pass
  int status = 400;
  bool paranoid = false;
};

inline const std::string kUser = R"("messages":[{"role":"user","content":"Weather in Paris?"}])";
inline constexpr std::string_view kOld = "claude-haiku-4-5";

inline std::string tool(std::string_view schema, std::string_view more = "") {
  return R"("tools":[{"name":"get_weather","input_schema":)" + std::string(schema) + std::string(more) +
         "}]," + kUser;
}

inline const HeaderList kHeaders = {{"x-api-key", "sk-test"}, {"anthropic-version", "2023-06-01"}};

inline std::string body_of(const Row& row) {
  std::string body = R"({"model":")" + std::string(row.model) + "\",";
  if (row.fields.find("\"max_tokens\"") == std::string::npos) body += R"("max_tokens":1024,)";
  return body + row.fields + "}";
}

inline std::string message_of(const Reply& reply) {
  static Arena arena;
  const Result<json::Value> body = json::parse(arena, reply.body);
  return body ? std::string((*body)["error"]["message"].text()) : reply.body;
}

inline void expect_answers(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const Reply reply =
        CallFixture("POST", "/v1/messages", kHeaders, body_of(row)).play(emulator(), row.paranoid);
    SCOPED_TRACE(std::string(row.rule) + " " + row.fields.substr(0, 300));
    if (row.says.empty()) {
      EXPECT_EQ(reply.status, 200) << reply.body;
    } else {
      EXPECT_EQ(reply.status, row.status);
      EXPECT_EQ(message_of(reply), row.says);
    }
  }
}

}  // namespace dragoman::sandbox::anthropic
