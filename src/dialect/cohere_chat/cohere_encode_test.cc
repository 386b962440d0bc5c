#include <gtest/gtest.h>

#include "dialect/encode_sample.h"

namespace dragoman::dialect {
namespace {

using namespace canon;

using Sample = testing::EncodeSample;
using Row = testing::EncodeRow;

const WireOptions kOptions = {.model = "command-a-03-2025"};

TEST(CohereEncode, Rules) {
  using Mode = ReasoningConfig::Mode;
  const std::vector<Row> rows = {
      {"coh-spec: the least", [](Sample&) {}, "",
       R"({"model":"command-a-03-2025","messages":[{"role":"user","content":"Hi"}]})"},
      {"coh-spec: stream", [](Sample& s) { s.options.stream = true; }, "/stream", "true"},
      {"coh-spec: system and developer turns are system",
       [](Sample& s) {
         s.request.messages.insert(s.request.messages.begin(),
                                   {.role = Role::developer, .blocks = {Block{Text{"A"}}, Block{Text{"B"}}}});
       },
       "/messages/0",
       R"({"role":"system","content":[{"type":"text","text":"A"},{"type":"text","text":"B"}]})"},
      {"coh-spec: an image by its bytes",
       [](Sample& s) {
         Media image;
         image.media_type = "image/png";
         image.data = "iVBORw0KGgo=";
         image.detail = "low";
         s.request.messages.back().blocks.push_back(Block{image});
       },
       "/messages/0/content/1",
       R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}})"},
      {"coh-spec: an image by its address",
       [](Sample& s) {
         Media image;
         image.source = MediaSource::url;
         image.data = "https://x.example/a.png";
         s.request.messages.back().blocks = {Block{image}};
       },
       "/messages/0/content", R"([{"type":"image_url","image_url":{"url":"https://x.example/a.png"}}])"},
      {"COH-05: what the model says beside its calls is the plan",
       [](Sample& s) { s.assistant({Block{Text{"I will add."}}, Block{s.call()}}); }, "/messages/1",
       R"({"role":"assistant","tool_plan":"I will add.","tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":"{\"a\":1.0}"}}]})"},
      {"COH-05: a turn of calls alone has an empty list of content",
       [](Sample& s) { s.assistant({Block{s.call()}}); }, "/messages/1/content", "[]"},
      {"coh-spec: thoughts are content",
       [](Sample& s) { s.assistant({Block{Reasoning{.text = "Hm."}}, Block{Text{"Yo"}}}); },
       "/messages/1/content", R"([{"type":"thinking","thinking":"Hm."},{"type":"text","text":"Yo"}])"},
      {"coh-spec: thoughts beside calls",
       [](Sample& s) { s.assistant({Block{Reasoning{.text = "Hm."}}, Block{Text{"So:"}}, Block{s.call()}}); },
       "/messages/1",
       R"({"role":"assistant","tool_plan":"So:","content":[{"type":"thinking","thinking":"Hm."}],"tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":"{\"a\":1.0}"}}]})"},
      {"COH-18: results are messages of their own, before the user's words",
       [](Sample& s) {
         ToolResult result;
         result.call_id = "c1";
         result.content = {Block{Text{"4"}}};
         s.request.messages.back().blocks.insert(s.request.messages.back().blocks.begin(), Block{result});
       },
       "/messages", R"([{"role":"tool","tool_call_id":"c1","content":"4"},{"role":"user","content":"Hi"}])"},
      {"coh-spec: tools", [](Sample& s) { s.tool().description = "Does f"; }, "/tools",
       R"([{"type":"function","function":{"name":"f","description":"Does f","parameters":{"type":"object","properties":{"x":{"type":"number"}}}}}])"},
      {"COH-06: parameters are never missing", [](Sample& s) { s.tool().schema = {}; },
       "/tools/0/function/parameters", R"({"type":"object","properties":{}})"},
      {"COH-12: strict is said of all tools",
       [](Sample& s) {
         s.tool("a").strict = true;
         s.tool("b").strict = true;
       },
       "/strict_tools", "true"},
      {"COH-12: or of none",
       [](Sample& s) {
         s.tool("a").strict = true;
         s.tool("b");
       },
       "/strict_tools", ""},
      {"COH-07: required",
       [](Sample& s) {
         s.tool();
         s.request.tool_choice.mode = ChoiceMode::required;
       },
       "/tool_choice", R"("REQUIRED")"},
      {"COH-07: none",
       [](Sample& s) {
         s.tool();
         s.request.tool_choice.mode = ChoiceMode::none;
       },
       "/tool_choice", R"("NONE")"},
      {"COH-07: auto is not said",
       [](Sample& s) {
         s.tool();
         s.request.tool_choice.mode = ChoiceMode::automatic;
       },
       "/tool_choice", ""},
      {"coh-spec: JSON mode", [](Sample& s) { s.request.response_format.kind = FormatKind::json_object; },
       "/response_format", R"({"type":"json_object"})"},
      {"coh-spec: an output schema",
       [](Sample& s) {
         s.request.response_format.kind = FormatKind::json_schema;
         s.request.response_format.schema = s.value(R"({"type":"object"})");
       },
       "/response_format", R"({"type":"json_object","json_schema":{"type":"object"}})"},
      {"coh-spec: parameters by Cohere's names",
       [](Sample& s) {
         s.set(Param::top_p, "0.5");
         s.set(Param::top_k, "40");
         s.set(Param::stop, R"(["a"])");
         s.set(Param::user, R"("nobody")");
       },
       "",
       R"({"model":"command-a-03-2025","messages":[{"role":"user","content":"Hi"}],"p":0.5,"k":40,"stop_sequences":["a"]})"},
      {"COH-17: thinking with a budget",
       [](Sample& s) {
         s.options.reasoning_style = "cohere";
         s.request.reasoning = {.mode = Mode::on, .budget = 500};
       },
       "/thinking", R"({"type":"enabled","token_budget":500})"},
      {"COH-17: off",
       [](Sample& s) {
         s.options.reasoning_style = "cohere";
         s.request.reasoning = {.mode = Mode::off};
       },
       "/thinking", R"({"type":"disabled"})"},
      {"COH-17: models that do not think",
       [](Sample& s) { s.request.reasoning = {.mode = Mode::on, .budget = 500}; }, "/thinking", ""},
      {"the config's own fields go through",
       [](Sample& s) { s.request.extra.push_back({"safety_mode", s.value(R"("STRICT")"), ""}); },
       "/safety_mode", R"("STRICT")"},
  };
  testing::expect_rows(kCohereChat, rows, kOptions);
}

TEST(CohereEncode, FieldsAreNamedAsTheyAreWritten) { testing::expect_param_fields(kCohereChat, kOptions); }

}  // namespace
}  // namespace dragoman::dialect
