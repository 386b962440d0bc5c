#include <array>

#include "sandbox/bedrock/shapes.h"

namespace dragoman::sandbox::bedrock {
namespace {

constexpr bool kRequired = true;
constexpr bool kUnion = true;

constexpr std::array kS3Members = {Member{"uri", Kind::text, nullptr, kRequired, 1, 1024},
                                   Member{"bucketOwner", Kind::text}};
constexpr Shape kS3{"S3Location", kS3Members};
constexpr std::array kErrorMembers = {Member{"message", Kind::text}};
constexpr Shape kError{"ErrorBlock", kErrorMembers};

constexpr std::array kMediaSourceMembers = {Member{"bytes", Kind::blob, nullptr, false, 1},
                                            Member{"s3Location", Kind::structure, &kS3}};
constexpr Shape kImageSource{"ImageSource", kMediaSourceMembers, kUnion};
constexpr Shape kVideoSource{"VideoSource", kMediaSourceMembers, kUnion};
constexpr Shape kAudioSource{"AudioSource", kMediaSourceMembers, kUnion};
constexpr std::array kImageMembers = {
    Member{"format", Kind::text, nullptr, kRequired, kNone, kNone, "png|jpeg|gif|webp"},
    Member{"source", Kind::structure, &kImageSource, kRequired}, Member{"error", Kind::structure, &kError}};
constexpr Shape kImage{"ImageBlock", kImageMembers};
constexpr std::array kVideoMembers = {Member{"format", Kind::text, nullptr, kRequired, kNone, kNone,
                                             "mkv|mov|mp4|webm|flv|mpeg|mpg|wmv|three_gp"},
                                      Member{"source", Kind::structure, &kVideoSource, kRequired}};
constexpr Shape kVideo{"VideoBlock", kVideoMembers};
constexpr std::array kAudioMembers = {
    Member{"format", Kind::text, nullptr, kRequired, kNone, kNone,
           "mp3|opus|wav|aac|flac|mp4|ogg|mkv|mka|x-aac|m4a|mpeg|mpga|pcm|webm"},
    Member{"source", Kind::structure, &kAudioSource, kRequired}, Member{"error", Kind::structure, &kError}};
constexpr Shape kAudio{"AudioBlock", kAudioMembers};

constexpr std::array kTextOnlyMembers = {Member{"text", Kind::text}};
constexpr Shape kDocumentPart{"DocumentContentBlock", kTextOnlyMembers, kUnion};
constexpr std::array kDocumentSourceMembers = {
    Member{"bytes", Kind::blob, nullptr, false, 1}, Member{"s3Location", Kind::structure, &kS3},
    Member{"text", Kind::text}, Member{"content", Kind::list, &kDocumentPart}};
constexpr Shape kDocumentSource{"DocumentSource", kDocumentSourceMembers, kUnion};
constexpr std::array kCitationsConfigMembers = {Member{"enabled", Kind::boolean, nullptr, kRequired}};
constexpr Shape kCitationsConfig{"CitationsConfig", kCitationsConfigMembers};
constexpr std::array kDocumentMembers = {
    Member{"format", Kind::text, nullptr, false, kNone, kNone, "pdf|csv|doc|docx|xls|xlsx|html|txt|md"},
    Member{"name", Kind::text, nullptr, kRequired, 1, 200},
    Member{"source", Kind::structure, &kDocumentSource, kRequired}, Member{"context", Kind::text},
    Member{"citations", Kind::structure, &kCitationsConfig}};
constexpr Shape kDocument{"DocumentBlock", kDocumentMembers};

constexpr std::array kSearchPartMembers = {Member{"text", Kind::text, nullptr, kRequired}};
constexpr Shape kSearchPart{"SearchResultContentBlock", kSearchPartMembers};
constexpr std::array kSearchMembers = {Member{"source", Kind::text, nullptr, kRequired},
                                       Member{"title", Kind::text, nullptr, kRequired},
                                       Member{"content", Kind::list, &kSearchPart, kRequired},
                                       Member{"citations", Kind::structure, &kCitationsConfig}};
constexpr Shape kSearch{"SearchResultBlock", kSearchMembers};

constexpr std::string_view kIdPattern = "[a-zA-Z0-9_.:-]+";
constexpr std::string_view kNamePattern = "[a-zA-Z0-9_-]+";
constexpr Member kToolUseId{"toolUseId", Kind::text, nullptr, kRequired, 1, 64, {}, kIdPattern};
constexpr Member kToolName{"name", Kind::text, nullptr, kRequired, 1, 64, {}, kNamePattern};

constexpr std::array kToolUseMembers = {
    kToolUseId, kToolName, Member{"input", Kind::document, nullptr, kRequired},
    Member{"type", Kind::text, nullptr, false, kNone, kNone, "server_tool_use"}};
constexpr Shape kToolUse{"ToolUseBlock", kToolUseMembers};
constexpr std::array kResultPartMembers = {Member{"json", Kind::document},
                                           Member{"text", Kind::text},
                                           Member{"image", Kind::structure, &kImage},
                                           Member{"document", Kind::structure, &kDocument},
                                           Member{"video", Kind::structure, &kVideo},
                                           Member{"searchResult", Kind::structure, &kSearch}};
constexpr Shape kResultPart{"ToolResultContentBlock", kResultPartMembers, kUnion};
constexpr std::array kToolResultMembers = {
    kToolUseId, Member{"content", Kind::list, &kResultPart, kRequired},
    Member{"status", Kind::text, nullptr, false, kNone, kNone, "success|error"}, Member{"type", Kind::text}};
constexpr Shape kToolResult{"ToolResultBlock", kToolResultMembers};

constexpr std::array kGuardTextMembers = {Member{"text", Kind::text, nullptr, kRequired},
                                          Member{"qualifiers", Kind::texts}};
constexpr Shape kGuardText{"GuardrailConverseTextBlock", kGuardTextMembers};
constexpr std::array kGuardMembers = {Member{"text", Kind::structure, &kGuardText},
                                      Member{"image", Kind::document}};
constexpr Shape kGuard{"GuardrailConverseContentBlock", kGuardMembers, kUnion};
constexpr std::array kCacheMembers = {Member{"type", Kind::text, nullptr, kRequired, kNone, kNone, "default"},
                                      Member{"ttl", Kind::text, nullptr, false, kNone, kNone, "5m|1h"}};
constexpr Shape kCache{"CachePointBlock", kCacheMembers};
constexpr std::array kReasoningTextMembers = {Member{"text", Kind::text, nullptr, kRequired},
                                              Member{"signature", Kind::text}};
constexpr Shape kReasoningText{"ReasoningTextBlock", kReasoningTextMembers};
constexpr std::array kReasoningMembers = {Member{"reasoningText", Kind::structure, &kReasoningText},
                                          Member{"redactedContent", Kind::blob}};
constexpr Shape kReasoning{"ReasoningContentBlock", kReasoningMembers, kUnion};

// In the order in which the refusal lists them (BR-04).
constexpr std::array kContentMembers = {Member{"text", Kind::text},
                                        Member{"image", Kind::structure, &kImage},
                                        Member{"toolUse", Kind::structure, &kToolUse},
                                        Member{"toolResult", Kind::structure, &kToolResult},
                                        Member{"document", Kind::structure, &kDocument},
                                        Member{"video", Kind::structure, &kVideo},
                                        Member{"cachePoint", Kind::structure, &kCache},
                                        Member{"reasoningContent", Kind::structure, &kReasoning},
                                        Member{"citationsContent", Kind::document},
                                        Member{"searchResult", Kind::structure, &kSearch},
                                        Member{"guardContent", Kind::structure, &kGuard},
                                        Member{"audio", Kind::structure, &kAudio},
                                        Member{"toolAddition", Kind::document},
                                        Member{"toolRemoval", Kind::document}};
constexpr Shape kContent{"ContentBlock", kContentMembers, kUnion};
constexpr std::array kMessageMembers = {
    Member{"role", Kind::text, nullptr, kRequired, kNone, kNone, "user|assistant|system"},
    Member{"content", Kind::list, &kContent, kRequired}};
constexpr Shape kMessage{"Message", kMessageMembers};

constexpr std::array kSystemMembers = {Member{"text", Kind::text, nullptr, false, 1},
                                       Member{"guardContent", Kind::structure, &kGuard},
                                       Member{"cachePoint", Kind::structure, &kCache}};
constexpr Shape kSystem{"SystemContentBlock", kSystemMembers, kUnion};

constexpr std::array kInferenceMembers = {Member{"maxTokens", Kind::integer, nullptr, false, 1},
                                          Member{"temperature", Kind::number, nullptr, false, 0, 1},
                                          Member{"topP", Kind::number, nullptr, false, 0, 1},
                                          Member{"stopSequences", Kind::texts, nullptr, false, 0, 2500}};
constexpr Shape kInference{"InferenceConfiguration", kInferenceMembers};

constexpr std::array kInputSchemaMembers = {Member{"json", Kind::document}};
constexpr Shape kInputSchema{"ToolInputSchema", kInputSchemaMembers, kUnion};
constexpr std::array kToolSpecMembers = {kToolName, Member{"description", Kind::text, nullptr, false, 1},
                                         Member{"inputSchema", Kind::structure, &kInputSchema, kRequired},
                                         Member{"strict", Kind::boolean}};
constexpr Shape kToolSpec{"ToolSpecification", kToolSpecMembers};
constexpr std::array kSystemToolMembers = {kToolName};
constexpr Shape kSystemTool{"SystemTool", kSystemToolMembers};
constexpr std::array kToolMembers = {Member{"toolSpec", Kind::structure, &kToolSpec},
                                     Member{"systemTool", Kind::structure, &kSystemTool},
                                     Member{"cachePoint", Kind::structure, &kCache}};
constexpr Shape kTool{"Tool", kToolMembers, kUnion};
constexpr Shape kEmpty{"AutoToolChoice", {}};
constexpr std::array kChoiceMembers = {Member{"auto", Kind::structure, &kEmpty},
                                       Member{"any", Kind::structure, &kEmpty},
                                       Member{"tool", Kind::structure, &kSystemTool}};
constexpr Shape kChoice{"ToolChoice", kChoiceMembers, kUnion};
constexpr std::array kToolConfigMembers = {Member{"tools", Kind::list, &kTool, kRequired, 1},
                                           Member{"toolChoice", Kind::structure, &kChoice}};
constexpr Shape kToolConfig{"ToolConfiguration", kToolConfigMembers};

constexpr std::array kGuardrailMembers = {
    Member{"guardrailIdentifier", Kind::text, nullptr, false, 0, 2048},
    Member{"guardrailVersion", Kind::text},
    Member{"trace", Kind::text, nullptr, false, kNone, kNone, "enabled|disabled|enabled_full"},
    Member{"streamProcessingMode", Kind::text, nullptr, false, kNone, kNone, "sync|async"}};
constexpr Shape kGuardrail{"GuardrailConfiguration", kGuardrailMembers};
constexpr std::array kPerformanceMembers = {
    Member{"latency", Kind::text, nullptr, false, kNone, kNone, "standard|optimized"}};
constexpr Shape kPerformance{"PerformanceConfiguration", kPerformanceMembers};
constexpr std::array kTierMembers = {
    Member{"type", Kind::text, nullptr, kRequired, kNone, kNone, "priority|default|flex|reserved"}};
constexpr Shape kTier{"ServiceTier", kTierMembers};
constexpr std::array kJsonSchemaMembers = {Member{"schema", Kind::text, nullptr, kRequired},
                                           Member{"name", Kind::text}, Member{"description", Kind::text}};
constexpr Shape kJsonSchema{"JsonSchemaDefinition", kJsonSchemaMembers};
constexpr std::array kStructureMembers = {Member{"jsonSchema", Kind::structure, &kJsonSchema}};
constexpr Shape kStructure{"OutputFormatStructure", kStructureMembers, kUnion};
constexpr std::array kFormatMembers = {
    Member{"type", Kind::text, nullptr, kRequired, kNone, kNone, "json_schema"},
    Member{"structure", Kind::structure, &kStructure, kRequired}};
constexpr Shape kFormat{"OutputFormat", kFormatMembers};
constexpr std::array kOutputMembers = {Member{"textFormat", Kind::structure, &kFormat},
                                       Member{"effort", Kind::text, nullptr, false, 0, 16}};
constexpr Shape kOutput{"OutputConfig", kOutputMembers};

constexpr std::array kRequestMembers = {
    Member{"messages", Kind::list, &kMessage},
    Member{"system", Kind::list, &kSystem},
    Member{"inferenceConfig", Kind::structure, &kInference},
    Member{"toolConfig", Kind::structure, &kToolConfig},
    Member{"guardrailConfig", Kind::structure, &kGuardrail},
    Member{"additionalModelRequestFields", Kind::document},
    Member{"promptVariables", Kind::map},
    Member{"additionalModelResponseFieldPaths", Kind::texts, nullptr, false, 0, 10},
    Member{"requestMetadata", Kind::map, nullptr, false, 1, 16},
    Member{"performanceConfig", Kind::structure, &kPerformance},
    Member{"serviceTier", Kind::structure, &kTier},
    Member{"outputConfig", Kind::structure, &kOutput}};
constexpr Shape kRequest{"ConverseRequest", kRequestMembers};

constexpr std::array kCountedMembers = {Member{"messages", Kind::list, &kMessage},
                                        Member{"system", Kind::list, &kSystem},
                                        Member{"toolConfig", Kind::structure, &kToolConfig},
                                        Member{"additionalModelRequestFields", Kind::document}};
constexpr Shape kCounted{"ConverseTokensRequest", kCountedMembers};
constexpr std::array kCountInputMembers = {Member{"invokeModel", Kind::document},
                                           Member{"converse", Kind::structure, &kCounted}};
constexpr Shape kCountInput{"CountTokensInput", kCountInputMembers, kUnion};
constexpr std::array kCountMembers = {Member{"input", Kind::structure, &kCountInput, kRequired}};
constexpr Shape kCount{"CountTokensRequest", kCountMembers};

}  // namespace

const Shape& converse_request() { return kRequest; }
const Shape& count_tokens_request() { return kCount; }

}  // namespace dragoman::sandbox::bedrock
