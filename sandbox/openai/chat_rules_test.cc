// Every rule of OpenAI's Chat Completions, both ways. Rule ids are the contracts'.
#include <gtest/gtest.h>

#include "sandbox/openai/rows.h"
#include "sandbox/openai/rules_case.h"

namespace dragoman::sandbox::openai {
namespace {

constexpr std::string_view kPath = "/v1/chat/completions";

std::string repeat(std::string_view text, int times, std::string_view between = "") {
  std::string out;
  for (int i = 0; i < times; ++i) out += (i > 0 ? std::string(between) : "") + std::string(text);
  return out;
}

std::string tool(std::string_view parameters, std::string_view more = "") {
  return R"("tools":[{"type":"function","function":{"name":"f","parameters":)" + std::string(parameters) +
         std::string(more) + "}}]";
}

std::string strict(std::string_view parameters) { return tool(parameters, R"(,"strict":true)"); }

const std::string kLong65(65, 'x');

const std::vector<RuleCase>& rows() {
  static const std::string many_tools = "\"tools\":[" + repeat("@T", 129, ",") + "]";
  static const std::string max_tools = "\"tools\":[" + repeat("@T", 128, ",") + "]";
  static const std::string long_name =
      R"("tools":[{"type":"function","function":{"name":")" + kLong65 + R"("}}])";
  static const std::string long_id =
      R"("messages":[@U,{"role":"assistant","tool_calls":[{"id":")" + kLong65 +
      R"(","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":")" +
      kLong65 + R"(","content":"x"}])";
  static const std::string long_key = "\"prompt_cache_key\":\"" + kLong65 + "xxxxx\"";
  static const std::string deep = [] {
    std::string s = R"({"type":"string"})";
    for (int i = 0; i < 12; ++i) {
      s = R"({"type":"object","properties":{"a":)" + s +
          R"(},"required":["a"],"additionalProperties":false})";
    }
    return strict(s);
  }();
  static std::vector<std::string> keep;  // owns built bodies
  keep.reserve(200);
  const auto own = [&](std::string s) -> std::string_view { return keep.emplace_back(std::move(s)); };
  static const std::vector<RuleCase> all = {
      {"OAI-01", R"("messages":[])", "[] is too short - 'messages'"},
      {"OAI-01", R"("messages":"hi")",
       "Invalid type for 'messages': expected an array of objects, but got a string instead.", "messages",
       "invalid_type"},
      {"OAI-02", R"("messages":[{"role":"user","content":[]}])",
       "Invalid 'messages[0].content': empty array. Expected an array with minimum length 1, but got an "
       "empty array "
       "instead.",
       "messages[0].content", "empty_array"},
      {"OAI-03", R"("messages":[@U,{"role":"assistant"}])",
       "Invalid value for 'content': expected a string, got null.", "messages.[1].content"},
      {"OAI-03", R"("messages":[@U,@A,@R])", ""},
      {"OAI-03", R"("messages":[{"role":"user"}])", "Missing required parameter: 'messages[0].content'.",
       "messages[0].content", "missing_required_parameter"},
      {"OAI-04",
       R"("messages":[@U,@A,{"role":"tool","tool_call_id":"call_1","content":[{"type":"file","file":{}}]}])",
       "Invalid value: 'file'. Supported values are: 'text', 'refusal', 'image_url', and 'input_audio'.",
       "messages[2].content[0]", "invalid_value"},
      {"OAI-04",
       R"("messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://x/"}}]},@U])",
       "Invalid value: 'image_url'. Supported values are: 'text'.", "messages[0].content[0]",
       "invalid_value"},
      {"OAI-04",
       R"("messages":[@U,@A,{"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"t"}]}])",
       ""},
      {"GEN-14",
       R"("messages":[{"role":"user","content":[{"type":"file","file":{"filename":"a.csv","file_data":"data:text/csv;base64,YQ=="}}]}])",
       "Invalid file data: 'messages[0].content[0].file.file_data'. Expected a base64-encoded data URL with "
       "an "
       "application/pdf MIME type (e.g. 'data:application/pdf;base64,SGVsbG8sIFdvcmxkIQ=='), but got "
       "unsupported "
       "MIME type 'text/csv'.",
       "messages[0].content[0].file.file_data", "invalid_value"},
      {"GEN-14",
       R"("messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"YQ==","format":"ogg"}}]}])",
       "Invalid value: 'ogg'. Supported values are: 'wav' and 'mp3'.",
       "messages[0].content[0].input_audio.format", "invalid_value"},
      {"OAI-05",
       R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/","detail":"huge"}}]}])",
       "Invalid value: 'huge'. Supported values are: 'auto', 'low', 'high', and 'original'.",
       "messages[0].content[0].image_url.detail", "invalid_value"},
      {"OAI-06", R"("messages":[@U,@U,@U,{"role":"user","content":"x","name":"Ada L."}])",
       "Invalid 'messages[3].name': string does not match pattern. Expected a string that matches the "
       "pattern "
       "'^[a-zA-Z0-9_-]+$'.",
       "messages[3].name", "invalid_value"},
      {"OAI-06", R"("messages":[{"role":"user","content":"x","name":"Ada_L"}])", ""},
      {"OAI-08", R"("stop":["a","b","c","d","e"])",
       "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with "
       "length 5 instead.",
       "stop", "array_above_max_length"},
      {"OAI-08", R"("stop":["a","b","c","d"])", ""},
      {"OAI-08", R"("model":"o4-mini","stop":"a")",
       "Unsupported parameter: 'stop' is not supported with this model.", "stop", "unsupported_parameter"},
      {"OAI-09", R"("n":129)",
       "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.", "n",
       "integer_above_max_value"},
      {"OAI-09", R"("n":0)",
       "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.", "n",
       "integer_below_min_value"},
      {"CAP-01", R"("max_tokens":32000)",
       "max_tokens is too large: 32000. This model supports at most 16384 completion tokens, whereas you "
       "provided 32000.",
       "max_tokens", "invalid_value"},
      {"CAP-01", R"("model":"gpt-4.1","max_completion_tokens":32768)", ""},
      {"OAI-10", R"("tools":[{"type":"function","function":{"name":"a.b"}}])",
       "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the "
       "pattern "
       "'^[a-zA-Z0-9_-]+$'.",
       "tools[0].function.name", "invalid_value"},
      {"OAI-10", long_name,
       "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64, but got "
       "a string "
       "with length 65 instead.",
       "tools[0].function.name", "string_above_max_length"},
      {"OAI-10",
       R"("messages":[@U,{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"a b","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"x"}])",
       "Invalid 'messages[1].tool_calls[0].function.name': string does not match pattern. Expected a string "
       "that "
       "matches the pattern '^[a-zA-Z0-9_-]+$'.",
       "messages[1].tool_calls[0].function.name", "invalid_value"},
      {"OAI-11", many_tools,
       "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with "
       "length 129 "
       "instead.",
       "tools", "array_above_max_length"},
      {"OAI-11", max_tools, ""},
      {"OAI-12", R"("tool_choice":"auto")",
       "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
       "tool_choice"},
      {"OAI-12", R"("tools":[@T],"tool_choice":"auto")", ""},
      {"OAI-13", R"("parallel_tool_calls":true)",
       "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are "
       "specified.",
       "parallel_tool_calls"},
      {"OAI-13", R"("model":"o3-mini","tools":[@T],"parallel_tool_calls":true)",
       "Unsupported parameter: 'parallel_tool_calls' is not supported with this model.",
       "parallel_tool_calls", "unsupported_parameter"},
      {"OAI-14", R"("tools":[])", "[] is too short - 'tools'"},
      {"OAI-15", R"("tools":[@T],"tool_choice":"any")",
       "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'.", "tool_choice",
       "invalid_value"},
      {"OAI-15", R"("tools":[@T],"tool_choice":{"type":"function","function":{"name":"nope"}})",
       "Invalid value for 'tool_choice': 'nope' not found in 'tools'.", "tool_choice", "", 400, true},
      {"OAI-15", R"("tools":[@T],"tool_choice":{"type":"function","function":{"name":"nope"}})", ""},
      {"OAI-20", long_id,
       "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 64, "
       "but got a "
       "string with length 65 instead.",
       "messages[1].tool_calls[0].id", "string_above_max_length"},
      {"OAI-21", R"("messages":[@U,@A])",
       "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
       "'tool_call_id'. "
       "The following tool_call_ids did not have response messages: call_1",
       "messages.[1].role"},
      {"OAI-24", R"("messages":[@U,@A,@U,@R])",
       "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
       "'tool_call_id'. "
       "The following tool_call_ids did not have response messages: call_1",
       "messages.[1].role"},
      {"OAI-22", R"("messages":[@U,@R])",
       "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
       "'tool_calls'.",
       "messages.[1].role"},
      {"OAI-23", R"("messages":[@U,@A,{"role":"tool","content":"x"}])",
       "Missing required parameter: 'messages[2].tool_call_id'.", "messages[2].tool_call_id",
       "missing_required_parameter"},
      {"OAI-25",
       R"("messages":[@U,{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{}}}]},{"role":"tool","tool_call_id":"c","content":"x"}])",
       "Invalid type for 'messages[1].tool_calls[0].function.arguments': expected a string, but got an "
       "object instead.",
       "messages[1].tool_calls[0].function.arguments", "invalid_type"},
      {"OAI-30", own(tool(R"({"type":"object","properties":{},"anyOf":[]})")),
       "Invalid schema for function 'f': schema must have type 'object' and not have "
       "'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAI-30", own(tool(R"({"type":"string"})")),
       "Invalid schema for function 'f': schema must have type 'object' and not have "
       "'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAI-31", own(tool(R"({"type":"object","properties":{"p":{"type":"array"}}})")),
       "Invalid schema for function 'f': In context=('properties', 'p'), array schema missing items.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAI-31", own(tool(R"({"type":"object","properties":{"p":{"type":"array","items":{}}}})")), ""},
      {"OAI-32", own(tool(R"({"type":"object"})")),
       "Invalid schema for function 'f': In context=(), object schema missing properties.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAI-33", own(tool(R"({"type":"object","properties":{},"required":null})")),
       "Invalid schema for function 'f': None is not of type 'array'.", "tools[0].function.parameters",
       "invalid_function_parameters"},
      {"OAI-33", own(tool(R"({"type":"object","properties":[]})")),
       "Invalid schema for function 'f': [] is not of type 'object'.", "tools[0].function.parameters",
       "invalid_function_parameters"},
      {"OAI-35", own(tool(R"({"type":"object","properties":{"p":{"type":"string","pattern":"(("}}})")),
       "Invalid schema for function 'f': '((' is not a 'regex'.", "tools[0].function.parameters",
       "invalid_function_parameters"},
      {"OAI-36", own(tool(R"({"type":"object","properties":{"p":{"type":"float"}}})")),
       "Invalid schema for function 'f': 'float' is not valid under any of the given schemas.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAI-40", R"("top_k":5)", "Unknown parameter: 'top_k'.", "top_k", "unknown_parameter"},
      {"OAI-40", R"("temperature":"hot")",
       "Invalid type for 'temperature': expected a decimal, but got a string instead.", "temperature",
       "invalid_type"},
      {"OAI-40", R"("messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{}}]}])",
       ""},
      {"OAI-40", R"("messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{}}]}])",
       "Unknown parameter: 'messages[0].content[0].cache_control'.", "messages[0].content[0].cache_control",
       "unknown_parameter", 400, true},
      {"OAI-41", R"("model":"gpt-5","max_tokens":5)",
       "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
       "instead.",
       "max_tokens", "unsupported_parameter"},
      {"OAI-41", R"("model":"gpt-5","max_completion_tokens":50000000)", ""},
      {"OAI-41", R"("max_tokens":5)", ""},
      {"OAI-42", R"("model":"o3","temperature":0.2)",
       "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is "
       "supported.",
       "temperature", "unsupported_value"},
      {"OAI-42", R"("model":"o3","temperature":1)", ""},
      {"OAI-42", R"("model":"gpt-5.1","temperature":0.2)", ""},
      {"OAI-42", R"("model":"gpt-5.1","temperature":0.2,"reasoning_effort":"low")",
       "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is "
       "supported.",
       "temperature", "unsupported_value"},
      {"OAI-42", R"("model":"gpt-5","presence_penalty":0.5)",
       "Unsupported parameter: 'presence_penalty' is not supported with this model.", "presence_penalty",
       "unsupported_parameter"},
      {"OAI-42", R"("model":"gpt-5","reasoning_effort":"none")",
       "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: "
       "'minimal', 'low', 'medium', and 'high'.",
       "reasoning_effort", "unsupported_value"},
      {"OAI-42", R"("model":"gpt-5.1","reasoning_effort":"minimal")",
       "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values "
       "are: 'none', 'low', 'medium', and 'high'.",
       "reasoning_effort", "unsupported_value"},
      {"OAI-42", R"("model":"gpt-5.1","reasoning_effort":"xhigh")",
       "Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model. Supported values "
       "are: 'none', 'low', 'medium', and 'high'.",
       "reasoning_effort", "unsupported_value"},
      {"OAI-42", R"("model":"gpt-5.2","reasoning_effort":"xhigh")", ""},
      {"OAI-42", R"("model":"gpt-7","temperature":0.2)",
       "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is "
       "supported.",
       "temperature", "unsupported_value"},
      {"OAI-64", R"("model":"gpt-5-codex")",
       "This model is only supported in v1/responses and not in v1/chat/completions.", "model", "", 404},
      {"OAI-43", R"("temperature":99)",
       "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 99.0 instead.",
       "temperature", "decimal_above_max_value"},
      {"OAI-44", R"("model":"gpt-5.4","tools":[@T],"reasoning_effort":"low")",
       "Function tools with reasoning_effort are not supported for gpt-5.4 in /v1/chat/completions. Please "
       "use "
       "/v1/responses instead."},
      {"OAI-44", R"("model":"gpt-5.4","tools":[@T])", ""},
      {"OAI-45", R"("model":"gpt-6-luna","tools":[@T])",
       "Function tools with reasoning_effort are not supported for gpt-6-luna in /v1/chat/completions. To "
       "use function "
       "tools, use /v1/responses or set reasoning_effort to 'none'.",
       "reasoning_effort"},
      {"OAI-45", R"("model":"gpt-6-luna","tools":[@T],"reasoning_effort":"none")", ""},
      {"OAI-47", R"("model":"gpt-5.6","reasoning_effort":"minimal")",
       "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values "
       "are: 'none', "
       "'low', 'medium', 'high', and 'xhigh'.",
       "reasoning_effort", "unsupported_value", 400, true},
      {"OAI-48", R"("model":"o1-mini","messages":[{"role":"system","content":"s"},@U])",
       "Unsupported value: 'messages[0].role' does not support 'system' with this model.", "messages[0].role",
       "unsupported_value", 400, true},
      {"OAI-49", R"("reasoning_effort":"low")", "Unrecognized request argument supplied: reasoning_effort"},
      {"OAI-51", R"("response_format":{"type":"json_schema","json_schema":{"schema":{"type":"object"}}})",
       "Missing required parameter: 'response_format.json_schema.name'.", "response_format.json_schema.name",
       "missing_required_parameter"},
      {"OAI-52", R"("response_format":{"type":"json_object"})",
       "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
       "'json_object'.",
       "messages"},
      {"OAI-52",
       R"("response_format":{"type":"json_object"},"messages":[{"role":"user","content":"as JSON"}])", ""},
      {"OAI-53", R"("stream_options":{"include_usage":true})",
       "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options"},
      {"OAI-54", R"("model":"claude-nonexistent")",
       "The model `claude-nonexistent` does not exist or you do not have access to it.", "",
       "model_not_found", 404},
      {"OAI-56", R"("model":"gpt-4o-ctx3")",
       "This model's maximum context length is 3 tokens. However, your messages resulted in 4 tokens. Please "
       "reduce the "
       "length of the messages.",
       "messages", "context_length_exceeded"},
      {"OAI-59",
       R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}])",
       "You uploaded an unsupported image. Please make sure your image has of one the following formats: "
       "['png', 'jpeg', "
       "'gif', 'webp'].",
       "", "invalid_image_format"},
      {"OAI-63", long_key,
       "Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64, but got a "
       "string with "
       "length 70 instead.",
       "prompt_cache_key", "string_above_max_length"},
      {"OAIS-01", own(strict(R"({"type":"object","properties":{}})")),
       "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be supplied "
       "and to be "
       "false.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAIS-01",
       own(strict(R"({"type":"object","properties":{},"required":[],"additionalProperties":false})")), ""},
      {"OAIS-02",
       own(strict(
           R"({"type":"object","properties":{"p":{"type":"string"}},"required":[],"additionalProperties":false})")),
       "Invalid schema for function 'f': In context=(), 'required' is required to be supplied and to be an "
       "array "
       "including every key in properties. Missing 'p'.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAIS-04",
       own(strict(
           R"({"type":"object","properties":{"p":{"type":"string","default":"x"}},"required":["p"],"additionalProperties":false})")),
       "Invalid schema for function 'f': In context=('properties', 'p'), 'default' is not permitted.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAIS-05",
       own(strict(
           R"({"type":"object","properties":{"p":{"type":"string","format":"uri"}},"required":["p"],"additionalProperties":false})")),
       "Invalid schema for function 'f': In context=('properties', 'p'), 'uri' is not a valid format.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAIS-06",
       own(strict(
           R"({"type":"object","properties":{"p":{"$ref":"#/$defs/a","description":"d"}},"required":["p"],"additionalProperties":false,"$defs":{"a":{"type":"string"}}})")),
       "Invalid schema for function 'f': In context=('properties', 'p'), $ref cannot have keywords "
       "{'description'}.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAIS-08", deep, "Invalid schema for function 'f': 12 levels of nesting exceeds limit of 10.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAIS-09",
       own(strict(
           R"({"type":"object","properties":{"p":{}},"required":["p"],"additionalProperties":false})")),
       "Invalid schema for function 'f': In context=('properties', 'p'), schema must have a 'type' key.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAIS-10",
       own(R"("model":"ft:gpt-4o:me",)" +
           strict(
               R"({"type":"object","properties":{"p":{"type":"integer","minimum":1}},"required":["p"],"additionalProperties":false})")),
       "Invalid schema for function 'f': In context=('properties', 'p'), 'minimum' is not permitted.",
       "tools[0].function.parameters", "invalid_function_parameters"},
      {"OAIS-11",
       own(strict(
           R"({"type":"object","properties":{"p":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["p"],"additionalProperties":false})")),
       ""},
      {"OAIS-01",
       R"("response_format":{"type":"json_schema","json_schema":{"name":"out","strict":true,"schema":{"type":"object","properties":{}}}})",
       "Invalid schema for response_format 'out': In context=(), 'additionalProperties' is required to be "
       "supplied and "
       "to be false.",
       "response_format", "invalid_json_schema"},
  };
  return all;
}

TEST(OpenAiRules, RefuseAndAcceptAsWritten) {
  const Emulator row = openai_row();
  for (const RuleCase& c : rows()) {
    CaseResult got;
    run_case(row, kPath, expand(c.body, "gpt-4o-mini"), c.paranoid, got);
    SCOPED_TRACE(std::string(c.rule) + " " + std::string(c.body.substr(0, 200)));
    if (c.message.empty()) {
      EXPECT_EQ(got.reply.status, 200) << got.reply.body;
      continue;
    }
    EXPECT_EQ(got.reply.status, c.status);
    const json::Value error = got.body["error"];
    EXPECT_EQ(error["message"].text(), c.message);
    EXPECT_EQ(error["type"].text(), "invalid_request_error");
    EXPECT_EQ(error["param"].text(), c.param);
    EXPECT_EQ(error["param"].is_null(), c.param.empty());
    EXPECT_EQ(error["code"].text(), c.code);
    EXPECT_EQ(error["code"].is_null(), c.code.empty());
  }
}

}  // namespace
}  // namespace dragoman::sandbox::openai
