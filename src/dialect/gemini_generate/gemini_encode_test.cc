#include <gtest/gtest.h>

#include "dialect/encode_sample.h"

namespace dragoman::dialect {
namespace {

using namespace canon;

using Sample = testing::EncodeSample;
using Row = testing::EncodeRow;

TEST(GeminiEncode, Rules) {
  using Mode = ReasoningConfig::Mode;
  const std::vector<Row> rows = {
      {"gem-proto: the least", [](Sample&) {}, "",
       R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})"},
      {"GEM-03: assistant is model", [](Sample& s) { s.assistant({Block{Text{"Yo"}}}); }, "/contents/1",
       R"({"role":"model","parts":[{"text":"Yo"}]})"},
      {"gem-proto: system and developer turns are the instruction",
       [](Sample& s) {
         s.request.messages.insert(s.request.messages.begin(),
                                   {.role = Role::system, .blocks = {Block{Text{"A"}}}});
         s.request.messages.push_back({.role = Role::developer, .blocks = {Block{Text{"B"}}}});
       },
       "",
       R"({"systemInstruction":{"parts":[{"text":"A"},{"text":"B"}]},"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})"},

      {"gem-proto: tools in one object (VTX-09)",
       [](Sample& s) {
         s.tool("a").description = "Does a";
         s.tool("b").schema = {};
       },
       "/tools",
       R"([{"functionDeclarations":[{"name":"a","description":"Does a","parametersJsonSchema":{"type":"object","properties":{"x":{"type":"number"}}}},{"name":"b"}]}])"},
      {"GEM-31: the older field",
       [](Sample& s) {
         s.tool();
         s.options.schema_field = "parameters";
       },
       "/tools/0/functionDeclarations/0/parameters",
       R"({"type":"object","properties":{"x":{"type":"number"}}})"},
      {"GEM-61: auto", [](Sample& s) { s.choose(ChoiceMode::automatic); }, "/toolConfig",
       R"({"functionCallingConfig":{"mode":"AUTO"}})"},
      {"GEM-61: none", [](Sample& s) { s.choose(ChoiceMode::none); }, "/toolConfig/functionCallingConfig",
       R"({"mode":"NONE"})"},
      {"GEM-61: required", [](Sample& s) { s.choose(ChoiceMode::required); },
       "/toolConfig/functionCallingConfig", R"({"mode":"ANY"})"},
      {"GEM-61: one tool", [](Sample& s) { s.choose(ChoiceMode::named, "f"); },
       "/toolConfig/functionCallingConfig", R"({"mode":"ANY","allowedFunctionNames":["f"]})"},
      {"GEM-61: a required subset", [](Sample& s) { s.choose(ChoiceMode::required, {}, {"f", "g"}); },
       "/toolConfig/functionCallingConfig", R"({"mode":"ANY","allowedFunctionNames":["f","g"]})"},
      {"GEM-61: a subset the model may ignore", [](Sample& s) { s.choose(ChoiceMode::automatic, {}, {"f"}); },
       "/toolConfig/functionCallingConfig", R"({"mode":"VALIDATED","allowedFunctionNames":["f"]})"},
      {"tool choice unset", [](Sample& s) { s.choose(ChoiceMode::unset); }, "/toolConfig", ""},
      {"GEM-37: no tools, no config", [](Sample& s) { s.request.tool_choice.mode = ChoiceMode::required; },
       "/toolConfig", ""},

