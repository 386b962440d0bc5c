// Every rule both ways: what must be refused, with the exact words, and what must pass. Rule ids are those of
// the provider contracts the emulator was written from.
#include "sandbox/anthropic/rules_case.h"
#include "sandbox/anthropic/signature.h"

namespace dragoman::sandbox::anthropic {
namespace {

const std::string kPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

std::string turns(std::string_view rest) {
  return R"("messages":[{"role":"user","content":"Hi"},)" + std::string(rest) + "]";
}

std::string called(std::string_view assistant, std::string_view user) {
  return turns(R"({"role":"assistant","content":[)" + std::string(assistant) +
               R"(]},{"role":"user","content":[)" + std::string(user) + "]}");
}

const std::string kCall =
    R"({"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"city":"Paris"}})";
const std::string kResult = R"({"type":"tool_result","tool_use_id":"toolu_1","content":"18 C"})";

std::string thinking(std::string_view text, std::string_view signature) {
  return R"({"type":"thinking","thinking":")" + std::string(text) + R"(","signature":")" +
         std::string(signature) + "\"}";
}

std::string content(std::string_view blocks) {
  return R"("messages":[{"role":"user","content":[)" + std::string(blocks) + "]}]";
}

constexpr std::string_view kNew = "claude-opus-4-8";
constexpr std::string_view kObject = R"({"type":"object","properties":{"city":{"type":"string"}}})";
constexpr std::string_view kEnabled =
    R"("thinking":{"type":"enabled","budget_tokens":2000},"max_tokens":4000,)";
constexpr std::string_view kInvalidSchema =
    "tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 "
    "(https://json-schema.org/draft/2020-12). Learn more about tool use at "
    "https://docs.claude.com/en/docs/tool-use.";

