// One row an envelope. The bodies are those recorded from the providers named (see docs/sources.md).
#include "dialect/error_body.h"

#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

using namespace testing;

struct Row {
  std::string_view provider;
  int status;
  std::string_view body, type, code, param, message;
};

const Row kRows[] = {
    {"OpenAI", 404,
     R"({"error":{"message":"The model `x` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}})",
     "invalid_request_error", "model_not_found", "",
     "The model `x` does not exist or you do not have access to it."},
    {"Azure", 404,
     R"({"error":{"code":"DeploymentNotFound","message":"The API deployment does not exist."}})", "",
     "DeploymentNotFound", "", "The API deployment does not exist."},
    {"Azure gateway", 401, R"({"statusCode":401,"message":"Unauthorized."})", "", "", "", "Unauthorized."},
    {"Anthropic", 404,
     R"({"error":{"message":"model: claude-x","type":"not_found_error"},"request_id":"req_1","type":"error"})",
     "not_found_error", "", "", "model: claude-x"},
    {"Anthropic details", 400,
     R"({"type":"error","error":{"type":"invalid_request_error","message":"m","details":{"error_code":"cmek_key_disabled"}}})",
     "invalid_request_error", "cmek_key_disabled", "", "m"},
    {"Bedrock", 400, R"({"message":"The provided model identifier is invalid."})", "", "", "",
     "The provided model identifier is invalid."},
    {"Bedrock IAM", 403, R"({"Message":"User is not authorized"})", "", "", "", "User is not authorized"},
    {"Bedrock, the model's words", 400,
     R"({"message":"The model returned the following errors: {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"tools.0.custom.name: bad\"}}"})",
     "invalid_request_error", "", "", "tools.0.custom.name: bad"},
    {"Gemini", 400,
     R"({"error":{"code":400,"message":"Invalid value","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"tools[0]","description":"x"}]}]}})",
     "INVALID_ARGUMENT", "400", "tools[0]", "Invalid value"},
    {"Gemini array", 400, R"([{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}])",
     "INVALID_ARGUMENT", "400", "", "m"},
    {"Mistral", 422,
     R"({"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]},"type":"invalid_request_error","param":null,"code":null})",
     "extra_forbidden", "", R"(["body","seed"])", "body.seed: Extra inputs are not permitted"},
    {"Mistral key", 401, R"({"detail":"Unauthorized"})", "", "", "", "Unauthorized"},
    {"FastAPI", 422,
     R"({"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required","input":{}}]})",
     "missing", "", R"(["body","messages"])", "body.messages: Field required"},
    {"Z.ai", 400, R"({"error":{"code":"1211","message":"Unknown Model"}})", "", "1211", "", "Unknown Model"},
    {"MiniMax", 200, R"({"base_resp":{"status_code":1004,"status_msg":"login fail"}})", "", "1004", "",
     "login fail"},
    {"xAI", 400, R"({"code":"invalid-argument","error":"Model not found: grok-99"})", "", "invalid-argument",
     "", "Model not found: grok-99"},
    {"Cerebras", 400,
     R"({"message":"bad","type":"invalid_request_error","param":"stop","code":"wrong_api_format"})",
     "invalid_request_error", "wrong_api_format", "stop", "bad"},
    {"OpenRouter, the upstream's JSON", 400,
     R"({"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"bad schema\",\"type\":\"invalid_request_error\",\"param\":\"tools\",\"code\":\"c\"}}","provider_name":"X"}},"user_id":"u"})",
     "invalid_request_error", "c", "tools", "bad schema"},
    {"OpenRouter, the upstream's words", 502,
     R"({"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"upstream connect error","provider_name":"X"}}})",
     "", "502", "", "upstream connect error"},
    {"vLLM, old", 400,
     R"({"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400})",
     "BadRequestError", "400", "", "too long"},
    {"llama.cpp", 400,
     R"({"error":{"code":400,"message":"request exceeds","type":"exceed_context_size_error","n_ctx":512}})",
     "exceed_context_size_error", "400", "", "request exceeds"},
    {"Ollama", 404, R"({"error":"model 'x' not found"})", "", "", "", "model 'x' not found"},
    {"TGI", 422, R"({"error":"Input validation error: `inputs` must have less","error_type":"validation"})",
     "validation", "", "", "Input validation error: `inputs` must have less"},
    {"Together", 400, R"({"message":"Input validation error","type_":"invalid_request_error"})",
     "invalid_request_error", "", "", "Input validation error"},
    {"NIM", 401, R"({"status":401,"title":"Unauthorized","detail":"Authentication failed"})", "", "", "",
     "Authentication failed"},
    {"Writer", 400,
     R"({"tpe":"fail.input.generic","errors":[{"description":"Invalid value","key":"fail.input.generic"}]})",
     "fail.input.generic", "", "", "Invalid value"},
    {"LiteLLM around another", 400,
     R"({"error":{"message":"litellm.BadRequestError: VertexAIException - {\"error\":{\"code\":400,\"message\":\"inner\",\"status\":\"INVALID_ARGUMENT\"}}. Received Model Group=x","type":null,"param":null,"code":"400"}})",
     "INVALID_ARGUMENT", "400", "", "inner"},
    {"a misspelt key", 400, R"({"error":{"messsage":"oops"}})", "", "", "", "oops"},
    {"plain text (axum)", 422, "Failed to deserialize the JSON body into the target type", "", "", "",
     "Failed to deserialize the JSON body into the target type"},
    {"HTML", 502, "<html>\r\n<head><title>502 Bad Gateway</title></head><body>nginx</body></html>", "", "",
     "", "502 Bad Gateway"},
    {"SSE", 400, "event: error\ndata: {\"error\":{\"message\":\"m\",\"code\":\"c\"}}\n\n", "", "c", "", "m"},
    {"nothing", 500, "", "", "", "", ""},
    {"JSON with nothing to say", 500, "{}", "", "", "", "{}"},
    {"an SDK's print", 400,
     "Error code: 400 - {'error': {'message': \"it's bad\", 'type': 'invalid_request_error', 'param': None, "
     "'code': 'x'}}",
     "invalid_request_error", "x", "", "it's bad"},
    {"a relay's print of a relay's JSON", 400,
     R"(litellm.BadRequestError: AnthropicException - {"type":"error","error":{"type":"invalid_request_error","message":"messages: bad"}}. Received Model Group=claude)",
     "invalid_request_error", "", "", "messages: bad"},
    {"pydantic in Python", 422, "[{'type': 'missing', 'loc': ('body', 'messages'), 'msg': 'Field required'}]",
     "missing", "", R"(["body","messages"])", "body.messages: Field required"},
    {"escaped once too often", 400,
     R"(upstream said {\"error\":{\"message\":\"no such tool\",\"code\":\"c\"}})", "", "c", "",
     "no such tool"},
    {"broken JSON", 500, R"({"error":{"message":"cut)", "", "", "", "cut"},
};

