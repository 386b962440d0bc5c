#include "failure/issuer.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/strings.h"

namespace dragoman::failure {
namespace {

constexpr std::size_t kReadLimit = 64 * 1024;
constexpr std::size_t kLongestSign = 60;

// In order: what is certain before what several hosts share. Sources: docs/sources.md, "How refusals read";
// the names of LiteLLM's exceptions are its provider prefixes.
constexpr Sign kSigns[] = {
    {"azure", R"(AzureException|AzureOpenAI|Azure OpenAI|x-ms-region)",
     "Requests under Azure OpenAI API version 2024-08-01-preview have exceeded the rate limit"},
    {"vertex_anthropic", R"(req_vrtx_\w+)", R"("request_id":"req_vrtx_011CWtdsh")"},
    {"openrouter", R"((?i)OpenrouterException|openrouter\.ai|["']provider_name\\?["'])",
     R"({"metadata":{"provider_name":"Crucible"}})"},
    {"bedrock",
     R"((?i)BedrockException|bedrock-?runtime|\bbotocore\b|x-amzn-(?:requestid|errortype)|An error occurred \(\w+\) when calling the (?:Converse|Invoke)\w*)",
     "botocore.errorfactory.ThrottlingException: An error occurred"},
    {"groq",
     R"(GroqException|console\.groq\.com|x-groq-region|\bgroq\.(?:BadRequest|RateLimit|API)\w*|x_groq)",
     "groq.BadRequestError: Error code: 400"},
    {"minimax", R"((?i)MinimaxException|base_resp|invalid params, .{0,200}\(2013\))",
     "400 invalid params, function parameters is empty (2013)"},
    {"moonshot", R"((?i)MoonshotException|moonshot flavored|<At path '|platform\.moonshot)",
     "<At path 'properties.skill': when using anyOf>"},
    {"zai", R"((?i)ZaiException|bigmodel\.cn|["']code["']\s*:\s*["']1[0-3]\d\d["'])",
     R"({"error":{"code":"1214","message":"x"}})"},
    {"qwen", R"((?i)DashscopeException|InternalError\.Algo|dashscope|Qwen (?:API )?error)",
     "<400> InternalError.Algo.InvalidParameter: Range of input length"},
    {"deepseek",
     R"((?i)DeepseekException|deepseek-(?:reasoner|chat) does|supported API model names are deepseek)",
     "deepseek-reasoner does not support this parameter"},
    {"mistral",
     R"((?i)MistralException|invalid_request_message_order|\bmistralai\b|Expected last role User or Tool|Unexpected role '\w+' after role)",
     "Unexpected role 'user' after role 'tool'"},
    {"xai",
     R"(XaiException|console\.x\.ai|\bxAI\b|Argument not supported(?: on this model)?:|Client specified an invalid argument)",
     R"({"code":"400","error":"Argument not supported: include"})"},
    {"cerebras", R"((?i)\bcerebras|wrong_api_format)", R"("code":"wrong_api_format")"},
    {"fireworks", R"((?i)Fireworks_?aiException|accounts/fireworks|not permitted, field: ')",
     "Extra inputs are not permitted, field: 'stream_options'"},
    {"together", R"((?i)Together_?aiException|together\.(?:xyz|ai))", "together.ai says no"},
    {"cohere", R"((?i)CohereException|\bcohere\.(?:errors|com|ai)|docs\.cohere)",
     "cohere.errors.BadRequestError: status_code: 400"},
    {"sambanova", R"((?i)sambanova)", "SambanovaException"},
    {"perplexity", R"((?i)PerplexityException|perplexity\.ai)", "PerplexityException - x"},
    {"nvidia", R"((?i)nvidia_nim|integrate\.api\.nvidia|urn:kaizen)", "urn:kaizen:problem-details"},
    {"chatgpt", R"((?i)ChatGPT account|backend-api/codex)",
     "not supported when using Codex with a ChatGPT account"},
    {"copilot",
     R"((?i)githubcopilot|CAPIError|\bcopilot|invalid_request_body|model_max_prompt_tokens_exceeded)",
     R"("code":"model_max_prompt_tokens_exceeded")"},
    {"vertex",
     R"((?i)Vertex_?ai(?:_beta)?Exception|Vertex AI|vertex-ai|google\.cloud\.aiplatform|Code Assist|Unable to submit request because|error-code-429)",
     "Unable to submit request because `search` functionDeclaration parameters"},
    {"gemini",
     R"((?i)GeminiException|google\.genai|GenerateContentRequest|function_declarations|ai\.google\.dev|["']?status["']?\s*:\s*["'](?:INVALID_ARGUMENT|RESOURCE_EXHAUSTED|UNAVAILABLE|FAILED_PRECONDITION|PERMISSION_DENIED)|thought_signature)",
     "GenerateContentRequest.tools[0].function_declarations[1]"},
    {"llamacpp", R"((?i)exceed_context_size_error|--jinja|available context size|llama\.cpp)",
     "tools param requires --jinja flag"},
    {"ollama", R"((?i)\bollama\b|try pulling it first)", R"(model "x" not found, try pulling it first)"},
    {"vllm",
     R"((?i)--enable-auto-tool-choice|xgrammar|\bvllm\b|ValidatorIterator|["']type["']: ?["'](?:BadRequestError|NotFoundError)["'])",
     R"({"object":"error","message":"x","type":"BadRequestError"})"},
    {"lmstudio", R"((?i)lm ?studio)", "LM Studio: no model loaded"},
    {"opencode", R"((?i)opencode\.ai/zen)", "https://opencode.ai/zen/v1/x"},
    {"bedrock",
     R"(toolConfig\.tools|#/toolConfig|ValidationException|ThrottlingException|on-demand throughput|inference profile|The model returned the following errors|ContentBlock object|\.toolUse\.)",
     "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of"},
    {"anthropic",
     R"((?i)AnthropicException|(?:docs|platform)\.(?:claude|anthropic)\.com|anthropic-ratelimit|anthropic-organization|\banthropic\.\w+Error|\breq_01(?-i:[0-9A-Za-z])*(?-i:[A-Z])|tools\.\d+\.(?:custom|input_schema)|\boverloaded_error|messages\.\d+\.content\.\d+|`tool_(?:use|result)`|\{"type":"error","error":\{)",
     "tools.3.custom.input_schema: Field required"},
    {"openai",
     R"(OpenAIException|(?:platform|help)\.openai\.com|openai-organization|In context=\(|invalid_function_parameters|(?:Invalid|Unsupported|Unknown|Missing required) (?:value|parameter|type for)?:? ?'[\w\[\].]+'|insufficient_quota|in organization org-|(?:string|array)_above_max_length)",
     "Invalid schema for function 'f': In context=('properties', 'tags'), array schema missing items."},
};

