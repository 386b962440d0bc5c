#include <gtest/gtest.h>

#include "dialect/encode_sample.h"

namespace dragoman::dialect {
namespace {

using namespace canon;

using Sample = testing::EncodeSample;
using Row = testing::EncodeRow;

TEST(BedrockEncode, Rules) {
  using Mode = ReasoningConfig::Mode;
  const std::vector<Row> rows = {
      {"br-model: the least", [](Sample&) {}, "",
       R"({"messages":[{"role":"user","content":[{"text":"Hi"}]}]})"},
      {"br-model: leading system turns go to `system`",
       [](Sample& s) {
         s.request.messages.insert(s.request.messages.begin(),
                                   {{.role = Role::system, .blocks = {Block{Text{"Be kind"}}}},
                                    {.role = Role::developer, .blocks = {Block{Text{"and brief"}}}}});
       },
       "/system", R"([{"text":"Be kind"},{"text":"and brief"}])"},
      {"br-model: no system, no member", [](Sample&) {}, "/system", ""},
      {"br-model: a system turn in the middle keeps its place",
       [](Sample& s) {
         s.request.messages.push_back({.role = Role::system, .blocks = {Block{Text{"Stop"}}}});
       },
       "/messages/1", R"({"role":"system","content":[{"text":"Stop"}]})"},
      {"BRM-12: a cache marker is a block behind its block",
       [](Sample& s) { s.request.messages[0].blocks[0].cache = {true, "1h"}; }, "/messages/0/content",
       R"([{"text":"Hi"},{"cachePoint":{"type":"default","ttl":"1h"}}])"},
      {"BRM-12: inside a tool result it goes behind the result",
       [](Sample& s) {
         Block inner{Text{"42"}};
         inner.cache = {true, {}};
         s.block(ToolResult{"id1", "f", {inner}, false});
       },
       "/messages/0/content",
       R"([{"toolResult":{"toolUseId":"id1","content":[{"text":"42"}]}},{"cachePoint":{"type":"default"}}])"},
      {"BRM-12: after a tool", [](Sample& s) { s.tool().cache = {true, {}}; }, "/toolConfig/tools/1",
       R"({"cachePoint":{"type":"default"}})"},
      {"br-model: max_tokens", [](Sample& s) { s.set(Param::max_tokens, "100"); }, "/inferenceConfig",
       R"({"maxTokens":100})"},
      {"br-model: numbers as the client wrote them",
       [](Sample& s) {
         s.set(Param::temperature, "0.70");
         s.set(Param::top_p, "1e-1");
         s.set(Param::stop, R"(["a","b"])");
       },
       "/inferenceConfig", R"({"temperature":0.70,"topP":1e-1,"stopSequences":["a","b"]})"},
      {"BRM-08: top_k, Claude",
       [](Sample& s) {
         s.set(Param::top_k, "5");
         s.options.top_k_path = "top_k";
       },
       "/additionalModelRequestFields", R"({"top_k":5})"},
      {"BRM-08: top_k, Nova",
       [](Sample& s) {
         s.set(Param::top_k, "5");
         s.options.top_k_path = "inferenceConfig.topK";
       },
       "/additionalModelRequestFields", R"({"inferenceConfig":{"topK":5}})"},
      {"BRM-08: top_k, nowhere", [](Sample& s) { s.set(Param::top_k, "5"); }, "/additionalModelRequestFields",
       ""},
      {"BR-38: metadata", [](Sample& s) { s.set(Param::metadata, R"({"team":"a"})"); }, "/requestMetadata",
       R"({"team":"a"})"},
      {"br-model: service tier", [](Sample& s) { s.set(Param::service_tier, R"("flex")"); }, "/serviceTier",
       R"({"type":"flex"})"},
      {"GEN-01: parameters without a field are not written", [](Sample& s) { s.set(Param::seed, "7"); }, "",
       R"({"messages":[{"role":"user","content":[{"text":"Hi"}]}]})"},
      {"what lowering left of the client's own members goes through",
       [](Sample& s) {
         s.request.extra.push_back(
             {"performanceConfig", s.value(R"({"latency":"optimized"})"), "/performanceConfig"});
       },
       "/performanceConfig", R"({"latency":"optimized"})"},
      {"extras with a path go inside",
       [](Sample& s) {
         s.request.extra.push_back({"additionalModelRequestFields.a", s.value("1"), ""});
         s.request.extra.push_back({"additionalModelRequestFields.top_k", s.value("9"), ""});
         s.set(Param::top_k, "5");
         s.options.top_k_path = "top_k";
       },
       "/additionalModelRequestFields", R"({"a":1,"top_k":5})"},
      {"extras with a path open their object",
       [](Sample& s) { s.request.extra.push_back({"inferenceConfig.newKnob", s.value("1"), ""}); },
       "/inferenceConfig", R"({"newKnob":1})"},

      {"br-model: a tool",
       [](Sample& s) {
         Tool& tool = s.tool("add");
         tool.description = "Adds";
         tool.strict = true;
       },
       "/toolConfig/tools/0",
       R"({"toolSpec":{"name":"add","description":"Adds","inputSchema":{"json":{"type":"object","properties":{"x":{"type":"number"}}}},"strict":true}})"},
      {"BRM-17: strict false is not written", [](Sample& s) { s.tool().strict = false; },
       "/toolConfig/tools/0/toolSpec/strict", ""},
      {"BR-31: no empty description", [](Sample& s) { s.tool(); }, "/toolConfig/tools/0/toolSpec/description",
       ""},
      {"BR-32: a tool without schema takes no arguments", [](Sample& s) { s.tool().schema = {}; },
       "/toolConfig/tools/0/toolSpec/inputSchema/json", R"({"type":"object","properties":{}})"},
      {"BR-02: no tools, no toolConfig", [](Sample& s) { s.request.tool_choice.mode = ChoiceMode::required; },
       "/toolConfig", ""},
      {"br-model: tool choice automatic", [](Sample& s) { s.choose(ChoiceMode::automatic); },
       "/toolConfig/toolChoice", R"({"auto":{}})"},
      {"br-model: tool choice required", [](Sample& s) { s.choose(ChoiceMode::required); },
       "/toolConfig/toolChoice", R"({"any":{}})"},
      {"br-model: tool choice by name", [](Sample& s) { s.choose(ChoiceMode::named, "f"); },
       "/toolConfig/toolChoice", R"({"tool":{"name":"f"}})"},
      {"BRM-04: tool choice unset", [](Sample& s) { s.choose(ChoiceMode::unset); }, "/toolConfig/toolChoice",
       ""},
      {"BR-35: tool choice none has no word", [](Sample& s) { s.choose(ChoiceMode::none); },
       "/toolConfig/toolChoice", ""},

      {"BR-26: image",
       [](Sample& s) {
         Media media;
         media.media_type = "image/jpeg";
         media.data = "QUJD";
         s.block(media);
       },
       "/messages/0/content/0", R"({"image":{"format":"jpeg","source":{"bytes":"QUJD"}}})"},
      {"BR-26: document by its office media type",
       [](Sample& s) {
         Media media;
         media.kind = MediaKind::document;
         media.media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
         media.data = "QUJD";
         media.name = "plan";
         s.block(media);
       },
       "/messages/0/content/0", R"({"document":{"format":"docx","name":"plan","source":{"bytes":"QUJD"}}})"},
      {"BR-26: text document",
       [](Sample& s) {
         Media media;
         media.kind = MediaKind::document;
         media.source = MediaSource::text;
         media.media_type = "text/plain";
         media.data = "words";
         s.block(media);
       },
       "/messages/0/content/0",
       R"({"document":{"format":"txt","name":"document","source":{"text":"words"}}})"},
      {"BR-26: an unknown format is named, for Bedrock to refuse",
       [](Sample& s) {
         Media media;
         media.media_type = "image/tiff";
         media.data = "QUJD";
         s.block(media);
       },
       "/messages/0/content/0/image/format", R"("tiff")"},
      {"br-model: an S3 image",
       [](Sample& s) {
         Media media;
         media.source = MediaSource::url;
         media.media_type = "image/png";
         media.data = "s3://bucket/a.png";
         s.block(media);
       },
       "/messages/0/content/0/image/source", R"({"s3Location":{"uri":"s3://bucket/a.png"}})"},

      {"BR-16: tool use takes the object",
       [](Sample& s) {
         ToolCall call;
         call.id = "t1";
         call.name = "add";
         call.arguments = s.value(R"({"a": 1.0})");
         s.block(call);
       },
       "/messages/0/content/0", R"({"toolUse":{"toolUseId":"t1","name":"add","input":{"a":1.0}}})"},
      {"BR-16: never text",
       [](Sample& s) {
         ToolCall call;
         call.id = "t1";
         call.name = "add";
         call.arguments_text = "not json";
         s.block(call);
       },
       "/messages/0/content/0/toolUse/input", "{}"},
      {"br-model: tool result",
       [](Sample& s) { s.block(ToolResult{"t1", "add", {Block{Text{R"({"sum":3})"}}}, false}); },
       "/messages/0/content/0", R"({"toolResult":{"toolUseId":"t1","content":[{"text":"{\"sum\":3}"}]}})"},
      {"br-model: tool result as JSON where the model prefers it",
       [](Sample& s) {
         s.options.json_results = true;
         s.block(ToolResult{"t1", "add", {Block{Text{R"( {"sum":3} )"}}, Block{Text{"[1]"}}}, false});
       },
       "/messages/0/content/0/toolResult/content", R"([{"json":{"sum":3}},{"text":"[1]"}])"},
      {"BR-41: a failed tool", [](Sample& s) { s.block(ToolResult{"t1", "add", {Block{Text{"no"}}}, true}); },
       "/messages/0/content/0/toolResult",
       R"({"toolUseId":"t1","content":[{"text":"no"}],"status":"error"})"},