      {"GEM-12: a call's arguments are an object", [](Sample& s) { s.assistant({Block{s.call()}}); },
       "/contents/1/parts", R"([{"functionCall":{"id":"c1","name":"add","args":{"a":1.0}}}])"},
      {"GEM-15: its signature is on the part", [](Sample& s) { s.assistant({Block{s.call("c2ln")}}); },
       "/contents/1/parts/0/thoughtSignature", R"("c2ln")"},
      {"vtx-proto: Vertex calls have no id",
       [](Sample& s) {
         s.options.call_ids = false;
         s.assistant({Block{s.call()}});
       },
       "/contents/1/parts/0", R"({"functionCall":{"name":"add","args":{"a":1.0}}})"},
      {"GEM-12: text results are wrapped",
       [](Sample& s) {
         s.block(ToolResult{"c1", "add", {Block{Text{"three"}}, Block{Text{"exactly"}}}, false});
       },
       "/contents/0/parts/0",
       R"({"functionResponse":{"id":"c1","name":"add","response":{"output":"three\nexactly"}}})"},
      {"GEM-12: JSON objects are themselves",
       [](Sample& s) { s.block(ToolResult{"c1", "add", {Block{Text{R"( {"sum": 3} )"}}}, false}); },
       "/contents/0/parts/0/functionResponse/response", R"({"sum":3})"},
      {"GEM-12: other JSON is text",
       [](Sample& s) { s.block(ToolResult{"c1", "add", {Block{Text{"[3]"}}}, false}); },
       "/contents/0/parts/0/functionResponse/response", R"({"output":"[3]"})"},
      {"GEM-12: broken JSON is text",
       [](Sample& s) { s.block(ToolResult{"c1", "add", {Block{Text{"{\"a\":"}}}, false}); },
       "/contents/0/parts/0/functionResponse/response", R"({"output":"{\"a\":"})"},
      {"GEM-12: errors",
       [](Sample& s) { s.block(ToolResult{"c1", "add", {Block{Text{R"({"e":1})"}}}, true}); },
       "/contents/0/parts/0/functionResponse/response", R"({"error":"{\"e\":1}"})"},
      {"GEM-22: media of a result",
       [](Sample& s) {
         Media media;
         media.media_type = "image/png";
         media.data = "QUJD";
         s.block(ToolResult{"c1", "shot", {Block{Text{"ok"}}, Block{media}}, false});
       },
       "/contents/0/parts/0/functionResponse",
       R"({"id":"c1","name":"shot","response":{"output":"ok"},"parts":[{"inlineData":{"mimeType":"image/png","data":"QUJD"}}]})"},

      {"GEM-20: inline data",
       [](Sample& s) {
         Media media;
         media.media_type = "image/png";
         media.data = "QUJD";
         s.block(media);
       },
       "/contents/0/parts/0", R"({"inlineData":{"mimeType":"image/png","data":"QUJD"}})"},
      {"gem-proto: a file by its address",
       [](Sample& s) {
         Media media;
         media.source = MediaSource::url;
         media.data = "gs://b/a.png";
         s.block(media);
       },
       "/contents/0/parts/0", R"({"fileData":{"fileUri":"gs://b/a.png"}})"},
      {"a text document is text",
       [](Sample& s) {
         Media media;
         media.kind = MediaKind::document;
         media.source = MediaSource::text;
         media.data = "words";
         s.block(media);
       },
       "/contents/0/parts/0", R"({"text":"words"})"},

      {"gem-proto: thoughts",
       [](Sample& s) { s.assistant({Block{Reasoning{"hm", "c2ln", {}, "gemini", {}}}}); },
       "/contents/1/parts", R"([{"text":"hm","thought":true,"thoughtSignature":"c2ln"}])"},
      {"GEN-12: another's reasoning is not sent",
       [](Sample& s) {
         s.assistant({Block{Reasoning{"hm", "c2ln", {}, "anthropic", {}}}, Block{Text{"Yo"}}});
       },
       "/contents/1/parts", R"([{"text":"Yo"}])"},
      {"GEM-15: a text part's signature goes back onto it",
       [](Sample& s) {
         s.assistant({Block{Reasoning{{}, "c2ln", {}, "gemini", {}}}, Block{Text{"Yo"}}, Block{Text{"man"}}});
       },
       "/contents/1/parts", R"([{"text":"Yo","thoughtSignature":"c2ln"},{"text":"man"}])"},
      {"GEM-15: and onto an empty part when it came on one",
       [](Sample& s) { s.assistant({Block{Text{"Yo"}}, Block{Reasoning{{}, "c2ln", {}, "gemini", {}}}}); },
       "/contents/1/parts", R"([{"text":"Yo"},{"text":"","thoughtSignature":"c2ln"}])"},
      {"GEM-15: never onto a call",
       [](Sample& s) {
         s.assistant({Block{Reasoning{{}, "c2ln", {}, "gemini", {}}}, Block{s.call("b3du")}});
       },
       "/contents/1/parts",
       R"([{"text":"","thoughtSignature":"c2ln"},{"functionCall":{"id":"c1","name":"add","args":{"a":1.0}},"thoughtSignature":"b3du"}])"},
      {"no signatures where they may not go",
       [](Sample& s) {
         s.options.send_signatures = false;
         s.assistant({Block{Reasoning{"hm", "c2ln", {}, "gemini", {}}},
                      Block{Reasoning{{}, "c2ln", {}, "gemini", {}}}, Block{s.call("b3du")}});
       },
       "/contents/1/parts",
       R"([{"text":"hm","thought":true},{"functionCall":{"id":"c1","name":"add","args":{"a":1.0}}}])"},

      {"gem-proto: JSON mode", [](Sample& s) { s.request.response_format.kind = FormatKind::json_object; },
       "/generationConfig", R"({"responseMimeType":"application/json"})"},
      {"gem-proto: an output schema",
       [](Sample& s) {
         s.request.response_format.kind = FormatKind::json_schema;
         s.request.response_format.schema = s.value(R"({"type":"object"})");
       },
       "/generationConfig",
       R"({"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}})"},
      {"GEM-42: in the older field with the older parameters",
       [](Sample& s) {
         s.options.schema_field = "parameters";
         s.request.response_format.kind = FormatKind::json_schema;
         s.request.response_format.schema = s.value(R"({"type":"object"})");
       },
       "/generationConfig/responseSchema", R"({"type":"object"})"},
      {"gem-proto: modalities are upper case",
       [](Sample& s) { s.set(Param::modalities, R"(["text","image"])"); },
       "/generationConfig/responseModalities", R"(["TEXT","IMAGE"])"},

