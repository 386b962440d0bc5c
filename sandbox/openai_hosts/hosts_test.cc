// Every rule of every OpenAI-compatible host, both ways. Rule ids are the contracts'.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sandbox/openai/rows.h"
#include "sandbox/openai/rules_case.h"

namespace dragoman::sandbox::openai {
namespace {

struct HostUnderTest {
  Emulator row;
  std::string_view path;
  std::string_view model;
};

const std::map<std::string_view, HostUnderTest>& hosts() {
  static const std::map<std::string_view, HostUnderTest> all = {
      {"azure", {azure_row(), "/openai/v1/chat/completions", "gpt-4o"}},
      {"mistral", {mistral_row(), "/v1/chat/completions", "mistral-large-latest"}},
      {"deepseek", {deepseek_row(), "/chat/completions", "deepseek-chat"}},
      {"moonshot", {moonshot_row(), "/v1/chat/completions", "kimi-k2-0905-preview"}},
      {"zai", {zai_row(), "/api/paas/v4/chat/completions", "glm-4.6"}},
      {"qwen", {qwen_row(), "/compatible-mode/v1/chat/completions", "qwen-plus"}},
      {"minimax", {minimax_row(), "/v1/chat/completions", "MiniMax-M2"}},
      {"xai", {xai_row(), "/v1/chat/completions", "grok-3"}},
      {"groq", {groq_row(), "/openai/v1/chat/completions", "llama-3.3-70b-versatile"}},
      {"cerebras", {cerebras_row(), "/v1/chat/completions", "llama-3.3-70b"}},
      {"fireworks", {fireworks_row(), "/inference/v1/chat/completions", "accounts/fireworks/models/x"}},
      {"together", {together_row(), "/v1/chat/completions", "meta-llama/Llama-3.3-70B-Instruct-Turbo"}},
      {"openrouter", {openrouter_row(), "/api/v1/chat/completions", "meta-llama/llama-3.3-70b-instruct"}},
      {"ollama", {ollama_row(), "/v1/chat/completions", "llama3.2"}},
      {"vllm", {vllm_row(), "/v1/chat/completions", "my-model"}},
      {"llamacpp", {llamacpp_row(), "/v1/chat/completions", "my-model"}},
  };
  return all;
}

// The words of a refusal, wherever the host puts them.
std::string words(const CaseResult& got) {
  const json::Value error = got.body["error"];
  const json::Value raw = error["metadata"]["raw"];
  for (const json::Value v : {raw, error["message"], error, got.body["message"]["detail"].at(0)["msg"],
                              got.body["message"], got.body["detail"], got.body["base_resp"]["status_msg"]}) {
    if (v.is_string()) return std::string(v.text());
  }
  return got.reply.body;
}

struct HostCase {
  std::string_view host;
  RuleCase rule;
  std::string_view path = {};
  std::string_view query = {};
};

#define STRICT_OBJECT(properties, required)                                 \
  R"({"type":"object","properties":)" properties R"(,"required":)" required \
  R"(,"additionalProperties":false})"

const HostCase kCases[] = {
    // Azure
    {"azure",
     {"AZ-01", "",
      "The API deployment for this resource does not exist. If you created the deployment within the last 5 "
      "minutes, please wait a moment and try again.",
      "", "", 404},
     "/openai/deployments/nonexistent/chat/completions",
     "api-version=2024-10-21"},
    {"azure",
     {"AZ-01", R"("model":"ignored")", ""},
     "/openai/deployments/gpt-4o/chat/completions",
     "api-version=2024-10-21"},
    {"azure", {"AZ-02", "", "", "", "", 404}, "/openai/deployments/gpt-4o/chat/completions", ""},
    {"azure",
     {"AZ-03", R"("model":"DeepSeek-V3")", ""},
     "/models/chat/completions",
     "api-version=2024-05-01-preview"},
    {"azure",
     {"AZ-04", R"("tools":[@T],"tool_choice":"required")",
      "tool_choice value as required is enabled only for api versions 2024-06-01 and later"},
     "/openai/deployments/gpt-4o/chat/completions",
     "api-version=2024-02-01"},
    {"azure",
     {"AZ-04",
      R"("response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}})",
      "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later"},
     "/openai/deployments/gpt-4o/chat/completions",
     "api-version=2024-06-01"},
    {"azure",
     {"AZ-04", R"("tools":[@T],"tool_choice":"required")", ""},
     "/openai/deployments/gpt-4o/chat/completions",
     "api-version=2024-10-21"},
    {"azure",
     {"AZ-05", R"("messages":[{"role":"user","content":"[policy]"}])",
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. "
      "Please modify your prompt and retry. To learn more about our content filtering policies please read "
      "our documentation: https://go.microsoft.com/fwlink/?linkid=2198766"}},
    {"azure",
     {"AZ-07", R"("thinking":{"type":"enabled"})", "Unrecognized request argument supplied: thinking"}},
    {"azure",
     {"AZ-08", R"("model":"o3","max_tokens":3)",
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
      "instead."}},
    {"azure",
     {"AZ-09", R"("max_completion_tokens":3)",
      "Unrecognized request argument supplied: max_completion_tokens"},
     "/openai/deployments/gpt-4o-2024-05-13/chat/completions",
     "api-version=2024-10-21"},
    {"azure",
     {"AZ-10", R"("model":"o1-mini","reasoning_effort":"low")", "Unknown parameter: 'reasoning_effort'."}},
    // Mistral
    {"mistral",
     {"MIS-01", R"("messages":[{"role":"user","content":"x","name":"n"}])", "Extra inputs are not permitted",
      "", "", 422}},
    {"mistral", {"MIS-01", R"("seed":1)", "Extra inputs are not permitted", "", "", 422}},
    {"mistral", {"MIS-01", R"("random_seed":1,"max_tokens":5)", ""}},
    {"mistral", {"MIS-02", R"("temperature":1.6)", "Input should be less than or equal to 1.5", "", "", 422}},
    {"mistral",
     {"MIS-03", R"("tools":[@T],"tool_choice":"force")",
      "Input should be 'auto', 'none', 'any' or 'required'", "", "", 422}},
    {"mistral", {"MIS-03", R"("tools":[@T],"tool_choice":"any")", ""}},
    {"mistral",
     {"MIS-04", R"("tools":[{"type":"function","function":{"name":"f"}}])", "Field required", "", "", 422}},
    {"mistral",
     {"MIS-10", R"("messages":[@U,@A,@R])",
      "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9."}},
    {"mistral",
     {"MIS-10",
      R"("messages":[@U,{"role":"assistant","content":"","tool_calls":[{"id":"abcdefgh1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"abcdefgh1","content":"x"}])",
      ""}},
    {"mistral",
     {"MIS-12",
      R"("messages":[@U,{"role":"assistant","content":"","tool_calls":[{"id":"abcdefgh1","type":"function","function":{"name":"f","arguments":"{}"}}]},@U])",
      "Not the same number of function calls and responses"}},
    {"mistral",
     {"MIS-20", R"("messages":[{"role":"system","content":"s"},{"role":"assistant","content":"a"},@U])", ""}},
    {"mistral",
     {"MIS-21", R"("messages":[{"role":"system","content":""},@U])", "System prompt must have content", "",
      "", 400, true}},
    {"mistral",
     {"MIS-22", R"("messages":[@U,{"role":"assistant","content":"a"}])",
      "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant"}},
    {"mistral", {"MIS-22", R"("messages":[@U,{"role":"assistant","content":"a","prefix":true}])", ""}},
    {"mistral",
     {"MIS-23", R"("messages":[@U,{"role":"assistant","content":"a","prefix":true},@U])",
      "Only the last message of the conversation may have prefix True"}},
    {"mistral", {"MIS-24", R"("messages":[])", "Conversation must have at least one message"}},
    {"mistral", {"MIS-27", R"("logprobs":true)", "Logprobs are not enabled for this model"}},
    {"mistral", {"MIS-28", R"("model":"gpt-4o")", "Invalid model: gpt-4o"}},
    {"mistral",
     {"MIS-29", R"("model":"mistral-large-ctx2")",
      "Prompt contains 4 tokens and 0 draft tokens, too large for model with 2 maximum context length"}},
    {"mistral", {"MIS-31", R"("reasoning_effort":"low")", "Input should be 'high' or 'none'", "", "", 422}},
    {"mistral",
     {"MIS-32", R"("response_format":{"type":"json_schema","json_schema":{"schema":{}}})", "Field required",
      "", "", 422}},
    // DeepSeek
    {"deepseek",
     {"DS-01", R"("model":"deepseek-v4-pro","messages":[@U,@A,@R])",
      "The `reasoning_content` in the thinking mode must be passed back to the API."}},
    {"deepseek",
     {"DS-01", R"("model":"deepseek-v4-pro","thinking":{"type":"disabled"},"messages":[@U,@A,@R])", ""}},
    {"deepseek",
     {"DS-03", R"("model":"deepseek-v4-pro","tools":[@T],"tool_choice":"required")",
      "Thinking mode does not support this tool_choice"}},
    {"deepseek", {"DS-03", R"("tools":[@T],"tool_choice":"required")", ""}},
    {"deepseek",
     {"DS-04",
      R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:x"}}]}])",
      "Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `image_url`, "
      "expected `text` at line 1 column 82"}},
    {"deepseek",
     {"DS-06",
      R"("messages":[@U,@A,{"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"t"}]}])",
      "Failed to deserialize the JSON body into the target type: messages[2]: invalid type: sequence, "
      "expected a string at line 1 column 299"}},
    {"deepseek",
     {"DS-07", R"("messages":[{"role":"developer","content":"x"},@U])",
      "Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `developer`, "
      "expected one of `system`, `user`, `assistant`, `tool`, `latest_reminder` at line 1 column 56"}},
    {"deepseek",
     {"DS-07", R"("response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{}}})",
      "This response_format type is unavailable now"}},
    {"deepseek",
     {"DS-08", R"("model":"gpt-4o")",
      "The supported API model names are deepseek-v4-pro or deepseek-v4-flash, but you passed gpt-4o."}},
    {"deepseek",
     {"DS-12",
      R"("tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{}}}}])",
      "Invalid schema for function 'f': 'additionalProperties' must be false"},
     "/beta/chat/completions"},
    {"deepseek",
     {"DS-13", R"("model":"deepseek-v4-pro","logprobs":true)",
      "logprobs and top_logprobs are not supported in thinking mode"}},
    // Moonshot
    {"moonshot",
     {"KIMI-01", R"("model":"kimi-k2-thinking","messages":[@U,@A,@R])",
      "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1"}},
    {"moonshot",
     {"KIMI-02", R"("model":"kimi-k2.5","tools":[@T],"tool_choice":"required")",
      "tool_choice 'required' is incompatible with thinking enabled"}},
    {"moonshot",
     {"KIMI-02",
      R"("model":"kimi-k2.5","tools":[@T],"tool_choice":"required","thinking":{"type":"disabled"})", ""}},
    {"moonshot",
     {"KIMI-10", R"("model":"kimi-k2.5","temperature":0.7)",
      "invalid temperature: only 1 is allowed for this model"}},
    {"moonshot",
     {"KIMI-10", R"("model":"kimi-k2.5","top_p":0.9)", "invalid top_p: only 0.95 is allowed for this model"}},
    {"moonshot",
     {"KIMI-11",
      R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/a.png"}}]}])",
      "unsupported image url: https://x/a.png"}},
    {"moonshot",
     {"KIMI-12", R"("messages":[@U,{"role":"assistant","content":""},@U])",
      "Invalid request: message at position 1 with role 'assistant' must not be empty"}},
    {"moonshot", {"KIMI-14", R"("tools":[@T,@T])", "function name get_weather is duplicated"}},
    {"moonshot",
     {"KIMI-15",
      R"("tools":[{"type":"function","function":{"name":"1f","parameters":{"type":"object","properties":{}}}}])",
      "Invalid request: function name is invalid, must start with a letter and can contain letters, numbers, "
      "underscores, and dashes"}},
    {"moonshot",
     {"KIMI-16", R"("stop":["1","2","3","4","5","6","7","8","9","10"])",
      "Invalid request: stop array too long. Expected an array with maximum length 5, but got an array with "
      "length 10 instead"}},
    {"moonshot",
     {"KIMI-20",
      R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"x":{}}}}}])",
      "Invalid request: tools.function.parameters is not a valid moonshot flavored json schema, details: <At "
      "path 'properties.x': type is not defined>"}},
    {"moonshot", {"KIMI-20", R"("tools":[@T])", ""}},
    {"moonshot",
     {"KIMI-31", R"("messages":[{"role":"user","content":"[policy]"}])",
      "The request was rejected because it was considered high risk"}},
    // Z.ai
    {"zai",
     {"ZAI-01", R"("messages":[{"role":"system","content":"s"}])",
      "The messages parameter is illegal. Please check the documentation."}},
    {"zai",
     {"ZAI-01", R"("messages":[{"role":"user","content":""}])",
      "The messages parameter is illegal. Please check the documentation."}},
    {"zai", {"ZAI-03", R"("tools":[@T],"tool_choice":"required")", "Invalid tool_choice parameter"}},
    {"zai", {"ZAI-03", R"("tools":[@T],"tool_choice":"auto")", ""}},
    {"zai", {"ZAI-04", R"("model":"gpt-4o")", "Model does not exist, please check the model code"}},
    {"zai", {"ZAI-05", R"("model":"glm-4.6-ctx2")", "Prompt exceeds max length"}},
    {"zai",
     {"ZAI-09", R"("max_completion_tokens":5)", "Invalid API parameter, please check the documentation.", "",
      "", 400, true}},
    {"zai", {"ZAI-11", R"("stop":["a","b"])", "Invalid stop parameter"}},
    // Qwen
    {"qwen",
     {"QWEN-01", R"("enable_thinking":true,"stream":true,"tools":[@T],"tool_choice":"required")",
      "<400> InternalError.Algo.InvalidParameter: The tool_choice parameter does not support being set to "
      "required or object in thinking mode"}},
    {"qwen", {"QWEN-01", R"("tools":[@T],"tool_choice":"required")", ""}},
    {"qwen",
     {"QWEN-02", R"("model":"qwen3-8b")",
      "parameter.enable_thinking must be set to false for non-streaming calls"}},
    {"qwen",
     {"QWEN-02", R"("model":"qwq-32b")",
      "This model only support stream mode, please enable the stream parameter to access the model."}},
    {"qwen", {"QWEN-02", R"("model":"qwen3-8b","enable_thinking":false)", ""}},
    {"qwen",
     {"QWEN-03", R"("thinking_budget":0)",
      "The thinking_budget parameter must be a positive integer and not greater than 38912"}},
    {"qwen",
     {"QWEN-04", R"("messages":[@U,@R])",
      "<400> InternalError.Algo.InvalidParameter: messages with role \"tool\" must be a response to a "
      "preceeding message with \"tool_calls\"."}},
    {"qwen",
     {"QWEN-05", R"("messages":[@U,{"role":"system","content":"s"}])",
      "System message must be at the beginning."}},
    {"qwen",
     {"QWEN-06", R"("response_format":{"type":"json_object"})",
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
      "'json_object'."}},
    {"qwen", {"QWEN-07", R"("max_tokens":9000)", "Range of max_tokens should be [1, 8192]"}},
    {"qwen", {"QWEN-07", R"("model":"qwen3-coder-plus","max_tokens":65536)", ""}},
    {"deepseek",
     {"CAP-02", R"("model":"deepseek-chat","max_tokens":8193)",
      "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]"}},
    {"deepseek", {"CAP-02", R"("model":"deepseek-v4-pro","max_tokens":65536)", ""}},
    {"zai",
     {"CAP-04", R"("model":"glm-4.5","max_tokens":100000)",
      "The max_tokens parameter is illegal. Please check the documentation."}},
    {"qwen",
     {"QWEN-10", R"("messages":null)",
      "Either \"prompt\" or \"messages\" must exist and cannot both be none"}},
    // MiniMax
    {"minimax",
     {"MM-01", R"("messages":[@U,@A,@U])",
      "invalid params, tool call result does not follow tool call (2013)"}},
    {"minimax",
     {"MM-01", R"("messages":[@U,@R])", "invalid params, tool result's tool id(call_1) not found (2013)"}},
    {"minimax", {"MM-01", R"("messages":[@U,@A,@R])", ""}},
    {"minimax",
     {"MM-02",
      R"("messages":[@U,{"role":"assistant","content":"","tool_calls":[{"id":"a.b","type":"function","function":{"name":"f","arguments":"{}"}}]}])",
      "invalid params, tool call id is invalid (2013)"}},
    {"minimax",
     {"MM-03", R"("tools":[{"type":"function","function":{"name":"f","parameters":{}}}])",
      "invalid params, function parameters is empty (2013)"}},
    {"minimax",
     {"MM-04", R"("messages":[{"role":"developer","content":"x"},@U])",
      "invalid params, invalid chat setting (2013)"}},
    {"minimax",
     {"MM-04", R"("messages":[@U,{"role":"system","content":"x"}])",
      "invalid params, chat content has invalid message role: system (2013)"}},
    {"minimax",
     {"MM-05",
      R"("messages":[@U,{"role":"assistant","content":"","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{"}}]},{"role":"tool","tool_call_id":"c","content":"x"}])",
      "invalid params, invalid function arguments json string, tool_call_id: c (2013)"}},
    {"minimax",
     {"MM-06", R"("model":"MiniMax-M3","thinking":{"type":"enabled"})",
      "invalid params, invalid thinking.type: \"enabled\" (allowed: adaptive, disabled) (2013)"}},
    // xAI
    {"xai",
     {"XAI-01", R"("model":"grok-4.20-0309-reasoning","presence_penalty":1)",
      "Model grok-4.20-0309-reasoning does not support parameter presencePenalty."}},
    {"xai",
     {"XAI-15", R"("stop":["1","2","3","4","5","6","7","8","9","10"])",
      "Cannot provide more than 8 stop strings but len(stop) = 10"}},
    {"xai",
     {"XAI-15", R"("model":"grok-4.20-0309-reasoning","stop":"a")",
      "Model grok-4.20-0309-reasoning does not support parameter stop."}},
    {"xai", {"XAI-15", R"("stop":["1","2","3","4","5","6","7","8"])", ""}},
    {"xai",
     {"XAI-02", R"("model":"grok-4.5","reasoning_effort":"none")",
      "This model does not support `reasoning_effort` value `none`."}},
    {"xai", {"XAI-02", R"("model":"grok-4.3","reasoning_effort":"none")", ""}},
    {"xai", {"XAI-03", R"("model":"gpt-4o")", "Model not found: gpt-4o"}},
    {"xai",
     {"XAI-05", R"("messages":[{"role":"user","content":7}])",
      "Failed to deserialize the JSON body into the target type: data did not match any variant of untagged "
      "enum ModelInput",
      "", "", 422}},
    {"xai",
     {"XAI-06",
      R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"p":true}}}}])",
      "Invalid schema for function 'f': property `p` must be an object"}},
    {"xai",
     {"XAI-12", R"("model":"grok-3-ctx2")",
      "This model's maximum prompt length is 2 but the request contains 4 tokens."}},
    {"xai",
     {"XAI-13", R"("messages":[{"role":"user","content":"[policy]"}])",
      "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_CYBER", "", "", 403}},
    {"xai",
     {"XAI-14",
      R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlh"}}]}])",
      "Unsupported image format: image/gif. Only image/png and image/jpeg are supported."}},
    // Groq
    {"groq",
     {"GROQ-01", R"("messages":[@U,@U,{"role":"assistant","content":"a","reasoning_content":"x"}])",
      "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property "
      "'reasoning_content' is unsupported)]"}},
    {"groq", {"GROQ-02", R"("store":true)", "property 'store' is unsupported, did you mean 'stop'?"}},
    {"groq",
     {"GROQ-04",
      R"("messages":[@U,{"role":"assistant","content":"","tool_calls":[{"id":"c","type":"function","function":{"name":"gone","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"x"}],"tools":[@T])",
      "tool call validation failed: attempted to call tool 'gone' which was not in request.tools"}},
    {"groq",
     {"GROQ-06", R"("tools":[@T],"response_format":{"type":"json_object"})",
      "json mode cannot be combined with tool/function calling"}},
    {"groq",
     {"GROQ-07",
      R"("response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":{}}})",
      "This model does not support response format `json_schema`. See supported models at "
      "https://console.groq.com/docs/structured-outputs#supported-models"}},
    {"groq",
     {"GROQ-07",
      R"("model":"openai/gpt-oss-20b","response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":{"type":"object","properties":{"x":{"type":"array","items":{"type":"string"},"uniqueItems":true}},"required":["x"],"additionalProperties":false}}})",
      ""}},
    {"groq", {"GROQ-09", R"("n":2)", "'n' : number must be at most 1"}},
    {"groq",
     {"GROQ-10", R"("model":"openai/gpt-oss-20b","reasoning_effort":"none")",
      "`reasoning_effort` must be one of `low`, `medium`, or `high`"}},
    {"groq",
     {"GROQ-11", R"("model":"gpt-4o")", "The model `gpt-4o` does not exist or you do not have access to it.",
      "", "", 404}},
    {"groq",
     {"GROQ-12", R"("model":"llama-ctx2")", "Please reduce the length of the messages or completion."}},
    {"groq", {"GROQ-15", R"("temperature":3)", "'temperature' : number must be at most 2"}},
    {"groq",
     {"GROQ-15", R"("stop":["1","2","3","4","5"])",
      "'stop' : one of the following must be satisfied[('stop' : value must be a string) OR ('stop' : "
      "maximum number of items is 4)]"}},
    // Cerebras
    {"cerebras",
     {"CER-01",
      R"("tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{}}}}])",
      "'additionalProperties' is required to be supplied and set to false.", "", "", 422}},
    {"cerebras",
     {"CER-02",
      R"("tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":)" STRICT_OBJECT(
          R"({"p":{"type":"string","pattern":"a"}})", R"(["p"])") R"(}}])",
      "Unsupported JSON schema fields: {'pattern'}", "", "", 422}},
    {"cerebras",
     {"CER-03",
      R"("tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":)" STRICT_OBJECT(
          R"({"p":{"type":"string","enum":["a"]}})", R"(["p"])") R"(}}])",
      ""}},
    {"cerebras",
     {"CER-05",
      R"("tools":[@T,{"type":"function","function":{"name":"f","strict":true,"parameters":)" STRICT_OBJECT(
          "{}", "[]") R"(}}])",
      "Tools with mixed values for 'strict' are not allowed. Please set all tools to 'strict: true' or "
      "'strict: false'"}},
    {"cerebras",
     {"CER-08", R"("tools":[@T],"response_format":{"type":"json_object"})",
      "\"tools\" is incompatible with \"response_format\""}},
    {"cerebras", {"CER-09", R"("store":true)", "property 'store' is unsupported", "", "", 400, true}},
    {"cerebras", {"CER-12", R"("messages":[@U,{"role":"assistant","content":"a","reasoning":"r"},@U])", ""}},
    {"cerebras",
     {"CER-13", R"("stop":["1","2","3","4","5"])",
      "stop.str: Input should be a valid string\nstop.list[str]: List should have at most 4 items after "
      "validation, not 5"}},
    // Fireworks
    {"fireworks",
     {"FW-01", R"("stream":true,"stream_options":{"include_usage":true})",
      "Extra inputs are not permitted, field: 'stream_options', value: {\"include_usage\":true}"}},
    {"fireworks",
     {"FW-01", R"("a":true,"b":"x")",
      "2 request validation errors: Extra inputs are not permitted, field: 'a', value: True; Extra inputs "
      "are not permitted, field: 'b', value: 'x'"}},
    {"fireworks",
     {"FW-03",
      R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"x":{}}}}}])",
      "JSON Schema not supported: could not understand the instance `{}`."}},
    {"fireworks",
     {"FW-04", R"("model":"accounts/x/models/y-ctx2")",
      "The prompt is too long: 4, model maximum context length: 2"}},
    {"fireworks", {"FW-05", R"("max_tokens":5000)", "Requests with max_tokens > 4096 must have stream=true"}},
    {"fireworks", {"FW-05", R"("max_tokens":5000,"stream":true)", ""}},
    // Together
    {"together",
     {"TG-01", R"("messages":[{"role":"developer","content":"x"},@U])", "Input validation error"}},
    {"together",
     {"TG-02", R"("model":"a/b-ctx9","max_tokens":9)",
      "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 9. Given: 4 `inputs` tokens and "
      "9 `max_new_tokens`",
      "", "", 422}},
    {"together", {"TG-01", R"("verbosity":"low")", "Input validation error"}},
    {"together", {"TG-01", R"("logprobs":true)", "Input validation error"}},
    {"together", {"TG-01", R"("reasoning_effort":"none")", "Input validation error"}},
    {"together",
     {"TG-03", R"("model":"google/gemma-2-9b","tools":[@T])",
      "google/gemma-2-9b is not supported for function calling"}},
    {"together",
     {"TG-07", R"("stop":["1","2","3","4","5"])",
      "stop: Validation error: maximum 4 stop sequences allowed [\"1\",\"2\",\"3\",\"4\",\"5\"]"}},
    {"together",
     {"TG-07", R"("store":true)",
      "Parameter 'store' is not supported for the selected model configuration. Please remove this parameter "
      "from your request.",
      "", "", 400, true}},
    // OpenRouter
    {"openrouter",
     {"OR-03", R"("model":"a/b-ctx2")",
      "This endpoint's maximum context length is 2 tokens. However, you requested about 4 tokens (4 of text "
      "input). Please reduce the length of either one, or use the context-compression plugin to compress "
      "your prompt automatically."}},
    {"openrouter", {"OR-05", R"("model":"gpt-4o")", "gpt-4o is not a valid model ID"}},
    {"openrouter",
     {"OR-09", R"("model":"deepseek/deepseek-r1","tools":[@T])",
      "No endpoints found that support tool use. To learn more about provider routing, visit: "
      "https://openrouter.ai/docs/provider-routing",
      "", "", 404}},
    {"openrouter",
     {"OR-09", R"("model":"google/gemma-2-9b","tools":[@T])",
      "No endpoints found that support tool use. To learn more about provider routing, visit: "
      "https://openrouter.ai/docs/provider-routing",
      "", "", 404}},
    {"openrouter",
     {"OR-10", R"("model":"openai/o3","reasoning":{"effort":"none"})",
      "Reasoning is mandatory for this endpoint and cannot be disabled."}},
    {"openrouter",
     {"OR-12", R"("messages":[@U,@A,@U])",
      R"({"error":{"message":"No tool output found for function call call_1.","type":"invalid_request_error","param":"input","code":null}})"}},
    // Ollama
    {"ollama", {"OLL-01", R"("messages":[])", "[] is too short - 'messages'"}},
    {"ollama",
     {"OLL-02", R"("model":"nonexistent")", "model \"nonexistent\" not found, try pulling it first", "", "",
      404}},
    {"ollama", {"OLL-02", R"("model":"")", "model is required"}},
    {"ollama",
     {"OLL-03", R"("model":"gemma3","tools":[@T])",
      "registry.ollama.ai/library/gemma3 does not support tools"}},
    {"ollama", {"OLL-04", R"("reasoning_effort":"high")", "\"llama3.2\" does not support thinking"}},
    {"ollama",
     {"OLL-04", R"("reasoning_effort":"minimal")",
      "invalid reasoning value: 'minimal' (must be \"high\", \"medium\", \"low\", \"max\", or \"none\")"}},
    {"ollama",
     {"OLL-05",
      R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/"}}]}])",
      "image URLs are not currently supported, please use base64 encoded data instead"}},
    {"ollama",
     {"OLL-06",
      R"("messages":[@U,{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"[]"}}]},{"role":"tool","tool_call_id":"c","content":"x"}])",
      "invalid tool call arguments"}},
    {"ollama",
     {"OLL-07", R"("messages":[{"role":"user","content":[{"type":"file"}]}])", "invalid message format"}},
    {"ollama", {"OLL-07", R"("messages":[@U,@A,@R])", ""}},
    // vLLM
    {"vllm",
     {"VLLM-01", R"("model":"m-noautotools","tools":[@T])",
      "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set"}},
    {"vllm", {"VLLM-01", R"("model":"m-noautotools","tools":[@T],"tool_choice":"required")", ""}},
    {"vllm",
     {"VLLM-02",
      R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"n":{"type":"number","multipleOf":2}}}}}],"tool_choice":"required")",
      "The provided JSON schema contains features not supported by xgrammar."}},
    {"vllm",
     {"VLLM-04", R"("model":"m-ctx2")",
      "This model's maximum context length is 2 tokens. However, you requested 4 tokens (4 in the messages, "
      "0 in the completion). Please reduce the length of the messages or completion."}},
    {"vllm",
     {"VLLM-04", R"("model":"m-ctx9","max_tokens":9)",
      "'max_tokens' or 'max_completion_tokens' is too large: 9. This model's maximum context length is 9 "
      "tokens and your request has 4 input tokens (9 > 9 - 4)."}},
    {"vllm",
     {"VLLM-05", R"("model":"m-alternate","messages":[@U,@U])",
      "After the optional system message, conversation roles must alternate "
      "user/assistant/user/assistant/..."}},
    {"vllm",
     {"VLLM-06", R"("model":"m-qwen","messages":[@U,{"role":"system","content":"s"}])",
      "System message must be at the beginning."}},
    {"vllm",
     {"VLLM-08",
      R"("model":"llama-3","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/"}}]}])",
      "llama-3 is not a multimodal model"}},
    {"vllm",
     {"VLLM-13",
      R"("messages":[@U,{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"x"}}]},{"role":"tool","tool_call_id":"c","content":"x"}])",
      "Expecting value: line 1 column 1 (char 0)"}},
    // llama.cpp
    {"llamacpp",
     {"LCPP-01", R"("model":"m-ctx2")",
      "request (4 tokens) exceeds the available context size (2 tokens), try increasing it"}},
    {"llamacpp",
     {"LCPP-02", R"("temperature":"hot")",
      "Field 'temperature': [json.exception.type_error.302] type must be number, but is string"}},
    {"llamacpp",
     {"LCPP-04",
      R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/"}}]}])",
      "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj", "",
      "", 500}},
    {"llamacpp", {"LCPP-05", R"("grammar":"root ::= x","tools":[@T])", "Cannot specify grammar with tools"}},
    {"llamacpp", {"LCPP-06", R"("tools":[@T],"tool_choice":"any")", "Invalid tool_choice: any"}},
    {"llamacpp", {"LCPP-06", R"("tools":[@T],"tool_choice":"required")", ""}},
    {"llamacpp",
     {"LCPP-07", R"("messages":[@U,{"role":"assistant"}])",
      "Failed to parse messages: Expected 'content' or 'tool_calls' (ref: "
      "https://github.com/ggml-org/llama.cpp/issues/8367 & "
      "https://github.com/ggml-org/llama.cpp/issues/12279)"}},
    {"llamacpp",
     {"LCPP-08", R"("tools":[{"function":{"name":"f"}}])",
      "Failed to parse tools: Missing tool type: {\"function\":{\"name\":\"f\"}}"}},
    {"llamacpp",
     {"LCPP-10",
      R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"p":{"type":"string","pattern":"a"}}}}}])",
      "JSON schema conversion failed:\nPattern must start with '^' and end with '$'"}},
};

