// Every rule both ways: what must be refused, with the exact words, and what must pass. Rule ids are those of
// the provider contracts the emulator was written from.
#include <gtest/gtest.h>

#include "sandbox/anthropic/signature.h"
#include "sandbox/bedrock/emulator.h"
#include "sandbox/call_fixture.h"

namespace dragoman::sandbox::bedrock {
namespace {

constexpr std::string_view kNova = "amazon.nova-lite-v1%3A0";
constexpr std::string_view kClaude = "us.anthropic.claude-haiku-4-5-20251001-v1%3A0";
constexpr std::string_view kLlama = "us.meta.llama4-maverick-17b-instruct-v1%3A0";
constexpr std::string_view kMistral = "mistral.mistral-large-2407-v1%3A0";
constexpr std::string_view kOss = "openai.gpt-oss-20b-1%3A0";

struct Row {
  std::string_view rule;
  std::string_view model;
  std::string body;
  std::string_view says;  // "" where the request must pass
  int status = 400;
  bool streaming = false;
  bool paranoid = false;
};

const std::string kHi = R"("messages":[{"role":"user","content":[{"text":"Hi"}]}])";

std::string config(std::string_view schema, std::string_view choice = "",
                   std::string_view name = "get_weather") {
  return R"("toolConfig":{"tools":[{"toolSpec":{"name":")" + std::string(name) +
         R"(","inputSchema":{"json":)" + std::string(schema) + "}}}]" +
         (choice.empty() ? "" : ",\"toolChoice\":" + std::string(choice)) + "}";
}

const std::string kObject = R"({"type":"object","properties":{"city":{"type":"string"}}})";
const std::string kTool = config(kObject);

std::string choose(std::string_view choice) { return "{" + config(kObject, choice) + "," + kHi + "}"; }
std::string with(std::string_view fields) { return "{" + std::string(fields) + "," + kHi + "}"; }
std::string user(std::string_view content) {
  return R"({"messages":[{"role":"user","content":[)" + std::string(content) + "]}]}";
}
std::string turns(std::string_view assistant, std::string_view next, std::string_view more = "") {
  return "{" + std::string(more) +
         R"("messages":[{"role":"user","content":[{"text":"Hi"}]},{"role":"assistant",)" + R"("content":[)" +
         std::string(assistant) + R"(]},{"role":"user","content":[)" + std::string(next) + "]}]}";
}

const std::string kCall =
    R"({"toolUse":{"toolUseId":"call_1","name":"get_weather","input":{"city":"Paris"}}})";
const std::string kResult = R"({"toolResult":{"toolUseId":"call_1","content":[{"text":"18 C"}]}})";
const std::string kText = R"({"text":"so"})";
const std::string kImage =
    R"({"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ)"
    R"(AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}}})";

std::string document(std::string_view name) {
  return R"({"document":{"format":"txt","name":")" + std::string(name) + R"(","source":{"bytes":"aGk="}}})";
}

