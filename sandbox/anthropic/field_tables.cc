// The parameter types of @anthropic-ai/sdk 1.11.0 as tables, one row a field.
#include <array>

#include "sandbox/anthropic/fields.h"

namespace dragoman::sandbox::anthropic {
namespace {

constexpr bool kRequired = true;
constexpr bool kNullable = true;

constexpr Field kType{"type", Want::text, kRequired};
constexpr Field kCache{"cache_control", Want::object, false, kNullable};
constexpr Field kCitations{"citations", Want::object, false, kNullable};
constexpr Field kCaller{"caller", Want::object, false};
constexpr Field kToolUseId{"tool_use_id", Want::text, kRequired};

constexpr std::array kText = {kType, Field{"text", Want::text, kRequired}, kCache,
                              Field{"citations", Want::array, false, kNullable}};
constexpr std::array kImage = {kType, Field{"source", Want::object, kRequired}, kCache,
                               Field{"transformations", Want::object, false, kNullable}};
constexpr std::array kDocument = {
    kType,      Field{"source", Want::object, kRequired},       kCache,
    kCitations, Field{"context", Want::text, false, kNullable}, Field{"title", Want::text, false, kNullable}};
constexpr std::array kSearchResult = {kType,
                                      Field{"content", Want::array, kRequired},
                                      Field{"source", Want::text, kRequired},
                                      Field{"title", Want::text, kRequired},
                                      kCache,
                                      kCitations};
constexpr std::array kThinking = {kType, Field{"signature", Want::text, kRequired},
                                  Field{"thinking", Want::text, kRequired}};
constexpr std::array kRedacted = {kType, Field{"data", Want::text, kRequired}};
constexpr std::array kToolUse = {kType,
                                 Field{"id", Want::text, kRequired},
                                 Field{"name", Want::text, kRequired},
                                 Field{"input", Want::object, kRequired},
                                 kCache,
                                 kCaller,
                                 Field{"toolset_name", Want::text, false, kNullable}};
constexpr std::array kToolResult = {kType,
                                    kToolUseId,
                                    Field{"content", Want::text_or_array, false},
                                    Field{"is_error", Want::boolean, false},
                                    kCache,
                                    Field{"toolset_name", Want::text, false, kNullable}};
constexpr std::array kServerToolUse = {
    kType,
    Field{"id", Want::text, kRequired},
    Field{"name", Want::text, kRequired, false,
          "web_search|web_fetch|code_execution|bash_code_execution|text_editor_code_execution|"
          "tool_search_tool_regex|tool_search_tool_bm25"},
    Field{"input", Want::object, kRequired},
    kCache,
    kCaller};
constexpr std::array kServerResult = {kType, kToolUseId, Field{"content", Want::any, kRequired}, kCache,
                                      kCaller};
constexpr std::array kContainerUpload = {kType, Field{"file_id", Want::text, kRequired}, kCache};
constexpr std::array kToolReference = {kType, Field{"tool_name", Want::text, kRequired}, kCache};
constexpr std::array kBrowserState = {kType, Field{"tabs", Want::array, kRequired}, kCache,
                                      Field{"state_changes", Want::array, false, kNullable}};

constexpr std::array kContentBlocks = {
    Tagged{"text", kText},
    Tagged{"image", kImage},
    Tagged{"document", kDocument},
    Tagged{"search_result", kSearchResult},
    Tagged{"thinking", kThinking},
    Tagged{"redacted_thinking", kRedacted},
    Tagged{"tool_use", kToolUse},
    Tagged{"tool_result", kToolResult},
    Tagged{"server_tool_use", kServerToolUse},
    Tagged{"web_search_tool_result", kServerResult},
    Tagged{"web_fetch_tool_result", kServerResult},
    Tagged{"code_execution_tool_result", kServerResult},
    Tagged{"bash_code_execution_tool_result", kServerResult},
    Tagged{"text_editor_code_execution_tool_result", kServerResult},
    Tagged{"tool_search_tool_result", kServerResult},
    Tagged{"container_upload", kContainerUpload},
};
constexpr std::array kResultBlocks = {
    Tagged{"text", kText},
    Tagged{"image", kImage},
    Tagged{"document", kDocument},
    Tagged{"search_result", kSearchResult},
    Tagged{"tool_reference", kToolReference},
    Tagged{"browser_state", kBrowserState},
};

constexpr std::array kBase64Image = {
    kType, Field{"data", Want::text, kRequired},
    Field{"media_type", Want::text, kRequired, false, "image/jpeg|image/png|image/gif|image/webp"}};
constexpr std::array kBase64Pdf = {kType, Field{"data", Want::text, kRequired},
                                   Field{"media_type", Want::text, kRequired, false, "application/pdf"}};
constexpr std::array kPlainText = {kType, Field{"data", Want::text, kRequired},
                                   Field{"media_type", Want::text, kRequired, false, "text/plain"}};
constexpr std::array kUrl = {kType, Field{"url", Want::text, kRequired}};
constexpr std::array kFile = {kType, Field{"file_id", Want::text, kRequired}};
constexpr std::array kContentSource = {kType, Field{"content", Want::text_or_array, kRequired}};
constexpr std::array kImageSources = {Tagged{"base64", kBase64Image}, Tagged{"url", kUrl},
                                      Tagged{"file", kFile}};
constexpr std::array kDocumentSources = {Tagged{"base64", kBase64Pdf}, Tagged{"text", kPlainText},
                                         Tagged{"content", kContentSource}, Tagged{"url", kUrl},
                                         Tagged{"file", kFile}};

constexpr Field kName{"name", Want::text, kRequired};
constexpr Field kCallers{"allowed_callers", Want::array};
constexpr Field kDefer{"defer_loading", Want::boolean};
constexpr Field kStrict{"strict", Want::boolean};
constexpr Field kExamples{"input_examples", Want::array};
constexpr Field kMaxUses{"max_uses", Want::integer, false, kNullable};
constexpr Field kAllowedDomains{"allowed_domains", Want::array, false, kNullable};
constexpr Field kBlockedDomains{"blocked_domains", Want::array, false, kNullable};
constexpr Field kLocation{"user_location", Want::object, false, kNullable};
constexpr Field kInclusion{"response_inclusion", Want::text, false, false, "full|excluded"};
constexpr Field kFetchTokens{"max_content_tokens", Want::integer, false, kNullable};
constexpr Field kUrlSources{"url_sources", Want::object, false, kNullable};
constexpr Field kUseCache{"use_cache", Want::boolean};

constexpr std::array kCustomTool = {Field{"type", Want::text, false, kNullable},
                                    kName,
                                    Field{"input_schema", Want::any, kRequired},
                                    Field{"description", Want::text},
                                    kCache,
                                    kCallers,
                                    kDefer,
                                    Field{"eager_input_streaming", Want::boolean, false, kNullable},
                                    kExamples,
                                    kStrict};
constexpr std::array kClientTool = {kType, kName, kCache, kCallers, kDefer, kExamples, kStrict};
constexpr std::array kEditorTool = {
    kType,  kName,     kCache,  kCallers,
    kDefer, kExamples, kStrict, Field{"max_characters", Want::integer, false, kNullable}};
constexpr std::array kServerTool = {kType, kName, kCache, kCallers, kDefer, kStrict};
constexpr std::array kSearchTool = {kType,   kName,    kCache,          kCallers,        kDefer,
                                    kStrict, kMaxUses, kAllowedDomains, kBlockedDomains, kLocation};
constexpr std::array kSearchTool3 = {kType,           kName,     kCache,    kCallers,
                                     kDefer,          kStrict,   kMaxUses,  kAllowedDomains,
                                     kBlockedDomains, kLocation, kInclusion};
constexpr std::array kFetchTool = {kType,           kName,      kCache,       kCallers,
                                   kDefer,          kStrict,    kMaxUses,     kAllowedDomains,
                                   kBlockedDomains, kCitations, kFetchTokens, kUrlSources};
constexpr std::array kFetchTool3 = {kType,        kName,       kCache,          kCallers,        kDefer,
                                    kStrict,      kMaxUses,    kAllowedDomains, kBlockedDomains, kCitations,
                                    kFetchTokens, kUrlSources, kUseCache};
constexpr std::array kFetchTool4 = {kType,        kName,       kCache,          kCallers,        kDefer,
                                    kStrict,      kMaxUses,    kAllowedDomains, kBlockedDomains, kCitations,
                                    kFetchTokens, kUrlSources, kUseCache,       kInclusion};
constexpr std::array kToolset = {kType, kCache, Field{"configs", Want::object, false, kNullable}};

constexpr std::array kTools = {
    Tagged{"custom", kCustomTool},
    Tagged{"bash_20250124", kClientTool},
    Tagged{"code_execution_20250522", kServerTool},
    Tagged{"code_execution_20250825", kServerTool},
    Tagged{"code_execution_20260120", kServerTool},
    Tagged{"code_execution_20260521", kServerTool},
    Tagged{"browser_toolset_20260801", kToolset},
    Tagged{"memory_20250818", kClientTool},
    Tagged{"computer_toolset_20260801", kToolset},
    Tagged{"text_editor_20250124", kClientTool},
    Tagged{"text_editor_20250429", kClientTool},
    Tagged{"text_editor_20250728", kEditorTool},
    Tagged{"web_search_20250305", kSearchTool},
    Tagged{"web_fetch_20250910", kFetchTool},
    Tagged{"web_search_20260209", kSearchTool},
    Tagged{"web_fetch_20260209", kFetchTool},
    Tagged{"web_fetch_20260309", kFetchTool3},
    Tagged{"web_search_20260318", kSearchTool3},
    Tagged{"web_fetch_20260318", kFetchTool4},
    Tagged{"tool_search_tool_bm25_20251119", kServerTool},
    Tagged{"tool_search_tool_bm25", kServerTool},
    Tagged{"tool_search_tool_regex_20251119", kServerTool},
    Tagged{"tool_search_tool_regex", kServerTool},
};

constexpr Field kParallel{"disable_parallel_tool_use", Want::boolean};
constexpr std::array kChoice = {kType, kParallel};
constexpr std::array kChoiceTool = {kType, kName, kParallel};
constexpr std::array kOnlyType = {kType};
constexpr std::array kToolChoices = {Tagged{"auto", kChoice}, Tagged{"any", kChoice},
                                     Tagged{"tool", kChoiceTool}, Tagged{"none", kOnlyType}};

constexpr Field kDisplay{"display", Want::text, false, kNullable, "summarized|omitted"};
constexpr std::array kThinkingEnabled = {kType, Field{"budget_tokens", Want::integer, kRequired}, kDisplay};
constexpr std::array kThinkingAdaptive = {kType, kDisplay, Field{"block_binding", Want::any}};
constexpr std::array kThinkingTypes = {Tagged{"enabled", kThinkingEnabled}, Tagged{"disabled", kOnlyType},
                                       Tagged{"between_tools", kOnlyType},
                                       Tagged{"adaptive", kThinkingAdaptive}};

constexpr std::array kServerCaller = {kType, Field{"tool_id", Want::text, kRequired}};
constexpr std::array kCallerTypes = {Tagged{"direct", kOnlyType},
                                     Tagged{"code_execution_20250825", kServerCaller},
                                     Tagged{"code_execution_20260120", kServerCaller}};

constexpr std::array kMessage = {Field{"role", Want::text, kRequired},
                                 Field{"content", Want::text_or_array, kRequired}};

constexpr Field kSpeed{"speed", Want::text, false, kNullable, "standard|fast"};
constexpr std::array kRequest = {Field{"model", Want::text, kRequired},
                                 Field{"max_tokens", Want::integer, kRequired},
                                 Field{"messages", Want::array, kRequired},
                                 kCache,
                                 Field{"container", Want::text_or_object, false, kNullable},
                                 Field{"diagnostics", Want::object, false, kNullable},
                                 Field{"inference_geo", Want::text, false, kNullable},
                                 Field{"metadata", Want::object},
                                 Field{"output_config", Want::object},
                                 Field{"service_tier", Want::text, false, false, "auto|standard_only"},
                                 kSpeed,
                                 Field{"stop_sequences", Want::array},
                                 Field{"stream", Want::boolean},
                                 Field{"system", Want::text_or_array},
                                 Field{"thinking", Want::object},
                                 Field{"tool_choice", Want::object},
                                 Field{"tools", Want::array},
                                 Field{"temperature", Want::number},
                                 Field{"top_p", Want::number},
                                 Field{"top_k", Want::integer},
                                 Field{"user_profile_id", Want::text},
                                 Field{"workspace_id", Want::text}};
constexpr std::array kCountRequest = {Field{"model", Want::text, kRequired},
                                      Field{"messages", Want::array, kRequired},
                                      kCache,
                                      Field{"output_config", Want::object},
                                      kSpeed,
                                      Field{"system", Want::text_or_array},
                                      Field{"thinking", Want::object},
                                      Field{"tool_choice", Want::object},
                                      Field{"tools", Want::array},
                                      Field{"user_profile_id", Want::text},
                                      Field{"workspace_id", Want::text}};
constexpr std::array kCacheControl = {Field{"type", Want::text, kRequired, false, "ephemeral"},
                                      Field{"ttl", Want::text, false, false, "5m|1h"}};
constexpr std::array kOutputConfig = {
    Field{"effort", Want::text, false, kNullable, "low|medium|high|xhigh|max"},
    Field{"format", Want::object, false, kNullable}};
constexpr std::array kOutputFormat = {Field{"type", Want::text, kRequired, false, "json_schema"},
                                      Field{"schema", Want::object, kRequired}};
constexpr std::array kMetadata = {Field{"user_id", Want::text, false, kNullable}};
constexpr std::array kCitationsConfig = {Field{"enabled", Want::boolean}};

}  // namespace

std::span<const Tagged> content_blocks() { return kContentBlocks; }
std::span<const Tagged> result_blocks() { return kResultBlocks; }
std::span<const Tagged> image_sources() { return kImageSources; }
std::span<const Tagged> document_sources() { return kDocumentSources; }
std::span<const Tagged> tools() { return kTools; }
std::span<const Tagged> tool_choices() { return kToolChoices; }
std::span<const Tagged> thinking_types() { return kThinkingTypes; }
std::span<const Tagged> callers() { return kCallerTypes; }
std::span<const Field> text_block() { return kText; }
std::span<const Field> message() { return kMessage; }
std::span<const Field> request() { return kRequest; }
std::span<const Field> count_request() { return kCountRequest; }
std::span<const Field> cache_control() { return kCacheControl; }
std::span<const Field> output_config() { return kOutputConfig; }
std::span<const Field> output_format() { return kOutputFormat; }
std::span<const Field> metadata() { return kMetadata; }
std::span<const Field> citations_config() { return kCitationsConfig; }

}  // namespace dragoman::sandbox::anthropic
