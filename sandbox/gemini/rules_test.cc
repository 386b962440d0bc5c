// Every rule both ways: what must be refused, with the exact words, and what must pass. Rule ids are those of
// the provider contracts the emulators were written from.
#include <gtest/gtest.h>

#include "sandbox/call_fixture.h"
#include "sandbox/gemini/emulator.h"
#include "sandbox/gemini/signature.h"

namespace dragoman::sandbox::gemini {
namespace {

struct Row {
  std::string_view rule;
  std::string_view model;
  std::string body;
  std::string_view says;  // "" where the request must pass
  int status = 400;
  bool vertex = false;
  bool paranoid = false;
};

constexpr std::string_view k25 = "gemini-2.5-flash";
constexpr std::string_view kPro = "gemini-2.5-pro";
constexpr std::string_view k3 = "gemini-3-flash-preview";
constexpr bool kVertex = true;

const std::string kHi = R"("contents":[{"role":"user","parts":[{"text":"Hi"}]}])";

std::string with(std::string_view fields) { return "{" + std::string(fields) + "," + kHi + "}"; }
std::string config(std::string_view fields) {
  return with(R"("generationConfig":{)" + std::string(fields) + "}");
}
std::string tool(std::string_view declaration, std::string_view more = "") {
  return with(R"("tools":[{"functionDeclarations":[{)" + std::string(declaration) + "}]}]" +
              std::string(more));
}
std::string parameters(std::string_view schema) {
  return tool(R"("name":"f","description":"d","parameters":)" + std::string(schema));
}
std::string property(std::string_view schema) {
  return parameters(R"({"type":"OBJECT","properties":{"p":)" + std::string(schema) + "}}");
}
std::string turns(std::string_view model, std::string_view next) {
  return R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[)" +
         std::string(model) + R"(]},{"role":"user","parts":[)" + std::string(next) + "]}]}";
}

const std::string kFunction = R"("name":"f","description":"d")";
const std::string kCall = R"({"functionCall":{"name":"f","args":{}}})";
const std::string kSigned =
    R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":")" + sign_thought(false, "a") + R"("})";
const std::string kForeign = R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":"c2ln"})";
const std::string kVertexSigned =
    R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":")" + sign_thought(true, "a") + R"("})";
const std::string kSentinel =
    R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator"})";
const std::string kResult = R"({"functionResponse":{"name":"f","response":{"output":"18 C"}}})";
const std::string kPath = "* GenerateContentRequest.tools[0].function_declarations[0].parameters.";

std::vector<Row> rows() {
  static const std::string only_object = kPath + "properties[p].properties: only allowed for OBJECT type";
  static const std::string required_object = kPath + "properties[p].required: only allowed for OBJECT type";
  static const std::string empty_object =
      kPath + "properties[p].properties: should be non-empty for OBJECT type";
  static const std::string empty_root = kPath + "properties: should be non-empty for OBJECT type";
  static const std::string no_items = kPath + "properties[p].items: missing field.";
  static const std::string stray_items =
      kPath + "properties[p].items: field predicate failed: $type == Type.ARRAY";
  static const std::string enum_type = kPath + "properties[p].enum: only allowed for STRING type";
  static const std::string enum_none =
      kPath + "properties[p].enum: should be non-empty for STRING type with enum format";
  static const std::string enum_blank = kPath + "properties[p].enum[0]: cannot be empty";
  static const std::string format =
      kPath + "properties[p].format: only 'enum' and 'date-time' are supported for STRING type";
  static const std::string required = kPath + "required[0]: property is not defined";
  return {
      {"plain", k25, "{" + kHi + "}", ""},
      {"plain", k25, "{" + kHi + "}", "", 200, kVertex},
      {"GEM-01", k25, R"({"contents":[]})", "* GenerateContentRequest.contents: contents is not specified"},
      {"GEM-02", k25, R"({"contents":[{"role":"user","parts":[]}]})",
       "* GenerateContentRequest.contents[0].parts: contents.parts must not be empty."},
      {"GEM-03", k25, R"({"contents":[{"role":"assistant","parts":[{"text":"x"}]}]})",
       "Please use a valid role: user, model."},
      {"GEM-03", k25, R"({"contents":[{"parts":[{"text":"x"}]}]})", ""},
      {"GEM-03", k25, R"({"contents":[{"parts":[{"text":"x"}]}]})", "Please use a valid role: user, model.",
       400, kVertex},
      {"GEM-10", k25,
       R"({"contents":[{"role":"model","parts":[)" + kCall + R"(]},{"role":"user","parts":[)" + kResult +
           "]}]}",
       "Please ensure that function call turn comes immediately after a user turn or after a function "
       "response turn."},
      {"GEM-10", k25, turns(R"({"text":"x"})", kResult),
       "Please ensure that function response turn comes immediately after a function call turn."},
      {"GEM-11", k25, turns(kCall + "," + kCall, kResult),
       "Please ensure that the number of function response parts is equal to the number of function call "
       "parts of the "
       "function call turn."},
      {"GEM-11", k25, turns(kCall, R"({"text":"well?"})"),
       "Please ensure that the number of function response parts is equal to the number of function call "
       "parts of the "
       "function call turn."},
      {"GEM-11", k25, turns(kCall + "," + kCall, kResult + "," + kResult), ""},
      {"GEM-12", k25, turns(kCall, R"({"functionResponse":{"name":"f","response":"18 C"}})"),
       "Invalid value at 'contents[2].parts[0].function_response.response' "
       "(type.googleapis.com/google.protobuf.Struct), "
       "\"18 C\""},
      {"GEM-13", k25, turns(R"({"functionCall":{"id":"any id at all","name":"f","args":{}}})", kResult), ""},
      {"GEM-15", k3, turns(kCall, kResult),
       "Function call is missing a thought_signature in functionCall parts. This is required for tools to "
       "work "
       "correctly, and missing thought_signature may lead to degraded model performance. Additional data, "
       "function call "
       "`f` , position 2. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more "
       "details."},
      {"GEM-15", k3, turns(kSigned, kResult), ""},
      {"GEM-16", k3, turns(kForeign, kResult), "Corrupted thought signature."},
      {"GEM-16", k3, turns(kVertexSigned, kResult), "Corrupted thought signature."},
      {"GEM-15", k3, turns(kSentinel, kResult), ""},
      {"GEM-15", k3, turns(kSigned + "," + kCall, kResult + "," + kResult), ""},
      {"GEM-15", k25, turns(kCall, kResult), ""},
      {"GEM-15", k3,
       R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[)" + kCall +
           R"(]},{"role":"user","parts":[)" + kResult +
           R"(]},{"role":"model","parts":[{"text":"18"}]},{"role":"user","parts":[{"text":"Thanks"}]}]})",
       ""},
      {"GEM-16", k3, turns(R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":"%%"})", kResult),
       "Invalid value at 'contents[1].parts[0].thought_signature' (TYPE_BYTES), Base64 decoding failed for "
       "\"%%\""},
      {"GEM-20", k25, R"({"contents":[{"parts":[{"inlineData":{"mimeType":"image/bmp","data":"aGk="}}]}]})",
       "Unsupported MIME type: image/bmp"},
      {"GEM-20", k25, R"({"contents":[{"parts":[{"inline_data":{"mime_type":"image/png","data":"aGk="}}]}]})",
       ""},
      {"GEM-20", k25,
       R"({"contents":[{"parts":[{"inlineData":{"mimeType":"application/json","data":"e30="}}]}]})",
       "Unsupported MIME type: application/json"},
      {"GEM-20", k25, R"({"contents":[{"parts":[{"inlineData":{"mimeType":"text/csv","data":"YQ=="}}]}]})",
       ""},
      {"GEM-20", k25,
       R"({"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"text/csv","data":"YQ=="}}]}]})",
       "Unsupported MIME type: text/csv", 400, kVertex},
      {"GEM-21", k25, R"({"contents":[{"parts":[{"text":""}]}]})", ""},
      {"GEM-22", k25,
       turns(
           kCall,
           R"({"functionResponse":{"name":"f","response":{},"parts":[{"inlineData":{"mimeType":"image/png",)"
           R"("data":"aGk="}}]}})"),
       "Multimodal function responses are not supported by models/gemini-2.5-flash."},
      {"GEM-22", k3,
       turns(
           kSigned,
           R"({"functionResponse":{"name":"f","response":{},"parts":[{"inlineData":{"mimeType":"image/png",)"
           R"("data":"aGk="}}]}})"),
       ""},
      {"GEM-30", k25, tool(R"("name":"1f")"),
       "[{FieldViolation}] Invalid function name. Must start with a letter or an underscore. Must be "
       "alphameric (a-z, "
       "A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64."},
      {"GEM-30", k25, tool(R"("name":"a.b:c-d")"), ""},
      {"GEM-31", k25,
       property(
           R"({"type":"ARRAY","items":{"type":"OBJECT","additionalProperties":false,"properties":{"x":{}}}})"),
       "Invalid JSON payload received. Unknown name \"additionalProperties\" at "
       "'tools[0].function_declarations[0].parameters.properties[0].value.items': Cannot find field."},
      {"GEM-31", k25, parameters(R"({"type":"OBJECT","$schema":"x","properties":{"p":{"const":1}}})"),
       "Invalid JSON payload received. Unknown name \"$schema\" at "
       "'tools[0].function_declarations[0].parameters': Cannot "
       "find field.\nInvalid JSON payload received. Unknown name \"const\" at "
       "'tools[0].function_declarations[0].parameters.properties[0].value': Cannot find field."},
      {"GEM-31", k25, property(R"({"type":"string","description":"d","nullable":true,"maxLength":"5"})"), ""},
      {"GEM-31", k25, with(R"("stream":true)"),
       "Invalid JSON payload received. Unknown name \"stream\": Cannot find field."},
      {"GEM-32", k25, property(R"({"type":"STRING","properties":{"x":{"type":"STRING"}}})"), only_object},
      {"GEM-32", k25, property(R"({"type":"STRING","required":["x"]})"), required_object},
      {"GEM-33", k25, property(R"({"type":"OBJECT"})"), empty_object},
      {"GEM-33", k25, parameters(R"({"type":"OBJECT","properties":{}})"), empty_root},
      {"GEM-33", k25, tool(kFunction), ""},
      {"GEM-34", k25, property(R"({"type":"ARRAY"})"), no_items},
      {"GEM-34", k25, property(R"({"type":"STRING","items":{"type":"STRING"}})"), stray_items},
      {"GEM-34", k25, property(R"({"type":"ARRAY","items":{"type":"STRING"}})"), ""},
      {"GEM-35", k25, property(R"({"type":"INTEGER","enum":["1"]})"), enum_type},
      {"GEM-35", k25, property(R"({"type":"STRING","format":"enum"})"), enum_none},
      {"GEM-35", k25, property(R"({"type":"STRING","enum":[""]})"), enum_blank},
      {"GEM-35", k25, property(R"({"type":"STRING","enum":[2]})"),
       "Invalid value at 'tools[0].function_declarations[0].parameters.properties[0].value.enum[0]' "
       "(TYPE_STRING), 2"},
      {"GEM-36", k25, property(R"({"type":"STRING","format":"uri"})"), format},
      {"GEM-36", k25, property(R"({"type":"STRING","format":"date-time"})"), ""},
      {"GEM-37", k25, with(R"("toolConfig":{"functionCallingConfig":{"mode":"AUTO"}})"),
       "Function calling config is set without function_declarations."},
      {"GEM-38", k25, property(R"({"type":["string","null"]})"),
       "Invalid JSON payload received. Unknown name \"type\" at "
       "'tools[0].function_declarations[0].parameters.properties[0].value': Proto field is not repeating, "
       "cannot start "
       "list."},
      {"GEM-39", k25,
       parameters(R"({"type":"OBJECT","properties":{"p":{"type":"STRING"}},"required":["q"]})"), required},
      {"GEM-41", k25, tool(kFunction, R"(,"generationConfig":{"responseMimeType":"application/json"})"),
       "Function calling with a response mime type: 'application/json' is unsupported"},
      {"GEM-41", k3, tool(kFunction, R"(,"generationConfig":{"responseMimeType":"application/json"})"), ""},
      {"GEM-42", k25,
       tool(
           kFunction +
           R"(,"parametersJsonSchema":{},"parameters":{"type":"OBJECT","properties":{"p":{"type":"STRING"}}})"),
       "* GenerateContentRequest.tools[0].function_declarations[0]: only one of parameters and "
       "parameters_json_schema may "
       "be set"},
      {"GEM-43", k25,
       tool(kFunction +
            R"(,"parametersJsonSchema":{"type":"object","$defs":{},"additionalProperties":false,)"
            R"("properties":{"a":{"const":1},"b":{"allOf":[],"exclusiveMinimum":1,"whatever":[]}}})"),
       ""},
      {"GEM-45", k3, config(R"("thinkingConfig":{"thinkingBudget":1024,"thinkingLevel":"LOW"})"),
       "You can only set only one of thinking budget and thinking level."},
      {"GEM-65", kPro, config(R"("thinkingConfig":{"thinkingBudget":64000})"),
       "The thinking budget 64000 is invalid. Please choose a value between 128 and 32768."},
      {"GEM-65", kPro, config(R"("thinkingConfig":{"thinkingBudget":-1})"), ""},
      {"GEM-46", kPro, config(R"("thinkingConfig":{"thinkingBudget":0})"),
       "Budget 0 is invalid. This model only works in thinking mode."},
      {"GEM-46", k25, config(R"("thinkingConfig":{"thinkingBudget":0})"), ""},
      {"GEM-47", "gemini-3-pro-preview", config(R"("thinkingConfig":{"thinkingLevel":"MINIMAL"})"),
       "Thinking level MINIMAL is not supported for this model. Please retry with other thinking level."},
      {"GEM-47", k3, config(R"("thinkingConfig":{"thinkingLevel":"minimal"})"), ""},
      {"GEM-48", "gemma-3-27b-it", with(R"("systemInstruction":{"parts":[{"text":"s"}]})"),
       "Developer instruction is not enabled for models/gemma-3-27b-it"},
      {"GEM-49", k25, config(R"("temperature":2.5)"),
       "* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, "
       "2.0]."},
      {"GEM-49", k25, config(R"("temperature":2,"topP":1,"stopSequences":["a"])"), ""},
      {"GEM-50", k25, config(R"("maxOutputTokens":10000000)"), ""},
      {"GEM-51", k25,
       with(R"("cachedContent":"cachedContents/x","systemInstruction":{"parts":[{"text":"s"}]})"),
       "CachedContent can not be used with GenerateContent request setting system_instruction, tools or "
       "tool_config.",
       400, false, true},
      {"GEM-53", "gemini-none", "{" + kHi + "}",
       "models/gemini-none is not found for API version v1beta, or is not supported for generateContent. "
       "Call "
       "ModelService.ListModels to see the list of available models and their supported methods.",
       404},
      {"GEM-60", k25, with(R"("tools":[{"functionDeclarations":[{"name":"f"}]},{"googleSearch":{}}])"),
       "Tool use with function calling is unsupported"},
      {"GEM-60", k3, with(R"("tools":[{"functionDeclarations":[{"name":"f"}]},{"googleSearch":{}}])"), ""},
      {"GEM-61", k25,
       tool(kFunction,
            R"(,"toolConfig":{"functionCallingConfig":{"mode":"any","allowedFunctionNames":["g"]}})"),
       "Invalid value in allowed_function_names: g is not one of the declared functions."},
      {"GEM-61", k25,
       tool(kFunction,
            R"(,"toolConfig":{"functionCallingConfig":{"mode":"AUTO","allowedFunctionNames":["f"]}})"),
       "Allowed function names can only be set when function calling mode is set to ANY."},
      {"GEM-61", k25,
       tool(kFunction,
            R"(,"tool_config":{"function_calling_config":{"mode":"ANY","allowed_function_names":["f"]}})"),
       ""},
      {"GEM-61", k25, tool(kFunction, R"(,"toolConfig":{"functionCallingConfig":{"mode":"required"}})"),
       "Invalid value at 'tool_config.function_calling_config.mode' "
       "(type.googleapis.com/google.ai.generativelanguage.v1beta.FunctionCallingConfig.Mode), \"required\""},
      {"GEM-64", k25, tool(R"("name":"f")"), "Request contains an invalid argument.", 400, false, true},
      {"GEM-64", k25, tool(R"("name":"f")"), ""},
      {"VTX-01", k25, parameters(R"({"type":"STRING"})"),
       "Unable to submit request because `f` functionDeclaration parameters schema should be of type OBJECT. "
       "Learn more: "
       "https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling",
       400, kVertex},
      {"VTX-02", k25,
       property(
           R"({"type":"OBJECT","properties":{"meta":{"type":"OBJECT","properties":{"width":{"description":"x"}}}}})"),
       "Unable to submit request because `f` functionDeclaration `parameters.p.meta.width` schema didn't "
       "specify the "
       "schema type field. Learn more: "
       "https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling",
       400, kVertex},
      {"VTX-03", k25, R"({"contents":[{"role":"user","parts":[{"text":""}]}]})",
       "Unable to submit request because it has an empty text parameter. Add a value to the parameter and "
       "try again. "
       "Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini",
       400, kVertex},
      {"VTX-04", k25, config(R"("maxOutputTokens":65537)"),
       "Unable to submit request because it has a maxOutputTokens value of 65537 but the supported range is "
       "from 1 "
       "(inclusive) to 65537 (exclusive). Update the value and try again.",
       400, kVertex},
      {"VTX-04", k25, config(R"("maxOutputTokens":65536)"), "", 200, kVertex},
      {"VTX-05", k3, turns(kCall, kResult),
       "Unable to submit request because function call `f` in the 2. content block is missing a "
       "`thought_signature`. "
       "Learn more: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures",
       400, kVertex},
      {"VTX-06", kPro, config(R"("thinkingConfig":{"thinkingBudget":0})"),
       "Unable to submit request because Thinking can't be disabled for this model. Remove "
       "'thinking_config.thinking_budget' from your request and try again.. Learn more: "
       "https://cloud.google.com/vertex-ai/generative-ai/docs/thinking",
       400, kVertex},
      {"VTX-07", k25, config(R"("thinkingConfig":{"thinkingBudget":0,"includeThoughts":true})"),
       "Unable to submit request because Thinking_config.include_thoughts is only enabled when thinking is "
       "enabled.. "
       "Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/thinking",
       400, kVertex},
      {"VTX-08", k25,
       with(R"("tools":[{"googleSearch":{}}],"generationConfig":{"responseMimeType":"application/json"})"),
       "Unable to submit request because controlled generation is not supported with google_search tool", 400,
       kVertex},
      {"VTX-09", k25,
       with(R"("tools":[{"functionDeclarations":[{"name":"f"}]},{"functionDeclarations":[{"name":"g"}]}])"),
       "Multiple tools are supported only when they are all search tools.", 400, kVertex},
      {"VTX-09", k25,
       with(R"("tools":[{"functionDeclarations":[{"name":"f"}]},{"functionDeclarations":[{"name":"g"}]}])"),
       ""},
      {"VTX-10", k25, tool("\"name\":\"" + std::string(100, 'a') + "\""), "", 200, kVertex},
      {"VTX-11", k25,
       parameters(R"({"type":"OBJECT","additionalProperties":false,"properties":{"p":{"ref":"#/defs/x"}},)"
                  R"("defs":{"x":{"type":"STRING"}}})"),
       "", 200, kVertex},
      {"VTX-11", k25, parameters(R"({"type":"OBJECT","properties":{"p":"object"}})"),
       "Invalid value at 'tools[0].function_declarations[0].parameters.properties[0].value' "
       "(type.googleapis.com/google.cloud.aiplatform.v1.Schema), \"object\"",
       400, kVertex},
  };
}