std::vector<Row> rows() {
  const std::string good = sign_thinking("haiku", "Let me see");
  const std::string fable = sign_thinking("fable", "Let me see");
  const std::string sonnet = sign_thinking("sonnet", "Let me see");
  const std::string missing_result =
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1. Each "
      "`tool_use` "
      "block must have a corresponding `tool_result` block in the next message.";
  return {
      {"plain", kOld, kUser, ""},
      {"ANT-02", kOld, R"("max_tokens":64001,)" + kUser,
       "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for "
       "claude-haiku-4-5"},
      {"ANT-02", kOld, R"("max_tokens":64000,)" + kUser, ""},
      {"ANT-02", kNew, R"("max_tokens":128001,)" + kUser,
       "max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for "
       "claude-opus-4-8"},
      {"ANT-01", kOld, R"("max_tokens":0,)" + kUser, ""},
      {"ANT-04", kOld, R"("messages":[])", "messages: at least one message is required"},
      {"ANT-05", kOld, turns(R"({"role":"system","content":"Be brief"})"),
       "messages.1.role: Input should be 'user' or 'assistant'"},
      {"ANT-05", "claude-sonnet-5", turns(R"({"role":"system","content":"Be brief"})"), ""},
      {"ANT-05", "claude-sonnet-5",
       turns(R"({"role":"system","content":"Be brief"},{"role":"user","content":"x"})"),
       "messages.1: role 'system' must precede an 'assistant' message or end the array"},
      {"ANT-06", kOld, R"("messages":[{"role":"assistant","content":"Hi"},{"role":"user","content":"Hi"}])",
       "messages: first message must use the \"user\" role"},
      {"ANT-07", "claude-opus-4-6", turns(R"({"role":"assistant","content":"Once"})"),
       "This model does not support assistant message prefill. The conversation must end with a user "
       "message."},
      {"ANT-07", kOld, turns(R"({"role":"assistant","content":"Once"})"), ""},
      {"ANT-08", kOld, turns(R"({"role":"user","content":"again"})"), ""},
      {"ANT-10", kOld, called(kCall, R"({"type":"text","text":"well?"})"), missing_result},
      {"ANT-10", kOld, called(kCall, kResult), ""},
      {"ANT-10", kOld, turns(R"({"role":"assistant","content":[)" + kCall + "]}"), missing_result},
      {"ANT-12", kOld, called(kCall, R"({"type":"text","text":"here"},)" + kResult), missing_result},
      {"ANT-12", kOld, called(kCall, kResult + R"(,{"type":"text","text":"go on"})"), ""},
      {"ANT-11", kOld, called(R"({"type":"text","text":"Hm"})", kResult),
       "messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1. Each "
       "`tool_result` "
       "block must have a corresponding `tool_use` block in the previous message."},
      {"ANT-13", kOld,
       called(R"({"type":"tool_use","id":"call:1","name":"f","input":{}})",
              R"({"type":"tool_result","tool_use_id":"call:1"})"),
       "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"},
      {"ANT-13", kOld, called(kCall + "," + kCall, kResult),
       "messages.1.content.1: `tool_use` ids must be unique"},
      {"ANT-14", kOld, called(R"({"type":"tool_use","id":"toolu_1","name":"f","input":"{}"})", kResult),
       "messages.1.content.0.tool_use.input: Input should be a valid dictionary"},
      {"ANT-15", kOld, std::string(kEnabled) + called(kCall, kResult),
       "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When "
       "`thinking` "
       "is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost "
       "set of "
       "`tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. "
       "To avoid "
       "this requirement, disable `thinking`. Please consult our documentation at "
       "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"},
      {"ANT-15", kOld, std::string(kEnabled) + called(thinking("Let me see", good) + "," + kCall, kResult),
       ""},
      {"ANT-15", kOld, called(kCall, kResult), ""},
      {"ANT-16", kOld, called(thinking("Let me see", "ErUBCkYIBxgC") + "," + kCall, kResult),
       "messages.1.content.0: Invalid `signature` in `thinking` block"},
      {"ANT-17", kOld, called(thinking("Let me see.", good) + "," + kCall, kResult),
       "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message "
       "cannot be "
       "modified. These blocks must remain as they were in the original response."},
      {"ANT-17", "claude-sonnet-5", called(thinking("Let me see.", sonnet) + "," + kCall, kResult), ""},
      {"ANT-17", kOld, called(thinking("", good) + "," + kCall, kResult), ""},
      {"ANT-18", kNew, called(thinking("Let me see", fable) + "," + kCall, kResult),
       "messages.1.content.0: Invalid `signature` in `thinking` block"},
      {"ANT-18", "claude-fable-5", called(thinking("Let me see", fable) + "," + kCall, kResult), ""},
      {"ANT-55", kOld, called(R"({"type":"redacted_thinking","data":"ZmFrZQ=="},)" + kCall, kResult),
       "messages.1.content.0: Invalid `data` in `redacted_thinking` block"},
      {"ANT-55", kOld,
       called(R"({"type":"redacted_thinking","data":")" + sign_redacted("haiku", "x") + R"("},)" + kCall,
              kResult),
       ""},
      {"ANT-56", kOld,
       called(R"({"type":"tool_use","id":"toolu_1","name":"f","input":{},"caller":{"type":"indirect"}})",
              kResult),
       "messages.1.content.0.tool_use.caller: Input tag 'indirect' found using 'type' does not match any of "
       "the "
       "expected tags: 'direct', 'code_execution_20250825', 'code_execution_20260120'"},
      {"ANT-56", kOld,
       called(R"({"type":"tool_use","id":"toolu_1","name":"f","input":{},"caller":{"type":"direct"}})",
              kResult),
       ""},
      {"ANT-20", kOld, content(R"({"type":"text","text":""})"),
       "messages: text content blocks must be non-empty"},
      {"ANT-20", kOld, content(R"({"type":"text","text":" \n"})"),
       "messages: text content blocks must contain non-whitespace text"},
      {"ANT-20", kOld, R"("system":[{"type":"text","text":""}],)" + kUser,
       "system: text content blocks must be non-empty"},
      {"ANT-21", kOld, turns(R"({"role":"assistant","content":"Once "})"),
       "messages: final assistant content cannot end with trailing whitespace"},
      {"ANT-22", kOld,
       content(R"({"type":"image","source":{"type":"base64","media_type":"image/bmp","data":")" + kPng +
               "\"}}"),
       "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', "
       "'image/gif' or "
       "'image/webp'"},
      {"ANT-22", kOld,
       content(R"({"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":")" + kPng +
               "\"}}"),
       "messages.0.content.0.image.source.base64: Image does not match the provided media type image/jpeg"},
      {"ANT-22", kOld,
       content(R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":")" + kPng +
               "\"}}"),
       ""},
      {"ANT-23", kOld,
       content(R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":")" +
               std::string(10485764, 'A') + "\"}}"),
       "messages.0.content.0.image.source.base64: image exceeds 10 MB maximum: 10485764 bytes > 10485760 "
       "bytes"},
      {"ANT-24", kOld,
       called(kCall,
              R"({"type":"tool_result","tool_use_id":"toolu_1","is_error":true,"content":[{"type":"image",)"
              R"("source":{"type":"url","url":"https://example.com/a.png"}}]})"),
       "messages.2.content.0.tool_result: all content must be type `text` if `is_error` is true", 400, true},
      {"ANT-24", kOld,
       called(kCall,
              R"({"type":"tool_result","tool_use_id":"toolu_1","is_error":true,"content":[{"type":"image",)"
              R"("source":{"type":"url","url":"https://example.com/a.png"}}]})"),
       ""},
      {"ANT-25", kNew, R"("temperature":0.5,)" + kUser, "`temperature` is deprecated for this model."},
      {"ANT-25", kNew, R"("top_k":5,)" + kUser, "`top_k` is deprecated for this model."},
      {"ANT-25", kOld, R"("temperature":0.5,"top_p":0.9,)" + kUser,
       "`temperature` and `top_p` cannot both be specified for this model. Please use only one."},
      {"ANT-25", kOld, R"("temperature":0.5,)" + kUser, ""},
      {"ANT-25", "claude-3-haiku-20240307", R"("temperature":0.5,"top_p":0.9,)" + kUser, ""},
      {"ANT-26", kOld, R"("temperature":1.5,)" + kUser, "temperature: range: 0..1"},
      {"ANT-27", kOld, std::string(kEnabled) + R"("temperature":0.5,)" + kUser,
       "`temperature` may only be set to 1 when thinking is enabled. Please consult our documentation at "
       "https://docs.claude.com/en/docs/build-with-claude/"
       "extended-thinking#important-considerations-when-using-"
       "extended-thinking"},
      {"ANT-27", kOld, std::string(kEnabled) + R"("temperature":1,)" + kUser, ""},
      {"ANT-28", kOld, R"("thinking":{"type":"enabled","budget_tokens":512},)" + kUser,
       "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"},
      {"ANT-28", kOld, R"("thinking":{"type":"enabled","budget_tokens":4000},"max_tokens":4000,)" + kUser,
       "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
       "https://docs.claude.com/en/docs/build-with-claude/"
       "extended-thinking#max-tokens-and-context-window-size"},
      {"ANT-29", kNew, std::string(kEnabled) + kUser,
       "thinking.type.enabled is not supported for this model. Use thinking.type.adaptive and "
       "output_config.effort to "
       "control thinking behavior."},
      {"ANT-29", kOld, R"("thinking":{"type":"adaptive"},)" + kUser,
       "thinking.type.adaptive is not supported for this model."},
      {"ANT-29", "claude-opus-5-5", R"("thinking":{"type":"disabled"},)" + kUser,
       "thinking.type.disabled is not supported for this model."},
      {"ANT-29", kNew, R"("thinking":{"type":"adaptive"},)" + kUser, ""},
      {"ANT-30", kOld, R"("tools":[{"name":"a.b","input_schema":{"type":"object"}}],)" + kUser,
       "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"},
      {"ANT-30", kOld,
       R"("tools":[{"name":")" + std::string(129, 'a') + R"(","input_schema":{"type":"object"}}],)" + kUser,
       "tools.0.custom.name: String should have at most 128 characters"},
      {"ANT-31", kOld, tool(R"({"properties":{}})"), "tools.0.custom.input_schema.type: Field required"},
      {"ANT-32", kOld, tool(R"({"type":"string"})"),
       "tools.0.custom.input_schema.type: Input should be 'object'"},
      {"ANT-33", kOld, tool(R"({"type":"object","anyOf":[{"type":"object"}]})"),
       "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"},
      {"ANT-34", kOld,
       tool(R"({"type":"object","properties":{"n":{"type":"number","exclusiveMinimum":true}}})"),
       kInvalidSchema},
      {"ANT-34", kOld, tool(R"({"type":"object","properties":{"n":{"$ref":"#/$defs/X"}}})"), kInvalidSchema},
      {"ANT-34", kOld,
       tool(R"({"type":"object","properties":{"n":{"type":"array","items":[{"type":"string"}]}}})"),
       kInvalidSchema},
      {"ANT-34", kOld, tool(R"({"type":"object","required":true})"), kInvalidSchema},
      {"ANT-34", kOld, tool(kObject), ""},
      {"ANT-35", kOld, tool(R"({"type":"object","properties":{"a b":{"type":"string"}}})"),
       "tools.0.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'"},
      {"ANT-36", kOld, R"("tool_choice":{"type":"any"},)" + kUser,
       "tool_choice.any may only be specified while providing tools"},
      {"ANT-36", kOld, R"("tool_choice":{"type":"auto"},)" + kUser, ""},
      {"ANT-36", kOld, R"("tool_choice":{"type":"none"},"tools":[],)" + kUser, ""},
      {"ANT-36", kOld, R"("tool_choice":{"type":"tool","name":"x"},)" + tool(kObject),
       "Tool 'x' not found in provided tools"},
      {"ANT-36", kOld, R"("tool_choice":{"type":"tool","name":"get_weather"},)" + tool(kObject), ""},
      {"ANT-37", kOld, called(kCall, kResult), ""},
      {"ANT-38", kOld, std::string(kEnabled) + R"("tool_choice":{"type":"any"},)" + tool(kObject),
       "Thinking may not be enabled when tool_choice forces tool use."},
      {"ANT-39", "claude-fable-5", R"("tool_choice":{"type":"any"},)" + tool(kObject),
       "tool_choice: type \"tool\" and \"any\" are not supported for this model."},
      {"ANT-40", kOld,
       R"("tools":[{"name":"a","input_schema":{"type":"object"}},{"name":"a","input_schema":{"type":"object"}}],)" +
           kUser,
       "tools: Tool names must be unique."},
      {"ANT-41", kOld, R"("seed":1,)" + kUser, "seed: Extra inputs are not permitted"},
      {"ANT-41", kOld, content(R"({"type":"text","text":"x","id":"1"})"),
       "messages.0.content.0.text.id: Extra inputs are not permitted"},
      {"ANT-41", kOld, R"("messages":[{"role":"user","content":"x","name":"bob"}])",
       "messages.0.name: Extra inputs are not permitted"},
      {"ANT-41", kOld, tool(kObject, R"(,"parameters":{})"),
       "tools.0.custom.parameters: Extra inputs are not permitted"},
      {"ANT-41", kOld, R"("metadata":{"user_id":"u"},"service_tier":"auto",)" + kUser, ""},
      {"ANT-45", "claude-opus-4-6", R"("thinking":{"type":"adaptive","block_binding":true},)" + kUser,
       "thinking.adaptive.block_binding: Extra inputs are not permitted"},
      {"ANT-42", kOld,
       content(R"({"type":"text","text":"a","cache_control":{"type":"ephemeral"}},)"
               R"({"type":"text","text":"b","cache_control":{"type":"ephemeral"}},)"
               R"({"type":"text","text":"c","cache_control":{"type":"ephemeral"}},)"
               R"({"type":"text","text":"d","cache_control":{"type":"ephemeral"}},)"
               R"({"type":"text","text":"e","cache_control":{"type":"ephemeral"}})"),
       "A maximum of 4 blocks with cache_control may be provided. Found 5."},
      {"ANT-43", kOld, content(R"({"type":"text","text":"","cache_control":{"type":"ephemeral"}})"),
       "messages.0.content.0.cache_control: cache_control cannot be set for empty text blocks"},
      {"ANT-43", kOld,
       R"("system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],)" +
           content(R"({"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}})"),
       "messages.0.content.0.cache_control.ttl: a ttl='1h' cache_control block must not come after a "
       "ttl='5m' "
       "cache_control block. Note that blocks are processed in the following order: `tools`, `system`, "
       "`messages`."},
      {"ANT-44", "claude-opus-4-6", R"("output_config":{"effort":"xhigh"},)" + kUser,
       "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium."},
      {"ANT-44", kNew, R"("output_config":{"effort":"minimal"},)" + kUser,
       "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'"},
      {"ANT-44", kNew, R"("output_config":{"effort":"xhigh"},)" + kUser, ""},
      {"ANT-46", "claude-nonexistent", kUser, "model: claude-nonexistent", 404},
      {"ANT-46", "gpt-5", kUser, "model: gpt-5", 404},
      {"ANT-52", kOld,
       turns(
           R"({"role":"assistant","content":[{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search",)"
           R"("input":{}}]},{"role":"user","content":"x"})"),
       "messages.1: `web_search` tool use with id `srvtoolu_1` was found without a corresponding "
       "`web_search_tool_result` block"},
      {"ANT-54", kOld, R"("stop_sequences":["\n"],)" + kUser,
       "stop_sequences: each stop sequence must contain non-whitespace"},
      {"ANT-54", kOld, R"("stop_sequences":["END"],)" + kUser, ""},
  };
}

TEST(AnthropicRules, RefuseAndAccept) { expect_answers(rows()); }

}  // namespace
}  // namespace dragoman::sandbox::anthropic