std::vector<Row> rows() {
  const std::string withTools = kTool + ",";
  const std::string thinking = R"({"reasoningContent":{"reasoningText":{"text":"Hm","signature":")" +
                               anthropic::sign_thinking("haiku", "Hm") + "\"}}}";
  return {
      {"plain", kNova, "{" + kHi + "}", ""},
      {"plain", kLlama, "{" + kHi + "}", "", 200, true},
      {"BR-01", kNova, turns(kCall, kResult),
       "The toolConfig field must be defined when using toolUse and toolResult content blocks."},
      {"BR-01", kNova, turns(kCall, kResult, withTools), ""},
      {"CAP-03", kNova, with(R"("inferenceConfig":{"maxTokens":10001})"),
       "The model returned the following errors: The maximum tokens you requested exceeds the model limit of "
       "10000. Try again with a maximum tokens value that is lower than 10000."},
      {"CAP-03", kLlama, with(R"("inferenceConfig":{"maxTokens":8192})"), ""},
      {"BR-02", kNova, with(R"("toolConfig":{"tools":[]})"),
       "1 validation error detected: Value at 'toolConfig.tools' failed to satisfy constraint: Member must "
       "have length "
       "greater than or equal to 1"},
      {"BR-03", kNova, user(""),
       "The content field in the Message object at messages.0 is empty. Add a ContentBlock object to the "
       "content field "
       "and try again."},
      {"BR-04", kNova, user(R"({"type":"text"})"),
       "ContentBlock object at messages.0.content.0 must set one of the following keys: text, image, "
       "toolUse, "
       "toolResult, document, video, cachePoint, reasoningContent, citationsContent, searchResult, "
       "guardContent, "
       "audio, toolAddition, toolRemoval."},
      {"BR-05", kNova, with(R"("system":[{"text":""}])"),
       "1 validation error detected: Value '' at 'system.1.member.text' failed to satisfy constraint: Member "
       "must have "
       "length greater than or equal to 1"},
      {"BR-10", kNova, turns(kCall, kText, withTools),
       "Expected toolResult blocks at messages.2.content for the following Ids: call_1"},
      {"BR-11", kNova, turns(kText, kResult, withTools),
       "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of "
       "previous turn."},
      {"BR-12", kClaude, turns(kCall, kText + "," + kResult, withTools),
       "The model returned the following errors: messages.2: Did not find 1 `tool_result` block(s) at the "
       "beginning of "
       "this message. Messages following `tool_use` blocks must begin with a matching number of "
       "`tool_result` blocks."},
      {"BR-12", kClaude, turns(kCall, kResult + "," + kText, withTools), ""},
      {"BR-12", kNova, turns(kCall, kText + "," + kResult, withTools), ""},
      {"BR-13", kNova,
       turns(kCall, R"({"toolResult":{"toolUseId":"call_1","content":[],"status":"error"}})", withTools),
       "The content field at messages.2.content.0.toolResult cannot be empty when status value is error."},
      {"BR-14", kClaude, turns(kCall, R"({"toolResult":{"toolUseId":"call_1","content":[]}})", withTools),
       ""},
      {"BR-15", kNova,
       turns(R"({"toolUse":{"toolUseId":"call/1","name":"f","input":{}}})",
             R"({"toolResult":{"toolUseId":"ok","content":[{"text":"x"}]}})", withTools),
       "1 validation error detected: Value 'call/1' at "
       "'messages.2.member.content.1.member.toolUse.toolUseId' failed "
       "to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"},
      {"BR-16", kNova,
       turns(R"({"toolUse":{"toolUseId":"call_1","name":"f","input":"{}"}})", kResult, withTools),
       "The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object for "
       "the field "
       "and try again."},
      {"BR-17", kNova, R"({"messages":[{"role":"assistant","content":[{"text":"Hi"}]}]})",
       "A conversation must start with a user message. Try again with a conversation that starts with a user "
       "message."},
      {"BR-18", kNova,
       R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"user","content":[{"text":"b"}]}]})",
       "A conversation must alternate between user and assistant roles. Make sure the conversation "
       "alternates between "
       "user and assistant roles and try again."},
      {"BR-19", "us.anthropic.claude-opus-4-6-v1",
       R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"b"}]}]})",
       "The model returned the following errors: This model does not support assistant message prefill. The "
       "conversation must end with a user message."},
      {"BR-19", kLlama,
       R"({"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"b"}]}]})",
       "Your API request included an `assistant` message in the final position, which would pre-fill the "
       "`assistant` "
       "response. When using tools, pre-filling the `assistant` response is not supported."},
      {"BR-20", kNova, user(R"({"text":" "})"),
       "The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text "
       "field, and try "
       "again."},
      {"BR-21", kClaude, user(R"({"text":" "})"),
       "The model returned the following errors: messages: text content blocks must contain non-whitespace "
       "text"},
      {"BR-22", kNova, user(document("a")), "A text block must be included when using documents."},
      {"BR-22", kNova, user(document("a") + "," + kText), ""},
      {"BR-23", kNova, user(document("a.txt") + "," + kText),
       "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, "
       "parentheses, "
       "and square brackets. The name can't contain more than one consecutive whitespace character. Provide "
       "a valid "
       "file name and try again."},
      {"BR-23", kNova, user(document("a_b (1) [x]") + "," + kText), ""},
      {"BR-24", kNova, user(document("a") + "," + document("a") + "," + kText),
       "Messages can't contain duplicate document names. Rename the document and retry your request."},
      {"BR-25", kNova, turns(kImage, kText),
       "The image content block at messages.1.content.0 isn't supported in assistant messages. Move it to a "
       "user "
       "message and try again."},
      {"BR-26", kNova, user(R"({"image":{"format":"bmp","source":{"bytes":"aGk="}}})"),
       "1 validation error detected: Value 'bmp' at 'messages.1.member.content.1.member.image.format' failed "
       "to satisfy "
       "constraint: Member must satisfy enum value set: [png, jpeg, gif, webp]"},
      {"BR-30", kNova, "{" + config(kObject, "", "a.b") + "," + kHi + "}",
       "1 validation error detected: Value 'a.b' at 'toolConfig.tools.1.member.toolSpec.name' failed to "
       "satisfy "
       "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"},
      {"BR-31", kNova,
       with(
           R"("toolConfig":{"tools":[{"toolSpec":{"name":"a","description":"","inputSchema":{"json":{}}}}]})"),
       "1 validation error detected: Value '' at 'toolConfig.tools.1.member.toolSpec.description' failed to "
       "satisfy "
       "constraint: Member must have length greater than or equal to 1"},
      {"BR-32", kNova, "{" + config(R"({"properties":{}})") + "," + kHi + "}",
       "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: "
       "object."},
      {"BR-33", kLlama, "{" + config(R"({"type":"object","properties":{},"$defs":{}})") + "," + kHi + "}",
       "Malformed input request: #/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [$defs] is "
       "not "
       "permitted, please reformat your input and try again."},
      {"BR-33", kClaude, "{" + config(R"({"type":"object","properties":{},"$defs":{}})") + "," + kHi + "}",
       ""},
      {"BR-35", kNova, choose(R"({"none":{}})"),
       "ToolChoice object at toolConfig.toolChoice must set one of the following keys: auto, any, tool."},
      {"BR-36", kNova, with(R"("inferenceConfig":{"maxTokens":0,"temperature":1.5})"),
       "2 validation errors detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: "
       "Member "
       "must have value greater than or equal to 1; Value '1.5' at 'inferenceConfig.temperature' failed to "
       "satisfy "
       "constraint: Member must have value less than or equal to 1"},
      {"BR-36", kNova,
       with(R"("inferenceConfig":{"maxTokens":10,"temperature":1,"topP":0.9,"stopSequences":["x"]})"), ""},
      {"BR-37", kNova, with(R"("additionalModelRequestFields":{"top_k":5})"),
       "Malformed input request: #: extraneous key [top_k] is not permitted, please reformat your input and "
       "try "
       "again."},
      {"BR-37", kClaude, with(R"("additionalModelRequestFields":{"frequency_penalty":1})"),
       "The model returned the following errors: frequency_penalty: Extra inputs are not permitted"},
      {"BR-37", kClaude, with(R"("additionalModelRequestFields":{"top_k":5})"), ""},
      {"BRM-08", kNova, with(R"("additionalModelRequestFields":{"inferenceConfig":{"topK":5}})"), ""},
      {"BR-38", kNova, with(R"("requestMetadata":{})"),
       "1 validation error detected: Value at 'requestMetadata' failed to satisfy constraint: Member must "
       "have length "
       "greater than or equal to 1"},
      {"BR-39", kClaude,
       with(
           R"("outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":{}}}}})"),
       "START_OBJECT can not be converted to a String"},
      {"BR-39", kClaude,
       with(R"("outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":)"
            R"("{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}"}}}})"),
       ""},
      {"BR-40", kLlama, turns(thinking + "," + kText, kText),
       "This model doesn't support the reasoningContent.reasoningText.signature field. Remove "
       "reasoningContent.reasoningText.signature and try again."},
      {"ANT-16", kClaude,
       turns(R"({"reasoningContent":{"reasoningText":{"text":"Hm","signature":"abc"}}},)" + kText, kText),
       "The model returned the following errors: messages.1.content.0: Invalid `signature` in `thinking` "
       "block"},
      {"ANT-16", kClaude, turns(thinking + "," + kText, kText), ""},
      {"BR-41", kLlama,
       turns(kCall, R"({"toolResult":{"toolUseId":"call_1","content":[{"text":"x"}],"status":"error"}})",
             withTools),
       "This model doesn't support the status field. Remove status and try again."},
      {"BR-42", "meta.nothing-v1%3A0", "{" + kHi + "}", "The provided model identifier is invalid."},
      {"BR-42", "anthropic.claude-v2%3A1", "{" + kHi + "}",
       "This model version has reached the end of its life. Please refer to the AWS documentation for more "
       "details.",
       404},
      {"BR-43", "meta.llama4-maverick-17b-instruct-v1%3A0", "{" + kHi + "}",
       "Invocation of model ID meta.llama4-maverick-17b-instruct-v1:0 with on-demand throughput isn\u2019t "
       "supported. "
       "Retry your request with the ID or ARN of an inference profile that contains this model."},
      {"BR-43",
       "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.meta.llama4-scout-17b-"
       "instruct-v1%3A0",
       "{" + kHi + "}", ""},
      {"BR-47", kClaude,
       with(
           R"("additionalModelRequestFields":{"tools":[{"type":"web_search_20250305","name":"web_search"}]})"),
       "The model returned the following errors: tools.0: Input tag 'web_search_20250305' found using 'type' "
       "does not "
       "match any of the expected tags: 'bash_20250124', 'custom', 'text_editor_20250124', "
       "'text_editor_20250429', "
       "'text_editor_20250728'"},
      {"BR-48", kMistral, user(R"({"text":")" + std::string(600000, 'a') + "\"}"),
       "Input is too long for requested model."},
      {"BR-51", kClaude, with(R"("inferenceConfig":{"temperature":0.5,"topP":0.5})"),
       "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this "
       "model. "
       "Please use only one."},
      {"ANT-33", kClaude, "{" + config(R"({"type":"object","anyOf":[{}]})") + "," + kHi + "}",
       "The model returned the following errors: tools.0.custom.input_schema: input_schema does not support "
       "oneOf, "
       "allOf, or anyOf at the top level"},
      {"ANT-38", kClaude,
       "{" + config(kObject, R"({"any":{}})") +
           R"(,"inferenceConfig":{"maxTokens":4000},"additionalModelRequestFields":{"thinking":{"type":"enabled",)" +
           R"("budget_tokens":2000}},)" + kHi + "}",
       "The model returned the following errors: Thinking may not be enabled when tool_choice forces tool "
       "use."},
      {"BRM-01", kLlama, turns(kCall, kResult + "," + kText, withTools),
       "messages.2.content: Conversation blocks and tool result blocks cannot be provided in the same turn."},
      {"BRM-01", kLlama, turns(kCall, kResult, withTools), ""},
      {"BRM-02", kLlama, turns(kText + "," + kCall, kResult, withTools),
       "messages.1.content: Conversation blocks and tool use blocks cannot be provided in the same turn."},
      {"BRM-02", kNova, turns(kText + "," + kCall, kResult, withTools), ""},
      {"BRM-03", kLlama, "{" + kTool + "," + kHi + "}",
       "This model doesn't support tool use in streaming mode.", 400, true},
      {"BRM-03", kLlama, "{" + kTool + "," + kHi + "}", ""},
      {"BRM-03", kNova, "{" + kTool + "," + kHi + "}", "", 200, true},
      {"BRM-04", kLlama, choose(R"({"any":{}})"),
       "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and "
       "try "
       "again."},
      {"BRM-04", kLlama, choose(R"({"tool":{"name":"get_weather"}})"),
       "This model doesn't support the toolConfig.toolChoice.tool field. Remove toolConfig.toolChoice.tool "
       "and try "
       "again."},
      {"BRM-04", kLlama, choose(R"({"auto":{}})"), ""},
      {"BRM-04", kMistral, choose(R"({"any":{}})"), ""},
      {"BRM-22", kMistral, choose(R"({"tool":{"name":"get_weather"}})"),
       "This model doesn't support the toolConfig.toolChoice.tool field. Remove toolConfig.toolChoice.tool "
       "and try "
       "again."},
      {"BRM-22", kNova, choose(R"({"tool":{"name":"get_weather"}})"), ""},
      {"BRM-05", "meta.llama3-8b-instruct-v1%3A0", "{" + kTool + "," + kHi + "}",
       "This model doesn't support tool use."},
      {"BRM-06", "mistral.mistral-7b-instruct-v0%3A2", with(R"("system":[{"text":"s"}])"),
       "This model doesn't support the system field. Remove system and try again."},
      {"BRM-07", kNova,
       "{" + config(R"({"type":"object","properties":{},"additionalProperties":false})") + "," + kHi + "}",
       "Malformed input request: #/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key "
       "[additionalProperties] "
       "is not permitted, please reformat your input and try again."},
      {"BRM-09", kOss, with(R"("inferenceConfig":{"stopSequences":["x"]})"),
       "This model doesn't support the stopSequences field. Remove stopSequences and try again."},
      {"BRM-09", kOss, with(R"("inferenceConfig":{"temperature":0.5})"), ""},
      {"BRM-10", "us.anthropic.claude-opus-4-8",
       with(
           R"("outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{}"}}}})"),
       "This model doesn't support the outputConfig.textFormat field. Remove outputConfig.textFormat and try "
       "again."},
      {"BRM-12", kLlama, user(R"({"text":"x"},{"cachePoint":{"type":"default"}})"),
       "This model doesn't support the cachePoint field. Remove cachePoint and try again.", 400, false, true},
      {"BRM-13", kMistral, turns(kCall, kResult, withTools),
       "The model returned the following errors: Tool call id was call_1 but must be a-z, A-Z, 0-9, with a "
       "length of 9.",
       400, false, true},
      {"BRM-13", kMistral, turns(kCall, kResult, withTools), ""},
      {"BRM-17", kNova,
       with(
           R"("toolConfig":{"tools":[{"toolSpec":{"name":"a","strict":true,"inputSchema":{"json":{"type":"object"}}}}]})"),
       "This model doesn't support the strict field. Remove strict and try again."},
      {"BRM-18", "moonshotai.kimi-k2-thinking", with(R"("inferenceConfig":{"temperature":0.5})"),
       "This model doesn't support the temperature field. Remove temperature and try again."},
      {"BRM-20", "openai.gpt-5.4", with(R"("additionalModelRequestFields":{"reasoning_effort":"low"})"),
       "Malformed input request: #: extraneous key [reasoning_effort] is not permitted, please reformat your "
       "input and "
       "try again."},
      {"BRM-20", "openai.gpt-5.4", with(R"("additionalModelRequestFields":{"reasoning":{"effort":"low"}})"),
       ""},
      {"BRM-20", kOss, with(R"("additionalModelRequestFields":{"reasoning_effort":"low"})"), ""},
      {"BRM-21", kOss, user(kText + "," + kImage),
       "This model doesn't support the image content block that you provided. Update the content block and "
       "try again."},
      {"BRM-21", kLlama, user(kText + "," + kImage), ""},
      {"unknown member", kNova, with(R"("tool_choice":"auto")"),
       "Malformed input request: #: extraneous key [tool_choice] is not permitted, please reformat your "
       "input and try "
       "again."},
      {"wrong type", kNova, with(R"("inferenceConfig":{"maxTokens":"10"})"),
       "STRING_VALUE can not be converted to an Integer"},
  };
}

const HeaderList kBearer = {{"Authorization", "Bearer key"}};

std::string path_of(std::string_view model, bool streaming) {
  return "/model/" + std::string(model) + (streaming ? "/converse-stream" : "/converse");
}

std::string message_of(const Reply& reply) {
  static Arena arena;
  const Result<json::Value> body = json::parse(arena, reply.body);
  return body ? std::string((*body)["message"].text()) : reply.body;
}

TEST(BedrockRules, RefuseAndAccept) {
  for (const Row& row : rows()) {
    const Reply reply = CallFixture("POST", path_of(row.model, row.streaming), kBearer, row.body)
                            .play(emulator(), row.paranoid);
    SCOPED_TRACE(std::string(row.rule) + " " + std::string(row.model) + " " + row.body.substr(0, 300));
    if (row.says.empty()) {
      EXPECT_EQ(reply.status, 200) << reply.body;
    } else {
      EXPECT_EQ(reply.status, row.status);
      EXPECT_EQ(message_of(reply), row.says);
    }
  }
}

}  // namespace
}  // namespace dragoman::sandbox::bedrock