Reply post(const Row& row) {
  const std::string call = std::string(row.model) + ":generateContent";
  if (row.vertex) {
    return CallFixture("POST", "/v1/projects/p/locations/us-central1/publishers/google/models/" + call,
                       {{"Authorization", "Bearer token"}}, row.body)
        .play(vertex_emulator(), row.paranoid);
  }
  return CallFixture("POST", "/v1beta/models/" + call, {{"x-goog-api-key", "key"}}, row.body)
      .play(emulator(), row.paranoid);
}

std::string message_of(const Reply& reply) {
  static Arena arena;
  const Result<json::Value> body = json::parse(arena, reply.body);
  return body ? std::string((*body)["error"]["message"].text()) : reply.body;
}

TEST(GeminiRules, RefuseAndAccept) {
  for (const Row& row : rows()) {
    const Reply reply = post(row);
    SCOPED_TRACE(std::string(row.rule) + (row.vertex ? " vertex " : " ") + row.body.substr(0, 300));
    if (row.says.empty()) {
      EXPECT_EQ(reply.status, 200) << reply.body;
    } else {
      EXPECT_EQ(reply.status, row.status);
      EXPECT_EQ(message_of(reply), row.says);
    }
  }
}

TEST(GeminiRules, Keys) {  // GEM-54, GEM-57, VTX-14
  const std::string path = "/v1beta/models/gemini-2.5-flash:generateContent";
  const std::string body = "{" + kHi + "}";
  EXPECT_EQ(CallFixture("POST", path, {}, body).play(emulator()).status, 403);
  EXPECT_EQ(CallFixture("POST", path, {}, body, "key=k").play(emulator()).status, 200);
  EXPECT_EQ(CallFixture("POST", path, {{"x-goog-api-key", "broke"}}, body).play(emulator()).status, 402);
  const Reply bad = CallFixture("POST", path, {{"x-goog-api-key", "bad"}}, body).play(emulator());
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(message_of(bad), "API key not valid. Please pass a valid API key.");
  EXPECT_NE(bad.body.find("API_KEY_INVALID"), std::string::npos);
  const Reply vertex =
      CallFixture("POST",
                  "/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-flash:generateContent", {},
                  body)
          .play(vertex_emulator());
  EXPECT_EQ(vertex.status, 401);
  EXPECT_NE(vertex.body.find("\"status\":\"UNAUTHENTICATED\""), std::string::npos);
}