struct Row {
  const Sign* sign;
  std::unique_ptr<RE2> pattern;
};

const std::vector<Row>& compiled() {
  static const auto* const all = [] {
    auto* rows = new std::vector<Row>;
    for (const Sign& sign : kSigns)
      rows->push_back({&sign, std::make_unique<RE2>("(" + std::string(sign.pattern) + ")")});
    return rows;
  }();
  return *all;
}

std::string shown(std::string_view sign) { return to_utf8(trim(sign.substr(0, kLongestSign))); }

// A host as a whole, or as the end of one ("eu.api.groq.com").
bool stands_in(std::string_view host, std::string_view text) {
  const auto part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  for (std::size_t at = text.find(host); at != std::string_view::npos; at = text.find(host, at + 1)) {
    const std::size_t end = at + host.size();
    const bool begins = at == 0 || !part(text[at - 1]) || text[at - 1] == '.';
    if (begins && (end == text.size() || !part(text[end]) ||
                   (text[end] == '.' && (end + 1 == text.size() || !part(text[end + 1])))))
      return true;
  }
  return false;
}

}  // namespace

std::span<const Sign> signs() { return kSigns; }

Issuer guess_issuer(std::string_view text, std::span<const Host> hosts) {
  text = text.substr(0, kReadLimit);
  Issuer out;
  const std::string lower = lower_ascii(text);
  std::string_view longest;
  for (const Host& host : hosts)
    if (host.name.size() > longest.size() && stands_in(host.name, lower)) {
      longest = host.name;
      out.provider = host.provider;
      out.sign = host.name;
    }
  if (out.provider.empty()) {
    std::string found;
    for (const Row& row : compiled()) {
      if (!RE2::PartialMatch(text, *row.pattern, &found)) continue;
      out.provider = row.sign->provider;
      out.sign = shown(found);
      break;
    }
  }
  static const RE2 kBehind(R"(["']provider_name\\?["']\s*:\s*\\?["']([\w .-]{1,40}))");
  RE2::PartialMatch(text, kBehind, &out.upstream);
  return out;
}

}  // namespace dragoman::failure
