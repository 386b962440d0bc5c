// For the tests of OpenClaw's compat flags: one row a flag and value. The meanings are those of
// docs/openclaw.md.
#pragma once
#include <gtest/gtest.h>

#include "lower/lower_case.h"
#include "profile/compat.h"

namespace dragoman::lower::testing {

using profile::CompatType;
using profile::CompatValue;

// A host of which nothing is known, with some flags set.
inline profile::Provider host(std::initializer_list<std::pair<std::string_view, CompatValue>> flags,
                              canon::DialectName dialect = canon::DialectName::openai_chat) {
  profile::Provider row;
  row.name = "host";
  row.dialect = dialect;
  for (const auto& flag : catalogue().compat().flags()) {
    for (const auto& [name, value] : flags)
      if (name == flag.name) row.rules.push_back(flag.rule(value).value());
  }
  EXPECT_EQ(row.rules.size(), flags.size()) << "an unknown flag";
  return row;
}

inline CompatValue is(std::string_view word) { return {.word = std::string(word)}; }
inline CompatValue list(std::vector<std::string> entries) { return {.entries = std::move(entries)}; }

struct Row {
  profile::Provider row;
  std::string body;
  std::vector<Sent> sent;
  std::vector<std::string> edits = {};  // all there are
  canon::DialectName client = canon::DialectName::openai_chat;
};

inline Lowered lowered(const Row& row) {
  const Case made{.rule = "compat", .target = "host/m", .body = row.body};
  Input input = make_input(row.client, made);
  if (row.client == canon::DialectName::openai_responses) input.body = row.body;  // it has no messages
  ClientRequest request(input);
  auto out = request.to(row.row, "m");
  if (!out) {
    ADD_FAILURE() << row.body << ": " << describe(out.error());
    return {};
  }
  return *std::move(out);
}

inline void expect(const Row& row) {
  SCOPED_TRACE(row.body);
  const Lowered out = lowered(row);
  Arena arena;
  const auto body = json::parse(arena, out.body);
  ASSERT_TRUE(body) << out.body;
  for (const Sent& want : row.sent) {
    const json::Value found = json::resolve(*body, want.pointer);
    if (want.json.empty()) {
      EXPECT_FALSE(found) << want.pointer << " in " << out.body;
      continue;
    }
    const auto value = json::parse(arena, want.json);
    ASSERT_TRUE(value) << want.json;
    EXPECT_TRUE(found && json::equal(found, *value)) << want.pointer << " is not " << want.json << "\n"
                                                     << out.body;
  }
  std::string said, wanted;
  for (const Edit& e : out.edits)
    said +=
        fmt::format("{} {} {} {}\n", e.rule, name(e.loss), e.pointer.empty() ? "-" : e.pointer, e.keyword);
  for (const std::string& edit : row.edits) wanted += fmt::format("{}\n", edit);
  EXPECT_EQ(said, wanted);
}

inline constexpr std::string_view kTools =
    R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}])";
inline constexpr std::string_view kLoop =
    R"("messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"42"},{"role":"user","content":"And?"}])";

inline std::string with(std::string_view a, std::string_view b = "") {
  return fmt::format("{{{}{}{}}}", a, b.empty() ? "" : ",", b);
}

}  // namespace dragoman::lower::testing
