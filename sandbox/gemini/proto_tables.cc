#include <array>

#include "sandbox/gemini/proto.h"

namespace dragoman::sandbox::gemini {
namespace tables {

constexpr bool kRepeated = true;
constexpr std::string_view kTypes = "TYPE_UNSPECIFIED|STRING|NUMBER|INTEGER|BOOLEAN|ARRAY|OBJECT|NULL";

// Schemas hold schemas, so these two are declared before they are defined.
extern const Message kSchema;
extern const Message kVertexSchema;

constexpr Message kType{"google.ai.generativelanguage.v1beta.Type", {}};
constexpr std::array kSchemaFields = {Field{"type", Kind::enumeration, &kType, false, kTypes},
                                      Field{"format", Kind::text},
                                      Field{"title", Kind::text},
                                      Field{"description", Kind::text},
                                      Field{"nullable", Kind::boolean},
                                      Field{"enum", Kind::text, nullptr, kRepeated},
                                      Field{"items", Kind::message, &kSchema},
                                      Field{"max_items", Kind::integer},
                                      Field{"min_items", Kind::integer},
                                      Field{"properties", Kind::map, &kSchema},
                                      Field{"required", Kind::text, nullptr, kRepeated},
                                      Field{"min_properties", Kind::integer},
                                      Field{"max_properties", Kind::integer},
                                      Field{"minimum", Kind::number},
                                      Field{"maximum", Kind::number},
                                      Field{"min_length", Kind::integer},
                                      Field{"max_length", Kind::integer},
                                      Field{"pattern", Kind::text},
                                      Field{"example", Kind::value},
                                      Field{"any_of", Kind::message, &kSchema, kRepeated},
                                      Field{"property_ordering", Kind::text, nullptr, kRepeated},
                                      Field{"default", Kind::value}};
const Message kSchema{"google.ai.generativelanguage.v1beta.Schema", kSchemaFields};

constexpr Message kVertexType{"google.cloud.aiplatform.v1.Type", {}};
constexpr std::array kVertexSchemaFields = {Field{"type", Kind::enumeration, &kVertexType, false, kTypes},
                                            Field{"format", Kind::text},
                                            Field{"title", Kind::text},
                                            Field{"description", Kind::text},
                                            Field{"nullable", Kind::boolean},
                                            Field{"enum", Kind::text, nullptr, kRepeated},
                                            Field{"items", Kind::message, &kVertexSchema},
                                            Field{"max_items", Kind::integer},
                                            Field{"min_items", Kind::integer},
                                            Field{"properties", Kind::map, &kVertexSchema},
                                            Field{"required", Kind::text, nullptr, kRepeated},
                                            Field{"min_properties", Kind::integer},
                                            Field{"max_properties", Kind::integer},
                                            Field{"minimum", Kind::number},
                                            Field{"maximum", Kind::number},
                                            Field{"min_length", Kind::integer},
                                            Field{"max_length", Kind::integer},
                                            Field{"pattern", Kind::text},
                                            Field{"example", Kind::value},
                                            Field{"any_of", Kind::message, &kVertexSchema, kRepeated},
                                            Field{"property_ordering", Kind::text, nullptr, kRepeated},
                                            Field{"default", Kind::value},
                                            Field{"additional_properties", Kind::value},
                                            Field{"ref", Kind::text},
                                            Field{"defs", Kind::map, &kVertexSchema}};
const Message kVertexSchema{"google.cloud.aiplatform.v1.Schema", kVertexSchemaFields};

constexpr std::array kBlobFields = {Field{"mime_type", Kind::text}, Field{"data", Kind::bytes},
                                    Field{"display_name", Kind::text}};
constexpr Message kBlob{"google.ai.generativelanguage.v1beta.Blob", kBlobFields};
constexpr std::array kFileFields = {Field{"mime_type", Kind::text}, Field{"file_uri", Kind::text},
                                    Field{"display_name", Kind::text}};
constexpr Message kFile{"google.ai.generativelanguage.v1beta.FileData", kFileFields};
constexpr std::array kCallFields = {Field{"id", Kind::text}, Field{"name", Kind::text},
                                    Field{"args", Kind::structure}};
constexpr Message kCall{"google.ai.generativelanguage.v1beta.FunctionCall", kCallFields};
constexpr std::array kResponsePartFields = {Field{"inline_data", Kind::message, &kBlob},
                                            Field{"file_data", Kind::message, &kFile}};
constexpr Message kResponsePart{"google.ai.generativelanguage.v1beta.FunctionResponsePart",
                                kResponsePartFields};
constexpr Message kScheduling{"google.ai.generativelanguage.v1beta.FunctionResponse.Scheduling", {}};
constexpr std::array kResponseFields = {Field{"id", Kind::text},
                                        Field{"name", Kind::text},
                                        Field{"response", Kind::structure},
                                        Field{"parts", Kind::message, &kResponsePart, kRepeated},
                                        Field{"will_continue", Kind::boolean},
                                        Field{"scheduling", Kind::enumeration, &kScheduling, false,
                                              "SCHEDULING_UNSPECIFIED|SILENT|WHEN_IDLE|INTERRUPT"}};
constexpr Message kResponse{"google.ai.generativelanguage.v1beta.FunctionResponse", kResponseFields};
constexpr std::array kVideoFields = {Field{"start_offset", Kind::text}, Field{"end_offset", Kind::text},
                                     Field{"fps", Kind::number}};
constexpr Message kVideo{"google.ai.generativelanguage.v1beta.VideoMetadata", kVideoFields};
constexpr std::array kPartFields = {Field{"text", Kind::text},
                                    Field{"inline_data", Kind::message, &kBlob},
                                    Field{"function_call", Kind::message, &kCall},
                                    Field{"function_response", Kind::message, &kResponse},
                                    Field{"file_data", Kind::message, &kFile},
                                    Field{"executable_code", Kind::structure},
                                    Field{"code_execution_result", Kind::structure},
                                    Field{"video_metadata", Kind::message, &kVideo},
                                    Field{"thought", Kind::boolean},
                                    Field{"thought_signature", Kind::bytes},
                                    Field{"part_metadata", Kind::structure},
                                    Field{"media_resolution", Kind::value}};
constexpr Message kPart{"google.ai.generativelanguage.v1beta.Part", kPartFields};
constexpr std::array kContentFields = {Field{"parts", Kind::message, &kPart, kRepeated},
                                       Field{"role", Kind::text}};
constexpr Message kContent{"google.ai.generativelanguage.v1beta.Content", kContentFields};

constexpr Message kBehavior{"google.ai.generativelanguage.v1beta.FunctionDeclaration.Behavior", {}};
constexpr std::array<Field, 7> declaration(const Message& schema) {
  return std::array{
      Field{"name", Kind::text},
      Field{"description", Kind::text},
      Field{"parameters", Kind::message, &schema},
      Field{"parameters_json_schema", Kind::value},
      Field{"response", Kind::message, &schema},
      Field{"response_json_schema", Kind::value},
      Field{"behavior", Kind::enumeration, &kBehavior, false, "UNSPECIFIED|BLOCKING|NON_BLOCKING"}};
}
constexpr std::array kDeclarationFields = declaration(kSchema);
constexpr Message kDeclaration{"google.ai.generativelanguage.v1beta.FunctionDeclaration", kDeclarationFields};
constexpr std::array kVertexDeclarationFields = declaration(kVertexSchema);
constexpr Message kVertexDeclaration{"google.cloud.aiplatform.v1.FunctionDeclaration",
                                     kVertexDeclarationFields};

constexpr std::array kToolFields = {Field{"function_declarations", Kind::message, &kDeclaration, kRepeated},
                                    Field{"google_search_retrieval", Kind::structure},
                                    Field{"code_execution", Kind::structure},
                                    Field{"google_search", Kind::structure},
                                    Field{"computer_use", Kind::structure},
                                    Field{"url_context", Kind::structure},
                                    Field{"file_search", Kind::structure},
                                    Field{"google_maps", Kind::structure}};
constexpr Message kTool{"google.ai.generativelanguage.v1beta.Tool", kToolFields};
constexpr std::array kVertexToolFields = {
    Field{"function_declarations", Kind::message, &kVertexDeclaration, kRepeated},
    Field{"retrieval", Kind::structure},
    Field{"google_search", Kind::structure},
    Field{"google_search_retrieval", Kind::structure},
    Field{"google_maps", Kind::structure},
    Field{"enterprise_web_search", Kind::structure},
    Field{"parallel_ai_search", Kind::structure},
    Field{"exa_ai_search", Kind::structure},
    Field{"code_execution", Kind::structure},
    Field{"url_context", Kind::structure},
    Field{"computer_use", Kind::structure}};
constexpr Message kVertexTool{"google.cloud.aiplatform.v1.Tool", kVertexToolFields};

constexpr Message kMode{"google.ai.generativelanguage.v1beta.FunctionCallingConfig.Mode", {}};
constexpr std::array kCallingFields = {
    Field{"mode", Kind::enumeration, &kMode, false, "MODE_UNSPECIFIED|AUTO|ANY|NONE|VALIDATED"},
    Field{"allowed_function_names", Kind::text, nullptr, kRepeated},
    Field{"stream_function_call_arguments", Kind::boolean}};
// The last field is Vertex's alone.
constexpr Message kCalling{"google.ai.generativelanguage.v1beta.FunctionCallingConfig",
                           std::span(kCallingFields).first(2)};
constexpr Message kVertexCalling{"google.cloud.aiplatform.v1.FunctionCallingConfig", kCallingFields};
constexpr std::array kToolConfigFields = {Field{"function_calling_config", Kind::message, &kCalling},
                                          Field{"retrieval_config", Kind::structure}};
constexpr Message kToolConfig{"google.ai.generativelanguage.v1beta.ToolConfig", kToolConfigFields};
constexpr std::array kVertexToolConfigFields = {
    Field{"function_calling_config", Kind::message, &kVertexCalling},
    Field{"retrieval_config", Kind::structure}};
constexpr Message kVertexToolConfig{"google.cloud.aiplatform.v1.ToolConfig", kVertexToolConfigFields};

constexpr Message kLevel{"google.ai.generativelanguage.v1beta.ThinkingConfig.ThinkingLevel", {}};
constexpr std::array kThinkingFields = {Field{"include_thoughts", Kind::boolean},
                                        Field{"thinking_budget", Kind::integer},
                                        Field{"thinking_level", Kind::enumeration, &kLevel, false,
                                              "THINKING_LEVEL_UNSPECIFIED|LOW|MEDIUM|HIGH|MINIMAL"}};
constexpr Message kThinking{"google.ai.generativelanguage.v1beta.ThinkingConfig", kThinkingFields};

constexpr Message kModality{"google.ai.generativelanguage.v1beta.GenerationConfig.Modality", {}};
constexpr Message kResolution{"google.ai.generativelanguage.v1beta.GenerationConfig.MediaResolution", {}};
constexpr Field kCandidates{"candidate_count", Kind::integer};
constexpr Field kStops{"stop_sequences", Kind::text, nullptr, kRepeated};
constexpr Field kMaxTokens{"max_output_tokens", Kind::integer};
constexpr Field kTemperature{"temperature", Kind::number};
constexpr Field kTopP{"top_p", Kind::number};
constexpr Field kSeed{"seed", Kind::integer};
constexpr Field kMime{"response_mime_type", Kind::text};
constexpr Field kJsonSchema{"response_json_schema", Kind::value};
constexpr Field kPresence{"presence_penalty", Kind::number};
constexpr Field kFrequency{"frequency_penalty", Kind::number};
constexpr Field kResponseLogprobs{"response_logprobs", Kind::boolean};
constexpr Field kLogprobs{"logprobs", Kind::integer};
constexpr Field kModalities{"response_modalities", Kind::enumeration, &kModality, kRepeated,
                            "MODALITY_UNSPECIFIED|TEXT|IMAGE|AUDIO"};
constexpr Field kMediaResolution{"media_resolution", Kind::enumeration, &kResolution, false,
                                 "MEDIA_RESOLUTION_UNSPECIFIED|MEDIA_RESOLUTION_LOW|MEDIA_RESOLUTION_MEDIUM|"
                                 "MEDIA_RESOLUTION_HIGH"};
constexpr Field kSpeech{"speech_config", Kind::structure};
constexpr Field kThinkingConfig{"thinking_config", Kind::message, &kThinking};
constexpr Field kImageConfig{"image_config", Kind::structure};

constexpr std::array kConfigFields = {kCandidates,
                                      kStops,
                                      kMaxTokens,
                                      kTemperature,
                                      kTopP,
                                      Field{"top_k", Kind::integer},
                                      kSeed,
                                      kMime,
                                      Field{"response_schema", Kind::message, &kSchema},
                                      kJsonSchema,
                                      Field{"_responseJsonSchema", Kind::value},
                                      kPresence,
                                      kFrequency,
                                      kResponseLogprobs,
                                      kLogprobs,
                                      Field{"enable_enhanced_civic_answers", Kind::boolean},
                                      kModalities,
                                      kSpeech,
                                      kThinkingConfig,
                                      kImageConfig,
                                      kMediaResolution};
constexpr Message kConfig{"google.ai.generativelanguage.v1beta.GenerationConfig", kConfigFields};
constexpr std::array kVertexConfigFields = {kCandidates,
                                            kStops,
                                            kMaxTokens,
                                            kTemperature,
                                            kTopP,
                                            Field{"top_k", Kind::number},
                                            kSeed,
                                            kMime,
                                            Field{"response_schema", Kind::message, &kVertexSchema},
                                            kJsonSchema,
                                            kPresence,
                                            kFrequency,
                                            kResponseLogprobs,
                                            kLogprobs,
                                            Field{"routing_config", Kind::structure},
                                            Field{"audio_timestamp", Kind::boolean},
                                            kModalities,
                                            kMediaResolution,
                                            kSpeech,
                                            kThinkingConfig,
                                            kImageConfig};
constexpr Message kVertexConfig{"google.cloud.aiplatform.v1.GenerationConfig", kVertexConfigFields};

constexpr Message kCategory{"google.ai.generativelanguage.v1beta.HarmCategory", {}};
constexpr Message kThreshold{"google.ai.generativelanguage.v1beta.SafetySetting.HarmBlockThreshold", {}};
constexpr std::array kSafetyFields = {
    Field{"category", Kind::enumeration, &kCategory, false,
          "HARM_CATEGORY_UNSPECIFIED|HARM_CATEGORY_HARASSMENT|HARM_CATEGORY_HATE_SPEECH|"
          "HARM_CATEGORY_SEXUALLY_EXPLICIT|HARM_CATEGORY_DANGEROUS_CONTENT|HARM_CATEGORY_CIVIC_INTEGRITY"},
    Field{"threshold", Kind::enumeration, &kThreshold, false,
          "HARM_BLOCK_THRESHOLD_UNSPECIFIED|BLOCK_LOW_AND_ABOVE|BLOCK_MEDIUM_AND_ABOVE|BLOCK_ONLY_HIGH|BLOCK_"
          "NONE|OFF"},
    Field{"method", Kind::text}};
constexpr Message kSafety{"google.ai.generativelanguage.v1beta.SafetySetting", kSafetyFields};

constexpr Field kModel{"model", Kind::text};
constexpr Field kSystem{"system_instruction", Kind::message, &kContent};
constexpr Field kContents{"contents", Kind::message, &kContent, kRepeated};
constexpr Field kSafetySettings{"safety_settings", Kind::message, &kSafety, kRepeated};
constexpr Field kCached{"cached_content", Kind::text};

constexpr std::array kRequestFields = {kModel,
                                       kSystem,
                                       kContents,
                                       Field{"tools", Kind::message, &kTool, kRepeated},
                                       Field{"tool_config", Kind::message, &kToolConfig},
                                       kSafetySettings,
                                       Field{"generation_config", Kind::message, &kConfig},
                                       kCached};
constexpr Message kRequest{"google.ai.generativelanguage.v1beta.GenerateContentRequest", kRequestFields};
constexpr std::array kCountFields = {kModel, kContents,
                                     Field{"generate_content_request", Kind::message, &kRequest}};
constexpr Message kCount{"google.ai.generativelanguage.v1beta.CountTokensRequest", kCountFields};

constexpr std::array kVertexRequestFields = {kModel,
                                             kContents,
                                             kSystem,
                                             kCached,
                                             Field{"tools", Kind::message, &kVertexTool, kRepeated},
                                             Field{"tool_config", Kind::message, &kVertexToolConfig},
                                             Field{"labels", Kind::structure},
                                             kSafetySettings,
                                             Field{"model_armor_config", Kind::structure},
                                             Field{"generation_config", Kind::message, &kVertexConfig}};
constexpr Message kVertexRequest{"google.cloud.aiplatform.v1.GenerateContentRequest", kVertexRequestFields};

}  // namespace tables

const Message& gemini_request() { return tables::kRequest; }
const Message& gemini_count_request() { return tables::kCount; }
const Message& vertex_request() { return tables::kVertexRequest; }

}  // namespace dragoman::sandbox::gemini
