// The sentences in which OpenAI refuses a value, the same on both endpoints: each with its parameter and
// code.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

Refusal missing(std::string param);
Refusal unknown(std::string param);
Refusal unsupported(std::string param);  // by the model
// `expected` as a phrase: "an array of objects".
Refusal wrong_type(std::string param, std::string_view expected, json::Value got);
Refusal bad_value(std::string_view value, std::span<const std::string_view> words, std::string param);
// The parameters on both endpoints that are one of a few words.
Verdict closed_words(const Request& r);
Refusal too_long(std::string param, std::size_t most, std::size_t size);  // a string, in bytes
Refusal bad_pattern(std::string param);                                   // of names
// Nothing when `name` is one of at most so many characters.
Verdict bad_name(std::string_view name, std::string param, std::size_t most = 64);

}  // namespace dragoman::sandbox::openai
