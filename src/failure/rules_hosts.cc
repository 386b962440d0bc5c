// The sentences of single hosts, model servers and relays about a request's shape. They come before the
// wordings that many share (rules_wording.cc), because some of them hold one of those as a part. Sources:
// tests/data/refusals.jsonl, where each has the thread it was reported in.
#include <array>

#include "failure/rules.h"

namespace dragoman::failure {
namespace {

constexpr auto kSchema = FailureClass::schema_rejected;
constexpr auto kShape = FailureClass::message_rejected;
constexpr auto kParam = FailureClass::param_rejected;
constexpr auto kContext = FailureClass::context_length;
constexpr auto kMissing = FailureClass::not_found;
constexpr auto kBody = Side::body;
constexpr auto kTools = Side::tools;
constexpr auto kParams = Side::params;
constexpr auto kText = Where::text;

// clang-format off
constexpr auto kRules = std::to_array<Rule>({
    // --- Existence -------------------------------------------------------------------------------------------------
    {"model_not_exist", kMissing, kParams, false, "", kAnyStatus, kText, "model not exist",
     {400, "invalid_request_error", "invalid_request_error", "Model Not Exist"}},

    // Azure, of models that are served at another endpoint alone.
    {"operation_not_for_model", kMissing, kParams, false, "", kAnyStatus, kText, "operation does not work with the specified model",
     {400, "", "OperationNotSupported", "The chatCompletion operation does not work with the specified model, gpt-5-codex. Please choose different model and try again."}},

    {"zh_no_channel", kMissing, kParams, false, "", kAnyStatus, kText, "无可用渠道",
     {503, "new_api_error", "", "当前分组 default 下对于模型 gpt-9 无可用渠道"}},

    // --- Context ---------------------------------------------------------------------------------------------------
    {"context_size_exceeded", kContext, kBody, false, "", kAnyStatus, kText, "context size has been exceeded",
     {500, "server_error", "500", "Context size has been exceeded."}},
    {"ru_too_long", kContext, kBody, false, "", kAnyStatus, kText, "лишком длинный",
     {500, "", "", "Слишком длинный запрос: 121692 токенов входа при пределе 46112"}},

    // --- Messages --------------------------------------------------------------------------------------------------
    {"role_must_satisfy", kShape, kBody, false, "", kAnyStatus, kText, "for 'role:{12}' the following must be satisfied",
     {400, "", "", "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning_content' is unsupported)]"}},
    {"must_be_satisfied", kByPointer, kParams, false, "", kAnyStatus, kText, "following must be satisfied[",
     {400, "invalid_request_error", "", "'stop' : one of the following must be satisfied[('stop' : value must be a string)]"}},
    {"number_must_be", kByPointer, kParams, false, "", kAnyStatus, kText, "' : number must be",
     {400, "invalid_request_error", "", "'n' : number must be at most 1"}},
    {"reasoning_not_allowed", kShape, kBody, false, "", kAnyStatus, kText, "reasoning_content field is not allowed",
     {400, "invalid_request_error", "", "The reasoning_content field is not allowed in the input messages"}},
    {"multimodal_results", kShape, kBody, false, "", kAnyStatus, kText, "multimodal function responses",
     {400, "INVALID_ARGUMENT", "400", "Multimodal function responses are not supported by models/gemini-2.5-flash."}},
    {"prefix_true", kShape, kBody, false, "", kAnyStatus, kText, "may have prefix true",
     {400, "invalid_request_message_order", "3230", "Only the last message of the conversation may have prefix True"}},
    {"arguments_not_json", kShape, kBody, false, "", kAnyStatus, kText, "expecting value: line #",
     {400, "BadRequestError", "400", "Expecting value: line 1 column 1 (char 0)"}},
    {"no_user_turn", kShape, kBody, false, "", kAnyStatus, kText, "do not contain elements with the role",
     {400, "", "", "The input messages do not contain elements with the role of user"}},
    {"role_must_be", kShape, kBody, false, "", kAnyStatus, kText, "role must be user",
     {400, "", "InvalidParameter", "Role must be user or assistant and Content length must be greater than 0"}},
    {"arguments_in_json", kShape, kBody, false, "", kAnyStatus, kText, "function.arguments",
     {400, "", "", "The \"function.arguments\" parameter of the code model must be in JSON format."}},
    {"element_per_message", kShape, kBody, false, "", kAnyStatus, kText, "element per message",
     {400, "", "", "The model expects a single `text` element per message."}},
    {"message_one_token", kShape, kBody, false, "", kAnyStatus, kText, "message must be at least",
     {400, "", "", "invalid request: message must be at least 1 token long or tool results must be specified."}},
    {"jinja_template", kShape, kBody, false, "", kAnyStatus, kText, "jinja template",
     {400, "", "", "Error rendering prompt with jinja template: Cannot call something that is not a function."}},
    {"assistant_part", kShape, kBody, false, "", kAnyStatus, kText, "assistant content must contain",
     {400, "", "", "messages[2] assistant content must contain at least one part"}},
    {"message_and_results", kShape, kBody, false, "", kAnyStatus, kText, "both message and tool_results",
     {400, "", "", "invalid request: cannot specify both message and tool_results in multistep mode"}},
    {"untagged_enum", kShape, kBody, false, "", kAnyStatus, kText, "did not match any variant of",
     {422, "", "", "Failed to deserialize the JSON body into the target type: data did not match any variant of untagged enum ModelInput"}},
    {"images_limit", kShape, kBody, false, "", kAnyStatus, kText, "limit of #{4} image",
     {400, "", "", "A limit of 10 images applies to this request."}},

    // --- Tools and schemas -----------------------------------------------------------------------------------------
    {"schema_conflict", kSchema, kTools, false, "", kAnyStatus, kText, "conflict in schema definitions",
     {400, "", "", "Conflict in schema definitions for key 'if'."}},
    {"proto_not_repeating", kSchema, kTools, false, "", kAnyStatus, kText, "proto field is not repeating",
     {400, "INVALID_ARGUMENT", "400", "Proto field is not repeating, cannot start list."}},
    {"schema_for_tool", kSchema, kTools, false, "", kAnyStatus, kText, "invalid json schema for tool",
     {400, "invalid_request_error", "", "invalid JSON schema for tool search, tools[0].function.parameters: `required` present but `properties` is missing"}},
    {"nesting_depth", kSchema, kTools, false, "", kAnyStatus, kText, "nesting depth exceeds",
     {400, "invalid_request_error", "wrong_api_format", "Schema nesting depth exceeds limit of 10."}},
    {"one_required", kSchema, kTools, false, "", kAnyStatus, kText, "at least one required parameter",
     {400, "", "", "invalid request: with strict_tools the tool 'f' must have at least one required parameter."}},
    {"parse_grammar", kSchema, kTools, false, "", kAnyStatus, kText, "failed to parse grammar",
     {400, "invalid_request_error", "400", "failed to parse grammar"}},
    {"recursive_schema", kSchema, kParams, false, "", kAnyStatus, kText, "recursive json schema",
     {400, "invalid_request_error", "400", "Recursive JSON schema is not supported"}},
    {"unconstrained_objects", kSchema, kParams, false, "", kAnyStatus, kText, "unconstrained objects",
     {400, "invalid_request_error", "400", "Unconstrained objects are not supported in a JSON schema"}},
    {"tool_type", kSchema, kTools, false, "", kAnyStatus, kText, "invalid tool type",
     {400, "", "", "invalid params, invalid tool type: (2013)"}},
    {"tool_names_reserved", kSchema, kTools, false, "", kAnyStatus, kText, "tool names are not allowed",
     {400, "", "InvalidParameter", "Tool names are not allowed to be [search]"}},

    // --- Parameters ------------------------------------------------------------------------------------------------
    {"tools_with_effort", kParam, kParams, false, "", kAnyStatus, kText, "cannot be used with reasoning",
     {400, "invalid_request_error", "", "The following tools cannot be used with reasoning.effort 'minimal': file_search."}},
    {"google_unknown_name", kByPointer, kParams, false, "", kAnyStatus, kText, "unknown name \"",
     {400, "INVALID_ARGUMENT", "400", "Invalid JSON payload received. Unknown name \"reasoning\": Cannot find field."}},
    {"cohere_unknown_field", kByPointer, kParams, false, "", kAnyStatus, kText, "unknown field: parameter",
     {422, "", "", "unknown field: parameter 'requires_confirmation' is not a valid field."}},
    {"parameter_not_taken", kByPointer, kParams, false, "", kAnyStatus, kText, "does not support the parameter",
     {400, "", "", "deepseek-reasoner does not support the parameter `presence_penalty`"}},
    {"extra_fields", kByPointer, kParams, false, "", kAnyStatus, kText, "extra fields not permitted",
     {400, "value_error.extra", "", "body.user: extra fields not permitted"}},
    {"argument_not_supported", kParam, kParams, false, "", kAnyStatus, kText, "argument not supported: ",
     {400, "", "400", "Argument not supported: include"}},
    {"choice_one_of", kParam, kParams, false, "", kAnyStatus, kText, "tool_choice must be",
     {400, "", "", "invalid request: tool_choice must be one of 'REQUIRED' or 'NONE'."}},
    {"thinking_not_supported", kParam, kParams, false, "", kAnyStatus, kText, "thinking is not supported",
     {400, "", "", "invalid request: thinking is not supported by the provided model: command-a-03-2025."}},
    {"allowed_names", kParam, kParams, false, "", kAnyStatus, kText, "allowed_function_names",
     {400, "INVALID_ARGUMENT", "400", "Invalid value in allowed_function_names: other is not one of the declared functions."}},
    {"reasoning_mandatory", kParam, kParams, false, "", kAnyStatus, kText, "reasoning is mandatory",
     {400, "", "400", "Reasoning is mandatory for this endpoint and cannot be disabled."}},
    {"range_should_be", kParam, kParams, false, "", kAnyStatus, kText, "range of {24}should be",
     {400, "", "", "Range of max_tokens should be [1, 8192]"}},
    {"grammar_or_tools", kParam, kParams, false, "", kAnyStatus, kText, "grammar and tools are mutually exclusive",
     {400, "tool_error", "", "Tool error: Grammar and tools are mutually exclusive"}},
    {"serde_unknown_field", kByPointer, kParams, false, "", kAnyStatus, kText, "unknown field ",
     {422, "", "", "Failed to deserialize the JSON body into the target type: unknown field `store`"}},
    {"maximum_tokens_asked", kParam, kParams, false, "", kAnyStatus, kText, "maximum tokens you requested exceed",
     {400, "", "", "The maximum tokens you requested exceed the model limit of 4096."}},
    {"parameter_combination", kParam, kParams, false, "", kAnyStatus, kText, "invalid parameter combination",
     {400, "ValidationException", "", "Invalid parameter combination. Please check and try again."}},
});
// clang-format on

}  // namespace

std::span<const Rule> host_rules() { return kRules; }

}  // namespace dragoman::failure
