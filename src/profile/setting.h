// The switches a profile is made of. A rule is a row of data that sets some of them for a provider, model
// family and mode; the passes of lower/ read them. A new rule is a new row; a new kind of rule is a line here
// and a pass.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dragoman::profile {

enum class SettingType : std::uint8_t { boolean, integer, text, list };

// DRAGOMAN_SETTINGS(X): X(name, type, default as YAML text, what it means)
#define DRAGOMAN_SETTINGS(X)                                                                                 \
  /* how the dialect is spelled */                                                                           \
  X(model_in_body, boolean, "true", "the body carries `model` (false: it is in the URL)")                    \
  X(max_tokens_field, text, "max_tokens",                                                                    \
    "name of the output cap: max_tokens, max_completion_tokens or either")                                   \
  X(system_role, text, "system",                                                                             \
    "role of system turns: system, developer, or as the client wrote it (empty)")                            \
  X(reasoning_style, text, "none", "how reasoning is asked for; see data/dialects")                          \
  X(reasoning_replay, text, "", "field that carries reasoning in history; empty: not sent")                  \
  X(schema_field, text, "", "gemini: parametersJsonSchema or parameters")                                    \
  X(stream_usage, boolean, "true", "openai_chat: stream_options.include_usage is understood")                \
  X(seed_field, text, "seed", "openai_chat: name of the seed")                                               \
  X(string_content, boolean, "false", "text-only content goes as one string")                                \
  X(top_k_path, text, "", "bedrock: where in additionalModelRequestFields top_k goes, parts joined by '.'")  \
  X(json_results, boolean, "false", "bedrock: a tool result that is a JSON object goes as {json}")           \
  X(json_blocks, boolean, "true", "bedrock: what a Converse client sent as {json} may stay it")              \
  X(call_ids, boolean, "true", "gemini: function calls and responses have an id")                            \
  X(responses, text, "clients",                                                                              \
    "when the host's Responses endpoint is called instead of Chat Completions: clients (for clients that "   \
    "speak it) | always | never")                                                                            \
  X(encrypted_reasoning, boolean, "false",                                                                   \
    "openai_responses: the model's reasoning can come back encrypted")                                       \
  X(labels, boolean, "false", "gemini: metadata may be sent as labels")                                      \
  X(count_tokens_body, text, "",                                                                             \
    "what a token count is asked with: anthropic | converse | generate | contents (Gemini, Vertex)")         \
  X(body_version, text, "", "anthropic_version in the body (Vertex)")                                        \
  /* tools */                                                                                                \
  X(streaming, boolean, "true",                                                                              \
    "streams (false: called whole, the client's stream is made from the answer)")                            \
  X(stream_tools, boolean, "true", "streams with tools (false: called whole, as under `streaming`)")         \
  X(stream_always, boolean, "false", "answers as a stream only (the answer is put together from it)")        \
  X(stream_above, integer, "0",                                                                              \
    "greatest output cap that may be asked for without a stream; 0: no limit known")                         \
  X(unserved, text, "", "why this model is not served over this dialect, and what to do; empty: it is")      \
  X(calls_one, boolean, "false",                                                                             \
    "an assistant turn makes one call (parallel ones become turns of their own)")                            \
  X(tools, boolean, "true", "takes tool definitions")                                                        \
  X(choice_auto, boolean, "true",                                                                            \
    "tool_choice auto may be said (false: it is left out, which means the same)")                            \
  X(choice_none, boolean, "true", "tool_choice none exists (false: the tools are left out)")                 \
  X(choice_required, boolean, "true", "tool_choice required / any exists")                                   \
  X(choice_named, boolean, "true", "tool_choice of one named tool exists")                                   \
  X(choice_with_thinking, boolean, "true", "required and named may be said while the model thinks")          \
  X(choice_allowed, boolean, "false", "tool_choice may name a subset (OpenAI's allowed_tools)")              \
  X(strict_tools, boolean, "true", "`strict` on a tool is understood")                                       \
  X(strict_column, text, "", "as schema_column, for strict tools and strict output; empty: the same")        \
  X(strict_all_required, boolean, "true", "strict objects list every property as required")                  \
  X(strict_always, boolean, "false", "`strict` is always said, false when the client did not")               \
  X(strict_lossless, boolean, "false",                                                                       \
    "`strict` is said without being asked for where it costs nothing and the request is translated anyway")  \
  X(strict_uniform, boolean, "false", "all tools are strict or none is")                                     \
  X(strict_close, boolean, "false",                                                                          \
    "strict: objects whose properties are listed and that say nothing of others are closed")                 \
  X(strict_typed, boolean, "false", "strict: every schema has a type")                                       \
  X(strict_first_keys, boolean, "false", "strict: branches of an anyOf begin with different keys")           \
  X(strict_plain_unions, boolean, "false",                                                                   \
    "strict: no reference in an anyOf, no list of types with object or array")                               \
  X(strict_tools_max, integer, "0", "greatest number of strict tools; 0: no limit known")                    \
  X(strict_optional_max, integer, "0", "optional properties of all strict schemas together; 0: no limit")    \
  X(strict_unions_max, integer, "0", "properties with a union of all strict schemas together; 0: no limit")  \
  X(strict_schema_max, integer, "0", "optional and union properties of one strict schema; 0: no limit")      \
  X(strict_depth_max, integer, "0", "objects and arrays inside each other, of a strict schema; 0: no limit") \
  X(strict_properties_max, integer, "0", "properties of a strict schema; 0: no limit")                       \
  X(strict_characters_max, integer, "0",                                                                     \
    "characters of names and enum values of a strict schema; 0: no limit")                                   \
  X(strict_enum_max, integer, "0", "enum values of a strict schema; 0: no limit")                            \
  X(strict_enum_characters_max, integer, "0",                                                                \
    "characters of one enum with more than 250 values; 0: no limit")                                         \
  X(strict_validated, boolean, "false", "gemini: strict tools are asked for by the mode VALIDATED")          \
  X(structured_needs, list, "[]",                                                                            \
    "what strict and output schemas must be: members, required, plain_patterns, acyclic")                    \
  X(strict_fields_max, integer, "0", "greatest number of properties of all strict tools; 0: no limit known") \
  X(custom_tools, boolean, "false", "takes OpenAI custom (free text) tools")                                 \
  X(caller_types, list, "[]", "types of a call's `caller` that may pass; empty: any")                        \
  X(server_tools, boolean, "false", "takes the dialect's server-side tools")                                 \
  X(server_tools_not_with, list, "[]", "what they may not stand beside: functions, json (output)")           \
  X(roles_said, boolean, "false", "gemini: every content says its role")                                     \
  X(one_tool, boolean, "false", "gemini: one Tool object holds all that are no searches")                    \
  X(tool_name_first, text, "A-Za-z_", "characters a tool name may begin with")                               \
  X(tool_name_rest, text, "A-Za-z0-9_-", "characters it may go on with")                                     \
  X(tool_name_max, integer, "64", "its greatest length, characters")                                         \
  X(empty_keys, boolean, "true", "objects may have a member without a name")                                 \
  X(property_first, text, "", "characters a property of a schema may begin with; empty: as it goes on")      \
  X(property_chars, text, "", "characters of the names of a schema's properties; empty: any")                \
  X(property_max, integer, "0", "their greatest length, characters; 0: no limit")                            \
  X(tool_id_chars, text, "", "characters of a tool-call id; empty: any")                                     \
  X(tool_id_max, integer, "0", "its greatest length; 0: no limit")                                           \
  X(tool_id_exact, integer, "0", "its only length; 0: any")                                                  \
  X(tools_max, integer, "0", "greatest number of tools; 0: no limit known")                                  \
  X(tool_description, text, "optional", "optional | required | nonempty (may be left out, not blank)")       \
  X(tool_description_max, integer, "0", "its greatest length, characters; 0: no limit known")                \
  X(empty_parameters, text, "object", "a tool without parameters: object (an empty one is sent) | omit")     \
  X(schema_column, text, "", "column of data/schema_keywords.csv that says which keywords pass; empty: all") \
  X(schema_root_keys, list, "[]", "only these keys at a schema's root; empty: any")                          \
  X(schema_root_composition, boolean, "false", "anyOf/oneOf/allOf/enum/not may stand at a schema's root")    \
  X(tool_history_without_tools, text, "ok",                                                                  \
    "tool blocks in history, no tools in the request: ok | stub | text")                                     \
  X(history_tools_declared, boolean, "false", "calls in history name tools that are in the request")         \
  /* messages */                                                                                             \
  X(system, text, "anywhere",                                                                                \
    "system turns: anywhere | leading (collected in front) | between (as leading; later ones stay between "  \
    "a "                                                                                                     \
    "user turn and the assistant's) | user (folded into user)")                                              \
  X(alternate, boolean, "false", "user and assistant turns alternate: neighbours of one role are merged")    \
  X(first_user, boolean, "false", "the first turn after system is the user's")                               \
  X(last_user, boolean, "false", "the last turn is the user's (no prefill)")                                 \
  X(prefill_key, text, "",                                                                                   \
    "openai_chat: key of a last assistant turn that may be gone on from, as the client says it; empty: "     \
    "none")                                                                                                  \
  X(prefill_said, boolean, "false", "that key is said for clients whose dialect has no word for it")         \
  X(prefill_repeated, boolean, "false", "answers begin with the turn they go on from")                       \
  X(final_space, boolean, "true", "a final assistant text may end in white space")                           \
  X(user_after_tool, boolean, "true", "a user turn may follow tool results directly")                        \
  X(result_mixed, boolean, "true", "tool results and other blocks may share a turn")                         \
  X(call_mixed, boolean, "true", "tool calls and text may share a turn")                                     \
  X(refusals, boolean, "false", "assistant turns may carry a refusal (false: it is sent as text)")           \
  X(messages_max, integer, "0", "greatest size of the messages' text, bytes; 0: no limit known")             \
  X(text_max, integer, "0", "greatest length of one text, characters; 0: no limit known")                    \
  X(result_empty, boolean, "true", "tool results may be empty")                                              \
  X(message_name, boolean, "false", "messages may carry a participant name")                                 \
  X(message_name_chars, text, "", "its characters, at most 64 of them; empty: any")                          \
  X(keep_foreign, boolean, "false", "blocks only this dialect knows may go out as the client wrote them")    \
  X(request_keys, list, "[]", "keys of the request this program has no name for that may pass; '*': all")    \
  X(message_keys, list, "[]", "the same for messages")                                                       \
  X(block_keys, list, "[]", "the same for blocks: content parts, tool calls, tool results")                  \
  X(tool_keys, list, "[]", "the same for tools")                                                             \
  /* media */                                                                                                \
  X(images, boolean, "true", "takes images")                                                                 \
  X(logprobs_count, boolean, "false", "openai_chat: logprobs is the number of tokens to choose from")        \
  X(image_details, list, "[]",                                                                               \
    "words for an image's detail; another one becomes auto; none: it has no detail; empty: any")             \
  X(image_urls, boolean, "true", "takes images by URL")                                                      \
  X(image_schemes, list, "[]", "schemes of the URLs it takes all the same where image_urls is false")        \
  X(images_max, integer, "0", "greatest number of images in a request; 0: no limit known")                   \
  X(image_max, integer, "0", "greatest length of one image, base64 characters; 0: no limit known")           \
  X(document_max, integer, "0", "the same of a document or audio")                                           \
  X(image_types, list, "[image/jpeg, image/png, image/gif, image/webp]", "media types it takes")             \
  X(documents, boolean, "false", "takes documents (PDF)")                                                    \
  X(document_types, list, "[]",                                                                              \
    "media types of documents it takes as bytes (text/* for all texts); empty: any")                         \
  X(audio_types, list, "[]", "the same of audio")                                                            \
  X(video_types, list, "[]", "the same of videos")                                                           \
  X(document_urls, boolean, "false", "takes documents by URL")                                               \
  X(file_ids, boolean, "false", "takes ids of files uploaded to the provider")                               \
  X(audio, boolean, "false", "takes audio")                                                                  \
  X(videos, boolean, "false", "takes videos")                                                                \
  X(result_media, boolean, "false", "tool results may carry images and documents")                           \
  X(error_media, boolean, "true", "failed tool results may carry media where others may")                    \
  X(result_error, text, "flag", "failed tool results: flag | text (a word in front)")                        \
  X(assistant_media, boolean, "false", "assistant turns may carry media")                                    \
  /* reasoning */                                                                                            \
  X(reasoning_issuer, text, "", "whose reasoning its answers carry; it may be replayed here; empty: none")   \
  X(reasoning_accepts, list, "[]", "other issuers whose reasoning it takes: issuer, or issuer@provider")     \
  X(reasoning_bare, boolean, "false", "takes reasoning text without a signature, of its own or of nobody")   \
  X(signature_alone, boolean, "true", "gemini: a signature may stand in a part without text")                \
  X(reasoning_account, boolean, "false", "takes reasoning back with the credential it was issued to only")   \
  X(reasoning_signature, text, "verbatim",                                                                   \
    "verbatim | sentinel (Gemini 3: calls without one get the sentinel)")                                    \
  X(thinking, boolean, "true", "reasoning can be configured at all")                                         \
  X(thinking_off, boolean, "true", "it can be switched off")                                                 \
  X(thinking_off_effort, text, "", "the greatest effort that goes with it off; empty: any")                  \
  X(thinking_budget, boolean, "false", "takes a token budget")                                               \
  X(thinking_budget_field, text, "thinking_budget", "openai_chat: its name in the styles qwen and budget")   \
  X(thinking_budget_min, integer, "1024", "least budget, tokens")                                            \
  X(thinking_budget_max, integer, "0", "greatest budget, tokens; 0: below max_tokens")                       \
  X(thinking_adaptive, boolean, "false", "takes adaptive thinking")                                          \
  X(effort, list, "[]", "effort levels it takes; empty: none")                                               \
  X(reasons_by_default, boolean, "false", "reasons unless told not to")                                      \
  X(thinking_first, boolean, "false",                                                                        \
    "while thinking, a last assistant turn with calls starts with its reasoning")                            \
  X(reasoning_placeholder, boolean, "false", "assistant turns without reasoning get one space of it")        \
  X(document_names, boolean, "false", "documents are named by Bedrock's rules and come with a text block")   \
  /* output */                                                                                               \
  X(json_schema, text, "native", "structured output: native | tool (a forced tool) | prompt")                \
  X(json_object, text, "native", "JSON mode: native | prompt")                                               \
  X(json_schema_column, text, "", "as schema_column, for output schemas")                                    \
  X(json_schema_root, text, "object",                                                                        \
    "what an output schema's root may be: object (others are wrapped, the answer unwrapped) | any")          \
  X(raw_with_tools, boolean, "true", "`reasoning_format: raw` may go with tools or JSON output")             \
  X(json_with_tools, boolean, "true", "structured output and tools may go together")                         \
  X(json_needs_word, boolean, "false", "JSON mode wants the word json in the messages (OAI-52)")             \
  X(json_prefill, boolean, "true", "an output schema and a prefill may go together")                         \
  X(json_schema_strict, boolean, "true", "`strict` on an output schema is understood")                       \
  X(stop_blank, boolean, "true", "stop strings may be white space")                                          \
  X(sampling_one, boolean, "false", "takes temperature or top_p, not both (temperature is kept)")            \
  X(greedy_n, boolean, "true", "several answers may be asked for at temperature 0")                          \
  X(penalty_one, boolean, "false",                                                                           \
    "takes frequency_penalty or presence_penalty, not both (frequency_penalty is kept)")                     \
  X(max_tokens_required, integer, "0",                                                                       \
    "an output cap must be sent; this one when the client gave none; 0: no")                                 \
  X(max_tokens_cap, integer, "0", "greatest output cap; 0: not known")                                       \
  X(context_window, integer, "0", "tokens that prompt and answer may have together; 0: not known")           \
  /* prompt caching */                                                                                       \
  X(cache_markers, integer, "0", "cache breakpoints it takes; 0: none")                                      \
  X(cache_ttl, boolean, "false", "they may carry a time to live")                                            \
  /* embeddings */                                                                                           \
  X(embed_batch, integer, "0", "texts a call takes; more are sent in several calls; 0: any number")          \
  X(embed_tokens, boolean, "false", "inputs may be arrays of tokens")                                        \
  X(embed_base64, boolean, "false", "encoding_format base64 is understood")                                  \
  X(embed_sizes, list, "[]",                                                                                 \
    "dimensions it can be asked for: a number, a range 128-3072, or '*'; empty: none")                       \
  X(embed_size, integer, "0", "dimensions it makes unasked; 0: not known")                                   \
  X(embed_dimensions_field, text, "dimensions", "openai_embeddings: name of the dimensions")                 \
  X(embed_uses, list, "[]",                                                                                  \
    "what it can be told the vectors are for (input_type): query, document, similarity, classification, "    \
    "clustering, question_answering, fact_verification, code_query")                                         \
  X(embed_use, text, "", "the use it is told where the client says none; empty: none needed")                \
  X(embed_use_field, text, "", "openai_embeddings: name of the use; empty: it has none")                     \
  X(embed_use_words, list, "[]",                                                                             \
    "openai_embeddings: its words for uses, use=word; others go as the client wrote them")                   \
  X(embed_truncations, list, "[]", "what it can be told to do with a text too long: none, start, end")       \
  X(embed_truncation, text, "", "what it does untold: none (it refuses), end; empty: not known")             \
  X(embed_truncation_field, text, "", "openai_embeddings: name of the truncation; empty: it has none")       \
  X(embed_body, text, "", "bedrock_invoke: titan_v1 | titan_v2 | cohere | cohere_v4")                        \
  /* what OpenClaw's compat flags ask for: data/compat.yaml says which */                                    \
  X(store_false, boolean, "false", "`store: false` is said where the client says nothing")                   \
  X(effort_field, boolean, "true", "openai_chat: reasoning_effort is understood")                            \
  X(effort_map, list, "[]", "effort labels replaced before all else: client's=endpoint's; `off` is one")     \
  X(effort_off, text, "none", "openai_chat: reasoning switched off goes as effort none, or omit")            \
  X(tools_left_out, boolean, "false",                                                                        \
    "where `tools` is false: tools are left out and the model is told (false: the request is refused)")      \
  X(choice_auto_said, boolean, "false", "tool_choice auto is said where the client says nothing")            \
  X(bare_messages, boolean, "false", "openai_chat: messages keep role and content alone")                    \
  X(null_content, boolean, "true", "openai_chat: content of calls alone is null (false: \"\")")              \
  X(result_name, boolean, "false", "openai_chat: tool messages carry the tool's name")                       \
  X(reasoning_as_text, boolean, "false", "reasoning in the history opens its turn as plain text")            \
  X(reasoning_always, boolean, "false",                                                                      \
    "openai_chat: every assistant turn has the reasoning_replay field, possibly \"\"")                       \
  X(visible_details, list, "[]", "openai_chat: types of reasoning_details in answers that are text to show") \
  X(schema_drop, list, "[]", "JSON Schema keywords taken out of tool parameters after all else")             \
  X(output_schema_drop, list, "[]", "the same of output schemas")                                            \
  X(schema_length_max, integer, "0", "greatest maxLength in tool parameters; above, it goes; 0: any")        \
  X(empty_items, boolean, "true", "tool parameters may say items: {} (false: it goes)")                      \
  X(arguments_encoding, text, "", "how the model's tool arguments arrive: html-entities; empty: as JSON")    \
  X(openai_tools, boolean, "false", "anthropic_messages: tools are written as OpenAI writes them")           \
  X(openrouter_routing, text, "", "body field `provider` where the client says none, JSON text")             \
  X(vercel_routing, text, "", "body field providerOptions.gateway where the client says none, JSON text")    \
  X(tool_stream, boolean, "false", "`tool_stream: true` goes with tools in a stream")                        \
  X(cache_auto, boolean, "false", "cache breakpoints are set where the client set none")                     \
  X(session_headers, text, "", "headers that keep a conversation on one server: openai | openrouter")        \
  X(session_id_header, boolean, "false", "the header session_id alone")                                      \
  X(eager_tool_input, boolean, "true", "anthropic_messages: tools may say eager_input_streaming")            \
  X(nonempty_turn, boolean, "false", "some user or assistant turn has text; one is added where none has")    \
  X(responses_instructions, text, "",                                                                        \
    "openai_responses: system text in front goes as `instructions` (all; required: never without some), "    \
    "none does, or the client's own (empty)")

enum class Setting : std::uint8_t {
#define X(name, type, value, meaning) name,
  DRAGOMAN_SETTINGS(X)
#undef X
};

inline constexpr std::size_t kSettings = 0
#define X(name, type, value, meaning) +1
    DRAGOMAN_SETTINGS(X)
#undef X
    ;

using SettingValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

struct SettingInfo {
  std::string_view name;
  SettingType type;
  std::string_view default_text;
  std::string_view meaning;
};

const SettingInfo& info(Setting setting);
std::optional<Setting> setting_named(std::string_view name);

}  // namespace dragoman::profile
