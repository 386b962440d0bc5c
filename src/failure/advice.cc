#include "failure/advice.h"

#include <algorithm>
#include <array>

namespace dragoman::failure {
namespace {

constexpr std::string_view kSayIt =
    "If this target takes no such thing, say so under its `compat:` or `settings:` (`dragoman settings`).";

// clang-format off
constexpr std::array kRules{
    RuleAdvice{"anthropic_orphan openai_orphan bedrock_orphan no_call_for_output result_without_call result_id_unknown call_id_unknown call_id_unexpected message_and_results",
               "Leave out the tool result, or send the assistant's turn with its call before it: a result must follow the call it answers."},
    RuleAdvice{"anthropic_missing_result openai_missing_result responses_missing_output bedrock_missing_result mistral_unequal gemini_unequal no_output_for_call no_results_for_ids calls_without_results call_and_result_match",
               "Send a result for every call, right after the turn that made the calls; one for a call that was broken off may say so."},
    RuleAdvice{"thinking_signature redacted_thinking_data thinking_changed thinking_absent signature_of_thinking thinking_signature_field",
               "Send the thinking blocks of the last assistant turn exactly as they came, or leave out all thinking and switch it off."},
    RuleAdvice{"thought_signature",
               "Send every functionCall part back with the thoughtSignature it came with."},
    RuleAdvice{"reasoning_passed_back reasoning_absent missing_reasoning_content reasoning_content_wanted",
               "Send reasoning_content back with every assistant turn that called tools."},
    RuleAdvice{"reasoning_follower not_stored item_not_found label_previous_response previous_response_words label_encrypted_content encrypted_content_words",
               "Send the whole history as items without the provider's ids, reasoning with its encrypted_content; or start a new conversation."},
    RuleAdvice{"bedrock_tool_list",
               "Send the tool list as long as the history has calls or results."},
    RuleAdvice{"prefill prefill_words assistant_in_last last_message_role ends_with_user mistral_last_role prefix_true",
               "End the messages with the user's turn or a tool result, not with the assistant's."},
    RuleAdvice{"first_role starts_with_user no_user_turn needs_messages short_messages",
               "Begin with a user's message that says something."},
    RuleAdvice{"roles_alternate must_alternate be_alternating mistral_role_order gemini_turn_order",
               "Join neighbouring messages of one role, and answer each turn of calls before the user speaks again."},
    RuleAdvice{"blank_text bedrock_blank empty_text_parameter text_parameter parts_empty message_empty history_message_empty chat_content_empty content_empty must_have_content cannot_be_blank element_per_message message_one_token assistant_part",
               "Leave out the empty message or text, or put a word into it."},
    RuleAdvice{"arguments_json arguments_invalid arguments_in_json arguments_not_json",
               "Repair the arguments of the call in the history: they must be a JSON object, as text."},
    RuleAdvice{"call_id_form call_id_invalid",
               "Give calls and their results ids of the form it names, the same in both places."},
    RuleAdvice{"duplicate_call_ids ids_unique",
               "Give every call an id of its own, and its result the same."},
    RuleAdvice{"system_first system_turn_first",
               "Put all system text in front."},
    RuleAdvice{"valid_role invalid_role roles_supported role_enum role_must_be developer_instruction",
               "Use only the roles it names; system text may go into the first user message."},
    RuleAdvice{"content_type content_type_words content_part_type content_part_unsupported content_must_be_string sequence_expected_string part_values",
               "Send the content as one string, or with the part types it names."},
    RuleAdvice{"image_media image_format mime_type label_invalid_image_format label_unsupported_image_media_type image_unreadable label_invalid_image label_image_parse_error label_invalid_base64_image image_load",
               "Send the picture as PNG, JPEG, WebP or GIF, with the media type its bytes have."},
    RuleAdvice{"image_size mb_maximum image_patches label_image_too_large label_image_file_too_large",
               "Make the picture smaller."},
    RuleAdvice{"image_urls label_invalid_image_url label_failed_to_download_image",
               "Send the picture itself, as base64."},
    RuleAdvice{"image_count images_limit",
               "Send fewer pictures."},
    RuleAdvice{"image_support image_input multimodal openrouter_no_image bedrock_block multimodal_results",
               "Leave the picture out, or ask a model that sees."},
    RuleAdvice{"cache_blocks",
               "Keep at most four cache_control marks, of the latest blocks."},
    RuleAdvice{"json_schema_invalid",
               "Make the tool's schema valid under JSON Schema 2020-12: tuples as prefixItems, numbers for exclusiveMinimum, $defs for definitions; `dragoman bisect` names the keyword."},
    RuleAdvice{"at_path anyof_type property_type moonshot_flavored ref_expansion",
               "Give every property a type; beside anyOf or $ref, put it into the branches."},
    RuleAdvice{"tools_too_many too_many_tools_openai too_many_strict schemas_too_many",
               "Send fewer tools."},
    RuleAdvice{"short_tools",
               "Leave `tools` out when there is none."},
    RuleAdvice{"tool_names_unique duplicate_function function_name_duplicate",
               "Give each tool a name of its own."},
    RuleAdvice{"function_name_form function_name_was function_name_invalid tool_names_chars tool_names_reserved",
               "Rename the tool: letters, digits, '_' and '-', no more than 64, beginning with a letter."},
    RuleAdvice{"function_parameters_empty",
               "Give the tool `parameters`, if only {\"type\":\"object\",\"properties\":{}}."},
    RuleAdvice{"array_items_missing",
               "Say what the array holds: `items`."},
    RuleAdvice{"object_properties_empty",
               "Leave the empty object out, or give it a property."},
    RuleAdvice{"gemini_states schema_complex grammar_large levels_of_nesting nesting_depth",
               "Make the schema smaller: fewer enum values and optional properties, less nesting, no bounds on long arrays."},
    RuleAdvice{"no_tools no_tool_use no_tools_contracted function_calling_unsupported function_calling_not function_calling_unsup openrouter_no_tools",
               "Leave the tools out, or ask a model that takes them."},
    RuleAdvice{"auto_choice_flag llama_jinja llama_tools_param",
               "Nothing in the request: start the server so that it takes tools (vLLM: --enable-auto-tool-choice and --tool-call-parser; llama.cpp: --jinja)."},
    RuleAdvice{"streaming_tools tools_with_stream",
               "Do not stream while tools are given."},
    RuleAdvice{"tools_with_reasoning tools_with_effort",
               "Use the Responses API, or reasoning effort \"none\" (or one it names), with tools."},
    RuleAdvice{"choice_thinking choice_thinking_mode thinking_choice thinking_forced_choice",
               "Ask for tool_choice \"auto\" while the model thinks, or switch thinking off."},
    RuleAdvice{"only_when choice_while_tools choice_without_declarations",
               "Leave tool_choice and parallel_tool_calls out when there are no tools."},
    RuleAdvice{"named_tool_missing",
               "Name a tool that is in the list."},
    RuleAdvice{"only_for_versions model_api_version",
               "Nothing in the request: raise the provider's `api_version`."},
    RuleAdvice{"output_cap output_cap_openai maximum_tokens_asked budget_above_max",
               "Ask for fewer output tokens, and a thinking budget below them."},
    RuleAdvice{"temperature_top_p not_both both_penalties",
               "Send only one of the two."},
    RuleAdvice{"openrouter_can_afford",
               "Ask for fewer output tokens: the credit left pays for those it names."},
    RuleAdvice{"anthropic_long_context",
               "Send less than 200,000 tokens."},
    RuleAdvice{"word_json",
               "Let the word JSON stand in a message, or ask for a JSON schema instead."},
};
// clang-format on

// Rows that say which keyword without saying what to do about it: by the keyword.
struct KeywordAdvice {
  std::string_view rule, keyword, request;
};
// clang-format off
constexpr std::array kKeywords{
    KeywordAdvice{"openai_function_schema", "items", "Say what the array holds: `items`."},
    KeywordAdvice{"openai_function_schema", "type", "Give the schema a `type`; the root's is \"object\"."},
    KeywordAdvice{"openai_function_schema", "properties", "Give the object its `properties`, if only {}."},
    KeywordAdvice{"openai_function_schema", "additionalProperties",
                  "Say `additionalProperties: false` in every object, or leave `strict` out."},
    KeywordAdvice{"openai_function_schema", "required",
                  "Name every property in `required` (optional ones may also be null), or leave `strict` out."},
};
// clang-format on

bool names(std::string_view ids, std::string_view id) {
  if (id.empty()) return false;
  for (std::size_t from = 0; from < ids.size();) {
    const std::size_t end = std::min(ids.find(' ', from), ids.size());
    if (ids.substr(from, end - from) == id) return true;
    from = end + 1;
  }
  return false;
}

Advice general(const Failure& failure) {
  // The config's own will, which no row of a provider's decides.
  if (failure.rule == "loss_forbidden")
    return {"Leave out what it names, or ask a target that takes it: `dragoman check` says which do.",
            "Allow that class of loss: `loss` of the model or target."};
  if (failure.rule == "broken_promise")
    return {"",
            "Send it again: the model may roll better. `arguments: repair` mends what can be mended and asks "
            "once "
            "more, `report` lets it pass and says so."};
  switch (failure.cls) {
    case FailureClass::network:
      return {"", "Check the base URL, DNS, proxies and firewalls between dragoman and the provider."};
    case FailureClass::timeout:
      return {"Ask for less at once, or stream.",
              "Raise `timeouts` for this model, or put a faster target after it."};
    case FailureClass::stream_interrupted:
      return {"", "Send it again; a fallback target helps when it happens often."};
    case FailureClass::quota_billing:
      return {"",
              "Add credit, raise the spending limit or the plan, or put another account or provider after "
              "this target."};
    case FailureClass::rate_limit:
      return {"Send less at once where one request is larger than a minute's allowance.",
              "Wait as long as the provider says, add a key, or spread the load over more targets."};
    case FailureClass::overloaded:
      return {"", "Wait and send it again, or let a fallback target answer meanwhile."};
    case FailureClass::server_error:
      return {"", "Send it again later; it is the provider's fault."};
    case FailureClass::auth:
      return {"", "Replace the key (`dragoman config check` says where it comes from)."};
    case FailureClass::permission:
      return {
          "",
          "Give this account or role access to the model or region, or accept its terms at the provider."};
    case FailureClass::content_policy:
      return {"Change the words the filter objects to.",
              "Set `content_policy_fallbacks` if another provider may answer instead."};
    case FailureClass::context_length:
      return {"Shorten the conversation or the tool results.",
              "Set `context_window_fallbacks` to models with a larger window."};
    case FailureClass::not_found:
      return {"Ask for another model.",
              "Correct the target's model name, region or deployment in the config."};
    case FailureClass::schema_rejected:
      return {"Take what is refused out of the schema, or say it in words.", kSayIt};
    case FailureClass::state_missing:
      return {"Send the assistant's turn back as it came, with its results and its reasoning.",
              "Keep the conversation on one target with `pin: conversation`, and leave the vault on."};
    case FailureClass::message_rejected:
      return {"Correct the message that is refused.", kSayIt};
    case FailureClass::param_rejected:
      return {"Leave the parameter out, or give a value in its range.", kSayIt};
    case FailureClass::generation_failed:
      return {"",
              "Send it again: the model may roll better; a lower temperature or a clearer tool description "
              "helps."};
    case FailureClass::local_fault:
      return {"Correct the request at the place it names.", ""};
    case FailureClass::cancelled:
    case FailureClass::other:
      break;
  }
  return {"", ""};
}

}  // namespace

std::span<const RuleAdvice> rule_advice() { return kRules; }

Advice advice_for(const Failure& failure) {
  Advice advice = general(failure);
  for (const KeywordAdvice& row : kKeywords)
    if (row.rule == failure.rule && row.keyword == failure.keyword)
      return {row.request, advice.operations == kSayIt ? std::string_view() : advice.operations};
  for (const RuleAdvice& row : kRules)
    if (names(row.rules, failure.rule))
      return {row.request, advice.operations == kSayIt ? std::string_view() : advice.operations};
  return advice;
}

}  // namespace dragoman::failure