TEST(HostRules, RefuseAndAcceptAsWritten) {
  for (const HostCase& c : kCases) {
    const HostUnderTest& host = hosts().at(c.host);
    CaseResult got;
    run_case(host.row, c.path.empty() ? host.path : c.path, expand(c.rule.body, host.model), c.rule.paranoid,
             got, {{"Authorization", "Bearer sk-test"}}, c.query);
    SCOPED_TRACE(std::string(c.host) + " " + std::string(c.rule.rule) + " " + std::string(c.rule.body));
    if (c.rule.message.empty() && c.rule.status == 400) {
      EXPECT_EQ(got.reply.status, 200) << got.reply.body;
      continue;
    }
    EXPECT_EQ(got.reply.status, c.rule.status);
    EXPECT_EQ(words(got), c.rule.message);
  }
}

// What every host must take: a plain call, an agent's second turn, a stream. And what none takes: a bad key.
TEST(HostRules, EveryHostAnswersAndStreams) {
  for (const auto& [name, host] : hosts()) {
    SCOPED_TRACE(std::string(name));
    for (const std::string_view body :
         {R"("n":1)", R"("tools":[@T])", R"("stream":true,"tools":[@T])", R"("stream":true)"}) {
      CaseResult got;
      run_case(host.row, host.path, expand(body, host.model), true, got);
      ASSERT_EQ(got.reply.status, 200) << body << got.reply.body;
      std::string all = got.reply.body;
      for (const std::string& f : got.reply.frames) all += f;
      if (body.find("tools") != std::string_view::npos) {
        EXPECT_NE(all.find("get_weather"), std::string::npos) << all;
      } else {
        EXPECT_NE(all.find("You"), std::string::npos) << all;
      }
      if (got.reply.streaming) EXPECT_EQ(got.reply.frames.back(), "data: [DONE]\n\n");
      for (const std::string& f : got.reply.frames) {
        if (!f.starts_with("data: {")) continue;
        EXPECT_TRUE(json::parse(got.arena, std::string_view(f).substr(6))) << f;
      }
    }
    CaseResult bad;
    run_case(host.row, host.path, expand("", host.model), false, bad,
             {{"authorization", "Bearer bad"}, {"api-key", "bad"}});
    EXPECT_EQ(bad.reply.status, name == "xai" ? 400 : 401);
    EXPECT_TRUE(json::parse(bad.arena, bad.reply.body)) << bad.reply.body;
    for (const int status : {402, 429, 500, 503}) {
      const Reply failed = host.row.failure(status);
      EXPECT_GE(failed.status, 400);
      EXPECT_TRUE(json::parse(bad.arena, failed.body)) << failed.body;
    }
  }
}