      {"GEM-65: a thinking budget",
       [](Sample& s) {
         s.options.reasoning_style = "gemini_budget";
         s.request.reasoning = {.mode = Mode::on, .effort = "high", .budget = 512, .include = true};
       },
       "/generationConfig/thinkingConfig", R"({"thinkingBudget":512,"includeThoughts":true})"},
      {"GEM-46: off is a budget of nothing",
       [](Sample& s) {
         s.options.reasoning_style = "gemini_budget";
         s.request.reasoning = {.mode = Mode::off};
       },
       "/generationConfig/thinkingConfig", R"({"thinkingBudget":0})"},
      {"google docs: -1 lets the model choose",
       [](Sample& s) {
         s.options.reasoning_style = "gemini_budget";
         s.request.reasoning = {.mode = Mode::adaptive};
       },
       "/generationConfig/thinkingConfig", R"({"thinkingBudget":-1})"},
      {"GEM-45: a level, and never both",
       [](Sample& s) {
         s.options.reasoning_style = "gemini_level";
         s.request.reasoning = {.mode = Mode::on, .effort = "low", .budget = 512};
       },
       "/generationConfig/thinkingConfig", R"({"thinkingLevel":"LOW"})"},
      {"models that do not think", [](Sample& s) { s.request.reasoning = {.mode = Mode::on, .budget = 512}; },
       "/generationConfig", ""},

      {"vtx-proto: labels are Vertex's", [](Sample& s) { s.set(Param::metadata, R"({"team":"a"})"); },
       "/labels", ""},
      {"vtx-proto: labels",
       [](Sample& s) {
         s.options.labels = true;
         s.set(Param::metadata, R"({"team":"a"})");
       },
       "/labels", R"({"team":"a"})"},
      {"what lowering left of the client's own members goes through",
       [](Sample& s) {
         s.request.extra.push_back({"safetySettings", s.value("[]"), ""});
         s.request.extra.push_back(
             {"generationConfig.mediaResolution", s.value(R"("MEDIA_RESOLUTION_LOW")"), ""});
         s.request.extra.push_back({"toolConfig.retrievalConfig", s.value("{}"), ""});
       },
       "",
       R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"toolConfig":{"retrievalConfig":{}},"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_LOW"},"safetySettings":[]})"},
      {"a part only Gemini knows goes back as it was",
       [](Sample& s) {
         s.assistant({Block{Foreign{"executableCode", s.value(R"({"executableCode":{"code":"1"}})"),
                                    "gemini_generate"}},
                      Block{Foreign{"image", s.value("{}"), "anthropic_messages"}}});
       },
       "/contents/1/parts", R"([{"executableCode":{"code":"1"}}])"},
  };
  testing::expect_rows(kGeminiGenerate, rows);
}

TEST(GeminiEncode, FieldsAreNamedAsTheyAreWritten) {
  testing::expect_param_fields(kGeminiGenerate, {.labels = true});
}

}  // namespace
}  // namespace dragoman::dialect
