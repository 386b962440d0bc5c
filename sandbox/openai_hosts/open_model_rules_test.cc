// Every rule of the hosts and servers of open models, both ways. Rule ids are the contracts'.
#include <gtest/gtest.h>

#include "sandbox/openai_hosts/host_case.h"

namespace dragoman::sandbox::openai {
namespace {

#define STRICT_OBJECT(properties, required)                                 \
  R"({"type":"object","properties":)" properties R"(,"required":)" required \
  R"(,"additionalProperties":false})"

const HostCase kCases[] = {
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

TEST(OpenModelRules, RefuseAndAcceptAsWritten) { expect_as_written(kCases); }

}  // namespace
}  // namespace dragoman::sandbox::openai