TEST(Hosts, ThoughtsAreShownInTheHostsWay) {
  CaseResult deepseek;
  run_case(hosts().at("deepseek").row, "/chat/completions", expand("", "deepseek-reasoner"), false, deepseek);
  EXPECT_NE(deepseek.body["choices"].at(0)["message"]["reasoning_content"].text(), "");
  EXPECT_TRUE(deepseek.body["usage"]["prompt_cache_miss_tokens"].is_number());
  CaseResult mistral;
  run_case(hosts().at("mistral").row, "/v1/chat/completions", expand("", "magistral-medium-latest"), false,
           mistral);
  EXPECT_EQ(mistral.body["choices"].at(0)["message"]["content"].at(0)["type"].text(), "thinking");
  CaseResult kimi;
  run_case(hosts().at("moonshot").row, "/v1/chat/completions",
           expand(R"("tools":[@T])", "kimi-k2-0905-preview"), false, kimi);
  EXPECT_EQ(kimi.body["choices"].at(0)["message"]["tool_calls"].at(0)["id"].text(),
            "functions.get_weather:0");
}

TEST(Hosts, AzureStreamsBeginWithTheFiltersReport) {
  CaseResult got;
  run_case(hosts().at("azure").row, "/openai/v1/chat/completions", expand(R"("stream":true)", "gpt-4o"),
           false, got);
  ASSERT_FALSE(got.reply.frames.empty());
  EXPECT_NE(got.reply.frames[0].find(R"("choices":[])"), std::string::npos);
  EXPECT_NE(got.reply.frames[0].find("prompt_filter_results"), std::string::npos);
}

}  // namespace
}  // namespace dragoman::sandbox::openai