TEST(GeminiRules, OverflowIsCounted) {  // GEM-55
  const Reply reply =
      post({"", k25, R"({"contents":[{"parts":[{"text":")" + std::string(5000000, 'a') + "\"}]}]}", ""});
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(message_of(reply).starts_with("The input token count (")) << message_of(reply);
}

TEST(GeminiRules, ClaudeOnVertex) {  // VTX-13
  const std::string path =
      "/v1/projects/p/locations/l/publishers/anthropic/models/claude-haiku-4-5@20251001:rawPredict";
  const HeaderList token = {{"Authorization", "Bearer token"}};
  const std::string rest = R"("max_tokens":100,"messages":[{"role":"user","content":"Hi"}]})";
  const auto play = [&](std::string body) {
    return CallFixture("POST", path, token, std::move(body)).play(vertex_emulator());
  };
  const Reply good = play(R"({"anthropic_version":"vertex-2023-10-16",)" + rest);
  EXPECT_EQ(good.status, 200) << good.body;
  EXPECT_NE(good.body.find("\"id\":\"msg_vrtx_01"), std::string::npos);
  EXPECT_EQ(message_of(play("{" + rest)), "anthropic_version: Field required");
  EXPECT_EQ(
      message_of(play(R"({"anthropic_version":"vertex-2023-10-16","model":"claude-haiku-4-5",)" + rest)),
      "model: Extra inputs are not permitted");
  const std::string long_name(65, 'a');
  EXPECT_EQ(message_of(play(R"({"anthropic_version":"vertex-2023-10-16","tools":[{"name":")" + long_name +
                            R"(","input_schema":{"type":"object"}}],)" + rest)),
            "tools.0.custom.name: String should have at most 64 characters");
}

}  // namespace
}  // namespace dragoman::sandbox::gemini