TEST(ErrorBody, Envelopes) {
  for (const Row& row : kRows) {
    const canon::UpstreamError e = read_error_body(row.status, row.body);
    EXPECT_EQ(e.status, row.status) << row.provider;
    EXPECT_EQ(e.type, row.type) << row.provider;
    EXPECT_EQ(e.code, row.code) << row.provider;
    EXPECT_EQ(e.param, row.param) << row.provider;
    EXPECT_EQ(e.message, row.message) << row.provider;
    EXPECT_EQ(e.body, row.body) << row.provider;
  }
}

TEST(ErrorBody, RetryInfoAndRequestId) {
  const auto e = read_error_body(
      429,
      R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"m","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"22.5s"}]},"request_id":"r"})");
  ASSERT_TRUE(e.retry_after);
  EXPECT_EQ(*e.retry_after, 22.5);
  EXPECT_EQ(e.request_id, "r");
}

TEST(ErrorBody, LongMessagesAreBounded) {
  const auto e = read_error_body(500, R"({"error":")" + std::string(100000, 'x') + R"("})");
  EXPECT_EQ(e.message.size(), 2000u);
}

TEST(ErrorBody, NestedTooDeepEndsAnyway) {
  std::string body = "inner";
  for (int i = 0; i < 12; ++i) {
    std::string outer = R"({"error":{"message":)";
    json::write_string(outer, body);
    body = outer + "}}";
  }
  EXPECT_FALSE(read_error_body(500, body).message.empty());
}

struct Client {
  std::string_view kind, openai, anthropic;
};
TEST(ClientErrors, Types) {
  const Client rows[] = {
      {"invalid_request", "invalid_request_error", "invalid_request_error"},
      {"auth", "invalid_request_error", "authentication_error"},
      {"permission", "permission_error", "permission_error"},
      {"not_found", "invalid_request_error", "not_found_error"},
      {"rate_limit", "rate_limit_error", "rate_limit_error"},
      {"overloaded", "server_error", "overloaded_error"},
      {"too_large", "invalid_request_error", "request_too_large"},
      {"timeout", "server_error", "timeout_error"},
      {"billing", "insufficient_quota", "billing_error"},
      {"upstream", "server_error", "api_error"},
      {"internal", "server_error", "api_error"},
      {"never heard of", "server_error", "api_error"},
  };
  for (const Client& row : rows) {
    Arena arena;
    std::string openai, anthropic;
    const ClientError error{.kind = row.kind,
                            .message = "m",
                            .param = "/model",
                            .request_id = "r",
                            .details = R"({"attempts":[]})"};
    kOpenaiChat.render_error(error, openai);
    kAnthropicMessages.render_error(error, anthropic);
    const auto o = json::parse(arena, openai), a = json::parse(arena, anthropic);
    ASSERT_TRUE(o && a);
    EXPECT_EQ((*o)["error"]["type"].text(), row.openai) << row.kind;
    EXPECT_EQ((*o)["error"]["param"].text(), "/model");
    EXPECT_TRUE((*o)["error"]["dragoman"]["attempts"].is_array());
    EXPECT_EQ((*a)["type"].text(), "error");
    EXPECT_EQ((*a)["error"]["type"].text(), row.anthropic) << row.kind;
    EXPECT_EQ((*a)["request_id"].text(), "r");
  }
}

}  // namespace
}  // namespace dragoman::dialect