      {"br-model: reasoning with its signature",
       [](Sample& s) { s.block(Reasoning{"hm", "c2ln", {}, "anthropic", {}}); }, "/messages/0/content/0",
       R"({"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}})"},
      {"BR-40: without it where the model has none",
       [](Sample& s) {
         s.options.send_signatures = false;
         s.block(Reasoning{"hm", "c2ln", {}, "anthropic", {}});
       },
       "/messages/0/content/0/reasoningContent", R"({"reasoningText":{"text":"hm"}})"},
      {"br-model: encrypted reasoning",
       [](Sample& s) { s.block(Reasoning{{}, {}, "AAAA", "anthropic", {}}); }, "/messages/0/content/0",
       R"({"reasoningContent":{"redactedContent":"AAAA"}})"},
      {"a block of another dialect is not written",
       [](Sample& s) { s.block(Foreign{"server_tool_use", s.value(R"({"x":1})"), "anthropic_messages"}); },
       "/messages/0/content", "[]"},
      {"one of our own is",
       [](Sample& s) {
         s.block(Foreign{"guardContent", s.value(R"({"guardContent":{"text":{"text":"x"}}})"),
                         "bedrock_converse"});
       },
       "/messages/0/content/0", R"({"guardContent":{"text":{"text":"x"}}})"},

      {"BR-39: the output schema is a string",
       [](Sample& s) {
         s.request.response_format = {.kind = FormatKind::json_schema, .name = "point"};
         s.request.response_format.schema = s.value(R"({"type": "object"})");
       },
       "/outputConfig",
       R"({"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\"}","name":"point"}}}})"},
      {"Converse has no bare JSON mode",
       [](Sample& s) { s.request.response_format.kind = FormatKind::json_object; }, "/outputConfig", ""},

      {"reasoning, Claude with a budget",
       [](Sample& s) {
         s.options.reasoning_style = "bedrock_claude";
         s.request.reasoning = {.mode = Mode::on, .budget = 2048};
       },
       "/additionalModelRequestFields", R"({"thinking":{"type":"enabled","budget_tokens":2048}})"},
      {"reasoning, Claude adaptive",
       [](Sample& s) {
         s.options.reasoning_style = "bedrock_claude";
         s.request.reasoning = {.mode = Mode::adaptive, .effort = "high"};
       },
       "/additionalModelRequestFields", R"({"thinking":{"type":"adaptive"}})"},
      {"reasoning, Claude's effort is Converse's own member (br-model OutputConfig)",
       [](Sample& s) {
         s.options.reasoning_style = "bedrock_claude";
         s.request.reasoning.effort = "high";
       },
       "/outputConfig", R"({"effort":"high"})"},
      {"reasoning, gpt-oss (BRM table)",
       [](Sample& s) {
         s.options.reasoning_style = "bedrock_effort";
         s.request.reasoning.effort = "low";
       },
       "/additionalModelRequestFields", R"({"reasoning_effort":"low"})"},
      {"BRM-20: GPT on Bedrock nests it",
       [](Sample& s) {
         s.options.reasoning_style = "bedrock_nested_effort";
         s.request.reasoning.effort = "low";
       },
       "/additionalModelRequestFields", R"({"reasoning":{"effort":"low"}})"},
      {"reasoning, Qwen (BRM table)",
       [](Sample& s) {
         s.options.reasoning_style = "bedrock_config";
         s.request.reasoning.effort = "high";
       },
       "/additionalModelRequestFields", R"({"reasoning_config":"high"})"},
      {"reasoning, Nova 2",
       [](Sample& s) {
         s.options.reasoning_style = "bedrock_nova";
         s.request.reasoning = {.mode = Mode::on, .effort = "medium"};
       },
       "/additionalModelRequestFields",
       R"({"reasoningConfig":{"type":"enabled","maxReasoningEffort":"medium"}})"},
      {"reasoning, not for this model",
       [](Sample& s) { s.request.reasoning = {.mode = Mode::on, .effort = "medium", .budget = 9}; },
       "/additionalModelRequestFields", ""},
  };
  testing::expect_rows(kBedrockConverse, rows);
}

TEST(BedrockEncode, FieldsAreNamedAsTheyAreWritten) {
  testing::expect_param_fields(kBedrockConverse, {.top_k_path = "top_k"});
}

}  // namespace
}  // namespace dragoman::dialect
