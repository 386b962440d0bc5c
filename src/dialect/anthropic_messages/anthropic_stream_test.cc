// What hosts of the Messages API really send, one row each.
#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

using namespace testing;

// An event a line, without the `data: ` that is always there.
std::string events(std::string_view lines) {
  std::string out =
      R"(data: {"type":"message_start","message":{"id":"i","model":"m","content":[],"usage":{"input_tokens":1}}})"
      "\n\n";
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    out += fmt::format("data: {}\n\n", line);
  }
  return out;
}

// What follows the start.
std::string folded(std::string_view lines) {
  const Frames frames(events(lines));
  run(*get(canon::DialectName::anthropic_messages).decoder(), frames.list);  // keeps to the contract
  const std::string got = run_folded(*get(canon::DialectName::anthropic_messages).decoder(), frames.list);
  return got.substr(got.find('\n') + 1);
}

constexpr std::string_view kTwoCalls =
    "0.0 open tool_call id \"a\" name \"f\"\n0.0 arguments \"{\\\"x\\\":1}\"\n0.0 close tool_call\n"
    "0.1 open tool_call id \"b\" name \"g\"\n0.1 arguments \"{\\\"y\\\":2}\"\n0.1 close tool_call\n";

TEST(AnthropicStream, CallsSideBySideKeepTheirArguments) {
  const std::string begun =
      R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}
{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"b","name":"g","input":{}}}
{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"x\""}}
{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"y\""}}
{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":":1}"}}
)";
  const std::string more =
      R"({"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":":2}"}}
)";
  const std::string stop =
      R"({"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":3}}
{"type":"message_stop"})";
  const std::string first_closed = "{\"type\":\"content_block_stop\",\"index\":0}\n";
  const std::string second_closed = "{\"type\":\"content_block_stop\",\"index\":1}\n";
  for (const std::string& middle : {first_closed + more + second_closed, more + first_closed + second_closed,
                                    more + second_closed + first_closed, more}) {
    const std::string got = folded(begun + middle + stop);
    EXPECT_TRUE(got.starts_with(kTwoCalls)) << got;
    EXPECT_TRUE(got.ends_with("end\n")) << got;
  }
}

TEST(AnthropicStream, AnAnswerThatHasItsReasonIsWhole) {
  const std::string text =
      R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}}
{"type":"content_block_stop","index":0}
)";
  const std::string got = folded(
      text + R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}})");
  EXPECT_NE(got.find("0 stop end_turn (end_turn)\nusage input 1 output 3"), got.npos)
      << "no message_stop: " << got;
  EXPECT_TRUE(got.ends_with("end\n")) << got;
  EXPECT_FALSE(folded(text).ends_with("end\n")) << "no reason: broken off";
}

TEST(AnthropicStream, ATurnThatCallsEndsAsOne) {
  const std::string got = folded(
      R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}
{"type":"content_block_stop","index":0}
{"type":"message_delta","delta":{"stop_reason":"end_turn"}}
{"type":"message_stop"})");
  EXPECT_NE(got.find("0 stop tool_use (end_turn)\n"), got.npos) << got;
}

// Hosts that do not parse what their models write.
TEST(AnthropicStream, AnInputThatIsTextIsTheArguments) {
  const std::string call = R"({"type":"tool_use","id":"a","name":"f","input":"{\"x\":1}"})";
  const std::string got = folded(R"({"type":"content_block_start","index":0,"content_block":)" + call + R"(}
{"type":"content_block_stop","index":0}
{"type":"message_delta","delta":{"stop_reason":"tool_use"}}
{"type":"message_stop"})");
  constexpr std::string_view kArguments = R"(0.0 arguments "{\"x\":1}")";
  EXPECT_NE(got.find(kArguments), got.npos) << got;
  const std::string whole =
      decode_text(get(canon::DialectName::anthropic_messages),
                  R"({"id":"i","model":"m","content":[)" + call + R"(],"stop_reason":"tool_use"})");
  EXPECT_NE(whole.find(kArguments), whole.npos) << whole;
}

}  // namespace
}  // namespace dragoman::dialect
