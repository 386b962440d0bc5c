// OpenClaw's compat flags on the way back.
#include <gtest/gtest.h>

#include "canon/fold.h"
#include "lower/compat_case.h"
#include "lower/restore.h"

namespace dragoman::lower {
namespace {

using namespace testing;

constexpr std::string_view kEncoded =
    R"({"id":"x","model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"reasoning_details":[{"type":"reasoning.text","text":"Hm."},{"type":"response.output_text","text":"Shown."},{"type":"other","text":"Hidden."}],"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"cmd\":\"a &amp;&amp; b\"}"}}]}}]})";

void expect_put_back(const canon::Response& response) {
  ASSERT_EQ(response.choices.size(), 1u);
  std::string seen;
  for (const canon::Block& block : response.choices[0].blocks) {
    if (const auto* text = std::get_if<canon::Text>(&block.body))
      seen += fmt::format("text:{} ", text->text.view());
    if (const auto* r = std::get_if<canon::Reasoning>(&block.body))
      seen += fmt::format("thought:{} ", r->text);
    if (const auto* call = std::get_if<canon::ToolCall>(&block.body))
      seen += call->arguments ? json::dump_compact(call->arguments) : std::string(call->arguments_text);
  }
  EXPECT_EQ(seen, R"(thought:Hm. text:Shown. thought:Hidden. {"cmd":"a && b"})");
}

TEST(Compat, AnswersArePutBack) {
  const Lowered out = lowered({host({{"toolCallArgumentsEncoding", is("html-entities")},
                                     {"visibleReasoningDetailTypes", list({"response.output_text"})}}),
                               with(kTools),
                               {}});
  EXPECT_FALSE(out.restore.empty());
  Arena arena;
  const auto body = json::parse(arena, kEncoded);
  ASSERT_TRUE(body);
  auto response = dialect::kOpenaiChat.decode(arena, *body);
  ASSERT_TRUE(response);
  restore(*response, out.restore, arena);
  expect_put_back(*response);
}

TEST(Compat, StreamsArePutBackWhereverTheyAreCut) {
  const Lowered out = lowered({host({{"toolCallArgumentsEncoding", is("html-entities")},
                                     {"visibleReasoningDetailTypes", list({"response.output_text"})}}),
                               with(kTools),
                               {}});
  const std::string arguments = R"({"cmd":"a &amp;&amp; b"})";
  for (std::size_t cut = 0; cut <= arguments.size(); ++cut) {
    Arena arena;
    canon::Folder folder(arena);
    EventRestorer restorer(out.restore);
    const auto decoder = dialect::kOpenaiChat.decoder();
    const canon::EventSink sink = [&](const canon::Event& event) {
      restorer(event, [&](const canon::Event& e) { folder.add(e); });
    };
    const auto chunk = [&](std::string_view delta, std::string_view finish = "null") {
      const std::string data =
          fmt::format(R"({{"id":"x","model":"m","choices":[{{"index":0,"delta":{},"finish_reason":{}}}]}})",
                      delta, finish);
      ASSERT_TRUE(decoder->push({"", data, false}, sink));
    };
    const auto piece = [&](std::string_view text) {
      std::string quoted;
      json::write_string(quoted, text);
      chunk(fmt::format(R"({{"tool_calls":[{{"index":0,"function":{{"arguments":{}}}}}]}})", quoted));
    };
    chunk(R"({"reasoning_details":[{"type":"reasoning.text","text":"Hm."}]})");
    chunk(R"({"reasoning_details":[{"type":"response.output_text","text":"Sho"}]})");
    chunk(R"({"reasoning_details":[{"type":"response.output_text","text":"wn."}]})");
    chunk(R"({"reasoning_details":[{"type":"other","text":"Hidden."}]})");
    chunk(
        R"({"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]})");
    piece(std::string_view(arguments).substr(0, cut));
    piece(std::string_view(arguments).substr(cut));
    chunk("{}", R"("tool_calls")");
    ASSERT_TRUE(decoder->push({"", "[DONE]", false}, sink));
    expect_put_back(folder.take());
  }
}

}  // namespace
}  // namespace dragoman::lower
