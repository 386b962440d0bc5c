// GEN-14: documents, sound and films of types a target does not take, and documents made of texts: in the
// user's last words, in older turns and in what tools returned.
#include "lower/lower_case.h"

namespace dragoman::lower {
namespace {

using testing::expect_anthropic;
using testing::expect_bedrock;
using testing::expect_gemini;
using testing::expect_openai;

constexpr std::string_view kDocx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

// A chat client's file in its last words, or in an older turn.
std::string file(std::string_view name, std::string_view type, std::string_view data, bool old = false) {
  return fmt::format(
      R"({{"max_tokens":9,"messages":[{{"role":"user","content":[{{"type":"text","text":"What is it?"}},{{"type":"file","file":{{"filename":"{}","file_data":"data:{};base64,{}"}}}}]}}{}]}})",
      name, type, data,
      old ? R"(,{"role":"assistant","content":"A file."},{"role":"user","content":"Thanks"})" : "");
}

// What a tool returned to an Anthropic client.
std::string result(std::string_view block) {
  return fmt::format(
      R"({{"max_tokens":9,"messages":[{{"role":"user","content":"go"}},{{"role":"assistant","content":[{{"type":"tool_use","id":"c1","name":"f","input":{{}}}}]}},{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"c1","content":[{}]}}]}}],"tools":[{{"name":"f","input_schema":{{"type":"object","properties":{{}}}}}}]}})",
      block);
}

std::string document(std::string_view type, std::string_view data) {
  return fmt::format(
      R"({{"type":"document","title":"report","source":{{"type":"base64","media_type":"{}","data":"{}"}}}})",
      type, data);
}

TEST(MediaTypes, TextsAreTexts) {
  expect_openai({
      {"csv at Chat Completions, which reads PDF alone",
       "openai/gpt-4o",
       file("r.csv", "text/csv", "YSxi"),
       {{"/messages/0/content/1/text", R"("The document \"r.csv\":")"},
        {"/messages/0/content/2", R"({"type":"text","text":"a,b"})"}},
       {"GEN-14 none /messages/0/content/1 source", "GEN-14 none /messages/0/content/1 name"}},
      {"json at Claude",
       "anthropic/claude-sonnet-4-5",
       file("r.json", "application/json", "eyJhIjoxfQ=="),
       {{"/messages/0/content/1",
         R"({"type":"document","title":"r.json","source":{"type":"text","media_type":"text/plain","data":"{\"a\":1}"}})"}},
       {"GEN-14 none /messages/0/content/1 source"}},
      {"html where nobody reads documents",
       "deepseek/deepseek-chat",
       file("r.html", "text/html", "PHA+"),
       {{"/messages/0/content", R"("What is it?\nThe document \"r.html\":\n<p>")"}},
       {"GEN-14 none /messages/0/content/1 source"}},
      {"json at Gemini",
       "gemini/gemini-2.5-flash",
       file("r.json", "application/json", "eyJhIjoxfQ=="),
       {{"/contents/0/parts/2/inlineData", R"({"mimeType":"text/plain","data":"eyJhIjoxfQ=="})"}},
       {"GEM-20 none /messages/0/content/1 media_type"}},
      {"csv at Vertex",
       "vertex/gemini-2.5-flash",
       file("r.csv", "text/csv", "YSxi"),
       {{"/contents/0/parts/2/inlineData", R"({"mimeType":"text/plain","data":"YSxi"})"}},
       {"GEM-20 none /messages/0/content/1 media_type"}},
      {"yaml at Bedrock",
       "bedrock/us.amazon.nova-pro-v1:0",
       file("r.yaml", "application/yaml", "YTogMQ=="),
       {{"/messages/0/content/1/document",
         R"({"format":"txt","name":"r yaml","source":{"bytes":"YTogMQ=="}})"}},
       {"BR-26 none /messages/0/content/1 media_type"}},
      {"a type by the file's name",
       "openai/gpt-4o",
       file("r.md", "application/octet-stream", "IyBo"),
       {{"/messages/0/content/2/text", R"("# h")"}},
       {"GEN-14 none /messages/0/content/1 media_type", "GEN-14 none /messages/0/content/1 source"}},
      {"a type by the bytes",
       "openai/gpt-4o",
       file("r", "application/octet-stream", "JVBERi0xLjQK"),
       {{"/messages/0/content/1/file/file_data", R"("data:application/pdf;base64,JVBERi0xLjQK")"}},
       {"GEN-14 none /messages/0/content/1 media_type"}},
      {"what is taken stays as it is",
       "openai/gpt-4o",
       file("r.pdf", "application/pdf", "JVBERi0xLjQK"),
       {},
       {},
       true},
  });
  expect_anthropic({
      {"what a tool returned stays in its result",
       "openai/gpt-4o",
       result(document("text/csv", "YSxi")),
       {{"/messages/2/content/0/text", R"("The document \"report\":")"},
        {"/messages/2/content/1/text", R"("a,b")"},
        {"/messages/3", ""}},
       {"GEN-14 none /messages/2/content/0/content/0 source",
        "GEN-14 none /messages/2/content/0/content/0 document"}},
      {"at Gemini too",
       "gemini/gemini-2.5-flash",
       result(document("text/csv", "YSxi")),
       {{"/contents/2/parts/0/functionResponse/response/output", R"("The document \"report\":\na,b")"},
        {"/contents/2/parts/1", ""}},
       {"GEM-22 none /messages/2/content/0/content/0 source",
        "GEM-22 none /messages/2/content/0/content/0 document"}},
      {"what Claude itself takes as text only",
       "anthropic/claude-sonnet-4-5",
       result(document("text/csv", "YSxi")),
       {{"/messages/2/content/0/content/0/source",
         R"({"type":"text","media_type":"text/plain","data":"a,b"})"}},
       {"GEN-14 none /messages/2/content/0/content/0 source"}},
  });
}

// In the user's last words an answer without it would be to another question.
TEST(MediaTypes, OthersAreRefusedOrNoted) {
  constexpr std::string_view kPlace = "/messages/0/content/1";
  const struct {
    std::string_view target, rule;
  } rows[] = {{"openai/gpt-4o", "GEN-14"},
              {"openrouter/openai/gpt-4o-mini", "GEN-14"},
              {"anthropic/claude-sonnet-4-5", "GEN-14"},
              {"gemini/gemini-2.5-flash", "GEM-20"},
              {"vertex/gemini-2.5-flash", "GEM-20"}};
  for (const auto& [target, rule] : rows) {
    const std::string refused = fmt::format("{} {}", rule, kPlace);
    const std::string noted = fmt::format("{} semantic {} document", rule, kPlace);
    const std::string in_result = fmt::format("{} semantic /messages/2/content/0/content/0 document", rule);
    expect_openai(
        {{"last", target, file("r.docx", kDocx, "UEsDBA=="), {}, {}, false, refused},
         {"old", target, file("r.docx", kDocx, "UEsDBA==", true), {}, {noted}},
         // Text in other letters than UTF-8.
         {"latin", target, file("r.json", "application/json", "IukiCg=="), {}, {}, false, refused}});
    expect_anthropic({{"result", target, result(document(kDocx, "UEsDBA==")), {}, {in_result}}});
  }
  expect_gemini({
      {"ogg at Chat Completions, which hears wav and mp3",
       "openai/gpt-4o-audio-preview",
       R"({"contents":[{"role":"user","parts":[{"text":"What is it?"},{"inlineData":{"mimeType":"audio/ogg","data":"T2dn"}}]}]})",
       {},
       {},
       false,
       "GEN-14 /contents/0/parts/1"},
      {"wav is heard",
       "openai/gpt-4o-audio-preview",
       R"({"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"audio/x-wav","data":"UklG"}}]}]})",
       {{"/messages/0/content/0/input_audio/format", R"("wav")"}}},
      {"Nova sees films",
       "bedrock/us.amazon.nova-pro-v1:0",
       R"({"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"video/mp4","data":"AAAA"}}]}]})",
       {{"/messages/0/content/0/video", R"({"format":"mp4","source":{"bytes":"AAAA"}})"}}},
      {"not of every type",
       "bedrock/us.amazon.nova-pro-v1:0",
       R"({"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"video/avi","data":"AAAA"}}]}]})",
       {},
       {},
       false,
       "BR-26 /contents/0/parts/0"},
  });
  expect_bedrock(
      {{"pdf, docx and xlsx are Bedrock's",
        "bedrock/us.amazon.nova-pro-v1:0",
        R"({"messages":[{"role":"user","content":[{"text":"?"},{"document":{"format":"docx","name":"r","source":{"bytes":"UEsDBA=="}}}]}]})",
        {},
        {},
        true}});
}

