// Looking at a Chat Completions request: what every host's rules ask about.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/answer.h"
#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

// A refusal of status 400 and type invalid_request_error.
Refusal refuse(std::string message, std::string param = {}, std::string code = {});

// Content as one text: a string as it is, text parts joined by '\n'.
std::string content_text(json::Value content);
int count_parts(json::Value content, std::string_view type);
bool is_blank_content(json::Value content);  // absent, null, "" or only blank text parts

// Where tool calls and results do not pair up.
struct PairFault {
  enum Kind { unanswered, orphan } kind;
  std::size_t index;  // of the assistant turn (unanswered) or of the tool message (orphan)
  std::string ids;    // the call ids without a result, ", " between them; or the orphan's id
};
std::optional<PairFault> pair_fault(json::Value messages);

bool is_name(std::string_view text, std::size_t most = 64);  // [A-Za-z0-9_-]{1,most}

// "'a'", "'a' and 'b'", "'a', 'b', and 'c'".
std::string quoted_list(std::span<const std::string_view> words);

// What OpenAI's messages call a value: "a string", "an array", "null".
std::string_view kind_phrase(json::Value value);

// The word in any of the messages' texts, ignoring case.
bool messages_mention(json::Value messages, std::string_view lower_word);

// Estimated prompt tokens: the text of the messages and the tools, without inline media.
std::int64_t prompt_tokens(json::Value body);

// A model name may carry its own context window for tests, "…-ctx100": 100 tokens.
std::int64_t context_window(std::string_view model);

// Bytes of a data: URL; nothing for other URLs, an error text for bad base64.
struct DataUrl {
  std::string media_type;
  std::string bytes;
  bool bad = false;
};
std::optional<DataUrl> data_url(std::string_view url);
std::string_view image_type(std::string_view bytes);  // "image/png", … by magic bytes; "" for others

std::string_view choice_word(json::Value tool_choice);  // "auto", "none", "required", "any", "named" or ""
std::string_view choice_name(json::Value tool_choice);

// The request in neutral words, for the planner.
Ask to_ask(const Request& request, int index);

}  // namespace dragoman::sandbox::openai
