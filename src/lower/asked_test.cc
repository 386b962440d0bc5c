// GEN-14: what the user asks about is refused where it cannot be taken; what is history leaves a note.
#include "lower/lower_case.h"

namespace dragoman::lower {
namespace {

using testing::expect_anthropic;
using testing::expect_openai;

const std::string kGif =
    R"({"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhAQABAAAAACw="}})";
const std::string kUrl = R"({"type":"image_url","image_url":{"url":"https://example.com/a.png"}})";
const std::string kFile = R"({"type":"file","file":{"file_id":"file-1"}})";

std::string user(std::string_view part) {
  return fmt::format(R"({{"role":"user","content":[{{"type":"text","text":"What is it?"}},{}]}})", part);
}
const std::string kAnswer = R"({"role":"assistant","content":"A dot."})";
const std::string kNext = R"({"role":"user","content":"Thanks. And what is 1+1?"})";
const std::string kCall =
    R"({"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]})";
const std::string kResult = R"({"role":"tool","tool_call_id":"c1","content":"done"})";
const std::string kTools =
    R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],)";

std::string turns(std::initializer_list<std::string_view> all) {
  return fmt::format(R"({{{}"messages":[{}]}})", kTools, fmt::join(all, ","));
}

TEST(AskedAbout, TheLastWordsAreRefused) {
  expect_openai({
      {"XAI-14", "xai/grok-4", turns({user(kGif)}), {}, {}, false, "XAI-14 /messages/0/content/1"},
      // Calls and their results do not make a question an old one.
      {"XAI-14",
       "xai/grok-4",
       turns({user(kGif), kCall, kResult}),
       {},
       {},
       false,
       "XAI-14 /messages/0/content/1"},
      // Nor does the beginning of its answer.
      {"XAI-14",
       "xai/grok-4",
       turns({user(kGif), R"({"role":"assistant","content":"It"})"}),
       {},
       {},
       false,
       "XAI-14 /messages/0/content/1"},
      // Words in turns one after another are said together.
      {"XAI-14", "xai/grok-4", turns({user(kGif), kNext}), {}, {}, false, "XAI-14 /messages/0/content/1"},
      {"KIMI-11", "moonshot/kimi-k2.5", turns({user(kUrl)}), {}, {}, false, "KIMI-11 /messages/0/content/1"},
      // Parts that nobody knows, where there is nothing else.
      {"ANT-52",
       "anthropic/claude-sonnet-4-5",
       turns({R"({"role":"user","content":[{"type":"txt","text":"What is it?"}]})"}),
       {},
       {},
       false,
       "ANT-52 /messages/0/content/0"},
  });
}

TEST(AskedAbout, HistoryLeavesANote) {
  expect_openai({
      {"XAI-14",
       "xai/grok-4",
       turns({user(kGif), kAnswer, kNext}),
       {{"/messages/0/content/1/text",
         R"("[image (image/gif) left out: grok-4 takes images of type image/png, image/jpeg, this one is image/gif]")"}},
       {"XAI-14 semantic /messages/0/content/1 image"}},
      {"KIMI-11",
       "moonshot/kimi-k2.5",
       turns({user(kUrl), kAnswer, kNext}),
       {},
       {"KIMI-11 semantic /messages/0/content/1 image"}},
      {"BR",
       "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
       turns({user(kUrl), kAnswer, kNext}),
       {},
       {"BR semantic /messages/0/content/1 image"}},
      {"GEN-14",
       "anthropic/claude-sonnet-4-5",
       turns({user(kFile), kAnswer, kNext}),
       {},
       {"ANT semantic /messages/0/content/1 document"}},
  });
}

TEST(AskedAbout, WhatToolsReturnedIsHistory) {
  const std::string shown =
      R"({"tools":[{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"Look."},)"
      R"({"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{}}]},)"
      R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[{"type":"image","source":)"
      R"({"type":"base64","media_type":"image/gif","data":"R0lGODlhAQABAAAAACw="}}]}]}]})";
  expect_anthropic(
      {{"XAI-14", "xai/grok-4", shown, {}, {"XAI-14 semantic /messages/2/content/0/content/0 image"}}});
}

}  // namespace
}  // namespace dragoman::lower