TEST(MediaTypes, DocumentsMadeOfTexts) {
  constexpr std::string_view kNotes =
      R"({"type":"document","title":"Notes","context":"Of May","source":{"type":"content","content":[{"type":"text","text":"first"},{"type":"text","text":"second"},{"type":"image","source":{"type":"url","url":"https://x.example/a.png"}}]}})";
  const auto asked = [&](std::string_view block) {
    return fmt::format(
        R"({{"max_tokens":9,"messages":[{{"role":"user","content":[{},{{"type":"text","text":"Which?"}}]}}]}})",
        block);
  };
  const std::string parts =
      R"([{"type":"text","text":"The document \"Notes\":\nOf May"},{"type":"text","text":"first"},{"type":"text","text":"second"},{"type":"image_url","image_url":{"url":"https://x.example/a.png"}},{"type":"text","text":"Which?"}])";
  expect_anthropic({
      {"chat",
       "openai/gpt-4o",
       asked(kNotes),
       {{"/messages/0/content", parts}},
       {"GEN-14 none /messages/0/content/0 document"}},
      {"text alone",
       "deepseek/deepseek-chat",
       asked(
           R"({"type":"document","source":{"type":"content","content":"whole"},"citations":{"enabled":true}})"),
       {{"/messages/0/content", R"("whole\nWhich?")"}},
       {"GEN-14 none /messages/0/content/0 document", "GEN-14 semantic /messages/0/content/0 citations"}},
      {"Gemini",
       "gemini/gemini-2.5-flash",
       asked(
           R"({"type":"document","title":"T","source":{"type":"content","content":[{"type":"text","text":"w"}]}})"),
       {{"/contents/0/parts", R"([{"text":"The document \"T\":"},{"text":"w"},{"text":"Which?"}])"}},
       {"GEM-22 none /messages/0/content/0 document"}},
      {"Bedrock",
       "bedrock/us.amazon.nova-pro-v1:0",
       asked(
           R"({"type":"document","title":"T","source":{"type":"content","content":[{"type":"text","text":"w"}]}})"),
       {{"/messages/0/content", R"([{"text":"The document \"T\":"},{"text":"w"},{"text":"Which?"}])"}},
       {"GEN-14 none /messages/0/content/0 document"}},
      {"in a result, with what was searched",
       "groq/llama-3.3-70b-versatile",
       result(
           R"({"type":"document","title":"T","source":{"type":"content","content":[{"type":"text","text":"w"}]}},{"type":"search_result","title":"Hit","source":"https://s.example","content":[{"type":"text","text":"found"}]})"),
       {{"/messages/2/content",
         R"("The document \"T\":\nw\nThe search result \"Hit\" (https://s.example):\nfound")"}},
       {"GEN-14 none /messages/2/content/0/content/0 document",
        "GEN-14 none /messages/2/content/0/content/1 search_result"}},
      {"what nobody knows inside of it is not guessed at",
       "openai/gpt-4o",
       asked(R"({"type":"document","source":{"type":"content","content":[{"type":"sound","data":"w"}]}})"),
       {{"/messages/0/content", R"("Which?")"}},
       {"OAI-40 semantic /messages/0/content/0 document"}},
      {"Claude", "anthropic/claude-sonnet-4-5", asked(kNotes), {}, {}, true},
  });
  expect_bedrock(
      {{"Converse's own",
        "openai/gpt-4o",
        R"({"messages":[{"role":"user","content":[{"text":"?"},{"document":{"format":"txt","name":"N","source":{"content":[{"text":"a"},{"text":"b"}]}}}]}]})",
        {{"/messages/0/content",
          R"([{"type":"text","text":"?"},{"type":"text","text":"The document \"N\":"},{"type":"text","text":"a"},{"type":"text","text":"b"}])"}},
        {"GEN-14 none /messages/0/content/1 document"}}});
}

}  // namespace
}  // namespace dragoman::lower
